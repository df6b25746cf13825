import { sourcesOf } from '../reach.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

export const missingFreshness = defineRule({
  name: 'missing-freshness',
  code: 'MLP7124',
  level: 'off',
  strict: 'warn',
  title: 'a scheduled run that does not ask how old the data is',
  message: ({ pipeline, source }: { pipeline: string; source: string }) =>
    `\`${pipeline}\` runs by the clock, and \`${source}\` does not say how old its rows may be`,
  hint: () => 'write `fresh within 26h` in the source: a little more than the time between two deliveries',
  why: `A clock starts a run whether or not new data has come. Where deliveries stop, a nightly pipeline goes on training on the rows of last week, every step succeeds, and every report is
green. \`fresh within\` makes such a run fail. Sources whose schema has an event time, and sources with a watermark, are looked at.`,
  reference: { title: 'dbt: source freshness', url: 'https://docs.getdbt.com/reference/commands/source' },
  wrong: deployed({ source: 'quarantine up to 1%' }),
  right: deployed({ source: 'quarantine up to 1%\n  fresh within 26h' }),
  create(context) {
    const told = new Set<string>();
    return {
      Pipeline({ name }) {
        const pipeline = context.draft.pipelines[name.text];
        if (!pipeline?.triggers.some(({ kind }) => kind === 'schedule')) return;
        for (const source of sourcesOf(context.draft, pipeline.goals)) {
          const { schema, freshWithin, watermark, at } = context.draft.sources[source]!;
          const timed = watermark !== null || context.draft.schemas[schema]?.eventTime != null;
          const place = context.place(at);
          if (freshWithin !== null || !timed || !place || told.has(source)) continue;
          told.add(source);
          const labels = [{ file: context.file, span: name.span, message: 'the pipeline' }];
          context.report({ pipeline: name.text, source }, { ...place, labels });
        }
      },
    };
  },
});
