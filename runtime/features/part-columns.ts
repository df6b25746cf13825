import { isFinished } from '../../compiler/plan/fitted.ts';
import type { Expr, Model, Plan, Type } from '../../compiler/plan/plan.ts';
import { finishedColumn } from '../../compiler/sql/fitting.ts';
import { identifier } from '../data/sql.ts';

/** A column of a split's parts and where it comes from in the rows of a view. */
export interface PartColumn {
  /** Its name in the parts. */
  readonly name: string;
  readonly view: string;
  /** Its name in the view's rows. */
  readonly from: string;
  readonly type: Type;
}

export interface PartColumns {
  readonly features: readonly PartColumn[];
  readonly label: PartColumn;
  /** By slice of the model, its columns. */
  readonly slices: readonly (readonly PartColumn[])[];
  /** All of them, each once. */
  readonly all: readonly PartColumn[];
}

/** The columns that a model's parts hold. A feature keeps its name unless two views have one of the same name. */
export function partColumns(plan: Plan, model: Model): PartColumns {
  const label = partColumn(plan, model, model.label.view, model.label.name, model.label.type);
  const features = model.features.map(({ view, name, type }) => partColumn(plan, model, view, name, type));
  const slices = model.slices.map(slice => slice.exprs.map(expr => sliceColumn(plan, model, expr)));
  const all = new Map([...features, label, ...slices.flat()].map(column => [column.name, column]));
  return { features, label, slices, all: [...all.values()] };
}

/** The columns of features that read fitted values: by name, what `finishSql` calls them. */
export function waitingColumns(plan: Plan, model: Model): ReadonlyMap<string, string> {
  const waiting = model.views.flatMap(view =>
    plan.views[view]!.features.filter(({ name }) => isFinished(plan.views[view]!, name)).map(
      ({ name, type }) => partColumn(plan, model, view, name, type),
    ),
  );
  return new Map(waiting.map(({ name, view, from }) => [name, finishedColumn(view, from)]));
}

/** A column of a part's rows once their fitted values are there. */
export function finishedSql(name: string, waiting: ReadonlyMap<string, string>): string {
  const from = waiting.get(name);
  return from === undefined ? identifier(name) : `${identifier(from)} AS ${identifier(name)}`;
}

function partColumn(plan: Plan, model: Model, view: string, name: string, type: Type): PartColumn {
  const owners = model.views.filter(other => plan.views[other]!.features.some(f => f.name === name));
  return { name: owners.length > 1 ? `${view}.${name}` : name, view, from: name, type };
}

/** The column of a feature named without its view: of the first view that has it. */
export function featureColumn(plan: Plan, model: Model, name: string, type: Type): PartColumn {
  const view = model.views.find(candidate => plan.views[candidate]!.features.some(f => f.name === name));
  if (view === undefined) throw new Error(`no view of the model has the feature ${name}`);
  return partColumn(plan, model, view, name, type);
}

function sliceColumn(plan: Plan, model: Model, expr: Expr): PartColumn {
  if (expr.op === 'feature') return featureColumn(plan, model, expr.name, expr.type);
  if (expr.op === 'column') {
    const from = `source.${expr.column}`;
    return { name: from, view: model.views[0]!, from, type: expr.type };
  }
  throw new Error(`a slice is a feature or a column of the source, not ${expr.op}`);
}
