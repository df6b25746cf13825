import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { compileText, root } from '../../support/specs.ts';
import { slips } from './slips.ts';

/** One slip is one error, at its characters, that says what to write. */
const spec = readFileSync(path.join(root, 'test/compiler/stranger/specs/rides.mlp'), 'utf8');
const told = (text: string): readonly Diagnostic[] => compileText(text).diagnostics;
const words = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, message }) => `${code} ${message}`);

test('without a slip nothing is said', () => assert.equal(words(told(spec)), []));

for (const [from, to, code, at, says] of slips)
  test(to.trim(), () => {
    assert.is(spec.split(from).length > 1, true, `\`${from}\` stands there`);
    const wrong = spec.replace(from, () => to);
    const diagnostics = told(wrong);
    assert.is(diagnostics.length, 1, words(diagnostics).join('\n'));
    const [found] = diagnostics as [Diagnostic];
    assert.is(found.code, code);
    assert.is(wrong.slice(found.span.start, found.span.end), at);
    if (says !== 'mends') {
      if (says !== undefined) assert.ok(found.hint?.startsWith(says), found.hint);
      return;
    }
    const edits = [...found.fixes[0]!.edits].sort((a, b) => b.span.start - a.span.start);
    const mended = edits.reduce(
      (text, { span, text: by }) => text.slice(0, span.start) + by + text.slice(span.end),
      wrong,
    );
    assert.equal(words(told(mended)), []);
  });

test.run();
