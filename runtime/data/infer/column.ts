import type { Type } from '../../../compiler/plan/plan.ts';
import { castColumn } from '../cast.ts';
import type { Database } from '../duckdb.ts';
import { type RawColumn, rawName } from '../sources/raw.ts';
import { identifier, literal } from '../sql.ts';

/** What a column's values turn out to be, before ranges. */
export interface ColumnType {
  readonly name: string;
  readonly kind: Type['kind'];
  readonly sqlType: string;
}

/** The type of a Parquet column; null for what a schema cannot hold. */
const declared: Readonly<Record<string, [Type['kind'], string]>> = {
  BOOLEAN: ['bool', 'BOOLEAN'],
  DATE: ['date', 'DATE'],
  VARCHAR: ['string', 'VARCHAR'],
  UUID: ['string', 'VARCHAR'],
  FLOAT: ['float', 'DOUBLE'],
  DOUBLE: ['float', 'DOUBLE'],
};

/** Tried on text in this order; what fits all values is the type. */
const tried = [
  ['bool', 'BOOLEAN'],
  ['int', 'BIGINT'],
  ['float', 'DOUBLE'],
  ['date', 'DATE'],
  ['datetime', 'TIMESTAMP'],
  ['timestamp', 'TIMESTAMPTZ'],
] as const;

/** Types columns of the relation `raw_rows`; those that a schema cannot hold are left out. */
export async function typeColumns(
  database: Database,
  columns: readonly RawColumn[],
): Promise<readonly ColumnType[]> {
  const text = columns.filter(({ type }) => type === 'TEXT');
  const found = await typeText(
    database,
    text.map(({ name }) => name),
  );
  return columns.flatMap(column => {
    const type = column.type === 'TEXT' ? found.get(column.name)! : declaredType(column);
    return type === null ? [] : [type];
  });
}

function declaredType({ name, type }: RawColumn): ColumnType | null {
  const known = declared[type];
  if (known !== undefined) return { name, kind: known[0], sqlType: known[1] };
  if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type)) return { name, kind: 'int', sqlType: 'BIGINT' };
  if (type.startsWith('DECIMAL')) return { name, kind: 'float', sqlType: 'DOUBLE' };
  if (type.startsWith('ENUM(')) return { name, kind: 'string', sqlType: 'VARCHAR' };
  if (type === 'TIMESTAMP WITH TIME ZONE') return { name, kind: 'timestamp', sqlType: 'TIMESTAMPTZ' };
  return type.startsWith('TIMESTAMP') ? { name, kind: 'datetime', sqlType: 'TIMESTAMP' } : null;
}

/** One scan that counts, per column and candidate type, the values that do not fit. */
async function typeText(
  database: Database,
  names: readonly string[],
): Promise<ReadonlyMap<string, ColumnType>> {
  if (names.length === 0) return new Map();
  const counts = names.flatMap((name, i) => {
    const raw = rawName(name);
    const x = identifier(raw);
    const misfits = tried.map(([kind, sqlType]) => {
      const holds = castColumn(raw, 'TEXT', sqlType)!.holds!;
      // 0 and 1 are numbers, whatever a cast says.
      const spelt = kind === 'bool' ? `${holds} AND regexp_full_match(${x}, '(?i)true|false')` : holds;
      return `count(*) FILTER (NOT coalesce(${spelt}, true)) AS ${kind}${i}`;
    });
    // Codes such as 00501 would lose their zeros.
    return [
      `count(${x}) AS n${i}`,
      `count(*) FILTER (regexp_matches(${x}, '^\\s*[+-]?0\\d')) AS code${i}`,
      ...misfits,
    ];
  });
  const [row] = await database.rows(`SELECT ${counts.join(', ')} FROM raw_rows`);
  const typed = names.map((name, i): [string, ColumnType] => {
    const fits = (kind: string): boolean => Number(row![`n${i}`]) > 0 && Number(row![`${kind}${i}`]) === 0;
    const coded = Number(row![`code${i}`]) > 0;
    const found = tried.find(([kind]) => fits(kind) && !(coded && (kind === 'int' || kind === 'float')));
    const [kind, sqlType] = found ?? (['string', 'VARCHAR'] as const);
    return [name, { name, kind, sqlType }];
  });
  return new Map(typed);
}

const markers = ['NA', 'N/A', 'n/a', 'NULL', 'null', 'NaN', 'nan', 'None', '-', '?', '.', '#N/A'];

/**
 * The text that stands for missing values in a CSV: the one without which a column would be of numbers or times, or that
 * several columns of text hold.
 */
export async function missingMarker(database: Database, names: readonly string[]): Promise<string | null> {
  const counts = names.flatMap((name, i) => {
    const x = identifier(rawName(name));
    const marked = `${x} IN (${markers.map(literal).join(', ')})`;
    const misfits = castColumn(rawName(name), 'TEXT', 'DOUBLE')!.holds!;
    const times = castColumn(rawName(name), 'TEXT', 'TIMESTAMPTZ')!.holds!;
    return [
      ...markers.map((marker, m) => `count(*) FILTER (${x} = ${literal(marker)}) AS c${i}_${m}`),
      `count(*) FILTER (${x} IS NOT NULL AND NOT ${marked}) AS n${i}`,
      `count(*) FILTER (NOT ${marked} AND NOT coalesce(${misfits}, true)) AS f${i}`,
      `count(*) FILTER (NOT ${marked} AND NOT coalesce(${times}, true)) AS t${i}`,
    ];
  });
  const [row] = await database.rows(`SELECT ${counts.join(', ')} FROM raw_rows`);
  const at = (name: string): number => Number(row![name]);
  const evidence = markers.map((marker, m) => {
    const holders = names.map((_, i) => i).filter(i => at(`c${i}_${m}`) > 0);
    const typed = holders.filter(i => at(`n${i}`) > 0 && (at(`f${i}`) === 0 || at(`t${i}`) === 0));
    return {
      marker,
      weight:
        typed.length > 0 ? 1000 + typed.length : marker.length > 1 && holders.length > 1 ? holders.length : 0,
    };
  });
  const best = evidence.reduce((a, b) => (b.weight > a.weight ? b : a));
  return best.weight > 0 ? best.marker : null;
}
