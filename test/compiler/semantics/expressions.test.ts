import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { check } from '../../../compiler/semantics/check.ts';
import type { Program } from '../../../compiler/semantics/program.ts';
import { describeFully } from '../../../compiler/semantics/types.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { memoryHost } from '../../support/specs.ts';

const PROJECT = `import std.sources { csv }
import std.privacy { bucket }
enum Plan { free, team }
schema Site { name: string @key  words: int in 0..99  plan: Plan }
schema Order { site: string  ordered: datetime @event_time  amount: float in 0..50 @unit("EUR")  paid: bool }
schema Visit {
  day: datetime @event_time
  seen: timestamp
  born: date
  site: string
  plan: Plan
  n: int in 1..9
  m: int? in 0..5
  x: float in -1..1
  eur: float @unit("EUR")
  cents: int @unit("EUR")
  text: string?
  yes: bool
  perhaps: bool?
}
source sites: Site = csv("s")
source orders: Order = csv("o")
source visits: Visit = csv("v")
function twice(x: int) -> int = 2 * x
function pail(x: int) -> int = bucket(x, 10)
let seven = 7
features V from visits at day {
  join sites as s on s.name == site
`;

function compile(expression: string): { program: Program; value: ast.Expression } {
  const program = check(memoryHost({ 'main.mlp': `${PROJECT}  value = ${expression}\n}\n` }));
  const view = program.declarations('Features')[0]!;
  const item = view.items.find((one): one is ast.FeatureItem => one.kind === 'Feature')!;
  return { program, value: item.value };
}

const types: readonly (readonly [expression: string, type: string])[] = [
  // Arithmetic: int stays int but for `/`, an optional operand makes an optional result, ranges are carried along.
  ['n + 1', 'int in 2..10'],
  ['n - n', 'int in -8..8'],
  ['n * -2', 'int in -18..-2'],
  ['-n', 'int in -9..-1'],
  ['n / 2', 'float in 0.5..4.5'],
  ['n + x', 'float in 0..10'],
  ['n + m', 'int? in 1..14'],
  ['seven * 2', 'int in 14..14'],
  // Units: equal ones stay, a bare number adopts or scales, all else drops.
  ['eur + 1', 'float @unit("EUR")'],
  ['eur + cents', 'float @unit("EUR")'],
  ['eur * 2', 'float @unit("EUR")'],
  ['2 * eur', 'float @unit("EUR")'],
  ['eur / 2', 'float @unit("EUR")'],
  ['2 / eur', 'float'],
  ['eur * n', 'float'],
  ['eur * eur', 'float'],
  ['abs(cents)', 'int in 0.. @unit("EUR")'],
  // Comparisons, null.
  ['n > 3', 'bool'],
  ['m > 3', 'bool?'],
  ['m is null', 'bool'],
  ['m in {1, 2}', 'bool?'],
  ['n in 2..3', 'bool'],
  ['text matching r"a+"', 'bool?'],
  ['m ?? 0', 'int in 0..5'],
  ['m ?? 9', 'int in 0..9'],
  ['text ?? "x"', 'string'],
  ['perhaps and yes', 'bool?'],
  ['perhaps ?? yes', 'bool'],
  ['not perhaps', 'bool?'],
  // Enums: a member by its whole name, bare or as text.
  ['plan == Plan.team', 'bool'],
  ['plan == team', 'bool'],
  ['"team" == plan', 'bool'],
  ['plan in {free, "team"}', 'bool'],
  ['match plan { free => 1, "team" => 5 }', 'int in 1..5'],
  ['match yes { true => 1.5, false => 2 }', 'float in 1.5..2'],
  ['match m { null => "none", 0 => "no", _ => "some" }', 'string'],
  ['if yes then plan else Plan.free', 'Plan'],
  ['if yes then n else null', 'int? in 1..9'],
  // Functions: overloads, lifting, defaults, `any`.
  ['hour(day)', 'int in 0..23'],
  ['hour(seen, zone: "Europe/Berlin")', 'int in 0..23'],
  ['weekday(born)', 'Weekday'],
  ['weekday(day) == Monday', 'bool'],
  ['length(text)', 'int? in 0..'],
  ['twice(m)', 'int?'],
  ['div(n, 2)', 'int? in 0..4'],
  ['least(n, m)', 'int? in 0..5'],
  ['greatest(plan, "team")', 'Plan'],
  ['to_string(plan)', 'string'],
  ['concat("a", site, "b")', 'string'],
  ['bucket(cents, 100)', 'int @unit("EUR")'],
  ['day == 2001-03-01T18:15', 'bool'],
  ['seen == 2001-03-01T18:15Z', 'bool'],
  // Joins may find nothing.
  ['s.words', 'int? in 0..99'],
  ['s.plan ?? Plan.free', 'Plan'],
  // Windows may be empty; a count is then zero.
  ['mean(n over 7d by site)', 'float? in 1..9'],
  ['max(n over 7d)', 'int? in 1..9'],
  ['count(n over 7d by site)', 'int in 0..'],
  ['count(orders over 7d by site)', 'int in 0..'],
  ['sum(amount of orders where paid over 7d by site)', 'float? in 0.. @unit("EUR")'],
  ['quantile(amount of orders over 7d by site, 0.5)', 'float? in 0..50 @unit("EUR")'],
  ['count(orders where amount > 3 over next 7d by site) == 0', 'bool'],
  ['share(paid of orders over 7d) ?? 0.5', 'float in 0..1'],
  // Fitted values are of all training rows.
  ['fitted mean(x)', 'float in -1..1'],
  ['x - fitted mean(m)', 'float in -6..1'],
];

for (const [expression, type] of types) {
  test(`${expression}: ${type}`, () => {
    const { program, value } = compile(expression);
    const errors = program.diagnostics.filter(diagnostic => diagnostic.severity === 'error');
    assert.is(errors.length, 0, renderText(errors));
    assert.is(describeFully(program.typeOf(value)), type);
  });
}

/** Each gives exactly these codes: none is told twice, and nothing follows from it. */
const mistakes: readonly (readonly [expression: string, codes: string])[] = [
  ['n + site', 'MLP3005'],
  ['eur + n + cents * n', ''],
  ['n > nosuch', 'MLP2001'],
  ['(nosuch + 1) * 2 > site', 'MLP2001'],
  ['hour(nosuch) + weekday(day)', 'MLP2001'],
  ['if nosuch then 1 else "x"', 'MLP2001 MLP3035'],
  ['match nosuch { a => 1, _ => 2 }', 'MLP2001 MLP2001'],
  ['sum(nosuch over 7d by site) + "x"', 'MLP2001'],
  ['s.nosuch + 1', 'MLP2011'],
  ['Plan.nosuch == plan', 'MLP2012'],
  ['plan == text', 'MLP3005'],
  ['day == seen', 'MLP3005'],
  ['day > 2001-03-01', 'MLP3005'],
  ['m and yes', 'MLP3006'],
  ['quantile(n over 7d by site, 1.5)', 'MLP3014'],
  ['quantile(n over 7d by site, x)', 'MLP3016'],
  ['bucket(n)', 'MLP3009'],
  ['concat(site, n)', 'MLP3001'],
  ['twice(x)', 'MLP3001'],
  ['twice(y: 3)', 'MLP3011'],
  ['sum(n over 7d by words)', 'MLP2011'],
  ['sum(words of sites over 7d by site)', 'MLP3030 MLP2011'],
  ['mean(mean(n over 7d by site) over 7d by site)', 'MLP3028'],
  ['fitted mean(n over 7d)', 'MLP3028'],
  ['twice', 'MLP2016'],
  ['n()', 'MLP2019'],
  ['visits', 'MLP2010'],
  ['Plan', 'MLP2010'],
  ['csv("x")', 'MLP3028'],
  ['secret("X")', 'MLP3001'],
  ['null', 'MLP3001'],
  ['champion.auc', 'MLP2018'],
];

for (const [expression, codes] of mistakes) {
  test(`${expression}: ${codes || 'nothing'}`, () => {
    const { program } = compile(expression);
    const found = program.diagnostics.map(diagnostic => diagnostic.code).join(' ');
    assert.is(found, codes, renderText(program.diagnostics));
  });
}

test('calls are resolved: overload, key, arguments by parameter', () => {
  const { program, value } = compile('hour(zone: "UTC", at: seen)');
  assert.ok(value.kind === 'Call');
  const call = program.callOf(value)!;
  assert.is(call.key, 'hour_timestamp_string');
  assert.equal([...call.args.keys()], ['zone', 'at']);
  const { program: other, value: aggregate } = compile('count(orders over 7d by site)');
  assert.ok(aggregate.kind === 'Aggregate');
  assert.is(other.callOf(aggregate)!.key, 'count');
});

test('fixes repair what they promise', () => {
  for (const expression of [
    'n + sitte',
    'plan == "tema"',
    'hour(dya)',
    'm == null',
    'n ?? 3',
    's.wordds',
    'perhaps == null',
  ]) {
    const { program } = compile(expression);
    const diagnostic = program.diagnostics[0]!;
    const fix = diagnostic.fixes[0];
    assert.ok(fix, `a fix for ${expression}`);
    let text = diagnostic.file.text;
    for (const edit of [...fix.edits].sort((a, b) => b.span.start - a.span.start)) {
      text = text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
    }
    const after = check(memoryHost({ 'main.mlp': text })).diagnostics;
    assert.ok(!after.some(one => one.code === diagnostic.code), `${expression}\n${renderText(after)}`);
  }
});

test.run();
