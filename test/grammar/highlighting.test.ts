import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import { textmatePath, textmateText } from '../../scripts/textmate.ts';
import { root } from '../support/specs.ts';

const require = createRequire(import.meta.url);
await oniguruma.loadWASM(
  readFileSync(path.join(path.dirname(require.resolve('vscode-oniguruma')), 'onig.wasm')),
);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
    createOnigString: text => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(textmateText(), 'mlp.json'),
});
const grammar = (await registry.loadGrammar('source.mlp'))!;

/** Each piece of the lines with its innermost scope, without `.mlp`. */
function scopesOf(text: string): [string, string][] {
  const found: [string, string][] = [];
  let state = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      const piece = line.slice(startIndex, endIndex).trim();
      if (piece !== '') found.push([piece, scopes[scopes.length - 1]!.replace(/\.mlp$/, '')]);
    }
  }
  return found;
}

/** A text, a piece of it, and the scope that the piece has. */
const cases: readonly (readonly [text: string, piece: string, scope: string])[] = [
  ['/// Documentation.', '/// Documentation.', 'comment.line.documentation'],
  ['// remark', '// remark', 'comment.line.double-slash'],
  ['let a = 1 /* two\nlines */', 'lines', 'comment.block'],
  ['import std.sources { csv as c }', 'import', 'keyword.control.import'],
  ['import std.sources { csv as c }', 'std.sources', 'entity.name.namespace'],
  ['import std.sources { csv as c }', 'as', 'keyword.control.as'],
  ['import std.metrics {\n  auc,\n  f1 as f,\n}', 'as', 'keyword.control.as'],
  ['import std.metrics\nschema Flight {', 'schema', 'keyword.declaration'],
  ['schema Flight {', 'schema', 'keyword.declaration'],
  ['schema Flight {', 'Flight', 'entity.name.type'],
  ['features Departure from flights at date {', 'features', 'keyword.declaration'],
  ['features Departure from flights at date {', 'from', 'keyword.other'],
  ['test "three" of Departure {', 'test', 'keyword.declaration'],
  ['model late {\n  features Departure', 'features', 'keyword.control'],
  ['model late {\n  seed 42', 'seed', 'keyword.control'],
  // A column may be called like a keyword.
  ['schema S {\n  source: string', 'source', 'variable.other.definition'],
  ['schema S {\n  label: int', 'label', 'variable.other.definition'],
  ['features F from s {\n  train = x + 1', 'train', 'variable.other.definition'],
  ['features F from s {\n  label late = x > 1', 'label', 'keyword.control'],
  ['component moods(notes: table Note) -> table Mood {', 'moods', 'entity.name.type'],
  ['component moods(notes: table Note) -> table Mood {', 'table', 'support.type'],
  ['component c(n: table N) -> table M {\n  run python "a.py:f"', 'run', 'keyword.control'],
  ['component c(n: table N) -> table M {\n  packages "a==1"', 'packages', 'keyword.control'],
  ['component c(n: table N) -> table M {\n  accepts missing', 'accepts', 'keyword.control'],
  ['policy good(m: metric) {', 'policy', 'keyword.declaration'],
  ['  promote {\n    policy good(auc)', 'policy', 'keyword.control'],
  ['  promote {\n    approval("team")', 'approval', 'keyword.control'],
  ['deployment d {\n  score rides into scores', 'score', 'keyword.control'],
  ['deployment d {\n  score rides into scores', 'into', 'keyword.other'],
  ['deployment d {\n  rollback unless policy good(auc)', 'unless', 'keyword.other'],
  ['deployment d {\n  traffic 50rps', '50rps', 'constant.numeric.duration'],
  ['features F from s {\n  materialize every 1h', 'materialize', 'keyword.control'],
  ['features F from s {\n  stale after 3h else null', 'stale', 'keyword.control'],
  ['monitor w on d {\n  labels from rides on id', 'labels', 'keyword.control'],
  ['pipeline p {\n  on schedule("0 3 * * *")', 'on', 'keyword.control'],
  ['environment prod {\n  deploy after approval("team")', 'deploy', 'keyword.control'],
  ['environment prod {\n  models promoted from staging', 'promoted', 'keyword.other'],
  ['test "t" of F {\n  given { a: 1 }', 'given', 'keyword.control'],
  ['test "t" of F {\n  expect a == 1', 'expect', 'keyword.control'],
  ['// mlp-allow MLP7111: drawn once', '// mlp-allow MLP7111: drawn once', 'comment.line.double-slash'],
  ['  delay: int? in 1..5', 'int', 'support.type'],
  ['  delay: int? in 1..5', 'in', 'keyword.operator.word'],
  ['  delay: int? in 1..5', '5', 'constant.numeric'],
  ['  code: string matching r"[A-Z]{3}"', 'r"[A-Z]{3}"', 'string.regexp'],
  ['  x: float @unit("miles")', '@unit', 'entity.name.decorator'],
  ['let a = "tab\\t"', '\\t', 'constant.character.escape'],
  ['let a = """\nselect 1\n"""', 'select 1', 'string.quoted.triple'],
  ['let w = 90min', '90min', 'constant.numeric.duration'],
  ['let m = 4GiB', '4GiB', 'constant.numeric.duration'],
  ['let p = 0.5%', '0.5%', 'constant.numeric.percent'],
  ['let t = 2001-03-01T18:15Z', '2001-03-01T18:15Z', 'constant.numeric.date'],
  ['  usual = mean(delay over 7d by origin)', 'mean', 'entity.name.function'],
  ['  usual = mean(delay over 7d by origin)', 'over', 'keyword.operator.word'],
  ['  a = if b then null else true', 'if', 'keyword.operator.word'],
  ['  a = if b then null else true', 'null', 'constant.language'],
  ['    require auc > baseline.auc', 'baseline', 'variable.language'],
  ['    require auc > baseline.auc', 'require', 'keyword.control'],
  ['  x = home.latitude', 'latitude', 'variable.other.member'],
  ['  `Body Mass (g)`: int', '`Body Mass (g)`', 'variable.other'],
  ['  a = b ?? 0', '??', 'keyword.operator'],
];

for (const [text, piece, scope] of cases)
  test(`${JSON.stringify(piece)} in ${JSON.stringify(text)} is ${scope}`, () => {
    const scopes = scopesOf(text);
    const own = scopes.filter(([found]) => found === piece).map(([, found]) => found);
    assert.ok(own.includes(scope), JSON.stringify(scopes));
  });

test('every string and comment of the examples ends where it ends', () => {
  for (const name of ['flights', 'penguins']) {
    const text = readFileSync(path.join(root, `examples/${name}/${name}.mlp`), 'utf8');
    const last = scopesOf(`${text}\nschema Last {`).slice(-3);
    assert.equal(last[0], ['schema', 'keyword.declaration']);
  }
});

test('the grammar file is fresh', () => {
  assert.is(readFileSync(path.join(root, textmatePath), 'utf8'), textmateText());
});

test.run();
