/** Cron expressions of five fields: minute, hour, day of the month, month, day of the week. */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day of the week', min: 0, max: 7, words: days },
];

/** What is wrong with a cron expression, or undefined. */
export function cronFault(text: string): string | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length)
    return `it has ${parts[0] === '' ? 0 : parts.length} fields, and a schedule has five`;
  const values: number[][] = [];
  for (const [i, part] of parts.entries()) {
    const expanded = expand(part, fields[i]!);
    if (typeof expanded === 'string') return expanded;
    values.push(expanded);
  }
  // A day that no chosen month has: the schedule would never come. With a day of the week given, either is enough.
  const [, , dates, chosen] = values as [number[], number[], number[], number[], number[]];
  const longest = Math.max(
    ...chosen.map(month => (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31)),
  );
  const anyWeekday = parts[4] === '*';
  if (anyWeekday && Math.min(...dates) > longest)
    return `no chosen month has a day ${Math.min(...dates)}, so it never comes`;
  return undefined;
}

function expand(text: string, field: Field): number[] | string {
  const values: number[] = [];
  for (const item of text.split(',')) {
    const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/([0-9]+))?$/.exec(item);
    if (!match) return `the ${field.name} "${text}" is no list of numbers and ranges`;
    const [, first, last, step] = match as unknown as [
      string,
      string,
      string | undefined,
      string | undefined,
    ];
    const low = first === '*' ? field.min : numberIn(first, field);
    const high =
      first === '*'
        ? field.max
        : last === undefined
          ? step === undefined
            ? low
            : field.max
          : numberIn(last, field);
    if (typeof low === 'string') return low;
    if (typeof high === 'string') return high;
    if (first === '*' && last !== undefined) return `the ${field.name} "${text}" mixes * and a range`;
    if (low > high) return `the ${field.name} runs backwards from ${low} to ${high}`;
    const by = step === undefined ? 1 : Number(step);
    if (by === 0) return `the ${field.name} has a step of 0`;
    for (let value = low; value <= high; value += by) values.push(value);
  }
  return values;
}

function numberIn(text: string, field: Field): number | string {
  const word = field.words.indexOf(text.toLowerCase());
  if (word >= 0) return word + field.min;
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  return `the ${field.name} ${text} is not in ${field.min}-${field.max}`;
}

export const allZones = (): readonly string[] => {
  zones ??= Intl.supportedValuesOf('timeZone');
  return zones;
};
let zones: readonly string[] | undefined;

const known = new Map<string, boolean>([['UTC', true]]);

/**
 * Whether the name of a time zone is known. The list of main names is quick to get; only for one that is not on it (an
 * alias, or a mistake) a formatter is made, which takes tens of milliseconds the first time.
 */
export function zoneExists(zone: string): boolean {
  let exists = known.get(zone);
  if (exists === undefined) {
    exists = allZones().includes(zone) || isAlias(zone);
    known.set(zone, exists);
  }
  return exists;
}

function isAlias(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}
