import { identifier } from './sql.ts';

/**
 * How a raw column becomes one of the schema's: `value` reads it (null where it cannot), `holds` says where the raw value
 * is of the type at all (null counts as holding). `holds` is null where nothing can go wrong.
 */
export interface Cast {
  readonly value: string;
  readonly holds: string | null;
}

const integers = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'];
const wideIntegers = ['UBIGINT', 'HUGEINT', 'UHUGEINT'];
const floats = ['FLOAT', 'DOUBLE'];
const wallClocks = ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS'];
const instants = ['TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'];

/**
 * The cast of raw column `raw` of DuckDB type `from` (`TEXT` for CSV, JSON and databases, `HEX` for bytes as text) to the schema's `to`; null when no value of
 * the one is ever one of the other. Stricter than DuckDB's own casts, which round 3.7 to an int and cut a time to a date.
 */
export function castColumn(raw: string, from: string, to: string): Cast | null {
  const x = identifier(raw);
  if (from === 'HEX') return { value: `unhex(${x})`, holds: null };
  const text = from === 'TEXT' || from === 'VARCHAR' || from === 'JSON' || from.startsWith('ENUM(');
  const target = instants.includes(to) ? 'TIMESTAMPTZ' : to;
  if (target === 'VARCHAR') return text || from === 'UUID' ? { value: `${x}::VARCHAR`, holds: null } : null;
  if (text) return castText(`${x}::VARCHAR`, target);
  if (target === 'BIGINT') return castToInt(x, from);
  if (target === 'DOUBLE') return castToFloat(x, from);
  if (target === 'BOOLEAN') return from === 'BOOLEAN' ? { value: x, holds: null } : null;
  if (target === 'DATE') return castToDate(x, from);
  if (target === 'TIMESTAMP') return castIf([...wallClocks, 'DATE'].includes(from), `${x}::TIMESTAMP`);
  // A time without zone is taken as UTC, as text without an offset is.
  if (target === 'TIMESTAMPTZ') {
    return castIf([...wallClocks, ...instants, 'DATE'].includes(from), `${x}::TIMESTAMPTZ`);
  }
  if (target.endsWith(']')) {
    return from.endsWith(']') ? { value: `TRY_CAST(${x} AS ${target})`, holds: castHolds(x, target) } : null;
  }
  return { value: `TRY_CAST(${x} AS ${target})`, holds: castHolds(x, target) };
}

function castIf(possible: boolean, value: string): Cast | null {
  return possible ? { value, holds: null } : null;
}

function castHolds(x: string, target: string): string {
  return `(${x} IS NULL OR TRY_CAST(${x} AS ${target}) IS NOT NULL)`;
}

function castToInt(x: string, from: string): Cast | null {
  if (integers.includes(from)) return { value: `${x}::BIGINT`, holds: null };
  if (wideIntegers.includes(from))
    return { value: `TRY_CAST(${x} AS BIGINT)`, holds: castHolds(x, 'BIGINT') };
  if (!floats.includes(from) && !from.startsWith('DECIMAL')) return null;
  const value = `TRY_CAST(${x} AS BIGINT)`;
  return { value, holds: `(${x} IS NULL OR (${value} IS NOT NULL AND ${x} = trunc(${x})))` };
}

/** A float is a finite number: NaN and infinities are not of the type, whatever wrote them. */
function castToFloat(x: string, from: string): Cast | null {
  if (floats.includes(from)) return { value: `${x}::DOUBLE`, holds: `(${x} IS NULL OR isfinite(${x}))` };
  const possible = integers.includes(from) || wideIntegers.includes(from) || from.startsWith('DECIMAL');
  return castIf(possible, `${x}::DOUBLE`);
}

function castToDate(x: string, from: string): Cast | null {
  if (from === 'DATE') return { value: x, holds: null };
  if (!wallClocks.includes(from)) return null;
  return { value: `${x}::DATE`, holds: `(${x} IS NULL OR ${x} = date_trunc('day', ${x}))` };
}

/** Patterns (RE2, whole match) a text must have beside being castable. */
const spelling: Readonly<Record<string, string>> = {
  BIGINT: String.raw`\s*[+-]?[0-9]+(\.0*)?\s*`,
  DATE: String.raw`\s*\d{4,6}[-/]\d{1,2}[-/]\d{1,2}([T ]00:00(:00(\.0*)?)?)?\s*`,
  // No offset: a wall clock has none.
  TIMESTAMP: String.raw`\s*\d{4,6}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*`,
};

function castText(x: string, target: string): Cast {
  if (target.endsWith(']')) return castListText(x, target);
  const readable = target === 'TIMESTAMPTZ' ? withSeconds(x) : x;
  const value = `TRY_CAST(${readable} AS ${target})`;
  const finite = target === 'DOUBLE' ? ` AND isfinite(${value})` : '';
  const pattern = spelling[target];
  const spelt = pattern === undefined ? '' : ` AND regexp_full_match(${x}, '${pattern}')`;
  return { value, holds: `(${x} IS NULL OR (${value} IS NOT NULL${finite}${spelt}))` };
}

/** A list as JSON has it, else as DuckDB writes it: `[1, 2]`. */
function castListText(x: string, target: string): Cast {
  const value = `coalesce(TRY_CAST(TRY_CAST(${x} AS JSON) AS ${target}), TRY_CAST(${x} AS ${target}))`;
  return { value, holds: `(${x} IS NULL OR ${value} IS NOT NULL)` };
}

/** DuckDB reads an offset only behind seconds; ISO 8601 and our literals allow `18:15Z`. */
function withSeconds(x: string): string {
  return String.raw`regexp_replace(${x}, '^(\s*\d+-\d+-\d+[T ]\d+:\d+)(Z|[+-]\d\d(:?\d\d)?)\s*$', '\1:00\2')`;
}
