import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Construct, Foreign, Setting, Value } from '../plan.ts';
import type { BuildContext } from './context.ts';

/** Calls of library constructors and settings: values, secrets by name, references to declarations. */

/** A setting, or undefined where the expression has an error. Members of enums are text, durations milliseconds. */
export function settingOf(e: ast.Expression, context: BuildContext): Setting | undefined {
  const { program } = context;
  if (e.kind === 'Null') return null;
  if (e.kind === 'List') return e.items.flatMap(item => settingOf(item, context) ?? []);
  const value = program.constantOf(e);
  if (value !== undefined) return value;
  if (e.kind === 'Call') {
    const secret = program.symbolOf(e.callee);
    const name = e.args[0] && context.text(e.args[0].value);
    return secret?.kind === 'declaration' && secret.name === 'secret' && name !== undefined
      ? { secret: name }
      : undefined;
  }
  const name = e.kind === 'NameExpression' ? e.name : e.kind === 'Member' ? e.member : undefined;
  const symbol = name && program.symbolOf(name);
  if (symbol?.kind === 'member') return symbol.name;
  if (symbol?.kind === 'column') return symbol.name;
  if (symbol?.kind === 'declaration') return { ref: context.nameOf(symbol.declaration) };
  return undefined;
}

/** `parquet("x")` with all arguments by the names of the parameters, defaults filled in. */
export function constructOf(
  call: ast.Call | ast.MissingExpression,
  file: SourceFile,
  context: BuildContext,
): Construct {
  const at = context.at(file, call.span);
  // Recovery may leave another expression here than the grammar allows.
  if (call.kind !== 'Call') return { name: '', args: {}, at };
  const resolved = context.program.callOf(call);
  const parameters = resolved && 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const args: Record<string, Setting> = {};
  for (const parameter of parameters) {
    const written = resolved?.args.get(parameter.name.text) ?? parameter.default;
    const value = written && settingOf(written, context);
    if (value !== undefined) args[parameter.name.text] = value;
  }
  return { name: resolved?.declaration.name.text ?? call.callee.text, args, at };
}

/** Trainer and component parameters: constants by name, defaults filled in. */
export function parametersOf(call: ast.Call, context: BuildContext): Record<string, Value> {
  const resolved = context.program.callOf(call);
  const parameters = resolved && 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const values: Record<string, Value> = {};
  for (const parameter of parameters) {
    const written = resolved?.args.get(parameter.name.text) ?? parameter.default;
    const setting = written && settingOf(written, context);
    if (setting === null || ['string', 'number', 'boolean'].includes(typeof setting))
      values[parameter.name.text] = setting as Value;
  }
  return values;
}

/** What carries out a library or foreign definition. */
export function foreignOf(
  declaration:
    | ast.ComponentDeclaration
    | ast.TrainerDeclaration
    | ast.MetricDeclaration
    | ast.FunctionDeclaration,
  context: BuildContext,
): Foreign {
  const name = declaration.name.text;
  const { body } = declaration;
  if (body.kind !== 'ForeignBody') return { language: 'builtin', target: name, args: [], packages: [] };
  const items = <K extends ast.ForeignItem['kind']>(kind: K): Extract<ast.ForeignItem, { kind: K }>[] =>
    body.items.filter((item): item is Extract<ast.ForeignItem, { kind: K }> => item.kind === kind);
  const run = items('Run')[0];
  if (!run) return { language: 'builtin', target: name, args: [], packages: [] };
  const texts = (list: readonly ast.Expression[]): string[] => list.map(e => context.text(e) ?? '');
  return {
    language: run.language,
    target: context.text(run.target) ?? '',
    args: texts(run.args),
    packages: items('Packages').flatMap(clause => texts(clause.packages)),
    at: context.at(context.program.fileOf(declaration), run.target.span),
  };
}

/** Does the library or the team say that it takes missing values, categories? */
export const accepts = (body: ast.ForeignBody, what: string): boolean =>
  body.items.some(item => item.kind === 'Accepts' && item.what.some(name => name.text === what));
