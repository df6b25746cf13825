import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../compiler/index.ts';
import type { FeatureView, Plan } from '../../../compiler/plan/plan.ts';
import { viewSql } from '../../../compiler/sql/view.ts';
import type { Database } from '../../../runtime/data/duckdb.ts';
import type { Program, ViewProgram } from '../../../runtime/engine/contract.ts';
import { randomOf } from '../../../runtime/learn/random.ts';
import type { TestFault } from '../../../runtime/testing/outcome.ts';
import { drawTables } from '../../../runtime/testing/random/draw.ts';
import { examine } from '../../../runtime/testing/random/examine.ts';
import { pasted } from '../../../runtime/testing/random/paste.ts';
import { viewExamples } from '../../../runtime/testing/random/view.ts';
import { runTests } from '../../../runtime/testing/run-tests.ts';
import { drawSpec } from '../../properties/specs.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileText, memoryHost } from '../../support/specs.ts';
import { generated, withTestDatabase } from './support.ts';

test('of random specs both engines agree on drawn rows, types hold, and nothing of the future is seen', () =>
  withTestDatabase(async database => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const wanted = rounds(12, 400);
    let rows = 0;
    for (let accepted = 0; accepted < wanted; ) {
      const spec = drawSpec(random, { ahead: 0, mixed: 0 });
      const { plan } = compile(memoryHost({ 'main.mlp': spec.text }));
      if (!plan) continue;
      accepted++;
      const program = await generated(plan);
      for (const view of Object.keys(plan.views))
        for (let i = 0; i < 3; i++) {
          const tables = drawTables(plan, view, randomOf(random.int(0, 1e9)));
          rows += tables[plan.views[view]!.source]!.length;
          const found = await examine({ database, program, view }, tables, random.int(0, 1e9));
          if (found)
            assert.unreachable(
              `${spec.text}\n${found.message}\n${JSON.stringify(found.actual)}\n${pasted(plan, view, found)}`,
            );
        }
    }
    console.log(`${rows} rows`);
  }));

const shop = `import std.sources { csv }
schema Order {
  order_id: int in 1..1_000_000 @key
  customer: string matching r"[A-Z]{2}-[0-9]{3}"
  ordered: timestamp @event_time
  amount: float in 0..500 @known_after(6h)
  plan: enum { free, team }
  note: string?
}
schema Customer { customer: string @key  city: string? }
source orders: Order = csv("orders.csv")
source customers: Customer = csv("customers.csv")
features Spending from orders at ordered {
  join customers as who on who.customer == customer
  city = who.city ?? "unknown"
  words = length(note ?? "")
  spent = sum(amount over 7d by customer) ?? 0.0
  large = spent > 100.0
  weekday = weekday(ordered, "UTC")
  label dear = amount > 50
}
`;

/** The first finding of a few draws, made small, as a message and the test that shows it. */
async function shrunk(database: Database, program: Program): Promise<TestFault | null> {
  const around = { database, program, view: 'Spending' };
  const { fault } = await viewExamples(around, 40, 1, new AbortController().signal);
  return fault;
}

/** The plan with one view changed, by the text of its JSON. */
function changed(plan: Plan, change: (text: string) => string): Plan {
  const text = JSON.stringify(plan.views['Spending']);
  assert.is.not(change(text), text, 'nothing was changed');
  return { ...plan, views: { ...plan.views, Spending: JSON.parse(change(text)) as FeatureView } };
}

/** The program with SQL of a changed plan, so that batch computes something else. */
function withSql(program: Program, change: (text: string) => string): Program {
  const sql = viewSql(changed(program.plan, change), 'Spending');
  return { ...program, views: { ...program.views, Spending: { ...program.views['Spending']!, sql } } };
}

/** What the service reads, as if everything were known at once. */
function early(reads: NonNullable<ViewProgram['reads']>): NonNullable<ViewProgram['reads']> {
  const windows = Object.entries(reads.windows).map(([name, window]) => [
    name,
    { ...window, known: window.known.map(known => ({ ...known, after: 0 })) },
  ]);
  return { ...reads, windows: Object.fromEntries(windows) };
}

const swap = (from: string, to: string) => (text: string) => text.replace(from, to);

test('a fault in either engine, a broken range and a look into the future are found, and the pasted test shows them', () =>
  withTestDatabase(async database => {
    const plan = compileText(shop).plan!;
    const good = await generated(plan);
    assert.is(await shrunk(database, good), null);
    const own = good.views['Spending']!;
    const compute = own.compute as unknown as (...args: unknown[]) => Record<string, unknown>;
    const online = (change: (values: Record<string, unknown>) => Record<string, unknown>): Program => ({
      ...good,
      views: {
        ...good.views,
        Spending: { ...own, compute: (...args: unknown[]) => change(compute(...args)) } as ViewProgram,
      },
    });
    const narrow = { kind: 'int', optional: false, min: 0, max: 3 } as const;
    const narrowed = {
      ...plan.views['Spending']!,
      features: plan.views['Spending']!.features.map(f => (f.name === 'words' ? { ...f, type: narrow } : f)),
    };
    const cases: [string, Program, TestFault['kind'], RegExp][] = [
      [
        'a sign in SQL',
        withSql(good, swap('"fn":"gt","args":[{"op":"column"', '"fn":"ge","args":[{"op":"column"')),
        'engines',
        /`dear` differs/,
      ],
      [
        'a window that is longer',
        withSql(good, swap('"length":604800000', '"length":608400000')),
        'engines',
        /`spent` differs/,
      ],
      [
        'a window of the service that forgets when an amount is known',
        {
          ...good,
          views: { ...good.views, Spending: { ...own, reads: early(own.reads!) } },
        },
        'engines',
        /`(spent|large)` differs/,
      ],
      [
        'a value online',
        online(values => ({ ...values, city: String(values['city']).trim() })),
        'engines',
        /`city` differs/,
      ],
      [
        'a range',
        { ...good, plan: { ...plan, views: { ...plan.views, Spending: narrowed } } },
        'type',
        /`words` lies outside of 0\.\.3/,
      ],
      [
        'an error',
        {
          ...good,
          views: {
            ...good.views,
            Spending: {
              ...own,
              sql: own.sql.replace(
                'length(coalesce("row.note", \'\'))',
                'CASE WHEN "row.note" IS NULL THEN 0 ELSE CAST("row.note" AS BIGINT) END',
              ),
            },
          },
        },
        'engines',
        /batch refuses what online computes/,
      ],
    ];
    for (const [what, program, kind, message] of cases) {
      const fault = await shrunk(database, program);
      assert.is(fault?.kind, kind, what);
      assert.match(fault!.message, message, what);
      const rows = fault!.example!.match(/\{ /g)!.length;
      assert.ok(rows <= 4, `${what} is shown by ${rows} rows:\n${fault!.example}`);
      const { plan: pasted, diagnostics } = compileText(`${shop}\n${fault!.example}`);
      assert.equal(
        diagnostics.filter(({ severity }) => severity === 'error').map(d => d.message),
        [],
        fault!.example,
      );
      const outcome = await runTests(
        { ...pasted!, views: program.plan.views },
        { root: '.', program: async () => program },
      );
      assert.is(outcome[0]!.status, 'failed', `${what}\n${fault!.example}`);
    }
  }));

test('a program that reads what is not known yet is found by cutting the tables off', () =>
  withTestDatabase(async database => {
    const good = await generated(compileText(shop).plan!);
    // Online alike, so that nothing but the future tells.
    const soon = (text: string) => text.replace('"offset":21600000', '"offset":0');
    const fault = await shrunk(database, await generated(changed(good.plan, soon)));
    assert.is(fault?.kind, 'truncation', fault?.message);
    assert.match(fault!.message, /`(spent|large)` sees what is not known at its moment/);
  }));

test.run();
