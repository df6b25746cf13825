/** Cron expressions of five fields: minute, hour, day of the month, month, day of the week. */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day of the week', min: 0, max: 7, words: weekdays },
];

/** Short names that other schedulers know, and what they stand for. */
const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** What is wrong, from where to where in the text, and what may be meant. */
export interface CronFault {
  readonly problem: string;
  readonly start: number;
  readonly end: number;
  readonly instead?: string;
  readonly hint?: string;
}
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly dates: readonly number[];
  readonly months: readonly number[];
  /** 0 to 6, Sunday first. */
  readonly weekdays: readonly number[];
  /** Where both are given, a day needs to be only one of them. */
  readonly anyDate: boolean;
  readonly anyWeekday: boolean;
}

interface Part {
  readonly text: string;
  readonly start: number;
}
const endOf = ({ text, start }: Part): number => start + text.length;

/** The times that an expression means, or what is wrong with it. */
export function parseCron(text: string): Cron | CronFault {
  const parts = [...text.matchAll(/\S+/g)].map((match): Part => ({ text: match[0], start: match.index }));
  const [first] = parts;
  const last = parts.at(-1);
  const whole = { start: first?.start ?? 0, end: last ? endOf(last) : text.length };
  const instead = nicknames[text.trim().toLowerCase()];
  if (instead !== undefined)
    return { problem: `write out what "${text.trim()}" stands for`, ...whole, instead };
  if (parts.length !== fields.length) return wrongCount(parts, whole);
  const sets: number[][] = [];
  for (const [i, part] of parts.entries()) {
    const values = expand(part, fields[i]!);
    if (!Array.isArray(values)) return values;
    sets.push(values);
  }
  const [minutes, hours, dates, chosen, days] = sets as [number[], number[], number[], number[], number[]];
  const cron: Cron = {
    minutes,
    hours,
    dates,
    months: chosen,
    weekdays: days.map(day => day % 7),
    anyDate: isAny(parts[2]!),
    anyWeekday: isAny(parts[4]!),
  };
  return impossibleDate(cron, parts) ?? cron;
}

export const isFault = (parsed: Cron | CronFault): parsed is CronFault => 'problem' in parsed;
const isAny = ({ text }: Part): boolean => text === '*' || text === '*/1';

function wrongCount(parts: readonly Part[], whole: { start: number; end: number }): CronFault {
  const count = `it has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'}, and a schedule has five`;
  // Some schedulers put the seconds first.
  if (parts.length === 6)
    return {
      problem: `${count}: seconds are not among them`,
      start: parts[0]!.start,
      end: endOf(parts[0]!),
      instead: parts
        .slice(1)
        .map(part => (part.text === '?' ? '*' : part.text))
        .join(' '),
    };
  return { problem: count, ...whole };
}

const longest = (month: number): number => (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31);
// biome-ignore format: as a table
const monthNames = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
];

/** A day that no chosen month has: the schedule would never come. With a day of the week given, either is enough. */
function impossibleDate(cron: Cron, parts: readonly Part[]): CronFault | undefined {
  const { dates, months: chosen, anyWeekday } = cron;
  const least = Math.min(...dates);
  if (!anyWeekday || least <= Math.max(...chosen.map(longest))) return undefined;
  const names = chosen.map(month => monthNames[month - 1]).join(', ');
  return {
    problem: `${names} ${chosen.length > 1 ? 'have' : 'has'} no day ${least}, so it never comes`,
    start: parts[2]!.start,
    end: endOf(parts[3]!),
    hint: 'choose a day that one of the months has',
  };
}

function expand(part: Part, field: Field): number[] | CronFault {
  const values: number[] = [];
  let { start } = part;
  for (const text of part.text.split(',')) {
    const found = expandItem({ text, start }, part, field);
    if (!Array.isArray(found)) return found;
    values.push(...found);
    start += text.length + 1;
  }
  return values;
}

function expandItem(item: Part, part: Part, field: Field): number[] | CronFault {
  const at = { start: item.start, end: endOf(item) };
  const fault = (problem: string): CronFault => ({ problem: `the ${field.name} ${problem}`, ...at });
  const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/([0-9]+))?$/.exec(item.text);
  if (!match) {
    if (item.text === '')
      return { ...fault(`"${part.text}" has an empty place`), start: part.start, end: endOf(part) };
    return fault(
      `"${item.text}" is no number, range or step${item.text === '?' ? '; every one is `*`' : ''}`,
    );
  }
  const [, from, to, step] = match as unknown as [string, string, string | undefined, string | undefined];
  if (from === '*' && to !== undefined) return fault(`"${item.text}" mixes * and a range`);
  const low = from === '*' ? field.min : numberIn(from, field);
  const single = step === undefined ? low : field.max;
  const high = from === '*' ? field.max : to === undefined ? single : numberIn(to, field);
  for (const [value, text] of [
    [low, from],
    [high, to ?? from],
  ] as const)
    if (value === undefined) return fault(`${text} is not in ${field.min}-${field.max}`);
  if (low! > high!) return fault(`runs backwards from ${low} to ${high}`);
  const by = step === undefined ? 1 : Number(step);
  if (by === 0) return fault('has a step of 0');
  const values: number[] = [];
  for (let value = low!; value <= high!; value += by) values.push(value);
  return values;
}

function numberIn(text: string, field: Field): number | undefined {
  const word = field.words.indexOf(text.toLowerCase());
  if (word >= 0) return word + field.min;
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : undefined;
}

const DAY = 1_440;
/** Four years, one of them a leap year: all that the calendar has to offer. */
const days = 1_461;

interface Day {
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}
let calendar: readonly Day[] | undefined;
function calendarOf(): readonly Day[] {
  const day = new Date(Date.UTC(2024, 0, 1));
  calendar ??= Array.from({ length: days }, () => {
    const entry = { month: day.getUTCMonth() + 1, date: day.getUTCDate(), weekday: day.getUTCDay() };
    day.setUTCDate(day.getUTCDate() + 1);
    return entry;
  });
  return calendar;
}

/** The starts of one day, in minutes, and the shortest and longest time between two of them. */
interface Starts {
  readonly first: number;
  readonly last: number;
  readonly least: number;
  readonly most: number;
}

function startsOf(crons: readonly Cron[]): Starts {
  const times = crons.flatMap(({ hours, minutes }) =>
    hours.flatMap(hour => minutes.map(minute => hour * 60 + minute)),
  );
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i]! - sorted[i - 1]!;
    least = Math.min(least, gap);
    most = Math.max(most, gap);
  }
  return { first: sorted[0]!, last: sorted.at(-1)!, least, most };
}

/** The shortest and the longest time between two starts of schedules in one time zone, in minutes; summer time apart. */
export function gapsOf(
  crons: readonly Cron[],
): { readonly least: number; readonly most: number } | undefined {
  if (crons.length === 0) return undefined;
  if (crons.every(isDaily)) {
    const { first, last, least: close, most: apart } = startsOf(crons);
    const night = DAY - last + first;
    return { least: Math.min(close, night), most: Math.max(apart, night) };
  }
  // All days on which the same schedules come are alike.
  const known = new Map<string, Starts>();
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  let before: number | undefined;
  for (const [day, date] of calendarOf().entries()) {
    const today = crons.filter(cron => comesOn(cron, date));
    if (today.length === 0) continue;
    const key = today.map(cron => crons.indexOf(cron)).join();
    const starts = known.get(key) ?? startsOf(today);
    known.set(key, starts);
    const night = before === undefined ? starts.least : day * DAY + starts.first - before;
    least = Math.min(least, starts.least, night);
    most = Math.max(most, starts.most, before === undefined ? 0 : night);
    before = day * DAY + starts.last;
  }
  if (before === undefined) return undefined;
  return most === 0 ? { least: days * DAY, most: days * DAY } : { least, most };
}

const isDaily = ({ anyDate, anyWeekday, months: chosen }: Cron): boolean =>
  anyDate && anyWeekday && chosen.length === 12;

function comesOn({ dates, months: chosen, weekdays: of, anyDate, anyWeekday }: Cron, day: Day): boolean {
  if (!chosen.includes(day.month)) return false;
  const byDate = dates.includes(day.date);
  const byWeekday = of.includes(day.weekday);
  return anyDate || anyWeekday ? byDate && byWeekday : byDate || byWeekday;
}
