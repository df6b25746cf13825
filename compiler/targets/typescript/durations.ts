/** Constants of the runtime by which durations are written: `7 * DAY`. */
export type DurationName = 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND';

const units: readonly (readonly [DurationName, number])[] = [
  ['DAY', 86_400_000],
  ['HOUR', 3_600_000],
  ['MINUTE', 60_000],
  ['SECOND', 1_000],
];

/** Milliseconds as `7 * DAY`, by the largest unit that divides them; those that none divides as they are. */
export function durationCode(milliseconds: number, use: (name: DurationName) => string): string {
  const unit = units.find(([, length]) => milliseconds !== 0 && milliseconds % length === 0);
  if (unit === undefined) return grouped(milliseconds);
  const [name, length] = unit;
  const times = milliseconds / length;
  return times === 1 ? use(name) : `${grouped(times)} * ${use(name)}`;
}

/** A number with its digits in groups of three, from five digits on. */
export function grouped(value: number): string {
  const text = String(value);
  return /^-?\d{5,}$/.test(text) ? text.replace(/(\d)(?=(\d{3})+$)/g, '$1_') : text;
}
