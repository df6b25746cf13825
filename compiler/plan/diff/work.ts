import type { Plan, Step } from '../plan.ts';
import { meaning, type Pair, report, type Site } from './rule.ts';
import { showResources } from './serving.ts';
import { showDuration } from './show.ts';

type Need = 'resources' | 'timeout' | 'retry';
const shown: { readonly [K in Need]: (value: NonNullable<Step[K]>) => string } = {
  resources: showResources,
  timeout: showDuration,
  retry: ({ times, after }) => `${times} times after ${showDuration(after)}`,
};
const textOf = (step: Step, need: Need): string | null =>
  step[need] === null ? null : (shown[need] as (value: unknown) => string)(step[need]);

/** What steps need is written in declarations, and stands in the plan with the steps alone: told once for a declaration. */
export function compareNeeds({ old, new: now }: Pair<readonly Step[]>, site: Site): void {
  const before = new Map(old.map(step => [step.id, step]));
  const told = new Set<string>();
  for (const step of now) {
    const other = before.get(step.id);
    if (!other) continue;
    for (const need of ['resources', 'timeout', 'retry'] as const) {
      if (meaning(need, other[need]) === meaning(need, step[need])) continue;
      const [was, is] = [textOf(other, need), textOf(step, need)];
      const key = [step.of, need, was, is].join('\0');
      if (told.has(key)) continue;
      told.add(key);
      report(
        {
          ...site,
          path: [...site.path, step.id, need],
          subject: `steps of ${step.of}`,
          old: other.at,
          new: step.at,
        },
        {
          class: 'compatible',
          what: need,
          old: was,
          new: is,
          reason: 'The same is computed, with other means.',
        },
      );
    }
  }
}

/** What the compiler computes from the rest of the plan. */
const parts = ['graph', 'steps', 'tests'] as const;
const retraining = /\.(type|known)\b/;

/**
 * Differences in what follows from something else, though nothing else is different: another compiler made the plan, or
 * somebody's hand. They are told where nothing else explains them. `ordered`: the order of lists counts as well.
 */
export function compareDerived({ old, new: now }: Pair<Plan>, site: Site, ordered: boolean): void {
  const { version: _v, hash: _h, positions: _p, ...content } = now;
  for (const part of Object.keys(content) as (keyof typeof content)[]) {
    if (part === 'tests' && !ordered) continue;
    const [before, after] = ordered ? [old[part], now[part]] : [sorted(old[part]), sorted(now[part])];
    const path = firstDifference(before, after, part, [part]);
    if (path === undefined) continue;
    const given = retraining.test(`.${path.join('.')}`) && !(parts as readonly string[]).includes(part);
    report(
      { ...site, path, subject: path.slice(0, 2).join(' '), old: undefined, new: undefined },
      {
        class: given ? 'retrain' : 'compatible',
        what: path.slice(2).join('.'),
        reason: 'It follows from the spec, which is the same: another compiler made the plan.',
      },
    );
  }
}

/** The path to the first thing that is different, positions and wording apart. */
function firstDifference(
  old: unknown,
  now: unknown,
  key: string,
  path: readonly string[],
): string[] | undefined {
  if (exact(key, old) === exact(key, now)) return undefined;
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object';
  if (isRecord(old) && isRecord(now))
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const found = firstDifference(old[name], now[name], name, [...path, name]);
      if (found) return found;
    }
  return [...path];
}

/** Lists in an order of their own, so that only what is in them counts. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return value
      .map(sorted)
      .map(item => ({ item, key: exact('item', item) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ item }) => item);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, sorted(field)]));
}

/** With types, unlike `meaning`. */
const exact = (key: string, value: unknown): string => meaning(key, typed(value));
/** Hides expressions from what takes their types out. */
function typed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(typed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key === 'op' ? 'operator' : key, typed(field)]),
  );
}
