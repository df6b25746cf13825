import type * as ast from '../../syntax/ast/index.ts';
import type { Validation } from '../plan.ts';
import type { Draft } from '../steps.ts';
import { type BuildContext, docOf } from './context.ts';
import { buildRules, plain } from './rules.ts';
import { rootScope, tableNamed } from './scope.ts';

export function buildValidation(
  declaration: ast.ValidationDeclaration,
  draft: Draft,
  context: BuildContext,
): Validation | undefined {
  const file = context.program.fileOf(declaration);
  const scope = rootScope(context, file, draft);
  const on = tableNamed(declaration.on, scope);
  if (on === undefined) return undefined;
  return {
    on,
    rules: buildRules(declaration.rules, { ...scope, source: on }).map(plain),
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}
