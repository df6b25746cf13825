import { fittingOf, isFinished } from '../plan/fitted.ts';
import type { Expr, Feature, FeatureView, Model, Plan, Type } from '../plan/plan.ts';
import { scoredColumns } from '../plan/scoring.ts';
import { gridEnds } from '../plan/tables.ts';
import { relationSql } from './duckdb.ts';
import type { Output, Relation } from './relational.ts';
import { Building } from './view/building.ts';
import { addJoin } from './view/joins.ts';
import {
  callOf,
  columnOf,
  columnsOf,
  momentType,
  nullOf,
  prefixed,
  rewrite,
  type Table,
  tableOf,
  windowKey,
  windowsOf,
} from './view/terms.ts';
import { addWindows, type NamedWindow, nameWindows, ownColumns } from './view/windows.ts';

/**
 * The SELECT that computes a view: one row per row of the source, or per row and grid point. Columns: the key, `__row`
 * (position of the row in the source, from 1), `__at` (T), `__label_known`, features and labels by name, and under
 * `source.c` what models split, slice or filter by. Features that wait for values fitted on a model's training rows are left
 * to `fitting.ts`; under `given.` is what those read. Reads the relations `"source:x"`, `"view:x"`, `"component:x"`. The
 * order of the rows is open; their values do not depend on it.
 */
export function viewSql(plan: Plan, viewName: string): string {
  return relationSql(viewRelation(plan, viewName));
}

export function viewRelation(plan: Plan, viewName: string): Relation {
  const view = plan.views[viewName];
  if (view === undefined) throw new Error(`the plan has no view ${viewName}`);
  const source = tableOf(plan, view.source);
  const windows = nameWindows(view.features.flatMap(feature => windowsOf(feature.expr)));
  const extra = sourceColumns(plan, viewName, source);
  const building = new Building(plan, view, source, sourceRows(view, source, windows, extra));
  addMoment(building, viewName);
  for (const join of view.joins) addJoin(building, join);
  addWindows(building, windows.values());
  addFeatures(building, windows);
  const columns = [...outputs(building, extra), ...givenColumns(viewName, view, windows)];
  return { op: 'project', input: building.relation, all: false, columns };
}

/** What the features that wait for fitted values, and those values, read of their rows. */
function givenColumns(
  viewName: string,
  view: FeatureView,
  windows: ReadonlyMap<string, NamedWindow>,
): Output[] {
  const found = new Map<string, Output>();
  const visit = (expr: Expr): void => {
    if (expr.op === 'call' || expr.op === 'fitted') expr.args.forEach(visit);
    const name = givenName(viewName, view, windows, expr);
    if (name !== undefined && !found.has(name)) found.set(name, { name, expr: lowered(expr, windows) });
  };
  const { finished } = fittingOf(view);
  for (const feature of view.features) if (finished.has(feature.name)) visit(feature.expr);
  return [...found.values()];
}

/** The column of a view's rows that holds a leaf for its fitted values; undefined for what is no such leaf. */
function givenName(
  viewName: string,
  view: FeatureView,
  windows: ReadonlyMap<string, NamedWindow>,
  expr: Expr,
): string | undefined {
  if (expr.op === 'column') return `given.${viewName}.${expr.of}.${expr.column}`;
  if (expr.op === 'window') return `given.${viewName}.${windows.get(windowKey(expr))!.name}`;
  if (expr.op !== 'feature' || isFinished(view, expr.name)) return undefined;
  return `given.${viewName}.feature.${expr.name}`;
}

/** The names of a view's leaves, for what is computed once its fitted values are there. */
export function givenNames(viewName: string, view: FeatureView): (expr: Expr) => string | undefined {
  const windows = nameWindows(view.features.flatMap(feature => windowsOf(feature.expr)));
  return expr => givenName(viewName, view, windows, expr);
}

/** The source's rows, numbered, with the columns that anything reads. */
function sourceRows(
  view: FeatureView,
  source: Table,
  windows: ReadonlyMap<string, NamedWindow>,
  extra: readonly string[],
): Relation {
  const all = [...windows.values()].map(named => named.window);
  const exprs = [
    ...view.features.map(feature => feature.expr),
    ...view.joins.flatMap(join => join.on.map(on => on.own)),
  ];
  const read = new Set([
    ...view.key,
    ...extra,
    ...(view.eventTime === null ? [] : [view.eventTime]),
    ...(view.moment?.kind === 'column' ? [view.moment.column] : []),
    ...exprs.flatMap(expr => columnsOf(expr, 'row')),
    ...all.flatMap(window => [...columnsOf(window.value, 'row'), ...columnsOf(window.where, 'row')]),
    ...labelMoments(view).flatMap(moment => (moment.column === undefined ? [] : [moment.column])),
    ...ownColumns(
      { source },
      all.filter(window => window.table === view.source),
    ),
  ]);
  const columns = [...source.columns.keys()].filter(column => read.has(column));
  const scan: Relation = {
    op: 'scan',
    table: source.relation,
    columns: columns.map(column => ({ column, as: `row.${column}` })),
  };
  return { op: 'numbered', input: scan, name: '__row', order: [] };
}

const labelMoments = (view: FeatureView) =>
  view.features.filter(feature => feature.label).flatMap(feature => feature.known.latest);

/** Columns of the source that the models of this view split, slice, filter, gate or are scored by, but that are no features. */
function sourceColumns(plan: Plan, viewName: string, source: Table): string[] {
  const features = new Set(plan.views[viewName]!.features.map(feature => feature.name));
  const of = (model: Model): string[] => [
    ...model.slices.flatMap(slice => slice.exprs.flatMap(expr => columnsOf(expr, 'row'))),
    ...columnsOf(model.where, 'row'),
    ...[
      model.split?.column ?? '',
      ...(model.gate?.rules ?? []).flatMap(rule => rule.forEach?.by ?? []),
    ].filter(name => !features.has(name)),
  ];
  const models = Object.values(plan.models).filter(model => model.views.includes(viewName));
  const scored = scoredColumns(plan, viewName).filter(name => !features.has(name));
  return [...new Set([...models.flatMap(of), ...scored])].filter(column => source.columns.has(column));
}

function addMoment(building: Building, name: string): void {
  const { view, source, plan } = building;
  const { moment } = view;
  if (moment === null) return;
  const type = momentType(view, source);
  if (moment.kind === 'column') {
    const column = source.columns.get(moment.column)!;
    const time = columnOf(`row.${moment.column}`, column);
    const wall = column.kind === 'date' ? callOf('__wall', type, time) : time;
    building.addMoment(moment.offset === 0 ? wall : callOf('add', type, wall, duration(moment.offset)));
    return;
  }
  // A row is there from its event time and the source's lag on.
  const lag = plan.sources[view.source]?.lag ?? 0;
  const event = columnOf(`row.${view.eventTime!}`, source.columns.get(view.eventTime!)!);
  const wall = event.type.kind === 'date' ? callOf('__wall', type, event) : event;
  building.add([{ name: '__arrival', expr: lag === 0 ? wall : callOf('add', type, wall, duration(lag)) }]);
  building.relation = {
    op: 'grid',
    input: building.relation,
    name: '__at',
    type,
    grain: moment.grain,
    start: '__arrival',
    ends: gridEnds(plan, name).map(end => ({ ...end, table: tableOf(plan, end.table).relation })),
  };
  building.id = '__id';
  building.relation = { op: 'numbered', input: building.relation, name: '__id', order: ['__row', '__at'] };
  building.addMicros();
}

const duration = (milliseconds: number): Expr => ({
  op: 'literal',
  value: milliseconds,
  type: { kind: 'duration', optional: false },
  at: 0,
});

/** Features in layers: each reads those of the layers before it. */
function addFeatures(building: Building, windows: ReadonlyMap<string, NamedWindow>): void {
  const { view } = building;
  const features = view.features.filter(feature => !isFinished(view, feature.name));
  const byName = new Map(features.map(feature => [feature.name, feature]));
  const depths = new Map<string, number>();
  const depthOf = (feature: Feature): number => {
    const known = depths.get(feature.name);
    if (known !== undefined) return known;
    const read = featuresOf(feature.expr).map(name => byName.get(name));
    const depth = Math.max(0, ...read.map(other => (other === undefined ? 0 : depthOf(other) + 1)));
    depths.set(feature.name, depth);
    return depth;
  };
  const deepest = Math.max(0, ...features.map(depthOf));
  for (let depth = 0; depth <= deepest; depth++) {
    const layer = features.filter(feature => depthOf(feature) === depth);
    building.add(layer.map(({ name, expr }) => ({ name: `feature.${name}`, expr: lowered(expr, windows) })));
  }
}

function featuresOf(expr: Expr): string[] {
  if (expr.op === 'feature') return [expr.name];
  return expr.op === 'call' ? expr.args.flatMap(featuresOf) : [];
}

function lowered(expr: Expr, windows: ReadonlyMap<string, NamedWindow>): Expr {
  const replaced = rewrite(expr, e => {
    if (e.op === 'feature') return columnOf(`feature.${e.name}`, e.type);
    if (e.op === 'window') return columnOf(windows.get(windowKey(e))!.name, e.type);
    return e.op === 'column' ? prefixed(e) : undefined;
  });
  return replaced;
}

function outputs(building: Building, extra: readonly string[]): Output[] {
  const { view, source } = building;
  const type = momentType(view, source);
  const features = new Set(view.features.map(feature => feature.name));
  const ofRow = (column: string): Expr => columnOf(`row.${column}`, source.columns.get(column)!);
  return [
    ...view.key.filter(key => !features.has(key)).map(key => ({ name: key, expr: ofRow(key) })),
    { name: '__row', expr: columnOf('__row', { kind: 'int', optional: false }) },
    { name: '__at', expr: view.moment === null ? nullOf(type) : columnOf('__at', type) },
    { name: '__label_known', expr: labelKnown(view, source, type) },
    ...view.features
      .filter(({ name }) => !isFinished(view, name))
      .map(({ name, type: of }) => ({ name, expr: columnOf(`feature.${name}`, of) })),
    ...extra.map(column => ({ name: `source.${column}`, expr: ofRow(column) })),
  ];
}

/** The latest of the moments from which the labels are known; null where they always are. */
function labelKnown(view: FeatureView, source: Table, type: Type): Expr {
  if (view.moment === null) return nullOf(type);
  const moments = labelMoments(view).map(({ base, column, offset }) => {
    const name = base === 'at' ? '__at' : `row.${base === 'event' ? view.eventTime! : column!}`;
    const of =
      base === 'at' ? type : (source.columns.get(base === 'event' ? view.eventTime! : column!) ?? type);
    const time = of.kind === 'date' ? callOf('__wall', type, columnOf(name, of)) : columnOf(name, of);
    return offset === 0 ? time : callOf('add', type, time, duration(offset));
  });
  if (moments.length === 0) return nullOf(type);
  const distinct = [...new Map(moments.map(moment => [JSON.stringify(moment), moment])).values()];
  return distinct.reduce((a, b) => callOf('greatest', type, a, b));
}
