import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TestedDocument } from '../../../cli/documents.ts';
import { escapeXml, junit } from '../../../cli/testing/junit.ts';
import { Random, rounds } from '../../support/random.ts';

const parser = new DOMParser({ onError: onErrorStopParsing });
const outcome = (more: Partial<TestedDocument>): TestedDocument => ({
  title: 't',
  kind: 'features',
  of: 'V',
  status: 'passed',
  cached: false,
  seconds: 0.25,
  faults: [],
  notes: [],
  at: 0,
  place: 'a/b.mlp:3:1',
  ...more,
});
const fault = (kind: 'error' | 'expectation', message: string) => ({
  kind,
  message,
  actual: [],
  at: 0,
  place: 'a/b.mlp:4:2',
});

test('suites by file, counts, failures apart from errors, what was not run, notes', () => {
  const text = junit([
    outcome({ title: 'good', notes: ['a note'], cached: true }),
    outcome({ title: 'bad', status: 'failed', faults: [fault('expectation', 'no')] }),
    outcome({ title: 'broken', status: 'failed', faults: [fault('error', 'oh')], place: 'c.mlp:1:1' }),
    outcome({ title: 'not yet', status: 'unsupported', faults: [fault('error', 'later')] }),
  ]);
  const root = parser.parseFromString(text, 'text/xml').documentElement!;
  const counts = (element: typeof root) =>
    ['tests', 'failures', 'errors', 'skipped', 'time'].map(name => element.getAttribute(name));
  assert.equal(counts(root), ['4', '1', '1', '1', '1.000']);
  const suites = [...root.getElementsByTagName('testsuite')];
  assert.equal(
    suites.map(suite => [suite.getAttribute('name'), ...counts(suite)]),
    [
      ['a/b.mlp', '3', '1', '0', '1', '0.750'],
      ['c.mlp', '1', '0', '1', '0', '0.250'],
    ],
  );
  assert.is(root.getElementsByTagName('skipped')[0]!.getAttribute('message'), 'later');
  assert.is(root.getElementsByTagName('error')[0]!.getAttribute('message'), 'oh');
  assert.match(
    root.getElementsByTagName('system-out')[0]!.textContent!,
    /^a note\nunchanged since it passed/,
  );
});

/** What XML 1.0 can hold; the rest becomes U+FFFD. */
const legible = (text: string): string =>
  [...text]
    .map(c => (/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]$/u.test(c) ? c : '\ufffd'))
    .join('');

test('any text comes back from a parser as it went in, in attributes and between tags', () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const parts = [
    '<',
    '>',
    '&',
    '"',
    "'",
    ']]>',
    '<!--',
    '\r\n',
    '\n',
    '\t',
    '&amp;',
    '\u0000',
    '\u001b[31m',
    '\u{1f986}',
    '\ud800',
    '\uffff',
    'é',
    ' ',
    'a',
  ];
  for (let i = 0; i < rounds(500, 20_000); i++) {
    const text = Array.from({ length: random.int(0, 6) }, () =>
      random.chance(0.8) ? random.pick(parts) : String.fromCharCode(random.int(0, 0xffff)),
    ).join('');
    const xml = `<a b="${escapeXml(text)}">${escapeXml(text)}</a>`;
    const element = parser.parseFromString(xml, 'text/xml').documentElement!;
    assert.is(element.getAttribute('b'), legible(text), JSON.stringify(text));
    assert.is(element.textContent, legible(text), JSON.stringify(text));
  }
});

test.run();
