import { durationText } from '../../plan/build/text.ts';
import type { FeatureView, Moment, ValueEdge } from '../../plan/plan.ts';
import type { FlowFacts } from './facts.ts';

/** T as a person would write it. */
function momentText(view: FeatureView): string {
  const { moment } = view;
  if (moment === null) return '';
  if (moment.kind === 'each') return `each ${moment.grain}`;
  if (moment.offset === 0) return moment.column;
  return `${moment.column} ${moment.offset < 0 ? '-' : '+'} ${durationText(Math.abs(moment.offset))}`;
}

/** Why a value is not known at T, in words: one moment of its K. */
export function knownText(moment: Moment, eventTime: string | null): string {
  if (moment.base === 'column') return `at \`${moment.column}\``;
  const base = moment.base === 'at' ? 'the moment of prediction' : `\`${eventTime ?? 'the event'}\``;
  return moment.offset === 0 ? `at ${base}` : `${durationText(moment.offset)} after ${base}`;
}

/** When a view predicts: `at \`date + 1h\``, `each day`. */
export const predicts = (view: FeatureView): string =>
  view.moment?.kind === 'each' ? momentText(view) : `at \`${momentText(view)}\``;

/** One step of a path: `minutes` reads `delay`. */
export function stepLabel(edge: ValueEdge, view: string, facts: FlowFacts) {
  const to = facts.shown(edge.to, view);
  const from = facts.shown(edge.from, view);
  const how = edge.via === 'component' ? 'is made from' : edge.via === 'key' ? 'is looked up by' : 'reads';
  return facts.label(edge.at, `\`${to}\` ${how} \`${from}\``);
}
