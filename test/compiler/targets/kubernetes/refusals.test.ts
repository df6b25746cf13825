import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { capabilities } from '../../../../compiler/targets/kubernetes/check.ts';
import { manifests } from '../../../../compiler/targets/kubernetes/index.ts';
import type { TargetOptions } from '../../../../compiler/targets/target.ts';
import { fixturePlan, inCluster } from '../../../support/target-plans.ts';

const codes = (plan: Plan, options: TargetOptions = {}) => capabilities(plan, options).map(r => r.code);
const errors = (plan: Plan, options: TargetOptions = {}) =>
  capabilities(plan, options)
    .filter(r => r.severity === 'error')
    .map(r => `${r.code} ${r.message} | ${r.hint ?? ''}`);

test('without an environment, or with one for another target, it says what to name', () => {
  const flights = fixturePlan('flights');
  assert.match(errors(flights)[0]!, /^MLP6510 .*\| build for one of them: --env staging, --env production$/);
  const cluster = inCluster(fixturePlan('penguins'));
  const local = {
    ...cluster,
    environments: { cluster: { ...cluster.environments['cluster']!, target: 'local' } },
  };
  assert.match(errors(local)[0]!, /^MLP6511 .*is for the target local, not kubernetes/);
});

test('a file of this machine is refused with what to write', () => {
  const penguins = fixturePlan('penguins');
  const cluster = inCluster(penguins);
  const withPath = (file: string, settings: object = {}): Plan => {
    const plan = inCluster(penguins, { settings });
    const source = plan.sources['penguins']!;
    return { ...plan, sources: { penguins: { ...source, from: { ...source.from, args: { path: file } } } } };
  };
  assert.equal(errors(cluster), []);
  assert.match(
    errors(withPath('data/penguins.json'))[0]!,
    /^MLP6515 .*data\/penguins.json.*\| .*source penguins = …\("\/data\/penguins.json"\)/,
  );
  assert.match(
    errors(withPath('/home/me/penguins.json', { volume: null }))[0]!,
    /volume: "claim-name", mount: "\/data"/,
  );
  assert.match(errors(withPath('/data/../etc/passwd'))[0]!, /^MLP6515/);
  assert.match(errors(withPath('https://acme.com/penguins.json'))[0]!, /^MLP6503 .*volume/);
  assert.match(
    errors(withPath('npm:vega-datasets/data/penguins.json'))[0]!,
    /^MLP6516 .*npm install vega-datasets/,
  );
  assert.equal(
    capabilities(withPath('npm:vega-datasets/data/penguins.json'), {
      packageVersions: { 'vega-datasets': '3.2.1' },
    }).filter(r => r.severity === 'error'),
    [],
  );
});

test('a goal that is a deployment is refused, its model is built, and what is left out is listed', async () => {
  const flights = fixturePlan('flights');
  const plan = inCluster(flights, { pipeline: flights.pipelines['nightly']! });
  assert.match(errors(plan).join('\n'), /MLP6520 the goal `lateness_api` is a deployment.*--goal lateness/);
  const options = { goals: ['lateness'] };
  assert.equal(errors(plan, options), []);
  const notes = capabilities(plan, options)
    .map(r => r.message)
    .join('\n');
  for (const left of [
    'new_rows(flights)',
    'alert(lateness_watch)',
    'deployment `lateness_api`',
    'monitor `lateness_watch`',
  ])
    assert.ok(notes.includes(left), left);
  const readme = (await manifests(plan, options)).find(f => f.path === 'README.md')!.text;
  for (const left of ['new_rows(flights)', 'lateness_api', 'lateness_watch'])
    assert.ok(readme.includes(left), left);
  assert.match(errors(plan, { goals: ['latenes'] })[0]!, /MLP6521 .*did you mean `lateness`/);
});

test('all that is refused is said at once: settings, sources and schedules', () => {
  const penguins = fixturePlan('penguins');
  const plan = inCluster(penguins, { settings: { namespace: 'Not_A_Name', volume: null } });
  const source = plan.sources['penguins']!;
  const [name, pipeline] = Object.entries(plan.pipelines)[0]!;
  const trigger = {
    kind: 'schedule',
    cron: '0 3 * * *',
    zone: 'UTC',
    missed: 'all',
    at: pipeline.at,
  } as const;
  const codesOf = errors({
    ...plan,
    sources: { penguins: { ...source, from: { ...source.from, args: { path: 'data/penguins.json' } } } },
    pipelines: { ...plan.pipelines, [name]: { ...pipeline, interval: 1, triggers: [trigger] } },
  }).map(text => text.slice(0, 7));
  assert.equal(codesOf.sort(), ['MLP6514', 'MLP6515', 'MLP6517', 'MLP6518']);
});

test('settings that Kubernetes would refuse are refused first', () => {
  const penguins = fixturePlan('penguins');
  const wrong: [string, unknown][] = [
    ['namespace', 'ML Team'],
    ['registry', 'https://ghcr.io/acme'],
    ['artifacts', 'gs://acme'],
    ['artifacts', 's3://acme/{{x}}'],
    ['volume', '{{data}}'],
    ['mount', '/data/../etc'],
    ['mount', 'data'],
    ['image', 'ghcr.io/acme/ml'],
    ['credentials', '$(x)'],
    ['endpoint', 'http://x/{{y}}'],
  ];
  for (const [setting, value] of wrong)
    assert.match(
      errors(inCluster(penguins, { settings: { [setting]: value } })).join('\n'),
      new RegExp(`MLP6514 .${setting}: `),
      `${setting}: ${value}`,
    );
  for (const setting of ['namespace', 'registry', 'artifacts'])
    assert.match(
      errors(inCluster(penguins, { settings: { [setting]: null } })).join('\n'),
      new RegExp(`MLP6513 .*${setting}`),
    );
  const pinned = inCluster(penguins, { settings: { image: `ghcr.io/acme/ml/p@sha256:${'0'.repeat(64)}` } });
  assert.not.ok(codes(pinned).includes('MLP6523'));
  assert.ok(codes(inCluster(penguins)).includes('MLP6523'));
});

test('what Argo cannot say about schedules is refused', () => {
  const all = { kind: 'schedule', cron: '0 3 * * *', zone: 'UTC', missed: 'all', at: 0 } as const;
  assert.match(errors(inCluster(fixturePlan('penguins'), { pipeline: { triggers: [all] } }))[0]!, /^MLP6517/);
  assert.match(
    errors(inCluster(fixturePlan('penguins'), { pipeline: { interval: 86_400_000 } }))[0]!,
    /^MLP6518/,
  );
});

test.run();
