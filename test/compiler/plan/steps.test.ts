import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { buildSteps, dependenciesOf, goalSteps, goals, sortSteps } from '../../../compiler/plan/steps.ts';

const flights: Plan = JSON.parse(
  readFileSync(new URL('../../fixtures/plans/flights.plan.json', import.meta.url), 'utf8'),
);
const ids = (steps: readonly { readonly id: string }[] | undefined): string[] => (steps ?? []).map(s => s.id);
const step = (plan: Pick<Plan, 'steps'>, id: string) => plan.steps.find(s => s.id === id);

test('every step stands after those it builds on', () => {
  const done = new Set<string>();
  for (const s of flights.steps) {
    for (const id of dependenciesOf(s)) assert.ok(done.has(id), `${s.id} before ${id}`);
    done.add(s.id);
  }
});

test('a goal needs what it builds on, and lists what builds on it', () => {
  const { needed, beyond } = goalSteps(flights, 'lateness')!;
  assert.equal(ids(needed), [
    'ingest-flights',
    'ingest-airports',
    'validate-flights-sound',
    'features-departure',
    'split-lateness',
    'tune-lateness',
    'train-lateness',
    'baseline-lateness',
    'evaluate-lateness',
    'gate-lateness',
    'register-lateness',
  ]);
  assert.equal(ids(beyond), ['deploy-lateness-api', 'monitor-lateness-watch']);
  assert.equal(ids(goalSteps(flights, 'Departure')?.needed), [
    'ingest-flights',
    'ingest-airports',
    'validate-flights-sound',
    'features-departure',
  ]);
  assert.equal(ids(goalSteps(flights, 'airports')?.needed), ['ingest-airports']);
  assert.equal(ids(goalSteps(flights, 'train-lateness')?.needed).at(-1), 'train-lateness');
  assert.is(goalSteps(flights, 'nothing'), undefined);
});

test('a pipeline asks for its goals, and what watches them lies beyond', () => {
  const { needed, beyond } = goalSteps(flights, 'nightly')!;
  assert.is(needed.at(-1)?.id, 'deploy-lateness-api');
  assert.equal(ids(beyond), ['monitor-lateness-watch']);
  assert.ok(goals(flights).includes('nightly'));
});

test('a pipeline that names itself does not hang', () => {
  const plan: Plan = {
    ...flights,
    pipelines: { loop: { ...flights.pipelines['nightly']!, goals: ['loop', 'lateness'] } },
  };
  assert.is(goalSteps(plan, 'loop')?.needed.at(-1)?.id, 'register-lateness');
});

test('features guarded by a validation are split, and so learnt from, only after it', () => {
  const [sound] = Object.values(flights.validations);
  const validations = { ...flights.validations, departures_sound: { ...sound!, on: 'Departure' } };
  const steps = buildSteps({ ...flights, validations });
  assert.equal(step({ steps }, 'split-lateness')?.after, ['validate-departures-sound']);
  assert.equal(step({ steps }, 'features-departure')?.after, ['validate-flights-sound']);
});

test('a source guarded by a validation is read only after it', () => {
  assert.equal(step(flights, 'features-departure')?.after, ['validate-flights-sound']);
  assert.equal(step(flights, 'validate-flights-sound')?.inputs, [
    { name: 'rows', from: 'ingest-flights', output: 'rows' },
    { name: 'previous', external: 'previous', of: 'flights' },
  ]);
});

test('only what is compared with is asked for', () => {
  const model = flights.models['lateness']!;
  const plain = {
    ...model,
    gate: { ...model.gate!, rules: model.gate!.rules.slice(0, 1) },
    tune: null,
    baseline: null,
  };
  const steps = buildSteps({ ...flights, models: { lateness: plain } });
  assert.equal(
    step({ steps }, 'evaluate-lateness')?.inputs.map(i => i.name),
    ['parts', 'model'],
  );
  assert.is(step({ steps }, 'tune-lateness'), undefined);
  const ungated = buildSteps({ ...flights, models: { lateness: { ...plain, gate: null } } });
  assert.equal(
    step({ steps: ungated }, 'register-lateness')?.inputs.map(i => i.name),
    ['model', 'metrics'],
  );
});

test('ids are DNS labels, and different for different declarations', () => {
  const source = flights.sources['flights']!;
  const names = [
    'my_view',
    'MyView',
    'my-view',
    'überraschung',
    '日本',
    'x'.repeat(200),
    'HTTPLog2Daily',
    '_private',
  ];
  const steps = buildSteps({
    ...flights,
    sources: Object.fromEntries(names.map(n => [n, source])),
    validations: {},
    views: {},
    models: {},
    deployments: {},
    monitors: {},
  });
  assert.is(new Set(ids(steps)).size, names.length);
  for (const id of ids(steps)) assert.match(id, /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
  assert.equal(ids(steps).slice(0, 3), ['ingest-my-view', 'ingest-my-view-2', 'ingest-my-view-3']);
});

test('sorting keeps the order where nothing forces another, and ends on a cycle', () => {
  const blank = {
    kind: 'component',
    inputs: [],
    outputs: [],
    resources: null,
    timeout: null,
    retry: null,
    at: 0,
  } as const;
  const make = (id: string, ...after: string[]) => ({ ...blank, id, of: id, after });
  assert.equal(ids(sortSteps([make('c', 'a'), make('b'), make('a')])), ['a', 'c', 'b']);
  assert.equal(ids(sortSteps([make('x', 'y'), make('y', 'x'), make('z')])).sort(), ['x', 'y', 'z']);
});

test.run();
