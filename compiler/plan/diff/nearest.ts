import type { Plan, SourcePosition } from '../plan.ts';
import type { Change } from './change.ts';
import { declarationKinds } from './names.ts';
import type { Pair } from './rule.ts';

/**
 * Where in the new specs a change stands that has no place there: at the innermost part that lost it; of a declaration that
 * is gone, at the one of its kind that came in its place, else at what stood beside it.
 */
export function nearestPlace({ path, oldPlace }: Change, plans: Pair<Plan>): SourcePosition | undefined {
  const [kind = '', name = '', ...rest] = path.split('.');
  const known = declarationKinds.find(one => one === kind);
  if (!known) return undefined;
  const own = plans.new[known][name];
  if (own) return plans.new.positions[innermost(own, rest)];
  const added = Object.entries(plans.new[known]).filter(([other]) => !Object.hasOwn(plans.old[known], other));
  const places = added.flatMap(([, { at }]) => plans.new.positions[at] ?? []);
  return places.find(({ file }) => file === oldPlace?.file) ?? places[0] ?? beside(oldPlace, plans);
}

/** As deep as the way leads in the new plan. */
function innermost(declaration: { readonly at: number }, way: readonly string[]): number {
  let { at } = declaration;
  let node: unknown = declaration;
  for (const part of way) {
    node = Array.isArray(node)
      ? node.find(one => (one as { readonly name?: unknown }).name === part)
      : (node as Readonly<Record<string, unknown>>)[part];
    if (typeof node !== 'object' || node === null) break;
    const own = (node as { readonly at?: unknown }).at;
    if (typeof own === 'number') at = own;
  }
  return at;
}

/** The declaration before it in its file that is still there, else the one behind it. */
function beside(gone: SourcePosition | null, { old, new: now }: Pair<Plan>): SourcePosition | undefined {
  if (!gone) return undefined;
  const left = declarationKinds.flatMap(kind =>
    Object.entries<{ readonly at: number }>(old[kind]).flatMap(([name, { at }]) => {
      const before = old.positions[at];
      const after = now[kind][name] && now.positions[now[kind][name].at];
      return before?.file === gone.file && after?.file === gone.file ? [{ before, after }] : [];
    }),
  );
  left.sort((a, b) => a.before.line - b.before.line || a.before.column - b.before.column);
  const above = left.filter(({ before }) => before.line < gone.line).at(-1);
  return (above ?? left[0])?.after;
}
