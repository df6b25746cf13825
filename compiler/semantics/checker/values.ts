import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { describeBound, isUnknown } from '../types.ts';
import { constantOf, numberOf } from './constant.ts';
import type { Checker, Env } from './context.ts';
import { inferAs } from './expression/expect.ts';

/** A constant of a type, as a number; undefined if it is none (reported). */
export function constantNumber(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  type: Type,
  what: string,
): number | undefined {
  const found = inferAs(c, env, expression, type, what, { constant: true });
  return isUnknown(found) ? undefined : numberOf(constantOf(c, expression));
}

/** A constant above zero. */
export function positive(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  type: Type,
  what: string,
): number | undefined {
  const value = constantNumber(c, env, expression, type, what);
  if (value === undefined || value > 0) return value;
  c.error(
    env.module,
    declarationMessages.notPositive,
    { what, value: describeBound(type, value) },
    expression.span,
  );
  return undefined;
}

/** A share between 0 and 1, such as `5%`. */
export function share(c: Checker, env: Env, expression: ast.Expression, what: string): number | undefined {
  return constantNumber(c, env, expression, { kind: 'float', optional: false, min: 0, max: 1 }, what);
}
