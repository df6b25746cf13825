import { describeBound, describeFully } from '../../semantics/types.ts';
import { durationText } from '../build/text.ts';
import { canonicalJson } from '../hash.ts';
import type { Condition, Construct, Setting, Type, Value } from '../plan.ts';

const LONGEST = 160;
const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** Any value of the plan in a line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return cut(value.replace(/\s+/g, ' '));
  if (Array.isArray(value)) return value.length === 0 ? 'none' : cut(value.map(show).join(', '));
  if (value === null || typeof value !== 'object') return String(value);
  const record = value as Readonly<Record<string, unknown>>;
  if (typeof record['text'] === 'string') return cut(record['text']);
  const fields = Object.entries(record);
  if (fields.every(([, field]) => field === null || typeof field !== 'object'))
    return cut(fields.map(([key, field]) => `${key}: ${field}`).join(', ')) || 'none';
  return cut(canonicalJson(value));
}

export const showDuration = (milliseconds: number): string =>
  milliseconds === 0
    ? 'none'
    : milliseconds < 0
      ? `-${durationText(-milliseconds)}`
      : durationText(milliseconds);

export const showShare = (share: number): string => `${Number((share * 100).toPrecision(12))}%`;

export const showType = (type: Type): string => describeFully(type);

/** A type as the spec writes it, with the members of a named enum: what a value must be. */
export const showExpected = (type: Type): string =>
  type.enum === undefined || !type.members
    ? showType(type)
    : `${showType(type)} { ${showList(type.members)} }`;

/** A value as the language writes one of its type: 30d, not milliseconds. */
export const showValue = (value: Value, type: Type | undefined): string =>
  typeof value === 'number' && type ? describeBound(type, value) : show(value);

export const showList = (values: readonly (string | number | boolean)[]): string =>
  values.length === 0 ? 'none' : cut(values.join(', '));

export function showSetting(value: Setting | undefined): string {
  if (value === undefined) return 'not set';
  if (typeof value === 'string') return cut(JSON.stringify(value));
  if (Array.isArray(value)) return cut(`[${value.map(showSetting).join(', ')}]`);
  if (value === null || typeof value !== 'object') return String(value);
  return 'secret' in value ? `secret("${value.secret}")` : (value as { ref: string }).ref;
}

export function showConstruct({ name, args }: Construct): string {
  const written = Object.entries(args).map(([key, value]) => `${key}: ${showSetting(value)}`);
  return cut(`${name}(${written.join(', ')})`);
}

/** A condition as it was written, with what belongs to it. */
export function showCondition({ severity, text, forEach, times }: Condition): string {
  const slices =
    forEach === null ? '' : ` for each ${forEach.by.join(', ')} with at least ${forEach.minimum} rows`;
  return cut(`${severity} ${text}${slices}${times > 1 ? ` for ${times} times` : ''}`);
}
