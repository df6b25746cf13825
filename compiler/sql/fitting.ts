import { type FittedValue, fittingOf } from '../plan/fitted.ts';
import type { Expr, Feature, FeatureView, Plan } from '../plan/plan.ts';
import { aggregated, aggregateSql, aggregateText } from './aggregates.ts';
import { identifier } from './escape.ts';
import { expressionSql, type Leaves, operandSql } from './expression.ts';
import { givenNames, viewSql } from './view.ts';

/**
 * The values of a view that are fitted on a model's training rows, and the features that read them. Values of which others
 * are fitted come before: one stage after the other.
 */
export interface FittingStage {
  /** Names of the values, which are the columns of `fit`. */
  readonly values: readonly string[];
  /** One row with the values, of the training rows in the relation `"unfinished"`. */
  readonly fit: string;
  /** The rows of `"unfinished"` with the features that need no further values, as `finished.VIEW.f`; the values are the one row of `"fitted"`. */
  readonly finish: string;
}

/** The column of a feature in the rows of `finish`. */
export const finishedColumn = (view: string, feature: string): string => `finished.${view}.${feature}`;

/** The stages of a view, none for one without fitted values. */
export function fittingSql(plan: Plan, viewName: string): readonly FittingStage[] {
  const view = plan.views[viewName]!;
  const { values, finished } = fittingOf(view);
  const leaves = leavesOf(viewName, view);
  const depths = [...new Set([...values.map(({ depth }) => depth), ...finished.values()])].sort(
    (a, b) => a - b,
  );
  return depths.map(depth => {
    const own = values.filter(value => value.depth === depth);
    const features = view.features.filter(({ name }) => finished.get(name) === depth);
    return {
      values: own.map(({ name }) => name),
      fit: fitSql(own, leaves),
      finish: finishSql(viewName, features, leaves),
    };
  });
}

/** All SQL of a view. */
export function viewCode(
  plan: Plan,
  viewName: string,
): { readonly sql: string; readonly fitting?: readonly FittingStage[] } {
  const fitting = fittingSql(plan, viewName);
  return { sql: viewSql(plan, viewName), ...(fitting.length === 0 ? {} : { fitting }) };
}

function leavesOf(viewName: string, view: FeatureView): Leaves {
  const given = givenNames(viewName, view);
  const { fittedAs } = fittingOf(view);
  const leaf = (expr: Expr): string => identifier(given(expr)!);
  return {
    column: leaf,
    window: leaf,
    feature: ref => identifier(given(ref) ?? finishedColumn(viewName, ref.name)),
    other: expr => {
      if (expr.op !== 'fitted') throw new Error(`a ${expr.op} has no place in a row's expression`);
      return `fitted.${identifier(fittedAs(expr).name)}`;
    },
  };
}

/** `first` and `last` go by the moment of prediction, then by the value. */
function fitSql(values: readonly FittedValue[], leaves: Leaves): string {
  const columns = values.map(({ name, expr: { aggregate, args } }) => {
    const [first, ...rest] = args;
    const expr = first === undefined ? null : aggregated(aggregate, first);
    const value = expr === null ? null : { expr, sql: operandSql(expr, leaves) };
    const constants = rest[0]?.op === 'literal' ? { q: rest[0].value } : {};
    const order = `row(__at, ${value?.sql ?? ''})`;
    const sql = aggregateSql(aggregate, value, { args: constants, order, sorted: true });
    return `${aggregateText(sql)} AS ${identifier(name)}`;
  });
  return `SELECT\n  ${columns.join(',\n  ')}\nFROM "unfinished"`;
}

/** Features in layers: each reads those of the layers before it. */
function finishSql(viewName: string, features: readonly Feature[], leaves: Leaves): string {
  const waiting = new Map(features.map(feature => [feature.name, feature]));
  let from = '"unfinished"';
  while (waiting.size > 0) {
    const layer = [...waiting.values()].filter(
      ({ expr }) => !featuresIn(expr).some(name => waiting.has(name)),
    );
    for (const { name } of layer) waiting.delete(name);
    const columns = layer.map(
      ({ name, expr }) => `${expressionSql(expr, leaves)} AS ${identifier(finishedColumn(viewName, name))}`,
    );
    const source = from === '"unfinished"' ? from : `(\n  ${from.replaceAll('\n', '\n  ')}\n) AS unfinished`;
    from = `SELECT\n  unfinished.*,\n  ${columns.join(',\n  ')}\nFROM ${source} CROSS JOIN "fitted" AS fitted`;
  }
  return from;
}

function featuresIn(expr: Expr): string[] {
  if (expr.op === 'feature') return [expr.name];
  return expr.op === 'call' ? expr.args.flatMap(featuresIn) : [];
}
