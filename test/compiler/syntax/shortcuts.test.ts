/** What is quick in lexer and parser gives what the slow way gives. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Lexer } from 'chevrotain';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceFile } from '../../../compiler/source/text.ts';
import { docComments } from '../../../compiler/syntax/comments.ts';
import { tokenize } from '../../../compiler/syntax/lexer.ts';
import { parse, recovering } from '../../../compiler/syntax/parse.ts';
import { sharedParser } from '../../../compiler/syntax/parser/parser.ts';
import { printTree } from '../../../compiler/syntax/print-tree.ts';
import { Scanner } from '../../../compiler/syntax/scanner.ts';
import { lexerTokens } from '../../../compiler/syntax/tokens.ts';
import { drawnSeed, Random, source } from './support.ts';

const library = path.join(import.meta.dirname, '../../../stdlib');
const specs = [
  ...['flights', 'churn', 'library', 'contextual-names'].map(source),
  ...readdirSync(library)
    .filter(name => name.endsWith('.mlp'))
    .map(name => readFileSync(path.join(library, name), 'utf8')),
];

const options = { positionTracking: 'onlyOffset', ensureOptimizations: true } as const;
const slow = new Lexer(lexerTokens, options);
const quick = new Scanner(lexerTokens, options);

/** What a lexer makes of a text, a line a token. */
function shown(lexer: Lexer, text: string): string {
  const { tokens, groups, errors } = lexer.tokenize(text);
  const lines = [...tokens, ...groups['comments']!].map(
    ({ image, startOffset, tokenType, tokenTypeIdx }) =>
      `${startOffset} ${tokenType.name} ${tokenTypeIdx} ${JSON.stringify(image)}`,
  );
  return [...lines, ...errors.map(({ offset, length }) => `${offset} error ${length}`)].join('\n');
}

test('the quick way through a text cuts the tokens that Chevrotain cuts', () => {
  const random = new Random(drawnSeed('quick lexing'));
  const strange = [
    'é',
    'µ',
    'ß1',
    '\u00a0',
    '\f',
    '\ufeff',
    '"',
    '"""',
    'r"',
    '`',
    "'",
    '/*',
    '//',
    '/',
    '.5',
    '1.',
    '1e',
    '!',
    '日',
    '\u007f',
    '$',
  ];
  for (const text of specs) assert.is(shown(quick, text), shown(slow, text));
  for (let i = 0; i < 1500; i++) {
    const spec = random.pick(specs);
    const from = random.below(spec.length);
    const part = spec.slice(from, from + random.below(200));
    const at = random.below(part.length + 1);
    const text = part.slice(0, at) + random.pick(strange) + part.slice(at + random.below(3));
    assert.is(shown(quick, text), shown(slow, text), JSON.stringify(text));
  }
});

test('the strict pass, which reads plain operands at once, makes the tree that recovery makes by the rules', () => {
  for (const [i, text] of specs.entries()) {
    const file = new SourceFile(`spec${i}.mlp`, text);
    const { tokens, comments } = tokenize(file);
    const docs = docComments(file, tokens, comments);
    const { module, diagnostics } = recovering(sharedParser(), file, tokens, docs.before);
    assert.equal(diagnostics, []);
    const { module: strict, diagnostics: found } = parse(file);
    assert.equal(found, []);
    assert.is(
      printTree(file, strict),
      printTree(file, docs.module === undefined ? module : { ...module, doc: docs.module }),
    );
  }
});

test.run();
