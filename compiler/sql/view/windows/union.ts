import type { Expr, Type } from '../../../plan/plan.ts';
import type { Relation } from '../../relational.ts';
import type { Building } from '../building.ts';
import {
  callOf,
  columnOf,
  intColumn,
  intLiteral,
  micros,
  nullOf,
  plus,
  prefixed,
  tableOf,
} from '../terms.ts';
import {
  aggregateOf,
  attach,
  bool,
  bounds,
  frameOf,
  type NamedWindow,
  orderOf,
  otherColumns,
  otherRows,
  ownRows,
  rawName,
  tieOf,
} from './parts.ts';

/** Numbers of two tables made one: even ones and odd ones. */
const twice = (name: string, more: 0 | 1): Expr =>
  plus(callOf('mul', { kind: 'int', optional: false }, intColumn(name), intLiteral(2)), more);

export function addUnion(building: Building, group: readonly NamedWindow[], prefix: string): void {
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
