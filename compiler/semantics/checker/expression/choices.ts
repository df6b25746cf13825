import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { removeItem } from '../../fixes.ts';
import { describe, fits, isUnknown, join, required, unitsClash, unknown } from '../../types.ts';
import { constantOf } from '../constant.ts';
import type { Checker, Constant, Env } from '../context.ts';
import { constantEnv } from '../type-expression.ts';
import { Conditions } from './conditions.ts';
import { domainOf } from './domains.ts';
import { condition, matches } from './expect.ts';
import { infer } from './infer.ts';
import { decided, intervalOf } from './ranges.ts';

/** `if c then a else b` */
export function inferIf(c: Checker, env: Env, e: ast.If, expected: Type | undefined): Type {
  condition(c, env, e.condition);
  const type = branches(c, env, [e.then, e.otherwise], expected, 'the two branches');
  new Conditions(c, env).ifs(e);
  return type;
}

/** The common type of branches; constants widen the range by their values. */
function branches(
  c: Checker,
  env: Env,
  values: readonly ast.Expression[],
  expected: Type | undefined,
  what: string,
): Type {
  let result: Type | undefined;
  let broken = false;
  for (const value of values) {
    const hint = expected ?? (result && !isUnknown(result) ? required(result) : undefined);
    const found = infer(c, env, value, hint);
    if (isUnknown(found)) broken = true;
    const type = ranged(c, value, found);
    const joined = result === undefined ? type : join(result, type);
    if (joined === undefined) {
      const facts = { left: describe(result!), right: describe(type), what };
      c.error(env.module, typesMessages.noCommonType, facts, value.span);
      broken = true;
    } else if (result && unitsClash(result, type)) {
      const facts = { left: JSON.stringify(result.unit), right: JSON.stringify(type.unit) };
      c.error(env.module, typesMessages.unitClash, facts, value.span);
    }
    result = joined ?? result;
  }
  return broken || result === undefined ? unknown : result;
}

function ranged(c: Checker, value: ast.Expression, type: Type): Type {
  if (type.kind !== 'int' && type.kind !== 'float') return type;
  const { min, max } = intervalOf(c, value, type);
  return { ...type, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** `match x { "a" => 1, _ => 0 }`: every value has an arm. */
export function inferMatch(c: Checker, env: Env, e: ast.Match, expected: Type | undefined): Type {
  const subject = infer(c, env, e.subject);
  const seen = new Map<Constant, ast.MatchArm>();
  let rest: ast.MatchArm | undefined;
  for (const arm of e.arms) {
    if (rest) unreachable(c, env, arm, 'an arm `_` stands before it');
    if (arm.pattern === undefined) rest ??= arm;
    else checkPatternArm(c, env, arm, arm.pattern, subject, seen);
  }
  if (!isUnknown(subject)) checkComplete(c, env, e, subject, seen, rest);
  const values = e.arms.map(arm => arm.value);
  return branches(c, env, values, expected, 'the arms of this match');
}

function unreachable(c: Checker, env: Env, arm: ast.MatchArm, what: string): void {
  const fixes = [removeItem(env.module, arm.span)];
  c.error(env.module, typesMessages.matchUnreachable, { what }, arm.span, { fixes });
}

function checkPatternArm(
  c: Checker,
  env: Env,
  arm: ast.MatchArm,
  pattern: ast.Expression,
  subject: Type,
  seen: Map<Constant, ast.MatchArm>,
): void {
  // A bare member of the subject's enum is that member, whatever else has its name.
  const where = subject.kind === 'enum' && isMember(pattern, subject) ? constantEnv(env.module) : env;
  const type = infer(c, where, pattern, required(subject));
  if (isUnknown(type) || isUnknown(subject)) return;
  if (type.kind !== 'null' && !fits(type, required(subject)) && !fits(required(subject), type)) {
    const facts = { expected: describe(subject), found: describe(type), what: 'this pattern' };
    c.error(env.module, typesMessages.mismatch, facts, pattern.span);
    return;
  }
  const value = constantOf(c, pattern);
  if (value === undefined) {
    c.error(env.module, typesMessages.notConstant, { what: 'a pattern' }, pattern.span);
  } else if (!canBe(c, pattern, value, subject))
    unreachable(c, env, arm, `the value is never ${text(env, pattern)}`);
  else if (seen.has(value)) unreachable(c, env, arm, 'the same pattern stands above');
  else if (value === null && !subject.optional) unreachable(c, env, arm, 'the value is never null');
  else seen.set(value, arm);
}

const text = (env: Env, e: ast.Expression): string => env.module.file.text.slice(e.span.start, e.span.end);

/** Whether a value of the subject's range, allowed values and pattern can equal a constant. */
function canBe(c: Checker, pattern: ast.Expression, value: Constant, subject: Type): boolean {
  if (value === null) return true;
  if (typeof value === 'string' && subject.kind === 'string') {
    const allowed = subject.values?.includes(value) ?? true;
    return allowed && (subject.pattern === undefined || matches(subject.pattern, value));
  }
  const constant = intervalOf(c, pattern, c.typeOf(pattern));
  return decided('==', { min: subject.min, max: subject.max }, constant) !== false;
}

const isMember = (pattern: ast.Expression, subject: Type): boolean =>
  pattern.kind === 'NameExpression' && (subject.members ?? []).includes(pattern.name.text);

function checkComplete(
  c: Checker,
  env: Env,
  e: ast.Match,
  subject: Type,
  seen: ReadonlyMap<Constant, ast.MatchArm>,
  rest: ast.MatchArm | undefined,
): void {
  const { only } = domainOf(subject);
  const all: Constant[] | undefined = only && [...only];
  if (subject.optional) all?.push(null);
  const missing = all?.filter(value => !seen.has(value));
  if (missing?.length === 0) {
    if (rest) unreachable(c, env, rest, 'every value has an arm already');
    return;
  }
  if (rest) return;
  const span = { start: e.span.start, end: e.subject.span.end };
  c.error(env.module, typesMessages.matchIncomplete, { missing: (missing ?? []).map(String) }, span);
}
