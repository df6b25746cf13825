import type { DuckDBConnection } from '@duckdb/node-api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, compilerVersion } from '../../compiler/index.ts';
import { lowerProgram } from '../../compiler/plan/build/index.ts';
import { finishPlan } from '../../compiler/plan/finish.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { identifier } from '../../compiler/sql/escape.ts';
import { viewSql } from '../../compiler/sql/view.ts';
import { openDuckDB, query } from '../support/duckdb.ts';
import { Random, rounds } from '../support/random.ts';
import { memoryHost } from '../support/specs.ts';
import { hoursOf, load, randomTables, type Tables, truncate } from './data.ts';
import { type DrawnSpec, type DrawnView, drawSpec, earlyView } from './specs.ts';

/**
 * "Whatever family 3 accepts must stand the truncation test: features at T computed from all data equal those from what
 * was known by T" (language.md), over random specs and rows. What family 3 refuses is compiled without it and put to the
 * same test, to see that it refuses what fails.
 */

type Values = Readonly<Record<string, unknown>>;
interface Computed {
  /** Position of the row in its source, from 0. */
  readonly place: number;
  /** Hours; null where the row has none. */
  readonly at: number | null;
  readonly values: Values;
}
interface Violation {
  readonly view: string;
  readonly feature: string;
  readonly truncatedAt: number;
  readonly at: number;
  readonly row: unknown;
  readonly all: unknown;
  readonly known: unknown;
  readonly truncated: Tables;
}

async function compute(
  connection: DuckDBConnection,
  plan: Plan,
  views: readonly DrawnView[],
): Promise<ReadonlyMap<string, readonly Computed[]>> {
  const results = new Map<string, readonly Computed[]>();
  for (const { name } of views) {
    const relation = identifier(`view:${name}`);
    await connection.run(`CREATE OR REPLACE TABLE ${relation} AS ${viewSql(plan, name)}`);
    const rows = await query(connection, `SELECT epoch_us("__at") AS "__us", * FROM ${relation}`);
    results.set(
      name,
      rows.map(row => ({
        place: Number(row['__row']) - 1,
        at: row['__us'] === null ? null : hoursOf(Number(row['__us'])),
        values: row,
      })),
    );
  }
  return results;
}

/** Equal but for the order in which floats are added. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return String(a) === String(b);
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Truncates at the T of some rows and compares what is computed; undefined if nothing differs. */
async function violation(
  connection: DuckDBConnection,
  random: Random,
  spec: DrawnSpec,
  plan: Plan,
  samples: number,
): Promise<Violation | undefined> {
  const tables = randomTables(random, spec);
  await load(connection, spec, tables);
  const all = await compute(connection, plan, spec.views);
  for (let i = 0; i < samples; i++) {
    const view = random.pick(spec.views.slice(-1 - (i % 2) * 3));
    const fitting = all.get(view.name)!.filter(({ at }) => at !== null);
    if (fitting.length === 0) continue;
    const row = random.pick(fitting);
    const at = row.at!;
    const own = { table: view.rows, place: row.place, keep: view.moment };
    const truncated = truncate(random, spec, tables, at, own);
    await load(connection, spec, truncated.tables);
    const needed = spec.views.slice(0, spec.views.indexOf(view) + 1);
    const known = (await compute(connection, plan, needed)).get(view.name)!;
    const places = truncated.places.get(view.rows)!;
    // What was known by an earlier T was known by this one too, so the rows of earlier T must stand as well.
    const before = new Map(all.get(view.name)!.map(other => [`${other.place} ${other.at}`, other]));
    const again = known.flatMap((now): [Computed, Computed][] => {
      const place = places[now.place]!;
      const full = now.at !== null && now.at <= at ? before.get(`${place} ${now.at}`) : undefined;
      return full ? [[full, now]] : [];
    });
    // A grid ends with the last event that is known, so only there a row may not be there yet.
    assert.ok(
      view.moment === undefined || again.some(([full]) => full === row),
      `row ${row.place} of ${view.name} at ${at} is gone`,
    );
    for (const [full, now] of again) {
      const feature = plan.views[view.name]!.features.find(
        f => !f.label && !same(full.values[f.name], now.values[f.name]),
      );
      counts.compared += plan.views[view.name]!.features.length;
      if (!feature) continue;
      return {
        view: view.name,
        feature: feature.name,
        truncatedAt: at,
        at: full.at!,
        row: tables.get(view.rows)![full.place],
        all: full.values[feature.name],
        known: now.values[feature.name],
        truncated: truncated.tables,
      };
    }
  }
  return undefined;
}

const counts = { compared: 0 };

/** The codes by which family 3 refuses what would see the future. */
const availability = /^MLP400[2479]$/;

/** The plan of a spec as if nothing had judged its flow. */
function unjudged(result: ReturnType<typeof compile>): Plan {
  const { draft, needs } = lowerProgram(result.program, { version: compilerVersion });
  return finishPlan(draft, needs);
}

test('what family 3 accepts stands the truncation test; some of each kind that it refuses does not', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const connection = await openDuckDB(1);
  const wanted = rounds(40, 3000);
  const refused = new Map<string, { specs: number; violate: number }>();
  let accepted = 0;
  let drawn = 0;
  const shown = (): boolean =>
    ['MLP4002', 'MLP4004', 'MLP4007'].every(code => (refused.get(code)?.violate ?? 0) > 0);
  for (; (accepted < wanted || !shown()) && drawn < wanted * 20; drawn++) {
    const spec = drawSpec(random, accepted < wanted ? undefined : { ahead: 0.2, mixed: 0.5 });
    const result = compile(memoryHost({ 'main.mlp': spec.text }));
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
    const codes = new Set(errors.map(({ code }) => code));
    if (result.plan) {
      if (accepted >= wanted) continue;
      accepted++;
      const found = await violation(connection, random, spec, result.plan, 2);
      if (found) assert.unreachable(report(spec, found));
      continue;
    }
    assert.ok(
      [...codes].every(code => code.startsWith('MLP4')),
      `${errors.map(e => `${e.code} ${e.message}`).join('\n')}\n${spec.text}`,
    );
    const [code] = codes;
    if (codes.size !== 1 || !availability.test(code!)) continue;
    const kind = refused.get(code!) ?? { specs: 0, violate: 0 };
    refused.set(code!, kind);
    if (kind.specs >= wanted / 10 && kind.violate > 0) continue;
    kind.specs++;
    if (await violation(connection, random, spec, unjudged(result), 2)) kind.violate++;
  }
  console.log(
    `${drawn} specs, ${accepted} accepted, ${counts.compared} values compared; refused and shown to see the future: ${[
      ...refused,
    ]
      .map(([code, { specs, violate }]) => `${code} ${violate} of ${specs}`)
      .join(', ')}`,
  );
  assert.ok(accepted >= wanted, `only ${accepted} specs were accepted`);
  assert.ok(shown(), 'a kind of refusal was never needed');
});

test('a view that is read before its rows arrive is refused, and sees the future', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const spec = earlyView();
  const result = compile(memoryHost({ 'main.mlp': spec.text }));
  assert.equal([...new Set(result.diagnostics.map(({ code }) => code))], ['MLP4009']);
  const connection = await openDuckDB(1);
  for (let i = 0; i < 20; i++) if (await violation(connection, random, spec, unjudged(result), 2)) return;
  assert.unreachable('the refusal was never needed');
});

function report(spec: DrawnSpec, { truncated, ...found }: Violation): string {
  const tables = [...truncated].map(
    ([name, rows]) => `${name}\n${rows.map(row => `  ${JSON.stringify(row)}`).join('\n')}`,
  );
  return `${spec.text}\n${JSON.stringify(found, (_, x: unknown) => (typeof x === 'bigint' ? Number(x) : x), 1)}\nknown by then:\n${tables.join('\n')}`;
}

test.run();
