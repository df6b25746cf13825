import type { SourcePosition } from '../plan.ts';

/**
 * Whom a change concerns, mildest first. `none`: nothing that runs is different. `compatible`: it takes effect with the
 * next release, and nobody has to do anything. `retrain`: a new version of a model must be made. `producers`: who
 * delivers data must change something. `callers`: who calls a deployment, or reads what one writes, must.
 */
export const changeClasses = ['none', 'compatible', 'retrain', 'producers', 'callers'] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** The classes in words, as a heading says them. */
export const classTitles: Readonly<Record<ChangeClass, string>> = {
  callers: 'breaking for callers',
  producers: 'breaking for data producers',
  retrain: 'needs retraining',
  compatible: 'compatible',
  none: 'none',
};

export interface Change {
  readonly class: ChangeClass;
  readonly action: 'added' | 'removed' | 'renamed' | 'changed';
  /** The place in the plan: `schemas.Flight.columns.delay.type.max`. */
  readonly path: string;
  /** What was changed: `schema Flight, column delay`. */
  readonly subject: string;
  /** Which side of it: `upper bound`; empty for all of it. */
  readonly what: string;
  /** The values as a person would write them; null where there is none. */
  readonly old: string | null;
  readonly new: string | null;
  /** Why it is of this class: a whole sentence. */
  readonly reason: string;
  readonly oldPlace: SourcePosition | null;
  readonly newPlace: SourcePosition | null;
}

export const isBreaking = (change: Change): boolean =>
  change.class === 'callers' || change.class === 'producers';

export const severity = (one: ChangeClass): number => changeClasses.indexOf(one);

/** The worst of some classes; `none` of none. */
export const worst = (classes: Iterable<ChangeClass>): ChangeClass =>
  [...classes].reduce((a, b) => (severity(b) > severity(a) ? b : a), 'none' as ChangeClass);

/** What happened, in a line: ``schema Flight, column delay: upper bound 1800 → 900``. */
export function changeText({ action, subject, what, old, new: now }: Change): string {
  const of = what === '' ? '' : ` ${what}`;
  if (action === 'renamed') return `${subject}:${of} renamed from ${old} to ${now}`;
  if (action === 'added') return `${subject}:${of} added${now === null ? '' : `, ${now}`}`;
  if (action === 'removed') return `${subject}:${of} removed${old === null ? '' : `, was ${old}`}`;
  return old === null && now === null
    ? `${subject}:${of} changed`
    : `${subject}:${of} ${old ?? 'not set'} → ${now ?? 'not set'}`;
}
