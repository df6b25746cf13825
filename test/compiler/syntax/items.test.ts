import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contextualWords, itemKeywords } from '../../../compiler/syntax/keywords.ts';
import { printTree } from '../../../compiler/syntax/print-tree.ts';
import { parsed } from './support.ts';

/** A block: what stands around its items, items of every form, and how an item begins that is called so. */
interface Block {
  readonly around: readonly [string, string];
  readonly items: readonly string[];
  readonly named?: (word: string) => string;
}

const resources = ['timeout x', 'retry 2 times', 'retry 2 times after x', 'resources { a: 1 }'];
const rules = ['require a', 'require a > b', 'warn a', 'policy p()'];

const blocks: Readonly<Record<string, Block>> = {
  schema: {
    around: ['schema S {', '}'],
    named: word => `${word}: int`,
    items: [
      ...['a: int', 'a: int in 0..5', 'a: string?', 'a: string matching r"x"', 'a: table', 'a: vector'],
      ...['a: int @m', 'a: T @m(1)', 'a: [int]', 'a: enum', '@m a: int'],
    ],
  },
  features: {
    around: ['features F from s at t {', '}'],
    named: word => `${word} = 1`,
    items: [
      ...[
        'key a',
        'key a, b',
        'use a',
        'use a, b',
        'a = b',
        'a: T = b',
        'label a = b',
        'a = each',
        'a = next',
      ],
      ...['join x on x.y == z', 'join x as y on x.y == z', 'join x on x.y == z within 3h'],
      ...['materialize every 1h', 'stale after 3h else null', 'stale after x else fail'],
      ...['a = sum(b over 3d) ?? c', 'a = if b then c else d', ...resources],
    ],
  },
  foreign: {
    around: ['component c() -> table R {', '}'],
    named: word => `${word}: int`,
    items: [
      ...['run python "x"', 'run container "x" args ["a"]', 'packages "a"', 'packages "a", "b"'],
      ...['accepts missing', 'accepts missing, categories', 'x: int', 'x: int from a', 'x: int from (a, b)'],
      ...resources,
    ],
  },
  tune: {
    around: ['model m { tune {', '} maximize auc with 3 trials }'],
    named: word => `${word}: 1..3`,
    items: ['a: 1..3', 'a: 1..b', 'a: {1, 2}', 'a: 1..3 log', 'a: {1} log'],
  },
  settings: {
    around: ['environment e { target k {', '} }'],
    named: word => `${word}: 1`,
    items: ['a: 1', 'a: b', 'a: f(1)'],
  },
  record: { around: ['let a = {', '}'], named: word => `${word}: 1`, items: ['a: 1', 'a: b', 'a: f(1)'] },
  enum: { around: ['enum E {', '}'], named: word => word, items: ['a'] },
  import: { around: ['import std.x {', '}'], named: word => word, items: ['a', 'a as b'] },
  names: { around: ['model m { features F without {', '} }'], named: word => word, items: ['a'] },
  source: {
    around: ['source s: R = f() {', '}'],
    items: [
      ...['partitioned by a daily', 'watermark a', 'fresh within x', 'lag x', 'drop', 'drop up to x'],
      ...['quarantine', 'quarantine up to 1%', ...resources],
    ],
  },
  validation: { around: ['validation v on s {', '}'], items: [...rules, 'require a for each b'] },
  policy: { around: ['policy p() {', '}'], items: rules },
  model: {
    around: ['model m {', '}'],
    items: [
      ...['features F', 'features F, G', 'features F without { a }', 'predict a', 'predict a as ranking'],
      ...['predict a as ranking by b', 'predict a by b', 'where a', 'split by time { train 1% }'],
      ...['split by hash { train x test last y }', 'split by hash b { a 1 }', 'split by group b { a 1 }'],
      ...['split by b { a 1 }', 'split by group { a 1 }', 'sample 10 rows', 'sample 1%', 'sample x'],
      ...['train f()', 'load f()', 'tune { } maximize auc with 3 trials', 'baseline f()', 'seed x'],
      ...['threshold x', 'evaluate auc', 'evaluate auc, b', 'evaluate auc by c', 'evaluate f() by (a, b), c'],
      ...['promote { }', ...resources],
    ],
  },
  promote: {
    around: ['model m { promote {', '} }'],
    items: [...rules, 'require a for each b with at least x rows', 'approval("x")'],
  },
  deployment: {
    around: ['deployment d {', '}'],
    items: [
      ...['serve m', 'score a into b', 'shadow m', 'traffic x', 'replicas 2..x', 'replicas 2..3 at 4 cpu'],
      ...['check { }', 'rollout canary', 'rollout canary { 5% for x 3% }', 'rollback when a'],
      ...['rollback unless policy p()', 'log 20% of requests', ...resources],
    ],
  },
  check: {
    around: ['deployment d { check {', '} }'],
    items: ['require a', 'require a at 3 for 5s', 'warn a', 'policy p()'],
  },
  monitor: {
    around: ['monitor m on d {', '}'],
    items: [
      ...['every x', 'every 1d over x', 'labels from a on b', 'labels from a on (b, c)', 'warn a'],
      ...['alert a for 2 times', 'notify f()', 'notify f() on a', 'notify f() on a, b', ...resources],
    ],
  },
  pipeline: {
    around: ['pipeline p {', '}'],
    items: [
      ...['run a', 'run a, b', 'on request', 'on schedule("x")', 'on f(x) >= 3', 'cooldown x'],
      ...['concurrency a', 'budget 2h cpu', 'interval x', 'notify f()', 'notify f() on a'],
      ...['notify f() on a, b', ...resources],
    ],
  },
  environment: {
    around: ['environment e {', '}'],
    items: [
      ...['target local', 'target k { a: 1 }', 'source a = f()', 'sink a = f()', 'connection a = f()'],
      ...['models trained here', 'models promoted from x', 'deploy on f()', 'deploy after x', 'param a = x'],
    ],
  },
  test: {
    around: ['test "x" of y {', '}'],
    items: [
      ...['given { a: 1 }', 'given b [ ]', 'given b { a: 1 }', 'at x', 'expect a', 'expect a == b'],
      ...['converges on 3 rows', 'overfits x rows', 'stays finite', 'runs on x rows'],
    ],
  },
};

/** What the tree has, line by line, without places. */
function facts({ around: [open, close] }: Block, items: string): readonly string[] {
  const text = `${open} ${items} ${close}`;
  const { file, module, diagnostics } = parsed(text);
  assert.equal(
    diagnostics.map(({ message }) => message),
    [],
    text,
  );
  return printTree(file, module)
    .split('\n')
    .map(line => line.replace(/ \S+$/, ''));
}

/** Both items, whatever separates them, are what each is alone. */
function separate(block: Block, alone: (items: string) => readonly string[], one: string, two: string): void {
  const expected = [...alone(one), ...alone(two)].sort();
  // An annotation behind a type goes with that type, unless a comma stands between them.
  const separators = two.startsWith('@') ? [', '] : [' ', ', ', '\n'];
  for (const separator of separators) {
    const both = `${one}${separator}${two}`;
    assert.equal([...facts(block, both), ...alone('')].sort(), expected, both);
  }
}

for (const [kind, block] of Object.entries(blocks)) {
  const known = new Map<string, readonly string[]>();
  const alone = (items: string): readonly string[] => {
    const lines = known.get(items) ?? facts(block, items);
    known.set(items, lines);
    return lines;
  };

  test(`items of ${kind} end where the next one begins`, () => {
    for (const one of block.items) for (const two of block.items) separate(block, alone, one, two);
  });

  const { named } = block;
  if (named !== undefined)
    test(`items of ${kind} may be called as any word of the language`, () => {
      for (const word of contextualWords)
        for (const item of block.items) {
          separate(block, alone, item, named(word));
          separate(block, alone, named(word), item);
        }
    });
}

test('every kind of block with item keywords is tried, with every keyword', () => {
  for (const [kind, words] of Object.entries(itemKeywords))
    for (const { word } of words) {
      // A second `load` would be reported.
      if (kind === 'check' && word === 'load') continue;
      const forms = blocks[kind]?.items ?? [];
      assert.ok(
        forms.some(form => new RegExp(`^${word}\\b`).test(form)),
        `${kind}: ${word}`,
      );
    }
});

test.run();
