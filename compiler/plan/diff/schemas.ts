import type { Known, Schema, SchemaColumn, Type } from '../plan.ts';
import { type ChangeClass, worst } from './change.ts';
import {
  always,
  compareBy,
  compared,
  derived,
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
import { showDuration, showList, showType } from './show.ts';
import { type Direction, facetsOf } from './types.ts';

/** Who fills or reads tables of a schema. */
export interface Roles {
  /** Sources of this schema: who delivers their rows keeps to it. */
  readonly sources: readonly string[];
  /** Sinks of this schema: who reads them relies on it. */
  readonly sinks: readonly string[];
  readonly components: readonly string[];
}

interface Judged {
  readonly class: ChangeClass;
  readonly reason: string;
}

/** The worst of several judgements, with its reason. */
const worstOf = (all: readonly Judged[]): Judged => {
  const bad = worst(all.map(one => one.class));
  return all.find(one => one.class === bad)!;
};

const list = (names: readonly string[]): string => names.join(', ');
const learns = (models: readonly string[]): string =>
  `${list(models)} ${models.length === 1 ? 'learns' : 'learn'} from it`;

/** Columns of a file without a header are told by their place. */
const isPositional = (site: Site, source: string): boolean => {
  const { name, args } = site.in.new.sources[source]!.from;
  return name === 'csv' && args['header'] === false;
};
/** Only JSON may leave out the column of a value that may be missing. */
const mayLackColumn = (site: Site, source: string): boolean =>
  site.in.new.sources[source]!.from.name === 'json';

/** What a change of what a column may hold means to everyone who has to do with it. */
function judgeValues(direction: Direction, column: string, roles: Roles, site: Site): Judged {
  const judged: Judged[] = [];
  const { readers } = site.in;
  const narrower = direction === 'narrower' || direction === 'other';
  const wider = direction === 'wider' || direction === 'other';
  if (roles.sources.length > 0 && narrower)
    judged.push({
      class: 'producers',
      reason: `What was good in ${list(roles.sources)} is a violation now.`,
    });
  if (roles.sinks.length > 0 && wider)
    judged.push({
      class: 'callers',
      reason: `Who reads ${list(roles.sinks)} meets values that were not there before.`,
    });
  const tables = [...roles.sources, ...roles.components];
  const models = [...new Set(tables.flatMap(table => readers.ofValue(`${table}.${column}`)))];
  if (models.length > 0 && direction !== 'same')
    judged.push({
      class: 'retrain',
      reason: `Other rows come in than the model was trained on: ${learns(models)}.`,
    });
  if (direction === 'same') return { class: 'none', reason: 'The values are the same.' };
  if (judged.length > 0) return worstOf(judged);
  if (tables.length + roles.sinks.length === 0)
    return { class: 'compatible', reason: 'No source, sink or component has rows of this schema.' };
  return {
    class: 'compatible',
    reason: wider
      ? 'What was good is good, and no model learns from it.'
      : 'Who reads it finds nothing new in it.',
  };
}

const typeReason =
  'Narrower breaks who delivers rows, wider breaks who reads a sink. Wider means other training rows where a model learns from it.';

function compareType(old: Type, now: Type, column: string, roles: Roles, site: Site): void {
  for (const { key, what, direction, old: was, new: is } of facetsOf(old, now)) {
    const { class: given, reason } = judgeValues(direction, column, roles, site);
    report({ ...site, path: [...site.path, key] }, { class: given, what, old: was, new: is, reason });
  }
}

/** How long after the event, where that is all that is said. */
const delay = ({ latest }: Known): number | undefined =>
  latest.length === 1 && latest[0]!.base === 'event' ? latest[0]!.offset : undefined;
const knownText = ({ latest }: Known): string =>
  latest.length === 0
    ? 'always'
    : latest
        .map(({ base, column, offset }) => {
          const from =
            base === 'column' ? `column ${column ?? '?'}` : base === 'at' ? 'the prediction' : 'the event';
          return offset === 0 ? `at ${from}` : `${showDuration(offset)} after ${from}`;
        })
        .join(' and ');

function compareKnown({ old, new: now }: Pair<Known>, column: string, roles: Roles, site: Site): void {
  if (means('known', { old, new: now })) return;
  const texts = { what: 'when it is known', old: knownText(old), new: knownText(now) };
  const [before, after] = [delay(old), delay(now)];
  const later = before !== undefined && after !== undefined && after > before;
  const models = roles.sources.flatMap(source => site.in.readers.ofValue(`${source}.${column}`));
  if (roles.sources.length > 0 && !later)
    report(site, {
      class: 'producers',
      ...texts,
      reason: `It is a promise of every row of ${list(roles.sources)}: the values must be there by then.`,
    });
  else if (models.length > 0)
    report(site, {
      class: 'retrain',
      ...texts,
      reason: `Windows and joins see other rows at the moment of prediction: ${learns(models)}.`,
    });
  else report(site, { class: 'compatible', ...texts, reason: 'No model learns from it.' });
}

function compareTags({ old, new: now }: Pair<readonly string[]>, site: Site): void {
  for (const tag of new Set([...old, ...now])) {
    if (old.includes(tag) === now.includes(tag) || tag === 'key' || tag === 'event_time') continue;
    const added = now.includes(tag);
    const reason =
      tag !== 'pii'
        ? 'It is treated otherwise from the next release on.'
        : added
          ? 'Its values are no longer shown in reports, violations and logs.'
          : 'Its values may be shown in reports, violations and logs from now on.';
    const what = tag === 'pii' ? '@pii' : `tag ${tag}`;
    report(site, { class: 'compatible', action: added ? 'added' : 'removed', what, reason });
  }
}

const rulesOf = (roles: Roles): Rules<SchemaColumn> => ({
  name: derived('name', 'the pairing of the columns'),
  type: compared(
    'type',
    ['none', 'compatible', 'retrain', 'producers', 'callers'],
    typeReason,
    (types, whole, site) => compareType(types.old, types.new, whole.new.name, roles, site),
  ),
  known: compared(
    '`@known_after`, `@known_at`',
    ['compatible', 'retrain', 'producers'],
    'Known earlier is a promise that who delivers the rows must keep. Known later means other rows in windows and joins.',
    (known, whole, site) => compareKnown(known, whole.new.name, roles, site),
  ),
  tags: compared(
    '`@pii`',
    ['compatible'],
    'Reports, violations and logs show its values, or no longer do.',
    (tags, _, site) => compareTags(tags, site),
  ),
  doc: words,
  at: position,
});

function judgeAdded(column: SchemaColumn, roles: Roles, site: Site): Judged {
  const asks = roles.sources.filter(source => !column.type.optional || !mayLackColumn(site, source));
  if (asks.length > 0)
    return {
      class: 'producers',
      reason: column.type.optional
        ? `The files of ${list(asks)} must have the column, though values may be missing in it.`
        : `Every row of ${list(asks)} must have it.`,
    };
  if (roles.sources.length > 0)
    return {
      class: 'compatible',
      reason: 'Rows may leave it out, and no feature of a trained model reads it.',
    };
  return {
    class: 'compatible',
    reason: 'Nobody has to deliver it, and who reads the table finds one column more.',
  };
}

function judgeRemoved(roles: Roles, site: Site): Judged {
  const positional = roles.sources.filter(source => isPositional(site, source));
  return worstOf([
    ...(roles.sinks.length > 0
      ? [{ class: 'callers' as const, reason: `Who reads ${list(roles.sinks)} no longer finds it.` }]
      : []),
    ...(positional.length > 0
      ? [
          {
            class: 'producers' as const,
            reason: `${list(positional)} has no header, so columns are told by their place.`,
          },
        ]
      : []),
    { class: 'compatible', reason: 'What is delivered beyond the schema is not read.' },
  ]);
}

/** Compares schemas of two names or of one, as those in these roles see it. */
export function compareColumns({ old, new: now }: Pair<Schema>, roles: Roles, site: Site): void {
  const rules = rulesOf(roles);
  const lost = old.columns.filter(({ name }) => !now.columns.some(column => column.name === name));
  const gained = now.columns.filter(({ name }) => !old.columns.some(column => column.name === name));
  const at = (name: string, pair: Partial<Pair<SchemaColumn>>): Site => ({
    ...site,
    path: [...site.path, name],
    subject: `${site.subject}, column ${name}`,
    old: pair.old?.at,
    new: pair.new?.at,
  });
  const content = ({ name: _, ...column }: SchemaColumn): string => meaning('column', column);
  const renamedTo = (column: SchemaColumn): SchemaColumn | undefined => {
    const same = (all: readonly SchemaColumn[]) => all.filter(other => content(other) === content(column));
    return same(lost).length === 1 && same(gained).length === 1 ? same(gained)[0] : undefined;
  };
  const told = new Set<SchemaColumn>();
  for (const column of lost) {
    const to = renamedTo(column);
    const place = at(column.name, to ? { old: column, new: to } : { old: column });
    if (!to) {
      const { class: given, reason } = judgeRemoved(roles, place);
      report(place, { class: given, action: 'removed', old: showType(column.type), reason });
      continue;
    }
    told.add(to);
    const { class: given, reason } = worstOf([judgeRemoved(roles, place), judgeAdded(to, roles, place)]);
    report(place, { class: given, action: 'renamed', old: column.name, new: to.name, reason });
  }
  for (const column of gained) {
    if (told.has(column)) continue;
    const place = at(column.name, { new: column });
    const { class: given, reason } = judgeAdded(column, roles, place);
    report(place, { class: given, action: 'added', new: showType(column.type), reason });
  }
  for (const column of now.columns) {
    const before = old.columns.find(({ name }) => name === column.name);
    if (before) compareBy(rules, { old: before, new: column }, at(column.name, { old: before, new: column }));
  }
  compareOrder({ old, new: now }, roles, site);
}

function compareOrder({ old, new: now }: Pair<Schema>, roles: Roles, site: Site): void {
  const names = (a: Schema, b: Schema): string[] =>
    a.columns.map(({ name }) => name).filter(name => b.columns.some(column => column.name === name));
  const [before, after] = [names(old, now), names(now, old)];
  if (before.join('\n') === after.join('\n')) return;
  const positional = roles.sources.filter(source => isPositional(site, source));
  report(site, {
    class: positional.length > 0 ? 'producers' : 'none',
    what: 'order of the columns',
    old: showList(before),
    new: showList(after),
    reason:
      positional.length > 0
        ? `${list(positional)} has no header, so columns are told by their place.`
        : 'Columns are told by their names.',
  });
}

function compareKey({ old, new: now }: Pair<readonly string[]>, roles: Roles, site: Site): void {
  if (means('key', { old, new: now })) return;
  const [before, after] = [new Set(old), new Set(now)];
  const finer = before.size > 0 && [...before].every(name => after.has(name));
  const looser = after.size === 0 || finer;
  const texts = { what: 'key', old: showList(old), new: showList(now) };
  if (roles.sources.length > 0 && !looser)
    report(site, {
      class: 'producers',
      ...texts,
      reason: `Rows of ${list(roles.sources)} that repeat the key are violations now.`,
    });
  else
    report(site, {
      class: before.size === after.size && finer ? 'none' : 'compatible',
      ...texts,
      reason:
        roles.sources.length > 0
          ? 'Rows that were told apart still are.'
          : 'Nobody delivers rows of this schema.',
    });
}

function compareEventTime({ old, new: now }: Pair<string | null>, roles: Roles, site: Site): void {
  if (old === now) return;
  const models = [
    ...new Set([...roles.sources, ...roles.components].flatMap(table => site.in.readers.ofTable(table))),
  ];
  const reason =
    models.length > 0
      ? `Windows, joins and splits see other rows: ${list(models)} ${models.length === 1 ? 'learns' : 'learn'} from the table.`
      : 'No model learns from the table.';
  report(site, {
    class: models.length > 0 ? 'retrain' : 'compatible',
    what: '@event_time',
    old,
    new: now,
    reason,
  });
}

/** The roles of a schema that both plans have. */
export const rolesOf = (site: Site, schema: string): Roles => ({
  sources: site.in.readers.sourcesOf(schema),
  sinks: site.in.readers.sinksOf(schema),
  components: site.in.readers.componentsOf(schema),
});
const nameIn = (site: Site): string => site.path[1]!;

export const columnRules: Rules<SchemaColumn> = rulesOf({ sources: [], sinks: [], components: [] });

export const schemaRules: Rules<Schema> = {
  columns: compared(
    'columns',
    ['none', 'compatible', 'producers', 'callers'],
    'A column more must be delivered, unless the source is JSON and it may be missing. A column less breaks who reads a sink; what a source delivers beyond the schema is not read.',
    (_, whole, site) => compareColumns(whole, rolesOf(site, nameIn(site)), site),
  ),
  eventTime: compared(
    '`@event_time`',
    ['compatible', 'retrain'],
    'Windows, joins and splits see other rows.',
    (values, _, site) => compareEventTime(values, rolesOf(site, nameIn(site)), site),
  ),
  key: compared(
    '`@key`',
    ['none', 'compatible', 'producers'],
    'A key that is new, or of fewer columns, makes violations of rows that repeat it.',
    (values, _, site) => compareKey(values, rolesOf(site, nameIn(site)), site),
  ),
  doc: words,
  at: position,
};

export const schemas: RecordRules<Schema> = {
  kind: 'schema',
  rules: schemaRules,
  added: always('compatible', 'What uses it is told where it is used.'),
  removed: always('compatible', 'What used it is told where it was used.'),
  renamed: always('none', 'Its name is seen by nobody outside the spec.'),
};

/** A table's schema is another one: compared as those see it who fill or read that table alone. */
export function compareSchemaOf(values: Pair<string>, roles: Roles, site: Site): void {
  const [old, now] = [site.in.old.schemas[values.old], site.in.new.schemas[values.new]];
  if (values.old === values.new || !old || !now) return;
  const before = site.in.changes.length;
  const pair = { old, new: now };
  compareColumns(pair, roles, site);
  compareKey({ old: old.key, new: now.key }, roles, site);
  compareEventTime({ old: old.eventTime, new: now.eventTime }, roles, site);
  if (site.in.changes.length > before) return;
  const reason = 'It has the same columns.';
  report(site, { class: 'none', what: 'schema', old: values.old, new: values.new, reason });
}
