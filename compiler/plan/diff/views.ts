import type { Feature, FeatureView, Join } from '../plan.ts';
import { ifRead, retrainIfRead } from './data.ts';
import {
  always,
  compareBy,
  compared,
  derived,
  inside,
  meaning,
  means,
  position,
  type RecordRules,
  type Rules,
  reordered,
  report,
  type Site,
  words,
} from './rule.ts';
import { show, showDuration, showType } from './show.ts';

const ownName = (site: Site): string => site.path[1]!;

/** Retrain if a model learns from the feature, itself or through others; else compatible. */
function ifLearnt(site: Site, feature: string, why: string) {
  const models = site.in.readers.ofValue(`${ownName(site)}.${feature}`);
  return models.length > 0
    ? {
        class: 'retrain' as const,
        reason: `${why}: ${models.join(', ')} ${models.length === 1 ? 'learns' : 'learn'} from it.`,
      }
    : { class: 'compatible' as const, reason: 'No model learns from it.' };
}

export const featureRules: Rules<Feature> = {
  name: derived('name', 'the pairing of the features'),
  label: compared(
    'label',
    ['compatible', 'retrain'],
    'A label is learnt, a feature is learnt from.',
    ({ old, new: now }, whole, site) => {
      if (old === now) return;
      const kind = (label: boolean): string => (label ? 'label' : 'feature');
      const found = ifLearnt(site, whole.new.name, 'A label is learnt, a feature is learnt from');
      report(site, { ...found, old: kind(old), new: kind(now) });
    },
  ),
  type: derived('type', 'the expression and the columns that it reads'),
  expr: compared(
    'expression',
    ['compatible', 'retrain'],
    'Other values than the model was trained on, if one learns from it.',
    (values, whole, site) => {
      if (means('expr', values)) return;
      const found = ifLearnt(site, whole.new.name, 'Other values than it was trained on');
      if (whole.old.text !== whole.new.text)
        report(site, { ...found, old: whole.old.text, new: whole.new.text });
      else
        report(site, {
          ...found,
          what: whole.new.text,
          reason: `It reads a let, a param, a function or a table that says something else. ${found.reason}`,
        });
    },
  ),
  known: derived('when it is known', 'the expression and the columns that it reads'),
  tags: derived('tags', 'the expression and the columns that it reads'),
  text: compared('wording', ['none'], 'It says the same.', (values, whole, site) => {
    if (values.old === values.new || !means('expr', { old: whole.old.expr, new: whole.new.expr })) return;
    report(site, { class: 'none', ...values, what: 'wording', reason: 'It computes the same.' });
  }),
  doc: words,
  at: position,
};

function compareFeatures(old: readonly Feature[], now: readonly Feature[], site: Site): void {
  const content = ({ name: _n, tags: _t, text: _x, ...feature }: Feature): string =>
    meaning('feature', feature);
  const lost = old.filter(({ name }) => !now.some(feature => feature.name === name));
  const gained = now.filter(({ name }) => !old.some(feature => feature.name === name));
  const at = (name: string, before?: Feature, after?: Feature): Site => ({
    ...inside(site, name),
    subject: `${site.subject}, ${(after ?? before)!.label ? 'label' : 'feature'} ${name}`,
    old: before?.at,
    new: after?.at,
  });
  const told = new Set<Feature>();
  for (const feature of lost) {
    const same = gained.filter(other => !told.has(other) && content(other) === content(feature));
    const to = same.length === 1 ? same[0] : undefined;
    const reason = 'Models that learn from it know it by its name, and are told themselves.';
    if (to) {
      told.add(to);
      const names = { old: feature.name, new: to.name };
      report(at(feature.name, feature, to), { class: 'compatible', action: 'renamed', ...names, reason });
    } else
      report(at(feature.name, feature), {
        class: 'compatible',
        action: 'removed',
        old: feature.text,
        reason,
      });
  }
  for (const feature of gained)
    if (!told.has(feature))
      report(at(feature.name, undefined, feature), {
        class: 'compatible',
        action: 'added',
        new: `${feature.text} (${showType(feature.type)})`,
        reason: 'What a model learns from it is told with the model.',
      });
  for (const feature of now) {
    const before = old.find(({ name }) => name === feature.name);
    if (before) compareBy(featureRules, { old: before, new: feature }, at(feature.name, before, feature));
  }
  const orders = reordered({ old: old.map(({ name }) => name), new: now.map(({ name }) => name) });
  if (orders)
    report(site, {
      class: 'none',
      what: 'order of the features',
      old: show(orders.old),
      new: show(orders.new),
      reason: 'Features are told by their names.',
    });
}

const joinText = ({ table, on, asOf }: Join): string =>
  `${table} on ${on.map(({ other }) => other).join(', ')}${asOf?.within == null ? '' : ` within ${showDuration(asOf.within)}`}`;

function compareJoins(old: readonly Join[], now: readonly Join[], site: Site): void {
  const at = (alias: string, before?: Join, after?: Join): Site => ({
    ...inside(site, alias),
    subject: `${site.subject}, join ${alias}`,
    old: before?.at,
    new: after?.at,
  });
  for (const join of old)
    if (!now.some(({ alias }) => alias === join.alias))
      report(at(join.alias, join), {
        class: 'compatible',
        action: 'removed',
        old: joinText(join),
        reason: 'Features that read it have changed too, or there were none.',
      });
  for (const join of now) {
    const before = old.find(({ alias }) => alias === join.alias);
    const place = at(join.alias, before, join);
    if (!before)
      report(place, {
        class: 'compatible',
        action: 'added',
        new: joinText(join),
        reason: 'Features that read it are told themselves.',
      });
    else if (!means('join', { old: before, new: join }))
      report(place, {
        ...retrainIfRead(place, ownName(site), 'Features find other rows'),
        ...(joinText(before) === joinText(join) ? {} : { old: joinText(before), new: joinText(join) }),
      });
  }
  if (reordered({ old: old.map(({ alias }) => alias), new: now.map(({ alias }) => alias) }))
    report(site, { class: 'none', what: 'order of the joins', reason: 'Joins are told by their names.' });
}

const momentText = (moment: NonNullable<FeatureView['moment']>): string =>
  moment.kind === 'each'
    ? `each ${moment.grain}`
    : `${moment.column}${moment.offset === 0 ? '' : ` + ${showDuration(moment.offset)}`}`;

export const viewRules: Rules<FeatureView> = {
  source: ifRead('source', 'Other rows'),
  moment: ifRead('moment of prediction', 'Features are computed as of another moment', momentText),
  key: ifRead('`key`', 'Other rows are one entity'),
  eventTime: derived('event time', 'the schema of the source'),
  joins: compared(
    'joins',
    ['none', 'compatible', 'retrain'],
    'A join that changed gives features other rows.',
    ({ old, new: now }, _, site) => compareJoins(old, now, site),
  ),
  features: compared(
    'features and labels',
    ['none', 'compatible', 'retrain'],
    'Added, removed and renamed are compatible by themselves: a model whose inputs are others then needs retraining, and is told.',
    ({ old, new: now }, _, site) => compareFeatures(old, now, site),
  ),
  request: derived('request', 'the features; who calls a deployment is told there'),
  materialize: ifRead('`materialize`', 'Features are as old as the last materialisation', showDuration),
  stale: ifRead(
    '`stale after`',
    'Other features are missing',
    ({ after, otherwise }) => `${showDuration(after)} else ${otherwise}`,
  ),
  doc: words,
  at: position,
};

export const views: RecordRules<FeatureView> = {
  kind: 'features',
  rules: viewRules,
  added: always('compatible', 'What a model learns from it is told with the model.'),
  removed: always('compatible', 'What a model learnt from it is told with the model.'),
  renamed: {
    gives: ['none', 'compatible'],
    why: 'A model knows its inputs by the features’ names. A store of materialised features is filled anew.',
    classify: ({ materialize }) =>
      materialize === null
        ? { class: 'none', reason: 'A model knows its inputs by the features’ names.' }
        : { class: 'compatible', reason: 'The store of its materialised features is filled anew.' },
  },
};
