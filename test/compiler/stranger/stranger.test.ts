import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { compileText, root } from '../../support/specs.ts';
import { planted } from './mistakes.ts';

/**
 * A stranger who has ten specs, each with one planted mistake, finds every mistake: it is the one thing that is said, by
 * its code, at the right characters, and who does what the hint says has a spec with nothing left to say.
 */
const specOf = (name: string): string =>
  readFileSync(path.join(root, 'test/compiler/stranger/specs', `${name}.mlp`), 'utf8');

function changed(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((before, [from, to]) => {
    assert.is(before.split(from).length, 2, `\`${from}\` stands once`);
    return before.replace(from, () => to);
  }, text);
}

const told = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, message }) => `${code} ${message}`);

for (const name of new Set(planted.map(({ spec }) => spec)))
  test(`${name}: without a mistake nothing is said`, () =>
    assert.equal(told(compileText(specOf(name)).diagnostics), []));

for (const { name, spec, change, code, at, line, path: way, hint, repair } of planted) {
  const wrong = changed(specOf(spec), change);

  test(`${name}: it alone is named, at its very characters`, () => {
    const { diagnostics } = compileText(wrong);
    assert.is(diagnostics.length, 1, told(diagnostics).join('\n'));
    const [found] = diagnostics as [Diagnostic];
    assert.is(found.code, code);
    const { start, end } = found.span;
    assert.is(wrong.slice(start, end), at);
    const whole = wrong.slice(wrong.lastIndexOf('\n', start) + 1, wrong.indexOf('\n', end));
    if (line !== undefined) assert.ok(whole.includes(line), whole);
    const pointed = found.labels.map(label => label.file.text.slice(label.span.start, label.span.end));
    for (const step of way ?? []) assert.ok(pointed.includes(step), `${step} in ${pointed.join(' | ')}`);
    if (typeof hint === 'string') assert.is(found.hint, hint);
    else assert.match(found.hint ?? '', hint);
  });

  test(`${name}: who follows the hint is rid of it`, () =>
    assert.equal(told(compileText(changed(wrong, repair)).diagnostics), []));
}

test('there are ten', () => assert.is(planted.length, 10));

test.run();
