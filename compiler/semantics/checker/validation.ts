import type * as ast from '../../syntax/ast/index.ts';
import { missing } from './clauses.ts';
import type { Checker, Env } from './context.ts';
import { checkRules } from './policy.ts';
import { resolveTable } from './tables.ts';

/** What must hold of a whole table. */
export function checkValidation(c: Checker, declaration: ast.ValidationDeclaration): void {
  const module = c.home(declaration);
  const table = resolveTable(c, module, declaration.on);
  const env: Env = {
    module,
    place: 'validation',
    scopes: [],
    ...(table && table.kind !== 'unknown' ? { rows: table } : { open: true }),
  };
  if (declaration.rules.length === 0)
    missing(c, env, declaration.name, 'a rule', 'write `require …` or `warn …`');
  if (env.rows) checkRules(c, env, declaration.rules, {});
}
