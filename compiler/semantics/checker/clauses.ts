import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem, sameText } from '../fixes.ts';
import { replaceFix } from '../scope.ts';
import { duration, int } from '../types.ts';
import type { Checker, Env } from './context.ts';
import { inferAs } from './expression/expect.ts';
import { positive } from './values.ts';

/** Reports clauses that may stand once and stand twice. `names` gives the word of each kind that is single. */
export function singles(
  c: Checker,
  env: Env,
  items: readonly ast.Node[],
  names: Readonly<Record<string, string>>,
): void {
  const seen = new Map<string, ast.Node>();
  for (const item of items) {
    const clause = names[item.kind];
    if (clause === undefined) continue;
    const first = seen.get(clause);
    if (!first) {
      seen.set(clause, item);
      continue;
    }
    const labels = [{ file: env.module.file, span: first.span, message: 'the first one' }];
    // Where both say the same, it does not matter which one goes.
    const same = sameText(env.module.file, first.span, item.span);
    const fixes = [removeItem(env.module, item.span, same)];
    c.error(env.module, declarationMessages.duplicateClause, { clause }, item.span, { labels, fixes });
  }
}

export function missing(c: Checker, env: Env, name: ast.Name, clause: string, hint?: string): void {
  const facts = { declaration: name.text, clause };
  c.error(
    env.module,
    declarationMessages.missingClause,
    facts,
    name.span,
    hint === undefined ? {} : { hint },
  );
}

/** First item of a kind. */
export function only<T extends ast.Node, K extends T['kind']>(
  items: readonly T[],
  kind: K,
): Extract<T, { readonly kind: K }> | undefined {
  return items.find((item): item is Extract<T, { readonly kind: K }> => item.kind === kind);
}

export const resourceClauses = { Resources: 'resources', Timeout: 'timeout', Retry: 'retry' } as const;

const resourceTypes = {
  cpu: { kind: 'float', optional: false, min: 0.001, max: 1_000_000 },
  memory: { kind: 'size', optional: false, min: 1 },
  gpu: { kind: 'int', optional: false, min: 0, max: 1_000_000 },
  workers: { kind: 'int', optional: false, min: 1, max: 1_000_000 },
} as const;

/** `resources { … }`, `timeout`, `retry`: wherever a step is made. */
export function checkResources(c: Checker, env: Env, items: readonly ast.Node[]): void {
  for (const item of items as readonly (ast.ResourceClause | ast.Node)[]) {
    if (isKind<ast.TimeoutClause>(item, 'Timeout')) positive(c, env, item.duration, duration, 'a time-out');
    else if (isKind<ast.RetryClause>(item, 'Retry')) {
      positive(c, env, item.times, int, 'the number of retries');
      if (item.after) positive(c, env, item.after, duration, 'the pause before a retry');
    } else if (isKind<ast.ResourcesClause>(item, 'Resources')) settings(c, env, item.settings, resourceTypes);
  }
}

const isKind = <T extends ast.Node>(node: ast.Node, kind: T['kind']): node is T => node.kind === kind;

function settings(c: Checker, env: Env, given: readonly ast.Arg[], known: typeof resourceTypes): void {
  const seen = new Map<string, ast.Name>();
  for (const { name, value } of given) {
    if (!name || name.text === '') continue;
    const type = Object.hasOwn(known, name.text) ? known[name.text as keyof typeof known] : undefined;
    if (!type) {
      unknownSetting(c, env, name, Object.keys(known), 'resources');
      continue;
    }
    const first = seen.get(name.text);
    if (first) {
      const labels = [{ file: env.module.file, span: first.span, message: 'the first one' }];
      c.error(env.module, declarationMessages.duplicateClause, { clause: name.text }, name.span, { labels });
    }
    seen.set(name.text, name);
    inferAs(c, env, value, type, `\`${name.text}\``, { constant: true });
  }
}

export function unknownSetting(
  c: Checker,
  env: Env,
  name: ast.Name,
  known: readonly string[],
  of: string,
): void {
  const suggestion = suggest(name.text, known);
  const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
  c.error(
    env.module,
    declarationMessages.unknownSetting,
    { name: name.text, of, known, suggestion },
    name.span,
    { fixes },
  );
}
