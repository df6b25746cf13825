import { sizeText } from '../build/text.ts';
import type { Deployment, Resources } from '../plan.ts';
import { compareConditions } from './conditions.ts';
import { compareInterfaces, interfaceOf } from './interface.ts';
import {
  compared,
  fixed,
  meaning,
  means,
  type Pair,
  position,
  type RecordRules,
  type Rules,
  report,
  type Site,
  words,
} from './rule.ts';
import { showDuration, showShare } from './show.ts';

export const showResources = (resources: Resources): string =>
  Object.entries(resources)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${name === 'memory' ? sizeText(value as number) : value}`)
    .join(', ');

const scoreText = ({ source, sink }: NonNullable<Deployment['score']>): string => `${source} into ${sink}`;

function compareScore({ old, new: now }: Pair<Deployment['score']>, site: Site): void {
  if (means('score', { old, new: now })) return;
  const texts = { what: 'score', old: old && scoreText(old), new: now && scoreText(now) };
  if (old === null || now === null)
    report(site, {
      class: 'callers',
      ...texts,
      reason:
        old === null
          ? 'There is no service to call any more.'
          : `Nothing is written to ${old.sink} any more.`,
    });
  else if (old.sink !== now.sink)
    report(site, { class: 'callers', ...texts, reason: `Who reads ${old.sink} finds no new rows there.` });
  else report(site, { class: 'compatible', ...texts, reason: 'Other rows are scored, in the same form.' });
}

type Check = NonNullable<Deployment['check']>;
function compareCheck({ old, new: now }: Pair<Deployment['check']>, site: Site): void {
  const none: Check = { loadWithin: null, rules: [] };
  const before = old ?? none;
  const after = now ?? none;
  const reason = 'It holds the next release to something else; the one that serves stays.';
  const load = (value: number | null): string | null => (value === null ? null : showDuration(value));
  if (before.loadWithin !== after.loadWithin)
    report(site, {
      class: 'compatible',
      what: 'load within',
      old: load(before.loadWithin),
      new: load(after.loadWithin),
      reason,
    });
  compareConditions({ old: before.rules, new: after.rules }, site, 'check', () => ({
    class: 'compatible',
    reason,
  }));
  const empty = (old === null) !== (now === null) && meaning('check', before) === meaning('check', after);
  if (empty) report(site, { class: 'none', what: 'check', reason: 'It holds the next release to nothing.' });
}

const rolloutText = ({ strategy, steps }: Deployment['rollout']): string =>
  steps.length === 0
    ? strategy
    : `${strategy} { ${steps
        .map(
          ({ share, duration }) =>
            `${showShare(share)}${duration === null ? '' : ` for ${showDuration(duration)}`}`,
        )
        .join(', ')} }`;

const nextRelease = 'Only how a release reaches callers differs.';

export const deploymentRules: Rules<Deployment> = {
  serves: compared(
    '`serve`, and what the model asks and answers',
    ['compatible', 'callers'],
    'A request field that must be there, a narrower one, another unit; another task, type, unit or name of the answer, classes that come, go or change places. A field that may be left out, a wider one, or one less is compatible.',
    ({ old, new: now }, whole, site) => {
      if (old !== now)
        report(site, {
          class: 'compatible',
          what: 'model',
          old,
          new: now,
          reason: 'Another model answers; if it asks or answers otherwise, that is told apart.',
        });
      if (whole.old.score !== null || whole.new.score !== null) return;
      const interfaces = {
        old: interfaceOf(site.in.old, whole.old),
        new: interfaceOf(site.in.new, whole.new),
      };
      compareInterfaces(interfaces, { ...site, path: site.path.slice(0, -1) });
    },
  ),
  shadow: fixed('`shadow`', 'compatible', 'Callers never see its answers.'),
  score: compared(
    '`score … into`',
    ['compatible', 'callers'],
    'Who reads the sink finds no new rows there, or who called the service finds none. Another source of rows is compatible.',
    (values, _, site) => compareScore(values, site),
  ),
  traffic: fixed(
    '`traffic`',
    'compatible',
    'Capacity and analyses follow it; what is asked and answered stays.',
    rate => `${rate}rps`,
  ),
  replicas: fixed(
    '`replicas`',
    'compatible',
    'Only capacity differs.',
    ({ min, max, at, of }) => `${min}..${max}${at === null ? '' : ` at ${showShare(at)} ${of}`}`,
  ),
  resources: fixed('`resources`', 'compatible', 'Only capacity differs.', showResources),
  check: compared(
    '`check`',
    ['none', 'compatible'],
    'It holds the next release to something else; the one that serves stays.',
    (values, _, site) => compareCheck(values, site),
  ),
  rollout: fixed('`rollout`', 'compatible', nextRelease, rolloutText),
  rollback: fixed('`rollback`', 'compatible', nextRelease, ({ text }) => text),
  log: fixed('`log`', 'compatible', 'Only what is kept of requests differs.', showShare),
  logAt: position,
  doc: words,
  at: position,
};

const isService = ({ score }: Deployment): boolean => score === null;

export const deployments: RecordRules<Deployment> = {
  kind: 'deployment',
  rules: deploymentRules,
  added: { gives: ['compatible'], why: 'Nobody calls it yet.', classify: () => ({ class: 'compatible' }) },
  removed: {
    gives: ['callers'],
    why: 'There is no service to call any more, or nothing is written to the sink.',
    classify: deployment => ({
      class: 'callers',
      reason: isService(deployment)
        ? 'There is no service to call any more.'
        : `Nothing is written to ${deployment.score!.sink} any more.`,
    }),
  },
  renamed: {
    gives: ['none', 'callers'],
    why: 'A service is called by its name. One that fills a table is not called.',
    classify: deployment =>
      isService(deployment)
        ? { class: 'callers', reason: 'A service is called by its name.' }
        : { class: 'none', reason: 'It fills the same table.' },
  },
};
