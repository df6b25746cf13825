import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { baseline, compileText } from '../../support/specs.ts';
import { flowCases } from './cases.ts';

/** A folder a case: `main.mlp`, specs that it imports, and what is said of them. */
for (const { name, folder, files, silent } of flowCases()) {
  test(name, () => {
    const { diagnostics, plan } = compileText(files);
    const said = renderText(diagnostics);
    if (silent) {
      assert.is(said, '');
      assert.ok(plan);
      return;
    }
    assert.is(
      plan === undefined,
      diagnostics.some(({ severity }) => severity === 'error'),
      said,
    );
    // Rules of other phases have fixtures of their own: here every problem is one of these families.
    for (const { code } of diagnostics)
      assert.match(code, /^MLP(4|5|2017|3003|302[34]|31(13|15|16|18|30))/, said);
    baseline(path.join(folder, 'diagnostics.txt'), said);
  });
}

test.run();
