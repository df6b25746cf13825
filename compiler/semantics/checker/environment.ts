import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { projectMessages } from '../../diagnostics/messages/project.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { lookup, replaceFix } from '../scope.ts';
import { describeFully } from '../types.ts';
import { bindArguments, checkArguments } from './arguments.ts';
import { missing, only, singles } from './clauses.ts';
import { paramType } from './constants.ts';
import { checkConstruct, constructorNamed } from './construct.ts';
import type { Checker, Env, ParamSource } from './context.ts';
import { inferAs } from './expression/expect.ts';
import { distinct, resolveDeclaration } from './names.ts';
import { signatureOf } from './signature.ts';
import { checkRows } from './source.ts';
import { tableOf } from './tables.ts';
import { constantEnv } from './type-expression.ts';

/** An environment and all that it extends, itself first; a circle ends where it closes. */
export function* environmentChain(
  c: Checker,
  declaration: ast.EnvironmentDeclaration,
): Generator<ast.EnvironmentDeclaration, void> {
  const seen = new Set<ast.EnvironmentDeclaration>();
  for (let current: ast.EnvironmentDeclaration | undefined = declaration; current; ) {
    if (seen.has(current)) return;
    seen.add(current);
    yield current;
    current = current.base && environmentNamed(c, current, current.base);
  }
}

/** Whether what an environment extends comes to an end. Each chain is followed once. */
function ends(c: Checker, declaration: ast.EnvironmentDeclaration): boolean {
  const none = () => new Set<ast.EnvironmentDeclaration>();
  const known = c.once('chains that end', c.projectWide, none, none);
  const path: ast.EnvironmentDeclaration[] = [];
  for (const part of environmentChain(c, declaration)) {
    if (known.has(part)) break;
    path.push(part);
  }
  const last = path.at(-1);
  const next = last?.base && environmentNamed(c, last, last.base);
  if (next && !known.has(next)) return false;
  for (const part of path) known.add(part);
  return true;
}

function environmentNamed(
  c: Checker,
  from: ast.EnvironmentDeclaration,
  name: ast.Name,
): ast.EnvironmentDeclaration | undefined {
  const symbol = lookup(c.home(from), 'values', name.text) ?? c.projectWide.get(name.text);
  return symbol?.declaration.kind === 'Environment' ? symbol.declaration : undefined;
}

/** Sets params as the environment named on the command line says. */
export function chooseEnvironment(c: Checker): void {
  const name = c.options.environment;
  if (name === undefined) return;
  const symbol = c.projectWide.get(name);
  if (symbol?.declaration.kind !== 'Environment') {
    const known = [...c.projectWide.values()]
      .filter(one => one.declaration.kind === 'Environment')
      .map(one => one.name);
    const file = new SourceFile('--env', name);
    const facts = { name, known, suggestion: suggest(name, known) };
    c.report(projectMessages.unknownEnvironment(facts, { file, span: { start: 0, end: name.length } }));
    return;
  }
  for (const [param, setting] of paramsOf(c, name)) c.environmentParams.set(param, setting);
}

/** What an environment, and all that it extends, sets params to. */
export function paramsOf(c: Checker, name: string): Map<ast.ParamDeclaration, ParamSource> {
  const params = new Map<ast.ParamDeclaration, ParamSource>();
  const declaration = c.projectWide.get(name)?.declaration;
  if (declaration?.kind !== 'Environment') return params;
  for (const part of environmentChain(c, declaration)) {
    const module = c.home(part);
    for (const item of part.items) {
      if (item.kind !== 'ParamSetting') continue;
      const param = lookup(module, 'values', item.name.text)?.declaration;
      if (param?.kind === 'Param' && !params.has(param)) params.set(param, { module, value: item.value });
    }
  }
  return params;
}

export function checkEnvironment(c: Checker, declaration: ast.EnvironmentDeclaration): void {
  const module = c.home(declaration);
  const env = constantEnv(module);
  checkBase(c, env, declaration);
  const { items } = declaration;
  singles(c, env, items, { Target: 'target', Models: 'models', Deploy: 'deploy' });
  for (const what of ['source', 'sink', 'connection'] as const) {
    const replaced = items.filter(item => item.kind === 'Replacement' && item.what === what);
    distinct(c, module, replaced as ast.Replacement[], 'replacements of');
  }
  distinct(
    c,
    module,
    items.filter(item => item.kind === 'ParamSetting'),
    'settings of',
  );
  for (const item of items) checkItem(c, env, declaration, item);
  checkTargetComplete(c, env, declaration);
}

function checkBase(c: Checker, env: Env, declaration: ast.EnvironmentDeclaration): void {
  const { base } = declaration;
  if (!base || base.text === '') return;
  const found = environmentNamed(c, declaration, base);
  if (!found) {
    const other = lookup(env.module, 'values', base.text);
    if (other) resolveDeclaration(c, env.module, base, ['Environment']);
    else unknownEnvironment(c, env, base, declaration);
    return;
  }
  resolveDeclaration(c, env.module, base, ['Environment']);
  if (ends(c, found)) return;
  const chain = [...environmentChain(c, found)];
  if (!chain.includes(declaration)) return;
  const circle = [declaration, ...chain.slice(0, chain.indexOf(declaration) + 1)];
  if (firstDeclared(c, circle) !== declaration) return;
  const path = circle.map(one => one.name.text);
  const labels = circle
    .slice(1, -1)
    .flatMap(one => (one.base ? [c.labelAt(one, `extends \`${one.base.text}\``, one.base.span)] : []));
  c.error(env.module, namesMessages.circular, { what: 'extends', path }, base.span, { labels });
}

/** One circle is one mistake, told where the first of its environments stands. */
function firstDeclared(
  c: Checker,
  circle: readonly ast.EnvironmentDeclaration[],
): ast.EnvironmentDeclaration | undefined {
  const before = (a: ast.EnvironmentDeclaration, b: ast.EnvironmentDeclaration): boolean => {
    const [first, second] = [c.fileOf(a).path, c.fileOf(b).path];
    return first === second ? a.span.start < b.span.start : first < second;
  };
  return circle.reduce<ast.EnvironmentDeclaration | undefined>(
    (first, one) => (first === undefined || before(one, first) ? one : first),
    undefined,
  );
}

function unknownEnvironment(c: Checker, env: Env, name: ast.Name, from: ast.EnvironmentDeclaration): void {
  const known = [...c.projectWide.values()]
    .filter(one => one.declaration.kind === 'Environment' && one.declaration !== from)
    .map(one => one.name);
  const suggestion = suggest(name.text, known);
  const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
  c.error(env.module, projectMessages.unknownEnvironment, { name: name.text, known, suggestion }, name.span, {
    fixes,
  });
}

const replaceable = { source: 'Source', sink: 'Sink', connection: 'Connection' } as const;

function checkItem(
  c: Checker,
  env: Env,
  declaration: ast.EnvironmentDeclaration,
  item: ast.EnvironmentItem,
): void {
  switch (item.kind) {
    case 'Target':
      checkTarget(c, env, item);
      return;
    case 'Replacement': {
      const replaced = resolveDeclaration(c, env.module, item.name, [replaceable[item.what]]);
      if (item.what === 'source') {
        checkRows(c, env, item.value, replaced?.kind === 'Source' ? tableOf(c, replaced) : undefined);
      } else checkConstruct(c, env, item.value, item.what);
      return;
    }
    case 'Models': {
      if (!item.from) return;
      const from = environmentNamed(c, declaration, item.from);
      if (!from) {
        if (item.from.text !== '') unknownEnvironment(c, env, item.from, declaration);
        return;
      }
      resolveDeclaration(c, env.module, item.from, ['Environment']);
      const circle = promotionCircle(c, declaration, from);
      if (circle && firstDeclared(c, circle) === declaration) {
        const itself = circle.length < 3;
        const facts = {
          what: itself ? 'takes its models from' : 'models are promoted',
          path: circle.map(one => one.name.text),
        };
        const hint = 'let one of them train its own: `models trained here`';
        c.error(env.module, namesMessages.circular, facts, item.from.span, { hint });
      }
      return;
    }
    case 'Deploy':
      checkDeploy(c, env, item);
      return;
    case 'ParamSetting': {
      const param = resolveDeclaration(c, env.module, item.name, ['Param']);
      if (!param) return;
      const type = paramType(c, param);
      const cause = c.labelAt(param, `declared as ${describeFully(type)}`, param.type.span);
      inferAs(c, env, item.value, type, `\`${item.name.text}\``, { constant: true, cause });
      return;
    }
  }
}

/** The environments from one over those that its models come from back to itself. */
function promotionCircle(
  c: Checker,
  declaration: ast.EnvironmentDeclaration,
  from: ast.EnvironmentDeclaration,
): ast.EnvironmentDeclaration[] | undefined {
  const path = [declaration];
  for (let next: ast.EnvironmentDeclaration | undefined = from; next && !path.includes(next); ) {
    path.push(next);
    next = modelsFrom(c, next);
    if (next === declaration) return [...path, declaration];
  }
  return from === declaration ? [declaration, declaration] : undefined;
}

/** Where an environment's models come from, by its own clause or that of one it extends. */
function modelsFrom(
  c: Checker,
  declaration: ast.EnvironmentDeclaration,
): ast.EnvironmentDeclaration | undefined {
  for (const part of environmentChain(c, declaration)) {
    const clause = only(part.items, 'Models');
    if (clause) return clause.from && environmentNamed(c, part, clause.from);
  }
  return undefined;
}

/** Settings that an environment does not give may come from the one it extends, so none is missing here. */
function checkTarget(c: Checker, env: Env, item: ast.Target): void {
  const symbol = constructorNamed(c, env, item.name, 'target');
  if (symbol?.declaration.kind !== 'Constructor') return;
  const bound = bindArguments(c, env, item.name, item.settings, symbol.declaration, false);
  checkArguments(c, env, bound, symbol.declaration, { free: new Set() });
}

/** What no environment of the chain gives: settings merge key by key while the target is the same. */
function checkTargetComplete(c: Checker, env: Env, declaration: ast.EnvironmentDeclaration): void {
  const own = only(declaration.items, 'Target');
  if (!own) {
    if (!declaration.base) missing(c, env, declaration.name, 'target', 'say where it runs: `target local`');
    return;
  }
  const symbol = c.symbols.get(own.name);
  if (symbol?.kind !== 'declaration' || symbol.declaration.kind !== 'Constructor') return;
  const parameters = signatureOf(c, symbol.declaration).parameters;
  const known = parameters.map(({ name }) => name);
  const needed = new Map(
    parameters.filter(({ node }) => node.default === undefined).map(one => [one.name, one]),
  );
  for (const part of environmentChain(c, declaration)) {
    const target = only(part.items, 'Target');
    if (target?.name.text === own.name.text)
      for (const arg of target.settings) give(arg.name?.text, needed, known);
    // What an environment that is not there may give is not known to be missing.
    const { base } = part;
    if (needed.size === 0 || (base && base.text !== '' && !environmentNamed(c, part, base))) return;
  }
  for (const { name, node, type } of needed.values()) {
    const labels = [c.labelAt(symbol.declaration, 'declared here', node.span)];
    const facts = { declaration: `target ${own.name.text}`, clause: `the setting \`${name}\`` };
    c.error(env.module, declarationMessages.missingClause, facts, own.name.span, {
      labels,
      hint: `write \`${name}: …\`, ${describeFully(type)}`,
    });
  }
}

/** A setting that is misspelt is told there, and not called missing too. */
function give(name: string | undefined, needed: Map<string, unknown>, known: readonly string[]): void {
  if (name === undefined || needed.delete(name) || known.includes(name)) return;
  const meant = suggest(name, known);
  if (meant !== undefined) needed.delete(meant);
}

function checkDeploy(c: Checker, env: Env, item: ast.DeployClause): void {
  if (item.trigger.kind === 'Missing') return;
  if (item.trigger.kind !== 'Call') {
    const facts = {
      name: env.module.file.text.slice(item.trigger.span.start, item.trigger.span.end),
      of: `deploy ${item.when}`,
      known: ['push("branch")', 'approval("team")'],
    };
    c.error(env.module, declarationMessages.unknownSetting, facts, item.trigger.span);
    return;
  }
  checkConstruct(c, env, item.trigger, 'deploy');
}
