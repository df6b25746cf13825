import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment, Pipeline, Plan } from '../../compiler/plan/plan.ts';

/** A plan of `test/fixtures/plans`, as it was checked in. */
export const fixturePlan = (name: string): Plan =>
  JSON.parse(
    readFileSync(path.join(import.meta.dirname, '../fixtures/plans', `${name}.plan.json`), 'utf8'),
  ) as Plan;

export const clusterSettings = {
  namespace: 'ml',
  registry: 'ghcr.io/acme/ml',
  artifacts: 's3://acme-ml',
  volume: 'penguins',
  mount: '/data',
};

/** The same plan, resolved for a cluster whose volume holds the data of every source. */
export function inCluster(
  plan: Plan,
  changes: { settings?: object; pipeline?: Partial<Pipeline> } = {},
): Plan {
  const environment: Environment = {
    extends: null,
    target: 'kubernetes',
    settings: { ...clusterSettings, ...changes.settings },
    sources: {},
    sinks: {},
    connections: {},
    params: {},
    models: null,
    deploy: null,
    at: 0,
  };
  const mount = (environment.settings as typeof clusterSettings).mount;
  const sources = Object.fromEntries(
    Object.entries(plan.sources).map(([name, source]) => {
      const file = String(source.from.args['path']).replace(/^.*\//, '');
      const args = { ...source.from.args, path: `${mount}/${file}` };
      return [name, { ...source, from: { ...source.from, args } }];
    }),
  );
  const [model = ''] = Object.keys(plan.models);
  const nightly: Pipeline = {
    goals: [model],
    triggers: [{ kind: 'schedule', cron: '0 3 * * *', zone: 'Europe/Berlin', missed: 'once', at: 0 }],
    cooldown: 21_600_000,
    timeout: 7_200_000,
    retry: { times: 2, after: 1000 },
    interval: null,
    concurrency: 'queue',
    budget: null,
    notify: [],
    at: 0,
    ...changes.pipeline,
  };
  return {
    ...plan,
    sources,
    environment: 'cluster',
    environments: { cluster: environment },
    pipelines: { nightly },
  };
}
