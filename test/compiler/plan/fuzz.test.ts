import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validatePlan } from '../../../compiler/plan/validate.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileText, root } from '../../support/specs.ts';

const folder = path.join(root, 'test/fixtures/flow');
const cases = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  name => path.basename(name) === 'main.mlp',
);
const specs = [
  ...cases.sort().map(name => path.join(folder, name)),
  path.join(root, 'examples/flights/flights.mlp'),
  path.join(root, 'test/fixtures/plan/churn/main.mlp'),
].map(file => readFileSync(file, 'utf8').split(/(\s+|\b)/));

test('specs with words lost, swapped and borrowed give diagnostics or a whole plan, never a crash', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  let plans = 0;
  for (let i = 0; i < rounds(70, 10_000); i++) {
    const words = [...random.pick(specs)];
    const other = random.pick(specs);
    for (let n = random.int(0, 2); n > 0; n--) {
      const at = random.int(0, words.length - 1);
      const from = random.int(0, other.length - 1);
      if (random.chance(0.3)) words.splice(at, random.int(1, 4));
      else if (random.chance(0.4)) words.splice(at, 0, ...other.slice(from, from + random.int(1, 6)));
      else words[at] = random.pick(words);
    }
    const { diagnostics, plan } = compileText(words.join(''));
    assert.is(
      plan === undefined,
      diagnostics.some(d => d.severity === 'error'),
    );
    if (!plan) continue;
    plans += 1;
    const check = await validatePlan(JSON.parse(JSON.stringify(plan)));
    assert.ok(check.ok, check.ok ? '' : `${check.errors.join('\n')}\n${words.join('')}`);
  }
  assert.ok(plans > 2, `${plans} plans`);
});

test.run();
