import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { manifests } from '../../../../compiler/targets/kubernetes/index.ts';
import { type Cluster, runWorkflow, type WorkflowResult } from '../../../support/argo.ts';
import { documents, workflowOf } from '../../../support/manifests.ts';
import { clusterSettings, fixturePlan, inCluster } from '../../../support/target-plans.ts';

const fake = path.join(import.meta.dirname, '../../../support/fake-program.mjs');

/** A cluster in a temporary folder: the fake program as its image, a volume with data, an empty store. */
async function withCluster(
  plan: Plan,
  modes: Record<string, string>,
  body: (run: (name: string) => Promise<WorkflowResult>, cluster: Cluster, plan: Plan) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'mlp-cluster-'));
  const mount = path.join(root, 'mount');
  const mounted = inCluster(plan, { settings: { mount } });
  const files = await manifests(mounted, {});
  for (const folder of ['app', 'store', 'volume']) mkdirSync(path.join(root, folder));
  cpSync(fake, path.join(root, 'app/main.js'));
  writeFileSync(path.join(root, 'app/package.json'), '{"type":"module"}');
  writeFileSync(path.join(root, 'app/plan.json'), JSON.stringify(mounted));
  writeFileSync(path.join(root, 'app/modes.json'), JSON.stringify(modes));
  for (const source of Object.values(plan.sources))
    writeFileSync(path.join(root, 'volume', path.basename(String(source.from.args['path']))), 'rows');
  const configMaps = Object.fromEntries(
    documents(files)
      .filter(m => m.kind === 'ConfigMap')
      .map(m => [m.metadata.name, (m as unknown as { data: Record<string, string> }).data]),
  );
  const cluster = {
    app: path.join(root, 'app'),
    configMaps,
    claims: { [clusterSettings.volume]: path.join(root, 'volume') },
    store: path.join(root, 'store'),
  };
  try {
    await body(name => runWorkflow(workflowOf(files), cluster, name), cluster, mounted);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const resultOf = (run: WorkflowResult, cluster: Cluster, step: string) =>
  JSON.parse(readFileSync(path.join(cluster.store, run.nodes[step]!.artifacts['result']!), 'utf8')) as {
    status: string;
    metrics: { digest: number };
    notes: string[];
  };

test('an emitted workflow, walked pod by pod, computes what the same steps compute one after the other', async () => {
  await withCluster(fixturePlan('penguins'), {}, async (run, cluster, plan) => {
    const walked = await run('first');
    assert.is(walked.phase, 'Succeeded', JSON.stringify(walked.nodes, null, 1));
    const expected = await sequentially(plan, cluster);
    for (const step of plan.steps)
      assert.is(resultOf(walked, cluster, step.id).metrics.digest, expected.get(step.id), step.id);
  });
});

/** The steps in their order, each in the folders of the step contract, without any workflow. */
async function sequentially(plan: Plan, cluster: Cluster): Promise<Map<string, number>> {
  const root = mkdtempSync(path.join(tmpdir(), 'mlp-sequence-'));
  const digests = new Map<string, number>();
  const volume = Object.values(cluster.claims)[0]!;
  const local = {
    ...plan,
    sources: Object.fromEntries(
      Object.entries(plan.sources).map(([name, s]) => [
        name,
        {
          ...s,
          from: { ...s.from, args: { path: path.join(volume, path.basename(String(s.from.args['path']))) } },
        },
      ]),
    ),
  };
  cpSync(cluster.app, path.join(root, 'app'), { recursive: true });
  writeFileSync(path.join(root, 'app/plan.json'), JSON.stringify(local));
  writeFileSync(path.join(root, 'params.json'), '{"version":"params/1"}');
  for (const step of plan.steps) {
    const [input, output] = [path.join(root, 'in', step.id), path.join(root, 'out', step.id)];
    mkdirSync(input, { recursive: true });
    for (const i of step.inputs)
      if ('from' in i)
        cpSync(path.join(root, 'out', i.from, i.output), path.join(input, i.name), { recursive: true });
    await execa(process.execPath, [
      path.join(root, 'app/main.js'),
      'step',
      step.id,
      '--in',
      input,
      '--out',
      output,
      '--params',
      path.join(root, 'params.json'),
    ]);
    digests.set(step.id, JSON.parse(readFileSync(path.join(output, 'result.json'), 'utf8')).metrics.digest);
  }
  rmSync(root, { recursive: true, force: true });
  return digests;
}

test('the first run finds no champion and no previous profile, the second finds what the first published', async () => {
  await withCluster(fixturePlan('flights'), {}, async (run, cluster) => {
    const first = await run('first');
    assert.is(first.phase, 'Succeeded', JSON.stringify(first.nodes, null, 1));
    assert.equal(resultOf(first, cluster, 'evaluate-lateness').notes, ['baseline', 'model', 'parts']);
    assert.equal(resultOf(first, cluster, 'validate-flights-sound').notes, ['rows']);
    const second = await run('second');
    assert.equal(resultOf(second, cluster, 'evaluate-lateness').notes, [
      'baseline',
      'champion',
      'model',
      'parts',
    ]);
    assert.equal(resultOf(second, cluster, 'validate-flights-sound').notes, ['previous', 'rows']);
  });
});

test('a gate that refuses stops the workflow before register, is not retried, and publishes no champion', async () => {
  await withCluster(fixturePlan('flights'), { 'gate-lateness': 'refuse' }, async (run, cluster) => {
    const { phase, nodes } = await run('first');
    assert.is(phase, 'Failed');
    const { log: _, ...gate } = nodes['gate-lateness']!;
    assert.is(gate.phase, 'Failed');
    assert.is(gate.exitCode, 3);
    assert.is(gate.attempts, 1);
    assert.ok(gate.artifacts['verdict'], 'the verdict is kept');
    assert.is(nodes['register-lateness']!.phase, 'Omitted');
    assert.is(nodes['publish-register-lateness']!.phase, 'Omitted');
    assert.is(nodes['publish-validate-flights-sound']!.phase, 'Succeeded');
    assert.is(resultOf({ phase, nodes }, cluster, 'gate-lateness').status, 'refused');
  });
});

test('a validation that refuses publishes no profile and stops what reads its table; a failing step is tried again', async () => {
  await withCluster(
    fixturePlan('flights'),
    { 'validate-flights-sound': 'refuse', 'ingest-airports': 'fail' },
    async run => {
      const { nodes } = await run('first');
      assert.is(nodes['validate-flights-sound']!.attempts, 1);
      assert.is(nodes['publish-validate-flights-sound']!.phase, 'Omitted');
      assert.is(nodes['features-departure']!.phase, 'Omitted');
      assert.is(nodes['ingest-airports']!.attempts, 3);
    },
  );
});

test.run();
