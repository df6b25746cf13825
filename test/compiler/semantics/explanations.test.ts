import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namesMessages } from '../../../compiler/diagnostics/messages/names.ts';
import { projectMessages } from '../../../compiler/diagnostics/messages/project.ts';
import { tasksMessages } from '../../../compiler/diagnostics/messages/tasks.ts';
import { typesMessages } from '../../../compiler/diagnostics/messages/types.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { check } from '../../../compiler/semantics/check.ts';
import { suppress } from '../../../compiler/semantics/checker/suppress.ts';
import { memoryHost } from '../../support/specs.ts';

/** Codes that no spec gives by itself: they are met on the command line and in `mlp.json` (`project.test.ts`). */
const elsewhere = new Set(['MLP6002', 'MLP6003', 'MLP6008']);

/** A spec, or an `mlp.json`. */
const diagnose = (text: string) => {
  const name = text.startsWith('{') ? 'mlp.json' : 'main.mlp';
  const host = { ...memoryHost({ [name]: text }), specFiles: () => (name === 'main.mlp' ? [name] : []) };
  const { diagnostics, suppressions } = check(host);
  return suppress(diagnostics, suppressions);
};

for (const messages of [namesMessages, typesMessages, tasksMessages, projectMessages]) {
  for (const { definition } of Object.values(messages)) {
    const { code, title, explanation } = definition;
    test(`${code}, ${title}: the wrong spec gives it`, () => {
      if (elsewhere.has(code)) return;
      const found = diagnose(explanation.wrong);
      assert.ok(
        found.some(diagnostic => diagnostic.code === code),
        `${explanation.wrong}\n${renderText(found)}`,
      );
    });
    test(`${code}, ${title}: the right spec has no error`, () => {
      const found = diagnose(explanation.right).filter(
        diagnostic => diagnostic.severity === 'error' || diagnostic.code === code,
      );
      assert.is(found.length, 0, `${explanation.right}\n${renderText(found)}`);
    });
  }
}

test.run();
