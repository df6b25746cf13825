import { deploymentMessages } from '../../../diagnostics/messages/deployment.ts';
import { flowMessages } from '../../../diagnostics/messages/flow.ts';
import { namesMessages } from '../../../diagnostics/messages/names.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import { suggest } from '../../../diagnostics/suggest.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { replaceText } from '../../fixes.ts';
import { type DeclarationSymbol, lookup, peek, replaceFix, visibleNames, written } from '../../scope.ts';
import { describe, isUnknown, optional, unknown } from '../../types.ts';
import { letType, paramType } from '../constants.ts';
import type { Binding, Checker, Env, Table } from '../context.ts';
import { metricType } from '../metric.ts';
import { kindNames, noteDeprecated, noteDeprecatedBy, reportUnknown } from '../names.ts';
import { enumType } from '../type-expression.ts';
import { infer, unknownMember } from './infer.ts';

export function findBinding(env: Env, name: string): Binding | undefined {
  for (const scope of env.scopes) {
    const binding = scope.find(name);
    if (binding) return binding;
  }
  return undefined;
}

export function inferName(c: Checker, env: Env, e: ast.NameExpression, expected: Type | undefined): Type {
  const name = e.name;
  if (name.text === '') return unknown;
  const binding = findBinding(env, name.text);
  if (binding) return useBinding(c, env, name, binding);
  const symbol = lookup(env.module, 'values', name.text) ?? measure(c, env, name.text);
  const member = memberOfExpected(c, env, name, expected, symbol);
  if (member) return member;
  if (symbol) return useDeclaration(c, env, name, symbol);
  return reportUnknownValue(c, env, name, expected);
}

function useBinding(c: Checker, env: Env, name: ast.Name, binding: Binding): Type {
  c.bind(name, binding.symbol);
  if (binding.symbol.kind === 'column')
    noteDeprecatedBy(c, env.module, name, binding.symbol.field.annotations);
  if (!binding.table) return binding.type;
  const facts = { name: name.text, found: 'a joined table', expected: 'a value' };
  const hint = `name one of its columns: ${written(name.text)}.${[...binding.table.columns.keys()][0] ?? 'column'}`;
  c.error(env.module, namesMessages.wrongKind, facts, name.span, { hint });
  return unknown;
}

const measure = (c: Checker, env: Env, name: string): DeclarationSymbol | undefined =>
  env.gate?.service ? c.contextual('service')?.own.values.get(name) : undefined;

/** A bare member of the enum that is expected; values of the same name come first. */
function memberOfExpected(
  c: Checker,
  env: Env,
  name: ast.Name,
  expected: Type | undefined,
  symbol: DeclarationSymbol | undefined,
): Type | undefined {
  if (expected?.kind !== 'enum' || !expected.members?.includes(name.text)) return undefined;
  const kind = symbol?.declaration.kind;
  if (kind === 'Let' || kind === 'Param') return undefined;
  bindMember(c, env, name, expected);
  return { ...expected, optional: false };
}

function bindMember(c: Checker, env: Env, name: ast.Name, type: Type): void {
  const declared = type.enum === undefined ? undefined : lookup(env.module, 'values', type.enum);
  const fallback: ast.TypeExpression = {
    kind: 'Type',
    body: { kind: 'EnumType', members: [], span: name.span },
    optional: false,
    refinements: [],
    annotations: [],
    span: name.span,
  };
  const node = declared?.declaration.kind === 'Enum' ? declared.declaration : fallback;
  c.bind(name, { kind: 'member', name: name.text, enum: node, file: declared?.file ?? env.module.file });
}

function useDeclaration(c: Checker, env: Env, name: ast.Name, symbol: DeclarationSymbol): Type {
  c.bind(name, symbol);
  noteDeprecated(c, env.module, name, symbol);
  const { declaration } = symbol;
  if (declaration.kind === 'Let') return letType(c, declaration);
  if (declaration.kind === 'Param') return paramType(c, declaration);
  if (declaration.kind === 'Metric' && env.gate) {
    env.gate.onMetric?.(declaration, name, 'model');
    return metricType(c, declaration);
  }
  const labels = [{ file: symbol.file, span: declaration.name.span, message: 'declared here' }];
  const facts = { name: name.text, found: kindNames[declaration.kind], expected: 'a value' };
  const first = declaration.kind === 'Enum' ? declaration.members[0] : undefined;
  const hint = first ? `name one of its members: ${name.text}.${first.name.text}` : undefined;
  c.error(env.module, namesMessages.wrongKind, facts, name.span, { labels, ...(hint ? { hint } : {}) });
  return unknown;
}

const specials: ReadonlyMap<string, string> = new Map([
  ['champion', 'the conditions of `promote` (as in `champion.auc`)'],
  ['baseline', 'the conditions of `promote` (as in `baseline.auc`)'],
  ['previous', 'the argument `against` of a drift measure in a `validation`'],
]);

function reportUnknownValue(c: Checker, env: Env, name: ast.Name, expected?: Type): Type {
  if (env.open) return unknown;
  const at = name.span;
  const where = specials.get(name.text);
  const below = env.below?.get(name.text);
  if (env.rows?.columns.has(name.text)) {
    c.error(env.module, typesMessages.columnOutside, { column: name.text }, at);
  } else if (below) {
    if (env.feature !== undefined && env.answers?.has(name.text)) {
      const { text: label } = name;
      const labels = [{ file: env.module.file, span: below.span, message: `\`${label}\` is the label` }];
      const read = { feature: env.feature, cell: label, label, through: [], how: 'label' } as const;
      const facts = { ...read, instead: undefined, without: false };
      c.error(env.module, flowMessages.leakage, facts, at, { labels });
      return unknown;
    }
    const labels = [{ file: env.module.file, span: below.span, message: 'defined here' }];
    c.error(env.module, namesMessages.definedBelow, { name: name.text }, at, { labels });
  } else if (where) {
    const used = { name: name.text, where };
    c.error(env.module, namesMessages.specialNotHere, used, at);
  } else {
    reportUnknownOrFunction(c, env, name, expected);
  }
  return unknown;
}

/** `every day` of other tools, where a duration stands. */
const lengths: ReadonlyMap<string, string> = new Map([
  ['minute', '1min'],
  ['hour', '1h'],
  ['hourly', '1h'],
  ['day', '1d'],
  ['daily', '1d'],
  ['week', '7d'],
  ['weekly', '7d'],
  ['month', '30d'],
  ['monthly', '30d'],
]);

function reportUnknownOrFunction(c: Checker, env: Env, name: ast.Name, expected?: Type): void {
  const length = expected?.kind === 'duration' ? lengths.get(name.text) : undefined;
  if (length !== undefined) {
    const fixes = [replaceText(env.module, name.span, length)];
    const hint = `a duration is written with its unit: \`${length}\``;
    const facts = { name: name.text, what: 'duration' };
    c.error(env.module, namesMessages.unknownName, facts, name.span, { hint, fixes });
    return;
  }
  const callable = lookup(env.module, 'functions', name.text);
  const candidates = env.scopes.flatMap(scope => [...scope.names()]);
  if (callable && suggestsNothing(name.text, candidates)) {
    c.bind(name, callable);
    const facts = { name: name.text, what: kindNames[callable.declaration.kind] };
    c.error(env.module, namesMessages.functionAsValue, facts, name.span);
    return;
  }
  const service = env.gate?.service ? c.contextual('service') : undefined;
  const kinds = env.gate ? (['Let', 'Param', 'Metric'] as const) : (['Let', 'Param'] as const);
  const what = env.gate
    ? 'metric or value'
    : env.place === 'features' || env.place === 'where' || env.place === 'test'
      ? 'column or feature'
      : env.place === 'validation'
        ? 'value'
        : 'value';
  reportUnknown(c, env.module, name, 'values', what, kinds, service, candidates);
}

const suggestsNothing = (name: string, candidates: readonly string[]): boolean =>
  suggest(name, candidates) === undefined;

/** `home.state`, `Plan.team`, `champion.auc`. */
export function inferMember(c: Checker, env: Env, e: ast.Member): Type {
  if (e.object.kind !== 'NameExpression') {
    const object = infer(c, env, e.object);
    return isUnknown(object) ? unknown : noMembers(c, env, e, describe(object));
  }
  const name = e.object.name;
  const binding = findBinding(env, name.text);
  if (binding?.table) {
    c.bind(name, binding.symbol);
    c.typed(e.object, binding.type);
    // A look-up may find no row.
    return optional(columnOf(c, env, binding.table, e.member, name.text));
  }
  if (!binding) {
    const symbol = lookup(env.module, 'values', name.text);
    if (symbol?.declaration.kind === 'Enum') return enumMember(c, env, e, name, symbol, symbol.declaration);
    if (!symbol && env.gate && (name.text === 'champion' || name.text === 'baseline')) {
      return metricOf(c, env, e, name, name.text);
    }
  }
  const object = infer(c, env, e.object);
  return isUnknown(object) ? unknown : noMembers(c, env, e, describe(object));
}

function noMembers(c: Checker, env: Env, e: ast.Member, found: string): Type {
  if (e.member.text === '') return unknown;
  const name = e.member.text;
  const text = env.module.file.text.slice(e.object.span.start, e.object.span.end);
  const called = lookup(env.module, 'functions', name) && found !== 'a feature view';
  const fixes = called ? [replaceText(env.module, e.span, `${name}(${text})`)] : [];
  c.error(env.module, typesMessages.noMembers, { found, member: name }, e.member.span, { fixes });
  return unknown;
}

/** A column of a table by its name, bound; unknown and reported if there is none. */
export function columnOf(c: Checker, env: Env, table: Table, name: ast.Name, called = table.name): Type {
  if (name.text === '' || table.kind === 'unknown') return unknown;
  const column = table.columns.get(name.text);
  if (!column) {
    reportUnknownColumn(c, env, table, name, called);
    return unknown;
  }
  c.bind(name, column.symbol);
  if (column.symbol.kind === 'column') noteDeprecatedBy(c, env.module, name, column.symbol.field.annotations);
  return column.type;
}

export function reportUnknownColumn(
  c: Checker,
  env: Env,
  table: Table,
  name: ast.Name,
  called = table.name,
): void {
  const suggestion = suggest(name.text, table.columns.keys());
  const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
  const declaration = table.schema?.declaration ?? table.symbol?.declaration;
  const labels = declaration ? [c.labelAt(declaration, 'its columns are declared here')] : [];
  const known = [...table.columns.keys()].filter(column => !column.startsWith('_'));
  const facts = { column: name.text, of: `\`${called}\``, suggestion, known };
  c.error(env.module, namesMessages.unknownColumn, facts, name.span, { labels, fixes });
}

function enumMember(
  c: Checker,
  env: Env,
  e: ast.Member,
  name: ast.Name,
  symbol: DeclarationSymbol,
  declaration: ast.EnumDeclaration,
): Type {
  c.bind(name, symbol);
  noteDeprecated(c, env.module, name, symbol);
  const type = enumType(declaration);
  if (e.member.text === '') return type;
  if (!type.members?.includes(e.member.text)) {
    unknownMember(c, env, e.member, e.member.text, type, written);
    return type;
  }
  c.bind(e.member, { kind: 'member', name: e.member.text, enum: declaration, file: symbol.file });
  return type;
}

/** Where the measures of a running service are declared: a model that is only compared with has none. */
const SERVICE = 'std/service.mlp';

/** The metric of the champion, which may not exist, or of the baseline. */
export function metricOf(
  c: Checker,
  env: Env,
  e: ast.Member,
  name: ast.Name,
  of: 'champion' | 'baseline',
): Type {
  c.bind(name, { kind: 'special', name: of });
  if (of === 'baseline') env.gate?.onBaseline?.(name);
  const symbol = lookup(env.module, 'values', e.member.text) ?? measure(c, env, e.member.text);
  if (symbol?.declaration.kind !== 'Metric') {
    if (e.member.text === '') return unknown;
    const metrics = [...visibleNames(env.module, 'values')].filter(
      candidate => peek(env.module, 'values', candidate)?.declaration.kind === 'Metric',
    );
    reportUnknown(c, env.module, e.member, 'values', 'metric', ['Metric'], undefined, metrics);
    return unknown;
  }
  c.bind(e.member, symbol);
  if (symbol.file.path === SERVICE) {
    const facts = { of, metric: e.member.text };
    c.error(env.module, deploymentMessages.notServed, facts, e.span);
    return unknown;
  }
  env.gate?.onMetric?.(symbol.declaration, e.member, of);
  const type = metricType(c, symbol.declaration);
  return of === 'champion' ? optional(type) : type;
}
