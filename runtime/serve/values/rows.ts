import { suggest } from '../../../compiler/diagnostics/suggest.ts';
import { describeValue, type FieldFault, Problem, problemCodes } from './problem.ts';
import type { ValueReader } from './readers.ts';

/** A column as a reader of rows knows it. */
export interface ColumnReader<T> {
  readonly value: ValueReader<T>;
  /** As the spec writes its type: `int in 1..6000`. */
  readonly type: string;
  /** Where the spec says so: `flights.mlp:17:13`. */
  readonly spec?: string;
  /** May be left out, and is null then. */
  readonly optional?: boolean;
  /** Its values may not be shown. */
  readonly personal?: boolean;
}

export type RowResult<Row> =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };

export type ColumnReaders<Row> = { readonly [Name in keyof Row]: ColumnReader<Row[Name]> };

/** Reads a row out of JSON: the row with every column, or everything that is wrong with it. */
export type RowReader<Row> = (json: unknown, index?: number) => RowResult<Row>;

/** A reader of rows with these columns and no others. It is given JSON that is parsed already. */
export function rowReader<Row extends object>(columns: ColumnReaders<Row>): RowReader<Row> {
  const all = Object.entries(columns) as [string, ColumnReader<unknown>][];
  const known = new Map(all);
  return (json, index = 0) => {
    const faults: FieldFault[] = [];
    const row = readRow(json, index, all, known, faults);
    return row === undefined || faults.length > 0 ? { ok: false, faults } : { ok: true, row: row as Row };
  };
}

/** The columns that can be read; what is wrong is added to `faults`. Undefined where there is no object to read. */
export function readRow(
  json: unknown,
  index: number,
  columns: readonly (readonly [string, ColumnReader<unknown>])[],
  known: ReadonlyMap<string, unknown>,
  faults: FieldFault[],
): Record<string, unknown> | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const given = describeValue(json);
    const message = `the row is ${given}, not an object with a field for each column`;
    faults.push({
      code: problemCodes.type,
      row: index,
      field: '',
      message,
      given,
      expected: 'an object',
    });
    return undefined;
  }
  const object = json as Readonly<Record<string, unknown>>;
  const row: Record<string, unknown> = {};
  let found = 0;
  for (const [name, column] of columns) {
    const present = Object.hasOwn(object, name);
    if (present) found++;
    const given = present ? object[name] : undefined;
    const value = readCell(given, column);
    if (value instanceof Problem) faults.push(faultOf(name, column, value, given, index));
    else if (name === '__proto__') Object.defineProperty(row, name, { value, enumerable: true });
    else row[name] = value;
  }
  if (found < Object.keys(object).length)
    for (const name of Object.keys(object))
      if (!known.has(name)) faults.push(strangerOf(name, index, [...known.keys()], object));
  return row;
}

function readCell(given: unknown, column: ColumnReader<unknown>): unknown {
  if (given === undefined || given === null) {
    if (column.optional) return null;
    return new Problem(
      problemCodes.missing,
      given === null ? 'is null, and may not be missing' : 'is missing',
    );
  }
  return column.value.read(given);
}

function faultOf(
  field: string,
  column: ColumnReader<unknown>,
  problem: Problem,
  given: unknown,
  row: number,
): FieldFault {
  const secret = column.personal === true && given !== undefined && given !== null;
  const what = secret ? `is not ${column.type}` : problem.what;
  const hint = secret ? undefined : problem.hint;
  return {
    code: problem.code,
    row,
    field,
    message: `\`${field}\` ${what}`,
    given: secret ? '(personal data)' : describeValue(given),
    expected: column.type,
    ...(hint === undefined ? {} : { hint }),
    ...(column.spec === undefined ? {} : { spec: column.spec }),
  };
}

const LONGEST_NAME = 80;
const MOST_LISTED = 30;

/** What stands in a field that nobody knows is not shown: it may be anybody's. */
function strangerOf(
  name: string,
  row: number,
  known: readonly string[],
  object: Readonly<Record<string, unknown>>,
): FieldFault {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  const near = suggest(
    name,
    known.filter(other => !Object.hasOwn(object, other)),
  );
  const listed =
    known.length > MOST_LISTED ? `${known.slice(0, MOST_LISTED).join(', ')}, …` : known.join(', ');
  return {
    code: problemCodes.unknown,
    row,
    field: shown,
    message: `there is no field \`${shown}\``,
    given: 'a field of this name',
    expected: listed === '' ? 'no field' : `the fields ${listed}`,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  };
}
