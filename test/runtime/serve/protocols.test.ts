// The Open Inference Protocol, OpenAPI held to its own rules and to what the service does, the generated client, and anything at all.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planOf } from '../../../cli/compile.ts';
import { typescript } from '../../../compiler/targets/typescript/index.ts';
import { half } from '../../../runtime/serve/inference/tensors.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { importModule } from '../../support/program-check.ts';
import { Random, rounds } from '../../support/random.ts';
import { get, post, ride, ridesProject, serve, serveProcess } from './trained.ts';

const root = await ridesProject();
const service = await serve(root);
const { url } = service;
const model = `${url}/v2/models/late`;

type Tensor = { name: string; shape: number[]; datatype: string; data: unknown[] };
const datatypes: Readonly<Record<string, string>> = {
  seats: 'UINT8',
  tip: 'INT64',
  wait: 'UINT32',
  born: 'INT32',
  fare: 'FP64',
  shared: 'BOOL',
};
const tensors = (rows: readonly object[]): Tensor[] =>
  Object.keys(rows[0]!).map(name => ({
    name,
    shape: [rows.length],
    datatype: datatypes[name] ?? 'BYTES',
    data: rows.map(row => (row as Record<string, unknown>)[name]),
  }));

test('Open Inference Protocol: the server, its health, the model, by version and without', async () => {
  assert.equal((await get(`${url}/v2`)).body.extensions, []);
  assert.equal((await get(`${url}/v2/health/live`)).body, { live: true });
  assert.equal((await get(`${url}/v2/health/ready`)).body, { ready: true });
  for (const place of [model, `${model}/versions/1`]) {
    assert.equal((await get(`${place}/ready`)).body, { ready: true });
    const { body } = await get(place);
    assert.equal([body.name, body.versions, body.platform], ['late', ['1'], 'mlp']);
    const byName = Object.fromEntries(body.inputs.map((one: Tensor) => [one.name, one.datatype]));
    assert.equal(
      [byName.seats, byName.fare, byName.zone, byName.shared, byName.wait],
      ['INT64', 'FP64', 'BYTES', 'BOOL', 'INT64'],
    );
    assert.equal(
      body.outputs.map((one: Tensor) => [one.name, one.datatype, one.shape]),
      [
        ['prediction', 'BOOL', [-1]],
        ['probability', 'FP64', [-1]],
        ['prediction_id', 'BYTES', [-1]],
      ],
    );
  }
});

test('Open Inference Protocol: rows as tensors are answered as rows of JSON are', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ ...ride, fare: i * 20, tip: i % 3 ? i : null }));
  const plain = (await post(`${url}/predict`, { rows })).body.predictions;
  for (const place of [model, `${model}/versions/1`]) {
    const { status, body } = await post(`${place}/infer`, { id: 'mine', inputs: tensors(rows) });
    assert.is(status, 200, JSON.stringify(body));
    assert.equal([body.model_name, body.model_version, body.id], ['late', '1', 'mine']);
    const [prediction, probability, ids] = body.outputs;
    assert.equal(
      probability.data,
      plain.map((one: { probability: number }) => one.probability),
    );
    assert.equal(
      prediction.data,
      plain.map((one: { prediction: { late: boolean } }) => one.prediction.late),
    );
    assert.equal([prediction.shape, ids.datatype, ids.data.length], [[20], 'BYTES', 20]);
  }
  const nested = tensors(rows).map(one => ({ ...one, shape: [20, 1], data: one.data.map(value => [value]) }));
  const some = { inputs: nested, outputs: [{ name: 'probability' }] };
  const { body } = await post(`${model}/infer`, some);
  assert.equal(
    body.outputs.map((one: Tensor) => one.name),
    ['probability'],
  );
  assert.match(body.id, /^[0-9a-f-]{36}$/);
});

test('Open Inference Protocol: numbers of fewer bits are what those bits hold', async () => {
  const rows = [{ ...ride, fare: 120.1 }];
  const asked = (datatype: string) =>
    tensors(rows).map(one => (one.name === 'fare' ? { ...one, datatype } : one));
  const as = async (fare: number) => (await post(`${url}/predict`, { ...ride, fare })).body.probability;
  for (const [datatype, fare] of [
    ['FP32', Math.fround(120.1)],
    ['FP16', 120.125],
  ] as const) {
    const { body } = await post(`${model}/infer`, { inputs: asked(datatype) });
    assert.is(body.outputs[1].data[0], await as(fare), datatype);
  }
  assert.equal([0, 1, -0.1, 65_504, 65_520, 2 ** -25, 2 ** -24 * 1.5].map(half), [
    0,
    1,
    -0.0999755859375,
    65_504,
    Number.POSITIVE_INFINITY,
    0,
    2 ** -23,
  ]);
});

test('Open Inference Protocol: what is wrong is told as {error}', async () => {
  const good = tensors([ride]);
  const swap = (name: string, change: object) =>
    good.map(one => (one.name === name ? { ...one, ...change } : one));
  const cases: readonly (readonly [string, unknown, number, RegExp])[] = [
    [`${model}/infer`, {}, 400, /required property 'inputs'/],
    [`${model}/infer`, { inputs: [] }, 400, /fewer than 1/],
    [`${model}/infer`, { inputs: good, colour: 1 }, 400, /additional properties: `colour`/],
    [`${model}/infer`, { inputs: swap('seats', { datatype: 'INT7' }) }, 400, /datatype/],
    [
      `${model}/infer`,
      { inputs: swap('seats', { datatype: 'BYTES' }) },
      400,
      /`seats` is BYTES, which is no int/,
    ],
    [
      `${model}/infer`,
      { inputs: swap('seats', { data: [300] }) },
      400,
      /value 0 of the tensor `seats` is no UINT8/,
    ],
    [`${model}/infer`, { inputs: swap('seats', { data: [7, 8] }) }, 400, /has 1 values, and its data 2/],
    [
      `${model}/infer`,
      { inputs: swap('seats', { shape: [2], data: [7, 8] }) },
      400,
      /shape \[2\], not \[1\]/,
    ],
    [`${model}/infer`, { inputs: swap('seats', { shape: [100_000_000] }) }, 400, /./],
    [`${model}/infer`, { inputs: swap('seats', { name: 'seets' }) }, 400, /did you mean `seats`/],
    [`${model}/infer`, { inputs: [...good, good[0]] }, 400, /given twice/],
    [
      `${model}/infer`,
      { inputs: swap('seats', { data: [9] }) },
      400,
      /row 0: `seats` is 9, above 8 \(rides\.mlp:13:3\)/,
    ],
    [
      `${model}/infer`,
      { inputs: good, outputs: [{ name: 'x' }] },
      400,
      /no output `x`; there are prediction/,
    ],
    [`${url}/v2/models/early/infer`, { inputs: good }, 404, /no model `early`; there is `late`/],
    [`${model}/versions/7/infer`, { inputs: good }, 404, /version 7 of `late` is not loaded; version 1 is/],
  ];
  for (const [place, body, status, error] of cases) {
    const answer = await post(place, body);
    assert.is(answer.status, status, JSON.stringify(answer.body));
    assert.equal(Object.keys(answer.body), ['error']);
    assert.match(answer.body.error, error);
  }
});

const tools = [path.join(import.meta.dirname, '../../../.tools/python/bin'), process.env['PATH']].join(':');
const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { env: { PATH: tools }, stdio: 'ignore' });
    return true;
  } catch {
    console.log(`skipped: there is no ${program} here`);
    return false;
  }
};

test('OpenAPI: the document is one by the rules of OpenAPI 3.1', async () => {
  const { body } = await get(`${url}/openapi.json`);
  assert.is(body.openapi, '3.1.0');
  assert.equal(body.components.schemas.Row.properties.seats.minimum, 1);
  if (!has('openapi-spec-validator')) return;
  const file = path.join(temporaryFolder(), 'openapi.json');
  writeFileSync(file, JSON.stringify(body));
  const { exitCode, all } = await execa('openapi-spec-validator', [file], {
    env: { PATH: tools },
    reject: false,
    all: true,
  });
  assert.is(exitCode, 0, all);
});

test('OpenAPI: requests drawn from the document are answered as it says', async () => {
  if (!has('schemathesis')) return;
  const seed = Math.floor(Math.random() * 1e9);
  console.log(`seed ${seed}`);
  const args = [
    'run',
    `${url}/openapi.json`,
    '--seed',
    String(seed),
    '--max-examples',
    String(rounds(20, 500)),
    '--no-color',
    '--phases',
    'examples,coverage,fuzzing',
    '--checks',
    'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection',
  ];
  const { exitCode, all } = await execa('schemathesis', args, {
    cwd: temporaryFolder(),
    env: { PATH: tools },
    reject: false,
    all: true,
  });
  assert.is(exitCode, 0, String(all).slice(-6000));
});

test('the generated client asks and is told, with types, and what is wrong as an error of its own', async () => {
  const files = await typescript.emit(planOf({ project: root }).plan, {});
  type Client = {
    predict(row: object): Promise<{ prediction: object; probability: number }>;
    predictAll(rows: object[]): Promise<{ probability: number }[]>;
    ready(): Promise<boolean>;
  };
  const { RideApi } = await importModule<{ RideApi: new (url: string, options?: object) => Client }>(
    files,
    'clients/ride-api.ts',
  );
  const client = new RideApi(`${url}/`);
  assert.ok(await client.ready());
  const { id: _, ...answer } = (await post(`${url}/predict`, ride)).body;
  const asked = await client.predict({
    ...ride,
    started: new Date('2024-02-01T08:15:00Z'),
    id: 9007199254740993n,
  });
  assert.equal({ ...asked, id: undefined }, { ...answer, id: undefined });
  assert.equal((await client.predictAll([ride, ride])).length, 2);
  const refused = await client.predict({ ...ride, seats: 9 }).catch((error: Error) => error);
  const { name, status, code, faults, temporary } = refused as Error & {
    status: number;
    code: string;
    faults: { spec: string }[];
    temporary: boolean;
  };
  assert.equal(
    [name, status, code, faults.length, faults[0]?.spec, temporary],
    ['ServiceError', 422, 'MLP8720', 1, 'rides.mlp:13:3', false],
  );
  const nobody = await new RideApi('http://127.0.0.1:9').predict(ride).catch((error: Error) => error);
  assert.equal(
    [(nobody as Error).name, /cannot be reached/.test((nobody as Error).message)],
    ['ServiceUnreachable', true],
  );
});

/** A request with something in it changed at random; now and then it still is one. */
function mutated(random: Random): string {
  const values: readonly unknown[] = [
    null,
    '',
    'x'.repeat(500),
    -1,
    1e308,
    2 ** 53,
    true,
    [],
    {},
    [[1]],
    { rows: [] },
    '\u0000',
    '2024-02-30',
    '\ud83d',
  ];
  const change = (value: unknown, depth: number): unknown => {
    if (random.chance(0.15)) return random.pick(values);
    if (Array.isArray(value)) return value.map(item => change(item, depth + 1));
    if (typeof value !== 'object' || value === null || depth > 3) return value;
    const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
      if (random.chance(0.05)) return [];
      if (random.chance(0.05))
        return [[random.pick(['__proto__', 'constructor', `${key}x`, 'rows', 'at']), item]];
      return [[key, change(item, depth + 1)]];
    });
    return Object.fromEntries(entries);
  };
  const base: unknown = random.pick([ride, { rows: [ride, ride] }, { inputs: tensors([ride, ride]) }]);
  let text = JSON.stringify(random.chance(0.9) ? change(base, 0) : base);
  if (random.chance(0.2)) {
    const at = random.int(0, text.length);
    text =
      text.slice(0, at) +
      random.pick(['', '}', '"', '\\u', '1e', '\u2028', '[[[[']) +
      text.slice(at + random.int(0, 3));
  }
  return text;
}

test('whatever comes, the answer is of the right form and the service alive: JSON changed at random, bytes at random', async () => {
  const alone = await serveProcess([], root);
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const statuses = new Map<number, number>();
  const places = ['/predict', '/predict', '/v2/models/late/infer'];
  for (let i = 0; i < rounds(1500, 100_000); i++) {
    const body = mutated(random);
    const { status, body: answer } = await post(alone.url + random.pick(places), body);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.ok([200, 400, 413, 422].includes(status), `${status} for ${body}: ${JSON.stringify(answer)}`);
    assert.ok(status === 200 || typeof answer.error === 'string', body);
  }
  console.log(JSON.stringify([...statuses]));
  const { hostname, port } = new URL(alone.url);
  for (let i = 0; i < rounds(150, 5000); i++) {
    const bytes = Buffer.from(Array.from({ length: random.int(1, 400) }, () => random.int(0, 255)));
    const head = random.chance(0.5)
      ? `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${random.int(0, 500)}\r\n\r\n`
      : '';
    await new Promise<void>(resolve => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(head);
        socket.end(bytes);
      });
      socket.resume();
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.setTimeout(500, () => socket.destroy());
    });
  }
  assert.is((await post(`${alone.url}/predict`, ride)).status, 200);
  assert.is(alone.output().err, '', 'a fault of mlp is told on standard error');
  assert.is(await alone.stop(), 0);
});

test.after(() => service.stop());
test.run();
