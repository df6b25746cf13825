import type { StatementStructures } from 'ts-morph';
import { showExpected } from '../../plan/diff/show.ts';
import type { Plan, Schema, SchemaColumn, Type } from '../../plan/plan.ts';
import { javaScriptPattern } from '../../sql/pattern.ts';
import { type Code, code, type LiteralValue, literal, stringLiteral } from './literal.ts';
import { constant } from './parts.ts';

/** `readFlight`: takes what was parsed out of JSON, gives the row or all its faults. */
export function rowReader(plan: Plan, name: string, type: string, schema: Schema): StatementStructures {
  const columns = Object.fromEntries(
    schema.columns.map(column => [column.name, columnLiteral(plan, column)] as const),
  );
  return constant({
    name,
    value: `rowReader<${type}>(${literal(columns)})`,
    doc: `Reads a row of \`${type}\` out of parsed JSON, or tells all that is wrong with it.`,
  });
}

function columnLiteral(plan: Plan, { type, tags, at }: SchemaColumn): LiteralValue {
  const position = plan.positions[at];
  const reader = readerText(type);
  return {
    value: code(type.optional ? `read.optional(${reader})` : reader),
    type: showExpected(type),
    optional: type.optional ? true : undefined,
    personal: tags.includes('pii') ? true : undefined,
    spec: position && `${position.file}:${position.line}:${position.column}`,
  };
}

/** The reader of a type, whether it is optional left aside: `read.int({ from: 1, to: 6000 })`. */
function readerText(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'read.bool';
    case 'blob':
      return 'read.bytes';
    case 'int':
      return called('int', { ...range(type, intLiteral), ...among(type, intLiteral) });
    case 'float':
    case 'rate':
      return called('float', { ...range(type, Number), ...among(type, Number) });
    case 'string':
      return called('text', {
        matching: type.pattern === undefined ? undefined : code(patternText(type.pattern)),
        ...among(type, String),
      });
    case 'enum':
      return `read.member(${(type.members ?? []).map(stringLiteral).join(', ')})`;
    case 'date':
    case 'datetime':
    case 'timestamp':
      return called(type.kind, range(type, String));
    case 'duration':
    case 'size':
      return called('whole', range(type, Number));
    case 'list': {
      const element = type.element ?? { kind: 'string', optional: false };
      const inner = readerText(element);
      return `read.list(${element.optional ? `read.optional(${inner})` : inner})`;
    }
    case 'vector':
      return `read.vector(${type.length ?? ''})`;
    default:
      throw new Error(`a ${type.kind} is no value of a row`);
  }
}

const called = (name: string, options: Readonly<Record<string, LiteralValue | undefined>>): string => {
  const given = Object.values(options).some(option => option !== undefined);
  return `read.${name}(${given ? literal(options) : ''})`;
};

/** As a literal of a regular expression; it is matched as a whole. */
const patternText = (pattern: string): string => `/^(?:${javaScriptPattern(pattern)})$/u`;

type Bound = number | string | boolean;
const range = ({ min, max }: Type, as: (bound: Bound) => LiteralValue | undefined) => ({
  from: min === undefined ? undefined : as(min),
  to: max === undefined ? undefined : as(max),
});
const among = ({ values }: Type, as: (value: Bound) => LiteralValue | undefined) => ({
  among: values?.flatMap(value => as(value) ?? []),
});

/** A number up to 2^53, a bigint beyond; the ends of the 64 bits bound nothing. */
function intLiteral(bound: Bound): number | Code | undefined {
  const number = Number(bound);
  if (Number.isSafeInteger(number)) return number;
  if (typeof bound === 'number' && Math.abs(bound) >= 2 ** 63) return undefined;
  return code(`${BigInt(typeof bound === 'string' ? bound : Math.trunc(number))}n`);
}
