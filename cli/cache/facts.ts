import { type Parsed, relativePath } from '../../compiler/source/modules.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';

/** What the text of one spec says about the other files that its diagnostics may depend on. */
export interface Facts {
  /** Paths of the files that it imports, whether they are there or not; without the library. */
  readonly imports: readonly string[];
  /** Names that it declares. */
  readonly declares: readonly string[];
  /** All words in its text that may be names, a line each: more than it means, never less. */
  readonly mentions: string;
  /** Whether it declares what is judged by all that the project has; it depends on all files then. */
  readonly watches: boolean;
}

/** One text instead of a list: a cache of thousands of words is read and written in no time. */
export const wordsOf = ({ mentions }: Facts): string[] => mentions.split('\n');

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

export function factsOf({ file, tree, words }: Parsed, resolvePackage: Resolve): Facts {
  const imports = new Set<string>();
  for (const item of tree.imports) {
    if (item.path === '' || item.form === 'library') continue;
    const path =
      item.form === 'file' ? relativePath(file.path, item.path) : resolvePackage(item.path, file.path);
    if (path !== undefined) imports.add(path);
  }
  return {
    imports: [...imports],
    declares: [...new Set(tree.declarations.flatMap(namesOf))],
    mentions: words,
    watches: tree.declarations.some(({ kind }) => WATCHING.has(kind)),
  };
}

const namesOf = (declaration: ast.Declaration): string[] =>
  'name' in declaration && declaration.name.text !== '' ? [declaration.name.text] : [];
