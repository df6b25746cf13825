// The churn example on a laptop, from orders to answers: a component, a trainer and a metric in Python, a model as ONNX
// through evaluation, gate, registry, batch scoring and the service, which answers what the batch wrote, to the bit.
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planOf } from '../../cli/compile.ts';
import { generatedProgram } from '../../cli/program.ts';
import { literal } from '../../runtime/data/sql.ts';
import type { OnlineValue } from '../../runtime/features/online/contract.ts';
import { openOnlineFeatures } from '../../runtime/features/online/open.ts';
import { openStore } from '../../runtime/store/store.ts';
import { sharePython, withoutPython } from '../runtime/foreign/support.ts';
import { post, serveProcess } from '../runtime/serve/trained.ts';
import { openDuckDB, query } from '../support/duckdb.ts';
import { mlp, project, repository } from './support.ts';

/** The sample ends here; the spec wants fresh orders. */
const END = '2024-11-26T12:00:00Z';
/** Moments from here on are compared with the batch. */
const SINCE = '2024-10-01T00:00:00Z';
const ON_LAPTOP = ['--env', 'laptop'];

const customersOf = (cwd: string): string => `read_csv(${literal(path.join(cwd, 'sample/customers.csv'))})`;

/** Each feature of each row of the view since then: online what the run has computed. */
async function assertFeaturesAgree(cwd: string): Promise<void> {
  const { program } = await generatedProgram(cwd, planOf({ project: cwd, env: 'laptop' }).plan);
  const store = await openStore(cwd);
  const steps = store.runs.list().flatMap(({ id }) => store.runs.steps(id));
  const { outputs } = steps.find(step => step.kind === 'features' && step.outputs['rows'] !== undefined)!;
  const file = path.join(store.artifacts.folder(outputs['rows']!), 'data.parquet');
  store.close();
  const connection = await openDuckDB();
  const rows = await query(
    connection,
    `SELECT b.*, epoch_us(b.__at)::DOUBLE AS moment, c.birth_year, c.email
     FROM read_parquet(${literal(file)}) b JOIN ${customersOf(cwd)} c USING (customer_id)
     WHERE b.__at >= '${SINCE}'::TIMESTAMPTZ ORDER BY b.__at, customer_id`,
  );
  connection.closeSync();
  assert.ok(rows.length > 10_000, `${rows.length} rows`);
  const names = program.plan.views['Spending']!.features.flatMap(({ name, label }) => (label ? [] : [name]));
  assert.equal(names.length, 7);
  const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value) as OnlineValue;
  const online = await openOnlineFeatures(program, ['Spending'], { root: cwd, environment: 'laptop' });
  const found = await online.compute(
    rows.map(row => ({
      row: Object.fromEntries(online.requestColumns.map(name => [name, plain(row[name])])),
      at: Number(row['moment']),
    })),
  );
  await online.close();
  for (const [i, row] of rows.entries())
    for (const name of names)
      assert.is(found[i]![name], plain(row[name]), `${name} of customer ${row['customer_id']}, row ${i}`);
  console.log(`${rows.length} rows of ${names.length} features compared`);
}

if (withoutPython) test(`skipped: ${withoutPython}`, () => undefined);
else
  test('churn: trained in Python, scored in a batch, served as scored', async () => {
    const cwd = project({});
    cpSync(path.join(repository, 'examples/churn'), cwd, {
      recursive: true,
      filter: file => !file.includes('.mlp/') && !file.endsWith('/.mlp'),
    });
    sharePython(cwd);
    const done = async (...args: string[]): Promise<string> => {
      const { code, out, err } = await mlp([...args, ...ON_LAPTOP], { cwd, timeout: 400 });
      assert.is(code, 0, `mlp ${args.join(' ')}\n${out}${err}`);
      return out;
    };
    const stale = await mlp(['run', 'churn', ...ON_LAPTOP], { cwd, timeout: 60 });
    assert.equal([stale.code, /MLP8110/.test(stale.out)], [1, true]);
    const trained = await done('run', 'churn', '--to', END);
    assert.ok(Number(/auc\s+(0\.\d+)/.exec(trained)?.[1]) > 0.88, trained);
    assert.match(trained, /lift_at_tenth/);
    assert.match(trained, /approval of growth-team still needed[\s\S]*waits for the approval of growth-team/);
    await done('models', 'churn', '--promote', '1');
    const scored = await done('run', 'churn_scores', '--to', END, '--html', 'page.html');
    for (const report of [scored, readFileSync(path.join(cwd, 'page.html'), 'utf8')]) {
      assert.match(report, /rows written to out\/scores\.parquet/);
      assert.not.match(report, /still needed/, 'who has agreed is not waited for');
    }
    assert.match(await done('run', 'churn_vendor', '--to', END), /churn_vendor version 1/);
    await done('features', 'materialize', 'churn_api', '--from', SINCE, '--to', END);
    await assertFeaturesAgree(cwd);

    const connection = await openDuckDB();
    const rows = await query(
      connection,
      `SELECT customer_id::INT AS customer_id, birth_year::INT AS birth_year, plan, country, churn,
         strftime("at" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS at
       FROM ${literal(path.join(cwd, 'out/scores.parquet'))} JOIN ${customersOf(cwd)} USING (customer_id)
       WHERE "at" >= '${SINCE}'::TIMESTAMPTZ AND epoch("at")::BIGINT // 86400 % 5 = 0 ORDER BY "at", customer_id`,
    );
    connection.closeSync();
    assert.ok(rows.length > 2000, `${rows.length} rows`);
    const service = await serveProcess(['churn_api', ...ON_LAPTOP], cwd);
    try {
      for (let i = 0; i < rows.length; i += 1000) {
        const part = rows.slice(i, i + 1000);
        const asked = part.map(({ churn: _, ...row }) => row);
        const { status, body } = await post(`${service.url}/predict`, { rows: asked });
        assert.is(status, 200, JSON.stringify(body).slice(0, 500));
        const { predictions } = body as { predictions: readonly { probability: number }[] };
        assert.equal(
          predictions.map(({ probability }) => probability),
          part.map(({ churn }) => churn),
        );
      }
    } finally {
      await service.stop();
    }
  });

test.run();
