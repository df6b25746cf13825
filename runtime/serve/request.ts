import { showExpected } from '../../compiler/plan/diff/show.ts';
import { momentField, type ServedMoment } from '../../compiler/plan/serving.ts';
import { MICROSECONDS_A_DAY } from '../features/functions/values.ts';
import type { OnlineRequest, OnlineRow, OnlineValue } from '../features/online/contract.ts';
import type { Served } from './served.ts';
import { columnReader, readerOf } from './values/of-type.ts';
import { type FieldFault, problemCodes } from './values/problem.ts';
import type { ValueReader } from './values/readers.ts';
import { type ColumnReader, readRow } from './values/rows.ts';

/** What was read of a request: all its rows, or everything that is wrong with any of them. */
export type RequestResult =
  | { readonly ok: true; readonly rows: readonly OnlineRequest[] }
  | { readonly ok: false; readonly faults: readonly FieldFault[]; readonly omitted: number };

/** Faults beyond these are counted, not listed. */
const mostFaults = 1000;

/** Reads rows of JSON by what the spec says of the columns. Built once for a service. */
export class RequestReader {
  /** By name, in the order in which `GET /` and OpenAPI show them. */
  readonly columns: ReadonlyMap<string, ColumnReader<unknown>>;
  /** Whether a request may say the moment apart from its columns. */
  readonly asksMoment: boolean;
  private readonly entries: readonly (readonly [string, ColumnReader<unknown>])[];
  private readonly moment: ServedMoment;
  private readonly now: () => number;
  private readonly momentReader: ValueReader<unknown> | undefined;

  /** `now` in microseconds since 1970. */
  constructor(served: Served, now: () => number = () => Date.now() * 1000) {
    const { plan, moment } = served;
    this.moment = moment;
    this.now = now;
    const columns = new Map<string, ColumnReader<unknown>>();
    // The moment's column may be left out where `at` says it.
    for (const column of served.read)
      columns.set(
        column.name,
        columnReader(plan, column, !column.type.optional && !isMoment(moment, column.name)),
      );
    for (const column of served.beside) columns.set(column.name, columnReader(plan, column, false));
    this.asksMoment = served.asksMoment;
    if (this.asksMoment && moment.kind !== 'none') {
      this.momentReader = readerOf({ kind: moment.type.kind, optional: false });
      columns.set(momentField, { value: this.momentReader, type: moment.type.kind, optional: true });
    }
    this.columns = columns;
    this.entries = [...columns];
  }

  read(rows: readonly unknown[]): RequestResult {
    const faults: FieldFault[] = [];
    const read: OnlineRequest[] = [];
    for (let i = 0; i < rows.length; i++) {
      const before = faults.length;
      const row = readRow(rows[i], i, this.entries, this.columns, faults);
      const at = row && this.atOf(row, i, faults);
      if (row && faults.length === before) read.push({ row: row as OnlineRow, at: at! });
    }
    if (faults.length === 0) return { ok: true, rows: read };
    return {
      ok: false,
      faults: faults.slice(0, mostFaults),
      omitted: Math.max(0, faults.length - mostFaults),
    };
  }

  /** T of the row, and its column where only `at` was given; a fault where they contradict each other or are lacking. */
  private atOf(row: Record<string, unknown>, index: number, faults: FieldFault[]): number {
    const asked = this.asksMoment ? (row[momentField] as number | null | undefined) : null;
    if (this.asksMoment) delete row[momentField];
    const { moment } = this;
    // What cannot be read has a fault of its own already.
    if (asked === undefined) return Number.NaN;
    if (moment.kind === 'none') return this.now();
    const told = asked === null ? null : microsecondsOf(moment.type.kind, asked);
    if (moment.kind === 'asked') return told ?? this.clock(moment, momentField, index, faults);
    const { column, type } = moment;
    const offset = moment.offset * 1000;
    const value = row[column] as number | null | undefined;
    if (value === undefined) return Number.NaN;
    if (value === null) {
      const at = told ?? this.clock(moment, column, index, faults);
      row[column] = columnValue(type.kind, at - offset);
      return at;
    }
    const at = microsecondsOf(type.kind, value) + offset;
    if (told !== null && told !== at) faults.push(this.contradiction(moment, column, value, told, index));
    return at;
  }

  private clock(
    moment: Exclude<ServedMoment, { kind: 'none' }>,
    field: string,
    row: number,
    faults: FieldFault[],
  ) {
    const { type } = moment;
    if (type.kind === 'timestamp') return this.now();
    const spec = this.columns.get(field)?.spec;
    const article = type.kind === 'date' ? 'a day' : 'a wall-clock time';
    faults.push({
      code: problemCodes.missing,
      row,
      field,
      message: `\`${field}\` is missing: the moment of prediction is ${article}, and the service cannot know whose clock is meant`,
      given: 'nothing',
      expected: showExpected({ ...type, optional: false }),
      ...(spec === undefined ? {} : { spec }),
    });
    return Number.NaN;
  }

  private contradiction(
    moment: Extract<ServedMoment, { kind: 'column' }>,
    column: string,
    value: number,
    told: number,
    row: number,
  ): FieldFault {
    const { type } = moment;
    const offset = moment.offset * 1000;
    const write = (micros: number): string =>
      String(this.momentReader!.write(columnValue(type.kind, micros)));
    const own = microsecondsOf(type.kind, value) + offset;
    const spec = this.columns.get(column)?.spec;
    return {
      code: problemCodes.moment,
      row,
      field: momentField,
      message: `\`${momentField}\` is ${write(told)}, but \`${column}\` says that the prediction is made at ${write(own)}`,
      given: write(told),
      expected: write(own),
      hint: `leave \`${momentField}\` out`,
      ...(spec === undefined ? {} : { spec }),
    };
  }
}

const isMoment = (moment: ServedMoment, column: string): boolean =>
  moment.kind === 'column' && moment.column === column;

/** A moment of a type as microseconds since 1970. */
export const microsecondsOf = (kind: string, value: number): number =>
  kind === 'date' ? value * MICROSECONDS_A_DAY : value;
const columnValue = (kind: string, micros: number): number =>
  kind === 'date' ? Math.floor(micros / MICROSECONDS_A_DAY) : micros;

/** Values of a row in JSON again, by the same readers. */
export function writeRow(
  columns: ReadonlyMap<string, ColumnReader<unknown>>,
  names: readonly string[],
  row: OnlineRow,
): Record<string, unknown> {
  return Object.fromEntries(
    names.map(name => {
      const value: OnlineValue | undefined = row[name];
      return [name, value === null || value === undefined ? null : columns.get(name)!.value.write(value)];
    }),
  );
}
