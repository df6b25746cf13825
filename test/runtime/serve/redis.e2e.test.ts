// Features from a real Redis: a service says when it is gone, answers with 503 meanwhile, and is back when it is.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mlp, project } from '../../cli/support.ts';
import { startRedis } from '../../support/redis.ts';
import { get, post, ride, rides, ridesCsv, serveProcess } from './trained.ts';

const spec = `${rides('seen = count(rides over 30d by zone)\n  spent = mean(fare over 30d by zone) ?? 0.0')}
import std.stores { redis }
connection features = redis(url: secret("FEATURES_URL"))
environment production {
  target local { online: features }
}
`;

test('Redis goes down and comes back', async () => {
  const first = await startRedis();
  if (first === undefined) return;
  try {
    await downAndUp(first);
  } finally {
    await first.stop();
  }
});

async function downAndUp(first: NonNullable<Awaited<ReturnType<typeof startRedis>>>): Promise<void> {
  const env = { FEATURES_URL: first.url };
  const root = project({ 'rides.mlp': spec, 'rides.csv': ridesCsv() });
  const here = ['--env', 'production'];
  const done = async (...args: string[]) => {
    const { code, out, err } = await mlp([...args, ...here], { cwd: root, env });
    assert.is(code, 0, out + err);
  };
  await done('run', 'late');
  const early = await mlp(['serve', ...here], { cwd: root, env });
  assert.is(early.code, 1);
  assert.match(early.err, /mlp features materialize/);
  const fill = ['features', 'materialize', 'R', '--from', '2024-01-01'];
  await done(...fill);
  const service = await serveProcess(here, root, env);
  let second: Awaited<ReturnType<typeof startRedis>>;
  try {
    const before = await post(`${service.url}/predict`, ride);
    assert.is(before.status, 200, JSON.stringify(before.body));
    const { body } = await get(`${service.url}/health/ready`);
    assert.equal(
      body.tables.map((one: { table: string; rows: number }) => [one.table, one.rows]),
      [['rides', 600]],
    );
    await first.stop();
    const refused = await post(`${service.url}/predict`, { ...ride, zone: 'LIM' });
    assert.equal([refused.status, refused.body.code], [503, 'MLP8731']);
    const health = await get(`${service.url}/health/ready`);
    assert.is(health.status, 503);
    assert.match(health.body.reasons[0], /does not answer/);
    assert.not.match(JSON.stringify([refused.body, health.body]), /redis:\/\//);
    assert.is((await get(`${service.url}/health/live`)).status, 200);
    second = await startRedis(first.port);
    await done(...fill, '--from', '2024-01-01');
    let after = await post(`${service.url}/predict`, ride);
    for (const end = Date.now() + 10_000; after.status !== 200 && Date.now() < end; ) {
      await new Promise(resolve => setTimeout(resolve, 100));
      after = await post(`${service.url}/predict`, ride);
    }
    assert.equal([after.status, after.body.probability], [200, before.body.probability]);
    assert.is((await get(`${service.url}/health/ready`)).status, 200);
  } finally {
    await service.stop();
    await second?.stop();
  }
}

test.run();
