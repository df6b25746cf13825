import type { Type } from '../../plan/plan.ts';
import { stringLiteral, WIDTH } from './literal.ts';

/** Types that `mlp-runtime` names, as `runtime/features/functions/values.ts` holds the language's values. */
const runtimeTypes: Partial<Record<Type['kind'], string>> = {
  int: 'Int',
  date: 'CalendarDate',
  datetime: 'Datetime',
  timestamp: 'Timestamp',
  duration: 'Duration',
};

export interface TypeNames {
  /** The TypeScript name of a declared enum. */
  enumName(name: string): string | undefined;
  /** The TypeScript name of a schema. */
  schemaName(name: string): string | undefined;
  /** Called for each name that has to be imported, and from where. */
  use(name: string, from: 'mlp-runtime' | 'schemas'): void;
}

/** The TypeScript type of a value; missing values are null, never undefined. */
export function typeText(type: Type, names: TypeNames): string {
  const base = baseText(type, names);
  return type.optional ? `${base} | null` : base;
}

function baseText(type: Type, names: TypeNames): string {
  const named = runtimeTypes[type.kind];
  if (named !== undefined) {
    names.use(named, 'mlp-runtime');
    return named;
  }
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'float':
    case 'size':
    case 'rate':
      return 'number';
    case 'string':
      return type.values?.every(v => typeof v === 'string')
        ? union(type.values as readonly string[])
        : 'string';
    case 'enum':
      return enumText(type, names);
    case 'list':
      return type.element ? `readonly (${typeText(type.element, names)})[]` : 'readonly unknown[]';
    case 'vector':
      return 'readonly number[]';
    case 'blob':
      return 'Uint8Array';
    case 'null':
      return 'null';
    default:
      return 'unknown';
  }
}

function enumText(type: Type, names: TypeNames): string {
  const declared = type.enum === undefined ? undefined : names.enumName(type.enum);
  if (declared === undefined) return union(type.members ?? []);
  names.use(declared, 'schemas');
  return declared;
}

/** Literals one beside the other where a line has room for them, else one a line. */
export function brokenUnion(names: readonly string[]): string {
  const line = names.join(' | ');
  return line.length <= WIDTH - 4 ? line : names.map(name => `| ${name}`).join('\n');
}

export const union = (members: readonly string[]): string =>
  members.map(stringLiteral).join(' | ') || 'string';
