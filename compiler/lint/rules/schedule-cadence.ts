import { durationText } from '../../plan/build/text.ts';
import type { Pipeline, Source } from '../../plan/plan.ts';
import { type Cron, gapsOf, isFault, parseCron } from '../../semantics/cron.ts';
import { sourcesOf } from '../reach.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

const HOUR = 3_600_000;
const periods = { hourly: HOUR, daily: 24 * HOUR, weekly: 7 * 24 * HOUR, monthly: 31 * 24 * HOUR } as const;
const words = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month' } as const;

type Facts =
  | {
      readonly kind: 'often';
      readonly pipeline: string;
      readonly gap: string;
      readonly source: string;
      readonly grain: keyof typeof words;
    }
  | {
      readonly kind: 'tight' | 'loose';
      readonly source: string;
      readonly fresh: string;
      readonly grain: keyof typeof words;
    };

export const scheduleCadence = defineRule({
  name: 'schedule-cadence',
  code: 'MLP7123',
  level: 'warn',
  title: 'a schedule that does not fit the cadence of the data',
  message: (facts: Facts) => {
    switch (facts.kind) {
      case 'often':
        return `\`${facts.pipeline}\` starts every ${facts.gap}, and \`${facts.source}\` has new rows once a ${words[facts.grain]}`;
      case 'tight':
        return `\`${facts.source}\` gets new rows once a ${words[facts.grain]}, so it cannot be fresh within ${facts.fresh} all the time`;
      case 'loose':
        return `\`${facts.source}\` gets new rows once a ${words[facts.grain]}, and one that stays away is noticed after ${facts.fresh}`;
    }
  },
  hint: facts => {
    if (facts.kind === 'often')
      return `start once a ${words[facts.grain]}, after the rows have come, or by \`on new_rows(${facts.source}) >= …\``;
    const period = durationText(periods[facts.grain]);
    return facts.kind === 'tight'
      ? `allow the ${words[facts.grain]} and the time that loading takes: more than ${period}`
      : `ask for a little more than ${period}`;
  },
  why: `A pipeline that starts more often than its data changes does the same work again and promotes by chance. A \`fresh within\` that is shorter than the time between two partitions
refuses good data for most of the day; one that is several times longer notices a missing delivery days late. The grain of \`partitioned by\` says how often rows come; a schedule is
compared with it where all partitioned sources that the pipeline reads come less often than it starts.`,
  reference: {
    title: 'dbt: source freshness',
    url: 'https://docs.getdbt.com/reference/resource-properties/freshness',
  },
  wrong: deployed({
    source: 'partitioned by day daily\n  fresh within 26h',
    deployment: 'traffic 50rps\n  rollout canary { 5% for 20min, 100% }\n  rollback when error_rate > 1%',
    pipeline: 'on schedule("0 * * * *")\n  timeout 50min\n  notify slack(secret("SLACK_WEBHOOK")) on failure',
  }),
  right: deployed({ source: 'partitioned by day daily\n  fresh within 26h' }),
  options: {
    periods: {
      kind: 'number',
      default: 3,
      min: 1,
      max: 1000,
      means: 'how many periods of the data may pass before `fresh within` speaks',
    },
  },
  create: context => ({
    Source(declaration) {
      const source = context.draft.sources[declaration.name.text];
      const fresh = declaration.items.find(item => item.kind === 'Fresh');
      if (!source?.partition || !fresh || source.freshWithin === null) return;
      const { grain } = source.partition;
      const period = periods[grain];
      const facts = { source: declaration.name.text, fresh: durationText(source.freshWithin), grain };
      const partition = declaration.items.find(item => item.kind === 'Partition')!;
      const labels = [{ file: context.file, span: partition.span, message: 'how often rows come' }];
      if (source.freshWithin < period)
        context.report({ kind: 'tight', ...facts }, { span: fresh.within.span, labels });
      else if (source.freshWithin > context.options.periods * period)
        context.report({ kind: 'loose', ...facts }, { span: fresh.within.span, labels });
    },
    Pipeline(declaration) {
      const pipeline = context.draft.pipelines[declaration.name.text];
      const schedule = pipeline && longestGap(pipeline);
      if (!pipeline || !schedule) return;
      const sources = [...sourcesOf(context.draft, pipeline.goals)]
        .map(name => ({ name, partition: context.draft.sources[name]!.partition }))
        .filter(
          (one): one is { name: string; partition: NonNullable<Source['partition']> } =>
            one.partition !== null,
        );
      const [first] = sources.sort((a, b) => periods[a.partition.grain] - periods[b.partition.grain]);
      if (!first || schedule.gap >= periods[first.partition.grain] * 0.9) return;
      const place = context.place(schedule.at);
      if (!place) return;
      const facts = { pipeline: declaration.name.text, gap: durationText(schedule.gap), source: first.name };
      context.report({ kind: 'often', ...facts, grain: first.partition.grain }, place);
    },
  }),
});

/** The longest time between two starts of all schedules together, in milliseconds. */
function longestGap({ triggers }: Pipeline): { readonly gap: number; readonly at: number } | undefined {
  const schedules = triggers.filter(trigger => trigger.kind === 'schedule');
  const crons = schedules.map(({ cron }) => parseCron(cron)).filter((cron): cron is Cron => !isFault(cron));
  const gaps = crons.length > 0 ? gapsOf(crons) : undefined;
  return gaps && { gap: gaps.most * 60_000, at: schedules[0]!.at };
}
