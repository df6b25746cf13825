import type { Expr } from '../../../plan/plan.ts';
import type { Framed } from '../../relational.ts';
import type { Building } from '../building.ts';
import { columnOf, MICROSECONDS, mayBeNan, micros, notNan, present, rewrite } from '../terms.ts';
import { aggregateOf, bounds, finish, frameOf, type NamedWindow, orderOf, rawName, tieOf } from './parts.ts';

export function addFrames(building: Building, group: readonly NamedWindow[]): void {
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
  const guards = [
    ...[...keys, event].filter(key => key.type.optional).map(present),
    ...keys.filter(mayBeNan).map(notNan),
  ];
  building.add(group.map(named => finish(building, named, guards)));
  building.drop([order, ...group.map(named => rawName(named.name))]);
}
