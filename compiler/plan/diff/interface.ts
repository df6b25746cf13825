import type { Deployment, Expr, FeatureView, Plan, Type } from '../plan.ts';
import { children } from '../walk.ts';
import type { ChangeClass } from './change.ts';
import { inside, type Pair, report, type Site } from './rule.ts';
import { showList, showType } from './show.ts';
import { type Direction, facetsOf } from './types.ts';

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly at: number;
}

/** What goes into an online deployment and what comes out. */
export interface Interface {
  /** Columns of the row itself that the model's features read; a caller sends them. */
  readonly request: readonly Field[];
  readonly answer: Field;
  readonly task: string;
  readonly classes: readonly string[] | null;
}

/** Columns of the row that these features of a view read, through others and through joins. */
function columnsRead(view: FeatureView, names: readonly string[]): ReadonlySet<string> {
  const read = new Set<string>();
  const seen = new Set<string>();
  const feature = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const found = view.features.find(one => one.name === name);
    if (found) visit(found.expr);
  };
  const visit = (expr: Expr): void => {
    if (expr.op === 'feature') feature(expr.name);
    if (expr.op === 'column' && expr.of === 'row') read.add(expr.column);
    if (expr.op === 'column')
      for (const { own } of view.joins.find(join => join.alias === expr.of)?.on ?? []) visit(own);
    children(expr).forEach(visit);
  };
  names.forEach(feature);
  return read;
}

/**
 * What an online deployment asks and answers. The request is narrower than that of the views: features that the model is
 * `without` ask for nothing.
 */
export function interfaceOf(plan: Plan, { serves }: Pick<Deployment, 'serves'>): Interface {
  const model = plan.models[serves]!;
  const request = new Map<string, Field>();
  for (const name of model.views) {
    const view = plan.views[name]!;
    const own = model.features.filter(feature => feature.view === name).map(feature => feature.name);
    const read = columnsRead(view, own);
    for (const field of columnsOf(plan, view.source))
      if (read.has(field.name)) request.set(field.name, field);
  }
  const label = plan.views[model.label.view]?.features.find(({ name }) => name === model.label.name);
  const answer = { name: model.label.name, type: model.label.type, at: label?.at ?? model.at };
  return { request: [...request.values()], answer, task: model.task, classes: model.classes };
}

/** Of a source or a component's value by its schema, of a view by its features. */
function columnsOf(plan: Plan, table: string): readonly Field[] {
  const schema = (plan.sources[table] ?? plan.components[table])?.schema;
  return schema === undefined ? (plan.views[table]?.features ?? []) : (plan.schemas[schema]?.columns ?? []);
}

/** Compares what two online deployments ask of their callers and answer them. */
export function compareInterfaces({ old, new: now }: Pair<Interface>, site: Site): void {
  compareRequests(old.request, now.request, site);
  compareAnswers({ old, new: now }, site);
}

function compareRequests(old: readonly Field[], now: readonly Field[], site: Site): void {
  const at = (name: string, before?: Field, after?: Field): Site => ({
    ...inside(site, 'request', name),
    subject: `${site.subject}, request field ${name}`,
    old: before?.at,
    new: after?.at,
  });
  for (const field of old)
    if (!now.some(({ name }) => name === field.name))
      report(at(field.name, field), {
        class: 'compatible',
        action: 'removed',
        old: showType(field.type),
        reason: 'What callers go on sending is not read.',
      });
  for (const field of now) {
    const before = old.find(({ name }) => name === field.name);
    const place = at(field.name, before, field);
    if (!before)
      report(place, {
        class: field.type.optional ? 'compatible' : 'callers',
        action: 'added',
        new: showType(field.type),
        reason: field.type.optional ? 'Callers may leave it out.' : 'Callers do not send it yet.',
      });
    else
      compareTypes(before.type, field.type, place, direction =>
        direction === 'wider'
          ? { class: 'compatible', reason: 'What callers send is still accepted.' }
          : { class: 'callers', reason: 'What callers send may be refused, or be read as something else.' },
      );
  }
}

function compareTypes(
  old: Type,
  now: Type,
  site: Site,
  judge: (direction: Direction) => { readonly class: ChangeClass; readonly reason: string },
): void {
  for (const { key, what, direction, old: was, new: is } of facetsOf(old, now)) {
    if (direction === 'same') continue;
    report(inside(site, key), { ...judge(direction), what, old: was, new: is });
  }
}

/** Sides of the label's type that an answer shows. A range bounds labels, not predictions. */
const answered: ReadonlySet<string> = new Set(['kind', 'unit', 'length', 'element', 'members', 'values']);

function compareAnswers({ old, new: now }: Pair<Interface>, site: Site): void {
  const place = {
    ...inside(site, 'answer'),
    subject: `${site.subject}, answer`,
    old: old.answer.at,
    new: now.answer.at,
  };
  const broken = (what: string, was: string, is: string, reason: string): void =>
    report(place, { class: 'callers', what, old: was, new: is, reason });
  if (old.answer.name !== now.answer.name)
    broken('name', old.answer.name, now.answer.name, 'An answer names its value after the label.');
  if (old.task !== now.task) broken('task', old.task, now.task, 'Another task answers in another form.');
  for (const { key, what, old: was, new: is } of facetsOf(old.answer.type, now.answer.type)) {
    if (!answered.has(key) || (key === 'members' && old.classes && now.classes)) continue;
    const reason =
      key === 'unit' ? 'The number means something else.' : 'Callers meet values that they do not know.';
    broken(what, was ?? 'not set', is ?? 'not set', reason);
  }
  if ((old.classes ?? []).join('\0') !== (now.classes ?? []).join('\0'))
    broken(
      'classes',
      showList(old.classes ?? ['those of the training rows']),
      showList(now.classes ?? ['those of the training rows']),
      'Callers meet classes that they do not know, miss some that they do, or find probabilities in another order.',
    );
}
