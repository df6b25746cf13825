import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, parseDocument } from 'yaml';
import type { Plan, Step } from '../../../../compiler/plan/plan.ts';
import { manifests } from '../../../../compiler/targets/kubernetes/index.ts';
import { documents, field, workflowOf, yamlFiles } from '../../../support/manifests.ts';
import { danglingReferences } from '../../../support/references.ts';
import { problemsOf, schemasAreThere } from '../../../support/strict-schemas.ts';
import { clusterSettings, fixturePlan, inCluster } from '../../../support/target-plans.ts';

const outside = { claims: [clusterSettings.volume], secrets: [] };

const plans: readonly [string, Plan][] = [
  ['penguins', inCluster(fixturePlan('penguins'))],
  ['flights', inCluster(fixturePlan('flights'))],
  [
    'two schedules',
    inCluster(fixturePlan('penguins'), { pipeline: { triggers: twoSchedules(), concurrency: 'replace' } }),
  ],
  [
    'a store with keys',
    inCluster(fixturePlan('penguins'), { settings: { endpoint: 'http://minio:9000', credentials: 'minio' } }),
  ],
];
function twoSchedules(): Plan['pipelines'][string]['triggers'] {
  const at = (cron: string, zone: string) =>
    ({ kind: 'schedule', cron, zone, missed: 'skip', at: 0 }) as const;
  return [at('0 3 * * *', 'UTC'), at('0 15 * * *', 'UTC'), at('30 6 * * 1', 'Asia/Tokyo')];
}

for (const [name, plan] of plans) {
  test(`${name}: every manifest fits the strict schemas`, async () => {
    if (!schemasAreThere) return;
    for (const file of yamlFiles(await manifests(plan, {}))) {
      const document = parseDocument(file.text, { uniqueKeys: true });
      assert.equal(document.errors, [], file.path);
      assert.equal(problemsOf(document.toJS()), [], file.path);
    }
  });
  test(`${name}: every reference leads somewhere`, async () => {
    assert.equal(danglingReferences(documents(await manifests(plan, {})), outside), []);
  });
}

test('the strict schemas and the reference checker do find faults', async () => {
  const files = await manifests(plans[0]![1], {});
  if (schemasAreThere) {
    const workflow = workflowOf(files) as unknown as { spec: Record<string, unknown> };
    workflow.spec['serviceAcountName'] = 'mlp';
    assert.is(problemsOf(workflow as never).length, 1);
  }
  const broken = documents(files).map(m =>
    JSON.parse(JSON.stringify(m).replaceAll('"split-species"', '"split-spices"')),
  );
  assert.match(danglingReferences(broken, outside).join('\n'), /without waiting|not there/);
  assert.match(
    danglingReferences(documents(files), { claims: [], secrets: [] }).join('\n'),
    /no claim penguins/,
  );
});

test('the same plan gives the same bytes, with the plan named at the head of each', async () => {
  const [first, second] = [
    await manifests(plans[1]![1], {}),
    await manifests(structuredClone(plans[1]![1]), {}),
  ];
  assert.equal(first, second);
  for (const file of first) assert.ok(file.text.includes(plans[1]![1].hash), file.path);
});

test('kustomization.yaml lists exactly the manifests', async () => {
  const files = await manifests(plans[1]![1], {});
  const listed = (parse(files.find(f => f.path === 'kustomization.yaml')!.text) as { resources: string[] })
    .resources;
  assert.equal(
    listed,
    yamlFiles(files)
      .map(f => f.path)
      .filter(f => f !== 'kustomization.yaml'),
  );
});

test('every pod keeps the security baseline', async () => {
  const { spec } = workflowOf(await manifests(plans[1]![1], {}));
  assert.is(field(spec, 'securityContext', 'runAsNonRoot'), true);
  const containers = spec.templates.flatMap(t => (t.container ? [t.container] : []));
  assert.is(containers.length, 13);
  for (const container of containers) {
    assert.is(container.name, 'main');
    assert.equal(field(container, 'securityContext', 'capabilities'), { drop: ['ALL'] });
    assert.is(field(container, 'securityContext', 'allowPrivilegeEscalation'), false);
    assert.is(field(container, 'securityContext', 'readOnlyRootFilesystem'), true);
    assert.ok(
      field(container, 'resources', 'requests', 'cpu') && field(container, 'resources', 'requests', 'memory'),
    );
    assert.is(
      field(container, 'resources', 'limits', 'memory'),
      field(container, 'resources', 'requests', 'memory'),
    );
    assert.is(field(container, 'imagePullPolicy'), 'IfNotPresent');
  }
});

test('a pipeline becomes its schedules, one CronWorkflow for each time zone', async () => {
  const crons = documents(await manifests(plans[2]![1], {})).filter(m => m.kind === 'CronWorkflow');
  assert.equal(
    crons.map(c => [
      c.metadata.name,
      ...['schedules', 'timezone', 'concurrencyPolicy'].map(key => field(c, 'spec', key)),
    ]),
    [
      ['nightly', ['0 3 * * *', '0 15 * * *'], 'UTC', 'Replace'],
      ['nightly-2', ['30 6 * * 1'], 'Asia/Tokyo', 'Replace'],
    ],
  );
  assert.is(field(crons[0], 'spec', 'startingDeadlineSeconds'), 0);
  assert.match(String(field(crons[0], 'spec', 'when')), /Seconds\(\) >= 21600\}\}$/);
});

test('a step’s own resources, time-out and retries reach its pod and its parameters', async () => {
  const plan = inCluster(fixturePlan('penguins'));
  const steps: Step[] = plan.steps.map(step =>
    step.kind === 'train'
      ? {
          ...step,
          resources: { cpu: 2.5, memory: 8 * 1024 ** 3, gpu: 1, workers: null },
          timeout: 90_500,
          retry: { times: 1, after: 0 },
        }
      : step,
  );
  const files = await manifests({ ...plan, steps }, {});
  const train = workflowOf(files).spec.templates.find(t => t.name === 'train-species');
  assert.equal(field(train, 'container', 'resources', 'requests'), {
    cpu: '2500m',
    memory: '8192Mi',
    'nvidia.com/gpu': 1,
  });
  assert.is(train?.activeDeadlineSeconds, 91);
  assert.is(train?.retryStrategy?.limit, '1');
  assert.ok(train?.container?.args?.includes('/etc/mlp/train-species.json'));
  const params = documents(files).find(m => m.metadata.name.startsWith('nightly-params-'));
  assert.equal(JSON.parse(String(field(params, 'data', 'train-species.json'))), {
    version: 'params/1',
    from: null,
    to: null,
    overrides: {},
    threads: 2,
    memory: '5734MiB',
  });
  assert.equal(danglingReferences(documents(files), outside), []);
});

test.run();
