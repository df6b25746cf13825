import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mlp, project, read, write } from './support.ts';

const DATA = 'npm:vega-datasets/data';

/** 40 rows with the usual kinds of columns. */
function orders(change: (row: string[], i: number) => void = () => undefined): string {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const day = String(1 + (i % 28)).padStart(2, '0');
    const row = [`${1000 + i}`, `2024-02-${day}`, ['new', 'sent', 'back'][i % 3]!, (i * 1.25 + 3).toFixed(2)];
    change(row, i);
    return row.join(',');
  });
  return `id,day,state,amount\n${rows.join('\n')}\n`;
}

/** The source's name as the spec declares it. */
const sourceOf = (spec: string): string => /^source (\w+):/m.exec(spec)![1]!;

async function holdsOnItsFile(cwd: string, data: string): Promise<string> {
  const { code, out, err } = await mlp(['infer', data], { cwd });
  assert.is(code, 0, err);
  write(cwd, 'spec.mlp', out);
  const checked = await mlp(['check'], { cwd });
  assert.is(checked.code, 0, checked.out);
  const run = await mlp(['run', sourceOf(out)], { cwd });
  assert.is(run.code, 0, run.out + run.err);
  assert.not.match(run.out, /[1-9][\d,]* quarantined/);
  return out;
}

test('json: the spec passes check, and its source passes on the file', async () => {
  const spec = await holdsOnItsFile(project({}), `${DATA}/penguins.json`);
  assert.match(spec, /enum Species \{ Adelie, Chinstrap, Gentoo \}/);
  assert.match(spec, /`Body Mass \(g\)`: int\? in /);
});

test('csv with its own word for missing', async () => {
  const spec = await holdsOnItsFile(project({}), `${DATA}/airports.csv`);
  assert.match(spec, /missing: "NA"/);
  assert.match(spec, /latitude: float in -90\.\.90/);
  assert.match(spec, /city: string\?/);
});

test('parquet', async () => {
  const folder = project({ 'orders.csv': orders() });
  const first = await mlp(['infer', 'orders.csv'], { cwd: folder });
  write(folder, 'spec.mlp', first.out);
  const step = `ingest-${sourceOf(first.out)}`;
  const made = await mlp(['step', step, '--in', '.', '--out', 'made'], { cwd: folder });
  assert.is(made.code, 0, made.err);
  const spec = await holdsOnItsFile(folder, 'made/rows/data.parquet');
  assert.match(spec, /= parquet\("made\/rows\/data\.parquet"\)/);
});

const faults: [string, (row: string[], i: number) => void, RegExp][] = [
  ['another state', (row, i) => i === 7 && row.splice(2, 1, 'lost'), /state/],
  ['an amount far outside', (row, i) => i === 11 && row.splice(3, 1, '90000'), /amount/],
  ['no number', (row, i) => i === 3 && row.splice(3, 1, 'much'), /amount/],
  ['a missing id', (row, i) => i === 20 && row.splice(0, 1, ''), /id/],
];

test('what was inferred holds against planted faults, each told with file, column and row', async () => {
  const folder = project({ 'orders.csv': orders() });
  const spec = await holdsOnItsFile(folder, 'orders.csv');
  for (const [name, change, column] of faults) {
    let row = 0;
    write(
      folder,
      'orders.csv',
      orders((cells, i) => {
        const before = cells.join();
        change(cells, i);
        if (cells.join() !== before) row = i + 1;
      }),
    );
    const { code, out, err } = await mlp(['run', sourceOf(spec)], { cwd: folder });
    assert.is(code, 1, `${name}: ${out}`);
    assert.match(out + err, /orders\.csv/, name);
    assert.match(out + err, column, name);
    assert.match(out + err, new RegExp(`row ${row}\\b`), name);
  }
});

test('--html is one page that needs nothing else, --out the spec, and neither is overwritten', async () => {
  const folder = project({ 'orders.csv': orders() });
  const args = ['infer', 'orders.csv', '--html', 'profile.html', '--out', 'orders.mlp'];
  const { code, out, err } = await mlp(args, { cwd: folder });
  assert.equal([code, out], [0, '']);
  assert.match(err, /orders\.mlp and profile\.html written: 40 rows, 4 columns/);
  const page = read(folder, 'profile.html');
  assert.match(page, /^<!doctype html>/i);
  for (const column of ['id', 'day', 'state', 'amount']) assert.match(page, column);
  assert.not.match(page, /<script[^>]+src=|<link[^>]+href=|url\((?!["']?data:)|https?:\/\/(?!www\.w3\.org)/);

  for (const file of ['profile.html', 'orders.mlp']) {
    write(folder, file, 'mine');
    const flag = file.endsWith('html') ? '--html' : '--out';
    const refused = await mlp(['infer', 'orders.csv', flag, file], { cwd: folder });
    assert.equal([refused.code, /is there already/.test(refused.err)], [1, true]);
    assert.is(read(folder, file), 'mine');
    assert.is((await mlp(['infer', 'orders.csv', flag, file, '--force'], { cwd: folder })).code, 0);
    assert.is.not(read(folder, file), 'mine');
  }
});

test('--json is the profile', async () => {
  const folder = project({ 'orders.csv': orders() });
  const { code, out } = await mlp(['infer', 'orders.csv', '--json'], { cwd: folder });
  const profile = JSON.parse(out);
  assert.equal([code, profile.rows, profile.columns.length], [0, 40, 4]);
  assert.is(profile.columns[2].profile.distinct, 3);
});

test('a column with markup in its name or values does no harm to the page', async () => {
  const folder = project({ 'x.csv': '<b>a</b>,b\n<script>alert(1)</script>,1\n"<img src=x>",2\n' });
  const { code, err } = await mlp(['infer', 'x.csv', '--html', 'p.html', '--out', 'x.mlp'], { cwd: folder });
  assert.is(code, 0, err);
  assert.not.match(read(folder, 'p.html'), /<b>a<\/b>|<script>alert|<img src=x/);
  const checked = await mlp(['check'], { cwd: folder });
  assert.is(checked.code, 0, checked.out);
});

test('files that are missing, empty, broken or of an unknown kind are told by name', async () => {
  const folder = project({
    'empty.csv': '',
    'broken.json': '{"a": [1, 2',
    'broken.parquet': 'PAR1 and no more',
    'notes.xyz': 'what',
  });
  for (const file of ['none.csv', 'empty.csv', 'broken.json', 'broken.parquet', 'notes.xyz', '.']) {
    const { code, out, err } = await mlp(['infer', file, '--out', 'x.mlp'], { cwd: folder });
    assert.equal([code, out], [1, ''], file);
    assert.match(err, /^error MLP8\d{3}: /, file);
    assert.ok(err.includes(file === '.' ? path.basename(folder) : file) || file === '.', err);
  }
  assert.is((await mlp(['check'], { cwd: folder })).code, 1);
});

test.run();
