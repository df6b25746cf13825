import type { Fix, Label } from '../../../diagnostics/diagnostic.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describe, isComparable, isNumber, unknown } from '../../types.ts';
import type { Checker, Env } from '../context.ts';
import { literalHint } from './expect.ts';

/** What to write instead, and the edit that does it. */
interface Advice {
  readonly hint: string;
  readonly fixes?: readonly Fix[];
}

/** Operands that do not go together: the operator is pointed at, and each side is told what it is. */
export function misfit(c: Checker, env: Env, e: ast.Binary, left: Type, right: Type, advice?: Advice): Type {
  const facts = { operator: e.operator, left: describe(left), right: describe(right) };
  const labels = sides(env, e, describe(left), describe(right));
  c.error(env.module, typesMessages.operands, facts, e.operatorSpan, { labels, ...advice });
  return unknown;
}

/** Two units at an operator. */
export function unitClash(c: Checker, env: Env, e: ast.Binary, left: Type, right: Type): void {
  const facts = { operator: e.operator, left: JSON.stringify(left.unit), right: JSON.stringify(right.unit) };
  const labels = sides(env, e, `in ${facts.left}`, `in ${facts.right}`);
  c.error(env.module, typesMessages.unitClash, facts, e.operatorSpan, { labels });
}

const sides = (env: Env, e: ast.Binary, left: string, right: string): Label[] => [
  { file: env.module.file, span: e.left.span, message: left },
  { file: env.module.file, span: e.right.span, message: right },
];

export function arithmeticAdvice(e: ast.Binary, left: Type, right: Type): Advice | undefined {
  if ((left.kind === 'string' || right.kind === 'string') && e.operator === '+')
    return { hint: 'texts are put together with concat(…), numbers made text by to_string(…)' };
  if (times.has(left.kind) && times.has(right.kind) && e.operator === '-') {
    const hint =
      left.kind === 'date' ? 'write days_between(start, end)' : 'write seconds_between(start, end)';
    return { hint };
  }
  return undefined;
}

const times: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

export function comparisonAdvice(env: Env, e: ast.Binary, left: Type, right: Type): Advice | undefined {
  return (
    enumAdvice(left, right) ??
    severalAdvice(left, right) ??
    truthAdvice(env, e, left, right) ??
    literalAdvice(env, e.left, left, right) ??
    literalAdvice(env, e.right, right, left) ??
    timeAdvice(left, right)
  );
}

function enumAdvice(left: Type, right: Type): Advice | undefined {
  if (left.kind === 'enum' && right.kind === 'enum' && left.enum === right.enum)
    return { hint: 'members of an enum have no order; use `in {…}`' };
  const type = left.kind === 'enum' ? left : right.kind === 'enum' ? right : undefined;
  if (!type?.members) return undefined;
  const first = type.enum === undefined ? `"${type.members[0]}"` : `${type.enum}.${type.members[0]}`;
  const shown = type.members.slice(0, 12).join(', ');
  return { hint: `compare it with a member, such as \`${first}\`: ${shown}` };
}

function severalAdvice(left: Type, right: Type): Advice | undefined {
  if (isComparable(left) && isComparable(right)) return undefined;
  return { hint: 'lists, vectors and blobs are not compared: ask with `is null` whether there is one' };
}

/** `paid == "true"`, `paid == 1` */
function truthAdvice(env: Env, e: ast.Binary, left: Type, right: Type): Advice | undefined {
  const [subject, other] = left.kind === 'bool' ? [e.left, e.right] : [e.right, e.left];
  if ((left.kind !== 'bool') === (right.kind !== 'bool')) return undefined;
  const said = truthOf(other);
  const text = env.module.file.text.slice(subject.span.start, subject.span.end);
  const holds = said === undefined ? undefined : said === (e.operator === '==');
  if (holds === undefined || (e.operator !== '==' && e.operator !== '!='))
    return { hint: `it is true or false already: write \`${text}\` or \`not ${text}\`` };
  const instead = holds ? text : `not ${text}`;
  return { hint: `it is true or false already: write \`${instead}\`` };
}

function truthOf(e: ast.Expression): boolean | undefined {
  if (!('value' in e)) return undefined;
  const text = String(e.value).toLowerCase();
  if (['true', '1', 'yes', 'y', 't'].includes(text)) return true;
  return ['false', '0', 'no', 'n', 'f'].includes(text) ? false : undefined;
}

/** A literal of the wrong kind beside a value: `day > "2024-01-01"`, `day > 2024-01-01T00:00`, `amount > "5"`. */
function literalAdvice(env: Env, e: ast.Expression, type: Type, wanted: Type): Advice | undefined {
  const text = env.module.file.text.slice(e.span.start, e.span.end);
  const replaced = (instead: string): Advice => ({
    hint: `write \`${instead}\``,
    fixes: [
      {
        title: `change it to \`${instead}\``,
        edits: [{ file: env.module.file, span: e.span, text: instead }],
      },
    ],
  });
  if (e.kind === 'String') {
    const { value } = e;
    if (times.has(wanted.kind) && TIME.test(value)) {
      const { hint, fixes } = replaced(value);
      return { hint: `a time stands without quotes: ${hint}`, ...(fixes ? { fixes } : {}) };
    }
    if (isNumber(wanted) && NUMBER.test(value)) return replaced(value);
    return undefined;
  }
  if ('form' in e && wanted.kind === 'date' && type.kind !== 'date')
    return replaced(text.slice(0, 'yyyy-mm-dd'.length));
  const hint = isLiteral(e) ? literalHint(type, wanted) : undefined;
  return hint === undefined ? undefined : { hint };
}

const isLiteral = (e: ast.Expression): boolean => 'value' in e || 'form' in e || e.kind === 'Unary';
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
const NUMBER = /^\d+(\.\d+)?$/;

function timeAdvice(left: Type, right: Type): Advice | undefined {
  const kinds = new Set([left.kind, right.kind]);
  if (kinds.has('datetime') && kinds.has('timestamp'))
    return { hint: 'write local(instant, zone) to compare with wall-clock time' };
  if (kinds.has('date') && (kinds.has('datetime') || kinds.has('timestamp')))
    return { hint: 'take the day of the other one: date(…)' };
  if (kinds.has('string') && [...kinds].some(kind => kind === 'int' || kind === 'float'))
    return { hint: 'make a number of the text, to_float(…), or a text of the number, to_string(…)' };
  return undefined;
}
