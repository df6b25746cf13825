import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactName, dnsLabel, dnsLabels } from '../../../compiler/targets/names.ts';
import {
  camelCase,
  fileName,
  namesFor,
  pascalCase,
} from '../../../compiler/targets/typescript/identifiers.ts';
import {
  code,
  type LiteralValue,
  literal,
  property,
  propertyName,
  stringLiteral,
  templateLiteral,
} from '../../../compiler/targets/typescript/literal.ts';
import { packageOf } from '../../../compiler/targets/typescript/packages.ts';

const evaluate = (text: string): unknown => new Function(`return ${text}`)();
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
let state = seed;
const random = (n: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % n;
};
const pieces = [
  "'",
  '"',
  '`',
  '\\',
  '${',
  '{',
  '}',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\u007f',
  '*/',
  '//',
  '</script>',
  'a',
  '0',
  ' ',
  'é',
  '😀',
  '\ud800',
  '\t',
  '\b',
  '-',
  '.',
  '__proto__',
];
const text = (): string => Array.from({ length: random(6) }, () => pieces[random(pieces.length)]).join('');
const rounds = process.env['FUZZ_LONG'] ? 100_000 : 3000;

test(`any text comes back from its literals (seed ${seed})`, () => {
  for (let i = 0; i < rounds; i++) {
    const t = text();
    assert.is(evaluate(stringLiteral(t)), t, JSON.stringify(t));
    assert.is(evaluate(templateLiteral(t)), t, JSON.stringify(t));
    assert.not.ok(/[\n\r\u2028\u2029]/.test(stringLiteral(t)));
    if (t !== '__proto__')
      assert.is(evaluate(`((o) => ${property('o', t)})({ [${stringLiteral(t)}]: 7 })`), 7);
    assert.equal(Object.keys(evaluate(`({ ${propertyName(t)}: 1 })`) as object), [t]);
  }
});

test('any data comes back from its literal, however it is broken into lines', () => {
  const value = (depth: number): LiteralValue => {
    const kind = random(depth > 3 ? 5 : 7);
    if (kind === 0) return text();
    if (kind === 1)
      return [0, -0, 1.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -7][
        random(8)
      ]!;
    if (kind === 2) return null;
    if (kind === 3) return random(2) === 0;
    if (kind === 4) return 'x'.repeat(random(90));
    if (kind === 5) return Array.from({ length: random(4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: random(4) }, () => [text(), value(depth + 1)]));
  };
  for (let i = 0; i < rounds / 10; i++) {
    const v = value(0);
    assert.equal(evaluate(`(${literal(v)})`), v);
  }
});

test('literals are written as people write them', () => {
  assert.is(literal({ plan: code('plan'), a: 1, 'b c': "it's" }), "{ plan, a: 1, 'b c': 'it\\'s' }");
  assert.is(literal({ list: Array.from({ length: 3 }, () => 'x'.repeat(40)) }).split('\n').length, 7);
  assert.is(literal([]), '[]');
});

test('names of the spec become identifiers, files, labels; no two become one', () => {
  assert.equal(
    ['beak_length', 'Beak Length (mm)', 'Departure', 'URL', 'class', '7d', '()', 'orders90'].map(camelCase),
    ['beakLength', 'beakLengthMm', 'departure', 'url', '_class', '_7d', 'value', 'orders90'],
  );
  assert.equal(['order_mood', 'Flight', 'Record'].map(pascalCase), ['OrderMood', 'Flight', '_Record']);
  assert.is(fileName('Flights_sound X'), 'flights-sound-x');
  assert.equal([...namesFor(['a b', 'a_b', 'aB'], camelCase).values()], ['aB', 'aB2', 'aB3']);
  assert.equal(
    ['Flights_2', '()', '9lives', 'X'.repeat(80)].map(n => dnsLabel(n)),
    ['flights-2', 'x', 'x-9lives', 'x'.repeat(63)],
  );
  const labels = [...dnsLabels(['a_b', 'a-b', 'c']).values()];
  assert.is(new Set(labels).size, 3);
  assert.is(labels[2], 'c');
  for (const label of labels) assert.match(label, /^[a-z]([-a-z0-9]*[a-z0-9])?$/);
  assert.is(artifactName('order_moods'), 'order_moods');
  const names = Array.from({ length: 500 }, () => text());
  assert.is(new Set(names.map(artifactName)).size, new Set(names).size);
});

test('packages of npm paths', () => {
  assert.equal(
    ['npm:vega-datasets/data/x.csv', 'npm:@a/b/c.csv', 'npm:x', 'data/x', 'npm:../x/y'].map(packageOf),
    ['vega-datasets', '@a/b', undefined, undefined, undefined],
  );
});

test.run();
