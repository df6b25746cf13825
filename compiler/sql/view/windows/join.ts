import type { Expr, Type, WindowExpr } from '../../../plan/plan.ts';
import type { Relation } from '../../relational.ts';
import type { Building } from '../building.ts';
import { columnOf, compare, intColumn, MICROSECONDS, micros, plus, rewrite, tableOf } from '../terms.ts';
import { aggregateOf, attach, type NamedWindow, orderOf, otherRows, ownRows } from './parts.ts';

export function addJoined(building: Building, group: readonly NamedWindow[], prefix: string): void {
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
