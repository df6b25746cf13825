import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WIDTH } from '../../../compiler/format/index.ts';
import { checkLaws, formatted, realSpecs } from './support.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/format', import.meta.url));

for (const name of readdirSync(fixtures).sort()) {
  test(`fixture ${name}`, () => {
    const actual = checkLaws(readFileSync(join(fixtures, name, 'main.mlp'), 'utf8'));
    const baseline = join(fixtures, name, 'formatted.mlp');
    if (process.env['UPDATE_BASELINES']) writeFileSync(baseline, actual);
    assert.ok(existsSync(baseline), `${baseline} is missing; run with UPDATE_BASELINES=1`);
    assert.fixture(actual, readFileSync(baseline, 'utf8'));
  });
}

test('the examples of the documentation are in the form that they describe', () => {
  const page = readFileSync(
    fileURLToPath(new URL('../../../grammar/formatting.md', import.meta.url)),
    'utf8',
  );
  const examples = [...page.matchAll(/^```mlp\n([\s\S]*?)^```/gm)].map(match => match[1]!);
  assert.ok(examples.length > 1);
  for (const example of examples) assert.fixture(checkLaws(example), example);
});

/** The specs that showed the intended style before there was a formatter change only where a line is too long. */
test('examples and library are in canonical form, or nearly', () => {
  for (const { name, text } of realSpecs()) {
    if (!/^(examples\/(flights|penguins)|stdlib)\//.test(name)) continue;
    const lines = text.split('\n').filter(line => line.length <= WIDTH);
    const kept = new Set(formatted(text).split('\n'));
    const lost = lines.filter(line => !kept.has(line));
    assert.ok(lost.length <= lines.length / 50, `${name} loses ${lost.length} lines:\n${lost.join('\n')}`);
  }
});

test.run();
