import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Type, TypeKind } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceText } from '../fixes.ts';
import { lookup, type Module, peek, replaceFix, visibleNames } from '../scope.ts';
import { describe, isOrdered, plain, unknown } from '../types.ts';
import { constantOf, numberOf } from './constant.ts';
import type { Checker, Constant, Env } from './context.ts';
import { inferAs } from './expression/expect.ts';
import { kindNames, noteDeprecated, resolveDeclaration } from './names.ts';

const builtin: ReadonlyMap<string, TypeKind> = new Map(
  (
    [
      'bool',
      'int',
      'float',
      'string',
      'date',
      'datetime',
      'timestamp',
      'duration',
      'size',
      'rate',
      'blob',
    ] as const
  ).map(kind => [kind, kind]),
);
export const isBuiltinType = (name: string): boolean =>
  builtin.has(name) || name === 'table' || name === 'model';

/** Types that only parameters have: values of the language that no column holds. */
const parameterTypes: ReadonlyMap<string, TypeKind> = new Map<string, TypeKind>([
  ['metric', 'metric'],
  ['model', 'model'],
  ['secret', 'secret'],
]);
/** What the library alone may ask for: any scalar, or the name of a declaration. */
export type Reference = 'any' | 'column' | 'connection' | 'source' | 'monitor';
const references: ReadonlySet<string> = new Set<Reference>([
  'any',
  'column',
  'connection',
  'source',
  'monitor',
]);

/** The reference that a parameter of the library takes instead of a value. */
export function referenceOf(type: ast.TypeExpression): Reference | undefined {
  if (type.body.kind !== 'NamedType') return undefined;
  const name = type.body.name.text;
  return references.has(name) ? (name as Reference) : undefined;
}

export const constantEnv = (module: Module): Env => ({ module, place: 'constant', scopes: [] });

export interface TypePlace {
  /** `metric`, `model`, `secret` and, in the library, references may stand here. */
  readonly parameter?: boolean;
}

/** The type that is written, every name in it bound. Broken parts are unknown. */
export function resolveType(
  c: Checker,
  module: Module,
  node: ast.TypeExpression,
  place: TypePlace = {},
): Type {
  return c.once(
    'type',
    node,
    () => {
      const base = resolveBody(c, module, node.body, place);
      if (base.kind === 'unknown') return unknown;
      let type: Type = node.optional ? { ...base, optional: true } : base;
      for (const refinement of node.refinements) type = refine(c, module, type, refinement);
      return withUnitOf(type, node.annotations);
    },
    () => unknown,
  );
}

/** The unit that annotations declare. */
export function withUnitOf(type: Type, annotations: readonly ast.Annotation[]): Type {
  if (annotations.length === 0) return type;
  const unit = annotations.find(annotation => annotation.name.text === 'unit')?.args[0]?.value;
  return unit?.kind === 'String' && type.kind !== 'unknown' ? { ...type, unit: unit.value } : type;
}

function resolveBody(c: Checker, module: Module, body: ast.TypeBody, place: TypePlace): Type {
  switch (body.kind) {
    case 'NamedType':
      return resolveNamed(c, module, body.name, place);
    case 'ListType':
      return { kind: 'list', optional: false, element: resolveType(c, module, body.element, place) };
    case 'VectorType':
      return vector(c, module, body);
    case 'TableType': {
      const schema = resolveDeclaration(c, module, body.row, ['Schema']);
      return schema ? { kind: 'table', optional: false, row: schema.name.text } : unknown;
    }
    case 'EnumType':
      return { kind: 'enum', optional: false, members: body.members.map(member => member.text) };
    case 'MissingType':
      return unknown;
  }
}

function vector(c: Checker, module: Module, body: ast.VectorType): Type {
  inferAs(c, constantEnv(module), body.length, { ...plain('int'), min: 1 }, 'the length of a vector');
  const length = numberOf(constantOf(c, body.length));
  return length === undefined ? unknown : { kind: 'vector', optional: false, length };
}

function resolveNamed(c: Checker, module: Module, name: ast.Name, place: TypePlace): Type {
  if (name.text === '') return unknown;
  const kind = builtin.get(name.text) ?? (place.parameter ? parameterTypes.get(name.text) : undefined);
  if (kind && !name.quoted) return plain(kind);
  if (module.library && references.has(name.text)) return unknown;
  const symbol = lookup(module, 'values', name.text);
  if (symbol?.declaration.kind === 'Enum') {
    c.bind(name, symbol);
    noteDeprecated(c, module, name, symbol);
    return enumType(symbol.declaration);
  }
  if (symbol) {
    c.bind(name, symbol);
    const labels = [{ file: symbol.file, span: symbol.declaration.name.span, message: 'declared here' }];
    const facts = { name: name.text, found: kindNames[symbol.declaration.kind], expected: 'a type' };
    const hint =
      symbol.declaration.kind === 'Schema' ? `a table of such rows is \`table ${name.text}\`` : undefined;
    c.error(module, namesMessages.wrongKind, facts, name.span, { labels, ...(hint ? { hint } : {}) });
    return unknown;
  }
  reportUnknownType(c, module, name, place);
  return unknown;
}

/** Names of types in other languages, and what they are here. */
const foreignTypes: ReadonlyMap<string, string> = new Map([
  ['integer', 'int'],
  ['long', 'int'],
  ['bigint', 'int'],
  ['double', 'float'],
  ['number', 'float'],
  ['real', 'float'],
  ['text', 'string'],
  ['str', 'string'],
  ['varchar', 'string'],
  ['boolean', 'bool'],
  ['instant', 'timestamp'],
  ['bytes', 'blob'],
]);

function reportUnknownType(c: Checker, module: Module, name: ast.Name, place: TypePlace): void {
  if (module.broken.has(name.text)) return;
  const enums = [...visibleNames(module, 'values')].filter(
    candidate => peek(module, 'values', candidate)?.declaration.kind === 'Enum',
  );
  const known = [...builtin.keys(), ...(place.parameter ? parameterTypes.keys() : []), ...enums];
  const suggestion = foreignTypes.get(name.text.toLowerCase()) ?? suggest(name.text, known);
  const fixes = suggestion === undefined ? [] : [replaceFix(module, name, suggestion)];
  c.error(module, typesMessages.unknownType, { name: name.text, suggestion }, name.span, { fixes });
}

export function enumType(declaration: ast.EnumDeclaration): Type {
  let type = enumTypes.get(declaration);
  if (!type) {
    const members = declaration.members.map(member => member.name.text);
    type = { kind: 'enum', optional: false, enum: declaration.name.text, members };
    enumTypes.set(declaration, type);
  }
  return type;
}
const enumTypes = new WeakMap<ast.EnumDeclaration, Type>();

function refine(c: Checker, module: Module, type: Type, refinement: ast.Refinement): Type {
  switch (refinement.kind) {
    case 'RangeRefinement':
      return refineRange(c, module, type, refinement.range, refinement);
    case 'SetRefinement':
      return refineSet(c, module, type, refinement);
    case 'MatchingRefinement': {
      if (type.kind !== 'string') return misfit(c, module, type, refinement, 'matching', 'text');
      if (refinement.pattern.kind === 'Missing') return type;
      checkPattern(c, module, refinement.pattern);
      return { ...type, pattern: refinement.pattern.value };
    }
  }
}

function misfit(
  c: Checker,
  module: Module,
  type: Type,
  at: ast.Node,
  refinement: string,
  needed: string,
): Type {
  c.error(module, typesMessages.badRefinement, { refinement, type: describe(type), needed }, at.span);
  return type;
}

function refineRange(c: Checker, module: Module, type: Type, range: ast.Range, at: ast.Node): Type {
  if (!isOrdered(type) || type.kind === 'string') {
    return misfit(c, module, type, at, 'in a..b', 'numbers, times, durations, sizes and rates');
  }
  const bare: Type = plain(type.kind);
  inferAs(c, constantEnv(module), range.low, bare, 'a bound', { constant: true });
  inferAs(c, constantEnv(module), range.high, bare, 'a bound', { constant: true });
  const low = boundOf(constantOf(c, range.low));
  const high = boundOf(constantOf(c, range.high));
  checkRangeOrder(c, module, range, low, high);
  return {
    ...type,
    ...(low === undefined ? {} : { min: low }),
    ...(high === undefined ? {} : { max: high }),
  };
}

export function checkRangeOrder(
  c: Checker,
  module: Module,
  range: ast.Range,
  low: number | string | undefined,
  high: number | string | undefined,
): void {
  if (low === undefined || high === undefined || low <= high) return;
  const text = (node: ast.Node) => module.file.text.slice(node.span.start, node.span.end);
  const fixes = [replaceText(module, range.span, `${text(range.high)}..${text(range.low)}`)];
  const facts = { low: text(range.low), high: text(range.high) };
  c.error(module, typesMessages.emptyRange, facts, range.span, { fixes });
}

export function boundOf(constant: Constant | undefined): number | string | undefined {
  return typeof constant === 'string' ? constant : numberOf(constant);
}

function refineSet(c: Checker, module: Module, type: Type, refinement: ast.InSetRefinement): Type {
  if (type.kind !== 'string' && type.kind !== 'int' && type.kind !== 'float' && type.kind !== 'enum') {
    return misfit(c, module, type, refinement, 'in {…}', 'numbers, text and enums');
  }
  const values: (string | number | boolean)[] = [];
  for (const item of refinement.items) {
    const bare: Type = type.kind === 'enum' ? { ...type, optional: false } : plain(type.kind);
    inferAs(c, constantEnv(module), item, bare, 'an allowed value', { constant: true });
    const value = constantOf(c, item);
    if (typeof value === 'bigint') values.push(Number(value));
    else if (value !== null && value !== undefined) values.push(value);
  }
  return { ...type, values };
}

/** Only what RE2 and JavaScript read alike may stand in a pattern. */
export function checkPattern(c: Checker, module: Module, pattern: ast.StringLiteral): void {
  const reason = patternFault(pattern.value);
  if (reason) c.error(module, typesMessages.badPattern, { reason }, pattern.span);
}

/** What RE2 or JavaScript does not know, or reads in its own way. */
const readByOne: readonly { readonly sign: RegExp; readonly reason: string }[] = [
  { sign: /\\[pP]/, reason: 'classes of Unicode differ from engine to engine; write the ranges in brackets' },
  { sign: /\\[uc0]/, reason: 'RE2 knows no \\u, \\c and \\0; write the sign itself, or \\x41' },
  { sign: /\(\?[^:]/, reason: 'a group is (…) or (?:…), without a name or flags' },
  { sign: /(?<!\\)\[\^?\]/, reason: 'a class in brackets holds something' },
  { sign: /(?<!\\)\[[^\]]*\\[bBS]/, reason: 'in brackets, \\b, \\B and \\S are not read alike' },
];

function patternFault(text: string): string | undefined {
  const bare = text.replace(/\\\\/g, '');
  if (/\(\?<?[=!]/.test(bare)) return 'look-around is not known to RE2';
  if (/\\[1-9]|\\k</.test(bare)) return 'back references are not known to RE2';
  const one = readByOne.find(({ sign }) => sign.test(bare));
  if (one) return one.reason;
  const counts = [...bare.matchAll(/\{(\d+)(?:,(\d+))?\}/g)].map(([, low, high]) => Number(high ?? low));
  if (counts.reduce((a, b) => a * Math.max(1, b), 1) > 1000)
    return 'RE2 repeats up to 1,000 times, all counts multiplied';
  try {
    new RegExp(`^(?:${text})$`, 'u');
    return undefined;
  } catch (error) {
    return String((error as Error).message).replace(/^Invalid regular expression: (\/.*\/u: )?/, '');
  }
}
