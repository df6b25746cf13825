import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { syntaxMessages } from '../../../compiler/diagnostics/messages/syntax.ts';
import {
  allMessages,
  examplesOf,
  isSpec,
  messageByCode,
  phases,
} from '../../../compiler/diagnostics/registry.ts';
import { decode, LARGEST_SPEC } from '../../../compiler/source/decode.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { parse } from '../../../compiler/syntax/parse.ts';

const codesOf = (text: string): string[] =>
  parse(new SourceFile('main.mlp', text)).diagnostics.map(({ code }) => code);

test('codes are unique and lie in the range of their phase', () => {
  const seen = new Set<string>();
  for (const { digit, messages } of phases) {
    for (const [name, message] of Object.entries(
      messages as Record<string, ReturnType<typeof allMessages>[number]>,
    )) {
      const { code } = message.definition;
      assert.match(code, new RegExp(`^MLP${digit}\\d{3}$`), name);
      assert.not.ok(seen.has(code), `${code} stands twice`);
      seen.add(code);
    }
  }
});

test('every message is documented', () => {
  for (const { definition } of allMessages()) {
    const { code, title, explanation } = definition;
    assert.match(title, /[^.]$/, `${code}: a title has no full stop`);
    assert.ok(explanation.text.length > 10, `${code}: an explanation says why`);
  }
});

test('examples are there, but for what no text shows', () => {
  const without = allMessages()
    .filter(({ definition }) => !examplesOf(definition))
    .map(({ definition }) => definition.code)
    .filter(code => !/^MLP8/.test(code));
  // Bytes, the command line, and what two versions or a target's folder tell.
  assert.equal(
    without.filter(code => !/^MLP(1002|1003|6002|6003|6008|65\d\d|66\d\d)$/.test(code)),
    [],
  );
});

test('a message is found by its code', () => {
  assert.is(messageByCode('mlp1110'), syntaxMessages.assignment);
  assert.is(messageByCode('MLP0000'), undefined);
});

/** These are about bytes; the tests of `decode` below give them. */
const OF_BYTES = new Set(['MLP1001', 'MLP1002', 'MLP1003']);

for (const { definition } of Object.values(syntaxMessages)) {
  const { code, title, explanation } = definition;
  test(`${code} ${title}: the wrong example gives it and nothing else, the right one nothing`, () => {
    assert.equal(codesOf(explanation.right), []);
    if (!OF_BYTES.has(code)) assert.equal(codesOf(explanation.wrong), [code]);
  });
}

test('the examples of other phases have the right syntax', () => {
  for (const { definition } of allMessages()) {
    const { code, explanation } = definition;
    if (code.startsWith('MLP1')) continue;
    for (const text of [explanation.wrong, explanation.right]) {
      if (text.trim() !== '' && !isSpec(text)) continue;
      assert.equal(codesOf(text), [], `${code}:\n${text}`);
    }
  }
});

test('bytes that are no UTF-8 give one error at the first of them', () => {
  const text = 'let a = "ä€😀"\nlet b = 1';
  const good = new TextEncoder().encode(text);
  assert.equal(decode('a.mlp', good), { file: new SourceFile('a.mlp', text), diagnostics: [] });
  const bad = Uint8Array.from([...good, 10, 0xe4, 0x20, 0xff]);
  const { file, diagnostics } = decode('a.mlp', bad);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['MLP1001'],
  );
  assert.is(diagnostics[0]!.span.start, text.length + 1);
  assert.is(file.text.slice(0, text.length), text);
  assert.match(diagnostics[0]!.message, /0xe4/);
});

test('every kind of malformed sequence is found where it begins', () => {
  const sequences = [
    [0x80],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf8],
    [0xe2, 0x82],
    [0xc3],
  ];
  for (const sequence of sequences) {
    const { diagnostics } = decode('a.mlp', Uint8Array.from([0x61, ...sequence]));
    assert.is(diagnostics[0]?.code, 'MLP1001', sequence.join(' '));
    assert.is(diagnostics[0]!.span.start, 1);
  }
});

test('a byte order mark is skipped and mentioned', () => {
  const { file, diagnostics } = decode('a.mlp', Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]));
  assert.is(file.text, 'a');
  assert.equal(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [['MLP1003', 'info']],
  );
});

test('a file beyond the limit is not read', () => {
  const { file, diagnostics } = decode('a.mlp', new Uint8Array(LARGEST_SPEC + 1));
  assert.is(file.text, '');
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['MLP1002'],
  );
  assert.equal(decode('a.mlp', new Uint8Array(LARGEST_SPEC).fill(32)).diagnostics, []);
});

test('an empty file is an empty module', () => {
  const { file, diagnostics } = decode('a.mlp', new Uint8Array(0));
  assert.equal(diagnostics, []);
  const result = parse(file);
  assert.equal([result.module.declarations, result.diagnostics], [[], []]);
});

test.run();
