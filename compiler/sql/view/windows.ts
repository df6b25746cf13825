import type { WindowExpr } from '../../plan/plan.ts';
import type { Building } from './building.ts';
import { columnsOf, constantDelay, isColumn, type Table, windowKey } from './terms.ts';
import { addFrames } from './windows/frame.ts';
import { addJoined } from './windows/join.ts';
import { type NamedWindow, otherColumns } from './windows/parts.ts';
import { addUnion } from './windows/union.ts';

export type { NamedWindow };

export function nameWindows(windows: readonly WindowExpr[]): ReadonlyMap<string, NamedWindow> {
  const named = new Map<string, NamedWindow>();
  for (const window of windows) {
    const key = windowKey(window);
    if (!named.has(key)) named.set(key, { window, name: `window.${named.size}` });
  }
  return named;
}

/**
 * Three ways to compute the same thing. `frame`: over the view's own source, T a constant from the event time: one
 * window function over the rows as they are. `union`: K a constant from the event: one window function over the rows of
 * both tables. `join`: everything else, by condition.
 */
type Way = 'frame' | 'union' | 'join';

export function wayOf(building: Building, window: WindowExpr): Way {
  const { view } = building;
  const own = window.table === view.source;
  const past = window.direction === 'past';
  const readsRow = columnsOf(window.value, 'row').length + columnsOf(window.where, 'row').length > 0;
  if (readsRow || constantDelay(window.known, window.eventTime) === undefined) return 'join';
  const stateful = past && view.materialize !== null;
  const fromEvent = view.moment?.kind === 'column' && view.moment.column === view.eventTime;
  const sameColumns = window.by.every(({ own: key, other }) => isColumn(key, other));
  if (own && fromEvent && window.eventTime === view.eventTime && sameColumns && !stateful) return 'frame';
  // Where T may lie after the row's own event the row must be kept out of its own window, which only a join can.
  const before = fromEvent && view.moment?.kind === 'column' && view.moment.offset <= 0;
  return own && !(before && past) ? 'join' : 'union';
}

/** Columns of the source that windows over the source itself read. */
export function ownColumns(building: { readonly source: Table }, windows: readonly WindowExpr[]): string[] {
  return windows.flatMap(window => [
    ...otherColumns(window, building.source),
    window.eventTime,
    ...window.by.map(b => b.other),
  ]);
}

export function addWindows(building: Building, windows: Iterable<NamedWindow>): void {
  const groups = new Map<string, NamedWindow[]>();
  for (const named of windows) {
    const { window } = named;
    const way = wayOf(building, window);
    const known = way === 'join' ? window.known : null;
    const parts = [way, window.table, window.direction, window.eventTime, window.by, known];
    const key = JSON.stringify(parts, (name, value: unknown) => (name === 'at' ? undefined : value));
    groups.set(key, [...(groups.get(key) ?? []), named]);
  }
  let number = 0;
  for (const group of groups.values()) {
    const way = wayOf(building, group[0]!.window);
    if (way === 'frame') addFrames(building, group);
    else if (way === 'union') addUnion(building, group, `group${number++}`);
    else addJoined(building, group, `group${number++}`);
  }
}
