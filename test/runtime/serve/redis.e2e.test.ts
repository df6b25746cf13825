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
    // Back, and empty: it answers, and has none of what is asked of it.
    second = await startRedis(first.port);
    let empty = await get(`${service.url}/health/ready`);
    for (const end = Date.now() + 10_000; !/no longer/.test(empty.body.reasons?.[0]) && Date.now() < end; ) {
      await new Promise(resolve => setTimeout(resolve, 100));
      empty = await get(`${service.url}/health/ready`);
    }
    const reason = 'the rows of rides are no longer in the online store';
    assert.equal([empty.status, empty.body.reasons], [503, [reason]]);
    const without = await post(`${service.url}/predict`, ride);
    assert.equal([without.status, without.body.code, without.body.error], [503, 'MLP8732', reason]);
    await done(...fill, '--from', '2024-01-01');
    let after = await post(`${service.url}/predict`, ride);
    for (const end = Date.now() + 10_000; after.status !== 200 && Date.now() < end; ) {
      await new Promise(resolve => setTimeout(resolve, 100));
      after = await post(`${service.url}/predict`, ride);
    }
    assert.equal([after.status, after.body.probability], [200, before.body.probability]);
    assert.is((await get(`${service.url}/health/ready`)).status, 200);
    // It hangs, without closing its connections.
    second!.pause();
    await new Promise(resolve => setTimeout(resolve, 300));
    const late = await Promise.all([post(`${service.url}/predict`, ride), get(`${service.url}/health`)]);
    assert.equal(
      late.map(({ status }) => status),
      [503, 503],
    );
    assert.match(late[0].body.error, /no answer within 2000 ms/);
    second!.resume();
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.is((await post(`${service.url}/predict`, ride)).status, 200);
    // Nor does it keep the service from ending.
    second!.pause();
    const asked = post(`${service.url}/predict`, ride);
    await new Promise(resolve => setTimeout(resolve, 100));
    const began = Date.now();
    assert.is(await service.stop(), 0);
    assert.is((await asked).status, 503);
    assert.ok(Date.now() - began < 8000, `${Date.now() - began} ms`);
  } finally {
    second?.resume();
    await service.stop();
    await second?.stop();
  }
}

test.run();
