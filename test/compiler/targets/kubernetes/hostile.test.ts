import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { capabilities } from '../../../../compiler/targets/kubernetes/check.ts';
import { manifests } from '../../../../compiler/targets/kubernetes/index.ts';
import { isRefused } from '../../../../compiler/targets/target.ts';
import { documents } from '../../../support/manifests.ts';
import { danglingReferences } from '../../../support/references.ts';
import { problemsOf, schemasAreThere } from '../../../support/strict-schemas.ts';
import { clusterSettings, fixturePlan, inCluster } from '../../../support/target-plans.ts';

const outside = { claims: [clusterSettings.volume], secrets: [] };

test('hostile names are refused or harmless: no text of the spec becomes a template, a command or another key', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (n: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % n;
  };
  const parts = [
    '{{',
    '}}',
    ['$', '{{ secrets.X }}'].join(''),
    '$(id)',
    '`id`',
    "'; rm -rf /; '",
    '"',
    '\n',
    '#',
    ': ',
    '- ',
    '../',
    '/',
    '\u0000',
    '\u2028',
    '*/',
    'é',
    'x',
    'yes',
    '1:30',
    '%',
    '&a',
    '!!js',
    '|',
    '\\',
  ];
  const text = (): string =>
    Array.from({ length: 1 + random(4) }, () => parts[random(parts.length)]).join('');
  const own =
    /^\{\{(?:tasks\.[a-z0-9-]+\.outputs\.artifacts\.[A-Za-z0-9_-]+|workflow\.name|pod\.name|=cronworkflow\.lastScheduledTime == nil \|\| \(now\(\) - cronworkflow\.lastScheduledTime\)\.Seconds\(\) >= [0-9]+)\}\}$/;
  let emitted = 0;
  for (let i = 0; i < (process.env['FUZZ_LONG'] ? 3000 : 150); i++) {
    const [source, model, doc, name, file] = [text(), text(), text(), text(), text()];
    const plan = hostile(source, model, doc, name, file);
    if (isRefused(capabilities(plan, { name }))) continue;
    emitted++;
    for (const output of await manifests(plan, { name })) {
      if (!output.path.endsWith('.yaml')) continue;
      assert.ok(/^[a-z0-9-]+\.yaml$/.test(output.path), output.path);
      const value = parse(output.text) as { kind: string; spec?: unknown; data?: unknown };
      const templated = JSON.stringify({ spec: value.spec, data: value.data });
      for (const [tag] of templated.matchAll(/\{\{.*?\}\}/g)) assert.match(tag, own, output.path);
      assert.not.ok(templated.replace(/\{\{.*?\}\}/g, '').includes('{{'), output.path);
      assert.not.ok(templated.includes('$('), output.path);
      if (schemasAreThere && i % 10 === 0) assert.equal(problemsOf(value as never), [], output.path);
    }
    assert.equal(danglingReferences(documents(await manifests(plan, { name })), outside), []);
  }
  assert.ok(emitted > 5, `only ${emitted} were emitted`);
});

/** The penguins with other names: whatever back-ticks allow. */
function hostile(source: string, model: string, doc: string, pipeline: string, file: string): Plan {
  const plan = inCluster(fixturePlan('penguins'));
  const rename = (value: string): string =>
    value === 'penguins' ? source : value === 'species' ? model : value;
  const steps = plan.steps.map(step => ({
    ...step,
    of: rename(step.of),
    inputs: step.inputs.map(input => ({ ...input, name: rename(input.name) })),
  }));
  const penguins = plan.sources['penguins']!;
  const from = { ...penguins.from, args: { path: `/data/${file}` } };
  const nightly = { ...plan.pipelines['nightly']!, goals: [model], doc };
  return {
    ...plan,
    files: [`${file}.mlp`],
    steps,
    sources: { [source]: { ...penguins, from } },
    models: { [model]: plan.models['species']! },
    pipelines: { [pipeline]: nightly },
  };
}

test.run();
