import { triggersMessages } from '../../../diagnostics/messages/operations.ts';
import { durationText } from '../../../plan/build/text.ts';
import type { At, Pipeline } from '../../../plan/plan.ts';
import { type Cron, gapsOf, isFault, parseCron } from '../../cron.ts';
import { itemOf, type Operations } from './facts.ts';

const MINUTE = 60_000;
/** Start times against how long a run may take, and against the rows that a run reads. */
export function checkSchedules(facts: Operations): void {
  // Many pipelines start at the same times.
  const known = new Map<string, ReturnType<typeof gapsOf>>();
  for (const [declaration, pipeline] of facts.each('Pipeline', facts.draft.pipelines)) {
    const { timeout, interval, concurrency } = pipeline;
    if (timeout === null && interval === null) continue;
    const name = declaration.name.text;
    const file = facts.program.fileOf(declaration);
    for (const { texts, at } of schedulesOf(pipeline)) {
      const key = texts.join('\n');
      if (!known.has(key)) known.set(key, gapsOf(texts.flatMap(cronOf)));
      const gaps = known.get(key);
      if (!gaps) continue;
      const place = facts.flow.label(at, 'the schedule');
      const written = itemOf(declaration.items, 'Timeout');
      const least = gaps.least * MINUTE;
      if (timeout !== null && written && timeout > least && concurrency !== 'skip') {
        const gap = durationText(least);
        const args = {
          pipeline: name,
          gap,
          timeout: durationText(timeout),
          replaced: concurrency === 'replace',
        };
        const labels = [place && { ...place, message: `starts every ${gap}` }];
        facts.report(triggersMessages.shorterThanTimeout, args, file, written.duration.span, { labels });
      }
      const stretch = itemOf(declaration.items, 'Interval');
      const most = gaps.most * MINUTE;
      if (interval !== null && interval > 0 && stretch && most > interval && isOnly(pipeline)) {
        const args = { pipeline: name, interval: durationText(interval), gap: durationText(most) };
        facts.report(triggersMessages.intervalGap, args, file, stretch.length.span, { labels: [place] });
      }
    }
  }
}

/** Whether nothing but the clock starts a pipeline; rows that new rows start are read by other runs. */
const isOnly = ({ triggers }: Pipeline): boolean =>
  triggers.every(({ kind }) => kind === 'schedule' || kind === 'request');

/** Schedules on one clock belong together. */
function schedulesOf({
  triggers,
}: Pipeline): Iterable<{ readonly texts: readonly string[]; readonly at: At }> {
  const zones = new Map<string, { texts: string[]; at: At }>();
  for (const trigger of triggers) {
    if (trigger.kind !== 'schedule') continue;
    const known = zones.get(trigger.zone);
    if (known) known.texts.push(trigger.cron);
    else zones.set(trigger.zone, { texts: [trigger.cron], at: trigger.at });
  }
  return zones.values();
}

function cronOf(text: string): readonly Cron[] {
  const parsed = parseCron(text);
  return isFault(parsed) ? [] : [parsed];
}
