import { durationText } from '../../plan/build/text.ts';
import type { Draft } from '../../plan/steps.ts';
import { tablesOf } from '../../plan/tables.ts';
import { type Cron, isFault, parseCron } from '../../semantics/cron.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const scheduled = (cron: string): string =>
  project({
    source: 'partitioned by day daily',
    more: `/// Trains anew when there is something to learn.
pipeline nightly {
  run buyers
  on schedule("${cron}")
  timeout 30min
}`,
  });

const day = 86_400_000;
const grains: Readonly<Record<string, number>> = {
  hourly: day / 24,
  daily: day,
  weekly: 7 * day,
  monthly: 30 * day,
};

export const scheduleCadence = defineRule({
  name: 'schedule-cadence',
  code: 'MLP7134',
  level: 'warn',
  title: 'a schedule faster than its data',
  message: ({
    pipeline,
    every,
    source,
    grain,
  }: {
    pipeline: string;
    every: string;
    source: string;
    grain: string;
  }) =>
    `\`${pipeline}\` runs about every ${every}, but \`${source}\`, the quickest of its sources, gets new rows ${grain}`,
  hint: ({ source }) => `run it as often as there is something new, or \`on new_rows(${source}) >= …\``,
  why: `A pipeline that runs more often than its data changes computes what it has, finds nothing new and, where a step is not cached,
pays for it. Worse, somebody will read its success as fresh data. The rule knows how often rows come from \`partitioned by … hourly\`, \`daily\`,
\`weekly\` or \`monthly\`, and says nothing where one of the pipeline's sources does not tell.`,
  reference: {
    title: 'Airflow: data-aware scheduling',
    url: 'https://airflow.apache.org/docs/apache-airflow/2.11.2/authoring-and-scheduling/datasets.html',
  },
  wrong: scheduled('0 * * * *'),
  right: scheduled('0 3 * * *'),
  create: context => ({
    finish() {
      const { draft } = context;
      for (const [pipeline, { goals, triggers }] of Object.entries(draft.pipelines)) {
        const quickest = quickestOf(draft, goals);
        if (!quickest) continue;
        for (const trigger of triggers) {
          const place = context.place(trigger.at);
          const cron = trigger.kind === 'schedule' ? parseCron(trigger.cron) : undefined;
          if (!place || !cron || isFault(cron)) continue;
          const gap = gapOf(cron);
          // Runs by the hour of a working day are as often as daily rows, on the days when there are any.
          if (gap >= quickest.gap * 0.9) continue;
          const every = durationText(Math.max(60_000, Math.round(gap / 60_000) * 60_000));
          context.report({ pipeline, every, source: quickest.source, grain: quickest.grain }, place);
        }
      }
    },
  }),
});

/** Milliseconds between two runs of one day, or between days where there is one run a day. */
function gapOf({ minutes, hours, dates, weekdays, anyDate, anyWeekday }: Cron): number {
  const aDay = minutes.length * hours.length;
  if (aDay > 1) return day / aDay;
  if (!anyWeekday) return (7 * day) / new Set(weekdays).size;
  return anyDate ? day : (30 * day) / dates.length;
}

/** The source that gets new rows most often; undefined where one does not say how often it does. */
function quickestOf(
  draft: Draft,
  goals: readonly string[],
): { source: string; gap: number; grain: string } | undefined {
  const sources = new Set<string>();
  for (const goal of goals) reach(draft, goal, sources, new Set());
  let quickest: { source: string; gap: number; grain: string } | undefined;
  for (const source of sources) {
    const grain = draft.sources[source]?.partition?.grain;
    const gap = grain === undefined ? undefined : grains[grain];
    if (grain === undefined || gap === undefined) return undefined;
    if (!quickest || gap < quickest.gap) quickest = { source, gap, grain };
  }
  return quickest;
}

/** The sources that a declaration needs, through deployments, models, views and components. */
function reach(draft: Draft, name: string, found: Set<string>, seen: Set<string>): void {
  if (seen.has(name)) return;
  seen.add(name);
  if (draft.sources[name]) found.add(name);
  const next = [
    ...(draft.deployments[name] ? [draft.deployments[name].serves] : []),
    ...(draft.models[name]?.views ?? []),
    ...(draft.views[name] ? tablesOf(draft.views[name]) : []),
    ...Object.values(draft.components[name]?.inputs ?? {}),
    ...(draft.validations[name] ? [draft.validations[name].on] : []),
  ];
  for (const one of next) reach(draft, one, found, seen);
}
