import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Construct, Plan } from '../../../../compiler/plan/plan.ts';
import { capabilities } from '../../../../compiler/targets/kubernetes/check.ts';
import { manifests } from '../../../../compiler/targets/kubernetes/index.ts';
import { workflowOf } from '../../../support/manifests.ts';
import { fixturePlan, inCluster } from '../../../support/target-plans.ts';

interface Template {
  readonly name: string;
  readonly container?: { readonly env: readonly { readonly name: string; readonly valueFrom?: unknown }[] };
}

/** The penguins, read over a connection. */
function connected(from: Construct, connections: Plan['connections'], settings: object = {}): Plan {
  const plan = inCluster(fixturePlan('penguins'), { settings });
  const source = plan.sources['penguins']!;
  return { ...plan, connections, sources: { penguins: { ...source, from } } };
}

async function variables(plan: Plan): Promise<Record<string, unknown[]>> {
  assert.equal(
    capabilities(plan, {}).filter(({ severity }) => severity === 'error'),
    [],
  );
  const { templates } = workflowOf(await manifests(plan, {})).spec as unknown as { templates: Template[] };
  return Object.fromEntries(
    templates.map(({ name, container }) => [
      name,
      (container?.env ?? []).filter(({ valueFrom }) => valueFrom),
    ]),
  );
}

const query: Construct = { name: 'query', args: { connection: { ref: 'shop' }, text: 'select 1' }, at: 0 };
const shop: Construct = { name: 'postgres', args: { url: { secret: 'SHOP_URL' } }, at: 0 };

test('the secrets of a connection reach the step that reads over it, by name, and no other', async () => {
  const of = await variables(connected(query, { shop }));
  assert.equal(of['ingest-penguins'], [
    { name: 'SHOP_URL', valueFrom: { secretKeyRef: { name: 'mlp-secrets', key: 'SHOP_URL' } } },
  ]);
  const { 'ingest-penguins': _, ...others } = of;
  assert.ok(Object.values(others).every(variables => variables.length === 0));
});

test('the target names the secret; an object store without keys of its own takes the usual ones', async () => {
  const from: Construct = { name: 'json', args: { path: 's3://acme/p.json', connection: null }, at: 0 };
  const of = await variables(connected(from, {}, { secrets: 'team-secrets' }));
  assert.equal(
    of['ingest-penguins'],
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map(name => ({
      name,
      valueFrom: { secretKeyRef: { name: 'team-secrets', key: name } },
    })),
  );
  const bad = capabilities(connected(query, { shop }, { secrets: 'Team Secrets' }), {});
  assert.ok(bad.some(({ code, message }) => code === 'MLP6514' && message.includes('secrets')));
});

test('the README says which keys the secret needs', async () => {
  const files = await manifests(connected(query, { shop }), {});
  const readme = files.find(({ path }) => path.endsWith('README.md'))!.text;
  assert.match(readme, /The secret `mlp-secrets` of the namespace has the key `SHOP_URL`/);
});

test.run();
