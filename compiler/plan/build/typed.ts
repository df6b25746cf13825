import type { At, CallExpr, Expr, Literal, Type, Value } from '../plan.ts';

/** Makers of typed trees that keep the rules of lifting and conversion. */

export const literal = (value: Value, type: Type, at: At): Literal => ({ op: 'literal', value, type, at });

/** Calls whose result may be known although an operand is null. */
const optionality: Readonly<Record<string, (args: readonly Expr[]) => boolean>> = {
  is_null: () => false,
  list: () => false,
  coalesce: args => args[args.length - 1]?.type.optional ?? false,
  if: args => args.slice(1).some(arg => arg.type.optional),
};

/** A call; an optional operand of a strict function makes the result optional whatever the declaration says. */
export function call(fn: string, args: readonly Expr[], type: Type, at: At): CallExpr {
  const rule = optionality[fn];
  const optional = rule ? rule(args) : type.optional || args.some(arg => arg.type.optional);
  const kept = type.kind === 'unknown' || type.optional === optional ? type : { ...type, optional };
  return { op: 'call', fn, args, type: kept, at };
}

/** The library's conversion of int to float, the only one that is made without being written. */
const conversion = 'to_float_int';

export function toFloat(expr: Expr): Expr {
  const { type } = expr;
  if (type.kind === 'null') return typed(expr, { kind: 'float', optional: true });
  if (type.kind !== 'int') return expr;
  const float: Type = { ...type, kind: 'float' };
  if (expr.op === 'literal')
    return { ...expr, value: expr.value === null ? null : Number(expr.value), type: float };
  return { op: 'call', fn: conversion, args: [expr], type: float, at: expr.at };
}

/** The same expression with a type that tells more than its own. */
export function typed(expr: Expr, type: Type): Expr {
  if (type.kind === 'unknown' || type.kind === expr.type.kind) return expr;
  if (type.kind === 'float' && expr.type.kind === 'int') return toFloat(expr);
  return expr.op === 'literal' ? { ...expr, type } : expr;
}
