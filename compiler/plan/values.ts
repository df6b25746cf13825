import { atOnce, type Pieces } from '../pieces.ts';
import { atMoment } from './known.ts';
import type { Expr, FeatureView, ValueEdge, ValueGraph, ValueNode, WindowExpr } from './plan.ts';
import { idOf, type Read, type RowContext, readsOf, tableOf } from './reads.ts';
import type { Draft } from './steps.ts';
import { children } from './walk.ts';

function tableNodes(draft: Draft, name: string, nodes: ValueNode[]): void {
  tableOf(draft, name)?.columns.forEach(({ id, type, known, tags, at }) => {
    nodes.push({ id, type, known, tags, at });
  });
}

/** Columns by which a view's rows are told, and which it does not compute. */
const keysOf = (view: FeatureView): readonly string[] =>
  view.key.filter(key => !view.features.some(f => f.name === key));

/** A view's nodes keep K in the view's terms (`at` is T), which tell more than those of its table. */
function addView(context: RowContext, nodes: ValueNode[], edges: ValueEdge[]): void {
  const { draft, name, view } = context;
  const source = tableOf(draft, view.source)?.columns;
  const own = tableOf(draft, name)?.columns;
  for (const key of keysOf(view)) {
    const column = source?.get(key);
    if (!column) continue;
    const { type, known, tags, at } = column;
    const id = own?.get(key)?.id ?? `${name}.${key}`;
    nodes.push({ id, type, known, tags, at });
    edges.push({ from: column.id, to: id, via: 'row', at: view.at });
  }
  for (const { name: feature, type, known, tags, at, expr } of view.features) {
    const id = own?.get(feature)?.id ?? `${name}.${feature}`;
    nodes.push({ id, type, known, tags, at });
    const reads = unique(readsOf(expr, context));
    // What was read is this feature's alone, so it becomes the edge itself.
    for (let i = 0; i < reads.length; i++) {
      const edge = reads[i] as Read & { to: string };
      edge.to = id;
      edges.push(edge);
    }
  }
}

/** Column to column: what every value of the plan is computed from, and from when it is known. */
export const buildGraph = (draft: Draft): ValueGraph => whole(drawGraph(draft));

/** The graph without edges to values that errors left out. */
export function whole({ nodes, edges }: ValueGraph): ValueGraph {
  const ids = new Set(nodes.map(node => node.id));
  return { nodes, edges: edges.filter(edge => ids.has(edge.from) && ids.has(edge.to)) };
}

/** The graph, perhaps with edges to values that errors left out. */
export const drawGraph = (draft: Draft): ValueGraph => atOnce(drawInPieces(draft));

/** The same, in pieces. */
export function* drawInPieces(draft: Draft): Pieces<ValueGraph> {
  const nodes: ValueNode[] = [];
  const edges: ValueEdge[] = [];
  for (const name of [...Object.keys(draft.sources), ...Object.keys(draft.components)])
    tableNodes(draft, name, nodes);
  for (const [name, use] of Object.entries(draft.components))
    for (const [column, origins] of Object.entries(use.derives))
      for (const from of origins)
        edges.push({
          from,
          to: `${name}.${column}`,
          via: 'component',
          ...(use.masks ? { masked: true } : {}),
          at: use.at,
        });
  for (const [name, view] of Object.entries(draft.views)) {
    addView({ draft, name, view }, nodes, edges);
    yield;
  }
  for (const [name, model] of Object.entries(draft.models)) {
    nodes.push({ id: name, type: model.label.type, known: atMoment(), tags: [], at: model.at });
    for (const f of model.features)
      edges.push({ from: idOf(f.view, f.name, draft), to: name, via: 'model', at: model.at });
    edges.push({
      from: idOf(model.label.view, model.label.name, draft),
      to: name,
      via: 'label',
      at: model.at,
    });
  }
  return { nodes, edges };
}

/** The same read written twice in one expression is one edge, at the first place. */
function unique(reads: readonly Read[]): readonly Read[] {
  if (reads.length < 2) return reads;
  const isFirst = (read: Read, index: number): boolean => {
    for (let i = 0; i < index; i++) {
      const { from, via, alias, masked, joined } = reads[i]!;
      if (
        from === read.from &&
        via === read.via &&
        alias === read.alias &&
        masked === read.masked &&
        joined === read.joined
      )
        return false;
    }
    return true;
  };
  return reads.length < 16 ? reads.filter(isFirst) : uniqueOfMany(reads);
}

function uniqueOfMany(reads: readonly Read[]): readonly Read[] {
  const seen = new Map<string, Read>();
  for (const read of reads) {
    const key = `${read.from}\0${read.via}\0${read.alias ?? ''}\0${read.masked === true}\0${read.joined === true}`;
    if (!seen.has(key)) seen.set(key, read);
  }
  return [...seen.values()];
}

/**
 * Tags that a feature takes from what it reads: personal data stays personal unless a masking function lies between;
 * a column taken over as it is stays a key or an event time. What rows are looked up by does not show in their values.
 */
export function tagsOf(expr: Expr, context: RowContext): string[] {
  let tags: Set<string> | undefined;
  const visit = (e: Expr, hidden: boolean, other: string | undefined): void => {
    const masked = hidden || e.masks === true;
    const found = columnTags(e, context, other);
    if (found.length > 0) tags ??= new Set();
    for (let i = 0; i < found.length; i++) {
      const tag = found[i]!;
      if (tag === 'pii') tags!.add(masked ? 'masked' : 'pii');
      else if (tag === 'masked') tags!.add('masked');
      else if (e === expr && (tag === 'key' || tag === 'event_time')) tags!.add(tag);
    }
    const inner = e.op === 'window' ? e.table : other;
    const inside = e.op === 'window' ? windowed(e) : children(e);
    for (let i = 0; i < inside.length; i++) visit(inside[i]!, masked, inner);
  };
  visit(expr, false, undefined);
  if (tags === undefined || tags.size === 0) return [];
  if (tags.has('pii')) tags.delete('masked');
  return [...tags].sort();
}

/** What a window's value is computed from: the rows' values and the condition on them, not the keys. */
const windowed = ({ value, where }: WindowExpr): Expr[] => [value, where].filter(e => e !== null);

function columnTags(expr: Expr, { draft, view }: RowContext, other: string | undefined): readonly string[] {
  if (expr.op === 'feature') return view.features.find(f => f.name === expr.name)?.tags ?? untagged;
  if (expr.op !== 'column') return untagged;
  const joined = view.joins.find(j => j.alias === expr.of)?.table;
  const table = expr.of === 'row' ? view.source : expr.of === 'other' ? other : joined;
  return (table && tableOf(draft, table)?.columns.get(expr.column)?.tags) || untagged;
}
const untagged: readonly string[] = [];
