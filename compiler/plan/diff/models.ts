import type { Dimension, Gate, MetricUse, Model, SplitPlan, TrainerUse, Value } from '../plan.ts';
import { compareConditions } from './conditions.ts';
import { compareConstruct, showForeign } from './construct.ts';
import {
  always,
  compareBy,
  compared,
  derived,
  differences,
  fixed,
  inside,
  meaning,
  means,
  type Pair,
  position,
  type RecordRules,
  type Rules,
  reordered,
  report,
  type Site,
  words,
} from './rule.ts';
import { show, showConstruct, showDuration, showList, showShare } from './show.ts';

const text = (value: unknown): string | null => (value === null ? null : show(value));

const trainerText = ({ trainer }: TrainerUse): string => `${trainer}(…)`;

export const trainerRules: Rules<TrainerUse> = {
  trainer: fixed('trainer', 'retrain', 'It learns otherwise.'),
  params: compared('parameters', ['retrain'], 'It learns otherwise.', (values, whole, site) => {
    if (whole.old.trainer !== whole.new.trainer) return;
    for (const [key, pair] of differences(values))
      report(inside(site, key), {
        class: 'retrain',
        what: `parameter ${key}`,
        old: text(pair.old),
        new: text(pair.new),
        reason: 'It learns otherwise.',
      });
  }),
  run: fixed('code and packages', 'retrain', 'It learns otherwise.', showForeign),
  acceptsMissing: fixed('`accepts missing`', 'retrain', 'It is given missing values otherwise.'),
  acceptsCategories: fixed('`accepts categories`', 'retrain', 'It is given categories otherwise.'),
  at: position,
};

function compareTrainer({ old, new: now }: Pair<TrainerUse | null>, site: Site): void {
  if (old && now) compareBy(trainerRules, { old, new: now }, { ...site, old: old.at, new: now.at });
  else if (old !== now)
    report(site, {
      class: 'retrain',
      what: 'trainer',
      old: old && trainerText(old),
      new: now && trainerText(now),
      reason: 'The model is made otherwise.',
    });
}

type Input = Model['features'][number];
const inputName = ({ view, name }: Input): string => `${view}.${name}`;

function compareInputs({ old, new: now }: Pair<readonly Input[]>, site: Site): void {
  const names = { old: old.map(inputName), new: now.map(inputName) };
  for (const name of names.old)
    if (!names.new.includes(name))
      report(site, {
        class: 'retrain',
        action: 'removed',
        what: `input ${name}`,
        reason: 'It lacks what it was trained on.',
      });
  for (const name of names.new)
    if (!names.old.includes(name))
      report(site, {
        class: 'retrain',
        action: 'added',
        what: `input ${name}`,
        reason: 'It has not learnt from this yet.',
      });
  const order = reordered(names);
  if (order)
    report(site, {
      class: 'compatible',
      what: 'order of the inputs',
      old: show(order.old),
      new: show(order.new),
      reason: 'A model knows its inputs by their names; the next training may break ties otherwise.',
    });
}

const dimensionText = (dimension: Dimension): string =>
  dimension.kind === 'choice'
    ? showList(dimension.values.map((value: Value) => String(value)))
    : `${dimension.low}..${dimension.high}${dimension.log ? ' log' : ''}`;
const tuneText = ({ space, direction, metric, trials }: NonNullable<Model['tune']>): string =>
  `${Object.entries(space)
    .map(([name, dimension]) => `${name}: ${dimensionText(dimension)}`)
    .join('  ')} ${direction} ${metric} with ${trials} trials`;

const partText = ({ part, share, last }: SplitPlan['parts'][number]): string =>
  `${part}${share === null ? '' : ` ${showShare(share)}`}${last === null ? '' : ` last ${showDuration(last)}`}`;
const splitText = ({ by, column, parts }: SplitPlan): string =>
  `by ${by}${column === null ? '' : ` ${column}`} { ${parts.map(partText).join('  ')} }`;

/** Lists in which an item is told by what it says: what came, what went. */
function compareList<T>(
  { old, new: now }: Pair<readonly T[]>,
  site: Site,
  what: string,
  shown: (item: T) => string,
  reason: string,
): void {
  const key = (item: T): string => meaning(what, item);
  const [before, after] = [new Set(old.map(key)), new Set(now.map(key))];
  for (const item of old)
    if (!after.has(key(item)))
      report(site, { class: 'compatible', action: 'removed', what, old: shown(item), reason });
  for (const item of now)
    if (!before.has(key(item)))
      report(site, { class: 'compatible', action: 'added', what, new: shown(item), reason });
  const same = before.size === after.size && [...before].every(one => after.has(one));
  if (same && !means(what, { old, new: now }))
    report(site, {
      class: 'none',
      what: `order of ${what}`,
      old: show(old.map(shown)),
      new: show(now.map(shown)),
      reason: 'Only the order of reports differs.',
    });
}

const metricText = ({ metric, args }: MetricUse): string =>
  Object.keys(args).length === 0
    ? metric
    : `${metric}(${Object.entries(args)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', ')})`;
const sliceText = ({ columns, minimum }: Model['slices'][number]): string =>
  `${columns.join(', ')}${minimum > 0 ? ` from ${minimum} rows` : ''}`;

const gateReasons = {
  stricter: 'A version that would have passed may be refused; the one that serves stays.',
  looser: 'A version that would have been refused may pass.',
  other: 'Other versions may pass than would have; the one that serves stays.',
  same: 'It says the same.',
};

export const gateRules: Rules<Gate> = {
  rules: compared(
    'rules',
    ['none', 'compatible'],
    'Whether stricter or looser, it judges the next version; the one that serves stays.',
    (values, _, site) =>
      compareConditions(values, site, 'gate', strictness => ({
        class: 'compatible',
        reason: gateReasons[strictness],
      })),
  ),
  approvals: fixed(
    'approvals',
    'compatible',
    'Other people are asked before the next version is promoted.',
    showList,
  ),
  at: position,
};

function compareGate({ old, new: now }: Pair<Gate | null>, site: Site): void {
  if (old && now) compareBy(gateRules, { old, new: now }, site);
  else if (old !== now)
    report(
      { ...site, old: old?.at ?? site.old, new: now?.at ?? site.new },
      {
        class: 'compatible',
        action: now ? 'added' : 'removed',
        what: 'gate',
        reason: now ? gateReasons.stricter : gateReasons.looser,
      },
    );
}

const retrains = 'Another model comes out.';
/** What the label's type says is told by the deployments that answer with it. */
const labelName = ({ view, name }: Model['label']): string => `${view}.${name}`;

export const modelRules: Rules<Model> = {
  views: derived('views', 'the inputs'),
  features: compared(
    'inputs',
    ['compatible', 'retrain'],
    'A model is trained on exactly its inputs.',
    (values, _, site) => compareInputs(values, site),
  ),
  label: compared('label', ['retrain'], 'It learns something else.', ({ old, new: now }, _, site) => {
    if (labelName(old) === labelName(now)) return;
    const reason = 'It learns something else.';
    report(site, { class: 'retrain', what: 'label', old: labelName(old), new: labelName(now), reason });
  }),
  task: fixed('task', 'retrain', 'It learns something else.'),
  classes: fixed('classes', 'retrain', 'It learns other classes.', showList),
  where: fixed('`where`', 'retrain', 'It learns from other rows.', () => null),
  split: fixed('`split`', 'retrain', 'It learns from other rows, and is judged on others.', splitText),
  sample: fixed('`sample`', 'retrain', 'It learns from other rows.', sample =>
    'rows' in sample ? `${sample.rows} rows` : showShare(sample.share),
  ),
  trainer: compared('`train`', ['retrain'], retrains, (values, _, site) => compareTrainer(values, site)),
  load: compared(
    '`load`',
    ['compatible', 'retrain'],
    'Another model is loaded.',
    ({ old, new: now }, _, site) => {
      const reason = 'Another model is loaded: a new version must be registered.';
      if (old && now) compareConstruct({ old, new: now }, site, 'load', () => ({ class: 'retrain', reason }));
      else if (old !== now)
        report(site, {
          class: 'retrain',
          what: 'load',
          old: old && showConstruct(old),
          new: now && showConstruct(now),
          reason,
        });
    },
  ),
  tune: fixed('`tune`', 'retrain', 'Other parameters may be found.', tuneText),
  baseline: fixed(
    '`baseline`',
    'compatible',
    'The model stays; the next version is held against another baseline.',
    trainerText,
  ),
  seed: fixed('`seed`', 'retrain', 'The draws of training and of the split are others.'),
  threshold: fixed(
    '`threshold`',
    'compatible',
    'The same model answers with other decisions, at once and without training, but in the same form: as with any new version, callers need not change.',
  ),
  metrics: compared(
    'metrics',
    ['none', 'compatible'],
    'The next version is measured otherwise; the one that serves stays.',
    (values, _, site) =>
      compareList(values, site, 'metric', metricText, 'The next version is measured otherwise.'),
  ),
  slices: compared(
    'slices',
    ['none', 'compatible'],
    'The next version is measured on other slices; the one that serves stays.',
    (values, _, site) =>
      compareList(values, site, 'slice', sliceText, 'The next version is measured on other slices.'),
  ),
  gate: compared(
    '`promote`',
    ['none', 'compatible'],
    'It judges the next version; the one that serves stays.',
    (values, _, site) => compareGate(values, site),
  ),
  doc: words,
  at: position,
};

export const models: RecordRules<Model> = {
  kind: 'model',
  rules: modelRules,
  added: always('compatible', 'Nothing serves it yet.'),
  removed: always('compatible', 'What served it is told where it was served.'),
  renamed: always('retrain', 'Versions are registered by name: under the new one there is none yet.'),
};
