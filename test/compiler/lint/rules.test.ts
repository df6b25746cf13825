import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { messageByCode } from '../../../compiler/diagnostics/registry.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { defaultsOf } from '../../../compiler/lint/rule.ts';
import { rules } from '../../../compiler/lint/rules/index.ts';
import { root } from '../../support/specs.ts';
import { lintText, repaired, STRICT } from './support.ts';

test('one file a rule, in the order of their codes', () => {
  const files = readdirSync(path.join(root, 'compiler/lint/rules')).map(name => name.replace('.ts', ''));
  const helpers = ['index', 'examples'];
  assert.equal(files.filter(name => !helpers.includes(name)).sort(), rules.map(rule => rule.name).sort());
  const codes = rules.map(rule => rule.code);
  assert.equal(codes, [...codes].sort());
  for (const { name } of rules) assert.match(name, /^[a-z]+(-[a-z]+)+$/);
});

for (const rule of rules) {
  const { code, explanation, hint } = rule.message.definition;
  test(`${rule.name}: its wrong spec makes it speak, and no other rule`, () => {
    const { diagnostics } = lintText(explanation.wrong, STRICT);
    assert.equal([...new Set(diagnostics.map(d => d.code))], [code], renderText(diagnostics));
  });
  test(`${rule.name}: of its right spec no rule says anything`, () => {
    const { diagnostics } = lintText(explanation.right, STRICT);
    assert.is(renderText(diagnostics), '');
  });
  test(`${rule.name}: off, it is silent`, () => {
    const { diagnostics } = lintText(explanation.wrong, { ...STRICT, rules: { [rule.name]: 'off' } });
    assert.is(renderText(diagnostics), '');
  });
  test(`${rule.name}: the level is that of the settings`, () => {
    const { diagnostics } = lintText(explanation.wrong, { ...STRICT, rules: { [rule.name]: 'error' } });
    assert.ok(diagnostics.every(d => d.severity === 'error'));
  });
  test(`${rule.name}: explained, with a hint and a place where its reason can be read`, () => {
    assert.is(messageByCode(code), rule.message);
    assert.ok(hint, 'a hint');
    assert.ok(explanation.text.length > 200, 'a reason');
    assert.match(rule.reference.url, /^https?:\/\/\S+$/);
    assert.ok(explanation.text.includes(rule.reference.url));
  });
  test(`${rule.name}: after its fix it is silent, and there is no new error`, () => {
    const { diagnostics } = lintText(explanation.wrong, STRICT);
    for (const diagnostic of diagnostics)
      for (const [i, fix] of diagnostic.fixes.entries()) {
        const text = repaired(explanation.wrong, diagnostic, i);
        const after = lintText(text, STRICT).diagnostics;
        const told = `${fix.title}\n${renderText(after)}\n${text}`;
        const same = after.filter(d => d.code === code && d.message === diagnostic.message);
        const before = diagnostics.filter(d => d.message === diagnostic.message);
        assert.ok(same.length < before.length, told);
        assert.not.ok(
          after.some(d => d.severity === 'error' && fix.safe !== false),
          told,
        );
      }
  });
  test(`${rule.name}: options have defaults that its schema takes`, () => {
    const options = defaultsOf(rule);
    if (Object.keys(options).length === 0) return;
    const { diagnostics } = lintText(explanation.right, {
      ...STRICT,
      rules: { [rule.name]: ['warn', options] },
    });
    assert.is(renderText(diagnostics), '');
  });
}

test.run();
