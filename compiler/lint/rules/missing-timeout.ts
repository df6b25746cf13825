import type { Draft } from '../../plan/steps.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { reachedFrom } from '../reach.ts';
import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

type Foreign = ast.ComponentDeclaration | ast.TrainerDeclaration | ast.MetricDeclaration;
const words = { Component: 'component', Trainer: 'trainer', Metric: 'metric' } as const;

export const missingTimeout = defineRule({
  name: 'missing-timeout',
  code: 'MLP7151',
  level: 'warn',
  title: 'long work without a time-out',
  message: ({ what, name }: { what: string; name: string }) =>
    `the ${what} \`${name}\` may run for ever: it has no \`timeout\``,
  hint: ({ what }) =>
    what === 'pipeline'
      ? 'write `timeout 2h`: some times as long as a run takes'
      : 'write `timeout 30min` in it, or a `timeout` in every pipeline that runs it',
  why: `A step that hangs (a connection that is never answered, a loop that does not converge) holds its machine, and with it the next run, until somebody looks. The time-out turns that into a failure that is told. Pipelines are looked at, and the components,
trainers and metrics that run foreign code and are not run by pipelines with a time-out alone.`,
  reference: {
    title: 'loculus: set timeout for workflows to limit spend when action hangs',
    url: 'https://github.com/loculus-project/loculus/issues/1325',
  },
  wrong: deployed({
    pipeline: 'on schedule("0 3 * * *")\n  notify slack(secret("SLACK_WEBHOOK")) on failure',
  }),
  right: deployed(),
  create(context) {
    const foreign: { readonly declaration: Foreign; readonly file: SourceFile }[] = [];
    const collect = (declaration: Foreign): void => {
      const { items } = declaration.body;
      const runs = items.some(({ kind }) => kind === 'Run') && !items.some(({ kind }) => kind === 'Timeout');
      if (runs) foreign.push({ declaration, file: context.file });
    };
    return {
      Component: collect,
      Trainer: collect,
      Metric: collect,
      Pipeline({ name, items }) {
        if (items.some(({ kind }) => kind === 'Timeout')) return;
        context.report({ what: 'pipeline', name: name.text }, { span: name.span });
      },
      finish() {
        const unlimited = foreign.filter(({ declaration }) => !isLimited(context.draft, declaration));
        for (const { declaration, file } of unlimited) {
          const { kind, name } = declaration;
          context.report({ what: words[kind], name: name.text }, { file, span: name.span });
        }
      },
    };
  },
});

/** Whether it runs in pipelines, and all of these end it with themselves. */
function isLimited(draft: Draft, { kind, name: { text } }: Foreign): boolean {
  const running = Object.values(draft.pipelines).filter(({ goals }) =>
    [...reachedFrom(draft, goals)].some(name => {
      const model = draft.models[name];
      if (kind === 'Component') return draft.components[name]?.component === text;
      if (kind === 'Metric') return model?.metrics.some(({ metric }) => metric === text) === true;
      return model?.trainer?.trainer === text || model?.baseline?.trainer === text;
    }),
  );
  return running.length > 0 && running.every(({ timeout }) => timeout !== null);
}
