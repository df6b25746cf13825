import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowMessages } from '../../../compiler/diagnostics/messages/flow.ts';
import { gatesMessages } from '../../../compiler/diagnostics/messages/gates.ts';
import { labelMessages } from '../../../compiler/diagnostics/messages/labels.ts';
import { operationsMessages } from '../../../compiler/diagnostics/messages/operations.ts';
import { personalMessages } from '../../../compiler/diagnostics/messages/personal.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { compileText } from '../../support/specs.ts';

/** What `mlp explain` shows is compiled: the wrong spec gives the code and no other error, the right one nothing. */
const all = [flowMessages, labelMessages, personalMessages, gatesMessages, operationsMessages].flatMap(
  messages => Object.values(messages),
);
for (const { definition } of all) {
  const { code, severity, title, explanation } = definition;
  test(`${code}: ${title}`, () => {
    const wrong = compileText(explanation.wrong);
    const said = renderText(wrong.diagnostics);
    const codes = wrong.diagnostics.filter(d => d.severity === 'error' || d.code === code).map(d => d.code);
    assert.equal([...new Set(codes)], [code], said);
    assert.ok(wrong.diagnostics.some(d => d.severity === severity));
    const right = compileText(explanation.right);
    assert.ok(right.plan && !right.diagnostics.some(d => d.code === code), renderText(right.diagnostics));
    assert.ok(explanation.text.length > 80);
  });
}

test.run();
