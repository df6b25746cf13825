import { defineRule } from '../rule.ts';
import { deployed } from './examples.ts';

export const unheardAlert = defineRule({
  name: 'unheard-alert',
  code: 'MLP7155',
  level: 'warn',
  title: 'an alert that reaches nobody',
  message: ({ monitor }: { monitor: string }) =>
    `an alert of \`${monitor}\` reaches nobody and starts nothing`,
  hint: ({ monitor }) =>
    `write \`notify slack(secret("SLACK_WEBHOOK"))\` in it, or \`on alert(${monitor})\` in a pipeline`,
  why: `A monitor that alerts with nobody to hear it looks like a safeguard and is none. An alert is heard where the monitor notifies somebody, or where a pipeline starts on it.`,
  reference: {
    title: 'Alertmanager: alerts lost to a receiver that does not exist',
    url: 'https://github.com/prometheus/alertmanager/issues/1759',
  },
  wrong: deployed({ monitor: 'every 1d over 7d\n  alert error_rate > 5%' }),
  right: deployed(),
  create: context => ({
    Monitor({ name, items }) {
      const monitor = context.draft.monitors[name.text];
      const alert = items.find(item => item.kind === 'Condition' && item.severity === 'alert');
      if (!monitor || !alert || items.some(({ kind }) => kind === 'Notify')) return;
      const starts = Object.values(context.draft.pipelines).some(({ triggers }) =>
        triggers.some(trigger => trigger.kind === 'alert' && trigger.monitor === name.text),
      );
      if (!starts) context.report({ monitor: name.text }, { span: name.span });
    },
  }),
});
