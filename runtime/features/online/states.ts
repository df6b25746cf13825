import { teamFunctions } from '../../../compiler/plan/foreign.ts';
import { canonicalJson } from '../../../compiler/plan/hash.ts';
import type { FeatureView, Plan, Type } from '../../../compiler/plan/plan.ts';
import { sha256 } from '../../../compiler/plan/sha256.ts';
import { tablesOf } from '../../../compiler/plan/tables.ts';
import { type Table, tableOf } from '../../../compiler/sql/view/terms.ts';
import { camelCase } from '../../../compiler/targets/typescript/identifiers.ts';
import { readsOf } from '../../../compiler/targets/typescript/reads.ts';
import type { Program } from '../../engine/contract.ts';
import type { Fitted } from '../fitted.ts';
import type { Scalar } from '../functions/values.ts';
import type { OnlineRow, OnlineValue } from './contract.ts';
import type { JoinRead, KeyRead, KnownRead, ViewReads, WindowRead } from './reads.ts';

/** Microseconds in a millisecond, and in a day. */
export const MILLISECOND = 1000;
export const DAY = 86_400_000_000;

/** A column of another table's row as the store keeps it. */
export interface StateColumn {
  readonly name: string;
  readonly type: Type;
}

/**
 * What the store keeps of one table for the joins and windows that find its rows by the same columns: rows with the
 * columns that are read, by key, in order. Its id is made of all that decides what is in it, so that a changed view,
 * schema or key is another state, and services of both versions find theirs.
 */
export interface State {
  readonly id: string;
  readonly table: string;
  /** The table's name in SQL. */
  readonly relation: string;
  readonly key: readonly StateColumn[];
  /** Null: a plain look-up, one row a key. */
  readonly eventTime: StateColumn | null;
  readonly columns: readonly StateColumn[];
  /** What rows of one time are put in order by. */
  readonly order: readonly string[];
  /** How far back from T rows are read, microseconds; null: as far as there are any. */
  readonly reach: number | null;
  /** Rows are kept in blocks of this many microseconds of event time; null: all rows of a key are one block. */
  readonly block: number | null;
  /** From when a row is known, for a join that reads the latest row alone; null: all rows within reach are read. */
  readonly latest: readonly KnownRead[] | null;
}

type Own = (row: OnlineRow, joined: Joined) => Scalar | null;
export type Joined = Readonly<Record<string, OnlineRow | null>>;
/** Reads as the runtime calls them: the types of rows are the generated file's own matter. */
export type AnyJoin = JoinRead<OnlineRow, Joined>;
export type AnyWindow = Omit<WindowRead<OnlineRow, OnlineRow, Joined>, 'columns'> & {
  readonly columns: readonly string[];
};

export interface Found<R> {
  /** Its name in the context. */
  readonly name: string;
  readonly read: R;
  readonly state: State;
}

/** A view ready to be computed online. */
export interface OnlineView {
  readonly name: string;
  /** The generated function, given what it takes: the row, a context where it reads other rows, fitted values where it reads such. */
  readonly compute: (
    row: OnlineRow,
    context: Readonly<Record<string, unknown>>,
    fitted: Fitted[string] | undefined,
  ) => OnlineRow;
  readonly reads: ViewReads;
  /** Joins and windows whose keys can be told once those of the levels before are read: a round trip each. */
  readonly levels: readonly Level[];
}
export interface Level {
  readonly joins: readonly Found<AnyJoin>[];
  readonly windows: readonly Found<AnyWindow>[];
}

/** @throws Error if the program was not generated with reads, which every compiled view has */
export function onlineView(program: Program, name: string): OnlineView {
  const view = program.views[name];
  if (view?.compute === undefined || view.reads === undefined)
    throw new Error(`the program cannot compute ${name} online`);
  const joins = Object.entries(view.reads.joins as unknown as Record<string, AnyJoin>);
  const windows = Object.entries(view.reads.windows as unknown as Record<string, AnyWindow>);
  const states = windowStates(program, windows);
  return {
    name,
    compute: callerOf(program.plan.views[name]!, view.compute as unknown as Compute),
    reads: view.reads,
    levels: levelsOf(
      joins.map(([alias, read]) => ({ name: alias, read, state: joinState(program, read) })),
      windows.map(([window, read]) => ({ name: window, read, state: states.get(window)! })),
    ),
  };
}

type Compute = (row: OnlineRow, ...more: readonly unknown[]) => OnlineRow;

function callerOf(view: FeatureView, compute: Compute): OnlineView['compute'] {
  const { joins, windows, fitted } = readsOf(
    view.features.filter(feature => !feature.label),
    view,
  );
  if (fitted.length === 0) return compute;
  const names = fitted.map(({ name }) => [camelCase(name), name] as const);
  const named = (values: Fitted[string] = {}): Fitted[string] =>
    Object.fromEntries(names.map(([as, name]) => [as, values[name] ?? null]));
  return joins.size + windows.length > 0
    ? (row, context, values) => compute(row, context, named(values))
    : (row, _context, values) => compute(row, named(values));
}

/** All states that views read, each once. */
export function statesOf(views: readonly OnlineView[]): State[] {
  const all = views.flatMap(view =>
    view.levels.flatMap(level => [...level.joins, ...level.windows].map(({ state }) => state)),
  );
  return [...new Map(all.map(state => [state.id, state])).values()];
}

function levelsOf(joins: readonly Found<AnyJoin>[], windows: readonly Found<AnyWindow>[]): Level[] {
  const depths = new Map<string, number>();
  const depthOf = (read: { readonly after?: readonly string[] }): number =>
    Math.max(0, ...(read.after ?? []).map(alias => depths.get(alias)! + 1));
  // A key reads joins before its own.
  for (const { name, read } of joins) depths.set(name, depthOf(read));
  const deepest = Math.max(-1, ...depths.values(), ...windows.map(({ read }) => depthOf(read)));
  return Array.from({ length: deepest + 1 }, (_, depth) => ({
    joins: joins.filter(({ name }) => depths.get(name) === depth),
    windows: windows.filter(({ read }) => depthOf(read) === depth),
  }));
}

function joinState(program: Program, read: AnyJoin): State {
  const table = tableOf(program.plan, read.table);
  const { asOf } = read;
  const moments = asOf === null ? [] : asOf.known.map(known => known.column);
  const reach = asOf?.within == null ? null : asOf.within * MILLISECOND;
  return stateOf(program, read.table, table, {
    key: read.key,
    eventTime: asOf?.eventTime ?? null,
    columns: [...read.columns, ...moments.filter(column => column !== asOf?.eventTime)],
    order: asOf?.order ?? [...table.columns.keys()],
    reach,
    latest: asOf?.known ?? null,
  });
}

/** Windows of one table with one key share a state, but for those that mind an order of their own. */
function windowStates(
  program: Program,
  windows: readonly (readonly [string, AnyWindow])[],
): Map<string, State> {
  const groups = new Map<string, (readonly [string, AnyWindow])[]>();
  for (const window of windows) {
    const [, { table, key, eventTime, order }] = window;
    const group = JSON.stringify([table, key.map(({ other }) => other), eventTime, order ?? null]);
    groups.set(group, [...(groups.get(group) ?? []), window]);
  }
  const states = new Map<string, State>();
  for (const group of groups.values()) {
    const [, first] = group[0]!;
    const reads = group.map(([, read]) => read);
    const columns = reads.flatMap(read => [
      ...read.columns,
      ...read.known.map(known => known.column).filter(column => column !== read.eventTime),
      ...(read.self ?? []).filter(column => column !== read.eventTime),
    ]);
    const state = stateOf(program, first.table, tableOf(program.plan, first.table), {
      key: first.key,
      eventTime: first.eventTime,
      columns,
      order: first.order ?? [],
      reach: Math.max(...reads.map(({ length }) => length)) * MILLISECOND,
      latest: null,
    });
    for (const [name] of group) states.set(name, state);
  }
  return states;
}

function stateOf(
  program: Program,
  name: string,
  table: Table,
  parts: {
    readonly key: readonly KeyRead<never, never>[];
    readonly eventTime: string | null;
    readonly columns: readonly string[];
    readonly order: readonly string[];
    readonly reach: number | null;
    readonly latest: readonly KnownRead[] | null;
  },
): State {
  const column = (of: string): StateColumn => ({ name: of, type: table.columns.get(of)! });
  const state = {
    table: name,
    relation: table.relation,
    key: parts.key.map(({ other }) => column(other)),
    eventTime: parts.eventTime === null ? null : column(parts.eventTime),
    columns: [...new Set(parts.columns)].sort().map(column),
    order: parts.order,
    reach: parts.reach,
    block: parts.reach === null ? null : Math.max(parts.reach, DAY),
    latest: parts.latest,
  };
  const identity = { format: 1, ...state, rows: tableVersion(program, name) };
  return { ...state, id: sha256(canonicalJson(identity, { words: false })).slice(0, 16) };
}

/** All that the plan and the program say of where a table's rows come from. */
function tableVersion(program: Program, name: string): unknown {
  const { plan } = program;
  const schema = schemaColumns(plan, name);
  const source = plan.sources[name];
  if (source !== undefined) return { from: source.from, schema };
  const component = plan.components[name];
  if (component !== undefined) {
    const inputs = Object.values(component.inputs).map(input => tableVersion(program, input));
    return { component, schema, inputs };
  }
  return viewVersion(program, name);
}

/** Of a view: its declaration, the SQL that was written for it, and the tables that it reads. */
export function viewVersion(program: Program, name: string): unknown {
  const view = program.plan.views[name]!;
  const read = tablesOf(view).filter(table => table !== name);
  const [called] = teamFunctions(view).keys();
  const team = called === undefined ? undefined : program.functions?.[called]?.declared.code;
  return {
    sql: program.views[name]?.sql,
    key: view.key,
    ...(team === undefined ? {} : { team }),
    read: read.map(table => tableVersion(program, table)),
  };
}

function schemaColumns(plan: Plan, table: string): unknown {
  const schema = plan.schemas[(plan.sources[table] ?? plan.components[table])?.schema ?? ''];
  return schema?.columns.map(({ name, type }) => ({ name, type }));
}

/** The text under which a row's key is kept; null: a key without a value, or nan, finds no row. */
export function keyText(
  key: readonly { readonly own: Own }[],
  row: OnlineRow,
  joined: Joined,
): string | null {
  if (key.length === 1) {
    const value = key[0]!.own(row, joined);
    return value === null || value === undefined || Number.isNaN(value) ? null : String(value);
  }
  return keyOf(key.map(({ own }) => own(row, joined)));
}

export function keyOf(values: readonly OnlineValue[]): string | null {
  // `includes` finds nan, which is equal to nothing.
  if (values.includes(null) || values.includes(Number.NaN)) return null;
  return values.length === 1 ? String(values[0]) : JSON.stringify(values.map(String));
}
