import type { Expr, Plan } from '../plan.ts';
import { children } from '../walk.ts';

/** Who reads what, in either of two plans. */
export interface Readers {
  /** Models of both plans that learn from a value (`flights.delay`), through any number of steps. */
  readonly ofValue: (id: string) => readonly string[];
  /** Models of both plans that learn from any value of a table. */
  readonly ofTable: (table: string) => readonly string[];
  /** Sources of both plans that deliver rows of a schema. */
  readonly sourcesOf: (schema: string) => readonly string[];
  readonly sinksOf: (schema: string) => readonly string[];
  readonly componentsOf: (schema: string) => readonly string[];
}

const tableIn = (id: string): string => id.slice(0, id.lastIndexOf('.'));

/** By model, all values that it is computed from. */
function originsOf(plan: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const reads = new Map<string, string[]>();
  for (const { from, to } of plan.graph.edges) reads.set(to, [...(reads.get(to) ?? []), from]);
  const origins = new Map<string, ReadonlySet<string>>();
  for (const name of Object.keys(plan.models)) {
    const seen = new Set<string>();
    const open = [...(reads.get(name) ?? []), ...besides(plan, name)];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(reads.get(id) ?? []));
    }
    origins.set(name, seen);
  }
  return origins;
}

/** What a model's rows are chosen and split by is not in the graph of values. */
function besides(plan: Plan, name: string): string[] {
  const { views, where, split } = plan.models[name]!;
  const found: string[] = [];
  const visit = (expr: Expr): void => {
    if (expr.op === 'column') names.push(expr.column);
    if (expr.op === 'feature') names.push(expr.name);
    children(expr).forEach(visit);
  };
  const names: string[] = split?.column == null ? [] : [split.column];
  if (where) visit(where);
  for (const view of views) {
    const { source, features = [] } = plan.views[view] ?? {};
    for (const one of names)
      found.push(features.some(f => f.name === one) ? `${view}.${one}` : `${source}.${one}`);
  }
  return found;
}

/** Names in both records whose declaration names a schema. */
const using = (
  kind: 'sources' | 'sinks' | 'components',
  schema: string,
  { old, new: now }: { readonly old: Plan; readonly new: Plan },
): string[] =>
  Object.keys(now[kind]).filter(
    name => now[kind][name]!.schema === schema && old[kind][name]?.schema === schema,
  );

/** Of two plans that call everything by the same names. */
export function readersOf(plans: { readonly old: Plan; readonly new: Plan }): Readers {
  const both = Object.keys(plans.new.models).filter(name => Object.hasOwn(plans.old.models, name));
  let known: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  const origins = (): ReadonlyMap<string, ReadonlySet<string>> => {
    known ??= new Map(
      [originsOf(plans.old), originsOf(plans.new)]
        .map(map => both.map(name => [name, map.get(name)!] as const))
        .reduce((a, b) => a.map(([name, ids], i) => [name, new Set([...ids, ...b[i]![1]])] as const)),
    );
    return known;
  };
  const where = (wanted: (ids: ReadonlySet<string>) => boolean): string[] =>
    both.filter(name => wanted(origins().get(name)!));
  return {
    ofValue: id => where(ids => ids.has(id)),
    ofTable: table => where(ids => [...ids].some(id => tableIn(id) === table)),
    sourcesOf: schema => using('sources', schema, plans),
    sinksOf: schema => using('sinks', schema, plans),
    componentsOf: schema => using('components', schema, plans),
  };
}
