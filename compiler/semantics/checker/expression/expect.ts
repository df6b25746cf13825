import type { Fix, Label } from '../../../diagnostics/diagnostic.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import { suggest } from '../../../diagnostics/suggest.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { visit } from '../../../syntax/visit.ts';
import { wrapText } from '../../fixes.ts';
import {
  describe,
  describeBound,
  describeRange,
  fits,
  isNumber,
  isUnknown,
  lacksNull,
  unitsClash,
} from '../../types.ts';
import { constantOf, numberOf } from '../constant.ts';
import type { Checker, Constant, Env } from '../context.ts';
import { infer } from './infer.ts';
import { whyOptional } from './why-optional.ts';

/** Where a demand was declared; a function where the text of the label takes work. */
export type Cause = Label | (() => Label);

const labelsOf = (cause: Cause | undefined): readonly Label[] =>
  cause === undefined ? [] : [typeof cause === 'function' ? cause() : cause];

export interface ExpectOptions {
  /** It must be a constant. */
  readonly constant?: boolean;
  /** Where the demand was declared. */
  readonly cause?: Cause;
  /** Null lifts: an optional value where a plain one is declared gives an optional result. */
  readonly lifts?: boolean;
  readonly hint?: string;
}

/** Infers an expression that must have a type; `what` names it in messages. */
export function inferAs(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  expected: Type,
  what: string,
  options: ExpectOptions = {},
): Type {
  const found = infer(c, env, expression, expected);
  expect(c, env, expression, found, expected, what, options);
  return found;
}

/** Reports what keeps a value from being used as `expected`: type, null, unit, range, allowed values. */
export function expect(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  found: Type,
  expected: Type,
  what: string,
  options: ExpectOptions = {},
): boolean {
  if (isUnknown(found) || isUnknown(expected)) return true;
  const { cause } = options;
  const span = expression.span;
  if (!fits(found, expected)) {
    const facts = {
      expected: describe(expected),
      found: describe(found),
      what,
    };
    const hint = options.hint ?? literalHint(found, expected);
    const more = { labels: labelsOf(cause), ...(hint === undefined ? {} : { hint }) };
    c.error(env.module, typesMessages.mismatch, facts, span, more);
    return false;
  }
  if (!options.lifts && lacksNull(found, expected)) {
    const facts = { expected: describe(expected), found: describe(found) };
    const more = { labels: labelsOf(cause), fixes: defaultFor(env, expression, expected) };
    c.error(env.module, typesMessages.mayBeNull, facts, span, more);
    return false;
  }
  if (unitsClash(found, expected)) {
    const facts = { what, left: quoted(found.unit), right: quoted(expected.unit) };
    c.error(env.module, typesMessages.unitClash, facts, span, { labels: labelsOf(cause) });
    return false;
  }
  const value = constantOf(c, expression);
  if (value === undefined) {
    if (options.constant) c.error(env.module, typesMessages.notConstant, { what }, span);
    return !options.constant && disjointIsReported(c, env, expression, found, expected, what, cause);
  }
  return checkConstant(c, env, expression, value, expected, what, cause);
}

/** What a literal lacks to be of the type that is needed. */
export function literalHint(found: Type, expected: Type): string | undefined {
  if (isNumber(found)) {
    if (expected.kind === 'duration') return 'a duration is written with its unit: 20ms, 30s, 10min, 6h, 7d';
    if (expected.kind === 'size') return 'a size is written with its unit: 512MiB, 4GiB';
    if (expected.kind === 'rate') return 'a rate is written with its unit: 200rps';
  }
  if (found.kind === 'string') {
    if (expected.kind === 'duration')
      return 'a duration is written without quotes, with its unit: 20ms, 30s, 10min, 6h, 7d';
    if (expected.kind === 'size') return 'a size is written without quotes, with its unit: 512MiB, 4GiB';
    if (expected.kind === 'rate') return 'a rate is written without quotes, with its unit: 200rps';
    if (expected.kind === 'date' || expected.kind === 'datetime' || expected.kind === 'timestamp')
      return 'a time is written without quotes: 2001-03-01, 2001-03-01T18:15, 2001-03-01T18:15:00Z';
  }
  if (found.kind === 'date' && expected.kind === 'datetime')
    return 'write the time of the day too: 2001-03-01T00:00';
  if (expected.kind === 'timestamp' && (found.kind === 'date' || found.kind === 'datetime')) {
    return 'an instant is written with `Z` or an offset: 2001-03-01T00:00Z';
  }
  return undefined;
}

const quoted = (unit: string | undefined): string => JSON.stringify(unit ?? '');

function disjointIsReported(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  found: Type,
  expected: Type,
  what: string,
  cause: Cause | undefined,
): boolean {
  const above = found.min !== undefined && expected.max !== undefined && found.min > expected.max;
  const below = found.max !== undefined && expected.min !== undefined && found.max < expected.min;
  if (!above && !below) return true;
  const facts = { value: `always in ${describeRange(found)}`, range: `in ${describeRange(expected)}`, what };
  c.error(env.module, typesMessages.outOfRange, facts, expression.span, { labels: labelsOf(cause) });
  return false;
}

/**
 * A declared range, set or pattern that nothing enforces would be believed by all that follows: what is computed must
 * be known to lie within.
 */
export function expectWithin(
  c: Checker,
  env: Env,
  expression: ast.Expression,
  found: Type,
  declared: Type,
  what: string,
  cause: Label,
): void {
  if (isUnknown(found) || found.kind === 'null' || constantOf(c, expression) !== undefined) return;
  const disjoint =
    (found.min !== undefined && declared.max !== undefined && found.min > declared.max) ||
    (found.max !== undefined && declared.min !== undefined && found.max < declared.min);
  // That, and what does not fit at all, is told already.
  if (disjoint || !fits(found, declared)) return;
  const problem = beyond(found, declared);
  if (problem === undefined) return;
  c.error(env.module, typesMessages.mayLieOutside, { what, ...problem }, expression.span, {
    labels: [cause],
  });
}

function beyond(found: Type, declared: Type): { range: string; found: string; clamp?: string } | undefined {
  const below = declared.min !== undefined && (found.min === undefined || found.min < declared.min);
  const above = declared.max !== undefined && (found.max === undefined || found.max > declared.max);
  if (below || above) {
    const known = found.min !== undefined || found.max !== undefined;
    const text = known ? `in ${describeRange(found)}` : `any ${found.kind}`;
    const both = typeof declared.min === 'number' && typeof declared.max === 'number';
    return {
      range: `in ${describeRange(declared)}`,
      found: text,
      ...(both
        ? { clamp: `${describeBound(declared, declared.min!)}, ${describeBound(declared, declared.max!)}` }
        : {}),
    };
  }
  const { values, pattern } = declared;
  if (values && !found.values?.every(value => values.includes(value)))
    return {
      range: `one of ${values.map(value => JSON.stringify(value)).join(', ')}`,
      found: found.values
        ? `one of ${found.values.map(value => JSON.stringify(value)).join(', ')}`
        : `any ${found.kind}`,
    };
  if (pattern === undefined || found.pattern === pattern) return undefined;
  if (found.values?.every(value => matches(pattern, String(value)))) return undefined;
  return {
    range: `text that matches r"${pattern}"`,
    found: found.pattern ? `text that matches r"${found.pattern}"` : 'any text',
  };
}

/** Range, allowed values and pattern of a constant. */
export function checkConstant(
  c: Checker,
  env: Env,
  at: ast.Node,
  value: Constant,
  expected: Type,
  what: string,
  cause?: Cause,
): boolean {
  if (value === null) return true;
  const comparable = typeof value === 'string' ? value : numberOf(value);
  if (comparable !== undefined && outside(comparable, expected)) {
    const shown = typeof comparable === 'number' ? describeBound(expected, comparable) : comparable;
    const facts = { value: shown, range: `in ${describeRange(expected)}`, what };
    c.error(env.module, typesMessages.outOfRange, facts, at.span, { labels: labelsOf(cause) });
    return false;
  }
  const plain = typeof value === 'bigint' ? Number(value) : value;
  if (expected.values && !expected.values.includes(plain)) {
    return notAllowed(c, env, at, String(value), expected.values, what, cause, typeof value === 'string');
  }
  if (expected.pattern !== undefined && typeof value === 'string' && !matches(expected.pattern, value)) {
    const facts = { value: JSON.stringify(value), range: `text that matches r"${expected.pattern}"`, what };
    c.error(env.module, typesMessages.outOfRange, facts, at.span, { labels: labelsOf(cause) });
    return false;
  }
  return true;
}

const outside = (value: number | string, type: Type): boolean =>
  (typeof type.min === typeof value && value < type.min!) ||
  (typeof type.max === typeof value && value > type.max!);

const compiled = new Map<string, RegExp | undefined>();

/** Whether a whole text matches; a pattern that is broken, and reported, matches everything. */
export function matches(pattern: string, value: string): boolean {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern)?.test(value) ?? true;
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return undefined;
  }
}

function notAllowed(
  c: Checker,
  env: Env,
  at: ast.Node,
  value: string,
  allowed: readonly (string | number | boolean)[],
  what: string,
  cause: Cause | undefined,
  isText: boolean,
): boolean {
  const near = isText ? suggest(value, allowed.map(String)) : undefined;
  const values = allowed.map(one => JSON.stringify(one));
  const fixes =
    near === undefined
      ? []
      : [
          {
            title: `change it to ${JSON.stringify(near)}`,
            edits: [{ file: env.module.file, span: at.span, text: JSON.stringify(near) }],
          },
        ];
  const suggestion = near === undefined ? undefined : JSON.stringify(near);
  const facts = { value: isText ? JSON.stringify(value) : value, values, what, suggestion };
  c.error(env.module, typesMessages.notInSet, facts, at.span, { labels: labelsOf(cause), fixes });
  return false;
}

const defaults: Readonly<Partial<Record<Type['kind'], string>>> = {
  int: '0',
  float: '0.0',
  bool: 'false',
  string: '""',
};

/** The value that is most often meant instead of null; only the author knows. */
function defaultFor(env: Env, expression: ast.Expression, expected: Type): Fix[] {
  const value = defaults[expected.kind];
  const plain =
    expression.kind === 'NameExpression' || expression.kind === 'Member' || expression.kind === 'Call';
  if (value === undefined || !plain || expected.min !== undefined || expected.values || expected.pattern)
    return [];
  const title = `take null as ${value}`;
  return [{ ...wrapText(env.module, expression.span, '(', ` ?? ${value})`, title), safe: false }];
}

/** A condition: bool, never `bool?`. */
export function condition(c: Checker, env: Env, expression: ast.Expression): void {
  const found = infer(c, env, expression, { kind: 'bool', optional: false });
  if (isUnknown(found)) return;
  if (found.kind !== 'bool') {
    c.error(env.module, typesMessages.conditionType, { found: describe(found) }, expression.span);
  } else if (found.optional) {
    // In a gate, what null means is what happens on the first run: nothing to be settled by a habit.
    const settled = env.gate === undefined && env.place !== 'validation';
    const title = 'take null as false';
    const fixes = settled
      ? [{ ...wrapText(env.module, expression.span, '(', ') ?? false', title), safe: false }]
      : [];
    const first = settled ? undefined : absentAtFirst(c, expression);
    if (!first) {
      const labels = whyOptional(c, expression, env.module.file);
      c.error(env.module, typesMessages.conditionMayBeNull, {}, expression.span, { labels, fixes });
    } else {
      const text = env.module.file.text.slice(first.node.span.start, first.node.span.end);
      const hint = `say what holds on the first run, as in \`(${text} ?? ${first.value})\``;
      const message = `on the first run there is no ${first.what}`;
      const labels = [{ file: env.module.file, span: first.node.span, message }];
      c.error(env.module, typesMessages.conditionMayBeNull, {}, expression.span, { labels, hint });
    }
  }
}

/** What a condition reads that is not there before the first champion or snapshot. */
function absentAtFirst(
  c: Checker,
  expression: ast.Expression,
): { readonly node: ast.Node; readonly what: string; readonly value: string } | undefined {
  let found: ReturnType<typeof absentAtFirst>;
  visit(expression, node => {
    if (found) return false;
    const call = node as ast.Expression;
    const named =
      call.kind === 'Member' && call.object.kind === 'NameExpression' ? call.object.name : undefined;
    const champion = named ?? (call.kind === 'Call' ? call.callee : undefined);
    if (champion?.text === 'champion') found = { node, what: 'champion', value: '0.65' };
    else if (call.kind === 'Call' && c.typeOf(call).optional && call.args.some(isPrevious))
      found = { node, what: 'earlier snapshot', value: '0.0' };
    return undefined;
  });
  return found;
}

const isPrevious = ({ value }: ast.Arg): boolean =>
  value.kind === 'NameExpression' && value.name.text === 'previous';
