import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Expr, Type } from '../plan.ts';
import { tableOf } from '../reads.ts';
import type { Draft } from '../steps.ts';
import type { BuildContext } from './context.ts';

/** What the names of an expression mean where it stands. */
export interface Scope {
  readonly context: BuildContext;
  /** The file that the expression is written in: another one inside a function's body. */
  readonly file: SourceFile;
  readonly draft: Draft;
  /** `of` of a plain column: the row itself, or the row of a window's table. */
  readonly row: 'row' | 'other';
  /** What a function's or policy's parameters stand for. */
  readonly parameters: ReadonlyMap<ast.Parameter, Expr>;
  /** Columns by name that are features here although they are columns elsewhere: of a table that is a view. */
  readonly source?: string;
  /** Functions and lets that are being inlined: a cycle was reported before and is not followed. */
  readonly inlining: ReadonlySet<ast.Declaration>;
  /** Features of the model that a monitor watches, for `each feature`. */
  readonly features?: readonly string[];
  /** In a function's test its own name is the result. */
  readonly tested?: { readonly declaration: ast.FunctionDeclaration; readonly result: Expr };
}

export const rootScope = (context: BuildContext, file: SourceFile, draft: Draft): Scope => ({
  context,
  file,
  draft,
  row: 'row',
  parameters: new Map(),
  inlining: new Set(),
});

export const unknown: Type = { kind: 'unknown', optional: false };
/** The source, component's value or view that a name means. */
export function tableNamed(name: ast.Name, scope: Scope): string | undefined {
  const declaration = scope.context.declared(name, 'Source', 'Let', 'Features');
  if (!declaration) return undefined;
  scope.context.ensure(declaration);
  const table = scope.context.nameOf(declaration);
  return tableOf(scope.draft, table) ? table : undefined;
}
