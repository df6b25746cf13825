import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { format } from '../../../compiler/format/index.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import type { Part } from '../syntax/ebnf.ts';
import { drawnSeed, Random } from '../syntax/support.ts';
import { laidOut, randomTokens, tokensOf } from './generate.ts';
import { formatted, isRight, realSpecs } from './support.ts';

/** Formats what lies between the marks `«` and `»`. */
function marked(text: string): string {
  const start = text.indexOf('«');
  const end = text.indexOf('»') - 1;
  return formatted(text.replace(/[«»]/g, ''), { range: { start, end } });
}

test('only the items that are touched change', () => {
  assert.is(marked('let  a=1\nlet «b»  =2\nlet  c=3\n'), 'let  a=1\nlet b = 2\nlet  c=3\n');
  assert.is(
    marked('schema  S {\n    a:int\n    «b:int,\n    c»:int,\n    d:int\n}\n'),
    'schema  S {\n    a:int\n  b: int\n  c: int\n    d:int\n}\n',
  );
});

test('a touched head takes the whole declaration with it', () => {
  assert.is(
    marked('«schema»  S {\n    a:int\n    b:int\n}\nlet  x=1\n'),
    'schema S {\n  a: int\n  b: int\n}\nlet  x=1\n',
  );
});

test('items inside items are found', () => {
  assert.is(
    marked('model  m {\n   promote {\n    require   a>1\n    require   «b»>1\n   }\n}\n'),
    'model  m {\n   promote {\n    require   a>1\n    require b > 1\n   }\n}\n',
  );
});

test('what shares a line is formatted together', () => {
  assert.is(marked('let  a=1 let  «b»=2\nlet  c=3'), 'let a = 1\nlet b = 2\nlet  c=3');
  assert.is(
    marked('schema  S {\n  a:int   b:int\n  «c»:int }\nlet  x=1\n'),
    'schema S {\n  a: int\n  b: int\n  c: int\n}\nlet  x=1\n',
  );
});

test('comments go with their items', () => {
  assert.is(
    marked('let  a=1\n  //  why\nlet  b=2   //  «remark»\n\n\n\nlet  c=3\n'),
    'let  a=1\n//  why\nlet b = 2 //  remark\n\n\n\nlet  c=3\n',
  );
});

test('between items nothing changes', () => {
  const text = 'let  a=1\n\n\n«»\n\nlet  b=2\n';
  assert.is(marked(text), text.replace('«»', ''));
});

test('the whole file as a range is the whole formatting', () => {
  for (const { text } of realSpecs()) {
    assert.is(formatted(text, { range: { start: 0, end: text.length } }), formatted(text));
  }
});

/** Without the places where a text may be broken or not. */
const bare = (line: string): string => line.trim();

test('random ranges of random specs', () => {
  const random = new Random(drawnSeed('ranges to format'));
  const uses = new Map<Part, number>();
  const real = realSpecs().filter(({ text }) => text.length < 6000);
  const rounds = process.env['FUZZ_LONG'] ? 20_000 : 300;
  let narrow = 0;
  for (let i = 0; i < rounds; i++) {
    const words = i % 2 ? randomTokens(random, false, uses) : tokensOf(random.pick(real).text);
    const torn = laidOut(words, random, random.pick([0, 3, 12]), random.pick([10, 40]));
    // Every other time a formatted text that only lost its indentation, so that items have lines of their own.
    const text = i % 3 && isRight(torn) ? formatted(torn).replace(/^ +/gm, '   ') : torn;
    if (!isRight(text)) continue;
    const whole = formatted(text);
    const start = random.below(text.length + 1);
    const end = start + random.below(text.length + 1 - start);
    const result = format(new SourceFile('main.mlp', text), { range: { start, end } });
    assert.ok('text' in result && result.edits !== undefined);
    const { edits } = result;
    assert.is(formatted(result.text), whole, `the rest is formatted to the same:\n${text}`);
    const first = edits[0];
    const last = edits.at(-1);
    if (first === undefined || last === undefined) continue;
    // What lies outside of the touched lines stays, character by character.
    const tail = text.length - last.span.end;
    assert.is(result.text.slice(0, first.span.start), text.slice(0, first.span.start));
    assert.is(result.text.slice(result.text.length - tail), text.slice(last.span.end));
    if (first.span.start > 0 || tail > 0) narrow++;
    // The lines that changed are lines of the whole formatting.
    const lines = new Set(whole.split('\n').map(bare));
    const before = text.slice(0, first.span.start).split('\n').length - 1;
    const made = result.text.split('\n');
    const after = made.length - (text.slice(last.span.end).split('\n').length - 1);
    for (const line of made.slice(before, after)) {
      assert.ok(
        lines.has(bare(line.replace(/\r/g, ''))),
        `no line of the whole: ${line}\n--- whole\n${whole}`,
      );
    }
  }
  assert.ok(narrow > rounds / 20, `only ${narrow} ranges were narrower than the file`);
});

test.run();
