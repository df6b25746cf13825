import { renderText } from '../compiler/diagnostics/render-text.ts';
import { format } from '../compiler/format/index.ts';
import { compile } from '../compiler/index.ts';
import { SourceFile } from '../compiler/source/text.ts';
import { parse } from '../compiler/syntax/parse.ts';
import { factsOf } from './cache/facts.ts';
import { libraryBytes } from './library.ts';

declare const MLP_WARM_UP: string | undefined;

/**
 * Fills what every start needs before a start-up snapshot is taken: the parser, the parsed library, and, as a snapshot
 * keeps the code of functions that have run, the compiler's way through a whole spec, a right one and a wrong one; the formatter's too.
 */
export function warmUp(): void {
  const spec = typeof MLP_WARM_UP === 'undefined' ? '' : MLP_WARM_UP;
  for (const text of [spec, spec.replace('use origin', 'use orgin'), `${spec}\n}`]) {
    const { diagnostics } = compile(
      {
        readFile: file => (file === 'warm.mlp' ? new TextEncoder().encode(text) : libraryBytes(file)),
        specFiles: () => ['warm.mlp'],
        resolvePackage: () => undefined,
      },
      {},
    );
    renderText(diagnostics, { colour: true });
    const tree = parse(new SourceFile('warm.mlp', text));
    factsOf(new SourceFile('warm.mlp', text), tree.module, () => undefined);
    format(new SourceFile('warm.mlp', text));
  }
}
