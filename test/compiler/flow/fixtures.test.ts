import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { baseline, compileText, root } from '../../support/specs.ts';

/** A folder a case: `main.mlp` and what is said of it. Those named `silent-…` are right, so nothing may be said. */
const folder = path.join(root, 'test/fixtures/flow');

for (const name of readdirSync(folder).sort()) {
  test(name, () => {
    const text = readFileSync(path.join(folder, name, 'main.mlp'), 'utf8');
    const { diagnostics, plan } = compileText(text);
    const said = renderText(diagnostics);
    if (name.startsWith('silent-')) {
      assert.is(said, '');
      assert.ok(plan);
      return;
    }
    assert.is(plan, undefined);
    // Rules of other phases have fixtures of their own: here every problem is one of flow or of conditions.
    for (const { code } of diagnostics) assert.match(code, /^MLP(4|51|302[34])/, said);
    assert.ok(
      diagnostics.some(({ code }) => /^MLP(4|51)/.test(code)),
      said,
    );
    baseline(path.join(folder, name, 'diagnostics.txt'), said);
  });
}

test.run();
