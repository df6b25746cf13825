import type { Construct, Foreign } from '../plan.ts';
import type { ChangeClass } from './change.ts';
import { differences, inside, means, type Pair, report, type Site } from './rule.ts';
import { showConstruct, showSetting } from './show.ts';

export interface Judgement {
  readonly class: ChangeClass;
  readonly reason: string;
}

/** Constructors of the same name are told argument by argument, others as a whole. */
export function compareConstruct(
  { old, new: now }: Pair<Construct>,
  site: Site,
  what: string,
  judge: (argument: string | null, values: Pair<unknown>) => Judgement,
): void {
  if (
    means('construct', { old: { name: old.name, args: old.args }, new: { name: now.name, args: now.args } })
  )
    return;
  const place = { ...site, old: old.at, new: now.at };
  if (old.name !== now.name) {
    report(place, {
      ...judge(null, { old, new: now }),
      what,
      old: showConstruct(old),
      new: showConstruct(now),
    });
    return;
  }
  for (const [key, values] of differences({ old: old.args, new: now.args }))
    report(inside(place, 'args', key), {
      ...judge(key, values),
      what: `${what === '' ? '' : `${what} `}${old.name}(${key})`,
      old: showSetting(values.old),
      new: showSetting(values.new),
    });
}

const isSecret = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && 'secret' in value;

/** A secret stays a secret: its name is the business of the operators alone. */
export const renamedSecret = (values: Pair<unknown>): Judgement | undefined =>
  isSecret(values.old) && isSecret(values.new)
    ? { class: 'compatible', reason: 'The secret must be there under its new name before the next run.' }
    : undefined;

export const showForeign = ({ language, target, args, packages }: Foreign): string =>
  [language, target, ...args, ...packages].join(' ');
