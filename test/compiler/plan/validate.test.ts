import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanCheck } from '../../../compiler/plan/validate.ts';
import { loadPlan, validatePlan } from '../../../compiler/plan/validate.ts';
import { isFresh } from '../../../scripts/plan-schema.ts';
import { Random, rounds } from '../../support/random.ts';

// biome-ignore lint/suspicious/noExplicitAny: plans are broken here
type Loose = any;
const text = (name: string): string =>
  readFileSync(new URL(`../../fixtures/plans/${name}.plan.json`, import.meta.url), 'utf8');
const flights = text('flights');
const errors = (check: PlanCheck): string => (check.ok ? '' : check.errors.join('\n'));
async function afterwards(change: (plan: Loose) => void): Promise<string> {
  const plan = JSON.parse(flights);
  change(plan);
  return errors(await validatePlan(plan));
}

test('the schema is that of the types', () => {
  assert.is(isFresh(), true, 'run node --import tsx scripts/plan-schema.ts');
});

test('plans load', async () => {
  for (const name of ['flights', 'penguins']) assert.is(errors(await loadPlan(text(name))), '');
});

test('what is no plan is told so', async () => {
  assert.is(errors(await loadPlan('')), 'the plan is empty');
  assert.match(
    errors(await loadPlan(flights.slice(0, 5_000))),
    /^the plan is not whole JSON, perhaps cut off/,
  );
  assert.is(errors(await loadPlan('[]')), 'a plan is a JSON object, not a list');
  assert.is(errors(await loadPlan('null')), 'a plan is a JSON object, not null');
  assert.is(errors(await loadPlan('{"name":"x"}')), 'this is not a plan: it has no field "version"');
  assert.is(
    errors(await loadPlan('{"version":"plan/2"}')),
    'the plan has version "plan/2"; this program reads plan/1: compile the spec again',
  );
});

test('a fault is told with its place in words', async () => {
  const cases: [(plan: Loose) => void, string][] = [
    [p => delete p.models.lateness.seed, 'models.lateness lacks the field "seed"'],
    [
      p => {
        p.views.Departure.features[3].expr.args[0].op = 'colum';
      },
      'views.Departure.features[3].expr.args[0].op is "colum", which plan/1 does not know',
    ],
    [
      p => {
        p.views.Departure.features[0].expr.extra = 1;
      },
      'views.Departure.features[0].expr has the field "extra", which plan/1 does not know',
    ],
    [
      p => {
        p.models.lateness.sample = { rows: 'many' };
      },
      'models.lateness.sample.rows must be number, not "many"',
    ],
    [
      p => {
        p.sources['a b'] = { ...p.sources.flights, lag: null };
      },
      'sources["a b"].lag must be number, not null',
    ],
    [
      p => {
        p.views.Departure.moment = { kind: 'colum' };
      },
      'views.Departure.moment.kind is "colum", which plan/1 does not know',
    ],
    [
      p => {
        p.steps[2].kind = 'ingst';
      },
      'steps[2].kind must be one of "ingest", "validate", "component", "features", "split", "tune", "train", "load", "baseline", "evaluate", "gate", "register", "score", "write", "deploy", "monitor", not "ingst"',
    ],
  ];
  for (const [change, expected] of cases) assert.is(await afterwards(change), expected);
});

test('names that lead nowhere and steps out of order are found', async () => {
  assert.match(
    await afterwards(p => {
      p.steps[3].inputs[0].from = 'ingest-trains';
    }),
    /step features-departure builds on the step "ingest-trains", which the plan does not have/,
  );
  assert.match(
    await afterwards(p => {
      p.steps[3].inputs[0].output = 'row';
    }),
    /step features-departure reads "row" of ingest-flights, which has no such output/,
  );
  assert.match(
    await afterwards(p => p.steps.reverse()),
    /step deploy-lateness-api stands before register-lateness, on which it builds/,
  );
  assert.match(
    await afterwards(p => {
      p.models.lateness.label.name = 'latte';
    }),
    /models\.lateness refers to the feature "Departure\.latte"/,
  );
  assert.match(
    await afterwards(p => {
      p.sources.flights.schema = 'constructor';
    }),
    /sources\.flights refers to the schema "constructor"/,
  );
});

test('a plan nested without end is refused, not crashed on', async () => {
  let deep: Loose = { op: 'literal', value: 1, type: { kind: 'int', optional: false }, at: 0 };
  for (let i = 0; i < 20_000; i++)
    deep = { op: 'call', fn: 'neg', args: [deep], type: { kind: 'int', optional: false }, at: 0 };
  assert.is(
    await afterwards(p => {
      p.models.lateness.where = deep;
    }),
    'the plan is nested too deeply to be read',
  );
});

/** Changes one place of a JSON value: another kind of value, a field less, a field more. */
function damage(root: Loose, random: Random): void {
  const next = (): number => random.next();
  let value = root;
  for (;;) {
    const keys = Object.keys(value);
    if (keys.length === 0) return;
    const key = keys[Math.floor(next() * keys.length)]!;
    const field = value[key];
    if (field !== null && typeof field === 'object' && next() < 0.85) {
      value = field;
      continue;
    }
    const others = [null, 17, -1.5, 'x', true, [], {}, [[]], { op: 'call' }];
    const choice = next();
    if (choice < 0.2 && !Array.isArray(value)) delete value[key];
    else if (choice < 0.35) value[`${key}x`] = field;
    else value[key] = others[Math.floor(next() * others.length)];
    return;
  }
}

test('damaged plans give sentences, never a crash', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const total = rounds(150, 20_000);
  let refused = 0;
  for (let i = 0; i < total; i++) {
    const plan = JSON.parse(flights);
    for (let n = 0; n < random.int(1, 3); n++) damage(plan, random);
    const check = await validatePlan(plan);
    if (check.ok) continue;
    refused += 1;
    for (const error of check.errors)
      assert.match(error, /^(the plan|this is|step|an expression|[a-z]+[.[ ])/);
  }
  // Most damage is seen; some of it (a text for a text) is a different but whole plan.
  assert.ok(refused > total / 2, `${refused} of ${total}`);
  for (let i = 0; i < 40; i++) {
    const cut = flights.slice(0, random.int(0, flights.length - 3));
    assert.is((await loadPlan(cut)).ok, false);
  }
});

test.run();
