import type { At } from '../../diagnostics/define.ts';
import type { Diagnostic, Label } from '../../diagnostics/diagnostic.ts';
import type { Pieces } from '../../pieces.ts';
import type { Place } from '../../plan/build/context.ts';
import type { FeatureView, ValueEdge, ValueGraph, ValueNode } from '../../plan/plan.ts';
import { splitId } from '../../plan/reads.ts';
import type { Draft } from '../../plan/steps.ts';

/** A value with the edges at it. */
interface Entry {
  readonly node: ValueNode;
  into: ValueEdge[] | undefined;
  from: ValueEdge[] | undefined;
}

const inPiece = 2_000;

/** What the rules look at: a plan in the making, its graph of values, and where everything stands in the spec. */
export class FlowFacts {
  readonly draft: Draft;
  readonly graph: ValueGraph;
  readonly places: readonly Place[];
  readonly diagnostics: Diagnostic[] = [];
  private readonly entries = new Map<string, Entry>();

  private constructor(draft: Draft, graph: ValueGraph, places: readonly Place[]) {
    this.draft = draft;
    this.graph = graph;
    this.places = places;
  }

  static *inPieces(draft: Draft, graph: ValueGraph, places: readonly Place[]): Pieces<FlowFacts> {
    const facts = new FlowFacts(draft, graph, places);
    const { entries } = facts;
    const { nodes, edges } = graph;
    for (let i = 0; i < nodes.length; i++) {
      if (i % inPiece === 0) yield;
      entries.set(nodes[i]!.id, { node: nodes[i]!, into: undefined, from: undefined });
    }
    for (let i = 0; i < edges.length; i++) {
      if (i % inPiece === 0) yield;
      const edge = edges[i]!;
      const to = entries.get(edge.to);
      const from = entries.get(edge.from);
      // One of them may have been left out for an error.
      if (!to || !from) continue;
      if (to.into === undefined) to.into = [edge];
      else to.into.push(edge);
      if (from.from === undefined) from.from = [edge];
      else from.from.push(edge);
    }
    return facts;
  }

  node(id: string): ValueNode | undefined {
    return this.entries.get(id)?.node;
  }

  /** What a value is computed from directly, in the order in which it is written. */
  edgesInto(id: string): readonly ValueEdge[] {
    return this.entries.get(id)?.into ?? none;
  }

  edgesFrom(id: string): readonly ValueEdge[] {
    return this.entries.get(id)?.from ?? none;
  }

  view(name: string): FeatureView | undefined {
    return this.draft.views[name];
  }

  place(at: number): Place | undefined {
    return this.places[at];
  }

  /** Where a diagnostic points; undefined for a position that no text has. */
  at(at: number, labels: readonly (Label | undefined)[], extra: Partial<At> = {}): At | undefined {
    const place = this.place(at);
    if (!place) return undefined;
    const seen = new Set<string>();
    const shown = labels.filter((label): label is Label => {
      if (!label) return false;
      const key = `${label.file.path}\0${label.span.start}\0${label.span.end}`;
      const own =
        label.file === place.file &&
        label.span.start === place.span.start &&
        label.span.end === place.span.end;
      if (own || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
    return { ...place, labels: shown, ...extra };
  }

  label(at: number | undefined, message: string): Label | undefined {
    const place = at === undefined ? undefined : this.place(at);
    return place && { ...place, message };
  }

  /** A value's name as the reader of a view sees it: its own columns and features without their table. */
  shown(id: string, view: string): string {
    const { table, column } = splitId(id);
    const own = table === view || table === this.view(view)?.source;
    return own ? column : id;
  }
}

const none: readonly ValueEdge[] = [];
