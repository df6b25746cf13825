import type { Expr, Type } from '../../../plan/plan.ts';

/** Two expressions are the same number if they are written the same; what they can be is left out. */
export function shapeOf(expr: Expr): string {
  let shape = shapes.get(expr);
  if (shape === undefined) {
    shape = written(expr, false);
    shapes.set(expr, shape);
  }
  return shape;
}
const shapes = new WeakMap<Expr, string>();

/** All that a judgement of a condition depends on: its shape, and what its parts can be. */
export const fullShapeOf = (expr: Expr): string => written(expr, true);

function written(expr: Expr, ranges: boolean): string {
  const own = ranges ? rangeOf(expr.type) : '';
  switch (expr.op) {
    case 'literal':
      return `${JSON.stringify(expr.value)}${own}`;
    case 'column':
      return `${expr.of}.${JSON.stringify(expr.column)}${own}`;
    case 'feature':
      return `feature ${JSON.stringify(expr.name)}${own}`;
    case 'call':
      return `${expr.fn}(${list(expr.args, ranges)})${own}`;
    case 'table_aggregate':
    case 'fitted':
      return `${expr.op} ${expr.aggregate}(${list(expr.args, ranges)})${own}`;
    case 'metric':
      return `${expr.of}.${expr.metric}${settings(expr.args)}${own}`;
    case 'measure':
      return `measure ${expr.measure}${settings(expr.args)}${expr.features ? JSON.stringify(expr.features) : ''}${own}`;
    case 'drift':
      return `drift ${expr.measure}(${written(expr.value, ranges)}) ${expr.against}${settings(expr.args)}${own}`;
    case 'window':
      return `${JSON.stringify(expr, (key, value) => (key === 'at' || key === 'lengthAt' ? undefined : value))}`;
  }
}

function list(args: readonly Expr[], ranges: boolean): string {
  let text = '';
  for (let i = 0; i < args.length; i++) text += `${i > 0 ? ',' : ''}${written(args[i]!, ranges)}`;
  return text;
}

function settings(args: Readonly<Record<string, unknown>>): string {
  for (const _ in args) return JSON.stringify(args);
  return '';
}

function rangeOf({ kind, optional, min, max, values }: Type): string {
  const set = values ? JSON.stringify(values) : '';
  return `:${kind}${optional ? '?' : ''}${min === undefined && max === undefined ? '' : `${min}..${max}`}${set}`;
}
