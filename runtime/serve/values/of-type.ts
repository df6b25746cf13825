import { showExpected } from '../../../compiler/plan/diff/show.ts';
import type { Plan, Type } from '../../../compiler/plan/plan.ts';
import { javaScriptPattern } from '../../../compiler/sql/pattern.ts';
import type { Int } from '../../features/functions/values.ts';
import { intOf } from '../../features/functions/values.ts';
import { type Range, read, type ValueReader } from './readers.ts';
import type { ColumnReader } from './rows.ts';

/** The reader of a type of the plan, whether it is optional left aside. */
export function readerOf(type: Type): ValueReader<unknown> {
  return baseReader(type) as ValueReader<unknown>;
}

function baseReader(type: Type) {
  switch (type.kind) {
    case 'bool':
      return read.bool;
    case 'int':
      return read.int({ ...rangeOf(type, whole), ...among(type, whole) });
    case 'float':
    case 'rate':
      return read.float({ ...rangeOf(type, Number), ...among(type, Number) });
    case 'string':
      return read.text({
        ...(type.pattern === undefined
          ? {}
          : { matching: new RegExp(`^(?:${javaScriptPattern(type.pattern)})$`, 'u') }),
        ...among(type, String),
      });
    case 'enum':
      return read.member(...(type.members ?? []));
    case 'date':
    case 'datetime':
    case 'timestamp':
      return read[type.kind](rangeOf(type, String));
    case 'duration':
    case 'size':
      return read.whole(rangeOf(type, Number));
    case 'list':
      return read.list(elementReader(type.element ?? { kind: 'string', optional: false }));
    case 'vector':
      return read.vector(type.length);
    case 'blob':
      return read.bytes;
    default:
      throw new Error(`a ${type.kind} is no value of a row`);
  }
}

function elementReader(type: Type): ValueReader<unknown> {
  const reader = readerOf(type);
  return type.optional ? read.optional(reader) : reader;
}

type Bound = number | string | boolean;
const END = 2 ** 63;
/** A bound as it is; the ends of the 64 bits, which no number of JSON holds exactly, bound nothing that an int is not by itself. */
function whole(value: Bound): Int {
  if (typeof value === 'string') return intOf(BigInt(value));
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  if (number >= END) return END_OF_INT;
  return number <= -END ? -(2n ** 63n) : intOf(BigInt(Math.trunc(number)));
}
const END_OF_INT = 2n ** 63n - 1n;

function rangeOf<T>({ min, max }: Type, as: (value: Bound) => T): Range<T> {
  return {
    ...(min === undefined ? {} : { from: as(min) }),
    ...(max === undefined ? {} : { to: as(max) }),
  };
}

const among = <T>({ values }: Type, as: (value: Bound) => T): { readonly among?: readonly T[] } =>
  values === undefined ? {} : { among: values.map(as) };

/** `flights.mlp:17:13` */
export function specPlace(plan: Plan, at: number | undefined): string | undefined {
  const position = at === undefined ? undefined : plan.positions[at];
  return position && `${position.file}:${position.line}:${position.column}`;
}

/** A column of the plan as a row's reader wants it. */
export function columnReader(
  plan: Plan,
  column: { readonly type: Type; readonly at: number; readonly tags?: readonly string[] },
  required = !column.type.optional,
): ColumnReader<unknown> {
  const { type } = column;
  const spec = specPlace(plan, column.at);
  return {
    value: readerOf(type),
    type: showExpected(type),
    ...(spec === undefined ? {} : { spec }),
    ...(required ? {} : { optional: true }),
    ...(column.tags?.includes('pii') ? { personal: true } : {}),
  };
}
