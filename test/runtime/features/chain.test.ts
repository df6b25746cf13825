import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeaturesReport } from '../../../runtime/features/features.ts';
import { type Part, readPart } from '../../../runtime/learn/frames/read-part.ts';
import type { Column } from '../../../runtime/learn/types.ts';
import { query, withFolder } from '../data/support.ts';
import { chain } from './data-chain.ts';

/** Three hundred visits, an hour apart, of seven shops; some without a party size. */
const visits = (n = 300): string =>
  `shop,at,size,kind,spent\n${Array.from({ length: n }, (_, i) => {
    const at = new Date(Date.UTC(2001, 0, 1) + i * 3_600_000).toISOString().slice(0, 16);
    return `s${i % 7},${at},${i % 11 === 3 ? '' : i % 5},${['walk-in', 'booked', 'éclair'][i % 3]},${(i * 7) % 50}`;
  }).join('\n')}\n`;

const spec = (label: string, rest = ''): string => `
import std.sources { csv }
import std.learn { gradient_boosting }
import std.metrics { auc, log_loss }

schema Visit {
  shop: string
  at: datetime @event_time
  size: int?
  kind: string
  spent: float @known_after(1h)
}

source visits: Visit = csv("visits.csv")

features Of from visits at at {
  use kind
  size = size
  big = (size ?? 0) > 2
  weekday = weekday(at)
  usual = mean(spent over 2d by shop)
  ${label}
}

model dear {
  features Of
  predict dear
  split by at { train 60%  validation 20%  test 20% }
  train gradient_boosting()
  evaluate auc by weekday, shop
  ${rest}
}
`;

function read(
  root: string,
  { plan, done }: Awaited<ReturnType<typeof chain>>,
  part: 'train' | 'validation' | 'test',
): Promise<Part> {
  return readPart({
    folder: join(done['split-dear']!.folder, 'parts'),
    plan,
    model: 'dear',
    part,
    threads: 2,
    memory: '512MiB',
    scratch: join(root, '.scratch'),
    signal: new AbortController().signal,
  });
}

const cell = (column: Column, row: number): string | number | null => {
  if (column.kind === 'number') return Number.isNaN(column.values[row]!) ? null : column.values[row]!;
  return column.codes[row]! < 0 ? null : column.vocabulary[column.codes[row]!]!;
};

test('a part as typed columns is what its table says, value for value', () =>
  withFolder(async root => {
    await writeFile(join(root, 'visits.csv'), visits());
    const made = await chain(root, spec('label dear = spent > 30.0'));
    for (const name of ['train', 'validation', 'test'] as const) {
      const { frame, target, slices, at } = await read(root, made, name);
      const rows = await query(made.done['split-dear']!.folder, db =>
        db.rows(
          `SELECT kind, size, big, weekday, usual, dear, epoch_ms(__at) AS at, "source.shop" AS shop FROM '${made.done['split-dear']!.folder}/parts/${name}.parquet'`,
        ),
      );
      assert.is(frame.rows, rows.length);
      assert.ok(rows.length > 50);
      rows.forEach((row, i) => {
        const expected = [
          row['kind'],
          row['size'],
          row['big'] === true ? 1 : 0,
          row['weekday'],
          row['usual'],
        ];
        assert.equal(
          frame.columns.map(column => cell(column, i)),
          expected,
        );
        assert.is(target.values[i], row['dear'] === true ? 1 : 0);
        assert.is(at[i], row['at']);
        assert.equal(
          slices.map(({ columns }) => cell(columns[0]!, i)),
          [row['weekday'], row['shop']],
        );
      });
      assert.ok(
        frame.columns.some(column => column.name === 'size' && rows.some((_, i) => cell(column, i) === null)),
      );
    }
  }));

test('the same rows and bytes whatever the number of threads', () =>
  withFolder(async root => {
    await writeFile(join(root, 'visits.csv'), visits(3000));
    const [one, two] = [
      await chain(root, spec('label dear = spent > 30.0'), 1),
      await chain(root, spec('label dear = spent > 30.0'), 2),
    ];
    for (const [step, file] of [
      ['ingest-visits', 'rows/data.parquet'],
      ['features-of', 'rows/data.parquet'],
      ['split-dear', 'parts/train.parquet'],
      ['split-dear', 'parts/split.json'],
    ] as const) {
      const [a, b] = await Promise.all(
        [one, two].map(({ done }) => readFile(join(done[step]!.folder, file))),
      );
      assert.ok(a!.equals(b!), `${step}: ${file}`);
    }
  }));

test('a label that looks beyond the end of the data is missing there, and counted', () =>
  withFolder(async root => {
    await writeFile(join(root, 'visits.csv'), visits());
    const made = await chain(root, spec('label dear = count(visits over next 1d by shop) > 2'));
    const report = JSON.parse(
      await readFile(join(made.done['features-of']!.folder, 'rows', 'features.json'), 'utf8'),
    ) as FeaturesReport;
    // The last visit is at hour 299: from hour 276 on, the next day is not whole.
    assert.is(report.incomplete, 24);
    assert.match(made.done['features-of']!.result.notes[1]!, '24 rows have no label yet');
    assert.is(made.done['split-dear']!.result.metrics['unlabelled'], 24);
    // Training rows less than a day before the boundary are purged: their label was known after it.
    assert.is(made.done['split-dear']!.result.metrics['train_purged'], 23);
    const { at } = await read(root, made, 'test');
    assert.is(Math.max(...at), Date.UTC(2001, 0, 1) + 275 * 3_600_000);
  }));

test.run();
