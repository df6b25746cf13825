import type { Expr, FeatureView } from './plan.ts';
import type { Draft } from './steps.ts';
import { children } from './walk.ts';

/** The tables that a view reads, each once: its source, then joined and windowed ones as they come. */
export function tablesOf(view: FeatureView): string[] {
  const tables = new Set([view.source, ...view.joins.map(join => join.table)]);
  const visit = (expr: Expr): void => {
    if (expr.op === 'window') tables.add(expr.table);
    const inside = children(expr);
    for (let i = 0; i < inside.length; i++) visit(inside[i]!);
  };
  for (const join of view.joins) for (const { own } of join.on) visit(own);
  for (const feature of view.features) visit(feature.expr);
  return [...tables];
}

/** A moment that a grid goes on to: the latest of a column, and `offset` milliseconds. */
export interface GridEnd {
  /** A source, or what a component made. */
  readonly table: string;
  readonly column: string;
  readonly offset: number;
}

/**
 * Up to when a view has rows: the last event of the tables that it reads, and the last moment at which another view
 * asks for it. Were a grid to end with its own events, what others see of it would depend on events after their T.
 */
export function gridEnds(draft: Pick<Draft, 'sources' | 'components' | 'schemas' | 'views'>, name: string) {
  const ends = new Map<string, GridEnd>();
  const seen = new Set<string>();
  const eventTime = (table: string): string | null | undefined =>
    draft.schemas[(draft.sources[table] ?? draft.components[table])?.schema ?? '']?.eventTime;
  const add = (table: string, column: string | null | undefined, offset: number): void => {
    if (column) ends.set(`${table}\0${column}\0${offset}`, { table, column, offset });
  };
  const visit = (of: string): void => {
    const view = draft.views[of];
    if (!view || seen.has(of)) return;
    seen.add(of);
    if (view.moment?.kind === 'column') add(view.source, view.moment.column, view.moment.offset);
    if (view.moment?.kind !== 'each') return;
    for (const table of tablesOf(view)) {
      add(table, eventTime(table), 0);
      visit(table);
    }
    for (const [reader, other] of Object.entries(draft.views))
      if (reader !== of && tablesOf(other).includes(of)) visit(reader);
  };
  visit(name);
  return [...ends.values()];
}
