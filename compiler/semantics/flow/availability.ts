import { flowMessages } from '../../diagnostics/messages/flow.ts';
import { durationText } from '../../plan/build/text.ts';
import type { FeatureView, Moment, ValueEdge } from '../../plan/plan.ts';
import { isLate, lateOf, splitId, tableOf } from '../../plan/reads.ts';
import type { FlowFacts } from './facts.ts';
import { instead } from './hints.ts';
import { Mixing } from './mixing.ts';
import { originLabels } from './origin.ts';
import { knownText, predicts } from './words.ts';

/**
 * Family 3, values of the row itself: each must be known at T, whatever it is read for. Values of other rows are
 * filtered by when they were known, by windows and look-ups themselves.
 */
export function checkAvailability(facts: FlowFacts, leaks: ReadonlySet<string>): void {
  const mixing = Object.keys(facts.draft.components).length > 0 ? new Mixing(facts) : undefined;
  for (const [name, view] of Object.entries(facts.draft.views)) {
    if (view.moment === null) continue;
    const late = lateIds(name, view, facts);
    for (const feature of view.features) {
      if (feature.label) continue;
      const id = `${name}.${feature.name}`;
      const seen: string[] = [];
      for (const edge of facts.edgesInto(id)) {
        if (edge.alias === undefined && !late.has(edge.from) && !mixing) continue;
        if (seen.includes(edge.from) || (leaks.size > 0 && leaks.has(`${id}\0${edge.from}`))) continue;
        if (mixing?.check(edge, feature.name) || checkRead(edge, feature.name, name, view, facts))
          seen.push(edge.from);
      }
    }
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

/** True if the read was reported. */
function checkRead(
  edge: ValueEdge,
  feature: string,
  name: string,
  view: FeatureView,
  facts: FlowFacts,
): boolean {
  const { table, column } = splitId(edge.from);
  if (edge.joined || (edge.via !== 'row' && edge.via !== 'key')) return false;
  if (table === name) {
    // Another feature is judged where it is computed; a label may be later.
    const other = view.features.find(f => f.name === column);
    return other?.label === true && reportLate(edge, other.known.latest, feature, name, view, facts);
  }
  if (table !== view.source || (edge.via === 'row' && edge.alias !== undefined)) return false;
  // T itself is known at T.
  if (view.moment?.kind === 'column' && column === view.moment.column && view.moment.offset >= 0)
    return false;
  return reportLate(edge, facts.node(edge.from)?.known.latest ?? [], feature, name, view, facts);
}

function reportLate(
  edge: ValueEdge,
  moments: readonly Moment[],
  feature: string,
  name: string,
  view: FeatureView,
  facts: FlowFacts,
): boolean {
  const late = lateOf({ latest: moments }, view, facts.draft);
  const worst = late[late.length - 1];
  if (!worst) return false;
  const cell = facts.shown(edge.from, name);
  const causes = originLabels(edge.from, worst, name, facts);
  const at = facts.at(edge.at, [...causes, facts.label(view.at, `\`${name}\` predicts ${predicts(view)}`)]);
  if (!at) return false;
  const args = {
    feature,
    cell,
    known: knownText(worst, view.eventTime),
    moment: predicts(view),
    as: edge.via === 'key' ? ('key' as const) : ('value' as const),
    // What another row is looked up by cannot be an average of the past.
    instead: edge.via === 'key' ? undefined : instead(edge.from, view, facts),
    // A later moment of prediction is a way out only where both are counted from one column.
    later:
      view.moment?.kind === 'column' && worst.base === 'event' && view.moment.column === view.eventTime
        ? `${view.moment.column} + ${durationText(worst.offset)}`
        : worst.base === 'column' && view.moment?.kind === 'column'
          ? worst.column
          : undefined,
  };
  facts.diagnostics.push(flowMessages.notAvailable(args, at));
  return true;
}
