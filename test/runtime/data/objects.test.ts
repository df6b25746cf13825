// Sources in a real S3-compatible store: signed requests, listings of many pages, states, the cache, and what goes wrong.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { openStore } from '../../../runtime/data/s3/store.ts';
import { executeStep } from '../../../runtime/engine/execute.ts';
import { runners } from '../../../runtime/engine/runners.ts';
import { sourceSnapshots } from '../../../runtime/engine/sources.ts';
import { defaultParams } from '../../../runtime/engine/step.ts';
import { programOf } from '../../../runtime/testing/sample-run.ts';
import { mlp, project } from '../../cli/support.ts';
import { keys, noObjectStore, ObjectStore } from '../../support/object-store.ts';
import { compileText } from '../../support/specs.ts';
import { query, withFolder } from './support.ts';

/** Where there is no server there is nothing to try; the one test below says so. */
const it = noObjectStore ? test.skip : test;
test('there is a server, or it is said why not', () => {
  if (noObjectStore) console.log(`the tests on a real server are skipped: ${noObjectStore}`);
});

const store = noObjectStore ? (undefined as unknown as ObjectStore) : await ObjectStore.start('lake');
process.env['LAKE_KEY'] = keys.accessKeyId;
process.env['LAKE_SECRET'] = keys.secretAccessKey;
test.after(() => store?.close());

const header = (endpoint = store?.endpoint): string => `import std.sources { s3, csv, json, parquet }
connection lake = s3(endpoint: "${endpoint}", access_key: secret("LAKE_KEY"), secret_key: secret("LAKE_SECRET"))
schema Reading { at: datetime @event_time  site: string  celsius: float in -60..60 }
`;
const source = (from: string, more = ''): string => `source rows: Reading = ${from}${more}`;

function planOf(spec: string, endpoint?: string): Plan {
  const { plan, diagnostics } = compileText(header(endpoint) + spec);
  const problems = diagnostics.filter(({ code }) => code !== 'MLP2008').map(({ message }) => message);
  assert.equal(problems, []);
  return plan!;
}

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly cache?: string;
}
async function ingest(folder: string, plan: Plan, { cache, ...interval }: Options = {}) {
  const out = path.join(folder, `out-${Math.random()}`);
  const result = await executeStep({
    program: programOf(plan),
    step: plan.steps[0]!,
    params: { ...defaultParams(), ...interval, threads: 1, memory: '512MiB' },
    inputs: {},
    out,
    root: folder,
    cache,
    signal: new AbortController().signal,
    runners,
    progress: () => {},
  });
  const sql = `SELECT site, sum(celsius) AS sum FROM read_parquet('${out}/rows/data.parquet') GROUP BY site ORDER BY site`;
  return { result, rows: () => query(out, database => database.rows(sql)), out };
}

async function failure(plan: Plan, options: Options = {}) {
  return withFolder(async folder => {
    const { result, out } = await ingest(folder, plan, options);
    assert.is(result.status, 'failed', JSON.stringify(result));
    assert.equal(readdirSync(out), ['result.json']);
    for (const secret of Object.values(keys)) assert.not.ok(JSON.stringify(result).includes(secret));
    const { code, message, at } = result.error!;
    assert.ok(at !== undefined && plan.positions[at], `${code} has no position`);
    return { code, message, line: plan.positions[at]!.line };
  });
}

const csv = (site: string, ...celsius: number[]): string =>
  `at,site,celsius\n${celsius.map((c, i) => `2024-01-01T${String(i).padStart(2, '0')}:00,${site},${c}`).join('\n')}\n`;

it('one object, several by a pattern, in every format', async () => {
  await store.put('lake/one.csv', csv('a', 1, 2));
  await store.put('lake/many/b c+d(1)é.csv', csv('b', 3));
  await store.put('lake/many/deep/c.csv', csv('c', 4));
  await store.put('lake/many/c.json', JSON.stringify([{ at: '2024-01-01T00:00', site: 'j', celsius: 5 }]));
  await withFolder(async folder => {
    const sums = async (from: string) => {
      const { result, rows } = await ingest(folder, planOf(source(from)));
      assert.is(result.status, 'succeeded', JSON.stringify(result.error));
      return (await rows()).map(({ site, sum }) => `${site} ${sum}`).join(', ');
    };
    assert.is(await sums('csv("s3://lake/one.csv", connection: lake)'), 'a 3');
    assert.is(await sums('csv("s3://lake/many/*.csv", connection: lake)'), 'b 3');
    assert.is(await sums('csv("s3://lake/many/**/*.csv", connection: lake)'), 'b 3, c 4');
    assert.is(await sums('json("s3://lake/many/?.json", connection: lake)'), 'j 5');
    await query(folder, database =>
      database.execute(
        `COPY (SELECT TIMESTAMP '2024-01-01' AS at, 'p' AS site, 6.0::DOUBLE AS celsius) TO '${folder}/x.parquet' (FORMAT parquet)`,
      ),
    );
    await store.put('lake/x.parquet', (await import('node:fs')).readFileSync(`${folder}/x.parquet`));
    assert.is(await sums('parquet("s3://lake/*.parquet", connection: lake)'), 'p 6');
  });
});

it('more objects than one answer lists', async () => {
  const folder = path.join(store.folder, 'data/lake/pages');
  mkdirSync(folder);
  // Written into the folder behind the gateway: a thousand requests would say nothing more.
  execFileSync('bash', ['-c', 'for i in $(seq 1 1234); do : > "$1/$i"; done', 'bash', folder]);
  const { connections } = planOf(source('csv("s3://lake/one.csv", connection: lake)'));
  const lake = await openStore(
    { name: 'lake', construct: connections['lake']! },
    0,
    new AbortController().signal,
  );
  const listed = await lake.list('lake', 'pages/');
  assert.is(listed.length, 1234);
  assert.is(new Set(listed.map(({ key }) => key)).size, 1234);
});

it('an object is fetched once for each of its contents, and the listing tells whether anything changed', async () => {
  await store.put('lake/kept/a.csv', csv('a', 1));
  await store.put('lake/kept/b.csv', csv('b', 2));
  const plan = planOf(source('csv("s3://lake/kept/*.csv", connection: lake)'));
  await withFolder(async folder => {
    const cache = path.join(folder, 'cache');
    const objects = (): string[] => readdirSync(path.join(cache, 'objects')).sort();
    const mark = async () => {
      const memory = { hash: () => Promise.reject(new Error('no file is read')) };
      const params = { from: null, to: null };
      const signal = new AbortController().signal;
      return (await sourceSnapshots({ plan, step: plan.steps[0]!, params, root: folder, memory, signal }))![
        'rows'
      ];
    };
    const first = await ingest(folder, plan, { cache });
    const before = objects();
    assert.is(before.length, 2);
    assert.is(first.result.snapshots['rows']!.mark, await mark());
    for (const name of before) utimesSync(path.join(cache, 'objects', name), 1_000, 1_000);
    await ingest(folder, plan, { cache });
    assert.equal(objects(), before);
    await store.put('lake/kept/b.csv', csv('b', 7));
    assert.is.not(await mark(), first.result.snapshots['rows']!.mark);
    const again = await ingest(folder, plan, { cache });
    assert.is(objects().length, 3);
    assert.equal(
      (await again.rows()).map(({ sum }) => sum),
      [1, 7],
    );
    assert.is.not(again.result.snapshots['rows']!.hash, first.result.snapshots['rows']!.hash);
  });
});

it('folders of partitions outside the data interval are not fetched', async () => {
  for (const day of ['2024-01-01', '2024-01-02', '2024-01-03'])
    await store.put(`lake/days/at=${day}/x.csv`, csv(day, 1).replace('2024-01-01T', `${day}T`));
  const plan = planOf(
    source('csv("s3://lake/days/*/x.csv", connection: lake)', ' { partitioned by at daily }'),
  );
  await withFolder(async folder => {
    const cache = path.join(folder, 'cache');
    const { result, rows } = await ingest(folder, plan, {
      cache,
      from: '2024-01-02T00:00:00Z',
      to: '2024-01-03T00:00:00Z',
    });
    assert.equal(
      (await rows()).map(({ site }) => site),
      ['2024-01-02'],
    );
    assert.is(readdirSync(path.join(cache, 'objects')).length, 1);
    assert.match(result.notes.join('\n'), /1 of 3 files read: the others lie outside the data interval/);
  });
});

it('nothing there, a wrong bucket, a path of no object, wrong keys: each said at its place', async () => {
  const of = (from: string) => failure(planOf(source(from)));
  const none = await of('csv("s3://lake/none/*.csv", connection: lake)');
  assert.equal([none.code, none.line], ['MLP8120', 4]);
  assert.match((await of('csv("s3://nolake/a.csv", connection: lake)')).message, /MLP|NoSuchBucket/);
  assert.is((await of('csv("s3://la*/a.csv", connection: lake)')).code, 'MLP8124');
  assert.is((await of('csv("s3://lake/many/", connection: lake)')).code, 'MLP8124');
  const plan = planOf(source('csv("s3://lake/one.csv", connection: lake)'));
  for (const [name, value, code] of [
    ['LAKE_SECRET', 'wrong', 'MLP8104'],
    ['LAKE_KEY', 'NOBODY', 'MLP8104'],
    ['LAKE_KEY', undefined, 'MLP8101'],
  ] as const) {
    const before = process.env[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
    const told = await failure(plan);
    process.env[name] = before;
    assert.is(told.code, code, told.message);
  }
  assert.is(
    (await failure(planOf(source('csv("s3://lake/one.csv", connection: lake)'), 'http://127.0.0.1:1'))).code,
    'MLP8103',
  );
});

/** Stands before the store and spoils what `spoil` takes; all else goes through. */
async function between(
  spoil: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>,
  body: (endpoint: string) => Promise<void>,
): Promise<void> {
  const proxy = createServer(async (request, response) => {
    if (await spoil(request, response)) return;
    const { host: _host, connection: _connection, ...headers } = request.headers;
    // The signature is over the host that was asked.
    const answer = await fetchAs(`${store.endpoint}${request.url}`, headers, request.headers.host!);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  try {
    await body(`http://127.0.0.1:${port}`);
  } finally {
    proxy.closeAllConnections();
    await new Promise(resolve => proxy.close(resolve));
  }
}

function fetchAs(url: string, headers: object, host: string) {
  return new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>((resolve, reject) => {
    import('node:http').then(({ request }) => {
      const asked = request(url, { headers: { ...headers, host } }, answer => {
        const chunks: Buffer[] = [];
        answer.on('data', chunk => chunks.push(chunk));
        answer.on('end', () => {
          const { 'transfer-encoding': _chunked, ...kept } = answer.headers as Record<string, string>;
          resolve({ status: answer.statusCode!, headers: kept, body: Buffer.concat(chunks) });
        });
      });
      asked.on('error', reject).end();
    }, reject);
  });
}

it('an object that changes, vanishes or is cut off between list and read', async () => {
  await store.put('lake/race.csv', csv('a', 1, 2, 3));
  const isObject = ({ url, method }: IncomingMessage): boolean =>
    method === 'GET' && url!.startsWith('/lake/race.csv');
  const plan = (endpoint: string): Plan =>
    planOf(source('csv("s3://lake/race.csv", connection: lake)'), endpoint);
  const changes = async (request: IncomingMessage): Promise<boolean> => {
    if (isObject(request)) await store.put('lake/race.csv', csv('a', 9));
    return false;
  };
  await between(changes, async endpoint => {
    const { code, message, line } = await failure(plan(endpoint));
    assert.equal([code, line, message], ['MLP8121', 4, 's3://lake/race.csv was replaced while it was read']);
  });
  const vanishes = async (request: IncomingMessage): Promise<boolean> => {
    if (isObject(request)) await store.delete('lake/race.csv');
    return false;
  };
  await between(vanishes, async endpoint => {
    assert.match((await failure(plan(endpoint))).message, /vanished before it was read/);
  });
  await store.put('lake/race.csv', csv('a', 1, 2, 3));
  const cuts = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!isObject(request)) return false;
    const text = csv('a', 1, 2, 3);
    response.writeHead(200, { 'content-length': text.length });
    response.write(text.slice(0, 20));
    setTimeout(() => response.destroy(), 50);
    return true;
  };
  await between(cuts, async endpoint => {
    await withFolder(async folder => {
      const cache = path.join(folder, 'cache');
      const { result } = await ingest(folder, plan(endpoint), { cache });
      assert.is(result.error?.code, 'MLP8122', JSON.stringify(result.error));
      assert.match(result.error!.message, /20 of \d+ bytes came/);
      assert.equal(readdirSync(path.join(cache, 'objects')), []);
    });
  });
});

it('a run tries again what changed, vanished or broke off while it was read, and is of one state of the data', async () => {
  const spec = header().replace(store.endpoint, 'ENDPOINT');
  const readings =
    'source rows: Reading = csv("s3://lake/again/*.csv", connection: lake) { retry 2 times after 1s }\n';
  const steps = async (root: string, ...args: string[]) => {
    const outcome = await mlp(['run', 'rows', '--json', ...args], { cwd: root });
    const report = JSON.parse(outcome.out);
    const [step] = report.steps;
    return {
      code: outcome.code,
      attempts: step.attempts,
      rows: step.result.metrics.rows,
      error: step.result.error?.code,
    };
  };
  await store.put('lake/again/a.csv', csv('a', 1, 2));
  await store.put('lake/again/b.csv', csv('b', 3));
  let spoilt = 0;
  let how: 'changes' | 'vanishes' | 'breaks' | 'is gone' = 'changes';
  const spoil = async ({ url, method }: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (method !== 'GET' || !url!.startsWith('/lake/again/b.csv')) return false;
    if (spoilt++ > 0 && how !== 'is gone') return false;
    if (how === 'changes') await store.put('lake/again/b.csv', csv('b', 3, 4, 5));
    if (how === 'vanishes' || how === 'is gone') await store.delete('lake/again/b.csv');
    if (how !== 'breaks') return false;
    response.writeHead(200, { 'content-length': 1000 }).write('at,site');
    setTimeout(() => response.destroy(), 20);
    return true;
  };
  await between(spoil, async endpoint => {
    const root = project({ 'main.mlp': spec.replace('ENDPOINT', endpoint) + readings });
    assert.equal(await steps(root), { code: 0, attempts: 2, rows: 5, error: undefined }, 'it changes');
    // What was read is kept under what the store said as it was read.
    const again = await mlp(['run', 'rows'], { cwd: root });
    assert.match(again.out, /nothing changed/);
    [spoilt, how] = [0, 'vanishes'];
    assert.equal(
      await steps(root, '--force'),
      { code: 0, attempts: 1, rows: 5, error: undefined },
      'kept objects',
    );
    rmSync(path.join(root, '.mlp/cache/objects'), { recursive: true });
    assert.equal(
      await steps(root, '--force'),
      { code: 0, attempts: 2, rows: 2, error: undefined },
      'it vanishes',
    );
    await store.put('lake/again/b.csv', csv('b', 3));
    [spoilt, how] = [0, 'breaks'];
    assert.equal(await steps(root), { code: 0, attempts: 2, rows: 3, error: undefined }, 'it breaks off');
    await store.delete('lake/again/a.csv');
    rmSync(path.join(root, '.mlp/cache/objects'), { recursive: true });
    [spoilt, how] = [0, 'is gone'];
    const gone = await steps(root, '--force');
    assert.equal([gone.code, gone.attempts, gone.error], [1, 3, 'MLP8120'], 'it stays away');
  });
});

test.run();
