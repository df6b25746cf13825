import type { Expr } from './plan.ts';

/** The expressions directly inside an expression, in the order in which they are written. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'call':
    case 'table_aggregate':
    case 'fitted':
      return expr.args;
    case 'window':
      return [
        ...(expr.value ? [expr.value] : []),
        ...(expr.where ? [expr.where] : []),
        ...expr.by.map(b => b.own),
      ];
    case 'drift':
      return [expr.value];
    case 'literal':
    case 'column':
    case 'feature':
    case 'metric':
    case 'measure':
      return leaf;
  }
}
const leaf: readonly Expr[] = [];
