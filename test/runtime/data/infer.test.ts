import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeHtml, html } from '../../../runtime/data/infer/html/markup.ts';
import { type Inferred, inferSchema, profileHtml } from '../../../runtime/data/infer/index.ts';
import { ingest } from '../../../runtime/data/ingest.ts';
import { checksOf, failure, planOf, runStep, type StepRun, sourceOf, stepOf, withFolder } from './support.ts';

const root = process.cwd();
const penguins = 'npm:vega-datasets/data/penguins.json';

/** Ingests a file under an inferred schema. */
function ingestAs(inferred: Inferred, path: string, folder: string, missing?: string): Promise<StepRun> {
  const kind = path.includes('.csv') ? 'csv' : path.endsWith('.parquet') ? 'parquet' : 'json';
  const plan = planOf({
    schemas: { Row: inferred.schema },
    sources: { data: sourceOf(kind, path, missing === undefined ? {} : { missing }) },
  });
  const step = stepOf('ingest', 'data', ['rows', 'quarantine', 'report']);
  return runStep(ingest, {
    plan,
    step,
    program: { sources: { data: checksOf(inferred.schema) } },
    root: folder,
  });
}

for (const file of ['penguins.json', 'airports.csv', 'seattle-weather.csv', 'movies.json']) {
  test(`${file} satisfies the schema that is inferred from it`, () =>
    withFolder(async folder => {
      const path = join(root, 'node_modules/vega-datasets/data', file);
      const inferred = await inferSchema(path, { root });
      const missing = /missing: "([^"]*)"/.exec(inferred.spec)?.[1];
      const done = await ingestAs(inferred, path, folder, missing);
      assert.is(done.result.status, 'succeeded', done.result.error?.message ?? '');
      assert.is(done.result.metrics['rows'], inferred.profile.rows);
    }));
}

test('the spec says types, sets, ranges and what is missing', async () => {
  const { spec } = await inferSchema(penguins, { root });
  for (const line of [
    'import std.sources { json }',
    'enum Species { Adelie, Chinstrap, Gentoo }',
    'schema Penguin {',
    '  Species: Species\n',
    '  /// 2,700 to 6,300, median 4,050. 0.58% missing.\n  `Body Mass (g)`: int? in 2300..6700',
    'source penguins: Penguin = json("npm:vega-datasets/data/penguins.json")',
  ]) {
    assert.ok(spec.includes(line), `${line}\nnot in\n${spec}`);
  }
  const airports = (await inferSchema('npm:vega-datasets/data/airports.csv', { root })).spec;
  assert.match(airports, 'csv("npm:vega-datasets/data/airports.csv", missing: "NA")');
  assert.match(
    airports,
    '// Every value is distinct: @key if it names the row.\n  iata: string matching r"[A-Z0-9]{3,4}"',
  );
  assert.match(airports, 'longitude: float in -180..180');
});

const head = 'id,code,when,score,flag,kind,zip';
const line = (i: number): string =>
  `${i},${['AB', 'CD', 'EF', 'GH'][i % 4]}${i % 10},2001-03-0${1 + (i % 9)}T10:00,${(i * 37) % 1000},${i % 2 === 0},${['red', 'blue'][i % 2]},0${1000 + i}`;
const table = (lines: readonly string[]): string => `${head}\n${lines.join('\n')}\n`;
const lines = Array.from({ length: 300 }, (_, i) => line(i));

test('planted faults are found by the inferred schema, each in its column and row', () =>
  withFolder(async folder => {
    await writeFile(join(folder, 'good.csv'), table(lines));
    const inferred = await inferSchema('good.csv', { root: folder });
    assert.is((await ingestAs(inferred, 'good.csv', folder)).result.status, 'succeeded');
    const plant = (row: number, column: number, value: string): string[] =>
      lines.map((text, i) => (i === row - 1 ? text.split(',').with(column, value).join(',') : text));
    const faults: readonly (readonly [string, number, string])[] = [
      ['id', 0, 'x7'],
      ['id', 0, ''],
      ['code', 1, 'ab1'],
      ['when', 2, 'yesterday'],
      ['score', 3, '250000'],
      ['score', 3, '-5'],
      ['flag', 4, 'perhaps'],
      ['kind', 5, 'green'],
      ['zip', 6, '123'],
    ];
    for (const [i, [name, column, value]] of faults.entries()) {
      await writeFile(join(folder, 'bad.csv'), table(plant(17 + i, column, value)));
      const done = await ingestAs(inferred, 'bad.csv', folder);
      assert.ok(done.result.error, `${name} = ${value} passed`);
      const { code, message } = done.result.error;
      assert.is(code, 'MLP8010', `${name} = ${value}`);
      assert.match(message, `column ${name}: 1 of 300 rows`);
      assert.match(message, `row ${17 + i}`);
    }
    await writeFile(join(folder, 'less.csv'), table(lines).replace('score', 'scores'));
    assert.match(
      (await failure(ingestAs(inferred, 'less.csv', folder))).message,
      'column `score` (int in 0..1100)',
    );
  }));

test('names and values of the data are quoted in the spec, and escaped in the page', () =>
  withFolder(async folder => {
    const evil = '</title><script>alert(1)</script>';
    const rows = Array.from({ length: 40 }, (_, i) => ({
      [evil]: `"><img src=x onerror=alert(${i % 2})>`,
      'a`b': i,
      match: '*/ ///\n}',
    }));
    await writeFile(join(folder, 'evil.json'), JSON.stringify(rows));
    const { spec, profile } = await inferSchema('evil.json', { root: folder });
    assert.match(spec, '`match`: string');
    assert.not.match(spec, '\n}\n  ');
    const page = profileHtml(profile);
    assert.not.match(page, '<script');
    assert.not.match(page, '<img');
    assert.match(page, '&lt;script&gt;');
  }));

test('the page stands alone: no script, no request; and says what is there', async () => {
  const page = profileHtml((await inferSchema(penguins, { root })).profile);
  assert.not.match(page, /<script|<link|https?:|url\(|@import/);
  for (const text of [
    'prefers-color-scheme:dark',
    '344',
    'Body Mass (g)',
    'Body Mass (g) and Flipper Length (mm): 0.87',
    '<svg',
    '152 · 44.2%',
  ]) {
    assert.ok(page.includes(text), text);
  }
});

test('escaping: whatever the text, no markup comes of it', () => {
  const seed = Number(process.env['SEED'] ?? 7);
  let state = seed;
  const next = (n: number): number => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  const alphabet = [
    '<',
    '>',
    '&',
    '"',
    "'",
    'a',
    ' ',
    '\u0000',
    '\u0007',
    '\u2028',
    '&lt;',
    '</style>',
    '`',
    '$' + '{x}',
  ];
  for (let round = 0; round < (process.env['FUZZ_LONG'] === '1' ? 200_000 : 2_000); round++) {
    const text = Array.from({ length: next(12) }, () => alphabet[next(alphabet.length)]!).join('');
    const escaped = escapeHtml(text);
    assert.not.match(escaped, /[<>"']|\p{Cc}/u, `seed ${seed}: ${JSON.stringify(text)}`);
    const back = escaped.replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!,
    );
    assert.is(back, text.replace(/\p{Cc}/gu, '\ufffd'));
    assert.is(html`<p title="${text}">${[text]}</p>`.text, `<p title="${escaped}">${escaped}</p>`);
  }
});

test('a format that the name does not tell, an empty file', () =>
  withFolder(async folder => {
    await writeFile(join(folder, 'data.bin'), 'x');
    await writeFile(join(folder, 'head.csv'), 'a,b\n');
    const told = async (path: string): Promise<string> => {
      try {
        await inferSchema(path, { root: folder });
        return 'nothing';
      } catch (error) {
        const { code, message } = error as Error & { code: string };
        return `${code} ${message}`;
      }
    };
    assert.match(await told('data.bin'), 'MLP8050 data.bin');
    assert.match(await told('head.csv'), 'MLP8003 head.csv');
    assert.match(await told('none.csv'), 'MLP8001 none.csv');
  }));

test('what seems personal is declared so, and none of its values are shown', () =>
  withFolder(async folder => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `${i},u${i}@shop.test,u${i}@shop.test,19${60 + i}-03-01,${i % 3}`,
    );
    await writeFile(
      join(folder, 'people.csv'),
      `id,contact,Email Address,birthDate,visits\n${rows.join('\n')}\n`,
    );
    const inferred = await inferSchema('people.csv', { root: folder });
    for (const line of ['contact: string @pii', '`Email Address`: string @pii', 'birthDate: date @pii'])
      assert.ok(inferred.spec.includes(line), inferred.spec);
    assert.match(inferred.spec, /visits: int in 0\.\.2\n/);
    const told = inferred.spec + profileHtml(inferred.profile) + JSON.stringify(inferred.profile);
    assert.not.match(told, /@shop|1960|1989/);
    assert.equal(inferred.schema.columns.filter(c => c.tags.includes('pii')).length, 3);
  }));

test.run();
