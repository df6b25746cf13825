import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, root } from '../../support/specs.ts';
import { type Change, right, wrong } from './changes.ts';

/** A mistake is the one thing that is said, at its very characters; what only comes near to one is not told. */
const specOf = (name: string): string =>
  readFileSync(path.join(root, 'test/compiler/stranger/specs', `${name}.mlp`), 'utf8');

function changed([spec, from, to]: Change): string {
  const text = specOf(spec);
  assert.ok(text.includes(from), `\`${from}\` stands in ${spec}`);
  return text.replace(from, () => to);
}
const told = (text: string): string[] =>
  compileText(text).diagnostics.map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`);

for (const [spec, from, to, code, at] of wrong)
  test(`${spec}: ${to.trim() || `without ${from.trim()}`}`, () =>
    assert.equal(told(changed([spec, from, to])), [`${code} ${at}`]));

for (const change of [...right, ...['clinic', 'solar'].map((spec): Change => [spec, '', ''])])
  test(`${change[0]}, rightly: ${change[2].trim()}`, () => assert.equal(told(changed(change)), []));

test.run();
