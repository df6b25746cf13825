import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Database, withDatabase } from '../../../runtime/data/duckdb.ts';
import { identifier, literal, number } from '../../../runtime/data/sql.ts';
import { withFolder } from './support.ts';

const code = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run;
    return 'nothing';
  } catch (error) {
    const { code: found, message } = error as Error & { code?: string };
    return `${found} ${message}`;
  }
};

function open<T>(
  root: string,
  body: (db: Database) => Promise<T>,
  more: { memory?: string; signal?: AbortSignal } = {},
): Promise<T> {
  const signal = more.signal ?? new AbortController().signal;
  return withDatabase(
    {
      threads: 2,
      memory: more.memory ?? '512MiB',
      scratch: join(root, 'in', '.scratch'),
      folders: [join(root, 'in')],
      signal,
    },
    body,
  );
}

test('only the given folders can be read and written, and no setting or extension can change that', () =>
  withFolder(async root => {
    await mkdir(join(root, 'in'));
    await writeFile(join(root, 'secret.csv'), 'a\n1\n');
    await writeFile(join(root, 'in', 'open.csv'), 'a\n1\n');
    await open(root, async db => {
      assert.equal(await db.rows(`SELECT * FROM read_csv('${root}/in/open.csv')`), [{ a: 1 }]);
      for (const sql of [
        `SELECT * FROM read_csv('${root}/secret.csv')`,
        `SELECT * FROM read_csv('${root}/in/../secret.csv')`,
        `COPY (SELECT 1) TO '${root}/out.csv'`,
        `SELECT * FROM read_text('/etc/hostname')`,
        `ATTACH '${root}/x.db'`,
        'SET enable_external_access = true',
        `SET allowed_directories = ['/']`,
        'INSTALL httpfs',
      ]) {
        assert.match(await code(db.rows(sql)), /^MLP8041 DuckDB: /, sql);
      }
    });
    assert.equal((await readdir(root)).sort(), ['in', 'secret.csv']);
    assert.equal(await readdir(join(root, 'in')), ['open.csv'], 'the scratch folder is left behind');
  }));

test('more than memory spills into the scratch folder; what cannot spill fails cleanly', () =>
  withFolder(async root => {
    await mkdir(join(root, 'in'));
    await open(
      root,
      async db => {
        const [row] = await db.rows(
          'SELECT count(*) AS n, max(s) AS s FROM (SELECT hash(i)::VARCHAR AS s FROM range(1500000) t(i) ORDER BY s)',
        );
        assert.is(row!['n'], 1_500_000);
        assert.match(
          await code(
            db.rows("SELECT length(string_agg(repeat(i::VARCHAR, 200), ',')) FROM range(2000000) t(i)"),
          ),
          /^MLP8042 the step needs more than the 64MiB/,
        );
      },
      { memory: '64MiB' },
    );
  }));

test('an abort interrupts a query that would run for hours', () =>
  withFolder(async root => {
    await mkdir(join(root, 'in'));
    const controller = new AbortController();
    const reason = new Error('stop');
    const started = performance.now();
    setTimeout(() => controller.abort(reason), 100);
    const run = open(
      root,
      db => db.rows('SELECT sum(sin(a.i * b.i)) FROM range(1000000) a(i), range(1000000) b(i)'),
      { signal: controller.signal },
    );
    assert.is(
      await run.then(
        () => null,
        (error: unknown) => error,
      ),
      reason,
    );
    assert.ok(performance.now() - started < 3000);
  }));

test('any text is a literal and a name, any number reads back as itself', () =>
  withFolder(async root => {
    await mkdir(join(root, 'in'));
    const seed = Number(process.env['SEED'] ?? 11);
    let state = seed;
    const next = (n: number): number => {
      state = (state * 48271) % 2147483647;
      return state % n;
    };
    const alphabet = [
      "'",
      '"',
      '\\',
      ';',
      '--',
      '/*',
      '%',
      '$1',
      '?',
      ' ',
      '\n',
      'é',
      '🐧',
      'a',
      "''",
      'DROP TABLE x',
      '{}',
    ];
    await open(root, async db => {
      for (let round = 0; round < (process.env['FUZZ_LONG'] === '1' ? 20_000 : 150); round++) {
        const text = Array.from({ length: next(9) }, () => alphabet[next(alphabet.length)]!).join('');
        const name = `c${text}`;
        const x = (next(2) === 0 ? -1 : 1) * next(2 ** 31 - 2) * 10 ** (next(60) - 30) + next(1000) / 7;
        const [row] = await db.rows(
          `SELECT ${literal(text)} AS ${identifier(name)}, ${number(x)} AS "${'x'}"`,
        );
        assert.is(row![name], text, `seed ${seed}`);
        assert.is(row!['x'], x, `seed ${seed}`);
      }
    });
  }));

test.run();
