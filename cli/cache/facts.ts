import { relativePath } from '../../compiler/source/modules.ts';
import type { SourceFile } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';

/** What the text of one spec says about the other files that its diagnostics may depend on. */
export interface Facts {
  /** Paths of the files that it imports, whether they are there or not; without the library. */
  readonly imports: readonly string[];
  /** Names that it declares. */
  readonly declares: readonly string[];
  /** All words in its text that may be names, each once: more than it means, never less. */
  readonly mentions: readonly string[];
  /**
   * Those of them in declarations of which is said what else the project has; a file that has any depends on all files.
   */
  readonly watches: readonly string[];
}

/**
 * Where it matters what else a project has, and whether something is wrong in it: gates that nothing uses, what pipelines
 * read and start, what an environment replaces.
 */
const WATCHING: ReadonlySet<ast.Declaration['kind']> = new Set<ast.Declaration['kind']>([
  'Validation',
  'Policy',
  'Deployment',
  'Monitor',
  'Pipeline',
  'Environment',
]);

type Resolve = (specifier: string, from: string) => string | undefined;

export function factsOf(file: SourceFile, tree: ast.Module, resolvePackage: Resolve): Facts {
  const imports = new Set<string>();
  for (const item of tree.imports) {
    if (item.path === '' || item.form === 'library') continue;
    const path =
      item.form === 'file' ? relativePath(file.path, item.path) : resolvePackage(item.path, file.path);
    if (path !== undefined) imports.add(path);
  }
  const watched = tree.declarations
    .filter(({ kind }) => WATCHING.has(kind))
    .map(({ span }) => file.text.slice(span.start, span.end));
  return {
    imports: [...imports],
    declares: [...new Set(tree.declarations.flatMap(namesOf))],
    mentions: wordsIn(file.text),
    watches: wordsIn(watched.join('\n')),
  };
}

const namesOf = (declaration: ast.Declaration): string[] =>
  'name' in declaration && declaration.name.text !== '' ? [declaration.name.text] : [];

const WORD = /[A-Za-z_][A-Za-z0-9_]*|`[^`\n]+`/g;

const wordsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(WORD)].map(([word]) => (word.startsWith('`') ? word.slice(1, -1) : word))),
];
