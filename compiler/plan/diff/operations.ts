import type { Environment, Monitor, Notification, Pipeline, PlanTrigger, Setting, Value } from '../plan.ts';
import { compareConditions } from './conditions.ts';
import { compareConstruct, type Judgement, renamedSecret } from './construct.ts';
import { judgeDestination, judgeOrigin } from './data.ts';
import {
  type Coming,
  compared,
  depending,
  differences,
  fixed,
  inside,
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
import { showConstruct, showDuration, showList, showSetting, showValue } from './show.ts';

const watched = 'Only what is watched and told to people differs.';
const compatible = (why: string): Coming<unknown> => ({
  gives: ['compatible'],
  why,
  classify: () => ({ class: 'compatible' }),
});
const notifyText = (all: readonly Notification[]): string =>
  all.length === 0
    ? 'none'
    : all.map(({ by, events }) => `${by.name} on ${events.join(', ') || 'all'}`).join('; ');

export const monitorRules: Rules<Monitor> = {
  deployment: fixed('deployment', 'compatible', watched),
  every: fixed('`every`', 'compatible', watched, showDuration),
  over: fixed('`over`', 'compatible', watched, showDuration),
  labels: fixed('`labels from`', 'compatible', watched, ({ from, on }) => `${from} on ${showList(on)}`),
  rules: compared('rules', ['none', 'compatible'], watched, (values, _, site) =>
    compareConditions(values, site, 'rule', () => ({ class: 'compatible', reason: watched })),
  ),
  notify: fixed('`notify`', 'compatible', watched, notifyText),
  doc: words,
  at: position,
};

export const monitors: RecordRules<Monitor> = {
  kind: 'monitor',
  rules: monitorRules,
  added: compatible(watched),
  removed: compatible('Nothing watches the deployment in its place; what is asked and answered stays.'),
  renamed: compatible('Its measurements go on under the new name.'),
};

const runs = 'Only when and how it runs differs.';
const triggerText = (trigger: PlanTrigger): string => {
  if (trigger.kind === 'schedule')
    return `schedule("${trigger.cron}", zone: "${trigger.zone}", missed: "${trigger.missed}")`;
  if (trigger.kind === 'new_rows') return `new_rows(${trigger.source}) >= ${trigger.rows}`;
  return trigger.kind === 'alert' ? `alert(${trigger.monitor})` : 'request';
};

function compareTriggers({ old, new: now }: Pair<readonly PlanTrigger[]>, site: Site): void {
  const key = (trigger: PlanTrigger): string => meaning('trigger', trigger);
  const at = (before?: PlanTrigger, after?: PlanTrigger): Site => ({
    ...site,
    old: before?.at ?? site.old,
    new: after?.at ?? site.new,
  });
  for (const trigger of old)
    if (!now.some(other => key(other) === key(trigger)))
      report(at(trigger), {
        ...(trigger.kind === 'request'
          ? { class: 'callers', reason: 'Who asked for runs no longer can.' }
          : { class: 'compatible', reason: runs }),
        action: 'removed',
        what: 'trigger',
        old: triggerText(trigger),
      });
  for (const trigger of now)
    if (!old.some(other => key(other) === key(trigger)))
      report(at(undefined, trigger), {
        class: 'compatible',
        action: 'added',
        what: 'trigger',
        new: triggerText(trigger),
        reason: runs,
      });
  const sorted = (all: readonly PlanTrigger[]): string => all.map(key).sort().join('\n');
  if (sorted(old) === sorted(now) && !means('triggers', { old, new: now }))
    report(site, { class: 'none', what: 'order of the triggers', reason: 'Each of them starts a run.' });
}

export const pipelineRules: Rules<Pipeline> = {
  goals: fixed(
    'goals',
    'compatible',
    'The next run does more or less; what is not run any more stays as it is.',
    showList,
  ),
  triggers: compared(
    '`on`',
    ['none', 'compatible', 'callers'],
    'Without `on request`, who asked for runs no longer can. Every other trigger only says when it runs.',
    (values, _, site) => compareTriggers(values, site),
  ),
  cooldown: fixed('`cooldown`', 'compatible', runs, showDuration),
  timeout: fixed('`timeout`', 'compatible', runs, showDuration),
  retry: fixed(
    '`retry`',
    'compatible',
    runs,
    ({ times, after }) => `${times} times after ${showDuration(after)}`,
  ),
  interval: fixed(
    '`interval`',
    'retrain',
    'A run takes other rows, so its models learn from others.',
    showDuration,
  ),
  concurrency: fixed('`concurrency`', 'compatible', runs),
  budget: fixed('`budget`', 'compatible', runs, ({ amount, of }) => `${amount} ${of}`),
  notify: fixed('`notify`', 'compatible', watched, notifyText),
  doc: words,
  at: position,
};

const requested = ({ triggers }: Pipeline): boolean => triggers.some(({ kind }) => kind === 'request');
const asked = (what: string): Coming<Pipeline> => ({
  gives: ['compatible', 'callers'],
  why: `${what} Who asks for runs, where it says \`on request\`, asks for them by its name.`,
  classify: pipeline =>
    requested(pipeline)
      ? { class: 'callers', reason: 'Who asks for runs asks for them by its name.' }
      : { class: 'compatible', reason: what },
});

export const pipelines: RecordRules<Pipeline> = {
  kind: 'pipeline',
  rules: pipelineRules,
  added: compatible('It runs from the next release on.'),
  removed: asked('It no longer runs.'),
  renamed: asked('It runs under the new name.'),
};

type Constructs = Environment['sources'];

/** What an environment replaces: told by name, each argument by itself. */
function compareReplaced(
  { old, new: now }: Pair<Constructs>,
  site: Site,
  kind: string,
  judge: (argument: string | null, values: Pair<unknown>, name: string) => Judgement,
): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [before, after] = [old[name], now[name]];
    const place: Site = {
      ...inside(site, name),
      subject: `${site.subject}, ${kind} ${name}`,
      old: before?.at ?? site.old,
      new: after?.at ?? site.new,
    };
    if (before && after)
      compareConstruct({ old: before, new: after }, place, '', (arg, pair) => judge(arg, pair, name));
    else
      report(place, {
        ...judge(null, { old: before ?? null, new: after ?? null }, name),
        action: after ? 'added' : 'removed',
        old: before ? showConstruct(before) : null,
        new: after ? showConstruct(after) : null,
      });
  }
}

const services = (site: Site): string[] =>
  Object.entries(site.in.old.deployments)
    .filter(([name, { score }]) => score === null && Object.hasOwn(site.in.new.deployments, name))
    .map(([name]) => name);

/** Settings that are part of a service's address. */
const addresses: ReadonlySet<string> = new Set([
  'namespace',
  'host',
  'domain',
  'port',
  'path',
  'gateway',
  'ingress',
]);

/** Targets that serve nobody. */
const withoutServices: ReadonlySet<string | null> = new Set([null, 'local', 'typescript', 'github_actions']);

function judgeTarget(site: Site, target: string | null, address: boolean): Judgement {
  const there = withoutServices.has(target) ? [] : services(site);
  return address && there.length > 0
    ? { class: 'callers', reason: `${there.join(', ')} has another address there.` }
    : { class: 'compatible', reason: 'Only where and how it runs differs.' };
}

function compareSettings(values: Pair<Environment['settings']>, whole: Pair<Environment>, site: Site): void {
  // Another target has other settings; that it is another is told.
  if (whole.old.target !== whole.new.target) return;
  const text = (value: Setting | null): string | null => (value === null ? null : showSetting(value));
  for (const [key, pair] of differences(values))
    report(inside(site, key), {
      ...judgeTarget(site, whole.old.target, addresses.has(key)),
      what: `setting ${key}`,
      old: text(pair.old),
      new: text(pair.new),
    });
}

const filling = (site: Site, sink: string): string[] =>
  Object.entries(site.in.old.deployments)
    .filter(([, { score }]) => score?.sink === sink)
    .map(([name]) => name);

export const environmentRules: Rules<Environment> = {
  extends: fixed('`extends`', 'compatible', 'What it takes over is part of it, and told there.'),
  target: depending(
    '`target`',
    ['compatible', 'callers'],
    'Services there have other addresses.',
    ({ old: target }, _, site) => judgeTarget(site, target, true),
  ),
  settings: compared(
    'settings of the target',
    ['compatible', 'callers'],
    'Another namespace is another address of the services there. Other settings say only where and how it runs.',
    (values, whole, site) => compareSettings(values, whole, site),
  ),
  sources: compared(
    'replaced sources',
    ['compatible', 'retrain', 'producers'],
    'As where rows of the source come from, for who delivers them there.',
    (values, _, site) =>
      compareReplaced(values, site, 'source', (arg, pair, name) => judgeOrigin(arg, pair, site, name)),
  ),
  sinks: compared(
    'replaced sinks',
    ['compatible', 'callers'],
    'As where rows of the sink go, for who reads them there.',
    (values, _, site) =>
      compareReplaced(values, site, 'sink', (_arg, pair, name) =>
        judgeDestination(pair, filling(site, name)),
      ),
  ),
  connections: compared(
    'replaced connections',
    ['compatible', 'producers'],
    'Rows are read from, or written to, another place there. The name of a secret is compatible.',
    (values, _, site) =>
      compareReplaced(
        values,
        site,
        'connection',
        (_arg, pair) =>
          renamedSecret(pair) ?? {
            class: 'producers',
            reason: 'Rows are read from, or written to, another place there.',
          },
      ),
  ),
  params: compared(
    'params',
    ['retrain'],
    'What follows depends on where the param is used; compare with `--env` to see it.',
    (values, _, site) => {
      const text = (value: Value | null, key: string): string | null =>
        value === null ? null : showValue(value, site.in.new.params[key]?.type);
      for (const [key, pair] of differences(values))
        report(inside(site, key), {
          class: 'retrain',
          what: `param ${key}`,
          old: text(pair.old, key),
          new: text(pair.new, key),
          reason: 'Models there may be made otherwise; mlp diff --env tells all that follows.',
        });
    },
  ),
  models: depending(
    '`models`',
    ['retrain'],
    'Models come from elsewhere.',
    () => ({ class: 'retrain', reason: 'Versions of models there come from elsewhere.' }),
    ({ from }) => (from === null ? 'trained here' : `promoted from ${from}`),
  ),
  deploy: fixed(
    '`deploy`',
    'compatible',
    'Only who or what releases differs.',
    ({ when, what }) => `${when} ${what}`,
  ),
  at: position,
};

export const environments: RecordRules<Environment> = {
  kind: 'environment',
  rules: environmentRules,
  added: compatible('Nobody calls anything there yet.'),
  removed: {
    gives: ['compatible', 'callers'],
    why: 'The services there are gone.',
    classify: ({ target }, site) =>
      !withoutServices.has(target) && services(site).length > 0
        ? { class: 'callers', reason: `${services(site).join(', ')} is no longer served there.` }
        : { class: 'compatible', reason: 'No service was there.' },
  },
  renamed: {
    gives: ['retrain'],
    why: 'Champions are kept by environment: under the new name there is none yet.',
    classify: () => ({ class: 'retrain' }),
  },
};
