import type { Type } from '../../../compiler/plan/plan.ts';
import { pgIdentifier, type Session } from './session.ts';

/** A column of a query or table as the database declares it. */
export interface PgColumn {
  readonly name: string;
  /** As PostgreSQL writes it: `bigint`, `character varying(20)[]`. */
  readonly type: string;
  readonly kind: PgKind;
  /** Of an array. */
  readonly element: PgKind | null;
}

export type PgKind =
  | 'int'
  | 'numeric'
  | 'float'
  | 'bool'
  | 'text'
  | 'json'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'bytes'
  | 'vector'
  | 'array';

const kinds: Readonly<Record<string, PgKind>> = {
  int2: 'int',
  int4: 'int',
  int8: 'int',
  oid: 'int',
  numeric: 'numeric',
  float4: 'float',
  float8: 'float',
  bool: 'bool',
  json: 'json',
  jsonb: 'json',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  bytea: 'bytes',
  vector: 'vector',
};

/** What of the database may stand in a column of a schema. Nothing is guessed: a number is no text, a text no number. */
const taken: Readonly<Partial<Record<Type['kind'], readonly PgKind[]>>> = {
  int: ['int', 'numeric'],
  duration: ['int'],
  size: ['int'],
  float: ['int', 'numeric', 'float'],
  rate: ['int', 'numeric', 'float'],
  bool: ['bool'],
  string: ['text', 'json'],
  enum: ['text'],
  date: ['date', 'timestamp'],
  datetime: ['date', 'timestamp'],
  // A time without zone is taken as UTC, as everywhere.
  timestamp: ['date', 'timestamp', 'timestamptz'],
  blob: ['bytes'],
  list: ['array', 'json'],
  vector: ['array', 'vector', 'json'],
};

/** Whether values of a column can be read as ones of a type. */
export function readable({ kind, element }: PgColumn, type: Type): boolean {
  if (!(taken[type.kind] ?? []).includes(kind)) return false;
  if (kind !== 'array') return true;
  const wanted = type.kind === 'vector' ? 'float' : (type.element?.kind ?? 'string');
  return element !== null && (taken[wanted] ?? []).includes(element);
}

/** Whether a column takes values of a type without changing them; lists are written as JSON. */
export function takes(column: PgColumn, type: Type): boolean {
  const { kind } = column;
  switch (type.kind) {
    case 'int':
    case 'duration':
    case 'size':
      return kind === 'int' || kind === 'numeric';
    case 'float':
    case 'rate':
      return kind === 'float' || kind === 'numeric';
    case 'string':
    case 'enum':
      return kind === 'text' || kind === 'json';
    case 'datetime':
      return kind === 'timestamp';
    case 'timestamp':
      return kind === 'timestamptz';
    case 'list':
    case 'vector':
      return kind === 'json' || (kind === 'vector' && type.kind === 'vector');
    default:
      return readable(column, type);
  }
}

interface TypeRow {
  readonly name: string;
  readonly category: string;
  readonly element: string | null;
  readonly shown: string;
}

/** Types by their ids. */
export async function typesOf(
  session: Session,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Omit<PgColumn, 'name'>>> {
  const found = await session.rows(
    `SELECT t.oid::int8 AS id, t.typname AS name, t.typcategory AS category, e.typname AS element, format_type(t.oid, NULL) AS shown
     FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
     WHERE t.oid = ANY($1::oid[])`,
    [ids],
  );
  return new Map(found.map(row => [Number(row['id']), described(row as unknown as TypeRow)]));
}

function described({ name, category, element, shown }: TypeRow): Omit<PgColumn, 'name'> {
  if (category === 'A') return { type: shown, kind: 'array', element: kinds[element ?? ''] ?? 'text' };
  return { type: shown, kind: kinds[name] ?? 'text', element: null };
}

/** A column's value as text that reads back exactly: ISO times in UTC, shortest floats, arrays as JSON, bytes as hex. */
export function asText({ name, kind }: PgColumn): string {
  const x = `q.${pgIdentifier(name)}`;
  if (kind === 'array') return `to_json(${x})::text`;
  if (kind === 'bytes') return `encode(${x}, 'hex')`;
  return `${x}::text`;
}
