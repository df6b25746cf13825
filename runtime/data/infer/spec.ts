import type { Type } from '../../../compiler/plan/plan.ts';
import { countText, shareText } from '../describe.ts';
import type { ColumnProfile } from '../profile.ts';
import { quantileOf } from './quantiles.ts';
import { isPlainName } from './refine.ts';

export interface InferredColumn {
  readonly name: string;
  readonly type: Type;
  readonly profile: ColumnProfile;
  /** Every row has a value, and no two the same. */
  readonly unique: boolean;
  /** Seems to be about a person: declared `@pii`, and its values are shown nowhere. */
  readonly personal: boolean;
}

export interface SpecParts {
  readonly source: string;
  readonly schema: string;
  readonly format: 'csv' | 'json' | 'parquet';
  readonly path: string;
  readonly missing: string | null;
  readonly delimiter: string;
  readonly rows: number;
  readonly columns: readonly InferredColumn[];
  /** Columns of types that a schema cannot hold. */
  readonly left: readonly { readonly name: string; readonly type: string }[];
}

/** The spec that the data suggest: enums, schema and source, with what is known of each column in its doc comment. */
export function specText(parts: SpecParts): string {
  const { source, schema, format, path, columns, rows } = parts;
  const enums = enumNames(parts);
  const lines = [
    `import std.sources { ${format} }`,
    '',
    ...[...enums].flatMap(([column, name]) => {
      const { type } = columns.find(({ name: found }) => found === column)!;
      return [`enum ${name} { ${type.members!.join(', ')} }`, ''];
    }),
    `/// A row of ${path.replace(/^.*\//, '')}; ${countText(rows)} of them were read to write this.`,
    `schema ${schema} {`,
    ...columns.flatMap(column => columnLines(column, rows, enums.get(column.name))),
    ...parts.left.map(
      ({ name, type }) => `  // ${quoteName(name)} holds ${type}, which a schema cannot: left out`,
    ),
    '}',
    '',
    `source ${source}: ${schema} = ${format}(${sourceArguments(parts)})`,
  ];
  return `${lines.join('\n')}\n`;
}

function columnLines(column: InferredColumn, rows: number, enumName: string | undefined): string[] {
  return [
    `  /// ${docText(column, rows)}`,
    ...hints(column).map(hint => `  // ${hint}`),
    `  ${quoteName(column.name)}: ${typeSpec(column.type, enumName)}${column.personal ? ' @pii' : ''}`,
  ];
}

function sourceArguments({ path, missing, format, delimiter }: SpecParts): string {
  const more = [
    ...(missing === null ? [] : [`missing: ${quoteText(missing)}`]),
    ...(format === 'csv' && delimiter !== ',' ? [`delimiter: ${quoteText(delimiter)}`] : []),
  ];
  return [quoteText(path), ...more].join(', ');
}

/** A doc comment is one line: names and values of the data cannot end it. */
function docText({ profile, personal }: InferredColumn, rows: number): string {
  const missing = profile.missing === 0 ? '' : ` ${shareText(profile.missing / rows)} missing.`;
  if (personal) return `Personal data by its name or its values, so not profiled.${missing}`;
  if (profile.kind === 'number') {
    const middle = quantileOf(profile, 0.5);
    return `${numberText(profile.min)} to ${numberText(profile.max)}, median ${numberText(middle)}.${missing}`;
  }
  if (profile.kind === 'time') return `${timeText(profile.min)} to ${timeText(profile.max)}.${missing}`;
  if (profile.kind !== 'category') return `Not profiled.${missing}`;
  const examples = profile.values.slice(0, 3).map(([value]) => oneLine(value));
  const most = profile.distinct <= 3 ? 'values:' : 'values, most often';
  return `${countText(profile.distinct)} ${most} ${examples.join(', ')}.${missing}`;
}

function hints({ type, unique }: InferredColumn): string[] {
  if (type.kind === 'datetime' || type.kind === 'timestamp' || type.kind === 'date') {
    return ['If this is when the row happened, add @event_time.'];
  }
  return unique ? ['Every value is distinct: @key if it names the row.'] : [];
}

export function typeSpec(type: Type, enumName?: string): string {
  const optional = type.optional ? '?' : '';
  if (type.members !== undefined) return `${enumName ?? `enum { ${type.members.join(', ')} }`}${optional}`;
  const base = `${type.kind}${optional}`;
  if (type.min !== undefined) return `${base} in ${numberSpec(type.min)}..${numberSpec(type.max!)}`;
  if (type.values !== undefined)
    return `${base} in {${type.values.map(v => quoteText(String(v))).join(', ')}}`;
  return type.pattern === undefined ? base : `${base} matching r"${type.pattern}"`;
}

/** A number as the language writes it: 10_000, -0.5. */
function numberSpec(value: number | string): string {
  const [whole, fraction] = plainDigits(Number(value)).split('.');
  const grouped = whole!.replace(/^-?\d{5,}$/, digits => digits.replace(/\B(?=(\d{3})+$)/g, '_'));
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Digits without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) >= 1 ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, '');
}

export function quoteName(name: string): string {
  return isPlainName(name) ? name : `\`${name.replaceAll('`', '')}\``;
}

export function quoteText(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\t': '\\t',
    '\r': '\\r',
    '"': '\\"',
    '\\': '\\\\',
  };
  return `"${text.replace(/["\\\n\t\r]/g, character => escapes[character]!)}"`;
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 30 ? `${flat.slice(0, 30)}…` : flat;
}

/** Six significant digits, thousands apart. */
export function numberText(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-6)) return value.toExponential(3);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

/** A moment as far as it says something: 2001-03-01, 2001-03-01 18:15. */
export function timeText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return String(milliseconds);
  const text = new Date(milliseconds).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}

/** Names of the enums by column: the column's in Pascal case, unlike the schema's and each other's. */
function enumNames({ columns, schema }: SpecParts): Map<string, string> {
  const taken = new Set([schema]);
  const names = new Map<string, string>();
  for (const { name, type } of columns) {
    if (type.members === undefined) continue;
    let candidate = pascalCase(name, 'Value');
    for (let n = 2; taken.has(candidate); n++) candidate = `${pascalCase(name, 'Value')}${n}`;
    taken.add(candidate);
    names.set(name, candidate);
  }
  return names;
}

export function pascalCase(text: string, otherwise: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter(word => word !== '');
  const name = words.map(word => word[0]!.toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : otherwise + name;
}
