import type { Type } from '../../compiler/plan/plan.ts';

/** A type as the spec would write it: `int? in 1..6000`, `string matching r"[A-Z]{3}"`. */
export function typeText(type: Type): string {
  const optional = type.optional ? '?' : '';
  return `${baseText(type)}${optional}${refinementText(type)}`;
}

function baseText(type: Type): string {
  if (type.kind === 'enum') return type.enum ?? `enum { ${(type.members ?? []).join(', ')} }`;
  if (type.kind === 'list') return `[${type.element === undefined ? '' : typeText(type.element)}]`;
  if (type.kind === 'vector') return `vector(${type.length ?? ''})`;
  return type.kind;
}

function refinementText(type: Type): string {
  if (type.min !== undefined || type.max !== undefined) return ` in ${rangeText(type)}`;
  if (type.values !== undefined) return ` in ${setText(type.values)}`;
  return type.pattern === undefined ? '' : ` matching r"${type.pattern}"`;
}

export function rangeText(type: Pick<Type, 'min' | 'max'>): string {
  return `${type.min ?? ''}..${type.max ?? ''}`;
}

export function setText(values: readonly (string | number | boolean)[]): string {
  const shown = values
    .slice(0, 8)
    .map(value => (typeof value === 'string' ? JSON.stringify(value) : String(value)));
  return `{${shown.join(', ')}${values.length > 8 ? `, … ${values.length} in all` : ''}}`;
}

const articles: Partial<Record<Type['kind'], string>> = {
  int: 'a whole number (int)',
  float: 'a finite number (float)',
  bool: 'true or false (bool)',
  date: 'a date (2001-03-01)',
  datetime: 'a wall-clock time without offset (2001-03-01T18:15)',
  timestamp: 'an instant (2001-03-01T18:15:00Z)',
};

/** What rows that break a rule of a column are: "are outside -60..1800". */
export function violationText(rule: string, type: Type): string {
  switch (rule) {
    case 'type':
      return `are not ${articles[type.kind] ?? typeText({ ...type, optional: false })}`;
    case 'required':
      return `are missing, but ${typeText(type)} may not be`;
    case 'range':
      return `are outside ${rangeText(type)}`;
    case 'set':
      return `are not in ${setText(type.values ?? [])}`;
    case 'enum':
      return `are no member of ${type.enum ?? 'the enum'} {${(type.members ?? []).join(', ')}}`;
    case 'pattern':
      return `do not match r"${type.pattern ?? ''}"`;
    case 'item':
      return `have an item that is none of ${typeText({ ...type, optional: false })}`;
    case 'arrival':
      return 'lie before their row can have arrived: its event time, and the lag of the source';
    case 'unique':
      return 'repeat the key of an earlier row';
    default:
      return `break the rule ${rule} (${typeText(type)})`;
  }
}

/** 3,000,000 */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** 1 row, 3,000 rows */
export const rowsText = (count: number): string => `${countText(count)} ${count === 1 ? 'row' : 'rows'}`;

/** A share as a percentage with two significant digits: 0.0047%, 12%. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent >= 9.95) return `${Math.round(percent * 10) / 10}%`;
  return `${Number(percent.toPrecision(2))}%`;
}
