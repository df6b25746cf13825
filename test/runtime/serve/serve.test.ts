import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { promoteModel } from '../../../runtime/engine/promote.ts';
import type { Model } from '../../../runtime/learn/index.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { mlp, write } from '../../cli/support.ts';
import { get, post, programOf, ride, rides, ridesProject, serve, serveProcess } from './trained.ts';

const root = await ridesProject(rides('', 'serve late  log 50% of requests'));
const service = await serve(root);
const { url } = service;

test('one row is answered by the decision, the probability, the model, its version, an id and the moment', async () => {
  const { status, body } = await post(`${url}/predict`, ride);
  assert.is(status, 200);
  assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
  const { id: _, probability, ...rest } = body;
  const prediction = { late: probability >= 0.4 };
  assert.equal(rest, { model: 'late', version: 1, at: '2024-02-01T08:15:00Z', prediction });
});

test('several rows are answered in their order, each as it is answered alone', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ ...ride, fare: i * 9, zone: i % 2 ? 'ROM' : 'NEW' }));
  const { body } = await post(`${url}/predict`, { rows });
  assert.is(body.predictions.length, 50);
  assert.is(new Set(body.predictions.map((one: { id: string }) => one.id)).size, 50);
  for (const i of [0, 7, 49]) {
    const alone = (await post(`${url}/predict`, rows[i])).body;
    assert.is(alone.probability, body.predictions[i].probability);
  }
});

test('the moment is now unless it is given, by its column or by at', async () => {
  const { started, ...rest } = ride;
  const before = Date.now();
  const now = (await post(`${url}/predict`, rest)).body;
  assert.ok(Date.parse(now.at) >= before && Date.parse(now.at) <= Date.now());
  const given = (await post(`${url}/predict`, { ...rest, at: started })).body;
  const own = (await post(`${url}/predict`, ride)).body;
  assert.equal([given.at, given.probability], [own.at, own.probability]);
});

test('every fault of every row is told at once: field, given, expected, where in the spec', async () => {
  const { fare: _, zone: _z, ...unzoned } = ride;
  const rows = [
    ride,
    { ...unzoned, seats: 9, zonne: 'X' },
    { ...ride, born: 'nobody', zone: 'x', at: '2024-02-01T00:00:00Z' },
  ];
  const { status, body } = await post(`${url}/predict`, { rows });
  assert.is(status, 422);
  assert.is(body.code, 'MLP8720');
  const seen = body.faults.map((fault: { row: number; field: string; code: string }) => [
    fault.row,
    fault.field,
    fault.code,
  ]);
  assert.equal(seen, [
    [1, 'seats', 'MLP8713'],
    [1, 'fare', 'MLP8710'],
    [1, 'zone', 'MLP8710'],
    [1, 'zonne', 'MLP8711'],
    [2, 'zone', 'MLP8713'],
    [2, 'born', 'MLP8712'],
    [2, 'at', 'MLP8714'],
  ]);
  const [seats, , , stranger] = body.faults;
  assert.equal(seats, {
    code: 'MLP8713',
    row: 1,
    field: 'seats',
    message: '`seats` is 9, above 8',
    given: '9',
    expected: 'int in 1..8',
    spec: 'rides.mlp:13:3',
  });
  assert.match(stranger.hint, /did you mean `zone`/);
});

test('personal data does not come back in an error', async () => {
  const { body } = await post(`${url}/predict`, { ...ride, born: 1066 });
  assert.is(body.faults[0].given, '(personal data)');
  assert.not.match(JSON.stringify(body), /1066/);
  const inputs = Object.entries({ ...ride, born: 1066 }).map(([name, value]) => ({
    name,
    shape: [1],
    datatype:
      typeof value === 'boolean'
        ? 'BOOL'
        : typeof value === 'string'
          ? 'BYTES'
          : name === 'fare'
            ? 'FP64'
            : 'INT64',
    data: [value],
  }));
  const tensors = await post(`${url}/v2/models/late/infer`, { inputs });
  assert.is(tensors.status, 400);
  assert.not.match(JSON.stringify(tensors.body), /1066/);
});

test('a body that is no JSON, no row, none at all, of another type, too large, or has too many rows', async () => {
  const cases: readonly (readonly [unknown, Record<string, string>, number, RegExp])[] = [
    ['{"seats": 1,\n}', {}, 400, /line 2, column 1 is not JSON/],
    ['{"seats": ', {}, 400, /ends too early/],
    [new Uint8Array([0x7b, 0xff]), {}, 400, /not UTF-8/],
    ['', {}, 400, /it is empty/],
    ['[1]', {}, 400, /an array of 1/],
    ['null', {}, 400, /null/],
    ['{"rows": []}', {}, 400, /at least one/],
    ['{"rows": [1, null]}', {}, 422, /2 values/],
    ['{}', { 'content-type': 'text/plain' }, 415, /application\/json/],
    ['{}', { 'content-encoding': 'gzip' }, 415, /gzip/],
    [`"${'x'.repeat(2_000_000)}"`, {}, 413, /larger than 1,048,576 bytes/],
    [JSON.stringify({ rows: Array(1001).fill({}) }), {}, 422, /1,001 rows/],
    ['['.repeat(200_000) + ']'.repeat(200_000), {}, 400, /an array of 1/],
    [`{"seats": ${'[1,'.repeat(100_000)}1${']'.repeat(100_000)}}`, {}, 422, /values of the request/],
  ];
  for (const [body, headers, status, message] of cases) {
    const answer = await post(`${url}/predict`, body, headers);
    assert.is(answer.status, status, String(body).slice(0, 40));
    assert.match(answer.body.error, message);
    assert.match(answer.body.code, /^MLP87\d\d$/);
  }
  assert.is((await post(`${url}/predict`, ride)).status, 200);
});

test('paths and methods that are not there', async () => {
  const wrong = await post(`${url}/predikt`, ride);
  assert.equal([wrong.status, wrong.body.hint], [404, 'did you mean /predict?']);
  const method = await fetch(`${url}/predict`);
  assert.equal([method.status, method.headers.get('allow')], [405, 'POST']);
  assert.is((await fetch(`${url}/health`, { method: 'HEAD' })).status, 200);
});

test('GET / says what is asked and answered', async () => {
  const { body } = await get(url);
  assert.equal([body.deployment, body.predicts, body.environment], ['ride_api', 'late', 'local']);
  assert.equal(body.request.seats, { type: 'int in 1..8', required: true, spec: 'rides.mlp:13:3' });
  assert.is(body.request.tip.required, false);
});

test('the metrics count what was answered', async () => {
  const { body } = await get(`${url}/metrics`);
  assert.match(body, /mlp_request_seconds_count\{[^}]*route="\/predict",status="200"\} \d+/);
  assert.match(body, /mlp_predictions_total\{prediction="(true|false)"[^}]*\} \d+/);
  assert.match(body, /mlp_model_version\{[^}]*\} 1\n/);
  assert.match(body, /mlp_ready\{[^}]*\} 1\n/);
});

test('the log keeps its share: key, features, answer, nothing personal, whole lines', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ ...ride, id: i, fare: i % 500 }));
  const { body } = await post(`${url}/predict`, { rows });
  await new Promise(resolve => setTimeout(resolve, 400));
  const folder = path.join(root, '.mlp/requests/local/ride_api');
  const files = readdirSync(folder);
  assert.is(files.length, 1);
  const lines = readFileSync(path.join(folder, files[0]!), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  const ids = new Set(body.predictions.map((one: { id: string }) => one.id));
  const kept = lines.filter(line => ids.has(line.id));
  assert.ok(kept.length > 400 && kept.length < 600, `${kept.length} of 1000`);
  for (const line of kept) {
    const answer = body.predictions.find((one: { id: string }) => one.id === line.id);
    assert.equal(line.prediction, answer.prediction);
    assert.is(line.probability, answer.probability);
    assert.is(line.features.cost, (line.key.id % 500) / 2);
    assert.equal(Object.keys(line.features).sort(), [
      'cost',
      'hour',
      'kind',
      'mail',
      'shared',
      'tip',
      'waited',
      'weekday',
      'zone',
    ]);
  }
  assert.not.match(JSON.stringify(lines), /born|1987/);
});

test('slow clients are cut off, others are not held up', async () => {
  const slow = await serve(root, { http: { headersMs: 300, requestMs: 600 } });
  const { hostname, port } = new URL(slow.url);
  const drip = (head: string): Promise<string> =>
    new Promise(resolve => {
      let said = '';
      let timer: NodeJS.Timeout | undefined;
      const socket = connect(Number(port), hostname, () => {
        socket.write(head);
        timer = setInterval(() => socket.writable && socket.write('x'), 50);
      });
      socket.on('data', chunk => {
        said += String(chunk);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        resolve(said);
      });
    });
  const many = Array.from({ length: 300 }, (_, i) =>
    drip(
      i % 2
        ? 'GET / HTTP/1.1\r\nhost: x\r\nx-'
        : 'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{',
    ),
  );
  assert.is((await post(`${slow.url}/predict`, ride)).status, 200);
  const answers = await Promise.all(many);
  await slow.stop();
  for (const said of answers) assert.match(said, /^HTTP\/1\.1 408[\s\S]*MLP8729/, JSON.stringify(said));
});

test('what is no HTTP is told so, and too long headers', async () => {
  const { hostname, port } = new URL(url);
  const send = (bytes: string): Promise<string> =>
    new Promise(resolve => {
      let said = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket.on('data', chunk => {
        said += String(chunk);
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(said));
    });
  assert.match(await send('\u0000\u0001\u0002\r\n\r\n'), /^HTTP\/1\.1 400[\s\S]*MLP8728/);
  assert.match(await send(`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431/);
});

test('beyond so many requests at once, 503 with when to try again', async () => {
  const { features, release } = blocked();
  const busy = await serve(root, { http: { inFlight: 2 }, open: async () => features });
  const waiting = [post(`${busy.url}/predict`, ride), post(`${busy.url}/predict`, ride)];
  await new Promise(resolve => setTimeout(resolve, 100));
  const refused = await post(`${busy.url}/predict`, ride);
  assert.equal(
    [refused.status, refused.body.code, refused.headers.get('retry-after')],
    [503, 'MLP8730', '1'],
  );
  release();
  for (const answer of await Promise.all(waiting)) assert.is(answer.status, 200);
  await busy.stop();
});

/** Features that come when they are released, and in the meantime do not. */
function blocked() {
  let release = (): void => {};
  const gate = new Promise<void>(resolve => {
    release = resolve;
  });
  const row = {
    hour: 9,
    weekday: 'Thursday',
    cost: 60,
    zone: 'OSL',
    kind: 'solo',
    tip: 1,
    shared: true,
    waited: 60,
    mail: 1980,
  };
  const features = {
    requestColumns: [] as string[],
    compute: async (requests: readonly unknown[]) => {
      await gate;
      return requests.map(() => row);
    },
    freshness: async () => [],
    close: async () => {},
  };
  return { features, release };
}

test('a store that goes down: not ready, predictions say so, and it comes back by itself', async () => {
  const { features, release } = blocked();
  release();
  let down = false;
  const flaky = {
    ...features,
    compute: (requests: readonly unknown[]) =>
      down ? Promise.reject(new Error('connect ECONNREFUSED')) : features.compute(requests),
    freshness: async () => {
      if (down) throw new Error('connect ECONNREFUSED');
      const now = Date.now() * 1000;
      return [{ table: 'rides', asOf: now, upTo: now, rows: 600, refused: null }];
    },
  };
  const one = await serve(root, { open: async () => flaky });
  assert.equal((await get(`${one.url}/health/ready`)).body.ready, true);
  down = true;
  const refused = await post(`${one.url}/predict`, ride);
  assert.equal([refused.status, refused.body.code], [503, 'MLP8731']);
  const health = await get(`${one.url}/health/ready`);
  assert.is(health.status, 503);
  assert.match(health.body.reasons[0], /does not answer: connect ECONNREFUSED/);
  assert.is((await get(`${one.url}/v2/health/ready`)).status, 503);
  assert.is((await get(`${one.url}/health/live`)).status, 200);
  down = false;
  await new Promise(resolve => setTimeout(resolve, 300));
  assert.is((await get(`${one.url}/health/ready`)).status, 200);
  assert.is((await post(`${one.url}/predict`, ride)).status, 200);
  await one.stop();
});

test('a store that hangs is given up', async () => {
  const { features } = blocked();
  const one = await serve(root, { limits: { storeMs: 100 }, open: async () => features });
  const refused = await post(`${one.url}/predict`, ride);
  assert.equal([refused.status, refused.body.code], [503, 'MLP8731']);
  assert.match(refused.body.error, /no answer within 100 ms/);
  await one.stop();
});

test('a new champion is taken up without a restart, one that does not fit is not', async () => {
  const one = await serve(root, { pollMs: 50 });
  const before = (await post(`${one.url}/predict`, ride)).body;
  const trained = await mlp(['run', 'late', '--try', 'late.rounds=2'], { cwd: root });
  assert.is(trained.code, 0, trained.out + trained.err);
  await until(() => one.service.champion.version === 2);
  const after = (await post(`${one.url}/predict`, ride)).body;
  assert.is(after.version, 2);
  assert.is.not(after.probability, before.probability);
  assert.match(one.told.at(-1)!, /now answers with version 2/);
  const store = await openStore(root);
  promoteModel(store, { environment: 'local', model: 'late', version: 1, why: 'a step back' });
  store.close();
  await until(() => one.service.champion.version === 1);
  assert.is((await post(`${one.url}/predict`, ride)).body.probability, before.probability);
  await one.stop();
});

async function until(test: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !test(); await new Promise(resolve => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error('waited in vain');
}

test('the probability is what the model gives for the features of the run, to the bit', async () => {
  const { readPart } = await import('../../../runtime/learn/frames/read-part.ts');
  const { openModel } = await import('../../../runtime/learn/open-model.ts');
  const program = await programOf(root);
  const store = await openStore(root);
  const run = store.runs.list().at(-1)!.id;
  const steps = store.runs.steps(run);
  const folder = (kind: string, output: string) =>
    store.artifacts.folder(steps.find(step => step.kind === kind)!.outputs[output]!);
  const model = (await openModel(folder('train', 'model'))) as Model;
  const part = await readPart({
    folder: folder('split', 'parts'),
    plan: program.plan,
    model: 'late',
    part: 'test',
    threads: 1,
    memory: '512MiB',
    scratch: path.join(root, '.scratch'),
    signal: new AbortController().signal,
  });
  store.close();
  const scores = model.predict(part.frame);
  const byMoment = new Map([...part.at].map((at, i) => [at, scores[i]!]));
  const lines = readFileSync(path.join(root, 'rides.csv'), 'utf8').trimEnd().split('\n');
  const names = lines[0]!.split(',');
  const rows = lines.slice(1).flatMap(line => {
    const row = Object.fromEntries(line.split(',').map((text, i) => [names[i]!, text]));
    if (!byMoment.has(Date.parse(row['started']!))) return [];
    const { late: _, ...rest } = row;
    for (const name of ['id', 'seats', 'fare', 'wait', 'born']) rest[name] = Number(rest[name]) as never;
    return [
      { ...rest, tip: row['tip'] === '' ? null : Number(row['tip']), shared: row['shared'] === 'true' },
    ];
  });
  assert.is(rows.length, part.frame.rows);
  const { body } = await post(`${url}/predict`, { rows });
  for (const [i, { probability, at }] of body.predictions.entries())
    assert.is(probability, byMoment.get(Date.parse(at)), `row ${i}`);
});

test('a process of its own: loopback only, no DuckDB, finishes what is under way at SIGTERM', async () => {
  const process_ = await serveProcess(['--access-log'], root);
  assert.match(process_.url, /^http:\/\/127\.0\.0\.1:/);
  assert.is((await post(`${process_.url}/predict`, ride)).status, 200);
  const maps = readFileSync(`/proc/${process_.child.pid}/maps`, 'utf8');
  assert.not.match(maps, /duckdb/);
  const { hostname, port } = new URL(process_.url);
  const text = JSON.stringify(ride);
  const headers = { 'content-type': 'application/json', 'content-length': text.length };
  const slow = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const asked = httpRequest({ hostname, port, path: '/predict', method: 'POST', headers }, response => {
      let body = '';
      response.on('data', chunk => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject);
    asked.write(text.slice(0, 10));
    setTimeout(() => asked.end(text.slice(10)), 400);
  });
  await new Promise(resolve => setTimeout(resolve, 100));
  const ended = process_.stop();
  const answer = await slow;
  assert.is(answer.status, 200, answer.body);
  assert.is(await ended, 0);
  const lines = process_
    .output()
    .err.trim()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(
    lines.map(({ method, path, status }) => [method, path, status]),
    [
      ['POST', '/predict', 200],
      ['POST', '/predict', 200],
    ],
  );
});

test('what cannot be served is said before anything listens, with what to run', async () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['late'], 1, /MLP8702.*no deployment `late`[\s\S]*did you mean `ride_api`/],
    [['--port', '99999'], 2, /--port takes a number from 0 to 65535/],
    [['--host', '203.0.113.7'], 1, /MLP8707.*no such address/],
    [['--port', new URL(url).port], 1, /MLP8707.*another program listens there/],
    [['--env', 'nowhere'], 1, /nowhere/],
  ];
  for (const [args, code, message] of cases) {
    const outcome = await mlp(['serve', ...args], { cwd: root });
    assert.is(outcome.code, code, args.join(' '));
    assert.match(outcome.err, message);
  }
});

test('a champion of features that have changed since is refused', async () => {
  write(root, 'rides.mlp', rides('', 'serve late', '(seats + 1)'));
  const changed = await mlp(['serve'], { cwd: root });
  assert.is(changed.code, 1);
  assert.match(
    changed.err,
    /rides\.mlp:\d+:\d+: error MLP8706: version 1 of late.*`R` is computed another way/,
  );
  assert.match(changed.err, /hint: train a version.*mlp run late/);
  write(root, 'rides.mlp', rides().replace('use zone, kind', 'use kind'));
  assert.match((await mlp(['serve'], { cwd: root })).err, /MLP8706/);
  write(
    root,
    'rides.mlp',
    rides('', 'serve late  shadow late  rollout blue_green  replicas 2..3 at 60% cpu'),
  );
  const plain = await serveProcess([], root);
  await plain.stop();
  assert.match(
    plain.output().err,
    /does not carry out yet, of ride_api:\n {2}`shadow late`.*\n {2}`rollout blue_green`.*\n {2}`replicas`/,
  );
});

test.after(() => service.stop());
test.run();
