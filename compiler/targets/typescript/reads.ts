import { type FittedValue, fittingOf } from '../../plan/fitted.ts';
import type { ColumnRef, Expr, Feature, FeatureView, Join, Plan, WindowExpr } from '../../plan/plan.ts';
import { children } from '../../plan/walk.ts';
import { camelCase, Names } from './identifiers.ts';

/** What expressions of one row read, besides each other. */
export interface Reads {
  /** Columns of the row itself. */
  readonly row: readonly string[];
  /** Columns of joined rows by alias. */
  readonly joins: ReadonlyMap<string, readonly string[]>;
  /** Aggregates of other rows, each under the name it has in the context. */
  readonly windows: readonly {
    readonly name: string;
    readonly feature: Feature;
    readonly window: WindowExpr;
  }[];
  /** Values that were fitted on training rows. */
  readonly fitted: readonly FittedValue[];
  readonly features: readonly string[];
  windowName(window: WindowExpr): string;
}

/** The same window wherever it stands: positions do not matter. */
const windowKey = (window: WindowExpr): string =>
  JSON.stringify(window, (key, value) => (key === 'at' ? undefined : value));

/** `view` has these features; fitted values are named in it. */
export function readsOf(features: readonly Feature[], view: Pick<FeatureView, 'features'>): Reads {
  const row = new Set<string>();
  const joins = new Map<string, Set<string>>();
  const read = new Set<string>();
  const windows: { name: string; feature: Feature; window: WindowExpr }[] = [];
  const names = new Names();
  const known = new Map<string, string>();
  const fitted = new Set<FittedValue>();
  const column = (ref: ColumnRef): void => {
    if (ref.of === 'row') row.add(ref.column);
    else joins.set(ref.of, (joins.get(ref.of) ?? new Set()).add(ref.column));
  };
  const visit = (expr: Expr, feature: Feature): void => {
    if (expr.op === 'column') column(expr);
    else if (expr.op === 'feature') read.add(expr.name);
    else if (expr.op === 'window') windowed(expr, feature);
    else if (expr.op === 'fitted') fitted.add(fittingOf(view).fittedAs(expr));
    else for (const child of children(expr)) visit(child, feature);
  };
  const windowed = (expr: WindowExpr, feature: Feature): void => {
    const key = windowKey(expr);
    if (known.has(key)) return;
    const name = names.of(key, camelCase(feature.name));
    known.set(key, name);
    windows.push({ name, feature, window: expr });
  };
  for (const feature of features) visit(feature.expr, feature);
  return {
    row: [...row],
    joins: new Map([...joins].map(([alias, columns]) => [alias, [...columns]])),
    windows,
    fitted: fittingOf(view).values.filter(value => fitted.has(value)),
    features: [...read],
    windowName: window => known.get(windowKey(window))!,
  };
}

/** The schema whose rows a table has: a source's or a component's; undefined for a view. */
export const schemaOf = (plan: Plan, table: string): string | undefined =>
  plan.sources[table]?.schema ?? plan.components[table]?.schema;

export const joinOf = (view: FeatureView, alias: string): Join =>
  view.joins.find(join => join.alias === alias)!;
