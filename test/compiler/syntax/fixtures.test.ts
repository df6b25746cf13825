import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { printTokens, printTree } from '../../../compiler/syntax/print-tree.ts';
import { baseline, cases, checkInvariants, parsed, source } from './support.ts';

for (const name of cases()) {
  test(`fixture ${name}`, () => {
    const result = parsed(source(name));
    checkInvariants(result);
    baseline(name, 'tree.txt', printTree(result.file, result.module));
    baseline(name, 'diagnostics.txt', renderText(result.diagnostics, { limit: 1000 }));
  });
}

for (const name of ['contextual-names', 'other-languages']) {
  test(`tokens of ${name}`, () => {
    const { file, tokens, comments } = parsed(source(name));
    baseline(name, 'tokens.txt', printTokens(file, tokens, comments));
  });
}

const RIGHT = [
  'flights',
  'churn',
  'contextual-names',
  'one-line',
  'library',
  'commas',
  'annotations-and-docs',
];
for (const name of RIGHT) {
  test(`${name} has no mistakes`, () => {
    assert.is(renderText(parsed(source(name)).diagnostics), '');
  });
}

test.run();
