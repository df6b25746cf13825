import { durationText, sizeText } from '../plan/build/text.ts';
import type { Type, TypeKind } from '../plan/type.ts';

/** Arithmetic of types: building, describing, assigning and joining them. Pure; reports nothing. */

const plainTypes = new Map<TypeKind, Type>();
/** The bare type of a kind: one object, since nearly every expression has one of a few. */
export function plain(kind: TypeKind): Type {
  let type = plainTypes.get(kind);
  if (!type) {
    type = { kind, optional: false };
    plainTypes.set(kind, type);
  }
  return type;
}

export const unknown: Type = plain('unknown');
export const bool: Type = plain('bool');
export const int: Type = plain('int');
export const float: Type = plain('float');
export const string: Type = plain('string');
export const duration: Type = plain('duration');
export const size: Type = plain('size');
export const rate: Type = plain('rate');
export const nothing: Type = { kind: 'null', optional: true };

export const isUnknown = (type: Type): boolean => type.kind === 'unknown';
export const isNumber = (type: Type): boolean => type.kind === 'int' || type.kind === 'float';

/** Kinds that measure something and may be added and scaled: numbers and the three kinds of literals with a suffix. */
export const isQuantity = (type: Type): boolean =>
  isNumber(type) || type.kind === 'duration' || type.kind === 'size' || type.kind === 'rate';

const ordered: ReadonlySet<TypeKind> = new Set<TypeKind>([
  'int',
  'float',
  'string',
  'date',
  'datetime',
  'timestamp',
  'duration',
  'size',
  'rate',
]);
/** Whether `<` means something; truth values and members of enums have no order. */
export const isOrdered = (type: Type): boolean => ordered.has(type.kind);

const several: ReadonlySet<TypeKind> = new Set<TypeKind>(['list', 'vector', 'blob']);
/** Whether two values can be asked to be equal. Of lists, vectors and blobs the engines would answer each in its own way. */
export const isComparable = (type: Type): boolean => type.kind !== 'table' && !several.has(type.kind);

const scalars: ReadonlySet<TypeKind> = new Set<TypeKind>([
  'bool',
  'int',
  'float',
  'string',
  'date',
  'datetime',
  'timestamp',
  'enum',
]);
/** What `any` of the library stands for. */
export const isScalar = (type: Type): boolean => scalars.has(type.kind);

export function optional(type: Type): Type {
  return type.optional || isUnknown(type) ? type : { ...type, optional: true };
}
export function required(type: Type): Type {
  return type.optional ? { ...type, optional: false } : type;
}
/** The type without range, allowed values and pattern: what is left after a computation that need not keep them. */
export function unrefined(type: Type): Type {
  if (
    type.min === undefined &&
    type.max === undefined &&
    type.values === undefined &&
    type.pattern === undefined
  )
    return type;
  const { min, max, values, pattern, ...rest } = type;
  return rest;
}
export function withoutUnit(type: Type): Type {
  if (type.unit === undefined) return type;
  const { unit, ...rest } = type;
  return rest;
}
export const withUnit = (type: Type, unit: string | undefined): Type =>
  type.unit === unit ? type : unit === undefined ? withoutUnit(type) : { ...type, unit };

/** A type as the language writes it: `int? in 1..6000 @unit("miles")`. */
export function describe(type: Type): string {
  const mark = type.optional && type.kind !== 'null' ? '?' : '';
  return `${describeBase(type)}${mark}`;
}

/** With refinements and unit, for hover and symbol tables. */
export function describeFully(type: Type): string {
  const parts = [describe(type)];
  if (type.min !== undefined || type.max !== undefined) parts.push(`in ${describeRange(type)}`);
  if (type.values) parts.push(`in {${type.values.map(value => JSON.stringify(value)).join(', ')}}`);
  if (type.pattern !== undefined) parts.push(`matching r"${type.pattern}"`);
  if (type.unit !== undefined) parts.push(`@unit(${JSON.stringify(type.unit)})`);
  return parts.join(' ');
}

function describeBase(type: Type): string {
  switch (type.kind) {
    case 'enum':
      return type.enum ?? `enum { ${(type.members ?? []).join(', ')} }`;
    case 'list':
      return `[${type.element ? describe(type.element) : 'unknown'}]`;
    case 'vector':
      return `vector(${type.length ?? '?'})`;
    case 'table':
      return type.row === undefined ? 'table' : `table ${type.row}`;
    default:
      return type.kind;
  }
}

export function describeRange(type: Type): string {
  const show = (bound: number | string | undefined) =>
    bound === undefined ? '' : describeBound(type, bound);
  // The end of the 64 bits bounds nothing.
  const open = typeof type.max === 'number' && type.max >= 2 ** 63;
  return `${show(type.min)}..${open ? '' : show(type.max)}`;
}

export function describeBound(type: Type, bound: number | string): string {
  if (typeof bound === 'string') return bound;
  if (type.kind === 'duration') return durationText(bound);
  if (type.kind === 'size') return sizeText(bound);
  if (type.kind === 'rate') return `${bound}rps`;
  return String(bound);
}

export const sameMembers = (a: Type, b: Type): boolean =>
  a.members?.length === b.members?.length &&
  (a.members ?? []).every((member, i) => member === b.members?.[i]);

export const sameEnum = (a: Type, b: Type): boolean =>
  a.kind === 'enum' && b.kind === 'enum' && a.enum === b.enum && sameMembers(a, b);

/** Whether the base types fit, whatever `?`, unit and refinements say: equal, or int as float. */
export function fits(from: Type, to: Type): boolean {
  if (isUnknown(from) || isUnknown(to) || from.kind === 'null') return true;
  if (from.kind === 'int' && to.kind === 'float') return true;
  if (from.kind !== to.kind) return false;
  switch (from.kind) {
    case 'enum':
      return sameEnum(from, to);
    case 'list':
      return (
        !from.element ||
        !to.element ||
        // A list as it is: an int in it becomes no float.
        (fits(from.element, to.element) &&
          (from.element.kind === to.element.kind || isUnknown(from.element) || isUnknown(to.element)) &&
          !lacksNull(from.element, to.element))
      );
    case 'vector':
      return from.length === undefined || to.length === undefined || from.length === to.length;
    case 'table':
      return from.row === undefined || to.row === undefined || from.row === to.row;
    default:
      return true;
  }
}

/** Whether null may arrive where none is taken. */
export const lacksNull = (from: Type, to: Type): boolean =>
  !to.optional && !isUnknown(to) && (from.optional || from.kind === 'null');

/** A bare number adopts the other's unit; two different ones do not go together. */
export const unitsClash = (a: Type, b: Type): boolean =>
  a.unit !== undefined && b.unit !== undefined && a.unit !== b.unit;

/** The common type of two branches, or undefined if there is none. Ranges become the range that holds both. */
export function join(a: Type, b: Type): Type | undefined {
  if (isUnknown(a) || isUnknown(b)) return unknown;
  if (a.kind === 'null') return optional(b);
  if (b.kind === 'null') return optional(a);
  const opt = a.optional || b.optional;
  const base = isNumber(a) && isNumber(b) && a.kind !== b.kind ? 'float' : a.kind;
  if (!fits(a, b) && !fits(b, a)) return undefined;
  const { min, max, values, pattern, unit, ...rest } = { ...a, kind: base, optional: opt };
  return {
    ...rest,
    ...hull(a, b),
    ...(a.values && b.values ? { values: [...new Set([...a.values, ...b.values])] } : {}),
    ...(a.pattern !== undefined && a.pattern === b.pattern ? { pattern: a.pattern } : {}),
    ...unitOfBoth(a, b),
  };
}

function unitOfBoth(a: Type, b: Type): { unit?: string } {
  if (unitsClash(a, b)) return {};
  const unit = a.unit ?? b.unit;
  return unit === undefined ? {} : { unit };
}

function hull(a: Type, b: Type): { min?: number | string; max?: number | string } {
  const low = a.min !== undefined && b.min !== undefined ? lesser(a.min, b.min) : undefined;
  const high = a.max !== undefined && b.max !== undefined ? greater(a.max, b.max) : undefined;
  return { ...(low === undefined ? {} : { min: low }), ...(high === undefined ? {} : { max: high }) };
}

/** Of two bounds of one kind: numbers, or texts of times. */
export function lesser(a: number | string, b: number | string): number | string {
  if (a <= b) return a;
  return b;
}
export function greater(a: number | string, b: number | string): number | string {
  if (a >= b) return a;
  return b;
}
