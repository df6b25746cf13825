import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Environment, Plan } from '../../../compiler/plan/plan.ts';
import { githubActions } from '../../../compiler/targets/github-actions/index.ts';
import { pins } from '../../../compiler/targets/github-actions/pins.ts';
import { isRefused } from '../../../compiler/targets/target.ts';
import { field } from '../../support/manifests.ts';
import { schemasAreThere, workflowProblems } from '../../support/strict-schemas.ts';
import { fixturePlan } from '../../support/target-plans.ts';

interface Step {
  readonly name: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly permissions: object;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<
    Record<
      string,
      { name: string; permissions: object; 'timeout-minutes': number; 'runs-on': string; steps: Step[] }
    >
  >;
}

const emit = async (plan: Plan, options = {}): Promise<string> => {
  const files = await githubActions.emit(plan, options);
  assert.equal(
    files.map(f => f.path),
    ['.github/workflows/mlp-ci.yml'],
  );
  return files[0]!.text;
};
const withSettings = (plan: Plan, settings: Environment['settings']): Plan => ({
  ...plan,
  environment: 'ci',
  environments: {
    ci: {
      ...{
        extends: null,
        target: 'github_actions',
        settings,
        sources: {},
        sinks: {},
        connections: {},
        params: {},
      },
      ...{ models: null, deploy: null, at: 0 },
    },
  },
});

test('the workflow fits the schema, checks the spec, and tests it when it has tests', async () => {
  const penguins = fixturePlan('penguins');
  const flights = fixturePlan('flights');
  const tested = { ...flights, tests: [{ title: 't' }] } as unknown as Plan;
  for (const plan of [penguins, tested]) {
    const workflow = parse(await emit(plan)) as Workflow;
    if (schemasAreThere) assert.equal(workflowProblems(workflow), []);
    const commands = Object.values(workflow.jobs).flatMap(job => job.steps.flatMap(s => s.run ?? []));
    assert.ok(commands.some(c => c.endsWith('mlp check')));
    assert.is(
      commands.some(c => c.endsWith('mlp test')),
      plan === tested,
    );
  }
});

test('a pull request is compared with its base, which is fetched', async () => {
  const workflow = parse(await emit(fixturePlan('penguins'))) as Workflow;
  const { steps } = workflow.jobs['check']!;
  const compared = steps.find(step => step.run?.includes('--against'))!;
  assert.is(compared.run, 'npx --no-install mlp check --against HEAD^1');
  assert.is(field(compared, 'if'), "github.event_name == 'pull_request'");
  assert.is(steps[0]!.with?.['fetch-depth'], 2);
});

test('the schema does find a fault', () => {
  if (schemasAreThere)
    assert.ok(workflowProblems({ on: { push: {} }, jobs: { a: { 'runs-on': 'x', step: [] } } }).length > 0);
});

test('every job keeps the hardening checklist', async () => {
  const text = await emit(fixturePlan('flights'));
  const workflow = parse(text) as Workflow;
  assert.equal(workflow.permissions, {});
  assert.is(workflow.concurrency['cancel-in-progress'], true);
  for (const [id, job] of Object.entries(workflow.jobs)) {
    assert.ok(job.name && job['timeout-minutes'] > 0, id);
    assert.equal(job.permissions, { contents: 'read' });
    assert.match(job['runs-on'], /^ubuntu-\d/);
    for (const step of job.steps) {
      assert.ok(step.name);
      assert.not.ok(step.run?.includes(`${'$'}{{`), step.run);
      if (step.uses?.startsWith('actions/checkout@')) assert.is(step.with?.['persist-credentials'], false);
    }
  }
  for (const line of text.split('\n').filter(l => l.includes('uses:'))) {
    const [, action, commit, version] = /uses: (\S+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(line) ?? [];
    assert.ok(
      Object.values(pins).some(p => p.action === action && p.commit === commit && p.version === version),
      line,
    );
  }
  assert.match(text, /contents: read # \S/);
  assert.not.ok(/secrets\.|pull_request_target|workflow_run/.test(text));
});

test('a project in a folder of its repository, another runner, another branch', async () => {
  const plan = withSettings(fixturePlan('penguins'), {
    runner: 'ubuntu-24.04-arm',
    node: '22',
    branch: 'release/next',
  });
  const workflow = parse(await emit(plan, { folder: 'pipelines/penguins' })) as Workflow;
  assert.equal(field(workflow, 'on', 'push', 'branches'), ['release/next']);
  assert.is(field(workflow, 'defaults', 'run', 'working-directory'), 'pipelines/penguins');
  const setup = workflow.jobs['check']!.steps.find(s => s.uses?.includes('setup-node'))!;
  assert.equal(setup.with, {
    'node-version': '22',
    cache: 'npm',
    'cache-dependency-path': 'pipelines/penguins/package-lock.json',
  });
});

test('what it leaves out is listed', () => {
  const messages = githubActions
    .capabilities(fixturePlan('flights'), {})
    .map(r => `${r.severity} ${r.message}`);
  for (const left of ['pipeline `nightly`', 'monitor `lateness_watch`', 'environment `staging`'])
    assert.ok(
      messages.some(m => m.startsWith('warning') && m.includes(left)),
      left,
    );
});

test('hostile settings are refused, and hostile names never reach the workflow but in comments', async () => {
  const expression = ['$', '{{ github.event.issue.title }}'].join('');
  const hostile = [expression, 'a\nb', '$(id)', "'; id; '", '`id`', '..', '-x', ''];
  for (const text of hostile) {
    for (const setting of ['runner', 'node', 'branch'])
      assert.ok(
        isRefused(githubActions.capabilities(withSettings(fixturePlan('penguins'), { [setting]: text }), {})),
        `${setting} ${text}`,
      );
    if (text !== '')
      assert.ok(isRefused(githubActions.capabilities(fixturePlan('penguins'), { folder: text })), text);
    const plan = { ...fixturePlan('flights'), files: [`${text}.mlp`] };
    const [clean, named] = [await emit(fixturePlan('flights')), await emit(plan)];
    assert.equal(parse(named), parse(clean));
  }
});

/** Linters of others, where they are installed. */
for (const [tool, args] of [
  ['actionlint', []],
  ['zizmor', ['--offline', '--persona=auditor', '.']],
] as const) {
  test(`${tool} has nothing to say`, async () => {
    const there = await execa(tool, ['--version'], { reject: false });
    if (there.exitCode !== 0) return console.log(`${tool} is not installed`);
    const root = mkdtempSync(path.join(tmpdir(), 'mlp-actions-'));
    mkdirSync(path.join(root, '.github/workflows'), { recursive: true });
    writeFileSync(
      path.join(root, '.github/workflows/mlp-ci.yml'),
      await emit(fixturePlan('flights'), { folder: 'ml' }),
    );
    await execa('git', ['init', '-q', root]);
    const result = await execa(tool, args, { cwd: root, reject: false, all: true });
    rmSync(root, { recursive: true, force: true });
    assert.is(result.exitCode, 0, result.all);
  });
}

test.run();
