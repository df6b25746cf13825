import { fittedFlowMessages } from '../../diagnostics/messages/fitted.ts';
import { writtenAlias } from '../../plan/expression.ts';
import { fittingOf } from '../../plan/fitted.ts';
import type { Expr, FeatureView, Model } from '../../plan/plan.ts';
import { children } from '../../plan/walk.ts';
import type { FlowFacts } from './facts.ts';
import { windowsIn } from './windows.ts';

/** Where a value is asked for before a model has training rows, and in whose words. */
interface Place {
  readonly what: string;
  readonly why: string;
  readonly hint: string;
}

const others: Omit<Place, 'what'> = {
  why: 'other views read rows of no model in particular',
  hint: 'read what it is computed from, and fit the value in the view that the model is given',
};
const before: Omit<Place, 'what'> = {
  why: 'rows are joined and counted before any are chosen to train on',
  hint: 'join and count by what is known of the row itself',
};

/** Values that are fitted on training rows are there for a model's features alone. */
export function checkFitted(facts: FlowFacts): void {
  const { draft } = facts;
  const waiting = new Map<string, ReadonlyMap<string, number>>();
  for (const [name, view] of Object.entries(draft.views)) {
    const { finished } = fittingOf(view);
    if (finished.size > 0) waiting.set(name, finished);
  }
  if (waiting.size === 0) return;
  const isWaiting = (view: string, feature: string): boolean => waiting.get(view)?.has(feature) === true;
  for (const [name, view] of Object.entries(draft.views)) checkView(name, view, isWaiting, facts);
  for (const [name, model] of Object.entries(draft.models)) checkModel(name, model, isWaiting, facts);
  for (const [name, { on, rules }] of Object.entries(draft.validations))
    for (const { condition } of rules)
      for (const { name: feature, at } of featuresIn(condition))
        if (isWaiting(on, feature))
          report(facts, `${on}.${feature}`, at, {
            what: `the validation \`${name}\``,
            why: 'a validation is of all rows of a table',
            hint: 'let it hold of what the value is computed from',
          });
}

type IsWaiting = (view: string, feature: string) => boolean;

function checkView(name: string, view: FeatureView, isWaiting: IsWaiting, facts: FlowFacts): void {
  const own = (expr: Expr, what: string): void => {
    for (const feature of featuresIn(expr))
      if (isWaiting(name, feature.name))
        report(facts, `${name}.${feature.name}`, feature.at, { what, ...before });
  };
  const tables = new Map(view.joins.map(({ alias, table }) => [alias, table]));
  for (const join of view.joins)
    for (const { own: key, other } of join.on) {
      own(key, `the join \`${writtenAlias(join.alias)}\``);
      if (isWaiting(join.table, other))
        report(facts, `${join.table}.${other}`, join.at, {
          what: `the join \`${writtenAlias(join.alias)}\``,
          ...others,
        });
    }
  for (const feature of view.features) {
    const what = `${feature.label ? 'the label' : 'feature'} \`${feature.name}\``;
    if (feature.label && isWaiting(name, feature.name))
      report(facts, `${name}.${feature.name}`, feature.at, {
        what: `the label \`${feature.name}\``,
        why: 'rows without a label are left out before any are chosen to train on',
        hint: 'compare with a constant, or predict the number itself',
      });
    for (const { of, column, at } of columnsIn(feature.expr)) {
      const table = tables.get(of);
      if (table !== undefined && isWaiting(table, column))
        report(facts, `${table}.${column}`, at, { what, ...others });
    }
    for (const window of windowsIn(feature.expr)) {
      for (const { own: key } of window.by) own(key, `the window in ${what}`);
      for (const expr of [window.value, window.where]) if (expr) own(expr, `the window in ${what}`);
      const read = [window.value, window.where].flatMap(expr => (expr ? columnsIn(expr) : []));
      for (const { of, column, at } of read)
        if (of === 'other' && isWaiting(window.table, column))
          report(facts, `${window.table}.${column}`, at, { what: `the window in ${what}`, ...others });
    }
  }
}

function checkModel(name: string, model: Model, isWaiting: IsWaiting, facts: FlowFacts): void {
  const found = (feature: string): string | undefined => model.views.find(view => isWaiting(view, feature));
  const where = model.where ? featuresIn(model.where) : [];
  for (const { name: feature, at } of where) {
    const view = found(feature);
    if (view !== undefined)
      report(facts, `${view}.${feature}`, at, {
        what: `\`where\` of \`${name}\``,
        why: 'it chooses the rows, the training rows among them',
        hint: 'choose by what the value is computed from',
      });
  }
  const column = model.split?.column;
  const split = column == null ? undefined : found(column);
  if (model.split && split !== undefined)
    report(facts, `${split}.${column}`, model.split.at, {
      what: `the split of \`${name}\``,
      why: 'it chooses the training rows',
      hint: 'split by a column of the source',
    });
  const given = model.features.find(({ view, name: feature }) => isWaiting(view, feature));
  if (model.load && given)
    report(facts, `${given.view}.${given.name}`, model.load.at, {
      what: `the model \`${name}\``,
      why: 'it is loaded, and its training rows are not known here',
      hint: 'write the numbers that it was trained with into the feature',
    });
}

function featuresIn(expr: Expr): { readonly name: string; readonly at: number }[] {
  return expr.op === 'feature' ? [expr] : children(expr).flatMap(featuresIn);
}

function columnsIn(expr: Expr): { readonly of: string; readonly column: string; readonly at: number }[] {
  return expr.op === 'column' ? [expr] : children(expr).flatMap(columnsIn);
}

function report(facts: FlowFacts, feature: string, where: number, place: Place): void {
  const [view, name] = [feature.slice(0, feature.indexOf('.')), feature.slice(feature.indexOf('.') + 1)];
  const declared = facts.view(view)?.features.find(f => f.name === name)?.at;
  const at = facts.at(where, [facts.label(declared, 'it waits for a fitted value')]);
  const shown = place.what.includes(`\`${name}\``) ? undefined : feature;
  if (at) facts.diagnostics.push(fittedFlowMessages.elsewhere({ ...place, feature: shown }, at));
}
