import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFixes } from '../../../compiler/diagnostics/fix.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { compile } from '../../../compiler/index.ts';
import { lint } from '../../../compiler/lint/index.ts';
import { missingSeed } from '../../../compiler/lint/rules/missing-seed.ts';
import { codesOf, type Files, lintHost, lintText } from './support.ts';

/** A model without a seed, with a text before it; the rule points at its name. */
const { wrong } = missingSeed.message.definition.explanation;
const withLine = (line: string): string => wrong.replace('model buyers {', `${line}\nmodel buyers {`);
const silent = (text: string | Files, settings?: unknown): void => {
  const result = lintText(text, settings);
  assert.is(renderText(result.diagnostics), '');
  assert.is(result.suppressed.length, 1);
};

test('the spec speaks without a suppression', () => {
  assert.equal(codesOf(lintText(wrong)), ['MLP7111']);
});

test('by a comment on the line, or on the line before, with documentation between them', () => {
  silent(wrong.replace('model buyers {', 'model buyers { // mlp-allow MLP7111: the trainer draws nothing'));
  silent(withLine('// mlp-allow MLP7111: the trainer draws nothing'));
  silent(wrong.replace('/// Who will buy?', '// mlp-allow MLP7111: it draws nothing\n/// Who will buy?'));
});

test('a comment covers its line and no other', () => {
  const text = wrong.replace('predict buys', '// mlp-allow MLP7111: somewhere else\n  predict buys');
  assert.equal(codesOf(lintText(text)), ['MLP7111', 'MLP6009']);
});

test('for the file, wherever the comment stands', () => {
  silent(`${wrong}\n// mlp-allow-file MLP7111: the trainer draws nothing\n`);
  const other = { 'main.mlp': wrong, 'other.mlp': '// mlp-allow-file MLP7111: not here\nlet _a = 1\n' };
  assert.equal(codesOf(lintText(other)), ['MLP7111', 'MLP6009']);
});

test('by an annotation, and by mlp.json for the project, with the reason kept', () => {
  silent(withLine('@suppress("MLP7111", "it draws nothing")'));
  const files = {
    'main.mlp': wrong,
    'mlp.json': '{ "suppress": [{ "code": "MLP7111", "reason": "none draws" }] }',
  };
  const { diagnostics, suppressed } = lint(lintHost(files));
  assert.equal(diagnostics, []);
  assert.equal(
    suppressed.map(({ kind, reason }) => [kind, reason]),
    [['external', 'none draws']],
  );
});

test('a rule at level error may be suppressed; an error of the compiler may not', () => {
  silent(withLine('// mlp-allow MLP7111: it draws nothing'), { rules: { 'missing-seed': 'error' } });
  const broken = lintText('// mlp-allow MLP3008: please\nschema _S { a: nonsense }\n');
  assert.ok(codesOf(broken).includes('MLP3008'));
});

test('the compiler’s own warnings are suppressed by comments too', () => {
  const files = { 'main.mlp': 'import std.metrics { auc } // mlp-allow MLP2008: for later\nlet _a = 1\n' };
  assert.equal(compile(lintHost(files)).diagnostics, []);
});

const faults: readonly [string, string][] = [
  ['// mlp-allow MLP7111', 'MLP7001'],
  ['// mlp-allow MLP7111:', 'MLP7001'],
  ['@suppress("MLP7111", "")', 'MLP7001'],
  ['@suppress("MLP7111", " ")', 'MLP7001'],
  ['// mlp-allow: because', 'MLP7002'],
  ['// mlp-allow missing-seed: because', 'MLP7002'],
  ['// mlp-allow-file', 'MLP7002'],
  ['// mlp-allow MLP7999: because', 'MLP7003'],
  ['@suppress("MLP7999", "because")', 'MLP7003'],
];
for (const [line, code] of faults)
  test(`a suppression that is not right is an error: ${line}`, () => {
    const found = lintText(withLine(line)).diagnostics.filter(d => d.code.startsWith('MLP70'));
    assert.equal(
      found.map(d => [d.code, d.severity]),
      [[code, 'error']],
    );
  });

test('only comments that begin with the word are suppressions', () => {
  for (const line of [
    '// see mlp-allow MLP7111',
    '// mlp-allowed',
    '/* mlp-allow MLP7111 */',
    '/// mlp-allow MLP7111',
  ])
    assert.ok(
      codesOf(lintText(withLine(line))).every(code => !code.startsWith('MLP70')),
      line,
    );
  const text = wrong.replace('"a visit"', '"// mlp-allow MLP7111: in a text"');
  assert.equal(codesOf(lintText(text)), ['MLP7111']);
});

test('useless suppressions are reported and removed, one code of several too', () => {
  const { right } = missingSeed.message.definition.explanation;
  const text = `// mlp-allow-file MLP7111: it draws nothing\n${right}`;
  assert.equal(codesOf(lintText(text)), ['MLP6009']);
  const files = { 'main.mlp': text.replace('MLP7111:', 'MLP7111, MLP7112:').replace('\n  seed 1', '') };
  const { texts, left } = applyFixes(
    changed => lint(lintHost({ ...files, ...Object.fromEntries(changed) })).diagnostics,
    { accepts: (_, { code }) => code === 'MLP6009' },
  );
  assert.match(texts.get('main.mlp')!, /^\/\/ mlp-allow-file MLP7111: it draws nothing\n/);
  assert.equal(left, []);
  const alone = applyFixes(
    changed => lint(lintHost({ 'main.mlp': text, ...Object.fromEntries(changed) })).diagnostics,
  );
  assert.is(alone.texts.get('main.mlp'), right);
});

test('a suppression of a rule that is off is not called useless', () => {
  silentAll(withLine('// mlp-allow MLP7111: off here'), { rules: { 'missing-seed': 'off' } });
});
function silentAll(text: string, settings: unknown): void {
  assert.is(renderText(lintText(text, settings).diagnostics), '');
}

test('a locked rule cannot be suppressed in any way', () => {
  const settings = { locked: ['missing-seed'] };
  for (const line of [
    '// mlp-allow MLP7111: please',
    '// mlp-allow-file MLP7111: please',
    '@suppress("MLP7111", "please")',
  ]) {
    const found = lintText(withLine(line), settings).diagnostics;
    assert.equal(found.map(({ code }) => code).sort(), ['MLP7004', 'MLP7111'], line);
    assert.match(found.find(({ code }) => code === 'MLP7004')!.message, /mlp\.json locks it/);
  }
  const suppress = [{ code: 'MLP7111', reason: 'please' }];
  const files = { 'main.mlp': wrong, 'mlp.json': JSON.stringify({ suppress, lint: settings }) };
  assert.equal(codesOf(lint(lintHost(files))).sort(), ['MLP7004', 'MLP7111']);
  const above = {
    'main.mlp': withLine('// mlp-allow MLP7111: please'),
    '../mlp.json': JSON.stringify({ lint: settings }),
  };
  const found = lint(lintHost(above), { above: ['../mlp.json'] });
  assert.equal(codesOf(found).sort(), ['MLP7004', 'MLP7111']);
});

test.run();
