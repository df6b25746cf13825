import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import { allMessages } from '../../../compiler/diagnostics/registry.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { check } from '../../../compiler/semantics/check.ts';
import { printSymbols } from '../../../compiler/semantics/print-symbols.ts';
import { baseline, memoryHost, root, specsIn } from '../../support/specs.ts';

const folder = path.join(root, 'test/fixtures/semantics');
const codes = new Set(allMessages().map(message => message.definition.code));

for (const name of readdirSync(folder)) {
  test(name, () => {
    const files = specsIn(path.join(folder, name));
    const { 'mlp.json': _, ...specs } = files;
    const host = { ...memoryHost(files), specFiles: () => Object.keys(specs).sort() };
    const program = check(host);
    for (const diagnostic of program.diagnostics) {
      if (!codes.has(diagnostic.code)) throw new Error(`${diagnostic.code} is not registered`);
    }
    baseline(path.join(folder, name, 'diagnostics.txt'), renderText(program.diagnostics));
    baseline(path.join(folder, name, 'symbols.txt'), printSymbols(program));
  });
}

test.run();
