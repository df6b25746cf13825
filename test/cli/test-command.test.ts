import { DOMParser } from '@xmldom/xmldom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { example, mlp, project, read, repository } from './support.ts';

const flights = (...changes: (readonly [string, string])[]) =>
  project({ 'flights.mlp': example('flights', ...changes) });
const churn = (change: (spec: string) => string = spec => spec) =>
  project({ 'churn.mlp': change(read(repository, 'test/fixtures/syntax/churn/main.mlp')) });

/** Replaces what must be there. */
const swap = (from: string, to: string) => (spec: string) => {
  assert.ok(spec.includes(from), from);
  return spec.replace(from, () => to);
};

test('flights: the example passes, and the model learns from a sample of its rows', async () => {
  const { code, out, err } = await mlp(['test', '-p', 'examples/flights', '--force']);
  assert.equal([code, err], [0, '']);
  assert.match(out, /^✓ an evening flight \(Departure\)$/m);
  assert.match(out, /^✓ it can learn \(lateness\)$/m);
  assert.match(out, /^✓ random examples \(Departure\)\n {4}\d+ rows, seed \d+$/m);
  assert.match(out, /\n3 tests passed, 0 failed\n$/);
});

test('a model that cannot learn fails, with what it reached', async () => {
  const folder = flights(
    ['overfits 64 rows', 'overfits 300 rows'],
    ['depth: 6,', 'depth: 1,'],
    ['rounds: 200', 'rounds: 1'],
  );
  const { code, out } = await mlp(['test', 'it can learn'], { cwd: folder });
  assert.is(code, 1, out);
  assert.match(
    out,
    /^✗ it can learn \(lateness\)\n {4}flights\.mlp:\d+:\d+: `overfits` does not hold: of 300 rows .* right/m,
  );
});

test('an expectation that does not hold is told with its place and the values that it read', async () => {
  const folder = flights(['expect recent_delay == 31.0', 'expect recent_delay == 32.0']);
  const { code, out } = await mlp(['test', 'an evening', '--random', '0'], { cwd: folder });
  assert.is(code, 1);
  assert.match(out, /^✗ an evening flight \(Departure\)$/m);
  assert.match(
    out,
    /^ {4}flights\.mlp:\d+:\d+: `recent_delay == 32\.0` is false\n {6}recent_delay = 31\.0\n {6}given \{ date: 2001-03-01T18:15, origin: "ORD"/m,
  );
  assert.match(out, /\n0 tests passed, 1 failed\n$/);
});

test('each given row and table has its part in the outcome', async () => {
  const cases: [readonly [string, string], RegExp][] = [
    [['delay: 20 }', 'delay: 15 }'], /`late` is false\n {6}late = false/],
    [['2001-03-01T18:15', '2001-03-01T11:15'], /`hour == 18` is false\n {6}hour = 11[\s\S]*`peak` is false/],
    [
      ['given airports [{ iata: "ORD"', 'given airports [{ iata: "XXX"'],
      /`state == "IL"` is false\n {6}state = "unknown"/,
    ],
    // Known only 12h after the flight: 7:00 of the same day is too late.
    [['2001-02-27T09:00', '2001-03-01T07:00'], /`recent_delay == 31\.0` is false\n {6}recent_delay = 0/],
    [['2001-02-27T09:00', '2001-02-20T09:00'], /`recent_delay == 31\.0` is false\n {6}recent_delay = 0/],
  ];
  for (const [change, told] of cases) {
    const { code, out } = await mlp(['test', 'an evening', '--random', '0'], { cwd: flights(change) });
    assert.is(code, 1, change[1]);
    assert.match(out, told);
  }
});

test('a view for each day, at the moment that the test names', async () => {
  const { code, out, err } = await mlp(['test', '--random', '0'], { cwd: churn() });
  assert.equal([code, err], [0, '']);
  assert.match(out, /^✓ a month of silence is churn \(Spending\)\n\n1 test passed, 0 failed\n$/);

  // Before the nightly load the amount is not known.
  const early = await mlp(['test', '--random', '0'], {
    cwd: churn(swap('at 2024-03-05T00', 'at 2024-02-02T00')),
  });
  assert.is(early.code, 0, early.out);

  const cases: [(spec: string) => string, RegExp][] = [
    [swap('at 2024-03-05T00', 'at 2024-02-03T00'), /`spent_30 is null` is false\n {6}spent_30 = 40/],
    // A week after the order: it is in the window.
    [
      swap('at 2024-03-05T00:00:00Z', 'at 2024-02-10T00:00:00Z'),
      /`spent_30 is null` is false\n {6}spent_30 = 40/,
    ],
    // An order in the days after is what the label looks for.
    [
      swap(
        'amount: 40.0, note: null }]',
        'amount: 40.0, note: null }, { order_id: 10, customer_id: 1, ordered: 2024-03-20T10:00:00Z, loaded: 2024-03-21T02:00:00Z, amount: 1.0, note: null }]',
      ),
      /`churned` is false/,
    ],
    [swap('  expect churned\n', '  expect mood == 0.5\n'), /`mood == 0\.5` is false\n {6}mood = 0/],
  ];
  for (const [change, told] of cases) {
    const outcome = await mlp(['test', '--random', '0'], { cwd: churn(change) });
    assert.is(outcome.code, 1, outcome.out);
    assert.match(outcome.out, told);
  }
});

test('functions, with what is null and what fails', async () => {
  const spec = `
function twice(x: float) -> float = x * 2.0
function peak(at: datetime) -> bool = hour(at) in 6..9 or hour(at) in 16..19
test "doubling" of twice { expect twice(2.0) == 4.0 }
test "peak hours" of peak {
  expect peak(2001-03-01T18:15)
  expect not peak(2001-03-01T11:00)
}
test "wrong" of twice { expect twice(2.0) == 5.0 }
`;
  const folder = project({ 'x.mlp': spec });
  const all = await mlp(['test'], { cwd: folder });
  assert.is(all.code, 1);
  assert.match(
    all.out,
    /✓ doubling[\s\S]*✓ peak hours[\s\S]*✗ wrong \(twice\)\n {4}x\.mlp:9:\d+: `twice\(2\.0\) == 5\.0` is false/,
  );
  assert.match(all.out, /\n4 tests passed, 1 failed\n$/);
  assert.is((await mlp(['test', 'peak'], { cwd: folder })).code, 0);
});

test('--json gives the outcomes', async () => {
  const { code, out } = await mlp(['test', '-p', 'examples/flights', '--json']);
  assert.is(code, 0);
  const outcomes = JSON.parse(out) as { title: string; status: string }[];
  assert.equal(
    outcomes.map(o => [o.title, o.status]),
    [
      ['an evening flight', 'passed'],
      ['it can learn', 'passed'],
      ['random examples', 'passed'],
    ],
  );
});

test('no tests, and a name that is none', async () => {
  const none = await mlp(['test', '-p', 'examples/penguins']);
  assert.equal([none.code, /the spec has no tests/.test(none.err)], [1, true]);
  const unknown = await mlp(['test', 'morning', '-p', 'examples/flights']);
  assert.equal([unknown.code, /no test is called morning/.test(unknown.err)], [1, true]);
});

test('several patterns, and a star for any text', async () => {
  const titles = async (...patterns: string[]) => {
    const { out } = await mlp(['test', ...patterns, '-p', 'examples/flights', '--random', '0', '--json']);
    return (JSON.parse(out) as { title: string }[]).map(({ title }) => title);
  };
  assert.equal(await titles('an*flight', 'nothing'), ['an evening flight']);
  assert.equal(await titles('Dep*ure'), ['an evening flight']);
  assert.is((await mlp(['test', 'flight*evening', '-p', 'examples/flights'])).code, 1);
  const { code, err } = await mlp(['test', '--random', 'many', '-p', 'examples/flights']);
  assert.equal([code, /--random takes a whole number/.test(err)], [2, true]);
});

test('random examples of what nothing tests, the same for the same seed', async () => {
  const drawn = async (...more: string[]) => {
    const { code, out } = await mlp(['test', '-p', 'examples/penguins', '--random', '2', '--force', ...more]);
    assert.is(code, 0, out);
    return out;
  };
  const once = await drawn();
  assert.match(once, /^✓ random examples \(Measured\)\n {4}\d+ rows, seed \d+$/m);
  assert.is(await drawn(), once);
  assert.match(await drawn('--seed', '7'), /rows, seed 7$/m);
});

test('a function whose result may leave its range or that fails is found, with a test to paste', async () => {
  const spec = `
function third(x: int) -> int? = div(100, x - 3)
function cube(x: int) -> int = x * x * x
test "three" of third { given { x: 4 } expect (third ?? 0) == 100 }
test "eight" of cube { given { x: 2 } expect cube == 8 }
`;
  const folder = project({ 'x.mlp': spec });
  const { code, out } = await mlp(['test'], { cwd: folder });
  assert.is(code, 1, out);
  assert.match(out, /✓ random examples \(third\)/);
  assert.match(
    out,
    /✗ random examples \(cube\)\n {4}x\.mlp:3:\d+: `cube`: .* is beyond 64 bits: nothing in the types announces that/,
  );
  const [pasted] = /test "an example of cube.*?\n {6}\}/s.exec(out)!;
  const again = await mlp(['test', 'an example', '--random', '0'], {
    cwd: project({ 'x.mlp': `${spec}\n${pasted}` }),
  });
  assert.is(again.code, 1, again.out);
  assert.match(again.out, /is beyond 64 bits/);
});

test('--junit writes what CI services read, for people nothing is lost', async () => {
  const folder = flights(['expect peak\n', 'expect not peak\n']);
  const { code } = await mlp(['test', '--random', '0', '--junit', 'out/tests.xml'], { cwd: folder });
  assert.is(code, 1);
  const document = new DOMParser().parseFromString(read(folder, 'out/tests.xml'), 'text/xml');
  const suites = document.documentElement!;
  assert.equal(
    ['tests', 'failures', 'errors', 'skipped'].map(name => suites.getAttribute(name)),
    ['2', '1', '0', '0'],
  );
  const cases = [...suites.getElementsByTagName('testcase')];
  assert.equal(
    cases.map(one => [one.getAttribute('classname'), one.getAttribute('name')]),
    [
      ['Departure', 'an evening flight'],
      ['lateness', 'it can learn'],
    ],
  );
  const failure = cases[0]!.getElementsByTagName('failure')[0]!;
  assert.is(failure.getAttribute('message'), '`not peak` is false');
  assert.match(
    failure.textContent!,
    /^flights\.mlp:\d+:\d+: `not peak` is false\n {2}peak = true\n {2}given \{ date/,
  );
});

test.run();
