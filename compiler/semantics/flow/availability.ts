import { flowMessages } from '../../diagnostics/messages/flow.ts';
import type { Pieces } from '../../pieces.ts';
import { durationText } from '../../plan/build/text.ts';
import type { Expr, Feature, FeatureView, Moment, ValueEdge } from '../../plan/plan.ts';
import { isLate, lateOf, splitId, tableOf } from '../../plan/reads.ts';
import { children } from '../../plan/walk.ts';
import type { FlowFacts } from './facts.ts';
import { instead } from './hints.ts';
import { Mixing } from './mixing.ts';
import { originLabels } from './origin.ts';
import { knownText, predicts, stepLabel } from './words.ts';

/**
 * Family 3, values of the row itself: each must be known at T, whatever it is read for. Values of other rows are
 * filtered by when they were known, by windows and look-ups themselves.
 */
export function* checkAvailability(facts: FlowFacts, leaks: ReadonlySet<string>): Pieces<void> {
  const mixing = Object.keys(facts.draft.components).length > 0 ? new Mixing(facts) : undefined;
  for (const [name, view] of Object.entries(facts.draft.views)) {
    yield;
    if (view.moment === null) continue;
    const late = lateIds(name, view, facts);
    const arrivals = new Map<string, LateRead[]>();
    for (const feature of view.features) {
      if (feature.label) continue;
      const id = `${name}.${feature.name}`;
      const seen: string[] = [];
      for (const edge of facts.edgesInto(id)) {
        if (edge.alias === undefined && !late.has(edge.from) && !mixing) continue;
        if (seen.includes(edge.from) || (leaks.size > 0 && leaks.has(`${id}\0${edge.from}`))) continue;
        const read = mixing?.check(edge, feature.name) ? 'told' : lateRead(edge, feature, name, view, facts);
        if (!read) continue;
        seen.push(edge.from);
        if (read === 'told') continue;
        // What is late only because the row itself arrives late is one mistake, however many features read the row.
        if (isOfTheRow(read, name, facts)) push(arrivals, `${read.worst.base} ${read.worst.offset}`, read);
        else report([read], name, view, facts);
      }
    }
    for (const reads of arrivals.values()) report(reads, name, view, facts);
  }
}

/** The row's own values that are not known at T. */
function lateIds(name: string, view: FeatureView, facts: FlowFacts): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const column of tableOf(facts.draft, view.source)?.columns.values() ?? [])
    if (isLate(column.known, view, facts.draft)) ids.add(column.id);
  for (const feature of view.features)
    if (feature.label && isLate(feature.known, view, facts.draft)) ids.add(`${name}.${feature.name}`);
  return ids;
}

interface LateRead {
  readonly edge: ValueEdge;
  readonly feature: string;
  /** The latest moment from which the value is known. */
  readonly worst: Moment;
}

function push(groups: Map<string, LateRead[]>, key: string, read: LateRead): void {
  const group = groups.get(key);
  if (group) group.push(read);
  else groups.set(key, [read]);
}

/** Nothing is annotated: the value comes with its row. */
const isOfTheRow = ({ edge, worst }: LateRead, name: string, facts: FlowFacts): boolean =>
  worst.base === 'event' && worst.at === undefined && splitId(edge.from).table === facts.view(name)?.source;

/** The read of a value that is not known at T; undefined if it is. */
function lateRead(
  edge: ValueEdge,
  { name: feature, expr }: Feature,
  name: string,
  view: FeatureView,
  facts: FlowFacts,
): LateRead | undefined {
  const { table, column } = splitId(edge.from);
  if (edge.joined || (edge.via !== 'row' && edge.via !== 'key')) return undefined;
  const late = (moments: readonly Moment[]): LateRead | undefined => {
    const worst = lateOf({ latest: moments }, view, facts.draft).at(-1);
    return worst && { edge, feature, worst };
  };
  if (table === name) {
    // Another feature is judged where it is computed; a label may be later.
    const other = view.features.find(f => f.name === column);
    return other?.label ? late(other.known.latest) : undefined;
  }
  if (table !== view.source || (edge.via === 'row' && edge.alias !== undefined)) return undefined;
  // What a look-up of the row itself finds is known, whatever is looked up by it.
  if (edge.via === 'key' && edge.alias !== undefined && !readsPlainly(expr, column, view)) return undefined;
  // T itself is known at T.
  if (view.moment?.kind === 'column' && column === view.moment.column && view.moment.offset >= 0)
    return undefined;
  return late(facts.node(edge.from)?.known.latest ?? []);
}

/** Does the expression read a column of the row as it is, if only to look something up? */
function readsPlainly(expr: Expr, column: string, view: FeatureView): boolean {
  if (expr.op !== 'column') return children(expr).some(inner => readsPlainly(inner, column, view));
  if (expr.of === 'row') return expr.column === column;
  const join = view.joins.find(({ alias }) => alias === expr.of);
  return join?.on.some(({ own }) => readsPlainly(own, column, view)) ?? false;
}

const after = (column: string, offset: number): string =>
  offset === 0 ? column : `${column} + ${durationText(offset)}`;

/** Reads that are late for one reason: the first is pointed at, the others are named and labelled. */
function report(reads: readonly LateRead[], name: string, view: FeatureView, facts: FlowFacts): void {
  const [{ edge, feature, worst }, ...others] = reads as readonly [LateRead, ...LateRead[]];
  const cell = facts.shown(edge.from, name);
  const besides = others.map(({ edge: other }) => {
    const taken = facts.shown(other.to, name) === facts.shown(other.from, name);
    const label = taken ? facts.label(other.at, 'so is this') : stepLabel(other, name, facts);
    return label && { ...label, beside: true as const };
  });
  const at = facts.at(edge.at, [
    ...originLabels(edge.from, worst, name, facts),
    facts.label(view.at, `\`${name}\` predicts ${predicts(view)}`),
    ...besides,
  ]);
  if (!at) return;
  const args = {
    rows: others.length === 0 ? undefined : view.source,
    features: [...new Set(reads.map(read => read.feature))],
    feature,
    cell,
    known: knownText(worst, view.eventTime),
    moment: predicts(view),
    as: edge.via === 'key' ? ('key' as const) : ('value' as const),
    // What another row is looked up by cannot be an average of the past.
    instead: edge.via === 'key' || others.length > 0 ? undefined : instead(edge.from, view, facts),
    // A later moment of prediction is a way out only where both are counted from one column.
    later:
      view.moment?.kind === 'column' && worst.base === 'event' && view.moment.column === view.eventTime
        ? after(view.moment.column, worst.offset)
        : worst.base === 'column' && view.moment?.kind === 'column'
          ? worst.column
          : others.length > 0
            ? after(view.eventTime ?? '', worst.offset)
            : undefined,
  };
  facts.diagnostics.push(flowMessages.notAvailable(args, at));
}
