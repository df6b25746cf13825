import { canonicalJson } from '../hash.ts';
import type { At, Plan } from '../plan.ts';
import type { Change, ChangeClass } from './change.ts';
import type { Readers } from './readers.ts';
import { show } from './show.ts';

/** The two plans, the old one with the names that the new one uses, and what is found. */
export interface Comparison {
  readonly old: Plan;
  readonly new: Plan;
  /** Who reads what, in either plan. */
  readonly readers: Readers;
  readonly changes: Change[];
}

/** Where a comparison stands. */
export interface Site {
  readonly in: Comparison;
  readonly path: readonly string[];
  readonly subject: string;
  readonly old: At | undefined;
  readonly new: At | undefined;
}

export interface Found {
  readonly class: ChangeClass;
  readonly reason: string;
  readonly action?: Change['action'];
  readonly what?: string;
  readonly old?: string | null;
  readonly new?: string | null;
}

export function report(site: Site, { action = 'changed', what = '', ...found }: Found): void {
  const { old, new: now, changes } = site.in;
  const place = (plan: Plan, at: At | undefined) => (at === undefined ? null : (plan.positions[at] ?? null));
  changes.push({
    class: found.class,
    action,
    path: site.path.join('.'),
    subject: site.subject,
    what,
    old: found.old ?? null,
    new: found.new ?? null,
    reason: found.reason,
    oldPlace: action === 'added' ? null : place(old, site.old),
    newPlace: action === 'removed' ? null : place(now, site.new),
  });
}

export const inside = (site: Site, ...path: string[]): Site => ({ ...site, path: [...site.path, ...path] });

/** A property's two values. */
export interface Pair<V> {
  readonly old: V;
  readonly new: V;
}

/** What a change of one property of the plan means. */
export interface Rule<V, W> {
  /** The property in words, as messages and the documentation name it. */
  readonly what: string;
  /** The classes that a change can have; none at all where a change says nothing, or is told elsewhere. */
  readonly gives: readonly ChangeClass[];
  /** Why, for the documentation. */
  readonly why: string;
  readonly compare: (values: Pair<V>, whole: Pair<W>, site: Site, key: string) => void;
}

/** A rule for every property: a property without one does not compile. */
export type Rules<W> = { readonly [K in keyof Required<W>]: Rule<W[K], W> };

export function compareBy<W extends object>(rules: Rules<W>, values: Pair<W>, site: Site): void {
  for (const key of Object.keys(rules) as (keyof W & string)[])
    rules[key].compare({ old: values.old[key], new: values.new[key] }, values, inside(site, key), key);
}

/** Without where it stands, how it is worded, and what types follow from the columns that an expression reads. */
export function meaning(key: string, value: unknown): string {
  return canonicalJson({ [key]: withoutTypes(value) }, { words: false });
}

const isExpression = (value: Readonly<Record<string, unknown>>): boolean =>
  typeof value['op'] === 'string' && typeof value['at'] === 'number' && value['type'] !== undefined;

function withoutTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTypes);
  if (value === null || typeof value !== 'object') return value;
  const record = value as Readonly<Record<string, unknown>>;
  const derived = isExpression(record);
  return Object.fromEntries(
    Object.entries(record)
      .filter(([key]) => !(derived && (key === 'type' || key === 'masks')))
      .map(([key, field]) => [key, withoutTypes(field)]),
  );
}

export const means = (key: string, { old, new: now }: Pair<unknown>): boolean =>
  meaning(key, old) === meaning(key, now);

/** The keys under which two records do not say the same, each with its values. */
export function differences<V>({
  old,
  new: now,
}: Pair<Readonly<Record<string, V>>>): [string, Pair<V | null>][] {
  // As a record of its own, since a key that came or went with `null` is a difference, and a key `at` is no position.
  const entry = (record: Readonly<Record<string, V>>, key: string) => ({ [key]: record[key] });
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter(key => !means('args', { old: entry(old, key), new: entry(now, key) }))
    .map(key => [key, { old: old[key] ?? null, new: now[key] ?? null }]);
}

/** What two lists both have, in the order of each, where the orders differ. */
export function reordered({ old, new: now }: Pair<readonly string[]>): Pair<readonly string[]> | undefined {
  const both = (list: readonly string[], other: readonly string[]): string[] => {
    const there = new Set(other);
    return list.filter(name => there.has(name));
  };
  const orders = { old: both(old, now), new: both(now, old) };
  return means('order', orders) ? undefined : orders;
}

/** What it says, with its wording and documentation. */
export const wording = (key: string, value: unknown): string => canonicalJson({ [key]: withoutTypes(value) });

/** Worded or documented otherwise: told, since the plan's hash sees it. */
function worded(what: string, { old, new: now }: Pair<unknown>, site: Site, key: string): void {
  if (wording(key, old) !== wording(key, now))
    report(site, { class: 'none', what, reason: 'Only the wording differs; nothing that runs sees it.' });
}

export const position: Rule<unknown, unknown> = {
  what: 'position',
  gives: [],
  why: 'Where something stands in the spec says nothing.',
  compare: () => undefined,
};

/** What follows from other properties, whose changes are told. See `derived.ts` for what nothing else explains. */
export const derived = (what: string, from: string): Rule<unknown, unknown> => ({
  what,
  gives: [],
  why: `Follows from ${from}.`,
  compare: () => undefined,
});

export const words: Rule<string | undefined, unknown> = {
  what: 'documentation',
  gives: ['none'],
  why: 'Nothing that runs sees it.',
  compare: ({ old, new: now }, _whole, site) => {
    if (old === now) return;
    const action = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    report(site, { class: 'none', action, what: 'documentation', reason: 'Nothing that runs sees it.' });
  },
};

/** Of one class whatever the values are. */
export const fixed = <V>(
  what: string,
  given: ChangeClass,
  why: string,
  shown: (value: NoInfer<NonNullable<V>>) => string | null = show,
): Rule<V, unknown> => depending(what, [given], why, () => ({ class: given }), shown);

/** Its class depends on the values, or on who reads them. */
export function depending<V, W>(
  what: string,
  gives: readonly ChangeClass[],
  why: string,
  classify: (
    values: Pair<V>,
    whole: Pair<W>,
    site: Site,
  ) => { readonly class: ChangeClass; readonly reason?: string },
  shown: (value: NoInfer<NonNullable<V>>) => string | null = show,
): Rule<V, W> {
  return {
    what,
    gives,
    why,
    compare: (values, whole, site, key) => {
      if (means(key, values)) {
        worded(what, values, site, key);
        return;
      }
      const { class: given, reason = why } = classify(values, whole, site);
      const text = (value: V): string | null => (value === null || value === undefined ? null : shown(value));
      const [old, now] = [text(values.old), text(values.new)];
      report(site, { class: given, what, old, new: now, reason });
    },
  };
}

/** With a comparison of its own. */
export const compared = <V, W = unknown>(
  what: string,
  gives: readonly ChangeClass[],
  why: string,
  compare: Rule<V, W>['compare'],
): Rule<V, W> => ({ what, gives, why, compare });

/** What happens when a declaration comes, goes, or is called otherwise. */
export interface Coming<T> {
  readonly gives: readonly ChangeClass[];
  readonly why: string;
  readonly classify: (
    value: T,
    site: Site,
    name: string,
  ) => { readonly class: ChangeClass; readonly reason?: string };
}
export const always = (given: ChangeClass, why: string): Coming<unknown> => ({
  gives: [given],
  why,
  classify: () => ({ class: given }),
});

/** Declarations of one kind. */
export interface RecordRules<T> {
  /** As a subject names one: `schema`. */
  readonly kind: string;
  readonly rules: Rules<T>;
  readonly added: Coming<T>;
  readonly removed: Coming<T>;
  readonly renamed: Coming<T>;
}

type Named<T> = Readonly<Record<string, T>>;

export function compareRecords<T extends { readonly at: At }>(
  { kind, rules, added, removed }: RecordRules<T>,
  { old, new: now }: Pair<Named<T>>,
  site: Site,
): void {
  const at = (name: string): Site => ({
    in: site.in,
    path: [...site.path, name],
    subject: `${kind} ${name}`,
    old: old[name]?.at,
    new: now[name]?.at,
  });
  const come = (action: 'added' | 'removed', rule: Coming<T>, value: T, name: string): void => {
    const { class: given, reason = rule.why } = rule.classify(value, at(name), name);
    report(at(name), { class: given, action, reason });
  };
  for (const [name, value] of Object.entries(old))
    if (!Object.hasOwn(now, name)) come('removed', removed, value, name);
  for (const [name, value] of Object.entries(now)) {
    if (!Object.hasOwn(old, name)) come('added', added, value, name);
    else compareBy(rules, { old: old[name]!, new: value }, at(name));
  }
}
