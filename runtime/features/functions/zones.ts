import { daysFromCivil } from './calendar.ts';
import { zones } from './generated/zones.ts';
import { RowError } from './values.ts';

/**
 * What the clocks of time zones show, out of a table that was written from DuckDB's own zones: Node comes with another
 * edition of the time zone database, and its answers for some zones are others (`scripts/generate-zones.ts`).
 */

/** Each year, on the first of a weekday (0: Monday) on or after a day, at a second of the day on the wall. */
interface Rule {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly second: number;
  readonly offset: number;
}

/** Offsets from UTC in seconds: the first before all changes, each other from its change on; then by the rules. */
class Zone {
  readonly #changes: Float64Array;
  readonly #offsets: Int32Array;
  readonly #rules: readonly Rule[];
  /** The first year that goes by the rules. */
  readonly #since: number;
  /** Changes by the rules, of the years that were asked for. */
  readonly #years = new Map<number, readonly (readonly [from: number, offset: number])[]>();
  #first = Number.NaN;
  #end = Number.NaN;
  #last = 0;

  constructor(text: string) {
    const [listed = '', steps = '', since = '', ...rules] = text.split(';');
    const offsets = listed.split(',').map(Number);
    const offsetOf = (letter: string): number => offsets[letter.charCodeAt(0) - 65]!;
    const changes: number[] = [];
    const after: number[] = [offsets[0]!];
    let from = daysFromCivil(1800, 1, 1) * DAY;
    for (const [, exact, length, letter] of steps.matchAll(/(\.?)([0-9a-z]+)([A-Z])/g)) {
      from += Number.parseInt(length!, 36) * (exact === '.' ? 1 : 900);
      changes.push(from);
      after.push(offsetOf(letter!));
    }
    this.#changes = Float64Array.from(changes);
    this.#offsets = Int32Array.from(after);
    this.#since = Number(since);
    this.#rules = rules.map(rule => {
      const [month, day, weekday, second] = rule.slice(0, -1).split(',').map(Number) as [
        number,
        number,
        number,
        number,
      ];
      return { month, day, weekday, second, offset: offsetOf(rule.at(-1)!) };
    });
  }

  /** Seconds to add to UTC at a second since 1970. Moments that are asked for one after the other lie mostly close together. */
  offset(seconds: number): number {
    if (seconds >= this.#first && seconds < this.#end) return this.#last;
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changes[middle]! <= seconds) low = middle + 1;
      else high = middle;
    }
    this.#first = low === 0 ? Number.NEGATIVE_INFINITY : this.#changes[low - 1]!;
    this.#end = this.#changes[low] ?? Number.POSITIVE_INFINITY;
    this.#last = this.#offsets[low]!;
    if (low === this.#changes.length && this.#rules.length > 0) this.#byRules(seconds);
    return this.#last;
  }

  #byRules(seconds: number): void {
    const year = new Date(Math.min(seconds, LATEST) * 1000).getUTCFullYear();
    this.#end = daysFromCivil(year + 2, 1, 1) * DAY;
    for (const [from, offset] of [year - 1, year, year + 1].flatMap(one => this.#changesOf(one))) {
      if (from > seconds) {
        this.#end = from;
        return;
      }
      if (from < this.#first) continue;
      this.#first = from;
      this.#last = offset;
    }
  }

  #changesOf(year: number): readonly (readonly [from: number, offset: number])[] {
    if (year < this.#since) return [];
    let found = this.#years.get(year);
    if (found === undefined) {
      const rules = this.#rules;
      found = rules.map(({ month, day, weekday, second, offset }, i) => {
        const before = rules[(i + rules.length - 1) % rules.length]!.offset;
        const first = daysFromCivil(year, month, day);
        const on = first + ((weekday - (first + 3) + 7_000_000) % 7);
        return [on * DAY + second - before, offset] as const;
      });
      this.#years.set(year, found);
    }
    return found;
  }
}

const DAY = 86_400;
/** The last second of a JavaScript date, beyond which no moment of a row lies. */
const LATEST = 8.64e12 - DAY * 400;

/** Zones by name, which is as long as nobody has asked for one the text of the zone. Upper and lower case are alike, as for DuckDB. */
let known: Map<string, Zone | string> | undefined;

/** Seconds to add to UTC. @throws RowError if there is no such zone */
export function offsetAt(seconds: number, zone: string): number {
  known ??= new Map(
    Object.entries(zones).flatMap(([names, text]) =>
      names.split(' ').map(name => [name.toLowerCase(), text] as const),
    ),
  );
  let found = known.get(zone) ?? known.get(zone.toLowerCase());
  if (found === undefined) throw new RowError(`there is no time zone ${JSON.stringify(zone)}`);
  if (typeof found === 'string') {
    found = new Zone(found);
    known.set(zone, found);
    known.set(zone.toLowerCase(), found);
  }
  return found.offset(seconds);
}
