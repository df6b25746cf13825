import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check } from '../../../compiler/semantics/check.ts';
import { printSymbols } from '../../../compiler/semantics/print-symbols.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { tokenize } from '../../../compiler/syntax/lexer.ts';
import { Random, rounds } from '../../support/random.ts';
import { memoryHost, root } from '../../support/specs.ts';

const random = new Random();
console.log(`seed ${random.seed}`);
const below = (n: number): number => random.int(0, n - 1);

const folder = path.join(root, 'test/fixtures/semantics');
const specs = readdirSync(folder).flatMap(name =>
  readdirSync(path.join(folder, name))
    .filter(file => file.endsWith('.mlp'))
    .map(file => readFileSync(path.join(folder, name, file), 'utf8')),
);

/** The program of any text at all: nothing throws, and every place lies inside its file. */
function survives(text: string): void {
  try {
    const program = check(memoryHost({ 'main.mlp': text }));
    printSymbols(program);
    for (const { span, file, labels, fixes, code } of program.diagnostics) {
      const places = [{ span, file }, ...labels, ...fixes.flatMap(fix => fix.edits)];
      for (const place of places) {
        const { start, end } = place.span;
        assert.ok(start >= 0 && start <= end && end <= place.file.text.length, `${code} at ${start}..${end}`);
      }
    }
  } catch (error) {
    console.log(text);
    throw error;
  }
}

/** Texts of tokens, with the white space before each. */
function pieces(text: string): string[] {
  const { tokens } = tokenize(new SourceFile('main.mlp', text));
  let last = 0;
  return tokens.map(token => {
    const end = token.startOffset + token.image.length;
    const piece = text.slice(last, end);
    last = end;
    return piece;
  });
}

test('specs cut off anywhere', () => {
  for (let i = 0; i < rounds(60, 2000); i++) {
    const text = specs[below(specs.length)]!;
    survives(text.slice(0, below(text.length)));
  }
});

test('tokens left out, doubled and exchanged', () => {
  for (let i = 0; i < rounds(120, 5000); i++) {
    const parts = pieces(specs[below(specs.length)]!);
    for (let n = 1 + below(4); n > 0; n--) {
      const at = below(parts.length);
      const other = below(parts.length);
      const what = below(3);
      if (what === 0) parts.splice(at, 1);
      else if (what === 1) parts.splice(at, 0, parts[other]!);
      else [parts[at], parts[other]] = [parts[other]!, parts[at]!];
    }
    survives(parts.join(''));
  }
});

test('names exchanged, so that everything is of another kind', () => {
  for (let i = 0; i < rounds(120, 5000); i++) {
    const text = specs[below(specs.length)]!;
    const names = [...new Set(text.match(/\b[A-Za-z_]\w*\b/g))];
    const a = names[below(names.length)]!;
    const b = names[below(names.length)]!;
    survives(text.replaceAll(new RegExp(`\\b${a}\\b`, 'g'), b));
  }
});

test.run();
