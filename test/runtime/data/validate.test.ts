import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition, Expr, TableAggregateExpr, Type, Value } from '../../../compiler/plan/plan.ts';
import { validationSql } from '../../../compiler/sql/validation.ts';
import type { Profile } from '../../../runtime/data/profile.ts';
import { type RuleReport, type ValidationReport, validate } from '../../../runtime/data/validate.ts';
import {
  planOf,
  query,
  runStep,
  type StepRun,
  schemaOf,
  sourceOf,
  stepOf,
  t,
  withFolder,
} from './support.ts';

const schema = schemaOf(
  { n: t.int({ optional: true }), f: t.float(), s: t.string(), d: t.datetime() },
  { pii: ['s'] },
);
const column = (name: string): Expr => ({
  op: 'column',
  of: 'row',
  column: name,
  type: schema.columns.find(c => c.name === name)!.type,
  at: 0,
});
const value = (v: Value, type: Type): Expr => ({ op: 'literal', value: v, type, at: 0 });
const call = (fn: string, ...args: Expr[]): Expr => ({ op: 'call', fn, args, type: t.bool(), at: 0 });
const aggregate = (name: string, type: Type, ...args: Expr[]): TableAggregateExpr => ({
  op: 'table_aggregate',
  aggregate: name,
  args,
  type,
  at: 0,
});
const psi = (name: string): Expr => ({
  op: 'call',
  fn: 'coalesce',
  args: [
    {
      op: 'drift',
      measure: 'psi',
      value: column(name),
      against: 'previous',
      args: { bins: 10, kind: 'quantile' },
      type: t.float({ optional: true }),
      at: 0,
    },
    value(0, t.float()),
  ],
  type: t.float(),
  at: 0,
});
const rule = (condition: Expr, more: Partial<Condition> = {}): Condition => ({
  severity: 'require',
  condition,
  text: 'as written',
  forEach: null,
  times: 1,
  policy: null,
  at: 7,
  ...more,
});

async function run(
  root: string,
  rows: string,
  rules: readonly Condition[],
  previous?: string,
): Promise<StepRun> {
  await mkdir(join(root, 'rows'), { recursive: true });
  await query(root, db => db.execute(`COPY (${rows}) TO '${root}/rows/data.parquet'`));
  const plan = planOf({
    schemas: { Row: schema },
    sources: { events: sourceOf('csv', 'x.csv') },
    validations: { sound: { on: 'events', rules, at: 0 } },
  });
  const external = { name: 'previous', external: 'previous', of: 'events' } as const;
  const step = { ...stepOf('validate', 'sound', ['report', 'profile']), inputs: [external] };
  const inputs = { rows: join(root, 'rows'), ...(previous === undefined ? {} : { previous }) };
  return runStep(validate, {
    plan,
    step,
    program: { validations: { sound: { sql: validationSql(plan, 'sound') } } },
    root,
    inputs,
  });
}
const reportOf = async (done: StepRun): Promise<ValidationReport> =>
  JSON.parse(await readFile(join(done.folder, 'report', 'report.json'), 'utf8')) as ValidationReport;
const rows = (n: number, f = 'i::DOUBLE'): string =>
  `SELECT CASE WHEN i % 10 > 0 THEN i END AS n, ${f} AS f, 'g' || (i % 4) AS s, TIMESTAMP '2001-01-01' + to_hours(i::INT) AS d FROM range(${n}) t(i)`;

test('rules that hold, with what was measured and what was asked', () =>
  withFolder(async root => {
    const mean = aggregate('mean', t.float(), column('f'));
    const done = await run(root, rows(100), [
      rule(call('ge', aggregate('count', t.int()), value(100, t.int()))),
      rule(call('in_range', mean, value(0, t.float()), value(60, t.float()))),
      rule(call('le', aggregate('share', t.float(), call('is_null', column('n'))), value(0.1, t.float()))),
      rule(call('gt', value(50, t.float()), mean)),
    ]);
    assert.is(done.result.status, 'succeeded');
    const told = (await reportOf(done)).rules.map(({ passed, actual, required }) => [
      passed,
      actual,
      required,
    ]);
    assert.equal(told, [
      [true, [{ text: 'count()', value: 100 }], '>= 100'],
      [true, [{ text: 'mean(f)', value: 49.5 }], 'in 0..60'],
      [true, [{ text: 'share(n is null)', value: 0.1 }], '<= 0.1'],
      [true, [{ text: 'mean(f)', value: 49.5 }], '< 50'],
    ]);
  }));

test('a require refuses, a warn notes; both say value and bound; the outputs are written all the same', () =>
  withFolder(async root => {
    const mean = aggregate('mean', t.float(), column('f'));
    const done = await run(root, rows(100), [
      rule(call('in_range', mean, value(0, t.float()), value(30, t.float())), { text: 'mean(f) in 0..30' }),
      rule(call('lt', mean, value(1, t.float())), { severity: 'warn', text: 'mean(f) < 1' }),
    ]);
    assert.is(done.result.status, 'refused');
    assert.is(done.result.error!.code, 'MLP8020');
    assert.is(done.result.error!.at, 7);
    assert.is(
      done.result.error!.message,
      'validation sound refused the data: mean(f) in 0..30: mean(f) = 49.5, required in 0..30',
    );
    assert.is(done.result.notes[1], 'warn mean(f) < 1: mean(f) = 49.5, required < 1');
    assert.is((await reportOf(done)).rules.length, 2);
    const warned = await run(root, rows(100), [
      rule(call('lt', mean, value(1, t.float())), { severity: 'warn' }),
    ]);
    assert.is(warned.result.status, 'succeeded');
    assert.is(warned.result.metrics['warned'], 1);
  }));

test('for each: groups under the minimum are skipped and counted, the worst of the others told', () =>
  withFolder(async root => {
    const most = aggregate('max', t.float(), column('f'));
    const skewed = `${rows(100)} WHERE i % 4 < 2 OR i < 8`;
    const done = await run(root, skewed, [
      rule(call('lt', most, value(97, t.float())), { forEach: { by: ['s'], minimum: 10 } }),
    ]);
    const [told] = (await reportOf(done)).rules as [RuleReport];
    assert.equal(
      { ...told.groups, failed: told.groups!.failed.map(({ values }) => values) },
      { by: ['s'], judged: 2, skipped: 2, failed: [['g1']] },
    );
    assert.is(told.reason, 'max(f) = 97, required < 97 where s is g1 (25 rows)');
    assert.is(done.result.status, 'refused');
  }));

test('drift against the last accepted profile: null without one, then measured', () =>
  withFolder(async root => {
    const rules = [rule(call('lt', psi('f'), value(0.2, t.float())), { severity: 'warn' })];
    const first = await run(root, rows(2000), rules);
    const before = await reportOf(first);
    assert.is(before.previous, false);
    assert.equal(before.rules[0]!.actual, [{ text: 'psi(f, against: previous)', value: null }]);
    assert.ok(before.rules[0]!.passed);
    const same = await reportOf(await run(root, rows(2000), rules, join(first.folder, 'profile')));
    assert.is(same.previous, true);
    assert.is(same.rules[0]!.actual[0]!.value, 0);
    const moved = await reportOf(
      await run(root, rows(2000, '(i + 1000)::DOUBLE'), rules, join(first.folder, 'profile')),
    );
    assert.not(moved.rules[0]!.passed);
    assert.ok(Number(moved.rules[0]!.actual[0]!.value) > 1);
    assert.match(moved.rules[0]!.reason!, /^psi\(f, against: previous\) = [\d.]+, required < 0\.2$/);
  }));

test('the profile holds what a later run needs, and nothing personal', () =>
  withFolder(async root => {
    const done = await run(root, rows(50), [
      rule(call('ge', aggregate('count', t.int()), value(1, t.int()))),
    ]);
    const text = await readFile(join(done.folder, 'profile', 'profile.json'), 'utf8');
    const { columns, rows: count } = JSON.parse(text) as Profile;
    assert.is(count, 50);
    assert.equal(columns['s'], { kind: 'bare', missing: 0 });
    assert.not.match(text, 'g1');
    const n = columns['n']!;
    if (n.kind !== 'number') return assert.unreachable();
    assert.equal([n.missing, n.min, n.max, n.distinct, n.points.length], [5, 1, 49, 45, 45]);
    const d = columns['d']!;
    assert.ok(d.kind === 'time' && d.min === Date.UTC(2001, 0, 1));
  }));

test('a profile that cannot be read is told, not crashed on', () =>
  withFolder(async root => {
    await mkdir(join(root, 'old'));
    await writeFile(join(root, 'old', 'profile.json'), '{"version":"profile/1","columns":');
    try {
      await run(root, rows(10), [rule(call('lt', psi('f'), value(1, t.float())))], join(root, 'old'));
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code?: string }).code, 'MLP8021');
    }
  }));

test.run();
