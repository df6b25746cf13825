import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { overloadKey } from '../compiler/semantics/overload-key.ts';
import { SourceFile } from '../compiler/source/text.ts';
import type * as ast from '../compiler/syntax/ast/index.ts';
import { parse } from '../compiler/syntax/parse.ts';

/**
 * Writes what the compiler and the runtime must know of the library's declarations, so that an implementation whose
 * types drift does not compile: the TypeScript signatures of the functions, and the keys that the SQL back end covers.
 */

const root = path.join(import.meta.dirname, '..');
const HEADER = '// Generated from stdlib/ by scripts/generate-library.ts; npm run generate.\n';
const WIDTH = 110;

/** The generated files by path in the project. */
export function generateLibrary(): ReadonlyMap<string, string> {
  const modules = readLibrary();
  return new Map([
    ['runtime/features/functions/generated/signatures.ts', signatures(modules)],
    ['compiler/sql/generated/keys.ts', keys(modules)],
  ]);
}

function readLibrary(): readonly ast.Module[] {
  const folder = path.join(root, 'stdlib');
  const names = readdirSync(folder).filter(name => name.endsWith('.mlp'));
  return names.sort().map(name => {
    const file = new SourceFile(`std/${name}`, readFileSync(path.join(folder, name), 'utf8'));
    const { module, diagnostics } = parse(file);
    const [first] = diagnostics;
    if (first !== undefined) throw new Error(`std/${name} does not parse: ${JSON.stringify(first)}`);
    return module;
  });
}

/** The functions with an implementation, by key. */
export const libraryFunctions = (): ReadonlyMap<string, ast.FunctionDeclaration> =>
  keyed(builtinFunctions(readLibrary()));

/** The aggregates, by key. */
export const libraryAggregates = (): ReadonlyMap<string, ast.AggregateDeclaration> =>
  keyed(declarations(readLibrary(), 'AggregateFunction'));

function declarations<K extends ast.Declaration['kind']>(
  modules: readonly ast.Module[],
  kind: K,
): Extract<ast.Declaration, { kind: K }>[] {
  return modules
    .flatMap(module => module.declarations)
    .filter((d): d is Extract<ast.Declaration, { kind: K }> => d.kind === kind);
}

type Callable = ast.FunctionDeclaration | ast.AggregateDeclaration;

function keyed<D extends Callable>(all: readonly D[]): ReadonlyMap<string, D> {
  const overload = (d: Callable) => ({
    name: d.name.text,
    parameterKinds: d.parameters.map(p => kindOf(p.type)),
  });
  const result = new Map<string, D>();
  for (const declared of all) {
    const siblings = all.filter(d => d.name.text === declared.name.text);
    const key = overloadKey(overload(declared), siblings.map(overload));
    if (result.has(key)) throw new Error(`two declarations have the key ${key}`);
    result.set(key, declared);
  }
  return result;
}

/** The kind a parameter is declared with, as the overload's key has it. */
export function kindOf(type: ast.TypeExpression): string {
  if (type.body.kind === 'NamedType') return type.body.name.text;
  if (type.body.kind === 'ListType') return 'list';
  if (type.body.kind === 'EnumType') return 'enum';
  throw new Error('the library has no such parameter type yet');
}

function signatures(modules: readonly ast.Module[]): string {
  const enums = declarations(modules, 'Enum');
  const functions = keyed(builtinFunctions(modules));
  const types = enums.map(
    declared =>
      `${docComment(declared.doc, '')}export type ${declared.name.text} =\n${declared.members
        .map(member => `  | '${member.name.text}'`)
        .join('\n')};\n`,
  );
  const names = new Set(enums.map(declared => declared.name.text));
  const members = [...functions].map(([key, declared]) => signature(key, declared, names));
  const aggregates = [...keyed(declarations(modules, 'AggregateFunction'))];
  return [
    HEADER,
    "import type { CalendarDate, Datetime, Duration, Int, Scalar, Timestamp } from '../values.ts';\n",
    ...types,
    '/** The library functions by the key of their declaration. Strict parameters never see null. */',
    'export interface ScalarFunctions {',
    ...members,
    '}\n',
    '/** A float, or an int that is taken as it is, exactly. */',
    'export type Numeric = number | bigint;\n',
    '/**',
    ' * The aggregates by the key of their declaration. The first argument has one entry for each row, null where the row has no',
    ' * value, and those entries are left out; its order matters to `first` and `last` alone: by event time, then by the whole row.',
    ' * Null is what there is none of: no value, or too few.',
    ' */',
    'export interface AggregateFunctions {',
    ...aggregates.map(([key, declared]) => aggregateSignature(key, declared)),
    '}\n',
  ].join('\n');
}

function aggregateSignature(key: string, declared: ast.AggregateDeclaration): string {
  const [value, ...rest] = declared.parameters;
  const type = (parameter: ast.Parameter): string =>
    kindOf(parameter.type) === 'float' ? 'Numeric' : typeScript(parameter.type, new Set());
  const values =
    value === undefined
      ? 'rows: readonly unknown[]'
      : `${camel(value.name.text)}: readonly (${type(value)} | null)[]`;
  const parameters = [values, ...rest.map(p => `${camel(p.name.text)}: ${typeScript(p.type, new Set())}`)];
  const generic = value !== undefined && kindOf(value.type) === 'any' ? '<T extends Scalar>' : '';
  // A count is there of nothing too; JavaScript counts no further than is exact.
  const result = /^count/.test(key) ? 'number' : `${typeScript(declared.result, new Set())} | null`;
  return `${docComment(declared.doc, '  ')}  ${key}${generic}(${parameters.join(', ')}): ${result};`;
}

/** `secret` is not a function of rows: it has no implementation and no type of a value. */
function builtinFunctions(modules: readonly ast.Module[]): ast.FunctionDeclaration[] {
  return declarations(modules, 'Function').filter(
    d => d.body.kind === 'ForeignBody' && d.body.builtin && kindOf(d.result) !== 'secret',
  );
}

function signature(key: string, declared: ast.FunctionDeclaration, enums: ReadonlySet<string>): string {
  const generic = declared.parameters.some(p => kindOf(p.type) === 'any') ? '<T extends Scalar>' : '';
  const parameters = declared.parameters.map(p => {
    const type = typeScript(p.type, enums);
    const name = camel(p.name.text);
    return p.rest ? `...${name}: readonly ${type}[]` : `${name}: ${type}`;
  });
  const result = typeScript(declared.result, enums);
  const flat = `  ${key}${generic}(${parameters.join(', ')}): ${result};`;
  const text =
    flat.length <= WIDTH
      ? flat
      : `  ${key}${generic}(\n${parameters.map(p => `    ${p},`).join('\n')}\n  ): ${result};`;
  return docComment(declared.doc, '  ') + text;
}

function typeScript(type: ast.TypeExpression, enums: ReadonlySet<string>): string {
  const base = baseType(type, enums);
  return type.optional ? `${base} | null` : base;
}

const BASE: Readonly<Record<string, string>> = {
  any: 'T',
  bool: 'boolean',
  float: 'number',
  string: 'string',
  date: 'CalendarDate',
  datetime: 'Datetime',
  timestamp: 'Timestamp',
  duration: 'Duration',
};

function baseType(type: ast.TypeExpression, enums: ReadonlySet<string>): string {
  const kind = kindOf(type);
  if (kind === 'int') return isSmall(type) ? 'number' : 'Int';
  const known = BASE[kind] ?? (enums.has(kind) ? kind : undefined);
  if (known === undefined) throw new Error(`the library has no TypeScript type for ${kind}`);
  return known;
}

/** Whether every int of the type is exact as a JavaScript number. */
function isSmall(type: ast.TypeExpression): boolean {
  return type.refinements.some(
    r => r.kind === 'RangeRefinement' && [r.range.low, r.range.high].every(end => isSafe(end)),
  );
}

function isSafe(end: ast.Expression): boolean {
  if (end.kind === 'Unary') return isSafe(end.operand);
  return end.kind === 'Int' && end.value <= BigInt(Number.MAX_SAFE_INTEGER);
}

function keys(modules: readonly ast.Module[]): string {
  const union = (name: string, doc: string, all: readonly string[]) =>
    `/** ${doc} */\nexport type ${name} =\n${all.map(key => `  | '${key}'`).join('\n')};\n`;
  const functions = [...keyed(builtinFunctions(modules)).keys()];
  const aggregates = [...keyed(declarations(modules, 'AggregateFunction')).keys()];
  return [
    HEADER,
    union('FunctionKey', 'Library functions by the key of their declaration.', functions),
    union('AggregateKey', 'Aggregates by the key of their declaration.', aggregates),
  ].join('\n');
}

function docComment(doc: string | undefined, indent: string): string {
  if (doc === undefined) return '';
  const lines = doc.trim().split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map(line => `${indent} * ${line}`).join('\n')}\n${indent} */\n`;
}

const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

if (process.argv[1] !== undefined && import.meta.filename === path.resolve(process.argv[1])) {
  for (const [file, text] of generateLibrary()) {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
}
