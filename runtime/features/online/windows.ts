import { aggregates } from '../functions/aggregates.ts';
import { MICROSECONDS_A_DAY } from '../functions/values.ts';
import type { OnlineRow, OnlineValue } from './contract.ts';
import type { KnownRead } from './reads.ts';
import { lowerBound, type StoredRows } from './rows.ts';
import { type AnyJoin, type AnyWindow, type Joined, MILLISECOND, type State } from './states.ts';

/**
 * Aggregates of stored rows at a moment. Rows are found by binary search. What is added up exactly whatever the order
 * (counts, whole numbers below 2^53) is the difference of two running totals; all else is gathered and given to
 * `../functions/aggregates.ts`.
 */
export class WindowReader {
  readonly #window: AnyWindow;
  readonly #state: State;
  /** K is the event and so much later, microseconds; undefined: it depends on other columns. */
  readonly #delay: number | undefined;
  readonly #moments: readonly MomentColumn[];
  readonly #read: readonly (readonly [string, number])[];
  readonly #running: boolean;
  readonly #derived = new WeakMap<StoredRows, Derived>();

  constructor(window: AnyWindow, state: State) {
    this.#window = window;
    this.#state = state;
    this.#moments = momentColumns(state, window.known, window.eventTime);
    this.#delay = this.#moments.length > 0 ? undefined : delayOf(window.known);
    this.#read = window.columns.map(column => [column, placeOf(state, column)] as const);
    this.#running = RUNNING.has(window.aggregate) && this.#delay !== undefined && !window.readsRow;
  }

  /** The aggregate of what was known by `moment`, of the key's rows in blocks that follow one another. */
  at(blocks: readonly StoredRows[], moment: number, row: OnlineRow, joined: Joined): OnlineValue {
    const low = moment - this.#window.length * MILLISECOND;
    const high = moment - Math.max(1, this.#delay ?? 1);
    const self = this.#window.self === undefined ? undefined : this.#selfIn(blocks, low, high, row);
    if (this.#running) {
      const total = this.#totalOf(blocks, low, high, self);
      if (total !== undefined) return total;
    }
    const values: OnlineValue[] = [];
    for (const block of blocks) {
      const from = lowerBound(block.marks, low);
      const to = lowerBound(block.marks, high + 1);
      if (from < to) this.#gather(block, from, to, moment, self, row, joined, values);
    }
    const { aggregate, args = [] } = this.#window;
    return (aggregates[aggregate] as (x: readonly OnlineValue[], ...more: readonly number[]) => OnlineValue)(
      values,
      ...args,
    );
  }

  #gather(
    block: StoredRows,
    from: number,
    to: number,
    moment: number,
    self: Place | undefined,
    row: OnlineRow,
    joined: Joined,
    into: OnlineValue[],
  ): void {
    const derived = this.#window.readsRow
      ? this.#derive(block, from, to, row, joined)
      : this.#derivedOf(block);
    const offset = this.#window.readsRow ? from : 0;
    for (let i = from; i < to; i++) {
      if (self !== undefined && self.block === block && self.place === i) continue;
      if (derived.passes !== null && derived.passes[i - offset] !== 1) continue;
      if (
        this.#delay === undefined &&
        !isKnown(this.#moments, this.#window.known, this.#window.eventTime, block, i, moment)
      )
        continue;
      into.push(derived.values === null ? true : derived.values[i - offset]!);
    }
  }

  /** Undefined where the values are not whole, or too large to be added up exactly. */
  #totalOf(
    blocks: readonly StoredRows[],
    low: number,
    high: number,
    self: Place | undefined,
  ): OnlineValue | undefined {
    let [count, sum] = [0, 0];
    for (const block of blocks) {
      const totals = this.#derivedOf(block).totals();
      if (totals === null) return undefined;
      const from = lowerBound(block.marks, low);
      const to = lowerBound(block.marks, high + 1);
      if (from >= to) continue;
      count += totals.counts[to]! - totals.counts[from]!;
      sum += totals.sums[to]! - totals.sums[from]!;
      if (self?.block !== block) continue;
      count -= totals.counts[self.place + 1]! - totals.counts[self.place]!;
      sum -= totals.sums[self.place + 1]! - totals.sums[self.place]!;
    }
    switch (this.#window.aggregate) {
      case 'count':
      case 'count_any':
        return count;
      case 'sum_int':
      case 'sum_float':
        return count === 0 ? null : sum;
      case 'any':
        return count === 0 ? null : sum > 0;
      case 'all':
        return count === 0 ? null : sum === count;
      default:
        return count === 0 ? null : sum / count;
    }
  }

  #derivedOf(block: StoredRows): Derived {
    let derived = this.#derived.get(block);
    if (derived === undefined) {
      derived = this.#derive(block, 0, block.length, NOTHING, {});
      this.#derived.set(block, derived);
    }
    return derived;
  }

  #derive(block: StoredRows, from: number, to: number, row: OnlineRow, joined: Joined): Derived {
    const { value, where } = this.#window;
    const columns = this.#read.map(([name, place]) => [name, block.column(place)] as const);
    const other: Record<string, OnlineValue> = {};
    const values: OnlineValue[] | null = value === undefined ? null : new Array(to - from);
    const passes = where === undefined ? null : new Uint8Array(to - from);
    if (values === null && passes === null) return new Derived(to - from, values, passes);
    for (let i = from; i < to; i++) {
      for (const [name, column] of columns) other[name] = column[i]!;
      // A row that is left out may have no value at all.
      if (passes !== null) {
        if (where!(other, row, joined) !== true) {
          if (values !== null) values[i - from] = null;
          continue;
        }
        passes[i - from] = 1;
      }
      if (values !== null) values[i - from] = value!(other, row, joined) as OnlineValue;
    }
    return new Derived(to - from, values, passes);
  }

  /** The place of the row itself: the first that agrees with it in the columns that tell it. */
  #selfIn(blocks: readonly StoredRows[], low: number, high: number, row: OnlineRow): Place | undefined {
    const self = this.#window.self!;
    const { eventTime } = this.#window;
    const columns = self
      .filter(column => column !== eventTime)
      .map(column => [column, placeOf(this.#state, column)] as const);
    const time = row[eventTime];
    const mark = self.includes(eventTime) && time != null ? markOf(time, this.#state) : undefined;
    if (mark !== undefined && (mark < low || mark > high)) return undefined;
    for (const block of blocks) {
      const from = lowerBound(block.marks, mark ?? low);
      const to = lowerBound(block.marks, (mark ?? high) + 1);
      for (let i = from; i < to; i++)
        if (columns.every(([name, place]) => block.column(place)[i] === row[name]))
          return { block, place: i };
    }
    return undefined;
  }
}

const NOTHING: OnlineRow = {};

interface Place {
  readonly block: StoredRows;
  readonly place: number;
}

/** Aggregates that are made of a number of values and their total. */
const RUNNING: ReadonlySet<string> = new Set([
  'count',
  'count_any',
  'sum_int',
  'sum_float',
  'mean',
  'share',
  'any',
  'all',
]);

/** What a window takes of each row of a block, and running totals of it. */
class Derived {
  readonly values: readonly OnlineValue[] | null;
  readonly passes: Uint8Array | null;
  readonly #length: number;
  #totals: Totals | null | undefined;

  constructor(length: number, values: readonly OnlineValue[] | null, passes: Uint8Array | null) {
    this.#length = length;
    this.values = values;
    this.passes = passes;
  }

  totals(): Totals | null {
    if (this.#totals === undefined) this.#totals = this.#add();
    return this.#totals;
  }

  #add(): Totals | null {
    const counts = new Float64Array(this.#length + 1);
    const sums = new Float64Array(this.#length + 1);
    let [count, sum, size] = [0, 0, 0];
    for (let i = 0; i < this.#length; i++) {
      const value = this.values === null ? true : this.values[i]!;
      if (value !== null && (this.passes === null || this.passes[i] === 1)) {
        const number = value === true ? 1 : value === false ? 0 : value;
        // Of other values the number counts alone; then the sum is of no use and asked by none.
        if (typeof number === 'number' && Number.isInteger(number)) {
          sum += number;
          size += Math.abs(number);
        } else if (typeof number !== 'string') return null;
        count++;
      }
      counts[i + 1] = count;
      sums[i + 1] = sum;
    }
    return size <= Number.MAX_SAFE_INTEGER ? { counts, sums } : null;
  }
}
interface Totals {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/** The joined row at a moment, or null. */
export class JoinReader {
  readonly #join: AnyJoin;
  readonly #moments: readonly MomentColumn[];
  readonly #delay: number | undefined;
  readonly #read: readonly (readonly [string, number])[];
  #last: { readonly rows: StoredRows; readonly place: number; readonly row: OnlineRow } | undefined;

  constructor(join: AnyJoin, state: State) {
    this.#join = join;
    const known = join.asOf?.known ?? [];
    this.#moments = join.asOf === null ? [] : momentColumns(state, known, join.asOf.eventTime);
    this.#delay = this.#moments.length > 0 ? undefined : delayOf(known);
    this.#read = join.columns.map(column => [column, placeOf(state, column)] as const);
  }

  at(blocks: readonly StoredRows[], moment: number): OnlineRow | null {
    const { asOf } = this.#join;
    if (asOf === null) {
      const [rows] = blocks;
      return rows === undefined || rows.length === 0 ? null : this.#row(rows, rows.length - 1);
    }
    const oldest = asOf.within === null ? Number.NEGATIVE_INFINITY : moment - asOf.within * MILLISECOND;
    for (let b = blocks.length - 1; b >= 0; b--) {
      const block = blocks[b]!;
      let i = lowerBound(block.marks, moment - (this.#delay ?? 0) + 1) - 1;
      if (this.#delay === undefined)
        while (i >= 0 && !isKnown(this.#moments, asOf.known, asOf.eventTime, block, i, moment)) i--;
      if (i < 0) continue;
      return block.marks[i]! >= oldest ? this.#row(block, i) : null;
    }
    return null;
  }

  #row(rows: StoredRows, place: number): OnlineRow {
    if (this.#last?.rows === rows && this.#last.place === place) return this.#last.row;
    const row = Object.fromEntries(this.#read.map(([name, column]) => [name, rows.column(column)[place]!]));
    this.#last = { rows, place, row };
    return row;
  }
}

/** A column whose value is a moment, by its place in the state; a day's begins at midnight. */
interface MomentColumn {
  readonly name: string;
  readonly place: number;
  readonly scale: number;
}

function momentColumns(state: State, known: readonly KnownRead[], eventTime: string): MomentColumn[] {
  const names = new Set(known.map(({ column }) => column).filter(column => column !== eventTime));
  return [...names].map(name => {
    const place = placeOf(state, name);
    return { name, place, scale: state.columns[place]!.type.kind === 'date' ? MICROSECONDS_A_DAY : 1 };
  });
}

const delayOf = (known: readonly KnownRead[]): number =>
  Math.max(0, ...known.map(({ after }) => after)) * MILLISECOND;

/** When a stored row was known: the latest of its moments; infinity where one is missing. */
export function knownAt(
  moments: readonly MomentColumn[],
  known: readonly KnownRead[],
  eventTime: string,
  mark: number,
  cell: (place: number) => OnlineValue,
): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { column, after } of known) {
    let moment = mark;
    if (column !== eventTime) {
      const of = moments.find(({ name }) => name === column)!;
      const value = cell(of.place);
      if (value === null) return Number.POSITIVE_INFINITY;
      moment = Number(value) * of.scale;
    }
    latest = Math.max(latest, moment + after * MILLISECOND);
  }
  return latest;
}
export { momentColumns };

const isKnown = (
  moments: readonly MomentColumn[],
  known: readonly KnownRead[],
  eventTime: string,
  block: StoredRows,
  i: number,
  at: number,
): boolean => knownAt(moments, known, eventTime, block.marks[i]!, place => block.column(place)[i]!) <= at;

const placeOf = (state: State, column: string): number => {
  const place = state.columns.findIndex(({ name }) => name === column);
  if (place < 0) throw new Error(`the state of ${state.table} has no column ${column}`);
  return place;
};

/** A value of the event time in microseconds. */
export const markOf = (value: OnlineValue, { eventTime }: State): number =>
  Number(value) * (eventTime?.type.kind === 'date' ? MICROSECONDS_A_DAY : 1);
