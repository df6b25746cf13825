import type { Type } from '../../../compiler/plan/plan.ts';
import type { CategoryProfile, ColumnProfile, NumberProfile } from '../profile.ts';
import type { ColumnType } from './column.ts';

/** Words that only back-ticks make a name. */
const reserved = new Set('and or not in is null true false if then else match matching over by'.split(' '));

export function isPlainName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(text) && !reserved.has(text);
}

/** The type of a column with what its values let one expect of the next ones. */
export function refine(
  column: ColumnType,
  profile: ColumnProfile,
  rows: number,
  pattern: string | null,
): Type {
  const base: Type = { kind: column.kind, optional: profile.missing > 0 };
  if (profile.kind === 'number') return { ...base, ...range(column, profile, rows) };
  if (profile.kind === 'category' && column.kind === 'string')
    return { ...base, ...domain(profile, rows, pattern) };
  return base;
}

const fewValues = 20;
const fewMembers = 12;

/** An enum or a set where the values are few and come again and again; a pattern where they are alike. */
function domain(profile: CategoryProfile, rows: number, pattern: string | null): Partial<Type> {
  const values = profile.values.map(([value]) => value).sort();
  const repeated = profile.distinct >= 2 && profile.distinct * 10 <= rows - profile.missing;
  if (repeated && profile.distinct <= fewValues && profile.distinct === values.length) {
    const members = values.length <= fewMembers && values.every(isPlainName);
    return members ? { kind: 'enum', members: values } : { values };
  }
  return pattern === null ? {} : { pattern };
}

/** Ranges of quantities that have one by nature. */
const natural: readonly (readonly [RegExp, number, number])[] = [
  [/latitude|^lat$/i, -90, 90],
  [/longitude|^(lon|lng|long)$/i, -180, 180],
];

/**
 * A range with room: a tenth of the span on either side, rounded outwards, never across zero. Small whole numbers (hours,
 * stars) keep their own bounds, shares and percentages theirs; identifiers have none.
 */
function range(column: ColumnType, profile: NumberProfile, rows: number): { min?: number; max?: number } {
  const { min, max, distinct } = profile;
  const span = max - min;
  if (distinct < 2 || (distinct === rows && isIdentifier(column, span, rows))) return {};
  const known = natural.find(([name, low, high]) => name.test(column.name) && min >= low && max <= high);
  if (known !== undefined) return { min: known[1], max: known[2] };
  if (column.kind === 'float' && min >= 0 && max <= 1) return { min: 0, max: 1 };
  if (min >= 0 && max > 90 && max <= 100) return { min: 0, max: 100 };
  const room = column.kind === 'int' && span <= 50 ? 0 : span / 10;
  const step = 10 ** Math.ceil(Math.log10(span / 40));
  const low = rounded(Math.floor(outward(min, -room) / step), step);
  const high = rounded(Math.ceil(outward(max, room) / step), step);
  return column.kind === 'int' ? { min: Math.floor(low), max: Math.ceil(high) } : { min: low, max: high };
}

/** Numbers that name rows, by the column's name or because they count them. */
function isIdentifier({ kind, name }: ColumnType, span: number, rows: number): boolean {
  if (kind !== 'int' || rows <= 20) return false;
  return /(^|[^a-z])(id|key|no|nr|number|code)$|Id$/i.test(name) || span < 1.5 * rows;
}

/** Moves a bound outwards, but not through zero. */
function outward(bound: number, by: number): number {
  const moved = bound + by;
  return (bound >= 0 && moved < 0) || (bound <= 0 && moved > 0) ? 0 : moved;
}

/** steps x step without the tail of floating point. */
function rounded(steps: number, step: number): number {
  return step >= 1 ? steps * step : Number((steps * step).toPrecision(12));
}

/** Patterns that are offered, most telling first; `{n}` is the length of the values. */
const templates: readonly { readonly pattern: string; readonly sized: boolean }[] = [
  { pattern: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', sized: false },
  { pattern: '[^@\\s]+@[^@\\s]+', sized: false },
  { pattern: 'https?://\\S+', sized: false },
  { pattern: '[0-9]', sized: true },
  { pattern: '[A-Z]', sized: true },
  { pattern: '[a-z]', sized: true },
  { pattern: '[A-Z0-9]', sized: true },
  { pattern: '[a-z0-9]', sized: true },
];
const longest = 16;

/** Patterns to try on a column whose values have these lengths. */
export function patternCandidates(shortest: number, longestFound: number): readonly string[] {
  if (shortest === 0) return [];
  const size = shortest === longestFound ? `{${shortest}}` : `{${shortest},${longestFound}}`;
  return templates.flatMap(({ pattern, sized }) => {
    if (!sized) return [pattern];
    return longestFound <= longest ? [pattern + (size === '{1}' ? '' : size)] : [];
  });
}
