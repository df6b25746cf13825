import { renderText } from '../compiler/diagnostics/render-text.ts';
import { format } from '../compiler/format/index.ts';
import { lint } from '../compiler/lint/index.ts';
import { factsOf } from '../compiler/semantics/files/facts.ts';
import { parseOnce } from '../compiler/source/modules.ts';
import { SourceFile } from '../compiler/source/text.ts';
import { libraryBytes } from './library.ts';

declare const MLP_WARM_UP: string | undefined;

/**
 * Fills what every start needs before a start-up snapshot is taken: the parser, the parsed library, and, as a snapshot
 * keeps the code of functions that have run, the way of the compiler, the linter and the formatter through a whole spec, a
 * right one and a wrong one.
 */
export function warmUp(): void {
  const spec = typeof MLP_WARM_UP === 'undefined' ? '' : MLP_WARM_UP;
  for (const text of [spec, spec.replace('use origin', 'use orgin'), `${spec}\n}`]) {
    const { diagnostics } = lint({
      readFile: name => (name === 'warm.mlp' ? new TextEncoder().encode(text) : libraryBytes(name)),
      specFiles: () => ['warm.mlp'],
      resolvePackage: () => undefined,
    });
    renderText(diagnostics, { colour: true });
    const file = new SourceFile('warm.mlp', text);
    factsOf(parseOnce('warm.mlp', new TextEncoder().encode(text)), () => undefined);
    format(file);
  }
}
