import type { Expr, Type } from '../../../compiler/plan/plan.ts';
import { children } from '../../../compiler/plan/walk.ts';
import { microsecondsOf } from '../../../compiler/sql/moments.ts';
import { MICROSECONDS_A_DAY } from '../../features/functions/values.ts';
import type { Random } from '../../learn/random.ts';
import type { Held } from '../values.ts';
import { anyText, matches, matchingText } from './text.ts';

const missingShare = 0.15;
const writtenShare = 0.3;

/** Numbers and texts that stand in expressions: where a condition turns from false to true. */
export interface Written {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}
const nothing: Written = { numbers: [], texts: [] };

export function writtenIn(exprs: readonly Expr[]): Written {
  const numbers = new Set<number>();
  const texts = new Set<string>();
  const visit = (expr: Expr): void => {
    if (expr.op === 'literal') {
      if (typeof expr.value === 'number') numbers.add(expr.value);
      else if (expr.type.kind === 'string' && typeof expr.value === 'string') texts.add(expr.value);
    }
    for (const child of children(expr)) visit(child);
  };
  for (const expr of exprs) visit(expr);
  return { numbers: [...numbers], texts: [...texts] };
}

/** One of them, or a number beside it, where it fits the type. */
function writtenValue({ kind, min, max, pattern }: Type, random: Random, written: Written): Held | undefined {
  if (kind === 'string') {
    const texts = written.texts.filter(text => pattern === undefined || matches(pattern, text));
    return texts.length > 0 ? pick(texts, random) : undefined;
  }
  if (kind !== 'int' && kind !== 'float' && kind !== 'duration') return undefined;
  const step = pick([0, 0, 1, -1], random);
  const numbers = written.numbers
    .map(number => number + step)
    .filter(
      x =>
        (kind === 'float' || Number.isInteger(x)) &&
        (min === undefined || x >= Number(min)) &&
        (max === undefined || x <= Number(max)),
    );
  return numbers.length > 0 ? pick(numbers, random) : undefined;
}

export const pick = <T>(items: readonly T[], random: Random): T =>
  items[random.integer(0, items.length - 1)]!;
export const chance = (share: number, random: Random): boolean => random.next() < share;

/**
 * A value of a type: of its allowed values, within its range, whole matches of its pattern; often an end of the range, a
 * zero or null. Numbers have few digits, so that sums of them are exact and no comparison hangs on the last one.
 */
export function drawValue(type: Type, random: Random, written: Written = nothing): Held {
  if (type.optional && chance(missingShare, random)) return null;
  if (type.values && type.values.length > 0) return pick(type.values, random);
  const told = chance(writtenShare, random) ? writtenValue(type, random, written) : undefined;
  if (told !== undefined) return told;
  switch (type.kind) {
    case 'bool':
      return chance(0.5, random);
    case 'int':
    case 'duration':
    case 'size':
      return whole(type, random);
    case 'float':
    case 'rate':
      return float(type, random);
    case 'date':
    case 'datetime':
    case 'timestamp':
      return time(type, random);
    case 'enum':
      return pick(type.members ?? [''], random);
    case 'vector':
      return Array.from({ length: type.length ?? 2 }, () => random.integer(-8, 8) / 4);
    case 'list':
      return Array.from({ length: random.integer(0, 3) }, () =>
        drawValue(type.element ?? { kind: 'int', optional: false }, random),
      );
    default:
      return (type.pattern === undefined ? null : matchingText(type.pattern, random)) ?? anyText(random);
  }
}

const bound = (value: Type['min']): number | undefined => (value === undefined ? undefined : Number(value));

/** Without a range, up to 31 bits: of longer ones each product would be beyond 64. */
const wide = 2 ** 31;

function whole({ kind, min, max }: Type, random: Random): number {
  const natural = kind === 'int' ? -wide : 0;
  const low = Math.ceil(bound(min) ?? Math.min(natural, bound(max) ?? 0));
  const high = Math.floor(bound(max) ?? Math.max(wide, low));
  return Math.round(between(low, high, bound(min) !== undefined && bound(max) !== undefined, random)) + 0;
}

function float({ min, max }: Type, random: Random): number {
  const low = bound(min) ?? Math.min(-wide, bound(max) ?? 0);
  const high = bound(max) ?? Math.max(wide, low);
  const value = between(low, high, bound(min) !== undefined && bound(max) !== undefined, random);
  const rounded = Math.round(value * 4) / 4;
  return rounded >= low && rounded <= high ? rounded : value;
}

/** An end now and then; else near zero or near the lower end as often as anywhere. */
function between(low: number, high: number, ranged: boolean, random: Random): number {
  const place = random.next();
  if (place < 0.12) return low;
  if (place < 0.2) return high;
  const near = (value: number): number => Math.min(high, Math.max(low, value));
  if (place < 0.3) return near(0);
  if (place < 0.6 || !ranged) return near((low > 0 ? low : Math.max(low, -4)) + random.next() * 24);
  return low + random.next() * (high - low);
}

/** Midnights, the turn of a year, a leap day, the days on which clocks change: where calendars go wrong. */
const turns = [
  '1999-12-31T23:59:59',
  '2000-02-29T12:00',
  '2001-01-01T00:00',
  '2001-03-25T02:30',
  '2001-10-28T01:30',
];

export function timeRange({ min, max }: Type): { readonly low: number; readonly high: number } {
  const moment = (value: Type['min']) => (value === undefined ? undefined : microsecondsOf(String(value)));
  const low = moment(min) ?? Math.min(microsecondsOf('1990-01-01'), moment(max) ?? Number.POSITIVE_INFINITY);
  return { low, high: Math.max(low, moment(max) ?? Math.max(microsecondsOf('2030-01-01'), low)) };
}

/** A moment in the range, in microseconds: often where calendars turn. */
export function moment(type: Type, random: Random): number {
  const { low, high } = timeRange(type);
  const special = turns.map(microsecondsOf).filter(turn => turn >= low && turn <= high);
  if (special.length > 0 && chance(0.5, random)) return pick(special, random);
  const minute = 60_000_000;
  return Math.min(high, Math.ceil((low + random.next() * (high - low)) / minute) * minute);
}

/** The moment as a column of this type holds it. */
export const asTime = (micros: number, { kind }: Type): number =>
  kind === 'date' ? Math.floor(micros / MICROSECONDS_A_DAY) : micros;

const time = (type: Type, random: Random): number => asTime(moment(type, random), type);
