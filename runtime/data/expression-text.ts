import type { Expr, Value } from '../../compiler/plan/plan.ts';

const infix: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  and: 'and',
  or: 'or',
  coalesce: '??',
};

/** An expression as a spec would write it, short enough to name a value in a report: `mean(delay)`. */
export function expressionText(expr: Expr): string {
  switch (expr.op) {
    case 'literal':
      return valueText(expr.value);
    case 'column':
      return expr.of === 'row' || expr.of === 'other' ? expr.column : `${expr.of}.${expr.column}`;
    case 'feature':
      return expr.name;
    case 'table_aggregate':
      return `${bareName(expr.aggregate)}(${expr.args.map(expressionText).join(', ')})`;
    case 'drift':
      return `${expr.measure}(${expressionText(expr.value)}, against: ${expr.against})`;
    case 'call':
      return callText(expr.fn, expr.args);
    default:
      return expr.op;
  }
}

function callText(fn: string, args: readonly Expr[]): string {
  const texts = args.map(expressionText);
  const symbol = infix[fn];
  if (symbol !== undefined) return texts.join(` ${symbol} `);
  // The conversion is the compiler's, not the author's.
  if (fn.startsWith('to_float')) return texts[0]!;
  switch (fn) {
    case 'neg':
      return `-${texts[0]}`;
    case 'not':
      return `not ${texts[0]}`;
    case 'is_null':
      return `${texts[0]} is null`;
    case 'in_range':
      return `${texts[0]} in ${texts[1]}..${texts[2]}`;
    case 'in_set':
      return `${texts[0]} in {${texts.slice(1).join(', ')}}`;
    case 'list':
      return `[${texts.join(', ')}]`;
    case 'matching':
      return `${texts[0]} matching ${texts[1]}`;
    case 'if':
      return `if ${texts[0]} then ${texts[1]} else ${texts[2]}`;
    default:
      return `${bareName(fn)}(${texts.join(', ')})`;
  }
}

/** The name before the types that tell overloads apart: `hour` of `hour_datetime`, `count` of `count_any`. */
function bareName(key: string): string {
  return key.replace(/(_(any|bool|int|float|string|date|datetime|timestamp|duration|size|rate))+$/, '');
}

export function valueText(value: Value): string {
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
