import type { Plan, SourcePosition } from '../plan/plan.ts';
import { type Advice, rows } from './rows.ts';

export interface LevelRow {
  readonly id: string;
  readonly level: 0 | 1 | 2;
  readonly title: string;
  /** `not needed`: the spec has nothing that the row asks about. */
  readonly state: 'filled' | 'open' | 'not needed';
  /** The declaration that fills it, and where it is. */
  readonly by: string | null;
  readonly place: SourcePosition | null;
}

export interface LevelReport {
  readonly version: 'level/1';
  /** The highest whose rows, and those of the levels below, are all filled; null: not even level 0. */
  readonly reached: 0 | 1 | 2 | null;
  readonly rows: readonly LevelRow[];
  /** What fills the first open row; null: there is none. */
  readonly next: (Advice & { readonly row: string }) | null;
}

/** Which of Google's levels a spec reaches, by what it declares; it says nothing about how well that is done. */
export function levelOf(plan: Plan): LevelReport {
  const told = rows.map((row): LevelRow => {
    const { id, level, title, applies, filled } = row;
    const found = filled(plan);
    const state = found ? 'filled' : (applies?.(plan) ?? true) ? 'open' : 'not needed';
    const place = found ? (plan.positions[found.at] ?? null) : null;
    return { id, level, title, state, by: found?.by ?? null, place };
  });
  const open = told.find(({ state }) => state === 'open');
  const reached = open === undefined ? 2 : open.level === 0 ? null : ((open.level - 1) as 0 | 1);
  const next = open && rows.find(({ id }) => id === open.id)!.next(plan);
  return { version: 'level/1', reached, rows: told, next: next ? { row: open.id, ...next } : null };
}
