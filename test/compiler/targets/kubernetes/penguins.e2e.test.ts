import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeHost } from '../../../../cli/host.ts';
import { compile } from '../../../../compiler/index.ts';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { kubernetes } from '../../../../compiler/targets/kubernetes/index.ts';
import { isRefused } from '../../../../compiler/targets/target.ts';
import { transpile, typescript } from '../../../../compiler/targets/typescript/index.ts';
import { type Cluster, runWorkflow } from '../../../support/argo.ts';
import { installRuntime } from '../../../support/image.ts';
import { documents, field, workflowOf, yamlFiles } from '../../../support/manifests.ts';
import { writeAll } from '../../../support/program-check.ts';
import { danglingReferences } from '../../../support/references.ts';
import { problemsOf, schemasAreThere } from '../../../support/strict-schemas.ts';

const repository = path.join(import.meta.dirname, '../../../..');
const data = path.join(repository, 'node_modules/vega-datasets/data/penguins.json');

/** The penguins example as it is, with an environment whose volume holds its data. */
function project(root: string): string {
  const folder = path.join(root, 'project');
  cpSync(path.join(repository, 'examples/penguins'), folder, {
    recursive: true,
    filter: file => !file.includes('.mlp/') && !file.endsWith('node_modules'),
  });
  const cluster = `
pipeline nightly {
  run species
  on schedule("0 3 * * *", zone: "Europe/Berlin")
  timeout 1h
}

environment cluster {
  target kubernetes {
    namespace: "ml"
    registry: "ghcr.io/acme/ml"
    artifacts: "s3://acme-ml"
    volume: "penguins"
    mount: "${root}/mount"
  }
  source penguins = json("${root}/mount/penguins.json")
}
`;
  const spec = path.join(folder, 'penguins.mlp');
  writeFileSync(spec, readFileSync(spec, 'utf8') + cluster);
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

const metricsIn = (folder: string): unknown => {
  const { overall, slices } = JSON.parse(readFileSync(path.join(folder, 'metrics.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return { overall, slices };
};

/** What the same program computes when it runs on this machine, as `mlp run` runs it. */
async function localMetrics(root: string, folder: string): Promise<unknown> {
  const plan = compiled(folder);
  const program = path.join(root, 'program');
  writeAll(program, await transpile(await typescript.emit(plan, {})));
  await installRuntime(program);
  const args = [path.join(program, 'main.js'), 'run', 'species', '--root', folder];
  const run = await execa(process.execPath, args, { cwd: folder, reject: false, all: true });
  assert.is(run.exitCode, 0, run.all);
  const store = path.join(folder, '.mlp');
  const files = readdirSync(store, { recursive: true, encoding: 'utf8' });
  const made = files.filter(file => path.basename(file) === 'metrics.json');
  assert.is(made.length, 1, 'one run makes one metrics.json');
  return metricsIn(path.join(store, path.dirname(made[0]!)));
}

function compiled(folder: string, environment?: string): Plan {
  const { plan, diagnostics } = compile(nodeHost(folder), environment === undefined ? {} : { environment });
  assert.ok(plan, diagnostics.map(d => d.message).join('\n'));
  return plan as Plan;
}

test('the penguins’ workflow, walked pod by pod on the generated program, ends with the metrics of `mlp run`', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'mlp-e2e-'));
  try {
    const folder = project(root);
    const plan = compiled(folder, 'cluster');
    assert.not.ok(isRefused(kubernetes.capabilities(plan, {})));
    const files = await kubernetes.emit(plan, {});
    for (const file of yamlFiles(files).filter(f => f.path !== 'kustomization.yaml'))
      if (schemasAreThere) assert.equal(problemsOf(documents([file])[0]!), [], file.path);
    assert.equal(danglingReferences(documents(files), { claims: ['penguins'], secrets: [] }), []);

    const image = path.join(root, 'build');
    writeAll(image, files);
    const app = path.join(image, 'image/app');
    await installRuntime(app);
    for (const name of ['store', 'volume']) mkdirSync(path.join(root, name));
    cpSync(data, path.join(root, 'volume/penguins.json'));
    const maps = documents(files).filter(m => m.kind === 'ConfigMap');
    const cluster: Cluster = {
      app,
      configMaps: Object.fromEntries(
        maps.map(m => [m.metadata.name, field(m, 'data') as Record<string, string>]),
      ),
      claims: { penguins: path.join(root, 'volume') },
      store: path.join(root, 'store'),
    };
    const run = await runWorkflow(workflowOf(files), cluster, 'first');
    const told = Object.entries(run.nodes).map(([id, n]) => `${id} ${n.phase} ${n.message}\n${n.log}`);
    assert.is(run.phase, 'Succeeded', told.join('\n'));
    const walked = metricsIn(path.join(cluster.store, run.nodes['evaluate-species']!.artifacts['metrics']!));
    assert.equal(walked, await localMetrics(root, folder));

    // A program whose gate refuses: the same pods, a floor that no model reaches.
    const strict = files.map(f => ({
      ...f,
      text: f.path.endsWith('plan.json') ? raiseFloor(f.text) : f.text,
    }));
    writeAll(image, strict);
    const refused = await runWorkflow(workflowOf(files), cluster, 'second');
    assert.is(refused.phase, 'Failed');
    assert.is(refused.nodes['gate-species']!.exitCode, 3, refused.nodes['gate-species']!.log);
    assert.is(refused.nodes['register-species']!.phase, 'Omitted');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** The plan with `accuracy >= 0.9` made `accuracy >= 1.1`, past the compiler, which would not let it be. */
const raiseFloor = (plan: string): string => plan.replace(/"value": 0\.9\b/, '"value": 1.1');

test.run();
