import { flowMessages } from '../../diagnostics/messages/flow.ts';
import type { Pieces } from '../../pieces.ts';
import { durationText } from '../../plan/build/text.ts';
import type { FeatureView, Moment } from '../../plan/plan.ts';
import { lateOf, tableOf } from '../../plan/reads.ts';
import type { FlowFacts } from './facts.ts';
import { originLabels } from './origin.ts';
import { windowsIn } from './windows.ts';
import { knownText, predicts } from './words.ts';

/**
 * Family 3, rows of views: joins and windows take them from their T on, so by then a row must have arrived and its key
 * be known.
 */
export function* checkViewRows(facts: FlowFacts): Pieces<void> {
  for (const view of Object.values(facts.draft.views)) {
    yield;
    if (view.moment === null) continue;
    for (const join of view.joins) checkRead(join.table, join.at, facts);
    for (const feature of view.features)
      for (const window of windowsIn(feature.expr)) checkRead(window.table, window.at, facts);
  }
}

function checkRead(name: string, where: number, facts: FlowFacts): void {
  const view = facts.view(name);
  const late = view && lateCell(view, facts);
  if (!late) return;
  const { cell, moment } = late;
  const declared = originLabels(`${view.source}.${cell}`, moment, name, facts);
  const at = facts.at(where, [...declared, facts.label(view.at, `\`${name}\` predicts ${predicts(view)}`)]);
  if (!at) return;
  const onEvent = view.moment?.kind === 'column' && view.moment.column === view.eventTime;
  const later =
    onEvent && moment.base === 'event' ? `${view.eventTime} + ${durationText(moment.offset)}` : undefined;
  const args = {
    view: name,
    cell: cell === view.eventTime ? undefined : cell,
    known: knownText(moment, view.eventTime),
    moment: predicts(view).replaceAll('`', ''),
    later,
  };
  facts.diagnostics.push(flowMessages.rowsNotThere(args, at));
}

/** What of a view's row, its arrival, its T or its key, is known only after its T. */
function lateCell(view: FeatureView, facts: FlowFacts): { cell: string; moment: Moment } | undefined {
  const columns = tableOf(facts.draft, view.source)?.columns;
  if (view.moment === null || view.eventTime === null || !columns) return undefined;
  const moment = view.moment.kind === 'column' ? [view.moment.column] : [];
  for (const cell of [view.eventTime, ...moment, ...view.key]) {
    const late = lateOf(columns.get(cell)?.known ?? { latest: [] }, view, facts.draft);
    const latest = late.at(-1);
    if (latest) return { cell, moment: latest };
  }
  return undefined;
}
