import type { SchemaColumn, Type } from '../../compiler/plan/plan.ts';
import type { Database, Row } from './duckdb.ts';
import { identifier } from './sql.ts';

/** `profile.json`: what is kept of an accepted table, so that the next one can be held against it. */
export interface Profile {
  readonly version: 'profile/1';
  readonly table: string;
  readonly rows: number;
  /** By column, or by the key of an expression whose drift is watched. */
  readonly columns: Readonly<Record<string, ColumnProfile>>;
}

export type ColumnProfile = NumberProfile | CategoryProfile | BareProfile;

interface Counted {
  readonly missing: number;
}
/** Numbers, and times in milliseconds since 1970. */
export interface NumberProfile extends Counted {
  readonly kind: 'number' | 'time';
  readonly distinct: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  /**
   * `counts[i]` values are greater than `points[i - 1]` and at most `points[i]`; the last point is the greatest value. All
   * distinct values where there are few, else about a thousand points of equal weight.
   */
  readonly points: readonly number[];
  readonly counts: readonly number[];
}
/** Text, enums and truth values: the most frequent values, and how many rows have any other. */
export interface CategoryProfile extends Counted {
  readonly kind: 'category';
  readonly distinct: number;
  readonly values: readonly (readonly [value: string, rows: number])[];
  readonly other: number;
}
/** Personal data, and types without an order or a small set of values: nothing but the count of missing ones. */
export interface BareProfile extends Counted {
  readonly kind: 'bare';
}

/** Something to profile: its key in the profile, and SQL over the relation. */
export interface Profiled {
  readonly key: string;
  readonly sql: string;
  readonly kind: ColumnProfile['kind'];
}

const mostPoints = 1000;
const mostValues = 1000;

/** The columns of a schema, personal data bare. */
export function profiledColumns(
  columns: readonly Pick<SchemaColumn, 'name' | 'type' | 'tags'>[],
): readonly Profiled[] {
  return columns.map(({ name, type, tags }) => ({
    key: name,
    sql: identifier(name),
    kind: tags.includes('pii') ? 'bare' : profileKind(type),
  }));
}

export function profileKind(type: Type): ColumnProfile['kind'] {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'duration':
    case 'size':
    case 'rate':
      return 'number';
    case 'date':
    case 'datetime':
    case 'timestamp':
      return 'time';
    case 'bool':
    case 'string':
    case 'enum':
      return 'category';
    default:
      return 'bare';
  }
}

/**
 * Profiles columns of a relation: one scan for the moments of all, and one small aggregation for each distribution.
 * `known` has the moments that another scan has brought already: `rows`, `missing:KEY`, `min:KEY`, `max:KEY`, `mean:KEY`,
 * `stddev:KEY`, as the SQL of a validation names them.
 */
export async function profileTable(
  database: Database,
  relation: string,
  table: string,
  columns: readonly Profiled[],
  known: Row = {},
): Promise<Profile> {
  const sought = columns.filter(({ key }) => !(`missing:${key}` in known)).flatMap(momentsSql);
  const found =
    sought.length === 0 && 'rows' in known
      ? {}
      : (await database.rows(`SELECT ${['count(*) AS rows', ...sought].join(', ')} FROM ${relation}`))[0];
  const moments = { ...known, ...found };
  const profiles: [string, ColumnProfile][] = [];
  for (const column of columns) {
    profiles.push([column.key, await profileColumn(database, relation, column, moments)]);
  }
  return {
    version: 'profile/1',
    table,
    rows: Number(moments['rows']),
    columns: Object.fromEntries(profiles),
  };
}

function momentsSql(column: Profiled): string[] {
  const as = (moment: string): string => identifier(`${moment}:${column.key}`);
  const missing = `count(*) - count(${column.sql}) AS ${as('missing')}`;
  if (column.kind !== 'number' && column.kind !== 'time') return [missing];
  const x = numberSql(column);
  // `favg` sums the same whatever the threads; the deviation is rounded where it does not.
  return [
    missing,
    `min(${x}) AS ${as('min')}`,
    `max(${x}) AS ${as('max')}`,
    `favg(${x}) AS ${as('mean')}`,
    `stddev_pop(${x}) AS ${as('stddev')}`,
  ];
}

/** The value as a double; times in milliseconds. */
export function numberSql({ sql, kind }: Profiled): string {
  return kind === 'time' ? `epoch_ms((${sql})::TIMESTAMP)::DOUBLE` : `(${sql})::DOUBLE`;
}

async function profileColumn(
  database: Database,
  relation: string,
  column: Profiled,
  moments: Row,
): Promise<ColumnProfile> {
  const missing = Number(moments[`missing:${column.key}`]);
  if (column.kind === 'bare') return { kind: 'bare', missing };
  if (column.kind === 'category')
    return { kind: 'category', missing, ...(await values(database, relation, column)) };
  if (moments[`min:${column.key}`] === null) {
    const none = { distinct: 0, min: 0, max: 0, mean: 0, stddev: 0, points: [], counts: [] };
    return { kind: column.kind, missing, ...none };
  }
  const at = (name: string): number => Number(moments[`${name}:${column.key}`]);
  return {
    kind: column.kind,
    missing,
    min: at('min'),
    max: at('max'),
    mean: significant(at('mean')),
    stddev: significant(at('stddev')),
    ...(await distribution(database, relation, column)),
  };
}

/** Twelve digits: what sums in another order agree on. */
export function significant(value: number): number {
  return Number(value.toPrecision(12));
}

async function distribution(
  database: Database,
  relation: string,
  column: Profiled,
): Promise<Pick<NumberProfile, 'distinct' | 'points' | 'counts'>> {
  const x = numberSql(column);
  const rows = await database.rows(
    `WITH grouped AS (SELECT ${x} AS x, count(*) AS n FROM ${relation} WHERE ${x} IS NOT NULL GROUP BY ALL),
     summed AS (
       SELECT x, n, sum(n) OVER (ORDER BY x) AS below, sum(n) OVER () AS total, count(*) OVER () AS size,
         row_number() OVER (ORDER BY x) AS place FROM grouped)
     SELECT CASE WHEN size <= ${mostPoints} THEN place ELSE ceil(below * ${mostPoints}.0 / total) END AS bin,
       max(x) AS point, sum(n)::BIGINT AS n, any_value(size) AS size
     FROM summed GROUP BY bin ORDER BY bin`,
  );
  return {
    distinct: Number(rows[0]?.['size'] ?? 0),
    points: rows.map(row => Number(row['point'])),
    counts: rows.map(row => Number(row['n'])),
  };
}

async function values(
  database: Database,
  relation: string,
  column: Profiled,
): Promise<Pick<CategoryProfile, 'distinct' | 'values' | 'other'>> {
  const rows = await database.rows(
    `WITH grouped AS (SELECT (${column.sql})::VARCHAR AS value, count(*) AS n FROM ${relation} WHERE (${column.sql}) IS NOT NULL GROUP BY ALL)
     SELECT value, n, count(*) OVER () AS size, (sum(n) OVER ())::BIGINT AS total FROM grouped
     ORDER BY n DESC, value LIMIT ${mostValues}`,
  );
  const listed = rows.map(row => [String(row['value']), Number(row['n'])] as const);
  const total = Number(rows[0]?.['total'] ?? 0);
  return {
    distinct: Number(rows[0]?.['size'] ?? 0),
    values: listed,
    other: total - listed.reduce((sum, [, n]) => sum + n, 0),
  };
}
