import type { Expr, Type, WindowExpr } from '../../plan/plan.ts';
import { mindsOrder } from '../aggregates.ts';
import type { Aggregate, Framed, Output, Relation } from '../relational.ts';
import type { Building } from './building.ts';
import {
  all,
  callOf,
  columnOf,
  columnsOf,
  compare,
  constantDelay,
  inlined,
  intColumn,
  intLiteral,
  isColumn,
  MICROSECONDS,
  micros,
  nullOf,
  plus,
  prefixed,
  present,
  rewrite,
  type Table,
  tableOf,
  tieBreakers,
  when,
  windowKey,
} from './terms.ts';

/** One window of a view with the name of the column that it becomes. */
export interface NamedWindow {
  readonly window: WindowExpr;
  readonly name: string;
}

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

function otherColumns(window: WindowExpr, table: Table): string[] {
  const known = window.known.latest.flatMap(moment => (moment.column === undefined ? [] : [moment.column]));
  const whole = isOrdered(window) ? [...table.columns.keys()] : [];
  return [
    ...new Set([
      ...columnsOf(window.value, 'other'),
      ...columnsOf(window.where, 'other'),
      ...known,
      ...whole,
    ]),
  ];
}
const isOrdered = (window: WindowExpr): boolean => /^(first|last)$/.test(window.aggregate);

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

const rawName = (name: string): string => `${name}#raw`;

function aggregateOf(
  { window, name }: NamedWindow,
  filter: readonly Expr[],
  order: readonly string[],
  of: (expr: Expr) => Expr,
): Aggregate {
  const where = window.where === null ? [] : [of(window.where)];
  return {
    name: rawName(name),
    aggregate: window.aggregate,
    value: window.value === null ? null : of(window.value),
    args: window.args ?? {},
    filter: all([...filter, ...where]),
    order,
  };
}

/** What `first` and `last` go by: the event, and among rows of one time whatever is known of them. */
function orderOf(building: Building, window: WindowExpr, event: string, prefix: string): string[] {
  if (!isOrdered(window)) return [];
  const columns =
    window.direction === 'next'
      ? [...tableOf(building.plan, window.table).columns.keys()]
      : tieBreakers(building.plan, window.table, window.known);
  const read = columnsOf(window.value, 'other');
  return [event, ...[...new Set([...columns, ...read])].map(column => `${prefix}.${column}`)];
}

/**
 * Bounds of the event time around T, in microseconds, both included: [T - w, T) and K <= T, or (T, T + w]. A window
 * shorter than its delay is empty: its lower bound lies above its upper one.
 */
function bounds(window: WindowExpr): { readonly lower: number; readonly upper: number } {
  const length = window.length * MICROSECONDS;
  if (window.direction === 'next') return { lower: 1, upper: length };
  const delay = constantDelay(window.known, window.eventTime) ?? 0;
  return { lower: -length, upper: -Math.max(1, delay * MICROSECONDS) };
}

/** A window that holds no row counts none and has no other value. A null key has no rows. */
function finish(building: Building, { window, name }: NamedWindow, guards: readonly Expr[]): Output {
  const raw = columnOf(rawName(name), { ...window.type, optional: true });
  const guard = all(guards);
  const value = guard === null ? raw : when(guard, raw);
  const counted = /^count/.test(window.aggregate);
  const whole = counted
    ? callOf('coalesce', { ...window.type, optional: false }, value, intLiteral(0))
    : value;
  return { name, expr: window.direction === 'past' ? building.unlessStale(whole) : whole };
}

/** A frame with these bounds; an empty one cannot be written in SQL and keeps no row instead. */
function frameOf(aggregate: Aggregate, lower: number, upper: number): Framed {
  if (lower <= upper) return { ...aggregate, lower, upper, excludeSelf: lower <= 0 && upper >= 0 };
  return { ...aggregate, filter: bool('', false).expr, lower: 0, upper: 0, excludeSelf: false };
}

function addFrames(building: Building, group: readonly NamedWindow[]): void {
  const { view, source } = building;
  const { window: any } = group[0]!;
  const asRow = (expr: Expr): Expr =>
    rewrite(expr, e => (e.op === 'column' ? columnOf(`row.${e.column}`, e.type) : undefined));
  const event = columnOf(`row.${any.eventTime}`, source.columns.get(any.eventTime)!);
  const order = '__event';
  building.add([{ name: order, expr: micros(event) }]);
  const offset = view.moment?.kind === 'column' ? view.moment.offset * MICROSECONDS : 0;
  const frames = group.map((named): Framed => {
    const { lower, upper } = bounds(named.window);
    const aggregate = aggregateOf(named, [], orderOf(building, named.window, order, 'row'), asRow);
    return frameOf(aggregate, lower + offset, upper + offset);
  });
  const keys = any.by.map(({ other }) => columnOf(`row.${other}`, source.columns.get(other)!));
  const partition = keys.map(key => key.column);
  building.relation = {
    op: 'windowed',
    input: building.relation,
    partition,
    order,
    tie: tieOf(frames, building.id),
    frames,
  };
  const guards = [...keys, event].filter(key => key.type.optional).map(present);
  building.add(group.map(named => finish(building, named, guards)));
  building.drop([order, ...group.map(named => rawName(named.name))]);
}

/** The rows of the other table under `other.c`, those without an event or key left out. */
function otherRows(
  building: Building,
  group: readonly NamedWindow[],
  prefix: string,
): { rows: Relation; own: boolean } {
  const { window: any } = group[0]!;
  const table = tableOf(building.plan, any.table);
  const own = any.table === building.view.source;
  const read = [
    ...new Set([
      ...group.flatMap(({ window }) => otherColumns(window, table)),
      any.eventTime,
      ...any.by.map(b => b.other),
    ]),
  ];
  const columns = read.map(column => ({ column, as: `other.${column}` }));
  const scan: Relation = own
    ? {
        op: 'project',
        input: building.rows,
        all: false,
        columns: [
          ...columns.map(({ column, as }) => ({
            name: as,
            expr: columnOf(`row.${column}`, table.columns.get(column)!),
          })),
          { name: `${prefix}.row`, expr: intColumn('__row') },
        ],
      }
    : {
        op: 'numbered',
        input: { op: 'scan', table: table.relation, columns },
        name: `${prefix}.row`,
        order: [],
      };
  const needed = [any.eventTime, ...any.by.map(b => b.other)].filter(
    column => table.columns.get(column)?.optional,
  );
  const condition = all(
    needed.map(column => present(columnOf(`other.${column}`, table.columns.get(column)!))),
  );
  return { rows: condition === null ? scan : { op: 'filter', input: scan, condition }, own };
}

/** What a group needs of each row of the view: its id, T and keys, under names of their own. */
function ownRows(
  building: Building,
  group: readonly NamedWindow[],
  prefix: string,
  more: readonly Output[] = [],
): Relation {
  const { window: any } = group[0]!;
  const keys = any.by.map(({ own }) => prefixed(inlined(own, building.view.features)));
  const moment = any.direction === 'past' ? building.stateMoment : '__t';
  const rows: Relation = {
    op: 'project',
    input: building.relation,
    all: false,
    columns: [
      ...keys.map((expr, i) => ({ name: `${prefix}.key${i}`, expr })),
      { name: `${prefix}.t`, expr: intColumn(moment) },
      { name: `${prefix}.id`, expr: intColumn(building.id) },
      ...more,
    ],
  };
  const conditions = [...keys.map((_, i) => `${prefix}.key${i}`), `${prefix}.t`];
  return { op: 'filter', input: rows, condition: all(conditions.map(name => present(intColumn(name))))! };
}

/** Joins the values of a group back to the view's rows. */
function attach(building: Building, group: readonly NamedWindow[], values: Relation, prefix: string): void {
  building.relation = {
    op: 'join',
    kind: 'left',
    left: building.relation,
    right: values,
    on: [compare('eq', intColumn(building.id), intColumn(`${prefix}.id`))],
  };
  building.add(group.map(named => finish(building, named, [])));
  building.drop([`${prefix}.id`, ...group.map(named => rawName(named.name))]);
}

/** The column that orders rows of one time, where an aggregate minds. */
const tieOf = (frames: readonly Framed[], column: string): string | null =>
  frames.some(frame => mindsOrder(frame.aggregate, frame.value)) ? column : null;

/** Numbers of two tables made one: even ones and odd ones. */
const twice = (name: string, more: 0 | 1): Expr =>
  plus(callOf('mul', { kind: 'int', optional: false }, intColumn(name), intLiteral(2)), more);

function addUnion(building: Building, group: readonly NamedWindow[], prefix: string): void {
  const { window: any } = group[0]!;
  const table = tableOf(building.plan, any.table);
  const { rows } = otherRows(building, group, prefix);
  const carried = [...new Set(group.flatMap(({ window }) => otherColumns(window, table)))];
  const keys = any.by.map((_, i) => `${prefix}.key${i}`);
  const [t, id, mine, tie] = ['t', 'id', 'mine', 'tie'].map(name => `${prefix}.${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const typeOf = (column: string): Type => table.columns.get(column)!;
  const own: Relation = {
    op: 'project',
    input: ownRows(building, group, prefix),
    all: true,
    columns: [
      bool(mine, true),
      { name: tie, expr: twice(id, 1) },
      ...carried.map(column => ({ name: `other.${column}`, expr: nullOf(typeOf(column)) })),
    ],
  };
  const others: Relation = {
    op: 'project',
    input: rows,
    all: false,
    columns: [
      ...any.by.map(({ other }, i) => ({ name: keys[i]!, expr: columnOf(`other.${other}`, typeOf(other)) })),
      { name: t, expr: micros(columnOf(`other.${any.eventTime}`, typeOf(any.eventTime))) },
      { name: id, expr: nullOf({ kind: 'int', optional: true }) },
      bool(mine, false),
      { name: tie, expr: twice(`${prefix}.row`, 0) },
      ...carried.map(column => ({
        name: `other.${column}`,
        expr: columnOf(`other.${column}`, typeOf(column)),
      })),
    ],
  };
  const isMine = columnOf(mine, { kind: 'bool', optional: false });
  const isOther = callOf('not', { kind: 'bool', optional: false }, isMine);
  const frames = group.map(named => {
    const aggregate = aggregateOf(named, [isOther], orderOf(building, named.window, t, 'other'), prefixed);
    const { lower, upper } = bounds(named.window);
    return { ...frameOf(aggregate, lower, upper), excludeSelf: false };
  });
  const windowed: Relation = {
    op: 'windowed',
    input: { op: 'union', inputs: [own, others] },
    partition: keys,
    order: t,
    tie: tieOf(frames, tie),
    frames,
  };
  const values: Relation = {
    op: 'project',
    input: { op: 'filter', input: windowed, condition: isMine },
    all: false,
    columns: [
      { name: id, expr: intColumn(id) },
      ...group.map(({ name, window }) => ({
        name: rawName(name),
        expr: columnOf(rawName(name), window.type),
      })),
    ],
  };
  attach(building, group, values, prefix);
}

const bool = (name: string, value: boolean): Output => ({
  name,
  expr: { op: 'literal', value, type: { kind: 'bool', optional: false }, at: 0 },
});

function addJoined(building: Building, group: readonly NamedWindow[], prefix: string): void {
  const { window: any } = group[0]!;
  const table = tableOf(building.plan, any.table);
  const { rows, own } = otherRows(building, group, prefix);
  const typeOf = (column: string): Type => table.columns.get(column)!;
  const time = (column: string): Expr => micros(columnOf(`other.${column}`, typeOf(column)));
  const [event, moment] = [time(any.eventTime), intColumn(`${prefix}.t`)];
  const longest = Math.max(...group.map(({ window }) => window.length)) * MICROSECONDS;
  const next = any.direction === 'next';
  // The row's own columns that a value or condition reads go along under other names.
  const read = [...new Set(group.flatMap(({ window }) => rowColumns(window)))];
  const outer = (name: string): string => `${prefix}.${name}`;
  const more = read.map(name => ({
    name: outer(name),
    expr: columnOf(name, { kind: 'unknown', optional: false }),
  }));
  const inner = (expr: Expr): Expr =>
    rewrite(expr, e => {
      if (e.op !== 'column') return undefined;
      const name = `${e.of}.${e.column}`;
      return columnOf(e.of === 'other' ? name : outer(name), e.type);
    });
  const known = next
    ? []
    : any.known.latest.map(m =>
        compare('le', plus(m.base === 'column' ? time(m.column!) : event, m.offset * MICROSECONDS), moment),
      );
  const on = [
    ...any.by.map(({ other }, i) =>
      compare(
        'eq',
        intColumn(`${prefix}.key${i}`),
        columnOf(`other.${other}`, { kind: 'int', optional: true }),
      ),
    ),
    ...(next
      ? [compare('ge', event, plus(moment, 1)), compare('le', event, plus(moment, longest))]
      : [compare('ge', event, plus(moment, -longest)), compare('le', event, plus(moment, -1))]),
    ...known,
    ...(own ? [compare('ne', intColumn(`${prefix}.row`), intColumn(`${prefix}.self`))] : []),
  ];
  const self = own ? [{ name: `${prefix}.self`, expr: intColumn('__row') }] : [];
  const left = ownRows(building, group, prefix, [...more, ...self]);
  const aggregates = group.map(named => {
    const length = named.window.length * MICROSECONDS;
    const within = next
      ? compare('le', event, plus(moment, length))
      : compare('ge', event, plus(moment, -length));
    const order = orderOf(building, named.window, `other.${any.eventTime}`, 'other');
    return aggregateOf(named, length === longest ? [] : [within], order, inner);
  });
  const values: Relation = {
    op: 'aggregated',
    input: { op: 'join', kind: 'inner', left, right: rows, on },
    by: [`${prefix}.id`],
    aggregates,
  };
  attach(building, group, values, prefix);
}

/** Columns that a window reads of anything but the other table's row, by their names in the relation. */
function rowColumns(window: WindowExpr): string[] {
  const visit = (expr: Expr | null): string[] => {
    if (expr === null) return [];
    if (expr.op === 'column') return expr.of === 'other' ? [] : [`${expr.of}.${expr.column}`];
    return expr.op === 'call' ? expr.args.flatMap(visit) : [];
  };
  return [...visit(window.value), ...visit(window.where)];
}
