import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowMessages } from '../../../compiler/diagnostics/messages/flow.ts';
import { gatesMessages } from '../../../compiler/diagnostics/messages/gates.ts';
import { personalMessages } from '../../../compiler/diagnostics/messages/personal.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { compileText } from '../../support/specs.ts';

/** What `mlp explain` shows is compiled: the wrong spec gives the code and no other error, the right one none. */
const all = [flowMessages, personalMessages, gatesMessages].flatMap(messages => Object.values(messages));
for (const { definition } of all) {
  const { code, title, explanation } = definition;
  test(`${code}: ${title}`, () => {
    const wrong = compileText(explanation.wrong);
    const said = renderText(wrong.diagnostics);
    const codes = new Set(wrong.diagnostics.filter(d => d.severity === 'error').map(d => d.code));
    assert.equal([...codes], [code], said);
    const right = compileText(explanation.right);
    assert.ok(right.plan, renderText(right.diagnostics));
    assert.ok(explanation.text.length > 80);
  });
}

test.run();
