import { durationText } from '../../plan/build/text.ts';
import type { FeatureView, Moment } from '../../plan/plan.ts';

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
