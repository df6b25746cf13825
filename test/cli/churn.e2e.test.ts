// The churn example on a laptop, from orders to answers: a component, a trainer and a metric in Python, a model as ONNX
// through evaluation, gate, registry, batch scoring and the service, which answers what the batch wrote, to the bit.
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { literal } from '../../runtime/data/sql.ts';
import { sharePython, withoutPython } from '../runtime/foreign/support.ts';
import { post, serveProcess } from '../runtime/serve/trained.ts';
import { openDuckDB, query } from '../support/duckdb.ts';
import { mlp, project, repository } from './support.ts';

/** The sample ends here; the spec wants fresh orders. */
const END = '2024-11-26T12:00:00Z';
const ON_LAPTOP = ['--env', 'laptop'];

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
    await done('features', 'materialize', 'churn_api', '--to', END);

    const connection = await openDuckDB();
    const [scores, customers] = ['out/scores.parquet', 'sample/customers.csv'].map(file =>
      literal(path.join(cwd, file)),
    );
    const rows = await query(
      connection,
      `SELECT customer_id::INT AS customer_id, birth_year::INT AS birth_year, plan, country, churn
       FROM ${scores} JOIN read_csv(${customers}) USING (customer_id)
       WHERE "at" = '2024-11-25T00:00:00Z'::TIMESTAMPTZ ORDER BY customer_id`,
    );
    connection.closeSync();
    assert.is(rows.length, 240);
    const service = await serveProcess(['churn_api', ...ON_LAPTOP], cwd);
    try {
      const asked = rows.map(({ churn: _, ...row }) => ({ ...row, at: '2024-11-25T00:00:00Z' }));
      const { status, body } = await post(`${service.url}/predict`, { rows: asked });
      assert.is(status, 200, JSON.stringify(body).slice(0, 500));
      const { predictions } = body as { predictions: readonly { probability: number }[] };
      assert.equal(
        predictions.map(({ probability }) => probability),
        rows.map(({ churn }) => churn),
      );
    } finally {
      await service.stop();
    }
  });

test.run();
