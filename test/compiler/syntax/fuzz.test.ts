import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { syntaxMessages } from '../../../compiler/diagnostics/messages/syntax.ts';
import { renderJson } from '../../../compiler/diagnostics/render-json.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { decode } from '../../../compiler/source/decode.ts';
import { parse } from '../../../compiler/syntax/parse.ts';
import { printTree } from '../../../compiler/syntax/print-tree.ts';
import { cases, checkInvariants, drawnSeed, parsed, Random, source } from './support.ts';

const LONG = process.env['FUZZ_LONG'] !== undefined;
/** No text of a few kilobytes may take longer, on a busy machine, once the parser is built. */
const BOUND = LONG ? 20_000 : 5_000;

parsed('let warm = 1');

function survives(text: string, what: string): void {
  const began = performance.now();
  try {
    const result = parsed(text);
    checkInvariants(result);
    renderText(result.diagnostics);
    renderJson(result.diagnostics);
    printTree(result.file, result.module);
  } catch (error) {
    (error as Error).message += `\n${what}: ${JSON.stringify(text.slice(0, 2000))}`;
    throw error;
  }
  const took = performance.now() - began;
  assert.ok(took < BOUND, `${what} took ${Math.round(took)} ms: ${JSON.stringify(text.slice(0, 300))}`);
}

const examples = ['flights', 'churn', 'library', 'contextual-names'].map(source);
const words = examples.join('\n').match(/\w+|\s+|[^\w\s]/g)!;

test('a spec cut off anywhere', () => {
  const random = new Random(drawnSeed('truncation'));
  for (const text of examples) {
    const step = LONG ? 1 : 61;
    for (let end = LONG ? 0 : random.below(step); end < text.length; end += step)
      survives(text.slice(0, end), 'cut');
  }
});

test('a spec without its beginning', () => {
  const random = new Random(drawnSeed('beheading'));
  for (const text of examples) {
    const step = LONG ? 3 : 149;
    for (let start = random.below(step); start < text.length; start += step)
      survives(text.slice(start), 'beheaded');
  }
});

test('random tokens', () => {
  const random = new Random(drawnSeed('token soup'));
  for (let i = 0; i < (LONG ? 20_000 : 250); i++) {
    const soup = Array.from({ length: random.below(150) }, () => random.pick(words));
    survives(soup.join(random.below(2) === 0 ? '' : ' '), 'soup');
  }
});

test('mutated specs', () => {
  const random = new Random(drawnSeed('mutation'));
  const all = cases().map(source);
  for (let i = 0; i < (LONG ? 10_000 : 150); i++) {
    let text = random.pick(all);
    for (let n = 1 + random.below(6); n > 0; n--) {
      const at = random.below(text.length + 1);
      const cut = random.below(3) === 0 ? random.below(40) : 0;
      const put = random.below(3) === 0 ? '' : random.pick(words);
      text = text.slice(0, at) + put + text.slice(at + cut);
    }
    survives(text, 'mutated');
  }
});

test('an annotation before a parameter, where none may stand', () => {
  survives('function f(a: int,\n@ b: int) -> int = a', 'annotated');
  survives('component c(a: int, @b c: int) -> table X { run shell "x" }', 'annotated');
  survives('function f(a: int,\n/// The second.\n@ b: int) -> int = a', 'documented');
});

test('random characters and bytes', () => {
  const random = new Random(drawnSeed('bytes'));
  for (let i = 0; i < (LONG ? 5_000 : 120); i++) {
    const range = random.pick([0x80, 0x300, 0x10000]);
    survives(String.fromCharCode(...Array.from({ length: 200 }, () => random.below(range))), 'characters');
    const bytes = Uint8Array.from({ length: 200 }, () => random.below(256));
    const { file, diagnostics } = decode('main.mlp', bytes);
    for (const { span } of diagnostics) assert.ok(span.start <= span.end && span.end <= file.text.length);
    parse(file);
  }
});

test('deep and endless things', () => {
  const openers = [
    '(',
    '[',
    '{',
    '{a: ',
    'f(',
    'if ',
    'if a then ',
    'match x { ',
    '- ',
    'not ',
    'a.',
    'a ?? ',
    'a < ',
    'a = ',
  ];
  const others = [
    '@a ',
    '@a(',
    '}',
    ')',
    ']',
    '"',
    '`',
    '/*',
    ';',
    '#\n',
    '? a : ',
    'elif a then ',
    'a.b(',
    'x: [',
    '* ',
    ', ',
    'a: ',
    'over a of b ',
  ];
  const starts = [
    '',
    'let a = ',
    'let a = if a then b ',
    'schema A { x: ',
    'model m { ',
    'let a = f(x ',
    'features F from x { y = ',
  ];
  const count = LONG ? 20_000 : 200;
  for (const start of starts)
    for (const piece of [...openers, ...others]) survives(start + piece.repeat(count), 'deep');
  survives(`let a = ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, 'brackets');
  survives(`schema A { x: ${'['.repeat(10_000)}int${']'.repeat(10_000)} }`, 'lists');
  survives(`let a = 1${' + 1'.repeat(10_000)}`, 'sum');
});

test('deep nesting is one error that says so', () => {
  for (const text of [
    `let a = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\nlet b = 1`,
    `schema A { x: ${'['.repeat(10_000)}int${']'.repeat(10_000)} }\nlet b = 1`,
  ]) {
    const { diagnostics, module } = parsed(text);
    assert.equal(
      diagnostics.map(({ code }) => code),
      [syntaxMessages.tooDeep.definition.code],
    );
    assert.is(module.declarations.length, 2);
  }
});

test('a thousand errors are a thousand errors', () => {
  const text = Array.from({ length: 1000 }, (_, i) => `let a${i} = `).join('\n');
  const { diagnostics, module } = parsed(text);
  assert.is(diagnostics.length, 1000);
  assert.is(module.declarations.length, 1000);
  const shown = renderText(diagnostics);
  assert.match(shown, /1[,_]000 errors in 1 file/);
  assert.is(shown.match(/^error\[/gm)!.length, 50);
});

test('megabytes', () => {
  const began = performance.now();
  const large = 'let x = f(1, "a") // b\n'.repeat(LONG ? 180_000 : 30_000);
  const decoded = decode('main.mlp', new TextEncoder().encode(large));
  assert.equal(decoded.diagnostics, []);
  assert.ok(parse(decoded.file).module.declarations.length >= 30_000);
  const beyond = decode('main.mlp', new Uint8Array(5 * 2 ** 20).fill(97));
  assert.equal(
    beyond.diagnostics.map(({ code }) => code),
    ['MLP1002'],
  );
  assert.ok(performance.now() - began < 20_000, 'megabytes take seconds');
});

test.run();
