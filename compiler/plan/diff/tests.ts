import type { Test } from '../plan.ts';
import { type Pair, report, type Site, wording } from './rule.ts';

const reason = 'Tests look at what is there; nothing that runs sees them.';

/** Tests by title and subject; two of one title in their order. */
export function compareTests({ old, new: now }: Pair<readonly Test[]>, site: Site): void {
  const name = ({ of, title }: Test): string => `${of}\0${title}`;
  const numbered = (tests: readonly Test[]): Map<string, Test> => {
    const seen = new Map<string, number>();
    return new Map(
      tests.map(test => {
        const n = (seen.get(name(test)) ?? 0) + 1;
        seen.set(name(test), n);
        return [`${name(test)}\0${n}`, test];
      }),
    );
  };
  const [before, after] = [numbered(old), numbered(now)];
  const tell = (
    action: 'added' | 'removed' | 'changed',
    was: Test | undefined,
    is: Test | undefined,
  ): void => {
    const { title, of } = (is ?? was)!;
    const place = { ...site, subject: `test "${title}" of ${of}`, old: was?.at, new: is?.at };
    report({ ...place, path: [...site.path, title] }, { class: 'none', action, reason });
  };
  for (const [key, test] of before) if (!after.has(key)) tell('removed', test, undefined);
  for (const [key, test] of after) {
    const other = before.get(key);
    if (!other) tell('added', undefined, test);
    else if (wording('test', other) !== wording('test', test)) tell('changed', other, test);
  }
  const kept = (all: ReadonlyMap<string, Test>, other: ReadonlyMap<string, Test>): string =>
    [...all.keys()].filter(key => other.has(key)).join('\n');
  if (kept(before, after) !== kept(after, before))
    report(site, { class: 'none', what: 'order of the tests', reason });
}
