import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../../compiler/index.ts';
import { literal } from '../../../../runtime/data/sql.ts';
import { openOnlineFeatures } from '../../../../runtime/features/online/open.ts';
import { openDuckDB, query } from '../../../support/duckdb.ts';
import { generatedProgram, Scratch } from '../../../support/online.ts';
import { startRedis } from '../../../support/redis.ts';
import { memoryHost, root } from '../../../support/specs.ts';

const spec = `import std.sources { parquet }
schema Visit { id: int @key  at: datetime @event_time  place: int  minutes: float in 0..1_000 }
source visits: Visit = parquet("visits.parquet")
features Recent from visits at at {
  use place
  spent = sum(minutes over 3d by place)
  seen = count(visits over 3d by place)
}
`;
/** Places are many, so that what is moved goes into the store in several writes. */
const rows = (days: number): string =>
  `SELECT i AS id, TIMESTAMP '2024-01-01' + to_seconds(CAST(i * 10 AS BIGINT)) AS at, hash(i) % 20000 AS place, (i % 97) / 4.0 AS minutes FROM range(${days * 8640}) r(i)`;

for (const kind of ['embedded', 'redis']) {
  test(`${kind}: killed in the midst of moving, the old answers stand; done again, all is there`, async () => {
    const redis = kind === 'redis' ? await startRedis() : undefined;
    if (kind === 'redis' && redis === undefined) return;
    const scratch = new Scratch();
    const connection = await openDuckDB(1);
    const [file, table] = [path.join(scratch.folder, 'main.mlp'), path.join(scratch.folder, 'rows')];
    writeFileSync(file, spec);
    mkdirSync(table);
    const put = async (days: number): Promise<void> => {
      await connection.run(`CREATE OR REPLACE TABLE "source:visits" AS ${rows(days)}`);
      await connection.run(
        `COPY "source:visits" TO ${literal(path.join(table, 'data.parquet'))} (FORMAT parquet)`,
      );
    };
    const child = path.join(root, 'test/support/online-child.ts');
    const start = () =>
      execa(
        process.execPath,
        ['--import', 'tsx', child, scratch.folder, file, table, ...(redis ? [redis.url] : [])],
        { reject: false, cwd: root },
      );
    const moveOn = async (): Promise<void> => {
      const { stdout, stderr } = await start();
      assert.match(stdout, /done$/, stderr);
    };
    const program = await generatedProgram(compile(memoryHost({ 'main.mlp': spec })).plan!);
    const options = { root: scratch.folder, environment: 'killed', ...(redis ? { store: redis.url } : {}) };
    const answers = async (sample: readonly Record<string, unknown>[]) => {
      const online = await openOnlineFeatures(program, ['Recent'], options);
      const found = await online.compute(
        sample.map(({ id, at, place }) => ({
          row: { id: Number(id), place: Number(place) },
          at: Number(at),
        })),
      );
      await online.close();
      return found.map(({ place, spent, seen }) => [place, spent, seen]);
    };
    const batch = async () => {
      const found = await query(
        connection,
        `SELECT *, epoch_us(__at) AS at FROM (${program.views['Recent']!.sql}) WHERE hash(id) % 200 = 0`,
      );
      return {
        sample: found,
        values: found.map(({ place, spent, seen }) => [Number(place), spent, Number(seen)]),
      };
    };
    try {
      await put(6);
      await moveOn();
      const before = await batch();
      assert.equal(await answers(before.sample), before.values);
      await put(12);
      let killed = 0;
      for (const after of [1, 3]) {
        const process = start();
        let batches = 0;
        process.stdout.on('data', (data: Buffer) => {
          batches += data.toString().split('\n').length - 1;
          if (batches >= after) process.kill('SIGKILL');
        });
        if ((await process).signal === 'SIGKILL') killed++;
        assert.equal(await answers(before.sample), before.values, 'moments that were answered before');
        // A writer that died on this machine holds nothing; Redis gives it up after a while.
        if (redis) await execa('redis-cli', ['-p', String(redis.port), 'del', 'mlp:killed:lock']);
      }
      assert.ok(killed > 0, 'none was killed in the midst');
      await moveOn();
      const after = await batch();
      assert.equal(await answers(after.sample), after.values);
    } finally {
      await redis?.stop();
      connection.closeSync();
      scratch.drop();
    }
  });
}

test.run();
