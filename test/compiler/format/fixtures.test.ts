import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkLaws } from './support.ts';

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

test.run();
