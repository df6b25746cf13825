// What goes wrong around a service: its log, a state that is too old, a damaged model. It stays alive and says what is so.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MlpError } from '../../../runtime/engine/contract.ts';
import { type LoggedPrediction, RequestLog } from '../../../runtime/serve/request-log.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { mlp } from '../../cli/support.ts';
import {
  get,
  post,
  ride,
  rides,
  ridesCsv,
  ridesProject,
  serve,
  serveProcess,
  trainedProject,
} from './trained.ts';

const root = await ridesProject();

const entry = (i: number): LoggedPrediction => ({
  id: `prediction-${i}`,
  asked: '2024-05-01T10:00:00.000Z',
  model: 'late',
  version: 1,
  at: '2024-05-01T10:00:00Z',
  key: { id: i },
  features: { text: 'é'.repeat(40) },
  prediction: { late: true },
  matched: {},
});

/** Ids in all files of a log, in the order in which they were written; each line must be whole. */
function logged(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap(file => readFileSync(path.join(folder, file), 'utf8').split('\n').slice(0, -1))
    .map(line => JSON.parse(line).id as string);
}

test('the log begins a new file by size, by day, and where somebody has removed the one it had', () => {
  let now = new Date('2024-05-01T23:59:58Z');
  const troubles: (string | null)[] = [];
  const log = new RequestLog({
    store: temporaryFolder(),
    environment: 'local',
    deployment: 'ride/../api',
    share: 1,
    rotateBytes: 2000,
    now: () => now,
    onTrouble: reason => troubles.push(reason),
  });
  const ids: string[] = [];
  const add = (count: number) => {
    for (let i = 0; i < count; i++) {
      ids.push(`prediction-${ids.length}`);
      log.add(entry(ids.length - 1));
      if (i % 3 === 2) log.flush();
    }
    log.flush();
  };
  add(60);
  const first = readdirSync(log.folder);
  assert.ok(first.length > 5, `${first.length} files`);
  assert.equal(logged(log.folder), ids);
  now = new Date('2024-05-02T00:00:01Z');
  add(1);
  assert.is(readdirSync(log.folder).filter(file => file.startsWith('20240502')).length, 1);
  for (const file of readdirSync(log.folder)) unlinkSync(path.join(log.folder, file));
  ids.length = 0;
  add(2);
  assert.equal(logged(log.folder), ids, 'what is written after a removal is there');
  assert.equal([troubles, log.lost, log.written], [[], 0, 63]);
  log.close();
});

test('a log that cannot be written for a while loses nothing, and says when it is well again', () => {
  const troubles: (string | null)[] = [];
  const log = new RequestLog({
    store: temporaryFolder(),
    environment: 'local',
    deployment: 'ride_api',
    share: 1,
    rotateBytes: 1,
    onTrouble: reason => troubles.push(reason),
  });
  log.add(entry(0));
  log.flush();
  renameSync(log.folder, `${log.folder}.away`);
  writeFileSync(log.folder, 'a file where the folder was');
  log.add(entry(1));
  log.flush();
  log.add(entry(2));
  log.flush();
  assert.equal(troubles, ['EEXIST']);
  rmSync(log.folder);
  log.flush();
  assert.equal(troubles, ['EEXIST', null]);
  assert.equal(logged(log.folder), ['prediction-1', 'prediction-2']);
  assert.equal([log.written, log.lost], [3, 0]);
  // Beyond what is kept for better times, lines are given up and counted.
  rmSync(log.folder, { recursive: true });
  writeFileSync(log.folder, '');
  const large = { ...entry(3), features: { text: 'x'.repeat(2 ** 20) } };
  for (let i = 0; i < 6; i++) log.add(large);
  assert.is(log.lost, 3);
  log.close();
  assert.equal([log.written, log.lost], [3, 6]);
});

const windowed = `${rides(`seen = count(rides over 30d by zone)
  city = place.city ?? "none"`).replace(
  'features R from rides at started {',
  `schema Place { zone: string @key  city: string }
source places: Place = csv("places.csv")

features R from rides at started {
  materialize every 1h
  stale after 3h else fail
  join places as place on place.zone == zone`,
)}`;

test('a state that is too old: health says so and requests are refused; brought up to date, all is well', async () => {
  const project = await trainedProject({
    'rides.mlp': windowed,
    'rides.csv': ridesCsv(),
    'places.csv': 'zone,city\nOSL,Oslo\nROM,Rome\n',
  });
  const fill = async (...args: string[]) => {
    const { code, out, err } = await mlp(['features', 'materialize', 'R', ...args], { cwd: project });
    assert.is(code, 0, out + err);
  };
  await fill('--from', '2024-01-01', '--to', '2024-02-01');
  const service = await serveProcess([], project);
  const { started: _, ...now } = ride;
  try {
    const stale = await get(`${service.url}/health/ready`);
    assert.is(stale.status, 503);
    const reason =
      'the last materialisation of rides is too old: 2024-02-01T00:00:00Z, and the spec says `stale after 3h else fail`';
    assert.equal(stale.body.reasons, [reason]);
    assert.is((await get(`${service.url}/v2/health/ready`)).body.error, reason);
    assert.match((await get(`${service.url}/metrics`)).body, /mlp_ready\{[^}]*\} 0\n/);
    const refused = await post(`${service.url}/predict`, now);
    assert.equal([refused.status, refused.body.code, refused.body.error], [503, 'MLP8732', reason]);
    // A moment that the state is fresh for is answered all the same.
    assert.is(
      (await post(`${service.url}/predict`, { ...ride, started: '2024-02-01T01:30:00Z' })).status,
      200,
    );
    await fill();
    const well = await get(`${service.url}/health/ready`);
    assert.equal([well.status, well.body.reasons], [200, undefined], JSON.stringify(well.body));
    assert.equal(
      well.body.tables.map((one: { table: string; upTo: unknown }) => [one.table, one.upTo]),
      [
        ['places', null],
        ['rides', '2024-01-25T23:00:00Z'],
      ],
    );
    assert.is((await post(`${service.url}/predict`, now)).status, 200);
  } finally {
    await service.stop();
  }
});

test('a model file that is damaged: at the start an error with its place, while it serves a note', async () => {
  const artifacts = path.join(root, '.mlp/artifacts');
  const models = (readdirSync(artifacts, { recursive: true, encoding: 'utf8' }) as string[])
    .filter(file => path.basename(file) === 'model.json')
    .map(file => path.join(artifacts, file));
  const [file] = models;
  assert.is(models.length, 1);
  const whole = `${file}.whole`;
  cpSync(file!, whole);
  const text = readFileSync(whole, 'utf8');
  const damages: readonly (readonly [() => void, RegExp])[] = [
    [() => truncateSync(file!, 100), /cannot be loaded/],
    [() => writeFileSync(file!, ''), /cannot be loaded/],
    [() => writeFileSync(file!, Buffer.alloc(500, 0xff)), /cannot be loaded/],
    [() => writeFileSync(file!, text.replace(/"task":\s*"binary"/, '"task": "trinary"')), /cannot be loaded/],
    [() => unlinkSync(file!), /has no model\.json/],
  ];
  for (const [damage, message] of damages) {
    rmSync(file!, { force: true });
    cpSync(whole, file!);
    damage();
    const error = await serve(root).catch((e: MlpError) => e);
    assert.instance(error, MlpError);
    assert.is((error as MlpError).code, 'MLP8709');
    assert.match((error as MlpError).message, message);
  }
  const { code, err } = await mlp(['serve', '--port', '0'], { cwd: root });
  assert.is(code, 1, err);
  assert.match(err, /^rides\.mlp:\d+:\d+: error MLP8709: version 1 of late.* has no model\.json/);
  assert.match(err, /hint: train it again/);
  assert.not.match(err, /\n\s+at /);
  cpSync(whole, file!);
  // A service has its model in memory; what becomes of the store concerns it only when a new champion comes.
  const service = await serve(root, { pollMs: 50 });
  renameSync(path.join(root, '.mlp/store.db'), path.join(root, '.mlp/store.away'));
  await eventually(async () => (await get(`${service.url}/health`)).body.notes !== undefined);
  const { status, body } = await get(`${service.url}/health`);
  assert.is(status, 200);
  assert.match(body.notes[0], /has no champion of late any more/);
  assert.is((await post(`${service.url}/predict`, ride)).status, 200);
  mkdirSync(path.join(root, '.mlp/store.db'));
  await eventually(async () => !/any more/.test((await get(`${service.url}/health`)).body.notes[0]));
  assert.is((await post(`${service.url}/predict`, ride)).status, 200);
  rmSync(path.join(root, '.mlp/store.db'), { recursive: true });
  renameSync(path.join(root, '.mlp/store.away'), path.join(root, '.mlp/store.db'));
  await eventually(async () => (await get(`${service.url}/health`)).body.notes === undefined);
  await service.stop();
  assert.ok(existsSync(file!));
});

async function eventually(test: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; !(await test()); await new Promise(resolve => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error('waited in vain');
}

test('a body without a stated length, and without an end, is cut off at the limit', async () => {
  const service = await serve(root);
  const { hostname, port } = new URL(service.url);
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  let sent = 0;
  const said = await new Promise<string>(resolve => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        'POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      const more = () => {
        while (socket.writable && sent < 2 ** 30) {
          sent += 0x10000;
          if (!socket.write(chunk)) return void socket.once('drain', more);
        }
      };
      more();
    });
    socket.on('data', data => {
      answer += String(data);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
  assert.match(said, /^HTTP\/1\.1 413[\s\S]*MLP8722/);
  assert.ok(sent < 2 ** 30, 'the connection ends before the body does');
  assert.is((await post(`${service.url}/predict`, ride)).status, 200);
  await service.stop();
});

test.run();
