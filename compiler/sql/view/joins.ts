import type { Expr, Join, Plan, Type } from '../../plan/plan.ts';
import type { Relation } from '../relational.ts';
import type { Building } from './building.ts';
import {
  all,
  asKey,
  columnOf,
  columnsOf,
  compare,
  constantDelay,
  inlined,
  intColumn,
  MICROSECONDS,
  micros,
  plus,
  prefixed,
  tableOf,
  tieBreakers,
  when,
} from './terms.ts';

/** Adds the columns of a joined row that are read, as `alias.column`; all null where no row matches. */
export function addJoin(building: Building, join: Join): void {
  const table = tableOf(building.plan, join.table);
  const read = readColumns(building, join);
  // Nobody looks at the row, and there is one at most.
  if (read.length === 0) return;
  const name = (column: string): string => `${join.alias}.${column}`;
  const keys = join.on.map(({ own, other }, i) => ({
    own: asKey(prefixed(inlined(own, building.view.features))),
    ownName: `${join.alias}#own${i}`,
    other: name(other),
  }));
  building.add(keys.map(({ own, ownName }) => ({ name: ownName, expr: own })));
  const columns = [...table.columns.keys()];
  const scan: Relation = {
    op: 'scan',
    table: table.relation,
    columns: columns.map(column => ({ column, as: name(column) })),
  };
  const whole = columns.map(name);
  const by = keys.map(key => key.other);
  if (join.asOf === null) {
    const right: Relation = { op: 'pick', input: scan, by, order: whole, keep: read.map(name) };
    building.relation = {
      op: 'join',
      kind: 'left',
      left: building.relation,
      right: clear(right, by, read.map(name)),
      on: keys.map(key => compare('eq', anyColumn(key.ownName), anyColumn(clash(key.other)))),
    };
    return;
  }
  const sided = keys.map(key => ({ left: key.ownName, right: clash(key.other) }));
  const delay = constantDelay(join.asOf.known, join.asOf.eventTime);
  const ties = tieBreakers(building.plan, join.table, join.asOf.known).map(name);
  const parts = { building, join, scan, ties, read: read.map(name), keys: sided, by };
  if (delay === undefined) byCondition(parts, table.columns);
  else byDelay(parts, delay);
}

interface Parts {
  readonly building: Building;
  readonly join: Join;
  readonly scan: Relation;
  /** What rows of one time are told apart by. */
  readonly ties: readonly string[];
  readonly read: readonly string[];
  readonly keys: readonly { readonly left: string; readonly right: string }[];
  readonly by: readonly string[];
}

/** K is the event and a constant later: an as-of join on rows of which each moment has one. */
function byDelay({ building, join, scan, ties, read, keys, by }: Parts, delay: number): void {
  const event = `${join.alias}#event`;
  const moment = `${join.alias}#moment`;
  const eventTime = anyColumn(`${join.alias}.${join.asOf!.eventTime}`);
  const timed: Relation = {
    op: 'project',
    input: scan,
    all: true,
    columns: [{ name: event, expr: micros(eventTime) }],
  };
  const one: Relation = { op: 'pick', input: timed, by: [...by, event], order: ties, keep: read };
  building.add([{ name: moment, expr: plus(intColumn(building.stateMoment), -delay * MICROSECONDS) }]);
  building.relation = {
    op: 'as_of',
    left: building.relation,
    right: clear(one, by, read, [event]),
    equal: keys,
    moment,
    event,
  };
  nullBeyond(building, join, read, event);
}

/** The matching row is too old, or the state it was taken from is. */
function nullBeyond(building: Building, join: Join, read: readonly string[], event: string): void {
  const within = join.asOf!.within;
  const conditions: Expr[] = [];
  if (within !== null) {
    conditions.push(
      compare('ge', intColumn(event), plus(intColumn(building.stateMoment), -within * MICROSECONDS)),
    );
  }
  const condition = all(conditions);
  if (condition === null && !building.mayBeStale) return;
  building.replace(
    read.map(column => {
      const type = typeOfColumn(building.plan, join, column.slice(join.alias.length + 1));
      const value = columnOf(column, type);
      const near = condition === null ? value : when(condition, value);
      return { name: column, expr: building.unlessStale(near) };
    }),
  );
}

/** K depends on a column: of all rows that are known and not too old, the latest. */
function byCondition(
  { building, join, scan, ties, read, keys }: Parts,
  columns: ReadonlyMap<string, Type>,
): void {
  const asOf = join.asOf!;
  const moment = intColumn(building.stateMoment);
  const column = (name: string): Expr => micros(columnOf(`${join.alias}.${name}`, columns.get(name)!));
  const event = column(asOf.eventTime);
  const moments = asOf.known.latest.map(m =>
    plus(m.base === 'column' ? column(m.column!) : event, m.offset * MICROSECONDS),
  );
  const own: Relation = {
    op: 'project',
    input: building.relation,
    all: false,
    columns: [building.id, building.stateMoment, ...keys.map(key => key.left)]
      .filter((name, i, names) => names.indexOf(name) === i)
      .map(name => ({ name, expr: anyColumn(name) })),
  };
  const eventName = `${join.alias}#event`;
  const knownNames = moments.map((_, i) => `${join.alias}#known${i}`);
  const cleared = new Set(keys.map(key => key.right));
  const timed: Relation = {
    op: 'project',
    input: scan,
    all: true,
    columns: [
      { name: eventName, expr: event },
      ...moments.map((expr, i) => ({ name: knownNames[i]!, expr })),
      ...[...cleared].map(name => ({ name, expr: anyColumn(name.replace(/#key$/, '')) })),
    ],
  };
  const on = [
    ...keys.map(key => compare('eq', anyColumn(key.left), anyColumn(key.right))),
    compare('le', intColumn(eventName), moment),
    ...knownNames.map(name => compare('le', intColumn(name), moment)),
    ...(asOf.within === null
      ? []
      : [compare('ge', intColumn(eventName), plus(moment, -asOf.within * MICROSECONDS))]),
  ];
  const matches: Relation = { op: 'join', kind: 'inner', left: own, right: timed, on };
  const best: Relation = {
    op: 'pick',
    input: matches,
    by: [building.id],
    order: [eventName, ...knownNames, ...ties],
    keep: read,
  };
  const id = `${join.alias}#row`;
  const renamed: Relation = {
    op: 'project',
    input: best,
    all: false,
    columns: [
      { name: id, expr: intColumn(building.id) },
      ...read.map(name => ({ name, expr: anyColumn(name) })),
    ],
  };
  building.relation = {
    op: 'join',
    kind: 'left',
    left: building.relation,
    right: renamed,
    on: [compare('eq', intColumn(building.id), intColumn(id))],
  };
  if (building.mayBeStale)
    nullBeyond(building, { ...join, asOf: { ...asOf, within: null } }, read, eventName);
}

/** Key columns under names of their own, so that one that is read as well is there once. */
function clear(
  input: Relation,
  by: readonly string[],
  read: readonly string[],
  more: readonly string[] = [],
): Relation {
  return {
    op: 'project',
    input,
    all: false,
    columns: [
      ...[...new Set(by)].map(name => ({ name: clash(name), expr: anyColumn(name) })),
      ...[...new Set([...read, ...more])].map(name => ({ name, expr: anyColumn(name) })),
    ],
  };
}
const clash = (name: string): string => `${name}#key`;

/** A column whose type does not matter where it stands. */
const anyColumn = (name: string): Expr => columnOf(name, { kind: 'unknown', optional: false });

function typeOfColumn(plan: Plan, join: Join, column: string): Type {
  return tableOf(plan, join.table).columns.get(column)!;
}

/** Columns of the joined row that features, other joins or windows read. */
function readColumns({ view }: Building, join: Join): string[] {
  const read = [
    ...view.features.flatMap(feature => columnsOf(feature.expr, join.alias)),
    ...view.features.flatMap(feature => valuesRead(feature.expr, join.alias)),
    ...view.joins.flatMap(other => other.on.flatMap(pair => columnsOf(pair.own, join.alias))),
  ];
  return [...new Set(read)];
}

function valuesRead(expr: Expr, alias: string): string[] {
  if (expr.op === 'window') return [...columnsOf(expr.value, alias), ...columnsOf(expr.where, alias)];
  return expr.op === 'call' ? expr.args.flatMap(arg => valuesRead(arg, alias)) : [];
}
