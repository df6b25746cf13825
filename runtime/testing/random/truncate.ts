import type { Known, Plan, Schema } from '../../../compiler/plan/plan.ts';
import { type Table, tableOf } from '../../../compiler/plan/reads.ts';
import { schemaOf } from '../../../compiler/targets/typescript/reads.ts';
import type { Random } from '../../learn/random.ts';
import { microsOf, type Row, type Tables } from '../values.ts';
import { drawCell, type Pools, type Times } from './draw.ts';

/** Where a row is in its source: what was known is asked for it. */
export interface Own {
  readonly table: string;
  /** From 1. */
  readonly row: number;
  /** Columns that say which row it is and of when, which are known whatever K says. */
  readonly keep: ReadonlySet<string>;
}

export interface Truncated {
  readonly tables: Tables;
  /** The row's new place, from 1. */
  readonly row: number;
}

/**
 * What was known by T (microseconds) of all tables, and the row itself: rows that had not arrived are left out, cells that
 * were not known hold any other value. Whatever a view makes of that at T must be what it makes of everything.
 */
export function truncate(
  plan: Plan,
  tables: Tables,
  at: number,
  own: Own,
  draw: { readonly pools: Pools; readonly times: Times; readonly random: Random },
): Truncated {
  let place = own.row;
  const truncated = Object.entries(tables).map(([name, rows]) => {
    const schema = plan.schemas[schemaOf(plan, name)!]!;
    const table = tableOf(plan, name)!;
    const kept = rows.flatMap((row, i): Row[] => {
      const self = name === own.table && i + 1 === own.row;
      if (table.eventTime === null) return [row];
      if (!self && !isKnown(table.columns.get(table.eventTime)!.known, table, schema, row, at)) {
        if (name === own.table && i + 1 < own.row) place--;
        return [];
      }
      return [knownCells(plan, name, table, schema, row, at, self ? own.keep : none, draw)];
    });
    return [name, kept] as const;
  });
  return { tables: Object.fromEntries(truncated), row: place };
}

const none: ReadonlySet<string> = new Set();

function knownCells(
  plan: Plan,
  name: string,
  table: Table,
  schema: Schema,
  row: Row,
  at: number,
  keep: ReadonlySet<string>,
  { pools, times, random }: { readonly pools: Pools; readonly times: Times; readonly random: Random },
): Row {
  const lag = plan.sources[name]?.lag ?? 0;
  const cells = schema.columns.map(column => {
    const { name: cell } = column;
    const known = table.columns.get(cell)!.known;
    if (cell === schema.eventTime || keep.has(cell) || isKnown(known, table, schema, row, at))
      return [cell, row[cell]!] as const;
    // A time from which itself and others are known turns out to be a later one.
    if (known.latest.some(m => m.base === 'column' && m.column === cell)) return [cell, row[cell]!] as const;
    const event = schema.eventTime === null ? undefined : row[schema.eventTime];
    return [cell, drawCell(name, schema, column, event, lag, pools, times, random)] as const;
  });
  return Object.fromEntries(cells);
}

/** Whether what has this K was known by a moment. */
function isKnown(known: Known, table: Table, schema: Schema, row: Row, at: number): boolean {
  return known.latest.every(({ base, column, offset }) => {
    const name = base === 'column' ? column! : table.eventTime!;
    const type = schema.columns.find(c => c.name === name)!.type;
    const moment = microsOf(row[name] ?? null, type);
    return moment !== null && moment + offset * 1000 <= at;
  });
}
