import { canonicalJson } from './hash.ts';
import type { Expr, Feature, FeatureView, FittedExpr } from './plan.ts';
import { sha256 } from './sha256.ts';
import { children } from './walk.ts';

/** A value that is fitted on the training rows of a model, each once in a view. */
export interface FittedValue {
  /** Its name in the view: `mean_distance`. */
  readonly name: string;
  readonly expr: FittedExpr;
  /** The first feature that reads it. */
  readonly feature: Feature;
  /** How many other fitted values must be there before it: 0 where it is of what needs none. */
  readonly depth: number;
}

/** What of a view waits until its fitted values are known. */
export interface Fitting {
  /** In an order in which they can be fitted. */
  readonly values: readonly FittedValue[];
  /** The features that read fitted values, themselves or through others, with the greatest depth of those. */
  readonly finished: ReadonlyMap<string, number>;
  /** The value that an expression stands for. */
  fittedAs(expr: FittedExpr): FittedValue;
}

const fittings = new WeakMap<readonly Feature[], { readonly features: number; readonly fitting: Fitting }>();

/** The fitted values of a view; two that are written alike are one. */
export function fittingOf(view: Pick<FeatureView, 'features'>): Fitting {
  const kept = fittings.get(view.features);
  // A view in the making grows.
  if (kept?.features === view.features.length) return kept.fitting;
  const fitting = readFitting(view.features);
  fittings.set(view.features, { features: view.features.length, fitting });
  return fitting;
}

/** Whether a feature's value is there only once a model was trained. */
export const isFinished = (view: Pick<FeatureView, 'features'>, feature: string): boolean =>
  fittingOf(view).finished.has(feature);

/** By which a model's stored value is known again: what is computed, wherever it stands in the spec. */
export function fittedKey(view: FeatureView, { aggregate, args }: FittedExpr): string {
  const written = (expr: Expr): unknown => {
    if (expr.op === 'feature') {
      const read = view.features.find(({ name }) => name === expr.name);
      return read ? written(read.expr) : expr.name;
    }
    if (expr.op === 'fitted') return { fitted: expr.aggregate, args: expr.args.map(written) };
    return expr.op === 'call' ? { call: expr.fn, args: expr.args.map(written) } : expr;
  };
  return sha256(canonicalJson({ aggregate, args: args.map(written) }, { words: false })).slice(0, 16);
}

function readFitting(features: readonly Feature[]): Fitting {
  const byName = new Map(features.map(feature => [feature.name, feature]));
  const finished = new Map<string, number>();
  const visited = new Map<string, number>();
  const values = new Map<string, FittedValue>();
  const taken = new Set<string>();
  /** The greatest depth of the fitted values that an expression reads; -1: none. */
  const depthOf = (expr: Expr, feature: Feature): number => {
    if (expr.op === 'fitted') return fittedAs(expr, feature).depth;
    if (expr.op === 'feature') return ofFeature(expr.name);
    return Math.max(-1, ...children(expr).map(child => depthOf(child, feature)));
  };
  const fittedAs = (expr: FittedExpr, feature: Feature): FittedValue => {
    const key = keyOf(expr);
    const known = values.get(key);
    if (known) return known;
    const depth = Math.max(-1, ...expr.args.map(arg => depthOf(arg, feature))) + 1;
    const value = { name: nameOf(expr, feature, taken), expr, feature, depth };
    values.set(key, value);
    return value;
  };
  const ofFeature = (name: string): number => {
    const known = visited.get(name);
    if (known !== undefined) return known;
    // A spec that is wrong may have features that read each other.
    visited.set(name, -1);
    const feature = byName.get(name);
    const depth = feature ? depthOf(feature.expr, feature) : -1;
    visited.set(name, depth);
    if (depth >= 0) finished.set(name, depth);
    return depth;
  };
  for (const { name } of features) ofFeature(name);
  return {
    values: [...values.values()].sort((a, b) => a.depth - b.depth),
    finished,
    fittedAs: expr => values.get(keyOf(expr))!,
  };
}

/** The same wherever it stands: positions do not matter. */
const keyOf = (expr: FittedExpr): string => canonicalJson(expr);

/** `mean_distance`: the aggregate, and the first that it is of. */
function nameOf(expr: FittedExpr, feature: Feature, taken: Set<string>): string {
  const aggregate = expr.aggregate.replace(/_(any|int|float)$/, '');
  const of = expr.args[0] === undefined ? undefined : (firstLeaf(expr.args[0]) ?? feature.name);
  const wanted = of === undefined ? aggregate : `${aggregate}_${of}`;
  let name = wanted;
  // Programs write it in other cases.
  const plain = (): string => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  for (let n = 2; taken.has(plain()); n++) name = `${wanted}_${n}`;
  taken.add(plain());
  return name;
}

function firstLeaf(expr: Expr): string | undefined {
  if (expr.op === 'column') return expr.column;
  if (expr.op === 'feature') return expr.name;
  if (expr.op === 'window') return undefined;
  for (const child of children(expr)) {
    const found = firstLeaf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
