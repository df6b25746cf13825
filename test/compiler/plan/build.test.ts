import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import type { CompileOptions } from '../../../compiler/index.ts';
import type { Expr, Plan } from '../../../compiler/plan/plan.ts';
import { validatePlan } from '../../../compiler/plan/validate.ts';
import { children } from '../../../compiler/plan/walk.ts';
import { baseline, compileText, root } from '../../support/specs.ts';

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
function planOf(text: string | Record<string, string>, options: CompileOptions = {}): Plan {
  const { plan, diagnostics } = compileText(text, options);
  assert.is(renderText(diagnostics), '');
  return plan!;
}
const flights = read('examples/flights/flights.mlp');
const churn = read('test/fixtures/plan/churn/main.mlp');

/** An expression in one line, to compare by. */
function show(e: Expr): string {
  switch (e.op) {
    case 'literal':
      return JSON.stringify(e.value);
    case 'column':
      return e.of === 'row' ? e.column : `${e.of}.${e.column}`;
    case 'feature':
      return e.name;
    case 'metric':
      return `${e.of}.${e.metric}`;
    default:
      return `${e.op === 'call' ? e.fn : e.op}(${children(e).map(show).join(', ')})`;
  }
}

for (const [name, spec, file] of [
  ['flights', 'examples/flights/flights.mlp', 'test/fixtures/plans/flights.plan.json'],
  ['penguins', 'examples/penguins/penguins.mlp', 'test/fixtures/plans/penguins.plan.json'],
  ['churn', 'test/fixtures/plan/churn/main.mlp', 'test/fixtures/plan/churn/plan.json'],
] as const)
  test(`the plan of ${name}`, async () => {
    const plan = planOf({ [path.basename(spec)]: read(spec) });
    const check = await validatePlan(structuredClone(plan));
    assert.ok(check.ok, check.ok ? '' : check.errors.join('\n'));
    baseline(path.join(root, file), `${JSON.stringify(plan, null, 1)}\n`);
  });

test('a warning that flow gives is suppressed where it says so', () => {
  const spec = churn.replace(/ {2}\w+: \w+ from \(\w+\)\n/g, '');
  assert.equal(
    compileText(spec).diagnostics.map(d => d.code),
    ['MLP4011'],
  );
  const quiet = spec.replace(
    'let order_moods',
    '@suppress("MLP4011", "it reads the notes alone")\nlet order_moods',
  );
  assert.is(renderText(compileText(quiet).diagnostics), '');
});

test('a deployment rolls back unless its policy holds', () => {
  const given = `policy healthy(most: float) { require error_rate <= most  require p99_latency <= 50ms  warn p99_latency <= 20ms }\n`;
  const spec = `${given}${flights}`.replace(/rollback when .*/, 'rollback unless policy healthy(1%)');
  const { rollback } = planOf(spec).deployments['lateness_api']!;
  assert.is(show(rollback!.condition), 'or(not(le(measure(), 0.01)), not(le(measure(), 50)))');
  assert.is(rollback!.text, 'not healthy(1%)');
  const inverted = spec.replace('error_rate <= most', 'error_rate >= most');
  assert.ok(
    compileText(inverted).diagnostics.some(d => d.code.startsWith('MLP5')),
    'a rollback that asks for errors',
  );
});

test('the same spec gives the same bytes, and comments and white space no other hash', () => {
  const { hash } = planOf(flights);
  assert.is(JSON.stringify(planOf(flights)), JSON.stringify(planOf(flights)));
  const spread = flights
    .replace(/^ {2}/gm, '\t\t  ')
    .replaceAll(' ?? ', '   /* or */ ??\n // else\n ')
    .replaceAll('delay > 15', 'delay>15');
  assert.is.not(spread, flights);
  assert.is(planOf(spread).hash, hash);
  assert.is.not(planOf(flights.replace('delay > 15', 'delay > 16')).hash, hash);
  assert.is.not(planOf(flights.replace('seed 42', 'seed 43')).hash, hash);
});

const base = `import std.sources { csv }
schema Row { id: int @key  k: string  n: int in 0..10  m: int?  x: float  t: datetime @event_time  late: int @known_after(2h) }
source rows: Row = csv("rows.csv")
`;
const view = (items: string, more = ''): Plan =>
  planOf(`${base}${more}\nfeatures V from rows at t {\n${items}\n}\n`);
const exprs = (plan: Plan): Record<string, string> =>
  Object.fromEntries(plan.views['V']!.features.map(f => [f.name, show(f.expr)]));

test('functions, lets and params are put in', () => {
  const plan = view(
    '  a = twice(n)\n  b = quad(n) > limit\n  c = shifted(n)\n  d = n > threshold',
    `function twice(x: int) -> int = x + x
function quad(y: int) -> int = twice(twice(y))
function shifted(x: int, more: int = step) -> int = x + more
let step = 2
let limit = step * 10
param threshold: int in 0..9 = 4`,
  );
  assert.equal(exprs(plan), {
    a: 'add(n, n)',
    b: 'gt(add(add(n, n), add(n, n)), 20)',
    c: 'add(n, 2)',
    d: 'gt(n, 4)',
  });
  assert.equal(plan.params['threshold'], {
    type: { kind: 'int', optional: false, min: 0, max: 9 },
    value: 4,
    at: plan.params['threshold']!.at,
  });
});

test('a param may be set from outside', () => {
  const spec = `${base}param threshold: int in 0..9 = 4\nfeatures V from rows at t { d = n > threshold }\n`;
  const plan = planOf(spec, { set: { threshold: '7' } });
  assert.is(exprs(plan)['d'], 'gt(n, 7)');
  assert.is(plan.params['threshold']?.value, 7);
});

test('int becomes float where it meets one, and only there', () => {
  const plan = view(
    '  a = n + x\n  b = n / 2\n  c = n * 2\n  d = log1p(n)\n  e = if n > 3 then n else x\n  f = m ?? 1\n  g = x > 3\n  h = n in 1..5',
  );
  assert.equal(exprs(plan), {
    a: 'add(to_float_int(n), x)',
    b: 'div(to_float_int(n), 2)',
    c: 'mul(n, 2)',
    d: 'log1p(to_float_int(n))',
    e: 'if(gt(n, 3), to_float_int(n), x)',
    f: 'coalesce(m, 1)',
    g: 'gt(x, 3)',
    h: 'in_range(n, 1, 5)',
  });
  const kinds = plan.views['V']!.features.map(f => f.expr.type.kind);
  assert.equal(kinds, ['float', 'float', 'int', 'float', 'float', 'int', 'bool', 'bool']);
});

test('a null given to a strict function makes its result null, whatever the body does', () => {
  const plan = view(
    '  a = plain(m)\n  b = choosing(m)\n  c = tolerant(m)\n  d = choosing(n)',
    `function plain(x: int) -> int = x + 1
function choosing(x: int) -> int = if x > 3 then 1 else 0
function tolerant(x: int?) -> int = x ?? 7`,
  );
  assert.equal(exprs(plan), {
    a: 'add(m, 1)',
    b: 'if(is_null(m), null, if(gt(m, 3), 1, 0))',
    c: 'coalesce(m, 7)',
    d: 'if(gt(n, 3), 1, 0)',
  });
  assert.equal(
    plan.views['V']!.features.map(f => f.type.optional),
    [true, true, false, false],
  );
});

test('match becomes nested conditions', () => {
  const plan = view(
    '  a = match k { "x" => 1, "y" => 2, _ => 0 }\n  b = k not in {"x", "y"}\n  c = k not matching r"a+"',
  );
  assert.equal(exprs(plan), {
    a: 'if(eq(k, "x"), 1, if(eq(k, "y"), 2, 0))',
    b: 'not(in_set(k, "x", "y"))',
    c: 'not(matching(k, "a+"))',
  });
});

test('windows and joins know when their values are known', () => {
  const plan = planOf(`import std.sources { csv }
schema Row { k: string  t: datetime @event_time  seen: datetime  v: float @known_at(seen)  w: float @known_after(2h) }
schema Other { k: string  t: datetime @event_time  a: float @known_after(3h)  b: float }
source rows: Row = csv("rows.csv")
source others: Other = csv("others.csv") { lag 1h }
features V from rows at t {
  join others as o on o.k == k within 2d
  q = quantile(w over 7d by k, q: 0.9)
  s = sum(v of rows where w > 0.0 over 7d by k)
  a = o.a
  b = o.b
  n = count(others over 1d by k)
  label ahead = count(others over next 3d by k)
}
`);
  const v = plan.views['V']!;
  const windows = v.features.map(f => f.expr).filter(e => e.op === 'window');
  // biome-ignore lint/suspicious/noExplicitAny: JSON is compared
  const strip = (known: unknown): any =>
    JSON.parse(JSON.stringify(known, (k, x) => (k === 'at' ? undefined : x)));
  assert.equal(windows[0]?.args, { q: 0.9 });
  assert.equal(strip(windows[0]?.known), { latest: [{ base: 'event', offset: 7_200_000 }] });
  assert.equal(strip(windows[1]?.known), {
    latest: [
      { base: 'event', offset: 7_200_000 },
      { base: 'column', column: 'seen', offset: 0 },
    ],
  });
  assert.equal(strip(v.joins[0]?.asOf), {
    eventTime: 't',
    known: { latest: [{ base: 'event', offset: 10_800_000 }] },
    within: 172_800_000,
    withinAt: v.joins[0]?.asOf?.withinAt,
  });
  assert.equal(strip(windows[2]?.known), { latest: [{ base: 'event', offset: 3_600_000 }] });
  // Known when the time ahead is over and its rows have arrived.
  assert.equal(strip(v.features.at(-1)?.known).latest.at(-1), {
    base: 'at',
    offset: 3 * 86_400_000 + 3_600_000,
  });
  assert.equal(v.request, ['k']);
});

test('an environment replaces sources, and extends another key by key', () => {
  const staging = planOf(flights, { environment: 'staging' });
  assert.is(staging.environment, 'staging');
  assert.is(staging.sources['flights']?.from.args['path'], 's3://acme-data/flights/*.parquet');
  assert.is(staging.sources['flights']?.violations.action, 'quarantine');
  const { production } = planOf(flights).environments;
  assert.is(production?.settings['registry'], 'ghcr.io/acme/ml');
  assert.is(production?.settings['namespace'], 'ml');
  assert.equal(production?.models, { from: 'staging' });
  assert.equal(production?.deploy, { when: 'approval', what: 'ml-owners' });
  assert.is(production?.sources['airports']?.args['path'], 's3://acme-data/airports.csv');
  const laptop = planOf(churn, { environment: 'laptop' });
  assert.is(laptop.sources['orders']?.from.name, 'csv');
  assert.is(planOf(churn).sources['orders']?.from.name, 'query');
});

test('personal data stays personal until it is masked', () => {
  const tags = (name: string): readonly string[] | undefined =>
    planOf(churn).views['Spending']?.features.find(f => f.name === name)?.tags;
  assert.equal(tags('age'), ['masked']);
  assert.equal(tags('visitor'), ['masked']);
  assert.equal(tags('plan'), []);
  assert.equal(tags('churned'), ['label']);
});

test('a policy is told in the words of its use', () => {
  const rule = planOf(churn).models['churn']?.gate?.rules[1];
  assert.is(rule?.text, 'auc >= (champion.auc ?? 0.7) - 0.005');
  assert.is(rule?.policy, 'safe');
});

test("a trainer's resources are those of the steps that train", () => {
  const { steps } = planOf(churn);
  const cpu = (id: string): number | null | undefined => steps.find(s => s.id === id)?.resources?.cpu;
  assert.is(cpu('train-churn'), 4);
  assert.is(cpu('register-churn'), undefined);
  assert.is(cpu('component-order-moods'), 1);
});

test("a function's test runs its body on the given arguments", () => {
  const plan = planOf(`function twice(x: int) -> int = x + x
test "doubles" of twice { given { x: 21 }  expect twice == x * 2  expect twice == 42 }
`);
  assert.is(plan.tests[0]?.kind, 'function');
  assert.is(
    plan.tests[0]!.expect.map(e => show(e.condition)).join(' '),
    'eq(add(21, 21), mul(21, 2)) eq(add(21, 21), 42)',
  );
});

test('declarations of several files are one plan', () => {
  const plan = planOf({
    'a.mlp': `import "./b.mlp" { rows }\nfeatures V from rows at t { use k }\nvalidation sound on rows { require count() > 5 }\n`,
    'b.mlp': base,
  });
  assert.equal(plan.files, ['a.mlp', 'b.mlp']);
  assert.equal(
    plan.steps.map(s => s.id),
    ['ingest-rows', 'validate-sound', 'features-v'],
  );
});

test('broken specs lower as far as they go, without a plan and without a crash', () => {
  for (const spec of [flights, churn])
    for (let cut = 0; cut < spec.length; cut += 397) {
      assert.type(compileText(spec.slice(0, cut)).diagnostics.length, 'number');
      const gap = spec.slice(0, cut) + spec.slice(cut + 41);
      const result = compileText(gap);
      const broken = result.diagnostics.some(d => d.severity === 'error');
      assert.is(result.plan === undefined, broken);
    }
});

test.run();
