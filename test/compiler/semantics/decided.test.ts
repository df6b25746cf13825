import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { haveCommonText } from '../../../compiler/semantics/checker/expression/patterns.ts';
import { compileText } from '../../support/specs.ts';

/** What of a feature's value is said, by code and place: family 1, checks that can never fail or never pass. */
function said(value: string, declared = ''): string[] {
  const text = `import std.sources { csv }
import std.privacy { bucket }
enum Plan { free, team, business }
schema Visit {
  day: datetime @event_time
  site: string in {"a", "b", "c"}
  code: string matching r"[A-Z]{3}"
  name: string
  plan: Plan
  pages: int in 0..1000
  hits: int in 1..50
  temp: float in -40.0..50.0 @unit("C")
  amount: float in 0.0..100.0
  free: float
  seconds: float? in 0.0..86_400.0 @unit("s")
  rank: int? in 1..10
  bought: bool
  maybe: bool?
  born: date in 2001-01-01..2020-12-31
}
source visits: Visit = csv("v.csv")
function use_bucket(x: int) -> int = bucket(x, 10)
features F from visits at day {
  x${declared} = ${value}
}
`;
  return compileText(text)
    .diagnostics.filter(d => !(d.code === 'MLP2008'))
    .map(d => `${d.code} ${d.file.text.slice(d.span.start, d.span.end)}`);
}

const always = (at: string): string[] => [`MLP3023 ${at}`];
const speaks: readonly (readonly [value: string, said: string[]])[] = [
  ['pages >= 0', always('pages >= 0')],
  ['1000 < pages', always('1000 < pages')],
  ['pages in 2000..3000', always('pages in 2000..3000')],
  ['pages in {2000, 3000}', always('pages in {2000, 3000}')],
  ['pages in {20, 3000}', always('3000')],
  ['site in {"a", "b", "c"}', always('site in {"a", "b", "c"}')],
  ['site not in {"a", "b", "c"}', always('site not in {"a", "b", "c"}')],
  ['plan in {Plan.free, Plan.team, Plan.business}', always('plan in {Plan.free, Plan.team, Plan.business}')],
  ['site == "q"', ['MLP3015 "q"']],
  ['code == "abc"', ['MLP3014 "abc"']],
  ['code matching r"[A-Z]{3}"', always('code matching r"[A-Z]{3}"')],
  ['code matching r"[0-9]+"', always('code matching r"[0-9]+"')],
  ['code not matching r"..?"', always('code not matching r"..?"')],
  ['site matching r"[0-9]+"', always('site matching r"[0-9]+"')],
  ['site matching r"[a-z]"', always('site matching r"[a-z]"')],
  ['pages is null', ['MLP3022 pages is null']],
  ['pages < 3 and pages > 5', always('pages > 5')],
  ['pages > 3 and hits > 2 and pages < 4', always('pages < 4')],
  ['amount > 3.0 and amount <= 3.0', always('amount <= 3.0')],
  ['plan == Plan.free and plan == Plan.team', always('plan == Plan.team')],
  ['plan != Plan.free and plan != Plan.team and plan != Plan.business', always('plan != Plan.business')],
  ['bought and not bought', always('not bought')],
  ['bought or not bought', always('not bought')],
  ['pages > 3 or pages < 5', always('pages < 5')],
  ['name == "x" and name == "y"', always('name == "y"')],
  ['site == "a" and site in {"b", "c"}', always('site in {"b", "c"}')],
  ['born > 2010-01-01 and born < 2009-01-01', always('born < 2009-01-01')],
  ['starts_with(name, "x") and not starts_with(name, "x")', always('not starts_with(name, "x")')],
  ['if pages > 5 then 1 else if pages > 7 then 2 else 3', always('pages > 7')],
  ['if pages > 5 then if pages > 3 then 1 else 2 else 3', always('pages > 3')],
  ['if bought then 1 else if hits > 3 then 2 else if bought then 3 else 4', always('bought')],
  ['match site { "a" => 1, "q" => 2, _ => 3 }', ['MLP3019 "q" => 2']],
  ['match site { "a" => 1, "b" => 2, "c" => 3, _ => 4 }', ['MLP3019 _ => 4']],
  ['match pages { 5000 => 1, _ => 2 }', ['MLP3019 5000 => 1']],
  ['match code { "abc" => 1, _ => 2 }', ['MLP3019 "abc" => 1']],
  ['(mean(pages over 7d by site) ?? 0.0) > 1000.5', always('(mean(pages over 7d by site) ?? 0.0) > 1000.5')],
  ['(median(temp over 7d by site) ?? 0.0) < -41.0', always('(median(temp over 7d by site) ?? 0.0) < -41.0')],
  ['(stddev(pages over 7d by site) ?? 0.0) < 0.0', always('(stddev(pages over 7d by site) ?? 0.0) < 0.0')],
  ['(sum(pages over 7d by site) ?? 0) < 0', always('(sum(pages over 7d by site) ?? 0) < 0')],
  ['amount < fitted mean(amount) - 101.0', always('amount < fitted mean(amount) - 101.0')],
  ['abs(temp) > 50.5', always('abs(temp) > 50.5')],
  ['least(pages, 10) > 10', always('least(pages, 10) > 10')],
  ['clamp(pages, 5, 10) == 4', always('clamp(pages, 5, 10) == 4')],
  ['mod(pages, 10) == 10', always('mod(pages, 10) == 10')],
  ['floor(amount) > 100.5', always('floor(amount) > 100.5')],
  ['pages / 10 > 100.5', always('pages / 10 > 100.5')],
  ['bucket(pages, 100) < 0', always('bucket(pages, 100) < 0')],
];
const silent: readonly string[] = [
  'pages > 0',
  'pages >= 1 and pages <= 999',
  'pages > 3 and pages < 5',
  'pages > 5 or pages < 3',
  'free < 3.0 or free >= 3.0',
  'maybe ?? (bought and pages > 3)',
  '(seconds > 3.0 or seconds <= 3.0) ?? false',
  'plan == Plan.free or plan == Plan.team',
  'plan != Plan.free and plan != Plan.team',
  'site in {"a", "b"}',
  'site matching r"[ab]"',
  'code matching r"A.*"',
  'code == "ABC" or code == "DEF"',
  'rank is null',
  'rank is null or pages > 3',
  '(rank ?? 0) == 0',
  '(mean(pages over 7d by site) ?? -1.0) < 0.0',
  '(sum(temp over 7d by site) ?? 0.0) > 500.0',
  '(sum(pages over 7d by site) ?? 0) > 5000',
  'abs(temp) > 45.0',
  'sqrt(temp) > 3.0',
  'least(pages, hits) > 40',
  'greatest(pages, 10) == 10',
  'div(pages, hits) == 1000',
  'pages / hits > 999.0',
  'mod(pages, 10) == 9',
  'match pages { 5 => 1, 6 => 2, _ => 3 }',
  'match site { "a" => 1, "b" => 2, "c" => 3 }',
  'match code { "ABC" => 1, _ => 2 }',
  'if pages > 5 then 1 else if pages > 3 then 2 else 3',
  'if pages > 3 then if pages > 5 then 1 else 2 else 3',
  'if true then 1 else 2',
  'bought and hits > 3 or not bought and hits > 5',
  'born > 2009-01-01 and born < 2010-01-01',
  'name == "x" or name == "y"',
  'starts_with(name, "x") and not starts_with(name, "xy")',
  'round(temp) == 50.0',
  'use_bucket(pages) == 990',
  'amount < fitted mean(amount)',
  'amount - fitted mean(amount) > 99.0',
];

for (const [value, expected] of speaks)
  test(`${value} is decided`, () => assert.equal(said(value), expected));
for (const value of silent) test(`${value} is open`, () => assert.equal(said(value), []));

test('what a feature or function is declared to be must hold', () => {
  assert.equal(said('pages', ': int in 0..10'), ['MLP3038 pages']);
  assert.equal(said('free', ': float in 0.0..1.0'), ['MLP3038 free']);
  assert.equal(said('name', ': string in {"a", "b"}'), ['MLP3038 name']);
  assert.equal(said('name', ': string matching r"[A-Z]+"'), ['MLP3038 name']);
  assert.equal(said('pages', ': int in 0..1000'), []);
  assert.equal(said('clamp(pages, 0, 10)', ': int in 0..10'), []);
  assert.equal(said('site', ': string matching r"[a-z]"'), []);
  assert.equal(said('code', ': string matching r"[A-Z]{3}"'), []);
  assert.equal(said('rank', ': int? in 0..20'), []);
  assert.equal(said('if bought then "a" else "b"', ': string'), []);
});

test('two patterns have a text in common, or none', () => {
  const cases: readonly (readonly [a: string, b: string, common: boolean | undefined])[] = [
    ['[A-Z]{3}', 'ABC', true],
    ['[A-Z]{3}', 'ABCD', false],
    ['[A-Z]{3}', '[a-z]+', false],
    ['[A-Z]{2,4}', '.{4,}', true],
    ['[A-Z]{2,4}', '.{5,}', false],
    ['a*', 'b*', true],
    ['a+', 'b+', false],
    ['(ab|cd)+', 'abcdab', true],
    ['(ab|cd)+', 'abc', false],
    ['\\d+-\\d+', '12-3', true],
    ['\\d+-\\d+', '[^-]*', false],
    ['[^@]+@[^@]+', '.*@example\\.org', true],
    ['[^@]+@[^@]+', '[a-z.]*', false],
    ['(?:x|y)?z', 'z', true],
    ['x{0}', 'x', false],
    ['\\w+', '\\W', false],
    ['a|b|', '', true],
    ['(?=a)b', 'b', undefined],
    ['\\bx', 'x', undefined],
  ];
  for (const [a, b, common] of cases) {
    assert.is(haveCommonText(a, b), common, `${a} and ${b}`);
    assert.is(haveCommonText(b, a), common, `${b} and ${a}`);
  }
});

/** Texts are drawn and tried on both: what both match is common. */
test('what two drawn patterns both match is found to be common', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);
  console.log(`seed ${seed}`);
  let state = seed;
  const next = (n: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
  const draw = (depth: number): string => {
    const kind = next(depth > 0 ? 7 : 3);
    if (kind < 2) return 'ab'[next(2)]!;
    if (kind === 2) return ['[ab]', '[^a]', '.'][next(3)]!;
    if (kind < 5) return draw(depth - 1) + draw(depth - 1);
    if (kind === 5) return `(${draw(depth - 1)}|${draw(depth - 1)})`;
    return `(${draw(depth - 1)})${['*', '+', '?', '{2}', '{1,2}'][next(5)]}`;
  };
  const texts = Array.from({ length: 127 }, (_, i) =>
    [...(i + 1).toString(2).slice(1)].map(bit => 'ab'[Number(bit)]).join(''),
  );
  let apart = 0;
  for (let i = 0; i < (process.env['FUZZ_LONG'] ? 20_000 : 500); i++) {
    const [a, b] = [draw(3), draw(3)];
    const both = texts.some(
      text => new RegExp(`^(?:${a})$`, 'u').test(text) && new RegExp(`^(?:${b})$`, 'u').test(text),
    );
    const found = haveCommonText(a, b);
    if (both) assert.is(found, true, `${a} and ${b}, seed ${seed}`);
    if (found === false) apart += 1;
    // Patterns of so few letters that share a text share a short one, unless they repeat much.
    else if (!both && !/[*+{]/.test(a + b))
      assert.is(/[.^]/.test(a + b), true, `${a} and ${b} share nothing, seed ${seed}`);
  }
  assert.ok(apart > 15, String(apart));
});

test.run();
