import type * as ast from '../../syntax/ast/index.ts';
import type { Resources } from '../plan.ts';
import type { Needs } from '../steps.ts';
import type { BuildContext } from './context.ts';

const none: Resources = { cpu: null, memory: null, gpu: null, workers: null };

/** `resources`, `timeout` and `retry` among the items of a declaration; undefined if it has none. */
export function needsOf(
  items: readonly { readonly kind: string }[],
  context: BuildContext,
): Needs | undefined {
  const find = <K extends ast.ResourceClause['kind']>(
    kind: K,
  ): Extract<ast.ResourceClause, { kind: K }> | undefined =>
    items.find((item): item is Extract<ast.ResourceClause, { kind: K }> => item.kind === kind);
  const resources = find('Resources');
  const timeout = find('Timeout');
  const retry = find('Retry');
  if (!resources && !timeout && !retry) return undefined;
  const settings = (resources?.settings ?? []).flatMap(arg => {
    const value = context.number(arg.value);
    return arg.name && arg.name.text in none && value !== undefined ? [[arg.name.text, value] as const] : [];
  });
  return {
    resources: resources ? { ...none, ...Object.fromEntries(settings) } : null,
    timeout: context.number(timeout?.duration) ?? null,
    retry: retry
      ? { times: context.number(retry.times) ?? 0, after: context.number(retry.after) ?? 0 }
      : null,
  };
}
