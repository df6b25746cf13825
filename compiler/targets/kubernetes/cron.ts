import type { PlanTrigger } from '../../plan/plan.ts';
import type { YamlValue } from '../yaml.ts';
import { labelsOf, metadata, type Project, type WorkflowPlan } from './project.ts';
import { seconds } from './step.ts';
import { defaults, versions } from './versions.ts';

type Schedule = Extract<PlanTrigger, { kind: 'schedule' }>;

/** Runs that are due while one is going on: they wait for its mutex, take its place, or are left out. */
const policies = { queue: 'Allow', replace: 'Replace', skip: 'Forbid' } as const;

/** One CronWorkflow for all schedules of a pipeline that share a time zone and what to do about missed runs. */
export function cronWorkflows(project: Project, workflow: WorkflowPlan): readonly YamlValue[] {
  const { pipeline, label } = workflow;
  if (!pipeline) return [];
  const groups = new Map<string, Schedule[]>();
  for (const trigger of pipeline.triggers) {
    if (trigger.kind !== 'schedule') continue;
    const key = `${trigger.zone}\n${trigger.missed}`;
    groups.set(key, [...(groups.get(key) ?? []), trigger]);
  }
  return [...groups.values()].map((schedules, i) => ({
    apiVersion: versions.argo,
    kind: 'CronWorkflow',
    metadata: metadata(project, i === 0 ? label : `${label}-${i + 1}`, { pipeline: label }),
    spec: {
      schedules: schedules.map(s => s.cron),
      timezone: schedules[0]!.zone,
      concurrencyPolicy: policies[pipeline.concurrency],
      startingDeadlineSeconds: schedules[0]!.missed === 'once' ? defaults.secondsToMakeUp : 0,
      ...(pipeline.cooldown === null ? {} : { when: cooledDown(pipeline.cooldown) }),
      workflowMetadata: { labels: labelsOf(project, label) },
      workflowSpec: { workflowTemplateRef: { name: label } },
    },
  }));
}

const cooledDown = (cooldown: number): string =>
  `{{=cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Seconds() >= ${seconds(cooldown)}}}`;
