// A whole run over a real database and a real object store: from tables to scores, once, and no secret in anything it leaves.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvOf } from '../runtime/engine/chain.ts';
import { keys, noObjectStore, ObjectStore } from '../support/object-store.ts';
import { noPostgres, Postgres, password } from '../support/postgres.ts';
import { mlp, type Outcome, project, write } from './support.ts';

/** Where there is no server there is nothing to try; the one test below says so. */
const it = noPostgres ? test.skip : test;
test('there is a server, or it is said why not', () => {
  if (noPostgres) console.log(`the tests on a real server are skipped: ${noPostgres}`);
});

const server = noPostgres ? (undefined as unknown as Postgres) : await Postgres.start();
const store = noPostgres || noObjectStore ? undefined : await ObjectStore.start('lake');
test.after(async () => {
  await server?.close();
  await store?.close();
});

const spec = `import std.sources { postgres, query, s3 }
import std.sinks { table, csv_file }
import std.learn { gradient_boosting }
import std.metrics { auc, log_loss }

connection warehouse = postgres(url: secret("WAREHOUSE_URL"))
connection lake = s3(endpoint: "${store?.endpoint ?? 'http://127.0.0.1:1'}", access_key: secret("LAKE_KEY"), secret_key: secret("LAKE_SECRET"))

schema Ride { ride: int @key  day: timestamp @event_time  x: float  city: string  late: bool @known_after(1h) }
schema Score { ride: int @key  at: timestamp  city: string  slow: float in 0..1  late: bool  model_version: string }

source rides: Ride = query(warehouse, """select * from shop.rides""") { watermark day  retry 1 times after 1s }
sink scores: Score = table(warehouse, "ml.scores")

features Before from rides at day {
  key ride
  use x, city
  label late = late
}
model slow {
  features Before
  predict late
  split by time { train 70%  validation 15%  test 15% }
  train gradient_boosting(rounds: 20, depth: 3)
  seed 1
  evaluate log_loss
  promote { require auc >= 0.6 }
}
deployment nightly { serve slow  score rides into scores }
`;
const env = { WAREHOUSE_URL: server?.url, LAKE_KEY: keys.accessKeyId, LAKE_SECRET: keys.secretAccessKey };
const table =
  'create table ml.scores (ride bigint not null, at timestamptz not null, city text not null, slow double precision not null, late boolean not null, model_version text not null, stored timestamptz not null default now())';

async function fill(rows: number): Promise<void> {
  const lines = csvOf(rows)
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(','));
  const values = lines.map(([day, x, , city, late], i) => `(${i}, '${day}Z', ${x}, '${city}', ${late})`);
  await server.sql(`drop schema if exists shop cascade; create schema shop;
    create table shop.rides (ride bigint, day timestamptz, x float8, city text, late boolean);
    insert into shop.rides values ${values.join(', ')}`);
}
const count = async (of = 'ml.scores'): Promise<number> =>
  Number((await server.sql(`select count(*) as n from ${of}`))[0]!['n']);

if (server) {
  await fill(900);
  await server.sql(`create schema ml; ${table}`);
}
const root = project({ 'main.mlp': spec });
const said: Outcome[] = [];
const run = async (folder = root, ...args: string[]): Promise<Outcome> => {
  const outcome = await mlp(['run', 'nightly', ...args], { cwd: folder, env });
  said.push(outcome);
  return outcome;
};

it('from a table to a table, all rows in one transaction, and not twice', async () => {
  const { code, out } = await run();
  assert.is(code, 0, out);
  assert.match(out, /900 rows written to warehouse: ml\.scores/);
  assert.is(await count(), 900);
  const [row] = await server.sql(
    "select r.city = s.city and r.day = s.at and s.late = (s.slow >= 0.5) and s.model_version = '1' as same, count(*)::int as n from ml.scores s join shop.rides r using (ride) group by 1",
  );
  assert.equal(row, { same: true, n: 900 });
  const again = await run();
  assert.match(again.out, /nothing changed: everything was there already/);
  assert.is(await count(), 900);
  // A copy of the project knows nothing of the first run; the database does.
  const copy = project({ 'main.mlp': spec });
  assert.match((await run(copy)).out, /the same 900 rows are in warehouse: ml\.scores already/);
  assert.is(await count(), 900);
  assert.equal(await server.sql('select sink, rows::int as rows from ml.mlp_writes'), [
    { sink: 'scores', rows: 900 },
  ]);
});

it('rows that come are read, with the watermark asked first', async () => {
  const before = await run(root, '--json');
  const ingest = JSON.parse(before.out).steps.find((step: { kind: string }) => step.kind === 'ingest');
  assert.is(ingest.cached, true);
  await fill(950);
  const { code, out } = await run();
  assert.is(code, 0, out);
  assert.match(out, /950 rows written/);
  assert.is(await count(), 1850);
});

it('two runs at once write their rows once', async () => {
  await server.sql('truncate ml.scores; truncate ml.mlp_writes');
  const folders = [project({ 'main.mlp': spec }), project({ 'main.mlp': spec })];
  const outcomes = await Promise.all(folders.map(folder => run(folder)));
  assert.equal(
    outcomes.map(({ code }) => code),
    [0, 0],
  );
  assert.is(await count(), 950);
});

const refusals: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'there is no table',
    'drop table ml.scores',
    'MLP8130',
    /there is no table ml\.scores[\s\S]*create table "ml"\."scores" \("ride" bigint not null, "at" timestamptz not null/,
  ],
  [
    'a column is missing and one too many',
    'alter table ml.scores rename city to town',
    'MLP8131',
    /it has no column city; town is needed, and the sink has no such column/,
  ],
  [
    'a column of another type',
    'alter table ml.scores alter slow type text',
    'MLP8131',
    /slow is text, which does not take float in 0\.\.1/,
  ],
  [
    'a constraint in the midst of the rows',
    'alter table ml.scores add check (ride < 700)',
    'MLP8132',
    /violates check constraint/,
  ],
];
for (const [what, change, code, message] of refusals)
  it(`${what}: said at its place, and no row is there`, async () => {
    await server.sql(`drop table if exists ml.scores; truncate ml.mlp_writes; ${table}; ${change}`);
    const { code: exit, out } = await run();
    assert.is(exit, 1, out);
    assert.match(out, new RegExp(`${code} · main\\.mlp:13:`));
    assert.match(
      out.replace(/\s+/g, ' '),
      new RegExp(message.source.replace(/\[\\s\\S\]/g, '.').replace(/ /g, ' +')),
    );
    const [found] = await server.sql("select to_regclass('ml.scores') is not null as there");
    if (found!['there'] === true) assert.is(await count(), 0);
    assert.is(await count('ml.mlp_writes'), 0);
  });

it('a user that may only add rows: what is missing is said, and once it is there all works', async () => {
  await server.sql(`drop table if exists ml.scores; drop table ml.mlp_writes; ${table};
    create role writer login password 'w'; grant usage on schema ml, shop to writer; grant insert on ml.scores to writer; grant select on shop.rides to writer`);
  const url = server.url.replace(/\/\/.*@/, '//writer:w@');
  const other = await mlp(['run', 'nightly'], { cwd: root, env: { ...env, WAREHOUSE_URL: url } });
  assert.match(other.out.replace(/\s+/g, ' '), /MLP8133 .* may not create the table mlp_writes in ml/);
  const statement = /(create table "ml"\.mlp_writes [\s\S]*?to\s+"writer")/.exec(
    other.out.replace(/\s+/g, ' '),
  )![1]!;
  await server.sql(statement);
  const { code, out } = await mlp(['run', 'nightly'], { cwd: root, env: { ...env, WAREHOUSE_URL: url } });
  assert.is(code, 0, out);
  assert.is(await count(), 950);
});

it('an object is a sink, too', async () => {
  if (store === undefined) return;
  const changed = spec.replace(
    'table(warehouse, "ml.scores")',
    'csv_file("s3://lake/out/scores.csv", connection: lake)',
  );
  write(root, 'main.mlp', changed);
  const { code, out } = await run();
  assert.is(code, 0, out);
  assert.match(out, /950 rows written to s3:\/\/lake\/out\/scores\.csv/);
  const text = await store.get('lake/out/scores.csv');
  assert.match(text, /^ride,at,city,slow,late,model_version\n0,2024-01-01T00:00:00Z,/);
  assert.is(text.trim().split('\n').length, 951);
  assert.match((await run()).out, /nothing changed/);
  await store.put('lake/out/scores.csv', 'x');
  assert.match((await run()).out, /950 rows written/);
  assert.is(await store.get('lake/out/scores.csv'), text);
});

it('wrong credentials, no server: nothing of a secret is told', async () => {
  for (const url of [
    server.url.replace(`:${encodeURIComponent(password)}`, ':Wr0ngPassw0rd'),
    server.url.replace(String(server.port), '9'),
  ]) {
    const outcome = await mlp(['run', 'nightly', '--force'], {
      cwd: root,
      env: { ...env, WAREHOUSE_URL: url },
    });
    said.push(outcome);
    assert.is(outcome.code, 1);
    assert.match(outcome.out, /MLP810[34] · main\.mlp:6:/);
    assert.not.match(outcome.out + outcome.err, /Wr0ngPassw0rd/);
  }
});

it('no secret is in anything that the runs have written or said', async () => {
  await mlp(['build', '-t', 'typescript', '-o', 'out'], { cwd: root });
  await mlp(['run', 'nightly', '--html', 'report.html'], { cwd: root, env });
  for (const command of [['runs'], ['models', 'slow'], ['debug', 'plan'], ['graph']])
    said.push(await mlp(command, { cwd: root, env }));
  const secrets = [
    password,
    encodeURIComponent(password),
    keys.accessKeyId,
    keys.secretAccessKey,
    encodeURIComponent(keys.secretAccessKey),
  ].map(text => Buffer.from(text));
  let files = 0;
  const look = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      if (name === 'node_modules') continue;
      if (statSync(file).isDirectory()) look(file);
      else {
        const bytes = readFileSync(file);
        files++;
        for (const secret of secrets) assert.not.ok(bytes.includes(secret), `${file} holds ${secret}`);
      }
    }
  };
  look(root);
  assert.ok(files > 30 && existsSync(path.join(root, 'report.html')), `${files} files`);
  for (const { out, err } of said)
    for (const secret of secrets) assert.not.ok((out + err).includes(secret.toString()));
});

test.run();
