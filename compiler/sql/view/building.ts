import type { Expr, FeatureView, Plan } from '../../plan/plan.ts';
import type { Output, Relation } from '../relational.ts';
import {
  callOf,
  columnOf,
  compare,
  intColumn,
  intLiteral,
  MICROSECONDS,
  nullOf,
  plus,
  type Table,
} from './terms.ts';

/**
 * A view while it is lowered. The relation grows column by column: `row.c` of the row itself, `__row` its position in
 * the source, `__at` and `__t` the moment T (as a time, and in microseconds), `alias.c` of joined rows, `window.i`,
 * `feature.f`.
 */
export class Building {
  readonly plan: Plan;
  readonly view: FeatureView;
  readonly source: Table;
  /** The source's rows before anything was added, for windows over the view's own source. */
  readonly rows: Relation;
  relation: Relation;
  /** The column that tells rows apart; a grid makes many of one `__row`. */
  id = '__row';
  /** The column with the moment whose state joins and windows see: T, or the last materialisation not after it. */
  stateMoment = '__t';

  constructor(plan: Plan, view: FeatureView, source: Table, rows: Relation) {
    this.plan = plan;
    this.view = view;
    this.source = source;
    this.rows = rows;
    this.relation = rows;
  }

  add(columns: readonly Output[]): void {
    if (columns.length === 0) return;
    this.relation = { op: 'project', input: this.relation, all: true, columns };
  }

  drop(columns: readonly string[]): void {
    this.relation = { op: 'dropped', input: this.relation, columns };
  }

  /** New values under old names. */
  replace(columns: readonly Output[]): void {
    const fresh = columns.map(({ name, expr }) => ({ name: `${name}#new`, expr }));
    this.add(fresh);
    this.relation = {
      op: 'renamed',
      input: this.relation,
      columns: columns.map(({ name }) => ({ from: `${name}#new`, to: name })),
    };
  }

  /** States are as old as the time between two materialisations at most; they are stale only if less is asked for. */
  get mayBeStale(): boolean {
    const { materialize, stale } = this.view;
    return materialize !== null && stale !== null && stale.after < materialize;
  }

  unlessStale(value: Expr): Expr {
    if (!this.mayBeStale) return value;
    const { after, otherwise } = this.view.stale!;
    const oldest = plus(intColumn('__t'), -after * MICROSECONDS);
    const type = { ...value.type, optional: true };
    const text = { kind: 'string', optional: false } as const;
    const message: Expr = { op: 'literal', value: 'the last materialisation is too old', type: text, at: 0 };
    const beyond = otherwise === 'null' ? nullOf(type) : callOf('__fail', type, message);
    // A row without a moment has no state that is too old.
    return callOf('if', type, compare('lt', intColumn(this.stateMoment), oldest), beyond, value);
  }

  /** Adds T, and the state's moment where the view is materialised. */
  addMoment(at: Expr): void {
    this.add([{ name: '__at', expr: at }]);
    this.addMicros();
  }

  addMicros(): void {
    const at = columnOf('__at', { kind: 'timestamp', optional: false });
    this.add([{ name: '__t', expr: callOf('__micros', { kind: 'int', optional: false }, at) }]);
    if (this.view.materialize === null) return;
    const period = intLiteral(this.view.materialize * MICROSECONDS);
    this.stateMoment = '__state';
    const state = callOf('bucket_int_int', { kind: 'int', optional: false }, intColumn('__t'), period);
    this.add([{ name: '__state', expr: state }]);
  }
}
