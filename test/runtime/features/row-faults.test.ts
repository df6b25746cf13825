import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MlpError } from '../../../runtime/engine/contract.ts';
import { compileText } from '../../support/specs.ts';
import { withFolder } from '../data/support.ts';
import { chain } from './data-chain.ts';

const spec = (parts: { view?: string; model?: string; more?: string; columns?: string }): string => `
import std.sources { csv }
import std.learn { gradient_boosting }
import std.metrics { auc }

schema Visit {
  at: datetime @event_time
  shop: string
  size: int ${parts.columns ?? ''}
  good: bool @known_after(1h)
}
source visits: Visit = csv("visits.csv")
${parts.more ?? ''}
features Of from visits at at {
  shop = shop
  big = size > 2
  ${parts.view ?? ''}
  label fine = good
}

model m {
  features Of
  predict fine
  ${parts.model ?? ''}
  split by at { train 60%  validation 20%  test 20% }
  train gradient_boosting()
  evaluate auc
}
`;

const GREATEST = '9223372036854775807';

/** 200 visits, of which the given ones (from 1) have the greatest size that there is. */
async function toldOf(text: string, ...huge: number[]): Promise<{ code: string; told: string; at: string }> {
  return withFolder(async root => {
    const lines = Array.from({ length: 200 }, (_, i) => {
      const at = new Date(Date.UTC(2001, 0, 1) + i * 3_600_000).toISOString().slice(0, 16);
      return `${at},s${i % 3},${huge.includes(i + 1) ? GREATEST : i % 5},${i % 2 === 0}`;
    });
    await writeFile(join(root, 'visits.csv'), `at,shop,size,good\n${lines.join('\n')}\n`);
    try {
      await chain(root, text);
    } catch (error) {
      assert.instance(error, MlpError);
      const { code, message, hint, at } = error as MlpError;
      const place = compileText(text).plan!.positions[at!]!;
      const line = text.split('\n')[place.line - 1]!;
      return { code, told: `${message} (${hint ?? ''})`, at: line.slice(place.column - 1).trim() };
    }
    throw new Error('nothing failed');
  });
}

test('a feature beyond 64 bits: which, in which row, of what, where in the spec, and what to do', async () => {
  const { code, told, at } = await toldOf(spec({ view: 'more = size + 1' }), 137);
  assert.is(code, 'MLP8040');
  assert.match(
    told,
    `feature \`more\` of Of cannot be computed for row 137 of those kept of visits: ${GREATEST} + 1 is beyond 64 bits`,
  );
  assert.match(told, 'give the columns that it reads a range in the schema');
  assert.match(at, /^more = size \+ 1/);
});

test('of several rows the first, of several features the one that the others read', async () => {
  const view = 'half = size * 2\n  other = half - 1';
  const { told, at } = await toldOf(spec({ view }), 180, 1, 200);
  assert.match(
    told,
    `feature \`half\` of Of cannot be computed for row 1 of those kept of visits: ${GREATEST} * 2`,
  );
  assert.match(at, /^half = /);
});

test('a label', async () => {
  const text = spec({})
    .replace('label fine = good', 'label fine = size * 3 > 4')
    .replace('big = size > 2\n', '');
  assert.match((await toldOf(text, 200)).told, 'label `fine` of Of cannot be computed for row 200');
});

test('a window whose sum is beyond 64 bits', async () => {
  const view = 'many = sum(size over 3d by shop) ?? 0';
  const { told } = await toldOf(spec({ view }), 30, 33);
  assert.match(told, /feature `many` of Of cannot be computed.*beyond 64 bits/);
});

test('`where` of a model', async () => {
  const { told, at } = await toldOf(spec({ model: 'where big and size * size > 0' }), 12);
  assert.match(
    told,
    `\`where\` of m cannot be computed for row 12 of those kept of visits: ${GREATEST} * ${GREATEST}`,
  );
  assert.match(at, /size \* size/);
});

test('a rule of a validation, without the values, which may be personal', async () => {
  const more = 'validation sound on visits {\n  require count() > 3\n  require mean(size * 2) > 0\n}';
  const { code, told, at } = await toldOf(spec({ more }), 77);
  assert.is(code, 'MLP8040');
  assert.match(told, '`require mean(size * 2) > 0` cannot be computed for row 77 of those kept of visits');
  assert.not.match(told, GREATEST);
  assert.match(at, /^mean\(size|^require/);
});

test('values of personal data are not shown', async () => {
  const text = spec({
    columns: '@pii',
    view: 'masked = bucket(size + 1, 10)',
  })
    .replace('big = size > 2\n', '')
    .replace('import std.metrics', 'import std.privacy { bucket }\nimport std.metrics');
  const { told } = await toldOf(text, 5);
  assert.match(told, 'feature `masked` of Of cannot be computed for row 5');
  assert.not.match(told, GREATEST);
});

test.run();
