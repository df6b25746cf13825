import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type FormatOptions, format } from '../../../compiler/format/index.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { parse } from '../../../compiler/syntax/parse.ts';
import { Comma, endOf, type Token } from '../../../compiler/syntax/tokens.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The formatted text; a refusal fails the test. */
export function formatted(text: string, options: FormatOptions = {}): string {
  const result = format(new SourceFile('main.mlp', text), options);
  if ('refused' in result)
    throw new Error(`refused: ${result.refused.map(d => d.message).join('; ')}\n${text}`);
  return result.text;
}

export const isRight = (text: string): boolean =>
  parse(new SourceFile('main.mlp', text)).diagnostics.every(d => d.severity !== 'error');

/** Every spec of the repository that has no syntax error: the library, the examples, the fixtures. */
export function realSpecs(): { readonly name: string; readonly text: string }[] {
  const folders = ['stdlib', 'examples', 'test/fixtures'];
  return folders.flatMap(folder =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /[^/]\.mlp$/.test(name) && !/(^|\/)(node_modules|\.mlp)\//.test(name))
      .sort()
      .map(name => ({ name: `${folder}/${name}`, text: readFileSync(path.join(root, folder, name), 'utf8') }))
      .filter(({ text }) => isRight(text)),
  );
}

const PLACES = new Set(['span', 'pathSpan', 'bySpan', 'operatorSpan']);

/** A tree without its places. */
const shape = (text: string): string =>
  JSON.stringify(parse(new SourceFile('main.mlp', text)).module, (key, value: unknown) =>
    PLACES.has(key) ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );

/** Each comment with the numbers of the tokens around it; commas come and go, so they count as none. */
function commentsOf(text: string): string[] {
  const { tokens, comments } = parse(new SourceFile('main.mlp', text));
  const kept = tokens.filter(token => token.tokenType !== Comma);
  let next = 0;
  return comments.map(comment => {
    while (next < kept.length && kept[next]!.startOffset < comment.startOffset) next++;
    const lines = comment.image.split(/\r\n?|\n/).map(line => line.trim());
    return `${next}: ${lines.join('\n')}`;
  });
}

const images = (tokens: readonly Token[]): string[] =>
  tokens.filter(token => token.tokenType !== Comma).map(token => token.image.replace(/\r\n?/g, '\n'));

/** All that must hold of the formatting of a right spec. */
export function checkLaws(text: string): string {
  const once = formatted(text);
  assert.is(formatted(once), once, `no fixed point:\n${text}`);
  const before = parse(new SourceFile('main.mlp', text));
  const after = parse(new SourceFile('main.mlp', once));
  assert.equal(images(after.tokens), images(before.tokens), `other tokens:\n${text}`);
  assert.is(shape(once), shape(text), `another meaning:\n${text}\n--- formatted\n${once}`);
  assert.equal(commentsOf(once), commentsOf(text), `comments moved:\n${text}\n--- formatted\n${once}`);
  assert.ok(once === '' || /[^\n]\n$/.test(once), 'one line break at the end');
  checkSpaces(once, after.tokens);
  checkEdits(text, once);
  return once;
}

/** No carriage returns, no spaces at line ends, at most one empty line: but in block strings. */
function checkSpaces(text: string, tokens: readonly Token[]): void {
  let outside = text;
  for (const token of tokens) {
    if (!token.image.includes('\n')) continue;
    const filler = 'x'.repeat(token.image.length);
    outside = outside.slice(0, token.startOffset) + filler + outside.slice(endOf(token));
  }
  assert.not.match(outside, /\r|[ \t]\n|^\n|\t/, `spaces:\n${text}`);
  // Empty lines in a block comment are its text.
  assert.not.match(outside.replace(/\/\*[\s\S]*?\*\//g, 'x'), /\n\n\n/, `empty lines:\n${text}`);
}

function checkEdits(text: string, once: string): void {
  const result = format(new SourceFile('main.mlp', text), { edits: true });
  assert.ok('text' in result && result.edits !== undefined);
  let made = '';
  let before = 0;
  for (const { span, text: inserted } of result.edits) {
    assert.ok(span.start >= before, 'edits overlap');
    made += text.slice(before, span.start) + inserted;
    before = span.end;
  }
  assert.is(made + text.slice(before), once, 'edits make another text');
}
