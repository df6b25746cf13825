import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { renderJson } from '../../../compiler/diagnostics/render-json.ts';
import { renderText, type TextOptions } from '../../../compiler/diagnostics/render-text.ts';
import { SourceFile } from '../../../compiler/source/text.ts';

/** A file and the span between `[[` and `]]` in its text. */
function marked(text: string, path = 'main.mlp'): Pick<Diagnostic, 'file' | 'span'> {
  const start = text.indexOf('[[');
  const end = text.indexOf(']]') - 2;
  return { file: new SourceFile(path, text.replace('[[', '').replace(']]', '')), span: { start, end } };
}

const diagnostic = (text: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'MLP1000',
  severity: 'error',
  message: 'it is wrong',
  labels: [],
  fixes: [],
  ...marked(text),
  ...more,
});

function shows(given: Diagnostic, expected: string, options?: TextOptions): void {
  const lines = expected
    .split('\n')
    .slice(1, -1)
    .map(line => line.replace(/^ {4}/, ''));
  const actual = renderText([given], options)
    .split('\n')
    .slice(1, -3)
    .filter((line, i, all) => line !== '' || i < all.length - 1);
  assert.fixture(actual.join('\n'), lines.join('\n'));
}

test('a span within a line', () => {
  shows(
    diagnostic('let a = 1\nlet [[b]] = 2\n', { hint: 'do better' }),
    `
     --> main.mlp:2:5
      |
    2 | let b = 2
      |     ^
      = hint: do better
  `,
  );
});

test('a span of nothing has one caret', () => {
  shows(
    diagnostic('let a =[[]]'),
    `
     --> main.mlp:1:8
      |
    1 | let a =
      |        ^
  `,
  );
});

test('a span over lines is underlined in each, and cut in the middle', () => {
  shows(
    diagnostic('model [[m {\n  a\n  b\n  c\n  d\n  e\n}]]\n'),
    `
     --> main.mlp:1:7
      |
    1 | model m {
      |       ^^^
    2 |   a
      |   ^
    3 |   b
      |   ^
    ...
    7 | }
      | ^
  `,
  );
});

test('tabs and wide characters keep the carets in their columns', () => {
  shows(
    diagnostic('\tlet x = "日本" + [[y]]'),
    `
     --> main.mlp:1:17
      |
    1 |     let x = "日本" + y
      |                      ^
  `,
  );
  shows(
    diagnostic('let e\u0301 = [["日本"]]'),
    `
     --> main.mlp:1:10
      |
    1 | let e\u0301 = "日本"
      |         ^^^^^^
  `,
  );
});

test('emoji take two columns, however many characters they are made of', () => {
  for (const [sign, columns] of [
    ['😀', 2],
    ['⚡', 2],
    ['🟢', 2],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['🇩🇪🇫🇷', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['日', 2],
    ['ｗ', 2],
    ['→', 1],
  ] as const) {
    const text = renderText([diagnostic(`"${sign}" + [[y]]`)]);
    const line = text.split('\n').find(one => one.includes('^'))!;
    assert.is(line.indexOf('^'), '1 | '.length + 1 + columns + ' " + '.length - 1, sign);
  }
  // The sign itself is underlined whole.
  const text = renderText([diagnostic('a = [[👩‍👩‍👧]] + 1')]);
  assert.match(text, /\n {2}\| {5}\^\^\n/);
});

test('lines end with \\r\\n or \\r as well', () => {
  for (const end of ['\r\n', '\r', '\n']) {
    shows(
      diagnostic(`let a = 1${end}\tlet b = [[x${end}  + y]]${end}let c = 1`),
      `
     --> main.mlp:2:10
      |
    2 |     let b = x
      |             ^
    3 |   + y
      |   ^^^
  `,
    );
  }
});

test('control characters are made visible', () => {
  shows(
    diagnostic('let \u001b[[x]] = 1'),
    `
     --> main.mlp:1:6
      |
    1 | let \ufffdx = 1
      |      ^
  `,
  );
});

test('a very long line is cut around what is marked', () => {
  shows(
    diagnostic(`${'a + '.repeat(500)}[[bad]]${' + c'.repeat(500)}`),
    `
     --> main.mlp:1:2001
      |
    1 | … + a + a + bad + c + c + c + c + …
      |             ^^^
  `,
    { width: 32 },
  );
});

test('a second label on the same line, on another, and in another file', () => {
  const text = 'let a = f(1, [[]]\nlet b = 2';
  shows(
    diagnostic(text, {
      ...marked(text),
      labels: [{ file: marked(text).file, span: { start: 9, end: 10 }, message: 'opened here' }],
    }),
    `
     --> main.mlp:1:14
      |
    1 | let a = f(1,
      |              ^
     ::: main.mlp:1:10
      |
    1 | let a = f(1,
      |          - opened here
  `,
  );
  const place = marked(text);
  shows(
    diagnostic(text, {
      ...place,
      labels: [{ file: place.file, span: { start: 9, end: 10 }, message: 'opened here' }],
    }),
    `
     --> main.mlp:1:14
      |
    1 | let a = f(1,
      |          -   ^
      |          opened here
  `,
  );
  const other = marked('\n\n\n\n\n\n\n\n\nschema [[A]] {}', 'lib/schemas.mlp');
  shows(
    diagnostic('let [[a]] = 1', { labels: [{ ...other, message: 'declared here' }] }),
    `
      --> main.mlp:1:5
       |
     1 | let a = 1
       |     ^
      ::: lib/schemas.mlp:10:8
       |
    10 | schema A {}
       |        - declared here
  `,
  );
});

test('messages of several labels on one line hang on strokes', () => {
  const { file, span } = marked('evaluate auc, loss, error, [[mae]]');
  const label = (start: number, length: number, message: string) => ({
    file,
    span: { start, end: start + length },
    message,
  });
  const labels = [label(9, 3, 'one'), label(14, 4, 'two'), label(20, 5, 'three')];
  shows(
    diagnostic('evaluate auc, loss, error, [[mae]]', { file, span, labels }),
    `
     --> main.mlp:1:28
      |
    1 | evaluate auc, loss, error, mae
      |          ---  ----  -----  ^^^
      |          |    |     three
      |          |    two
      |          one
  `,
  );
});

test('did you mean stands for its fix', () => {
  const given = diagnostic('[[sorce]] x', { hint: 'did you mean `source`?' });
  const fix = {
    title: 'Replace with `source`',
    edits: [{ file: given.file, span: given.span, text: 'source' }],
  };
  shows(
    { ...given, fixes: [fix] },
    `
     --> main.mlp:1:1
      |
    1 | sorce x
      | ^^^^^
      = did you mean \`source\`?
  `,
  );
});

test('colours only when asked for', () => {
  const given = [diagnostic('let [[a]] = 1')];
  assert.not.ok(renderText(given).includes('\u001b'));
  assert.ok(renderText(given, { colour: true }).startsWith('\u001b[31merror[MLP1000]'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
  assert.is(renderText(given, { colour: true }).replace(/\u001b\[\d+m/g, ''), renderText(given));
});

test('the summary counts by severity and file', () => {
  const given = [
    diagnostic('[[a]]'),
    diagnostic('[[a]]', { severity: 'warning' }),
    diagnostic('[[a]]', { severity: 'info', ...marked('[[b]]', 'b.mlp') }),
  ];
  assert.match(renderText(given), /\n1 error, 1 warning, 1 note in 2 files\n$/);
  assert.is(renderText([]), '');
  assert.match(renderText([...given, ...given], { limit: 2 }), /\nand 4 more\n2 errors, /);
  assert.match(renderText(given, { limit: 1, more: 'see there' }), /\nand 2 more; see there\n1 error, /);
});

test('JSON holds every fact', () => {
  const given = diagnostic('let a = 1\nlet [[b]] = 2', { hint: 'h' });
  const edit = { file: given.file, span: { start: 0, end: 3 }, text: 'param' };
  const report = renderJson([{ ...given, fixes: [{ title: 'f', edits: [edit] }] }]);
  assert.equal(report.counts, { error: 1, warning: 0, info: 0 });
  assert.equal(report.diagnostics[0]!.place, {
    file: 'main.mlp',
    line: 2,
    column: 5,
    endLine: 2,
    endColumn: 6,
    offset: 14,
    length: 1,
  });
  assert.is(report.diagnostics[0]!.fixes[0]!.edits[0]!.text, 'param');
  assert.is(JSON.parse(JSON.stringify(report)).diagnostics[0].hint, 'h');
});

test.run();
