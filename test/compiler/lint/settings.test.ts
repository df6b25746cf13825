import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { applyEdits } from '../../../compiler/diagnostics/fix.ts';
import { lintMessages } from '../../../compiler/diagnostics/messages/lint.ts';
import { filesOf } from '../../../compiler/diagnostics/registry.ts';
import { lint } from '../../../compiler/lint/index.ts';
import { rules } from '../../../compiler/lint/rules/index.ts';
import { settingsSchema } from '../../../compiler/lint/schema.ts';
import { readSettings } from '../../../compiler/lint/settings.ts';
import { settingsFaults } from '../../../compiler/lint/validator.ts';
import { codesOf, type Files, lintHost, lintText } from './support.ts';

const settingsOf = (lintSettings: unknown, files: Files = {}, above: readonly string[] = []) =>
  readSettings(lintHost({ 'mlp.json': JSON.stringify({ lint: lintSettings }), ...files }), above);
const levelOf = (settings: ReturnType<typeof readSettings>, rule: string) => settings.rules.get(rule)?.level;

test('without settings every rule has its level of mlp:recommended', () => {
  const { rules: set, diagnostics } = readSettings(lintHost({}));
  assert.equal(
    rules.map(rule => set.get(rule.name)!.level),
    rules.map(rule => rule.level),
  );
  assert.equal(diagnostics, []);
});

test('presets, files and packages: the later over the earlier, rules over all', () => {
  const files = {
    'team.json': JSON.stringify({
      extends: 'mlp:none',
      rules: { 'missing-seed': 'note', 'missing-docs': 'note' },
    }),
    'node_modules/@acme/style/mlp-lint.json': JSON.stringify({
      lint: { rules: { 'missing-docs': 'error' } },
    }),
  };
  const settings = settingsOf(
    { extends: ['./team.json', '@acme/style'], rules: { 'unused-join': 'warn' } },
    files,
  );
  assert.equal(settings.diagnostics, []);
  assert.is(levelOf(settings, 'missing-seed'), 'note');
  assert.is(levelOf(settings, 'missing-docs'), 'error');
  assert.is(levelOf(settings, 'unused-join'), 'warn');
  assert.is(levelOf(settings, 'missing-gate'), 'off');
  assert.is(levelOf(settingsOf({ extends: 'mlp:strict' }), 'missing-docs'), 'warn');
});

test('a package is found in the folders above too', () => {
  const files = {
    '../../node_modules/style/mlp-lint.json': JSON.stringify({ rules: { 'missing-seed': 'off' } }),
  };
  assert.is(levelOf(settingsOf({ extends: 'style' }, files), 'missing-seed'), 'off');
});

test('options come over the defaults', () => {
  const { rules: set } = settingsOf({ rules: { 'missing-docs': ['error', { kinds: ['source'] }] } });
  assert.equal(set.get('missing-docs'), { level: 'error', options: { kinds: ['source'] } });
});

/** Each with what the diagnostic covers in the text of mlp.json, and what it says. */
const mistakes: readonly [name: string, settings: unknown, covers: string, says: RegExp, code: string][] = [
  [
    'an unknown rule',
    { rules: { 'mising-seed': 'warn' } },
    '"mising-seed"',
    /no rule "mising-seed"/,
    'MLP7006',
  ],
  [
    'an unknown level',
    { rules: { 'missing-seed': 'fatal' } },
    '"fatal"',
    /one of "off", "note", "warn", "error"/,
    'MLP7007',
  ],
  [
    'options where there are none',
    { rules: { 'missing-seed': ['warn', {}] } },
    '["warn",{}]',
    /it has no options/,
    'MLP7007',
  ],
  [
    'an unknown option',
    { rules: { 'small-slice': ['warn', { leest: 3 }] } },
    '"leest"',
    /has no option "leest"; there is least/,
    'MLP7007',
  ],
  [
    'a value out of range',
    { rules: { 'small-slice': ['warn', { least: -1 }] } },
    '-1',
    /must be a number from 1 to/,
    'MLP7007',
  ],
  [
    'a value of another type',
    { rules: { 'naming-convention': ['warn', { columns: 1 }] } },
    '1',
    /must be true or false/,
    'MLP7007',
  ],
  [
    'an unknown kind',
    { rules: { 'missing-docs': ['warn', { kinds: ['modell'] }] } },
    '"modell"',
    /must be one of schema/,
    'MLP7007',
  ],
  ['an unknown entry', { rule: {} }, '"rule"', /no entry "rule"/, 'MLP7007'],
  ['rules that are no object', { rules: [] }, '[]', /must be an object/, 'MLP7007'],
  ['an unknown locked rule', { locked: ['missing-sead'] }, '"missing-sead"', /no rule/, 'MLP7006'],
  ['an unknown preset', { extends: 'mlp:strickt' }, '"mlp:strickt"', /is no preset/, 'MLP7008'],
  ['a missing file', { extends: ['./nothing.json'] }, '"./nothing.json"', /is no file/, 'MLP7008'],
  ['a missing package', { extends: '@acme/none' }, '"@acme/none"', /is not installed/, 'MLP7008'],
];
for (const [name, settings, covers, says, code] of mistakes)
  test(`a mistake is told at its place: ${name}`, () => {
    const { diagnostics } = settingsOf(settings);
    assert.is(diagnostics.length, 1, diagnostics.map(d => d.message).join('\n'));
    const [{ file, span, message, severity, hint, code: found }] = diagnostics as [Diagnostic];
    assert.equal([file.path, severity, found], ['mlp.json', 'error', code]);
    assert.is(file.text.slice(span.start, span.end), covers);
    assert.match(message, says);
    assert.ok(hint);
  });

test('what is meant is offered as a fix', () => {
  const { diagnostics } = settingsOf({ rules: { 'mising-seed': 'warn' } });
  const [{ file, fixes }] = diagnostics as [Diagnostic];
  assert.equal(JSON.parse(applyEdits(file.text, fixes[0]!.edits)), {
    lint: { rules: { 'missing-seed': 'warn' } },
  });
});

test('one mistake leaves the other settings as they are', () => {
  const settings = settingsOf({
    rules: { 'mising-seed': 'warn', 'missing-gate': 'off' },
    locked: ['unused-join'],
  });
  assert.is(levelOf(settings, 'missing-gate'), 'off');
  assert.ok(settings.locked.has('unused-join'));
});

test('settings that extend one another in a circle are an error, not a hang', () => {
  const files = {
    'a.json': JSON.stringify({ extends: './b.json' }),
    'b.json': JSON.stringify({ extends: './a.json' }),
  };
  const { diagnostics } = settingsOf({ extends: './a.json' }, files);
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['MLP7008'],
  );
  assert.match(diagnostics[0]!.message, /extends itself/);
});

test('what a folder above locks can be raised below, not lowered', () => {
  const files = {
    '../mlp.json': JSON.stringify({
      lint: { rules: { 'missing-seed': 'warn' }, locked: ['missing-seed', 'small-slice'] },
    }),
  };
  const above = ['../mlp.json'];
  assert.is(levelOf(settingsOf({ extends: 'mlp:none' }, files, above), 'missing-seed'), 'warn');
  assert.is(
    levelOf(settingsOf({ rules: { 'missing-seed': 'error' } }, files, above), 'missing-seed'),
    'error',
  );
  const lower = settingsOf(
    { rules: { 'missing-seed': 'off', 'small-slice': ['warn', { least: 1 }] } },
    files,
    above,
  );
  assert.equal(
    lower.diagnostics.map(({ code, message }) => [code, /locks the rule/.test(message)]),
    [
      ['MLP7005', true],
      ['MLP7005', true],
    ],
  );
  assert.is(levelOf(lower, 'missing-seed'), 'warn');
  assert.is(levelOf(settingsOf({ rules: { 'missing-seed': 'off' } }, files), 'missing-seed'), 'off');
});

test('the compiler takes the settings and leaves what is in them to the linter', () => {
  const result = lintText('schema _S { a: int }', { rules: { nonsense: 'warn' } });
  assert.equal(codesOf(result), ['MLP7006']);
  const broken = lint(lintHost({ 'main.mlp': '', 'mlp.json': '{ "lint": 3 }' }));
  assert.equal(codesOf(broken), ['MLP6007']);
});

for (const { definition } of Object.values(lintMessages)) {
  const { code, title, explanation } = definition;
  test(`${code}, ${title}: the wrong example gives it, the right one nothing of its kind`, () => {
    const found = (text: string): string[] =>
      codesOf(lint(lintHost(filesOf(text)), { above: ['../mlp.json'] }));
    assert.ok(found(explanation.wrong).includes(code), found(explanation.wrong).join(' '));
    assert.equal(
      found(explanation.right).filter(other => /^MLP70/.test(other)),
      [],
    );
  });
}

test('the schema takes what it should and nothing else', () => {
  assert.equal(settingsFaults({ extends: ['mlp:strict'], rules: { 'missing-seed': 'off' }, locked: [] }), []);
  for (const wrong of [
    [],
    { extends: 3 },
    { rules: { x: 'off' } },
    { locked: ['x'] },
    { locked: 'missing-seed' },
  ])
    assert.ok(settingsFaults(wrong).length > 0, JSON.stringify(wrong));
  const { properties } = settingsSchema() as { properties: Record<string, unknown> };
  assert.equal(Object.keys(properties), ['extends', 'rules', 'locked']);
});

test.run();
