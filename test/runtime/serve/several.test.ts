// Lists, vectors and blobs in requests: read, refused with what is wrong of each field, described, and as tensors.
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planOf } from '../../../cli/compile.ts';
import { typescript } from '../../../compiler/targets/typescript/index.ts';
import { literal } from '../../../runtime/data/sql.ts';
import { mlp, project } from '../../cli/support.ts';
import { openDuckDB } from '../../support/duckdb.ts';
import { importModule } from '../../support/program-check.ts';
import { get, post, serve } from './trained.ts';

const spec = (tags: string) => `import std.sources { parquet }
import std.learn { gradient_boosting }
import std.metrics { auc }

schema Post {
  id: int @key
  mood: vector(2)
  tags: ${tags}
  photo: blob?
  good: bool
}

source posts: Post = parquet("posts.parquet")

features P from posts {
  use mood
  bare = tags is null
  shown = photo is not null
  label good = good
}

model liked {
  features P
  predict good
  split by hash { train 70%  test 30% }
  train gradient_boosting(rounds: 6, depth: 2)
  evaluate auc
}

deployment post_api { serve liked }
`;

async function started(tags: string) {
  const root = project({ 'posts.mlp': spec(tags) });
  const connection = await openDuckDB(1);
  const file = literal(path.join(root, 'posts.parquet'));
  await connection.run(
    `COPY (SELECT i AS id, [sin(i * 7), cos(i * 3)]::DOUBLE[2] AS mood, CASE WHEN ${tags.endsWith('?')} AND i % 3 = 0 THEN NULL ELSE [1, i] END AS tags,
      CASE WHEN i % 2 = 0 THEN '\\xFF'::BLOB END AS photo, sin(i * 7) + (i % 2) / 4 > 0.1 AS good FROM range(400) r(i)) TO ${file}`,
  );
  connection.closeSync();
  const { code, out, err } = await mlp(['run'], { cwd: root });
  assert.is(code, 0, out + err);
  return { root, service: await serve(root) };
}

const { root, service } = await started('[int in 0..1_000]?');
test.after(() => service.stop());
const { url } = service;
const full = { mood: [0.5, -0.25], tags: [1, 2], photo: '/w==' };
const probabilityOf = async (row: object): Promise<number> => {
  const { status, body } = await post(`${url}/predict`, row);
  assert.is(status, 200, JSON.stringify(body));
  return body.probability;
};

test('a request carries them; what may be missing may be left out', async () => {
  const known = await probabilityOf(full);
  assert.is(await probabilityOf({ ...full, tags: [] }), known);
  assert.ok((await probabilityOf({ mood: [-0.9, 0.1] })) !== known);
});

test('each fault is told by its field, and where in it', async () => {
  const { status, body } = await post(`${url}/predict`, { mood: [1], tags: [1, 2000], photo: 'no base64!' });
  assert.is(status, 422);
  const faults = body.faults.map(({ field, message }: { field: string; message: string }) => [
    field,
    message,
  ]);
  assert.match(faults[0][1], /`mood` is an array of 1, not an array of 2 numbers/);
  assert.match(faults[1][1], /`tags` has an item 1 that is 2000, above 1000/);
  assert.match(faults[2][1], /`photo` is "no base64!", not bytes as base64/);
  const missing = await post(`${url}/predict`, { tags: [] });
  assert.match(JSON.stringify(missing.body), /`mood` is missing/);
});

test('OpenAPI describes them', async () => {
  const { properties, required } = (await get(`${url}/openapi.json`)).body.components.schemas.Row;
  const { description: _, ...mood } = properties.mood;
  assert.equal(mood, { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 });
  assert.equal(properties.tags.anyOf[0], {
    type: 'array',
    items: { type: 'integer', minimum: 0, maximum: 1000 },
  });
  assert.equal(properties.photo.anyOf[0], { type: 'string', contentEncoding: 'base64' });
  assert.equal(required, ['mood']);
});

test('Open Inference Protocol: a vector is a tensor of two sides, a blob base64, a list none', async () => {
  const model = `${url}/v2/models/liked`;
  const { body } = await get(model);
  assert.equal(
    body.inputs.map(({ name, datatype, shape }: Record<string, unknown>) => [name, datatype, shape]),
    [
      ['mood', 'FP64', [-1, 2]],
      ['photo', 'BYTES', [-1]],
      ['id', 'INT64', [-1]],
    ],
  );
  const mood = { name: 'mood', datatype: 'FP32', shape: [2, 2], data: [0.5, -0.25, -0.75, 0.125] };
  const photo = { name: 'photo', datatype: 'BYTES', shape: [2], data: ['/w==', null] };
  const asked = await post(`${model}/infer`, { inputs: [mood, photo] });
  assert.is(asked.status, 200, JSON.stringify(asked.body));
  assert.equal(asked.body.outputs[1].data, [
    await probabilityOf({ mood: [0.5, -0.25], photo: '/w==' }),
    await probabilityOf({ mood: [-0.75, 0.125] }),
  ]);
  const nested = {
    ...mood,
    data: [
      [0.5, -0.25],
      [-0.75, 0.125],
    ],
  };
  assert.equal(
    (await post(`${model}/infer`, { inputs: [nested, photo] })).body.outputs[1],
    asked.body.outputs[1],
  );
  const tags = { name: 'tags', datatype: 'INT64', shape: [2, 1], data: [1, 2] };
  for (const [inputs, error] of [
    [[{ ...mood, shape: [2], data: [1, 2] }], /`mood` has the shape \[2\], not \[2, 2\]/],
    [[{ ...mood, shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }], /not \[2, 2\]/],
    [[{ ...mood, data: [1, null, 2, 3] }], /`mood` has an item 1 that is null/],
    [[mood, tags], /`tags` is a list, which has another length in each row and is no tensor/],
  ] as const) {
    const refused = await post(`${model}/infer`, { inputs });
    assert.is(refused.status, 400);
    assert.match(refused.body.error, error);
  }
});

test('the generated client sends them', async () => {
  const files = await typescript.emit(planOf({ project: root }).plan, {});
  type Client = { predict(row: object): Promise<{ probability: number }> };
  const { PostApi } = await importModule<{ PostApi: new (url: string) => Client }>(
    files,
    'clients/post-api.ts',
  );
  const answer = await new PostApi(url).predict(full);
  assert.is(answer.probability, await probabilityOf(full));
});

test('a model that needs a list cannot be asked by tensors, and says so', async () => {
  const other = await started('[int]');
  const mood = { name: 'mood', datatype: 'FP64', shape: [1, 2], data: [1, 2] };
  const { status, body } = await post(`${other.service.url}/v2/models/liked/infer`, { inputs: [mood] });
  assert.is(status, 400);
  assert.match(body.error, /needs `tags`, a list, .* ask with `POST \/predict`/);
  await other.service.stop();
});

test.run();
