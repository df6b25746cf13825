import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { civil, daysFromCivil } from '../runtime/features/functions/calendar.ts';

/**
 * The table of time zones, asked of DuckDB: `node --import tsx scripts/generate-zones.ts`. It takes minutes, so it is done when a
 * test says that DuckDB's zones have changed, not at each build.
 */

/** From when on the offset from UTC is what, both in seconds; of the first, from ever. */
export type Change = readonly [from: number, offset: number];
/** Each year, from the first of a weekday (0: Monday) on or after a day, at a second of the day on the wall, the offset is what. */
export interface YearlyRule {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly second: number;
  readonly offset: number;
}

const DAY = 86_400;
const YEARS = [1800, 2260] as const;
const startOf = (year: number): number => daysFromCivil(year, 1, 1) * DAY;
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** All changes of a zone in those years: between two days with another offset there is one, which is halved down to. */
async function changesOf(query: (sql: string) => Promise<number[][]>, zone: string): Promise<Change[]> {
  const offset = `(epoch_us(timezone('${zone}', to_timestamp(CAST(s AS DOUBLE)))) // 1000000)::BIGINT - s`;
  const [from, to] = YEARS.map(startOf) as [number, number];
  const days = `SELECT CAST(${from} + i * ${DAY} AS BIGINT) AS s FROM range(${(to - from) / DAY}) r(i)`;
  const found = await query(
    `SELECT s, o, p FROM (SELECT s, o, lag(o) OVER (ORDER BY s) AS p FROM (SELECT s, ${offset} AS o FROM (${days}))) WHERE p IS NULL OR p <> o ORDER BY s`,
  );
  const brackets = found.slice(1).map(([high, after]) => ({ low: high! - DAY, high: high!, after: after! }));
  for (let width = DAY; width > 1; width = Math.ceil(width / 2)) {
    const middles = brackets.map(({ low, high }) => Math.floor((low + high) / 2));
    if (middles.length === 0) break;
    const at = await query(
      `SELECT i, ${offset} FROM (SELECT unnest([${middles}]::BIGINT[]) AS s, unnest(range(${middles.length})) AS i) ORDER BY i`,
    );
    for (const [i, bracket] of brackets.entries()) {
      if (bracket.high - bracket.low <= 1) continue;
      if (at[i]![1] === bracket.after) bracket.high = middles[i]!;
      else bracket.low = middles[i]!;
    }
  }
  return [
    [Number.NEGATIVE_INFINITY, found[0]![1]!],
    ...brackets.map(({ high, after }): Change => [high, after]),
  ];
}

/** What comes back each year to the end, and the changes before it. */
export function withRules(changes: readonly Change[]): {
  readonly changes: readonly Change[];
  readonly rules: readonly YearlyRule[];
  /** The first year that goes by the rules. */
  readonly since?: number;
} {
  const yearOf = (from: number): number => civil(Math.floor(from / DAY)).year;
  const last = changes.filter(([from]) => from >= startOf(YEARS[1] - 60));
  if (last.length === 0) return { changes, rules: [] };
  const perYear = last.length / 60;
  const rules = Array.from({ length: perYear }, (_, n) => ruleOf(changes, last, n, perYear));
  const expected = (year: number): Change[] => rules.map(rule => changeBy(rules, rule, year));
  let first = YEARS[1];
  const inYear = (year: number): Change[] => changes.filter(([from]) => yearOf(from) === year);
  while (JSON.stringify(inYear(first - 1)) === JSON.stringify(expected(first - 1))) first--;
  if (first > YEARS[1] - 60) throw new Error('no rule fits the last years of a zone');
  return { changes: changes.filter(([from]) => from < startOf(first)), rules, since: first };
}

function ruleOf(changes: readonly Change[], last: readonly Change[], n: number, perYear: number): YearlyRule {
  const days = last
    .filter((_, i) => i % perYear === n)
    .map(([from, offset]) => {
      const before = changes[changes.findIndex(change => change[0] === from) - 1]![1];
      const day = Math.floor((from + before) / DAY);
      return { ...civil(day), weekday: weekdayOf(day), second: from + before - day * DAY, offset };
    });
  const [{ weekday, second, offset }] = days as [(typeof days)[0]];
  const earliest = days.reduce((a, b) => (b.month * 32 + b.day < a.month * 32 + a.day ? b : a));
  return { month: earliest.month, day: earliest.day, weekday, second, offset };
}

function changeBy(rules: readonly YearlyRule[], rule: YearlyRule, year: number): Change {
  const before = rules[(rules.indexOf(rule) + rules.length - 1) % rules.length]!.offset;
  const from = daysFromCivil(year, rule.month, rule.day);
  const day = from + ((rule.weekday - weekdayOf(from) + 7) % 7);
  return [day * DAY + rule.second - before, rule.offset];
}

/**
 * A zone as text: its offsets in seconds, then each change as the time since the one before (the first: since 1800), in quarters
 * of an hour or, behind a point, seconds, and a letter for its offset; then the rules, behind the year from which they hold.
 */
export function written({ changes, rules, since }: ReturnType<typeof withRules>): string {
  const offsets = [...new Set([...changes.map(change => change[1]), ...rules.map(rule => rule.offset)])];
  if (offsets.length > 26) throw new Error('a zone has more offsets than there are letters');
  const letter = (offset: number): string => String.fromCharCode(65 + offsets.indexOf(offset));
  let before = startOf(YEARS[0]);
  const steps = changes.slice(1).map(([from, offset]) => {
    const step = from - before;
    before = from;
    const length = step % 900 === 0 ? (step / 900).toString(36) : `.${step.toString(36)}`;
    return `${length}${letter(offset)}`;
  });
  const yearly = rules.map(r => `${[r.month, r.day, r.weekday, r.second].join(',')}${letter(r.offset)}`);
  return [offsets.join(','), steps.join(''), ...(since === undefined ? [] : [since, ...yearly])].join(';');
}

async function main(): Promise<void> {
  const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const query = async (sql: string): Promise<number[][]> =>
    (await connection.runAndReadAll(sql)).getRows().map(row => row.map(Number));
  const listed = await connection.runAndReadAll(
    'SELECT DISTINCT name FROM pg_timezone_names() ORDER BY name',
  );
  // `Factory` is what a machine is set to that has no zone.
  const names = listed
    .getRows()
    .map(([name]) => String(name))
    .filter(name => name !== 'Factory');
  const alike = new Map<string, string[]>();
  for (const name of names) {
    const text = written(withRules(await changesOf(query, name)));
    alike.set(text, [...(alike.get(text) ?? []), name]);
  }
  const version = String((await connection.runAndReadAll('SELECT version()')).getRows()[0]![0]);
  const zones = [...alike].map(([text, of]) => `  ${JSON.stringify(of.join(' '))}: ${JSON.stringify(text)},`);
  const head = `// Written by scripts/generate-zones.ts, from the time zones of DuckDB ${version}.\n`;
  const save = (file: string, text: string): void => writeFileSync(path.join(root, file), `${head}${text}`);
  save(
    'runtime/features/functions/generated/zones.ts',
    `\n/** Zones by their names; how they are written is told in \`scripts/generate-zones.ts\`. */\nexport const zones: Readonly<Record<string, string>> = {\n${zones.join('\n')}\n};\n`,
  );
  const lines = names.map(name => `  ${JSON.stringify(name)},`).join('\n');
  save(
    'compiler/semantics/generated/zone-names.ts',
    `\nexport const zoneNames: readonly string[] = [\n${lines}\n];\n`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
