import type { ComponentUse, Construct, Param, Sink, Source, Validation } from '../plan.ts';
import { type ChangeClass, severity } from './change.ts';
import { compareConditions } from './conditions.ts';
import { compareConstruct, type Judgement, renamedSecret, showForeign } from './construct.ts';
import {
  always,
  compared,
  depending,
  differences,
  fixed,
  inside,
  type Pair,
  position,
  type RecordRules,
  type Rules,
  report,
  type Site,
  words,
} from './rule.ts';
import { compareSchemaOf } from './schemas.ts';
import { show, showDuration, showShare, showValue } from './show.ts';
import { facetsOf } from './types.ts';

const ownName = (site: Site): string => site.path[1]!;
const learning = (site: Site, table: string): readonly string[] => site.in.readers.ofTable(table);
const from = (models: readonly string[]): string =>
  `${models.join(', ')} ${models.length === 1 ? 'learns' : 'learn'} from it.`;

/** Retrain if a model learns from the table, with the reason; else compatible. */
export function retrainIfRead(
  site: Site,
  table: string,
  why: string,
): { readonly class: ChangeClass; readonly reason: string } {
  const models = learning(site, table);
  return models.length > 0
    ? { class: 'retrain', reason: `${why}: ${from(models)}` }
    : { class: 'compatible', reason: 'No model learns from it.' };
}

/** Where rows come from: a place that who delivers them knows, but for a query, which reads what is there. */
export function judgeOrigin(
  argument: string | null,
  values: Pair<unknown>,
  site: Site,
  source: string,
): Judgement {
  if (argument === 'text') return retrainIfRead(site, source, 'The query may give other rows');
  const secret = renamedSecret(values);
  if (secret) return secret;
  return {
    class: 'producers',
    reason:
      argument === null
        ? 'The rows must be delivered in another form.'
        : argument === 'path' || argument === 'connection'
          ? 'What is delivered to the old place is no longer read.'
          : 'The same file is read otherwise.',
  };
}

/** The share of rows that may violate the schema before a run fails. */
const tolerated = ({ action, upTo }: Source['violations']): number => (action === 'fail' ? 0 : (upTo ?? 1));
const violationsText = ({ action, upTo }: Source['violations']): string =>
  action === 'fail' ? 'fail' : upTo === null ? action : `${action} up to ${showShare(upTo)}`;

/** A limit in time, where null is none: shorter is stricter. */
const shorter = (old: number | null, now: number | null): boolean =>
  (now ?? Number.POSITIVE_INFINITY) < (old ?? Number.POSITIVE_INFINITY);

const onlySource = (site: Site) => ({ sources: [ownName(site)], sinks: [], components: [] });

export const sourceRules: Rules<Source> = {
  schema: compared(
    'schema',
    ['none', 'compatible', 'retrain', 'producers'],
    'The columns of the two schemas are compared, as above.',
    (values, _, site) => compareSchemaOf(values, onlySource(site), site),
  ),
  from: compared(
    'where rows come from',
    ['compatible', 'retrain', 'producers'],
    'Another path, format, delimiter or connection: who delivers must deliver otherwise. Another query may give a model other rows. The name of a secret is nobody’s business but the operators’.',
    (values, _, site) =>
      compareConstruct(values, site, '', (arg, pair) => judgeOrigin(arg, pair, site, ownName(site))),
  ),
  violations: depending(
    'violating rows',
    ['compatible', 'producers'],
    'Fewer violating rows are let go: a delivery that was accepted may fail now. The reverse is compatible.',
    ({ old, new: now }) =>
      tolerated(now) < tolerated(old)
        ? { class: 'producers', reason: 'A delivery that was accepted may fail now.' }
        : { class: 'compatible', reason: 'What was accepted is accepted.' },
    violationsText,
  ),
  partition: depending(
    '`partitioned by`',
    ['compatible', 'producers'],
    'Rows are expected cut another way. That they are no longer expected cut is compatible.',
    ({ new: now }) =>
      now === null
        ? { class: 'compatible', reason: 'Rows may come in any pieces.' }
        : { class: 'producers', reason: 'Rows are expected in other pieces.' },
    ({ column, grain }) => `${column} ${grain}`,
  ),
  watermark: fixed(
    '`watermark`',
    'compatible',
    'How far the data has come is read from another column, which is there.',
  ),
  freshWithin: depending(
    '`fresh within`',
    ['compatible', 'producers'],
    'Sooner: who delivers must deliver sooner. Later, or not at all, is compatible.',
    ({ old, new: now }) =>
      shorter(old, now)
        ? { class: 'producers', reason: 'Rows must be delivered sooner.' }
        : { class: 'compatible', reason: 'What came in time still does.' },
    showDuration,
  ),
  lag: depending(
    '`lag`',
    ['compatible', 'retrain', 'producers'],
    'A smaller lag is a promise that who delivers must keep. A greater one means that windows and joins see fewer rows.',
    ({ old, new: now }, _, site) =>
      now < old
        ? { class: 'producers', reason: 'Rows must arrive sooner after their event.' }
        : retrainIfRead(site, ownName(site), 'Windows and joins see other rows at the moment of prediction'),
    showDuration,
  ),
  doc: words,
  at: position,
};

export const sources: RecordRules<Source> = {
  kind: 'source',
  rules: sourceRules,
  added: always('compatible', 'Nobody has delivered it so far; who does finds the schema there.'),
  removed: always('compatible', 'What is delivered is no longer read.'),
  renamed: always('compatible', 'Its snapshots are kept by name: `previous` begins anew.'),
};

const filledBy = (site: Site): string[] =>
  Object.entries(site.in.old.deployments)
    .filter(
      ([name, { score }]) => score?.sink === ownName(site) && Object.hasOwn(site.in.new.deployments, name),
    )
    .map(([name]) => name);

/** Where rows go: who reads there finds nothing new, if anything is written at all. */
export function judgeDestination(values: Pair<unknown>, filled: readonly string[]): Judgement {
  const secret = renamedSecret(values);
  if (secret) return secret;
  return filled.length > 0
    ? {
        class: 'callers',
        reason: `Who reads what ${filled.join(', ')} writes finds no new rows in the old place.`,
      }
    : { class: 'compatible', reason: 'No deployment writes to it.' };
}

export const sinkRules: Rules<Sink> = {
  schema: compared(
    'schema',
    ['none', 'compatible', 'callers'],
    'The columns of the two schemas are compared, as above.',
    (values, _, site) =>
      compareSchemaOf(values, { sources: [], sinks: [ownName(site)], components: [] }, site),
  ),
  to: compared(
    'where rows go',
    ['compatible', 'callers'],
    'Who reads the rows must read elsewhere, if a deployment writes any.',
    (values, _, site) =>
      compareConstruct(values, site, '', (_arg, pair) => judgeDestination(pair, filledBy(site))),
  ),
  doc: words,
  at: position,
};

export const sinks: RecordRules<Sink> = {
  kind: 'sink',
  rules: sinkRules,
  added: always('compatible', 'Nobody reads it yet.'),
  removed: always('compatible', 'What wrote to it is told where it wrote.'),
  renamed: always('none', 'Rows go where they went.'),
};

const connectionUse = (site: Site): Judgement => {
  const name = ownName(site);
  const uses = ({ args }: Construct): boolean =>
    Object.values(args).some(
      value => value !== null && typeof value === 'object' && 'ref' in value && value.ref === name,
    );
  const written = Object.values(site.in.new.sinks).some(({ to }) => uses(to));
  if (written) return { class: 'callers', reason: 'Rows are written elsewhere from the next run on.' };
  return Object.values(site.in.new.sources).some(({ from: origin }) => uses(origin))
    ? {
        class: 'producers',
        reason: 'Rows are read from elsewhere: what is delivered to the old place is no longer read.',
      }
    : { class: 'compatible', reason: 'Nothing is read from it or written to it.' };
};

/** A connection's constructor, of which the record is. */
export const connectionRules: Rules<Construct> = {
  name: compared(
    'kind',
    ['compatible', 'producers', 'callers'],
    'Rows are read from, or written to, somewhere else.',
    (_, whole, site) =>
      compareConstruct(whole, site, '', (_arg, pair) => renamedSecret(pair) ?? connectionUse(site)),
  ),
  args: compared(
    'settings',
    ['compatible', 'producers', 'callers'],
    'As for the kind; the name of a secret is compatible.',
    () => undefined,
  ),
  at: position,
};

export const connections: RecordRules<Construct> = {
  kind: 'connection',
  rules: connectionRules,
  added: always('compatible', 'What uses it is told where it is used.'),
  removed: always('compatible', 'What used it is told where it was used.'),
  renamed: always('none', 'Its name is seen by nobody outside the spec.'),
};

const isSource = (site: Site, table: string): boolean => Object.hasOwn(site.in.new.sources, table);

export const validationRules: Rules<Validation> = {
  on: depending(
    'table',
    ['compatible', 'producers'],
    'The rows of another source must satisfy the rules.',
    ({ new: table }, _, site) =>
      isSource(site, table)
        ? { class: 'producers', reason: `A delivery of ${table} that was accepted may be refused now.` }
        : { class: 'compatible', reason: 'Nobody outside delivers this table.' },
  ),
  rules: compared(
    'rules',
    ['none', 'compatible', 'producers'],
    'A rule that is new, stricter, or neither stricter nor looser for certain, may refuse a delivery that was accepted. Looser is compatible, and so is every warning.',
    (values, { new: { on } }, site) =>
      compareConditions(values, site, 'rule', (strictness, rule) => {
        if (!isSource(site, on))
          return { class: 'compatible', reason: 'Nobody outside delivers this table.' };
        if (strictness === 'looser') return { class: 'compatible', reason: 'What was accepted is accepted.' };
        return rule.severity === 'warn'
          ? { class: 'compatible', reason: 'It warns, and refuses nothing.' }
          : { class: 'producers', reason: `A delivery of ${on} that was accepted may be refused now.` };
      }),
  ),
  doc: words,
  at: position,
};

export const validations: RecordRules<Validation> = {
  kind: 'validation',
  rules: validationRules,
  added: {
    gives: ['compatible', 'producers'],
    why: 'A delivery that was accepted may be refused now, if it requires anything of a source.',
    classify: ({ on, rules }, site) =>
      isSource(site, on) && rules.some(rule => rule.severity !== 'warn')
        ? { class: 'producers', reason: `A delivery of ${on} that was accepted may be refused now.` }
        : { class: 'compatible', reason: 'It refuses nothing that anybody outside delivers.' },
  },
  removed: always('compatible', 'What was accepted is accepted.'),
  renamed: always('none', 'Only reports name it.'),
};

/** Of what is computed from the rows of a table. */
export const ifRead = <V, W>(
  what: string,
  why: string,
  shown: (value: NoInfer<NonNullable<V>>) => string = show,
) =>
  depending<V, W>(
    what,
    ['compatible', 'retrain'],
    `${why}, if a model learns from it.`,
    (_, __, site) => retrainIfRead(site, ownName(site), why),
    shown,
  );

export const componentRules: Rules<ComponentUse> = {
  component: ifRead('component', 'Other values'),
  schema: compared(
    'schema',
    ['none', 'compatible', 'retrain'],
    'The columns of the two schemas are compared, as above.',
    (values, _, site) =>
      compareSchemaOf(values, { sources: [], sinks: [], components: [ownName(site)] }, site),
  ),
  inputs: ifRead('inputs', 'Other values'),
  args: ifRead('arguments', 'Other values'),
  run: ifRead('code and packages', 'Other values', showForeign),
  derives: compared(
    '`from`',
    ['compatible'],
    'What its columns are said to derive from is looked at by checks and lineage alone.',
    (values, _, site) => {
      const reason = 'What a column is said to derive from is looked at by checks and lineage alone.';
      for (const [key] of differences(values))
        report(inside(site, key), { class: 'compatible', what: `what ${key} derives from`, reason });
    },
  ),
  masks: fixed('`@masks`', 'compatible', 'What may be shown of its rows is looked at by checks alone.'),
  at: position,
};

export const components: RecordRules<ComponentUse> = {
  kind: 'component value',
  rules: componentRules,
  added: always('compatible', 'What reads it is told where it is read.'),
  removed: always('compatible', 'What read it is told where it was read.'),
  renamed: always('none', 'Its name is seen by nobody outside the spec.'),
};

export const paramRules: Rules<Param> = {
  type: compared(
    'type',
    ['none', 'compatible', 'callers'],
    'A value that could be set no longer can. Wider is compatible.',
    ({ old, new: now }, _, site) => {
      for (const { key, what, direction, old: was, new: is } of facetsOf(old, now)) {
        const given = direction === 'same' ? 'none' : direction === 'wider' ? 'compatible' : 'callers';
        const reason =
          severity(given) > severity('compatible')
            ? 'A value that was set with --set or by an environment may be refused now.'
            : 'What could be set still can.';
        report(inside(site, key), { class: given, what, old: was, new: is, reason });
      }
    },
  ),
  value: compared(
    'value',
    ['compatible'],
    'What it changes is told where it is used.',
    ({ old, new: now }, whole, site) => {
      if (old === now) return;
      const [was, is] = [showValue(old, whole.old.type), showValue(now, whole.new.type)];
      const reason = 'What it changes is told where it is used.';
      report(site, { class: 'compatible', what: 'value', old: was, new: is, reason });
    },
  ),
  doc: words,
  at: position,
};

export const params: RecordRules<Param> = {
  kind: 'param',
  rules: paramRules,
  added: always('compatible', 'It has a value unless it is set.'),
  removed: always('callers', 'Who sets it, with --set or in another project, gets an error.'),
  renamed: always('callers', 'Who sets it by its old name, with --set or in another project, gets an error.'),
};
