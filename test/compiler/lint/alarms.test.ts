import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { rules, rulesByName } from '../../../compiler/lint/rules/index.ts';
import { walk } from '../../../compiler/lint/walk.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import type { Node } from '../../../compiler/syntax/ast/index.ts';
import { parse } from '../../../compiler/syntax/parse.ts';
import { visit } from '../../../compiler/syntax/visit.ts';
import { root } from '../../support/specs.ts';
import { codesOf, lintText } from './support.ts';

const read = (...parts: string[]): string => readFileSync(path.join(root, ...parts), 'utf8');

/** What the rules say of specs that are good, and why each is right. */
const programs: readonly [string, readonly string[]][] = [
  [read('examples/flights/flights.mlp'), []],
  [read('examples/penguins/penguins.mlp'), []],
  [read('test/fixtures/syntax/flights/main.mlp'), []],
  // The gate of `churn` compares with no simple model.
  [read('test/fixtures/syntax/churn/main.mlp'), ['MLP7141']],
];
for (const [i, [text, expected]] of programs.entries())
  test(`no false alarm in good program ${i + 1}`, () => {
    const { diagnostics } = lintText(text);
    const found = diagnostics.filter(({ code }) => code.startsWith('MLP7'));
    assert.equal(
      found.map(({ code }) => code),
      expected,
      renderText(found),
    );
  });

test('of Python’s packages nothing passes that a run would refuse', () => {
  const spec = (packages: string): string => `schema R { x: float }
component made() -> table R { run python "a.py:a"  packages ${packages}  x: float }
let y = made()
`;
  const found = (packages: string): number =>
    codesOf(lintText(spec(packages))).filter(code => code === 'MLP7112').length;
  assert.is(
    found('"numpy@1.2.3", "pandas == 2.0", "x @ git+https://h/r@0123456789abcdef", "up>=2", "bare"'),
    5,
  );
  const file = `name @ https://example.org/name.whl#sha256=${'0'.repeat(64)}`;
  assert.is(found(`"numpy==1.2.3", "uvicorn[standard]==0.30.1", "${file}"`), 0);
});

test('the library’s examples and broken specs never make a rule fail', () => {
  const folders = ['test/fixtures/flow', 'test/fixtures/semantics', 'test/fixtures/syntax'];
  const files = folders.flatMap(folder =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.mlp'))
      .map(name => path.join(folder, name)),
  );
  assert.ok(files.length > 80);
  for (const file of files) lintText(read(file), { extends: 'mlp:strict' });
  const flights = read('examples/flights/flights.mlp');
  for (let end = 0; end < flights.length; end += 397)
    lintText(flights.slice(0, end), { extends: 'mlp:strict' });
});

test('what only shares its name with a column, a feature or a parameter is unused', () => {
  const spec = `import std.sources { csv }
schema Trip { at: datetime @event_time  fares: float  unit: string }
source trips: Trip = csv("trips.csv")
source fares: Trip = csv("fares.csv")
let tip = 0.1
function with_tip(tip: float) -> float = tip * 1.1
features Rides from trips at at {
  use fares
  join trips as last on last.unit == unit within 1d
  tip = with_tip(tip: 1.0)
  before = last.fares
}
`;
  const unused = lintText(spec).diagnostics.filter(({ code }) => code === 'MLP7101');
  assert.equal(
    unused.map(({ message }) => message),
    ['nothing uses the source `fares`', 'nothing uses the constant `tip`', 'nothing uses the view `Rides`'],
  );
});

test('a file with errors is left to the compiler', () => {
  const text = `${rulesByName.get('missing-seed')!.message.definition.explanation.wrong}\nlet x = nonsense\n`;
  assert.equal(codesOf(lintText(text)), ['MLP2001']);
});

test('the walk comes by every node that the tree’s own visit does', () => {
  for (const [text] of programs) {
    const { module } = parse(new SourceFile('main.mlp', text));
    const [fast, slow] = [new Set<Node>(), new Set<Node>()];
    let steps = 0;
    walk(module, node => {
      fast.add(node);
      steps++;
    });
    visit(module, node => slow.add(node));
    assert.is(fast.size, steps, 'each once');
    assert.equal(
      [...slow].filter(node => !fast.has(node)).map(node => node.kind),
      [],
    );
    assert.is(fast.size, slow.size);
  }
});

test('rules that are off cost nothing: no handler of theirs is called', () => {
  const text = rules.map(rule => rule.message.definition.explanation.right).at(0)!;
  assert.equal(lintText(text, { extends: 'mlp:none' }).diagnostics, []);
});

test.run();
