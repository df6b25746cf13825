import { describeBound } from '../../semantics/types.ts';
import { canonicalJson } from '../hash.ts';
import type { Type } from '../plan.ts';
import { show, showList, showType } from './show.ts';

/**
 * How the values of a type changed. `wider`: what was a value still is one, and more are. `narrower`: the reverse.
 * `other`: some come and some go. `same`: named or ordered otherwise.
 */
export type Direction = 'wider' | 'narrower' | 'other' | 'same';

/** One side of a type that is different. */
export interface Facet {
  readonly what: string;
  /** The property of the plan's type. */
  readonly key: keyof Type;
  readonly direction: Direction;
  readonly old: string | null;
  readonly new: string | null;
}

interface FacetRule {
  readonly what: string;
  readonly compare: (old: Type, now: Type) => Direction;
  readonly shown: (type: Type) => string | null;
}

/** Kinds of which every value is one of the other kind, in files as in requests. */
const within: readonly (readonly [Type['kind'], Type['kind']])[] = [
  ['int', 'float'],
  ['date', 'datetime'],
  ['enum', 'string'],
];
const isWithin = (a: Type, b: Type): boolean =>
  within.some(([inner, outer]) => inner === a.kind && outer === b.kind);

function ofKind(old: Type, now: Type): Direction {
  if (old.kind === now.kind) return 'same';
  return isWithin(old, now) ? 'wider' : isWithin(now, old) ? 'narrower' : 'other';
}

const less = (a: number | string, b: number | string): boolean =>
  typeof a === 'string' || typeof b === 'string' ? String(a) < String(b) : a < b;

/** Of a bound that may be absent: `up` if a greater one lets more in. */
function bound(old: number | string | undefined, now: number | string | undefined, up: boolean): Direction {
  if (old === now) return 'same';
  if (old === undefined) return 'narrower';
  if (now === undefined) return 'wider';
  return less(old, now) === up ? 'wider' : 'narrower';
}

/** Of a set of allowed values, where absent means all. */
function choice(old: readonly unknown[] | undefined, now: readonly unknown[] | undefined): Direction {
  if (old === undefined || now === undefined)
    return old === now ? 'same' : old === undefined ? 'narrower' : 'wider';
  const lost = old.some(value => !now.includes(value));
  const gained = now.some(value => !old.includes(value));
  return lost ? (gained ? 'other' : 'narrower') : gained ? 'wider' : 'same';
}

/** Of members of an enum; a type of another kind has none, and its kind is told already. */
const members = (old: Type, now: Type): Direction =>
  old.kind === now.kind ? choice(old.members, now.members) : 'same';

const exact = (old: unknown, now: unknown): Direction =>
  canonicalJson(old ?? null) === canonicalJson(now ?? null) ? 'same' : 'other';

const shownOf =
  (key: keyof Type) =>
  (type: Type): string | null =>
    type[key] === undefined ? null : show(type[key]);

/** A rule for each property of a type: one without does not compile. */
export const facetRules: { readonly [K in keyof Required<Type>]: FacetRule } = {
  kind: { what: 'type', compare: ofKind, shown: type => showType({ ...type, optional: false }) },
  optional: {
    what: 'missing values',
    compare: (old, now) => (old.optional === now.optional ? 'same' : now.optional ? 'wider' : 'narrower'),
    shown: type => (type.optional ? 'allowed' : 'not allowed'),
  },
  min: {
    what: 'lower bound',
    compare: (old, now) => bound(old.min, now.min, false),
    shown: type => (type.min === undefined ? null : describeBound(type, type.min)),
  },
  max: {
    what: 'upper bound',
    compare: (old, now) => bound(old.max, now.max, true),
    shown: type => (type.max === undefined ? null : describeBound(type, type.max)),
  },
  values: {
    what: 'allowed values',
    compare: (old, now) => choice(old.values, now.values),
    shown: type => (type.values === undefined ? null : showList(type.values)),
  },
  pattern: {
    what: 'pattern',
    compare: (old, now) => {
      if (old.pattern === now.pattern) return 'same';
      return old.pattern === undefined ? 'narrower' : now.pattern === undefined ? 'wider' : 'other';
    },
    shown: shownOf('pattern'),
  },
  unit: { what: 'unit', compare: (old, now) => exact(old.unit, now.unit), shown: shownOf('unit') },
  enum: { what: 'name of the enum', compare: () => 'same', shown: shownOf('enum') },
  members: {
    what: 'members',
    compare: members,
    shown: type => (type.members === undefined ? null : showList(type.members)),
  },
  element: {
    what: 'elements',
    compare: (old, now) => {
      const directions = new Set(facetsOf(old.element, now.element).map(facet => facet.direction));
      directions.delete('same');
      return directions.size > 1 ? 'other' : ([...directions][0] ?? 'same');
    },
    shown: type => (type.element === undefined ? null : showType(type.element)),
  },
  length: { what: 'length', compare: (old, now) => exact(old.length, now.length), shown: shownOf('length') },
  row: { what: 'schema of its rows', compare: (old, now) => exact(old.row, now.row), shown: shownOf('row') },
};

/** Properties that only some kinds have, and that a change of kind brings along. */
const ofOneKind: ReadonlySet<keyof Type> = new Set(['enum', 'members', 'element', 'length', 'row']);

/** Everything that is different between two types. */
export function facetsOf(old: Type | undefined, now: Type | undefined): Facet[] {
  if (old === undefined || now === undefined) return [];
  return (Object.keys(facetRules) as (keyof Type)[]).flatMap(key => {
    if (canonicalJson(old[key] ?? null) === canonicalJson(now[key] ?? null)) return [];
    if (old.kind !== now.kind && ofOneKind.has(key)) return [];
    const { what, compare, shown } = facetRules[key];
    return [{ what, key, direction: compare(old, now), old: shown(old), new: shown(now) }];
  });
}
