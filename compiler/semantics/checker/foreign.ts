import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceFix } from '../scope.ts';
import { describe, fits, isUnknown, lacksNull, string } from '../types.ts';
import { checkSignatureAnnotations } from './annotations.ts';
import { checkResources, missing, resourceClauses, singles } from './clauses.ts';
import type { Checker, Env } from './context.ts';
import { inferAs } from './expression/expect.ts';
import { checkParameters } from './function.ts';
import { metricType } from './metric.ts';
import { schemaInfo } from './schema.ts';
import { type Callable, signatureOf } from './signature.ts';
import { knownTasks } from './task.ts';
import { constantEnv, resolveType } from './type-expression.ts';

/** `run …`, `packages`, `accepts`: the body of what is carried out elsewhere. */
export function checkForeign(c: Checker, declaration: Callable, body: ast.ForeignBody): void {
  const env = constantEnv(c.home(declaration));
  singles(c, env, body.items, { Run: 'run', Packages: 'packages', Accepts: 'accepts', ...resourceClauses });
  if (body.builtin && !env.module.library) {
    const facts = { what: '`builtin`', why: 'only the library has built-in definitions; write `run …`' };
    c.error(env.module, typesMessages.notHere, facts, body.span);
  }
  const run = body.items.find(item => item.kind === 'Run');
  if (!body.builtin && !run)
    missing(c, env, declaration.name, 'run', 'write for example `run python "steps/x.py:f"`');
  for (const item of body.items) {
    if (item.kind === 'Run') checkRun(c, env, item);
    else if (item.kind === 'Packages') {
      for (const one of item.packages) inferAs(c, env, one, string, 'a package', { constant: true });
    } else if (item.kind === 'Accepts') checkAccepts(c, env, item);
  }
  checkResources(c, env, body.items);
}

function checkRun(c: Checker, env: Env, item: ast.RunClause): void {
  inferAs(c, env, item.target, string, `what ${item.language} runs`, { constant: true });
  for (const arg of item.args) inferAs(c, env, arg, string, 'an argument', { constant: true });
}

const acceptable = ['missing', 'categories'];
function checkAccepts(c: Checker, env: Env, item: ast.AcceptsClause): void {
  for (const name of item.what) {
    if (name.text === '' || acceptable.includes(name.text)) continue;
    const suggestion = suggest(name.text, acceptable);
    const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
    const facts = { name: name.text, of: 'accepts', known: acceptable, suggestion };
    c.error(env.module, declarationMessages.unknownSetting, facts, name.span, { fixes });
  }
}

export function checkAggregate(c: Checker, declaration: ast.AggregateDeclaration): void {
  const module = c.home(declaration);
  checkParameters(c, module, declaration);
  checkSignatureAnnotations(c, module, declaration.parameters, declaration.result);
  checkForeign(c, declaration, declaration.body);
}

export function checkConstructor(c: Checker, declaration: ast.ConstructorDeclaration): void {
  const module = c.home(declaration);
  checkParameters(c, module, declaration);
  checkSignatureAnnotations(c, module, declaration.parameters);
  checkForeign(c, declaration, declaration.body);
}

export function checkAnnotationDeclaration(c: Checker, declaration: ast.AnnotationDeclaration): void {
  checkParameters(c, c.home(declaration), declaration);
}

export function checkTrainer(c: Checker, declaration: ast.TrainerDeclaration): void {
  const module = c.home(declaration);
  checkParameters(c, module, declaration);
  checkTasks(c, constantEnv(module), declaration.tasks);
  checkForeign(c, declaration, declaration.body);
}

export function checkMetric(c: Checker, declaration: ast.MetricDeclaration): void {
  const module = c.home(declaration);
  const env = constantEnv(module);
  checkParameters(c, module, declaration);
  checkTasks(c, env, declaration.tasks);
  metricType(c, declaration);
  checkForeign(c, declaration, declaration.body);
}

function checkTasks(c: Checker, env: Env, tasks: readonly ast.Name[]): void {
  for (const task of tasks) {
    if (task.text === '' || knownTasks.includes(task.text)) continue;
    const suggestion = suggest(task.text, knownTasks);
    const fixes = suggestion === undefined ? [] : [replaceFix(env.module, task, suggestion)];
    c.error(env.module, namesMessages.unknownName, { name: task.text, what: 'task', suggestion }, task.span, {
      fixes,
    });
  }
}

/** A component takes tables and constants and makes a table; derivations are of columns of both. */
export function checkComponent(c: Checker, declaration: ast.ComponentDeclaration): void {
  const module = c.home(declaration);
  const env = constantEnv(module);
  checkParameters(c, module, declaration);
  checkSignatureAnnotations(c, module, declaration.parameters, declaration.result);
  checkForeign(c, declaration, declaration.body);
  const { result } = signatureOf(c, declaration);
  if (result && !isUnknown(result) && result.kind !== 'table') {
    const facts = { expected: 'table Row', found: describe(result), what: 'what a component makes' };
    c.error(module, typesMessages.mismatch, facts, declaration.result.span);
  }
  for (const item of declaration.body.items)
    if (item.kind === 'Derivation') checkDerivation(c, env, declaration, item);
}

function rowOf(c: Checker, type: ast.TypeExpression) {
  if (type.body.kind !== 'TableType') return undefined;
  const symbol = c.symbols.get(type.body.row);
  if (symbol?.kind !== 'declaration' || symbol.declaration.kind !== 'Schema') return undefined;
  return schemaInfo(c, symbol.declaration);
}

function checkDerivation(
  c: Checker,
  env: Env,
  declaration: ast.ComponentDeclaration,
  item: ast.DerivationClause,
): void {
  const made = rowOf(c, declaration.result);
  const column = made?.columns.get(item.column.text);
  const type = resolveType(c, env.module, item.type);
  if (made && !column) {
    const suggestion = suggest(item.column.text, made.columns.keys());
    const fixes = suggestion === undefined ? [] : [replaceFix(env.module, item.column, suggestion)];
    const facts = { column: item.column.text, of: `\`${made.name}\``, suggestion };
    c.error(env.module, namesMessages.unknownColumn, facts, item.column.span, { fixes });
  } else if (made && column) {
    const { field, file } = column;
    c.bind(item.column, {
      kind: 'column',
      name: field.name.text,
      field,
      schema: made.name,
      of: made.name,
      file,
    });
    if (!fits(type, column.type) || lacksNull(type, column.type)) {
      const labels = [{ file, span: field.name.span, message: 'the column is declared here' }];
      const facts = {
        expected: describe(column.type),
        found: describe(type),
        what: `\`${item.column.text}\``,
      };
      c.error(env.module, typesMessages.mismatch, facts, item.type.span, { labels });
    }
  }
  const inputs = declaration.parameters
    .map(parameter => rowOf(c, parameter.type))
    .filter(one => one !== undefined);
  for (const name of item.from) {
    const source = inputs.find(input => input.columns.has(name.text));
    const found = source?.columns.get(name.text);
    if (source && found) {
      c.bind(name, {
        kind: 'column',
        name: name.text,
        field: found.field,
        schema: source.name,
        of: source.name,
        file: found.file,
      });
    } else if (name.text !== '' && inputs.length > 0) {
      const all = inputs.flatMap(input => [...input.columns.keys()]);
      const suggestion = suggest(name.text, all);
      const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
      const facts = { column: name.text, of: 'what the component takes', suggestion };
      c.error(env.module, namesMessages.unknownColumn, facts, name.span, { fixes });
    }
  }
}
