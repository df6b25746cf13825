import { type Parsed, relativePath } from '../../source/modules.ts';
import type * as ast from '../../syntax/ast/index.ts';

/** What the text of one spec says about the other files that its diagnostics may depend on. */
export interface Facts {
  /** Paths of the files that it imports, whether they are there or not; without the library. */
  readonly imports: readonly string[];
  /** Names that it declares. */
  readonly declares: readonly string[];
  /** All words in its text that may be names, a line each: more than it means, never less. */
  readonly mentions: string;
  /** Whether it declares what looks at others from outside: validations, monitors, pipelines. */
  readonly watches: boolean;
  /** By which files it is judged beside those that it needs. */
  readonly judgedBy: 'needed' | 'users' | 'all';
  /** The tables that it validates: it is judged by who reads them, too. */
  readonly guards: readonly string[];
  readonly policies: boolean;
  readonly models: boolean;
}

/** One text instead of a list: a cache of thousands of words is read and written in no time. */
export const wordsOf = ({ mentions }: Facts): string[] => mentions.split('\n');

/** What matters by what it is used for: gates that nothing uses, what pipelines read and start, what an environment replaces. */
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
    judgedBy: judgedBy(tree.declarations),
    guards: tree.declarations.flatMap(one => (one.kind === 'Validation' ? [one.on.text] : [])),
    policies: tree.declarations.some(({ kind }) => kind === 'Policy'),
    models: tree.declarations.some(({ kind }) => kind === 'Model'),
  };
}

function judgedBy(declarations: readonly ast.Declaration[]): Facts['judgedBy'] {
  if (declarations.some(one => one.kind === 'Environment' || (one.kind === 'Pipeline' && mayCircle(one))))
    return 'all';
  return declarations.some(({ kind }) => kind !== 'Pipeline' && WATCHING.has(kind)) ? 'users' : 'needed';
}

/** What other pipelines do may start it, and what it does may start them. */
const mayCircle = ({ items }: ast.PipelineDeclaration): boolean =>
  !items.some(({ kind }) => kind === 'Cooldown') &&
  items.some(item => item.kind === 'Trigger' && !byItself(item));

const byItself = ({ condition }: ast.Trigger): boolean =>
  condition.kind === 'Call' && condition.callee.text === 'schedule';

const namesOf = (declaration: ast.Declaration): string[] =>
  'name' in declaration && declaration.name.text !== '' ? [declaration.name.text] : [];
