import { fittingOf } from '../../../compiler/plan/fitted.ts';
import type {
  Expr,
  FeatureView,
  FittedExpr,
  Join,
  Known,
  Plan,
  WindowExpr,
} from '../../../compiler/plan/plan.ts';
import { aggregated } from '../../../compiler/sql/aggregates.ts';
import { tableOf, tieBreakers } from '../../../compiler/sql/view/terms.ts';
import { camelCase } from '../../../compiler/targets/typescript/identifiers.ts';
import { type Reads, readsOf } from '../../../compiler/targets/typescript/reads.ts';
import type { Program, ViewProgram } from '../../engine/contract.ts';
import type { Fitted } from '../../features/fitted.ts';
import { type EvaluatedValue, evaluate } from '../../features/functions/evaluate.ts';
import { compareValues, RowError, type Scalar } from '../../features/functions/values.ts';
import { type Held, microsOf, type Row, type Tables } from '../values.ts';
import { aggregate, compareOrders } from './aggregate.ts';
import type { Computed } from './batch.ts';
import { gridMoments } from './grid.ts';

const MICROSECONDS = 1000;

/** A row that cannot be computed has the reason instead of its values. */
export type OnlineRow =
  | Computed
  | { readonly row: number; readonly at: number | null; readonly refused: RowError };

/** A row of a view before it is computed. */
export interface Place {
  /** Position of its row in the source, from 1. */
  readonly row: number;
  readonly own: Row;
  /** T in microseconds; null: the view has no moment. */
  readonly at: number | null;
}

/**
 * The rows of a view by the program's generated functions, which take one row and what is read of others. That is looked
 * up here row by row, as "Time" of the language has it word for word, without any of the ways in which SQL and the online
 * store do it faster: for labels, which no service computes, and for what is not asked in requests.
 */
export class ReadByTheWord {
  readonly #program: Program;
  readonly #tables: Tables;
  readonly #views = new Map<string, readonly Row[]>();
  /** By view; what is not given is fitted on all its rows when it is first asked for. */
  readonly #fitted: Map<string, Readonly<Record<string, Held>>>;

  constructor(program: Program, tables: Tables, fitted: Fitted = {}) {
    this.#program = program;
    this.#tables = tables;
    this.#fitted = new Map(Object.entries(fitted));
  }

  get #plan(): Plan {
    return this.#program.plan;
  }

  get functions(): Program['functions'] {
    return this.#program.functions;
  }

  /** Rows of a source, of what a component makes, or of a view, as those that read it see them. */
  table(name: string): readonly Row[] {
    const view = this.#plan.views[name];
    if (view === undefined) return this.#tables[name] ?? [];
    const known = this.#views.get(name);
    if (known) return known;
    const rows = this.rows(name).map((computed): Row => {
      if ('refused' in computed) throw computed.refused;
      const own = this.table(view.source)[computed.row - 1]!;
      const key = Object.fromEntries(view.key.map(column => [column, own[column] ?? null]));
      const times = { __at: computed.at, __label_known: this.#labelKnown(view, own, computed.at) };
      return { ...key, ...computed.values, ...times };
    });
    this.#views.set(name, rows);
    return rows;
  }

  /** With `only`, those of one row of the source, counted from 1. */
  rows(name: string, only?: number): readonly OnlineRow[] {
    const fitted = this.fittedOf(name);
    return this.places(name, only).map(place => this.row(name, place, fitted));
  }

  places(name: string, only?: number): readonly Place[] {
    const view = this.#plan.views[name]!;
    return this.table(view.source).flatMap((own, i) =>
      only !== undefined && i + 1 !== only
        ? []
        : this.#moments(name, view, own).map(at => ({ row: i + 1, own, at })),
    );
  }

  /** One row; `features` are those that were computed elsewhere, for its labels to read. */
  row(
    name: string,
    { row, own, at }: Place,
    fitted: Readonly<Record<string, Held>>,
    features?: Row,
  ): OnlineRow {
    const view = this.#plan.views[name]!;
    const written = this.#program.views[name]!;
    const parts = ([false, true] as const).map(label =>
      readsOf(
        view.features.filter(feature => feature.label === label),
        view,
      ),
    ) as [Reads, Reads];
    try {
      const moment = new OwnMoment(this, this.#plan, view, own, row - 1, at, fitted);
      return { row, at, values: computed(written, view, parts, own, moment, features) };
    } catch (error) {
      if (error instanceof Error && error.name === 'RowError') return { row, at, refused: error as RowError };
      throw error;
    }
  }

  /** The values that a view's features read fitted. @throws RowError where no row has a value of what is fitted */
  fittedOf(name: string): Readonly<Record<string, Held>> {
    const view = this.#plan.views[name]!;
    const known = this.#fitted.get(name);
    if (known) return known;
    const values: Record<string, Held> = {};
    const rows = this.table(view.source).flatMap((own, i) =>
      this.#moments(name, view, own).map(at => new OwnMoment(this, this.#plan, view, own, i, at, values)),
    );
    for (const value of fittingOf(view).values) {
      const fitted = fittedOn(value.expr, rows);
      if (fitted === null) throw new NothingToFit(`${value.name} has no value`);
      values[value.name] = fitted;
    }
    this.#fitted.set(name, values);
    return values;
  }

  #moments(name: string, view: FeatureView, own: Row): readonly (number | null)[] {
    if (view.moment === null) return [null];
    if (view.moment.kind === 'each') return gridMoments(this.#plan, name, own, table => this.table(table));
    const { column, offset } = view.moment;
    const at = this.#micros(view.source, own, column);
    return [at === null ? null : at + offset * MICROSECONDS];
  }

  #micros(table: string, row: Row, column: string): number | null {
    return microsOf(row[column] ?? null, tableOf(this.#plan, table).columns.get(column)!);
  }

  #labelKnown(view: FeatureView, own: Row, at: number | null): number | null {
    if (at === null) return null;
    const moments = view.features
      .filter(feature => feature.label)
      .flatMap(feature => feature.known.latest)
      .map(({ base, column, offset }) => {
        const moment =
          base === 'at' ? at : this.#micros(view.source, own, base === 'event' ? view.eventTime! : column!);
        return moment === null ? null : moment + offset * MICROSECONDS;
      })
      .filter(moment => moment !== null);
    return moments.length === 0 ? null : Math.max(...moments);
  }
}

/** No row has a value of what is fitted. */
export class NothingToFit extends RowError {}

function fittedOn({ aggregate: key, args: [first, ...rest] }: FittedExpr, rows: readonly OwnMoment[]): Held {
  const expr = first === undefined ? null : aggregated(key, first);
  const constants = rest.flatMap(arg => (arg.op === 'literal' ? [['q', arg.value] as const] : []));
  return aggregate(
    { aggregate: key, args: Object.fromEntries(constants) },
    rows.map(row => {
      const value = expr === null ? true : row.read(expr);
      return { value, order: [row.at, value] };
    }),
  );
}

/** The generated functions on one row: its features, if they are not given, then its labels. */
function computed(
  written: ViewProgram,
  view: FeatureView,
  [ofFeatures, ofLabels]: readonly [Reads, Reads],
  own: Row,
  moment: OwnMoment,
  given: Row | undefined,
): Row {
  const call = (f: NonNullable<ViewProgram['compute']>, reads: Reads, features: readonly Row[]): Row => {
    const context = reads.joins.size + reads.windows.length > 0 ? [moment.context(reads)] : [];
    const fitted = reads.fitted.map(({ name }) => [camelCase(name), moment.fitted[name] ?? null] as const);
    const values = fitted.length > 0 ? [Object.fromEntries(fitted)] : [];
    return (f as (...args: readonly unknown[]) => Row)(own, ...context, ...values, ...features);
  };
  const features = given ?? (written.compute ? call(written.compute, ofFeatures, []) : {});
  if (!written.labels) return features;
  const names = new Set(view.features.filter(feature => feature.label).map(feature => feature.name));
  const outside = ofLabels.features.some(name => !names.has(name));
  return { ...features, ...call(written.labels, ofLabels, outside ? [features] : []) };
}

/** One row of a view at one moment: what it sees of other rows. */
class OwnMoment {
  readonly #online: ReadByTheWord;
  readonly #plan: Plan;
  readonly #view: FeatureView;
  readonly #own: Row;
  readonly #place: number;
  readonly at: number | null;
  readonly fitted: Readonly<Record<string, Held>>;
  readonly #joined = new Map<string, Row | null>();

  constructor(
    online: ReadByTheWord,
    plan: Plan,
    view: FeatureView,
    own: Row,
    place: number,
    at: number | null,
    fitted: Readonly<Record<string, Held>>,
  ) {
    this.#online = online;
    this.#plan = plan;
    this.#view = view;
    this.#own = own;
    this.#place = place;
    this.at = at;
    this.fitted = fitted;
  }

  /** The second argument of a generated function: joined rows by alias, windows by the names they are read under. */
  context(reads: Reads): Readonly<Record<string, unknown>> {
    const joins = [...reads.joins.keys()].map(alias => [alias, this.#join(alias)] as const);
    const windows = reads.windows.map(({ name, window }) => [name, this.#window(window)] as const);
    return Object.fromEntries<unknown>([...joins, ...windows]);
  }

  /** The moment whose state joins and windows see: T, or the last materialisation not after it. */
  get #state(): number | null {
    const { materialize } = this.#view;
    if (this.at === null || materialize === null) return this.at;
    const period = materialize * MICROSECONDS;
    return Math.floor(this.at / period) * period;
  }

  /** Whether the state is older than the view allows. */
  #stale(): boolean {
    const { materialize, stale } = this.#view;
    if (materialize === null || stale === null || this.at === null) return false;
    if (this.#state! >= this.at - stale.after * MICROSECONDS) return false;
    if (stale.otherwise === 'fail') throw new RowError('the last materialisation is too old');
    return true;
  }

  read(expr: Expr, other?: Row): Held {
    return evaluate(
      expr,
      leaf => {
        switch (leaf.op) {
          case 'feature':
            return this.read(this.#view.features.find(f => f.name === leaf.name)!.expr) as EvaluatedValue;
          case 'window':
            return this.#window(leaf) as EvaluatedValue;
          case 'fitted':
            return (this.fitted[fittingOf(this.#view).fittedAs(leaf).name] ?? null) as EvaluatedValue;
          case 'column': {
            const row = leaf.of === 'row' ? this.#own : leaf.of === 'other' ? other! : this.#join(leaf.of);
            return (row?.[leaf.column] ?? null) as EvaluatedValue;
          }
          default:
            throw new Error(`a ${leaf.op} has no place in a row's expression`);
        }
      },
      this.#online.functions,
    );
  }

  #matches(pairs: Join['on'], other: Row): boolean {
    return pairs.every(({ own, other: column }) => {
      const [key, value] = [this.read(own), other[column] ?? null];
      return key !== null && value !== null && compareValues(key as Scalar, value as Scalar) === 0;
    });
  }

  #micros(table: string, row: Row, column: string): number | null {
    return microsOf(row[column] ?? null, tableOf(this.#plan, table).columns.get(column)!);
  }

  /** K <= T, K being the latest of several moments. */
  #known(known: Known, table: string, row: Row, eventTime: string, at: number): boolean {
    return known.latest.every(({ base, column, offset }) => {
      const moment = this.#micros(table, row, base === 'column' ? column! : eventTime);
      return moment !== null && moment + offset * MICROSECONDS <= at;
    });
  }

  #join(alias: string): Row | null {
    const known = this.#joined.get(alias);
    if (known !== undefined) return known;
    const row = this.#lookUp(this.#view.joins.find(join => join.alias === alias)!);
    this.#joined.set(alias, row);
    return row;
  }

  #lookUp(join: Join): Row | null {
    const { asOf, table } = join;
    const rows = this.#online.table(table).filter(row => this.#matches(join.on, row));
    const columns = [...tableOf(this.#plan, table).columns.keys()];
    const whole = (row: Row): Held[] => columns.map(column => row[column] ?? null);
    if (asOf === null) return greatest(rows, whole);
    if (this.#stale()) return null;
    const at = this.#state;
    if (at === null) return null;
    const event = (row: Row): number | null => this.#micros(table, row, asOf.eventTime);
    const seen = rows.filter(row => {
      const moment = event(row);
      const near = asOf.within === null ? Number.NEGATIVE_INFINITY : at - asOf.within * MICROSECONDS;
      if (moment === null || moment > at || moment < near) return false;
      return this.#known(asOf.known, table, row, asOf.eventTime, at);
    });
    const moments = asOf.known.latest.flatMap(m => (m.base === 'column' ? [m] : []));
    const told = (row: Row): Held[] =>
      moments.map(m => (this.#micros(table, row, m.column!) ?? 0) + m.offset * MICROSECONDS);
    const ties = tieBreakers(this.#plan, table, asOf.known);
    return greatest(seen, row => [
      event(row),
      ...told(row),
      ...ties.map(column => row[column] ?? null),
      ...whole(row),
    ]);
  }

  #window(window: WindowExpr): Held {
    const { table, eventTime, direction } = window;
    const past = direction === 'past';
    const stale = past && this.#stale();
    if (stale) return null;
    const at = past ? this.#state : this.at;
    const length = window.length * MICROSECONDS;
    const own = table === this.#view.source;
    const rows = this.#online.table(table).filter((row, i) => {
      if (at === null || (own && i === this.#place)) return false;
      const event = this.#micros(table, row, eventTime);
      if (event === null || !this.#matches(window.by, row)) return false;
      const within = past ? event >= at - length && event < at : event > at && event <= at + length;
      if (!within || (past && !this.#known(window.known, table, row, eventTime, at))) return false;
      return window.where === null || this.read(window.where, row) === true;
    });
    const columns = past
      ? tieBreakers(this.#plan, table, window.known)
      : [...tableOf(this.#plan, table).columns.keys()];
    return aggregate(
      window,
      rows.map(row => {
        const value = window.value === null ? true : this.read(window.value, row);
        const event = this.#micros(table, row, eventTime);
        return { value, order: [event, ...columns.map(column => row[column] ?? null), value] };
      }),
    );
  }
}

function greatest(rows: readonly Row[], order: (row: Row) => readonly Held[]): Row | null {
  return rows.reduce<Row | null>(
    (best, row) => (best === null || compareOrders(order(best), order(row)) <= 0 ? row : best),
    null,
  );
}
