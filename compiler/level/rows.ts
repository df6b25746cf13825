import type { At, Condition, Deployment, Expr, Plan } from '../plan/plan.ts';
import { children } from '../plan/walk.ts';
import * as advice from './advice.ts';

/** The declaration that fills a row, as its author would call it. */
export interface Filled {
  readonly by: string;
  readonly at: At;
}
/** What fills a row, ready to paste: into a block of a declaration, or a declaration of its own where `into` is null. */
export interface Advice {
  readonly into: string | null;
  readonly text: string;
}
export interface Row {
  readonly id: string;
  readonly level: 0 | 1 | 2;
  /** What Google's text asks for. */
  readonly title: string;
  /** Whether the spec has what the row is about; one that asks of nothing is no gap. */
  readonly applies?: (plan: Plan) => boolean;
  readonly filled: (plan: Plan) => Filled | undefined;
  readonly next: (plan: Plan) => Advice;
}

const entries = <T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(record);
const contains = (expr: Expr, test: (expr: Expr) => boolean): boolean =>
  test(expr) || children(expr).some(child => contains(child, test));

/** The first of some declarations that fills a row. */
function firstOf<T extends { readonly at: At }>(
  word: string,
  record: Readonly<Record<string, T>>,
  fits: (declaration: T, name: string) => boolean,
): Filled | undefined {
  const found = entries(record).find(([name, declaration]) => fits(declaration, name));
  return found && { by: `${word} ${found[0]}`, at: found[1].at };
}

/** The first rule of any gate that fits. */
function gateRule(plan: Plan, fits: (rule: Condition) => boolean): Filled | undefined {
  for (const [name, { gate }] of entries(plan.models)) {
    const rule = gate?.rules.find(one => one.severity === 'require' && fits(one));
    if (rule) return { by: `promote of ${name}: ${rule.text}`, at: rule.at };
  }
  return undefined;
}

const metricOf = (of: 'model' | 'champion') => (expr: Expr) => expr.op === 'metric' && expr.of === of;

function trigger(
  plan: Plan,
  kind: string,
  fits: (monitor: string) => boolean = () => true,
): Filled | undefined {
  for (const [name, { triggers }] of entries(plan.pipelines)) {
    const found = triggers.find(one => one.kind === kind && (one.kind !== 'alert' || fits(one.monitor)));
    if (found) return { by: `pipeline ${name}`, at: found.at };
  }
  return undefined;
}

/** Does an alert of the monitor speak of such a thing? */
const alerts = (plan: Plan, monitor: string, test: (expr: Expr) => boolean): boolean =>
  (plan.monitors[monitor]?.rules ?? []).some(
    ({ severity, condition }) => severity === 'alert' && contains(condition, test),
  );
const isDrift = (expr: Expr): boolean =>
  expr.op === 'drift' || (expr.op === 'measure' && expr.features !== undefined);
const isMetric = (expr: Expr): boolean => expr.op === 'metric';

const deployment = (plan: Plan, fits: (deployment: Deployment) => boolean) =>
  firstOf('deployment', plan.deployments, fits);

function tested(plan: Plan, kind: string, fits: (test: Plan['tests'][number]) => boolean = () => true) {
  const test = plan.tests.find(one => one.kind === kind && fits(one));
  return test && { by: `test "${test.title}"`, at: test.at };
}

const trained = (plan: Plan): boolean => Object.values(plan.models).some(({ trainer }) => trainer !== null);
const served = (plan: Plan): boolean => Object.values(plan.deployments).some(({ score }) => score === null);

/**
 * Google's levels of automation ("MLOps: Continuous delivery and automation pipelines in machine learning"), each thing that
 * they ask for as a row, with the declaration that fills it. The order within a level is that in which a spec grows.
 */
export const rows: readonly Row[] = [
  {
    id: 'schema',
    level: 0,
    title: 'data described by a schema',
    filled: plan => firstOf('source', plan.sources, () => true),
    next: () => advice.source(),
  },
  {
    id: 'model',
    level: 0,
    title: 'a model, trained and measured by hand',
    filled: plan => firstOf('model', plan.models, ({ metrics }) => metrics.length > 0),
    next: advice.model,
  },
  {
    id: 'compared',
    level: 0,
    title: 'experiments compared side by side',
    filled: plan => firstOf('model', plan.models, ({ baseline, load }) => baseline !== null || load !== null),
    next: plan => advice.inModel(plan, 'baseline constant()'),
  },
  {
    id: 'schema-skew',
    level: 1,
    title: 'rows that break the schema stop the run',
    filled: plan =>
      firstOf(
        'source',
        plan.sources,
        ({ violations }) => violations.action === 'fail' || violations.upTo !== null,
      ),
    next: advice.bound,
  },
  {
    id: 'data-validation',
    level: 1,
    title: 'data validated before training',
    filled: plan =>
      firstOf('validation', plan.validations, ({ rules }) => rules.some(rule => rule.severity === 'require')),
    next: plan => advice.validation(plan, 'require count() >= 100'),
  },
  {
    id: 'value-skew',
    level: 1,
    title: 'values that have moved since the last data are told',
    filled: plan =>
      firstOf('validation', plan.validations, ({ rules }) =>
        rules.some(rule => contains(rule.condition, isDrift)),
      ),
    next: advice.drift,
  },
  {
    id: 'held-out',
    level: 1,
    title: 'model validated on held-out data',
    filled: plan => gateRule(plan, ({ condition }) => contains(condition, metricOf('model'))),
    next: plan => advice.gate(plan, 'floor'),
  },
  {
    id: 'champion',
    level: 1,
    title: 'model compared with the champion',
    filled: plan => gateRule(plan, ({ condition }) => contains(condition, metricOf('champion'))),
    next: plan => advice.gate(plan, 'champion'),
  },
  {
    id: 'segments',
    level: 1,
    title: 'quality on segments of the data',
    filled: plan => gateRule(plan, ({ forEach }) => forEach !== null),
    next: plan => advice.gate(plan, 'segments'),
  },
  {
    id: 'one-definition',
    level: 1,
    title: 'one definition of features for training and serving',
    filled: plan => deployment(plan, () => true),
    next: advice.deployment,
  },
  {
    id: 'infrastructure',
    level: 1,
    title: 'compatibility with the target checked before it serves',
    filled: plan => deployment(plan, ({ check, score }) => score !== null || check !== null),
    next: plan => advice.inDeployment(plan, 'check { load within 60s }'),
  },
  {
    id: 'canary',
    level: 1,
    title: 'validated online, by a canary',
    applies: plan => served(plan) || Object.keys(plan.deployments).length === 0,
    filled: plan => deployment(plan, ({ rollout }) => rollout.strategy === 'canary'),
    next: plan => advice.inDeployment(plan, 'rollout canary { 10% for 10min, 100% }'),
  },
  {
    id: 'rollback',
    level: 1,
    title: 'back to the previous model',
    applies: plan => served(plan) || Object.keys(plan.deployments).length === 0,
    filled: plan => deployment(plan, ({ rollback }) => rollback !== null),
    next: plan => advice.inDeployment(plan, 'rollback when error_rate > 1%'),
  },
  {
    id: 'metadata',
    level: 1,
    title: 'what ran, with what, and what came of it, is kept',
    filled: plan => firstOf('model', plan.models, ({ gate }) => gate !== null),
    next: plan => advice.gate(plan, 'floor'),
  },
  {
    id: 'schedule',
    level: 1,
    title: 'trained again on a schedule',
    filled: plan => trigger(plan, 'schedule'),
    next: plan => advice.inPipeline(plan, 'on schedule("0 3 * * *", zone: "UTC")'),
  },
  {
    id: 'request',
    level: 1,
    title: 'trained again on request',
    filled: plan => trigger(plan, 'request'),
    next: plan => advice.inPipeline(plan, 'on request'),
  },
  {
    id: 'new-data',
    level: 1,
    title: 'trained again on new data',
    filled: plan => trigger(plan, 'new_rows'),
    next: plan => advice.inPipeline(plan, `on new_rows(${advice.sourceOf(plan)}) >= 10_000`),
  },
  {
    id: 'drift',
    level: 1,
    title: 'trained again when the data drift',
    filled: plan => trigger(plan, 'alert', monitor => alerts(plan, monitor, isDrift)),
    next: plan => advice.monitor(plan, 'drift'),
  },
  {
    id: 'degradation',
    level: 1,
    title: 'trained again when the model degrades',
    filled: plan => trigger(plan, 'alert', monitor => alerts(plan, monitor, isMetric)),
    next: plan => advice.monitor(plan, 'metric'),
  },
  {
    id: 'feature-tests',
    level: 2,
    title: 'the logic of features tested',
    filled: plan => tested(plan, 'features'),
    next: advice.featureTest,
  },
  {
    id: 'converges',
    level: 2,
    title: 'training tested: it converges',
    applies: trained,
    filled: plan => tested(plan, 'model', test => test.converges !== null),
    next: plan => advice.modelTest(plan, 'converges on 1_000 rows'),
  },
  {
    id: 'overfits',
    level: 2,
    title: 'training tested: it learns a few records by heart',
    applies: trained,
    filled: plan => tested(plan, 'model', test => test.overfits !== null),
    next: plan => advice.modelTest(plan, 'overfits 50 rows'),
  },
  {
    id: 'finite',
    level: 2,
    title: 'training tested: no value is not a number',
    applies: trained,
    filled: plan => tested(plan, 'model', test => test.finite),
    next: plan => advice.modelTest(plan, 'stays finite'),
  },
  {
    id: 'components',
    level: 2,
    title: 'every component tested: it yields what it declares',
    applies: plan => Object.keys(plan.components).length > 0,
    filled: plan => {
      const used = new Set(Object.values(plan.components).map(({ component }) => component));
      const all = [...used].map(name => tested(plan, 'component', test => test.of === name));
      return all.every(Boolean) ? all[0] : undefined;
    },
    next: advice.componentTest,
  },
  {
    id: 'pipeline-test',
    level: 2,
    title: 'the components tested together',
    filled: plan => tested(plan, 'pipeline'),
    next: advice.pipelineTest,
  },
  {
    id: 'service-test',
    level: 2,
    title: 'the service answers an expected input',
    applies: served,
    filled: plan => tested(plan, 'deployment'),
    next: advice.serviceTest,
  },
  {
    id: 'load-test',
    level: 2,
    title: 'the service tested under load',
    applies: served,
    filled: plan => deployment(plan, ({ check }) => (check?.rules ?? []).some(({ load }) => load !== null)),
    next: plan => advice.inCheck(plan, 'require p99_latency <= 100ms at 50rps for 30s'),
  },
  {
    id: 'resources',
    level: 2,
    title: 'the target is told what the service needs',
    filled: plan => deployment(plan, ({ resources, score }) => score !== null || resources !== null),
    next: plan => advice.inDeployment(plan, 'resources { cpu: 0.5, memory: 512MiB }'),
  },
  {
    id: 'delivery',
    level: 2,
    title: 'delivered to a test or staging environment from a commit',
    filled: plan => firstOf('environment', plan.environments, ({ deploy }) => deploy?.when === 'push'),
    next: advice.staging,
  },
  {
    id: 'approval',
    level: 2,
    title: 'delivered to production after an approval',
    filled: plan => firstOf('environment', plan.environments, ({ deploy }) => deploy?.when === 'approval'),
    next: advice.production,
  },
];
