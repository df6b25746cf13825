// Sources that are queries on a real PostgreSQL server: values, snapshots, marks, partitions, and what goes wrong.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { pgIdentifier, pgLiteral } from '../../../runtime/data/postgres/session.ts';
import { executeStep } from '../../../runtime/engine/execute.ts';
import { runners } from '../../../runtime/engine/runners.ts';
import { sourceSnapshots } from '../../../runtime/engine/sources.ts';
import { defaultParams } from '../../../runtime/engine/step.ts';
import { programOf } from '../../../runtime/testing/sample-run.ts';
import { program as cli, mlp, project } from '../../cli/support.ts';
import { noPostgres, Postgres, password } from '../../support/postgres.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileText } from '../../support/specs.ts';
import { query, withFolder } from './support.ts';

/** Where there is no server there is nothing to try; the one test below says so. */
const it = noPostgres ? test.skip : test;
test('there is a server, or it is said why not', () => {
  if (noPostgres) console.log(`the tests on a real server are skipped: ${noPostgres}`);
});

const server = noPostgres ? (undefined as unknown as Postgres) : await Postgres.start();
process.env['WAREHOUSE_URL'] = server?.url;
test.after(() => server?.close());

const header = `import std.sources { postgres, query }
connection warehouse = postgres(url: secret("WAREHOUSE_URL"))
`;

function planOf(spec: string): Plan {
  const { plan, diagnostics } = compileText(header + spec);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(
    errors.map(({ message }) => message),
    [],
  );
  return plan!;
}

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly cache?: string;
  readonly signal?: AbortSignal;
}

/** Runs the ingest step of the source `rows` in a folder. */
async function ingest(folder: string, plan: Plan, { signal, cache, ...interval }: Options = {}) {
  const step = plan.steps.find(({ kind }) => kind === 'ingest')!;
  const out = path.join(folder, `out-${Math.random()}`);
  const result = await executeStep({
    program: programOf(plan),
    step,
    params: { ...defaultParams(), ...interval, threads: 1, memory: '512MiB' },
    inputs: {},
    out,
    root: folder,
    cache,
    signal: signal ?? new AbortController().signal,
    runners,
    progress: () => {},
  });
  const rows = (sql = '*') =>
    query(out, database => database.rows(`SELECT ${sql} FROM read_parquet('${out}/rows/data.parquet')`));
  return { result, rows, out };
}

async function failure(plan: Plan, options: Options = {}) {
  return withFolder(async folder => {
    const { result, out } = await ingest(folder, plan, options);
    assert.is(result.status, 'failed', JSON.stringify(result));
    assert.equal(readdirSync(out), ['result.json']);
    const { code, message, hint, at } = result.error!;
    const position = at === undefined ? undefined : plan.positions[at];
    assert.ok(position, `${code} has no position`);
    const all = JSON.stringify(result);
    assert.not.match(
      all,
      new RegExp(`${password.slice(0, 6)}|${encodeURIComponent(password).slice(0, 9)}`),
      all,
    );
    return { code, message, hint, line: position.line };
  });
}

it('every type of the language, exactly', async () => {
  await server.sql(`
    create type mood as enum ('good', 'bad');
    create table kinds (
      id int8, small int2, exact numeric(20, 4), whole numeric, half float4, ratio float8, ok bool, name text, code char(4), feeling mood,
      day date, wall timestamp, instant timestamptz, doc jsonb, tags text[], sizes int8[], bytes bytea, spare text
    );
    insert into kinds values
      (9223372036854775807, -5, 1234567890123456.7891, 12, 0.1, 0.1, true, E'a "quoted",\\nlong \\\\N ''text''', 'ab', 'good',
       '2024-02-29', '2024-03-10 02:30:00.123456', '2024-07-01 12:00:00+02', '{"a": [1, null]}', array['x,y', 'z"', null], array[9007199254740993], '\\x00ff', 'left'),
      (-9223372036854775808, null, null, null, null, null, false, '', null, null, null, null, null, null, null, null, null, null);
  `);
  const plan = planOf(`
enum Mood { good, bad }
schema Kind {
  id: int
  small: int?
  exact: float?
  whole: int?
  half: float?
  ratio: float?
  ok: bool
  name: string
  code: string?
  feeling: Mood?
  day: date?
  wall: datetime?
  instant: timestamp?
  doc: string?
  tags: [string?]?
  sizes: [int]?
  bytes: blob?
}
source rows: Kind = query(warehouse, """
  select * from kinds -- all of them; each
""")
`);
  await withFolder(async folder => {
    const { result, rows } = await ingest(folder, plan);
    assert.is(result.status, 'succeeded', JSON.stringify(result.error));
    const [low, high] = await rows(
      `* REPLACE (id::VARCHAR AS id, wall::VARCHAR AS wall, instant::VARCHAR AS instant, day::VARCHAR AS day, sizes::VARCHAR AS sizes, hex(bytes) AS bytes)`,
    );
    assert.equal(high, {
      id: '9223372036854775807',
      small: -5,
      exact: 1234567890123456.8,
      whole: 12,
      half: 0.1,
      ratio: 0.1,
      ok: true,
      name: 'a "quoted",\nlong \\N \'text\'',
      code: 'ab',
      feeling: 'good',
      day: '2024-02-29',
      wall: '2024-03-10 02:30:00.123456',
      instant: '2024-07-01 10:00:00+00',
      doc: '{"a": [1, null]}',
      tags: ['x,y', 'z"', null],
      sizes: '[9007199254740993]',
      bytes: '00FF',
    });
    const { id, ok, name, ...missing } = low!;
    assert.equal([id, ok, name], ['-9223372036854775808', false, '']);
    assert.ok(Object.values(missing).every(value => value === null));
    const taken = result.snapshots['rows']!;
    assert.match(taken.hash, /^sha256:[0-9a-f]{64}$/);
    assert.is(taken.rows, 2);
    assert.ok(Math.abs(Date.parse(taken.taken!) - Date.now()) < 60_000);
    assert.match(result.notes.join('\n'), /columns not in Kind, ignored: spare/);
  });
});

const readings = `
schema Reading { at: timestamp @event_time  loaded: timestamp  site: string  celsius: float in -60..60 }
source rows: Reading = query(warehouse, "select * from readings")`;

async function fill(days: number): Promise<void> {
  await server.sql(`drop table if exists readings;
    create table readings (at timestamptz, loaded timestamptz, site text, celsius float8);
    insert into readings select t, t + interval '1 hour', 's' || (n % 3), n % 40
    from generate_series('2024-01-01T00:00:00Z'::timestamptz, '2024-01-01T00:00:00Z'::timestamptz + interval '${days} days' - interval '1 hour', interval '1 hour') with ordinality as g(t, n)`);
}

it('the same rows in another order are the same snapshot and the same artifact; another value is another', async () => {
  await fill(3);
  const plan = planOf(readings);
  await withFolder(async folder => {
    const first = await ingest(folder, plan);
    await server.sql(
      'create table other as select * from readings order by random(); drop table readings; alter table other rename to readings',
    );
    const again = await ingest(folder, plan);
    assert.is(again.result.snapshots['rows']!.hash, first.result.snapshots['rows']!.hash);
    assert.equal(
      readFileSync(`${again.out}/rows/data.parquet`),
      readFileSync(`${first.out}/rows/data.parquet`),
    );
    await server.sql("update readings set celsius = 1.5 where at = '2024-01-02T00:00:00Z'");
    const changed = await ingest(folder, plan);
    assert.is.not(changed.result.snapshots['rows']!.hash, first.result.snapshots['rows']!.hash);
  });
});

it('with a watermark the source says whether it is as it was; without, only reading tells', async () => {
  await fill(2);
  const bare = planOf(readings);
  const plan = planOf(`${readings} { watermark loaded }`);
  await withFolder(async folder => {
    const mark = async (of: Plan) =>
      sourceSnapshots({
        plan: of,
        step: of.steps[0]!,
        params: { from: null, to: null },
        root: folder,
        memory: { hash: () => Promise.reject(new Error('no file is read')) },
        signal: new AbortController().signal,
      });
    assert.is(await mark(bare), undefined);
    const said = await mark(plan);
    assert.equal(said, { rows: 'loaded 2024-01-03 00:00:00+00, 48 rows' });
    assert.is((await ingest(folder, plan)).result.snapshots['rows']!.mark, said!['rows']);
    await server.sql("insert into readings values ('2024-01-01T05:30:00Z', '2024-01-03T00:00:00Z', 's1', 3)");
    assert.equal(await mark(plan), { rows: 'loaded 2024-01-03 00:00:00+00, 49 rows' });
  });
});

it('the data interval is asked of the database, in every kind of time', async () => {
  await fill(4);
  const from = '2024-01-02T00:00:00Z';
  const to = '2024-01-03T00:00:00+00:00';
  for (const [type, kind, rows] of [
    ['timestamptz', 'timestamp', 24],
    ['timestamp', 'datetime', 24],
    ['date', 'date', 24],
  ] as const) {
    const plan = planOf(`
schema Reading { at: ${kind} @event_time  site: string }
source rows: Reading = query(warehouse, "select (at at time zone 'UTC')::${type} as at, site from readings")`);
    await withFolder(async folder => {
      const { result } = await ingest(folder, plan, { from, to });
      assert.is(result.metrics['read'], rows, JSON.stringify(result));
      assert.is(result.snapshots['rows']!.rows, rows);
    });
  }
  assert.match(
    (await failure(planOf(readings), { from: '2030-01-01T00:00:00Z' })).message,
    /warehouse: select \* from readings: no row has its at in \[2030-01-01T00:00:00Z, …\)$/,
  );
});

it('back-fill reads the partitions that are not there, and those that changed', async () => {
  await fill(10);
  const complete = planOf(`${readings} { partitioned by at daily }`);
  const watched = planOf(`${readings} { partitioned by at daily  watermark loaded }`);
  const day = (n: number) => `2024-01-${String(n).padStart(2, '0')}T00:00:00Z`;
  await withFolder(async folder => {
    const run = async (plan: Plan, from: number, to: number) => {
      const { result, rows } = await ingest(folder, plan, {
        from: day(from),
        to: day(to),
        cache: path.join(folder, 'cache'),
      });
      assert.is(result.status, 'succeeded', JSON.stringify(result.error));
      const [count] = await rows('count(*) AS n, min("at")::VARCHAR AS low, max("at")::VARCHAR AS high');
      return { text: result.notes.at(-1), count };
    };
    assert.is((await run(complete, 1, 4)).text, '3 partitions read');
    const longer = await run(complete, 2, 7);
    assert.is(longer.text, '5 partitions: 2 kept from earlier runs, 3 read');
    assert.equal(longer.count, { n: 120, low: '2024-01-02 00:00:00+00', high: '2024-01-06 23:00:00+00' });
    assert.is((await run(watched, 1, 6)).text, '5 partitions read');
    await server.sql("insert into readings values ('2024-01-03T10:30:00Z', '2024-02-01T00:00:00Z', 's1', 3)");
    assert.is((await run(watched, 1, 6)).text, '5 partitions: 4 kept from earlier runs, 1 read');
    // Without a watermark a complete partition counts as settled, as the docs say.
    assert.is((await run(complete, 2, 7)).text, '5 partitions: 5 kept from earlier runs, 0 read');
    // Of what is cut off by the interval only a part is in the rows.
    const cut = await ingest(folder, watched, {
      from: '2024-01-02T06:00:00Z',
      to: '2024-01-03T02:00:00Z',
      cache: path.join(folder, 'cache'),
    });
    assert.is(cut.result.metrics['rows'], 20);
    assert.equal(
      readdirSync(path.join(folder, 'cache/partitions')).filter(name => name.includes('partial')),
      [],
    );
  });
});

it('a back-fill that is killed goes on from the partitions that it has', async () => {
  await server.sql(`drop table if exists readings;
    create table readings as select t as at, t + interval '1 hour' as loaded, 's' || s as site, 1.5::float8 as celsius
    from generate_series('2024-01-01T00:00Z'::timestamptz, '2024-01-15T23:00Z', interval '1 hour') t, generate_series(1, 100) s`);
  const cwd = project({
    'main.mlp': `${header}${readings} { partitioned by at daily  watermark loaded }\n`,
  });
  const folder = path.join(cwd, '.mlp/cache/partitions');
  const kept = () =>
    existsSync(folder) ? readdirSync(folder).filter(name => !name.includes('partial')).length : 0;
  const interval = ['--from', '2024-01-01', '--to', '2024-01-15'];
  const child = spawn(cli, ['run', 'rows', ...interval], { cwd, detached: true, stdio: 'ignore' });
  const ended = new Promise(resolve => child.once('exit', (_, signal) => resolve(signal)));
  const watch = setInterval(() => {
    if (kept() < 2) return;
    clearInterval(watch);
    process.kill(-child.pid!, 'SIGKILL');
  }, 5);
  assert.is(await ended, 'SIGKILL', 'it was killed in the midst');
  const before = kept();
  assert.ok(before >= 2 && before < 14, `${before} partitions`);
  const { code, out } = await mlp(['run', 'rows', ...interval], { cwd });
  assert.is(code, 0, out);
  assert.match(out, `14 partitions: ${before} kept from earlier runs, ${14 - before} read`);
  assert.match(out, /33,600 rows, all as Reading says/);
});

it('the newest partition is read again until the lag of the source is over', async () => {
  await server.sql(
    "drop table if exists readings; create table readings as select date_trunc('hour', now()) - n * interval '1 hour' as at, now() as loaded, 's' as site, 1.5::float8 as celsius from generate_series(1, 72) as n",
  );
  const now = Date.now();
  const from = new Date(now - 2 * 86_400_000).toISOString();
  const to = new Date(now).toISOString();
  const text = async (lag: string) => {
    const plan = planOf(`${readings} { partitioned by at daily  ${lag} }`);
    return withFolder(async folder => {
      const options = { from, to, cache: path.join(folder, 'cache') };
      await ingest(folder, plan, options);
      return (await ingest(folder, plan, options)).result.notes.at(-1);
    });
  };
  assert.is(await text(''), '3 partitions: 2 kept from earlier runs, 1 read');
  assert.is(await text('lag 7d'), '3 partitions read');
});

it('a source that is not fresh stops the run, and says by what', async () => {
  await fill(2);
  const plan = planOf(`${readings} { fresh within 26h  watermark loaded }`);
  const { code, message, line } = await failure(plan);
  assert.is(code, 'MLP8110');
  assert.match(
    message,
    /^source rows: its newest loaded is 2024-01-03T00:00:00\.000Z, \d+\w+ ago, and `fresh within` allows 26h$/,
  );
  assert.is(line, 5);
  // At the end of the interval it was.
  await withFolder(async folder => {
    const { result } = await ingest(folder, plan, { to: '2024-01-03T01:00:00Z' });
    assert.is(result.status, 'succeeded', JSON.stringify(result.error));
  });
});

const cases: readonly (readonly [string, string, string, RegExp, number])[] = [
  [
    'a column is gone',
    'alter table readings drop column site',
    'MLP8008',
    /column `site` \(string\) of schema Reading is missing; the query has `at`, `loaded`, `celsius`/,
    5,
  ],
  ['a column has another name', 'alter table readings rename site to sites', 'MLP8008', /`site`/, 5],
  [
    'a number became text',
    'alter table readings alter celsius type text',
    'MLP8009',
    /column celsius: the query holds text, the schema expects float in -60\.\.60/,
    4,
  ],
  [
    'the table is gone',
    'drop table readings',
    'MLP8105',
    /warehouse refuses the query, line 1: relation "readings" does not exist/,
    5,
  ],
  ['values outside the schema', 'update readings set celsius = 99', 'MLP8010', /celsius/, 4],
  ['no number at all', "update readings set celsius = 'NaN'", 'MLP8010', /celsius/, 4],
];
for (const [what, change, code, message, line] of cases)
  it(`${what}: said at its place`, async () => {
    await fill(1);
    await server.sql(change);
    const told = await failure(planOf(readings));
    assert.equal([told.code, told.line], [code, line], told.message);
    assert.match(told.message, message);
  });

it('a column more is no error, one twice is', async () => {
  await fill(1);
  const twice = planOf(readings.replace('select * from', 'select *, site from'));
  assert.match((await failure(twice)).message, /more than one column `site`/);
});

it('a query writes nothing and is one statement', async () => {
  await fill(1);
  for (const text of [
    'with gone as (delete from readings returning *) select * from gone',
    'select * from readings) q; delete from readings; select * from (select 1',
    'select pg_advisory_lock(1), * from readings; delete from readings',
  ]) {
    const { code } = await failure(planOf(readings.replace('select * from readings', text)));
    assert.is(code, 'MLP8105');
  }
  assert.equal(await server.sql('select count(*)::int as n from readings'), [{ n: 24 }]);
});

it('a slow query ends with the time-out of the step, there too', async () => {
  await fill(1);
  const slow = planOf(`${readings.replace('select * from', 'select *, pg_sleep(60) from')} { timeout 2s }`);
  const began = Date.now();
  const { code, message } = await failure(slow);
  assert.is(code, 'MLP8106');
  assert.match(message, /did not answer the query of rows in 2 s/);
  assert.ok(Date.now() - began < 10_000);
  assert.equal(
    await server.sql(
      "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()",
    ),
    [{ n: 0 }],
  );
});

it('a cancelled run ends its query in the database', async () => {
  await fill(1);
  const plan = planOf(readings.replace('select * from', 'select *, pg_sleep(60) from'));
  const active =
    "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()";
  await withFolder(async folder => {
    const stopper = new AbortController();
    const running = ingest(folder, plan, { signal: stopper.signal });
    for (let i = 0; i < 100 && (await server.sql(active))[0]!['n'] === 0; i++)
      await new Promise(r => setTimeout(r, 50));
    stopper.abort(new Error('the run was cancelled'));
    assert.is((await running).result.status, 'failed');
    for (let i = 0; i < 40 && (await server.sql(active))[0]!['n'] !== 0; i++)
      await new Promise(r => setTimeout(r, 50));
    assert.equal(await server.sql(active), [{ n: 0 }]);
  });
});

it('secrets: from a mounted file; missing, wrong, of no database', async () => {
  await fill(1);
  const plan = planOf(readings);
  const url = server.url;
  try {
    delete process.env['WAREHOUSE_URL'];
    const missing = await failure(plan);
    assert.equal([missing.code, missing.line], ['MLP8101', 2]);
    assert.match(
      missing.hint!,
      /set the environment variable WAREHOUSE_URL, or write its value into a file WAREHOUSE_URL/,
    );
    await withFolder(async folder => {
      mkdirSync(path.join(folder, 'secrets'));
      writeFileSync(path.join(folder, 'secrets/WAREHOUSE_URL'), `${url}\n`);
      process.env['MLP_SECRETS_DIR'] = path.join(folder, 'secrets');
      assert.is((await ingest(folder, plan)).result.status, 'succeeded');
      delete process.env['MLP_SECRETS_DIR'];
    });
    for (const [value, code] of [
      [url.replace('mlp:', 'stranger:'), 'MLP8104'],
      [url.replace(/:[^:@]+@/, ':not-it@'), 'MLP8104'],
      [url.replace('/postgres', '/nowhere').replace('nowhere://', 'postgres://'), 'MLP8104'],
      [url.replace(String(server.port), '1'), 'MLP8103'],
      [`https://${password}`, 'MLP8102'],
      [`postgres://mlp:${password}@[127.0.0.1]:x/postgres`, 'MLP8102'],
    ] as const) {
      process.env['WAREHOUSE_URL'] = value;
      const told = await failure(plan);
      assert.equal([told.code, told.line], [code, 2], `${value}: ${told.message}`);
    }
  } finally {
    process.env['WAREHOUSE_URL'] = url;
  }
});

it('a server that goes away in the midst of it', async () => {
  await fill(1);
  const plan = planOf(readings.replace('select * from', 'select *, pg_sleep(60) from'));
  await withFolder(async folder => {
    const running = ingest(folder, plan);
    await new Promise(resolve => setTimeout(resolve, 700));
    await server.stop();
    const { result, out } = await running;
    assert.is(result.error?.code, 'MLP8107', JSON.stringify(result));
    assert.equal(readdirSync(out), ['result.json']);
    assert.is((await failure(plan)).code, 'MLP8103');
    await server.run();
    assert.ok(existsSync(out));
  });
});

it('TLS: a certificate of the authority that is named, for the host that is named, and nothing else', async () => {
  await fill(1);
  const [ours, theirs] = [certificates('IP:127.0.0.1'), certificates('DNS:elsewhere.example')];
  const encrypted = '(select ssl::text from pg_stat_ssl where pid = pg_backend_pid()) as site';
  const plan = planOf(readings.replace('select *', `select at, loaded, ${encrypted}, celsius`));
  const url = server.url;
  const asked = async (parameters: string, code?: string, message?: RegExp) => {
    process.env['WAREHOUSE_URL'] = `${url}?${parameters}`;
    if (code === undefined)
      return withFolder(async folder => {
        const { result, rows } = await ingest(folder, plan);
        assert.is(result.status, 'succeeded', JSON.stringify(result.error));
        assert.equal(await rows('DISTINCT site'), [{ site: 'true' }]);
      });
    const told = await failure(plan);
    assert.equal([told.code, told.line], [code, 2], told.message);
    assert.match(told.message, message!);
    assert.match(told.hint!, /the address in WAREHOUSE_URL says how: `\?sslmode=verify-full`/);
    return undefined;
  };
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on('warning', warned);
  const restart = async (...settings: string[]) => {
    await server.stop();
    server.settings = settings;
    await server.run();
  };
  const serving = ({ cert, key }: { cert: string; key: string }): string[] => [
    'ssl=on',
    `ssl_cert_file=${server.write('server.pem', cert)}`,
    `ssl_key_file=${server.write('server.key', key)}`,
  ];
  try {
    await asked('sslmode=verify-full', 'MLP8108', /it does not speak TLS, and the address asks for it$/);
    const ca = server.write('ca.pem', ours.authority);
    await restart(...serving(ours));
    await asked(`sslmode=verify-full&sslrootcert=${ca}`);
    await asked(`sslmode=require&sslrootcert=${ca}`);
    await asked(
      'sslmode=verify-full',
      'MLP8108',
      /no authority that is known here has signed its certificate$/,
    );
    await asked('ssl=true', 'MLP8108', /no authority that is known here/);
    await asked(
      'sslmode=verify-full&sslrootcert=/nowhere.pem',
      'MLP8108',
      /`sslrootcert` names cannot be read$/,
    );
    await restart(...serving({ ...theirs }));
    const other = server.write('other.pem', theirs.authority);
    await asked(
      `sslmode=verify-full&sslrootcert=${other}`,
      'MLP8108',
      /its certificate is that of another host$/,
    );
    await asked(`sslmode=verify-full&sslrootcert=${ca}`, 'MLP8108', /no authority that is known here/);
    const rules = 'hostssl all careful 127.0.0.1/32 trust\nhost all mlp 127.0.0.1/32 scram-sha-256\n';
    await restart(`hba_file=${server.write('rules', rules)}`);
    process.env['WAREHOUSE_URL'] = url.replace('//mlp:', '//careful:');
    assert.match(
      (await failure(plan)).message,
      /the connection warehouse is not made: the server takes TLS alone$/,
    );
    assert.equal(warnings, [], 'the driver warns of nothing');
  } finally {
    process.off('warning', warned);
    process.env['WAREHOUSE_URL'] = url;
    await restart();
  }
});

/** An authority of its own, and a server's certificate by it for a host. */
function certificates(host: string): { authority: string; cert: string; key: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-tls-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority of a test');
  const request = ['-keyout', 'key.pem', '-out', 'cert.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key'];
  openssl('req', '-x509', ...key, ...request, '-subj', '/CN=database', '-addext', `subjectAltName=${host}`);
  const [authority, cert, secret] = ['ca.pem', 'cert.pem', 'key.pem'].map(file =>
    readFileSync(path.join(folder, file), 'utf8'),
  );
  rmSync(folder, { recursive: true });
  return { authority: authority!, cert: cert!, key: secret! };
}

it('names and texts are only that, whatever they hold', async () => {
  const random = new Random();
  console.log(`names and texts: SEED=${random.seed}`);
  const parts = [
    "'",
    '"',
    '\\',
    "''",
    "\\'",
    '--',
    '/*',
    ';',
    '$$',
    '\n',
    'é',
    '\u{1F600}',
    'a',
    ' ',
    '%s',
    '\u0000',
    '{{',
    "E'",
  ];
  const draw = (): string =>
    Array.from({ length: random.int(0, 12) }, () =>
      random.chance(0.9) ? random.pick(parts) : String.fromCharCode(random.int(32, 126)),
    ).join('');
  for (let i = 0; i < rounds(300, 20_000); i += 50) {
    const texts = Array.from({ length: 50 }, draw);
    const names = texts.map((text, n) => `${[...text].slice(0, 10).join('')}${i + n}`);
    const [row] = await server.sql(
      `select ${texts.map((text, n) => `${pgLiteral(text)} as ${pgIdentifier(names[n]!)}`).join(', ')}`,
    );
    texts.forEach((text, n) => {
      assert.is(row![names[n]!.replaceAll('\0', '')], text.replaceAll('\0', ''), JSON.stringify(text));
    });
  }
});

test.run();
