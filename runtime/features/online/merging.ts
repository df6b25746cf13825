import { blockOf } from './documents.ts';
import { type KeyedRows, partitionOf } from './moving.ts';
import type { Rows, StoredRows } from './rows.ts';
import { DAY, type State } from './states.ts';

/** The beginning of the day of the oldest row that some T from `from` on reads: partitions are there whole. */
export function oldestRead({ eventTime, reach }: State, from: number | null): number | null {
  if (eventTime === null || reach === null || from === null) return null;
  return Math.floor((from - reach) / DAY) * DAY;
}

export const cut = (rows: Rows, first: number): Rows =>
  first <= 0
    ? rows
    : { marks: rows.marks.slice(first), columns: rows.columns.map(column => column.slice(first)) };

/** A key's rows taken apart by the blocks that they lie in. */
export function inBlocks(state: State, rows: KeyedRows): { block: number; rows: KeyedRows }[] {
  const { marks } = rows;
  const first = blockOf(state, marks[0]!);
  if (state.eventTime === null || state.block === null) return [{ block: 0, rows }];
  if (blockOf(state, marks.at(-1)!) === first) return [{ block: first, rows }];
  const parts: { block: number; rows: KeyedRows }[] = [];
  for (let start = 0; start < marks.length; ) {
    const block = blockOf(state, marks[start]!);
    let end = start + 1;
    while (end < marks.length && blockOf(state, marks[end]!) === block) end++;
    const columns = rows.columns.map(column => column.slice(start, end));
    parts.push({ block, rows: { key: rows.key, marks: marks.slice(start, end), columns } });
    start = end;
  }
  return parts;
}

/** Rows of one event time are of one partition, so they come from one side and keep their order. */
export function mergedRows(state: State, old: StoredRows, fresh: Rows, gone: ReadonlySet<number>): Rows {
  const marks: number[] = [];
  const columns: Rows['columns'][number][number][][] = state.columns.map(() => []);
  const push = (
    from: Rows | StoredRows,
    i: number,
    ofColumn: (c: number) => Rows['columns'][number],
  ): void => {
    marks.push(from.marks[i]!);
    for (let c = 0; c < columns.length; c++) columns[c]!.push(ofColumn(c)[i]!);
  };
  let next = 0;
  for (let i = 0; i < old.length; i++) {
    const mark = old.marks[i]!;
    if (gone.has(partitionOf(state, mark))) continue;
    while (next < fresh.marks.length && fresh.marks[next]! < mark)
      push(fresh, next++, c => fresh.columns[c]!);
    push(old, i, c => old.column(c));
  }
  while (next < fresh.marks.length) push(fresh, next++, c => fresh.columns[c]!);
  return { marks, columns };
}
