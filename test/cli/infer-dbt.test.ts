// `mlp infer target/manifest.json` of a real dbt project on a real database: what comes out compiles, and its sources are read.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noPostgres, Postgres, password } from '../support/postgres.ts';
import { compileText } from '../support/specs.ts';
import { mlp, project, read, repository, write } from './support.ts';

/** `.ci/run` installs it into `.tools/`. */
const dbt = [
  path.join(repository, '.tools/python/bin'),
  path.join(repository, '.tools/dbt/bin'),
  ...(process.env['PATH'] ?? '').split(':'),
]
  .map(folder => path.join(folder, 'dbt'))
  .find(existsSync);

const files = {
  'dbt_project.yml': 'name: shop\nversion: "1.0"\nprofile: shop\nmodel-paths: [models]\n',
  'profiles.yml': `shop:
  target: dev
  outputs:
    dev: { type: postgres, host: 127.0.0.1, port: "{{ env_var('PG_PORT') | int }}", user: mlp, password: "{{ env_var('PG_PASSWORD') }}", dbname: postgres, schema: analytics, threads: 1 }
`,
  'models/orders.sql':
    "select id as order_id, customer, placed, amount, status, tags from {{ source('raw', 'orders') }}",
  'models/customers.sql': "{{ config(materialized='table') }} select 1 as customer, 'a@example.org' as email",
  'models/hidden.sql': "{{ config(materialized='ephemeral') }} select 1 as x",
  'models/schema.yml': `version: 2
sources:
  - name: raw
    schema: raw
    tables:
      - name: orders
        description: "As the shop\\nwrites them."
        loaded_at_field: placed
        freshness: { error_after: { count: 26, period: hour } }
        columns:
          - { name: id, data_type: bigint }
models:
  - name: orders
    description: One order.
    columns:
      - { name: order_id, data_type: bigint, description: Its number., data_tests: [unique, not_null] }
      - { name: placed, data_type: timestamp with time zone, data_tests: [not_null] }
      - { name: amount, data_type: "numeric(10,2)" }
      - name: status
        data_type: text
        data_tests: [{ accepted_values: { values: ["open", "paid"] } }]
      - { name: customer }
  - name: customers
    columns:
      - { name: customer, data_type: int, data_tests: [not_null] }
      - { name: email, data_type: text }
`,
};

async function runDbt(folder: string, server: { port: number }, ...args: string[]): Promise<void> {
  const env = {
    PG_PORT: String(server.port),
    PG_PASSWORD: password,
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    DO_NOT_TRACK: '1',
  };
  await execa(
    dbt!,
    [...args, '--profiles-dir', '.', '--no-version-check', '--no-send-anonymous-usage-stats'].filter(Boolean),
    { cwd: folder, env },
  );
}

function errorsOf(spec: string): string[] {
  const { diagnostics } = compileText(spec);
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);
}

const skip = dbt === undefined ? 'dbt is not on this machine' : noPostgres;
if (skip) console.log(`the tests on a real project are skipped: ${skip}`);
else {
  test('a dbt project: schemas from its columns and tests, sources that are read', async () => {
    const server = await Postgres.start();
    try {
      await server.sql(`create schema raw; create table raw.orders (id bigint, customer int, placed timestamptz, amount numeric(10,2), status varchar(10), tags text[]);
        insert into raw.orders values (1, 7, now(), 12.50, 'open', array['x']), (2, 7, now(), 3.00, 'paid', null)`);
      const folder = project(files);
      await runDbt(folder, server, 'parse');
      const parsed = await mlp(['infer', 'target/manifest.json'], { cwd: folder });
      assert.equal(
        [parsed.code, parsed.err.trim()],
        [0, '3 tables; 1 column left out for want of a type'],
        parsed.err,
      );
      assert.equal(errorsOf(parsed.out), []);
      assert.match(
        parsed.out,
        /\/\/\/ One order\.\nschema OrdersModel \{\n {2}\/\/\/ Its number\.\n {2}order_id: int @key\n/,
      );
      assert.match(parsed.out, /status: string\? in \{"open", "paid"\}/);
      assert.match(
        parsed.out,
        /\/\/ customer is left out: its type is not known; write `data_type` in its yml/,
      );
      assert.match(parsed.out, /email: string\? @pii/);
      assert.not.match(parsed.out, /hidden/);

      await runDbt(folder, server, 'run');
      await runDbt(folder, server, 'docs', 'generate', '--no-compile');
      const { out, code } = await mlp(['infer', 'target/manifest.json', '-o', 'shop.mlp'], { cwd: folder });
      assert.equal([code, out], [0, '']);
      const spec = read(folder, 'shop.mlp');
      assert.equal(errorsOf(spec), []);
      assert.match(spec, /tags: \[string\?\]\?/);
      assert.match(spec, /\/\/\/ As the shop writes them\.\nschema Order \{/);
      assert.match(
        spec,
        /source orders: Order = query\(warehouse, """\n {2}select \* from "postgres"\."raw"\."orders"\n"""\) \{\n {2}watermark placed\n {2}fresh within 26h\n\}/,
      );
      const run = await mlp(['run'], { cwd: folder, env: { WAREHOUSE_URL: server.url } });
      assert.is(run.code, 0, run.out + run.err);
      assert.match(run.out, /orders +2 rows, all as Order says/);
      assert.match(run.out, /customers +1 row, all as Customer says/);
    } finally {
      await server.close();
    }
  });
}

const manifest = (adapter: string, nodes: object = {}): string =>
  JSON.stringify({
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      adapter_type: adapter,
      project_name: 'shop',
    },
    nodes,
    sources: {},
  });
const model = (name: string, columns: object, more: object = {}): object => ({
  name,
  resource_type: 'model',
  relation_name: `"d"."s"."${name}"`,
  columns,
  ...more,
});

test('DuckDB projects are read as files; hostile names and texts stay names and texts', async () => {
  const columns = {
    'a`b': { name: 'a`b', data_type: 'int' },
    match: { name: 'match', data_type: 'INTEGER', description: 'x\n}\nsource y' },
    point: { name: 'point', data_type: 'geometry' },
  };
  const nodes = {
    a: model('match', columns),
    b: model('Match', columns),
    c: model('9"; drop', columns, { relation_name: '"""x' }),
  };
  for (const adapter of ['duckdb', 'postgres']) {
    const folder = project({ 'target/manifest.json': manifest(adapter, nodes) });
    const { code, out } = await mlp(['infer', 'target/manifest.json'], { cwd: folder });
    assert.is(code, 0);
    assert.equal(errorsOf(out), [], out);
    assert.match(
      out,
      adapter === 'duckdb' ? /parquet\("data\/match\.parquet"\)/ : /select \* from "d"\."s"\."match"/,
    );
    assert.match(out, /`match`: int\?/);
  }
});

test('what is no manifest, and what dbt builds elsewhere, is said', async () => {
  const folder = project({
    'manifest.json': manifest('snowflake', { a: model('a', {}) }),
    'empty.json': manifest('postgres'),
  });
  write(folder, 'broken.json', manifest('postgres').slice(0, -20));
  write(folder, 'other.json', '{"metadata": {"dbt_schema_version": 1}, "nodes": {}, "sources": {}}');
  for (const [name, message] of [
    ['manifest.json', /MLP8141.*for snowflake/],
    ['empty.json', /MLP8140.*neither models nor sources/],
    ['broken.json', /MLP8140.*is not JSON/],
    ['other.json', /MLP8140.*is no manifest of dbt/],
  ] as const) {
    const { code, err } = await mlp(['infer', name], { cwd: folder });
    assert.is(code, 1);
    assert.match(err, message);
  }
  const { code, err } = await mlp(['infer', 'manifest.json', '--json'], { cwd: folder });
  assert.is(code, 1, err);
});

test.run();
