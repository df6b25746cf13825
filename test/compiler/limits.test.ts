import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderJson } from '../../compiler/diagnostics/render-json.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { format } from '../../compiler/format/index.ts';
import type { CompileResult } from '../../compiler/index.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { printTree } from '../../compiler/syntax/print-tree.ts';
import { typescript } from '../../compiler/targets/typescript/index.ts';
import { compileText } from '../support/specs.ts';

/** No spec of this file may take longer, on a busy machine. */
const BOUND = 15_000;

/** All that looks at a spec by itself; nothing may throw, and nothing hang. */
function survived(text: string): CompileResult {
  const began = performance.now();
  const result = compileText({ 'x.mlp': text });
  renderText(result.diagnostics);
  JSON.stringify(renderJson(result.diagnostics));
  const file = new SourceFile('x.mlp', text);
  printTree(file, parse(file).module);
  format(file);
  assert.ok(performance.now() - began < BOUND, `${Math.round(performance.now() - began)} ms`);
  return result;
}

const codes = (text: string): string[] => survived(text).diagnostics.map(({ code }) => code);
const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('');

/** A view of one feature over a column. */
const view = (feature: string, more = ''): string =>
  `import std.sources { csv }
schema S { a: int @key  c: bool }
source s: S = csv("x.csv")
${more}
features F from s {
  x = ${feature}
}
`;

const DEEP = 'MLP1116';
const LONG = 'MLP1117';
const CHAIN = 'MLP2022';

test('10,000 of everything that nests is one error that says so', () => {
  const n = 10_000;
  const nested: readonly (readonly [string, string])[] = [
    [`${'('.repeat(n)}1${')'.repeat(n)}`, DEEP],
    [`${'['.repeat(n)}1${']'.repeat(n)}`, DEEP],
    [`${'abs('.repeat(n)}1${')'.repeat(n)}`, DEEP],
    [`${'if true then 1 else '.repeat(n)}1`, DEEP],
    [`${'if '.repeat(n)}true${' then true else false'.repeat(n)}`, DEEP],
    [`${'(1 + -('.repeat(n)}1${'))'.repeat(n)}`, DEEP],
    [`${'match 1 { _ => '.repeat(n)}1${' }'.repeat(n)}`, DEEP],
    [`${'- '.repeat(n)}1`, LONG],
    [`${'not '.repeat(n)}true`, LONG],
    [`${'true and '.repeat(n)}true`, LONG],
    [`${'1 ?? '.repeat(n)}1`, LONG],
    [`b${'.c'.repeat(n)}`, LONG],
    [`match 1 { ${times(n, i => `${i} => 1 `)} _ => 2 }`, LONG],
  ];
  for (const [text, code] of nested) assert.equal(codes(`let a = ${text}\n`), [code], text.slice(0, 40));
  assert.equal(codes(`schema S { a: ${'['.repeat(n)}int${']'.repeat(n)} }`), [DEEP]);
  assert.ok(codes(`test "x" of y { given ${'{ a: '.repeat(n)}1${'}'.repeat(n)} }`).includes(DEEP));
  for (const bracket of '()[]{}') survived(bracket.repeat(n));
  survived(`model m ${'{ promote '.repeat(n)}${'}'.repeat(n)}`);
  survived(`@key schema S { a: int ${'@key '.repeat(300)}in 1..2 ${'in 1..5 '.repeat(n)} }`);
});

test('chains within brackets do not add up beyond what later phases can walk', () => {
  for (const [depth, chain] of [
    [98, 499],
    [98, 10],
    [20, 100],
  ] as const) {
    let text = 'a';
    for (let i = 0; i < depth; i++) text = `(${text})${' + 1'.repeat(chain)}`;
    assert.equal(codes(view(text)), [LONG]);
  }
});

test('what is just within the limits goes through all phases and into a program', async () => {
  for (const [feature, more] of [
    [`a${' + 1'.repeat(480)}`],
    [`c${' and c'.repeat(480)}`],
    [`${'not '.repeat(480)}c`],
    [`${'('.repeat(95)}a${')'.repeat(95)}`],
    [`${'abs('.repeat(95)}a${')'.repeat(95)}`],
    [`${'if c then 1 else '.repeat(95)}2`],
    [`match a { ${times(480, i => `${i} => 1 `)} _ => 0 }`],
    ['f(f(a))', `function f(x: int) -> int = x${' + 1'.repeat(450)}`],
    ['l200', `let l0 = 1 ${times(200, i => `let l${i + 1} = l${i} + 1 `)}`],
  ] as const) {
    const { plan, diagnostics } = survived(view(feature, more));
    assert.ok(plan, `${feature.slice(0, 40)}: ${renderText(diagnostics)}`);
    assert.ok((await typescript.emit(plan!, {})).length > 0);
  }
});

test('functions that put in make too deep an expression', () => {
  const body = `function f(x: int) -> int = x${' + 1'.repeat(450)}`;
  assert.equal(codes(view('f(f(f(a)))', body)), ['MLP4902']);
  assert.equal(codes(view('f(f(f(f(f(f(f(f(f(f(f(f(a))))))))))))', body)), ['MLP4902']);
});

test('chains of thousands of declarations, each needing the next', () => {
  const n = 1000;
  const chains = [
    `${times(n, i => `let a${i} = a${i + 1} + 1\n`)}let a${n} = 1`,
    `${times(n, i => `function f${i}(x: int) -> int = f${i + 1}(x) + 1\n`)}function f${n}(x: int) -> int = x`,
    `${times(n, i => `schema S${i} extends S${i + 1} { c${i}: int }\n`)}schema S${n} { z: int }`,
    view(
      'f0(a)',
      `${times(n, i => `function f${n - i - 1}(x: int) -> int = f${n - i}(x) + 1\n`)}function f${n}(x: int) -> int = x`,
    ),
    view(
      'a',
      times(n, i => `features G${i} from s { key a\n join G${i + 1} as g on g.a == a\n y = g.y }\n`),
    ),
    view(
      'a',
      `component k(x: table S) -> table S { run python "a.py:b" }\n${times(n, i => `let t${i} = k(t${i + 1})\n`)}let t${n} = k(s)`,
    ),
  ];
  for (const text of chains) assert.ok(codes(text).includes(CHAIN), text.slice(0, 60));
});

test('circles of everything', () => {
  const found = survived(`function f(x: int) -> int = g(x)
function g(x: int) -> int = f(x)
function r(x: int) -> int = r(x)
let a = b
let b = a
schema S extends T { }
schema T extends S { }
environment e extends f { }
environment f extends e { }
policy p() { policy q() }
policy q() { policy p() }
`);
  const circles = found.diagnostics.filter(({ code }) => code === 'MLP2017');
  // The two environments are one circle, told once.
  assert.is(circles.length, 7);
  assert.ok(found.diagnostics.length - circles.length <= 1);
});

test('files that import one another in a circle, also by links of a thousand', () => {
  const n = 1000;
  const files = Object.fromEntries(
    Array.from({ length: n }, (_, i) => [
      `f${i}.mlp`,
      `import "./f${(i + 1) % n}.mlp" { a${(i + 1) % n} }\nlet a${i} = 1\nlet b${i} = a${(i + 1) % n}\n`,
    ]),
  );
  const found = compileText(files).diagnostics.map(({ code }) => code);
  assert.ok(found.length > 0 && found.length < 5, `${found.length} diagnostics`);
});

test('numbers beyond what they can be are told once, and nothing follows from them', () => {
  for (const number of [
    '9223372036854775808',
    '99999999999999999999999',
    '9'.repeat(100_000),
    '1e999',
    `${'9'.repeat(400)}.0`,
    '999999999999999d',
    '9007199254740993ms',
    '0.3ms',
    '99999999999999TiB',
    '0.1KiB',
    '1e3d',
    '2001-02-30',
    '2001-01-01T25:00',
  ])
    assert.is(codes(`let a: bool = ${number} + "x"`).length, 1, number.slice(0, 40));
  for (const number of [
    '9223372036854775807',
    '1e308',
    '1.5s',
    '0.29s',
    '0.5KiB',
    '1_000ms',
    '104249991d',
    '8191TiB',
  ])
    assert.equal(codes(`let a = ${number}`), [], number);
  assert.equal(codes('let a = 9223372036854775807 + 1'), ['MLP3036']);
});

test('names, strings and lists of a megabyte', () => {
  const long = 'x'.repeat(1_000_000);
  for (const [text, expected] of [
    [`let a: int = "${long}"`, ['MLP3001']],
    [`let a = "${long}" + 1`, ['MLP3005']],
    [`let ${long} = 1\nlet b = y${long}`, ['MLP2001']],
    [`let a = [${times(50_000, i => `${i}, `)}]`, []],
    [`schema S { a: int in {${times(50_000, i => `${i} `)}} }`, []],
  ] as const) {
    const { diagnostics } = survived(text);
    assert.equal(
      diagnostics.map(({ code }) => code),
      expected,
    );
    assert.ok(renderText(diagnostics).length < 2500);
  }
});

test('patterns that would take a regular expression engine for ever are not run', () => {
  survived(`schema S { a: string matching r"${'(a*)*'.repeat(1000)}" }`);
  survived(`schema S { a: string matching r"${'('.repeat(3000)}a${')'.repeat(3000)}" }`);
  survived('schema S { a: string matching r"(a{1000}){1000}" }');
});

test.run();
