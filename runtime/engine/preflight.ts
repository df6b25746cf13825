import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Construct, Expr, Foreign, Model, Plan, Step, StepKind } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import { MlpError } from './contract.ts';
import type { Runners } from './runners.ts';

/** Everything that the goal needs and this runtime cannot do yet; thrown before anything runs. */
export class RunRefusal extends MlpError {
  readonly problems: readonly MlpError[];
  constructor(problems: readonly MlpError[]) {
    const first = problems[0]!;
    super(first.code, first.message, {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      ...(first.at === undefined ? {} : { at: first.at }),
    });
    this.problems = problems;
  }
}

/** Finds what of these steps cannot be carried out; empty: they can. */
export function preflight(plan: Plan, steps: readonly Step[], runners: Runners): readonly MlpError[] {
  const problems = steps.flatMap(step => stepProblems(plan, step, runners));
  const seen = new Set<string>();
  return problems.filter(problem => {
    const key = `${problem.message}@${problem.at}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

const localSources = ['csv', 'parquet', 'json'];
const tasks = ['binary', 'multiclass', 'regression'];

function stepProblems(plan: Plan, step: Step, runners: Runners): readonly MlpError[] {
  if (!runners[step.kind]) return [kindProblem(plan, step)];
  const problems: MlpError[] = [];
  if (step.resources?.gpu)
    problems.push(
      refusal(
        `step ${step.id} asks for a GPU`,
        step.at,
        'take `gpu` out of its resources, or replace it in an environment',
      ),
    );
  if (step.kind === 'ingest') problems.push(...sourceProblems(step.of, plan.sources[step.of]?.from));
  const model = plan.models[step.of];
  if (model && step.kind === 'split') problems.push(...modelProblems(plan, step.of, model));
  return problems;
}

function refusal(what: string, at: number, hint: string): MlpError {
  return fault(runMessages.notYet, { what }, { at, hint });
}

const unsupported: Readonly<Partial<Record<StepKind, { what: string; hint: string }>>> = {
  component: {
    what: 'runs foreign code',
    hint: 'components of every language come later; run a goal that does not need it',
  },
  load: {
    what: 'loads a model from a file',
    hint: 'only models trained here can be run yet; run another model',
  },
  score: { what: 'scores rows into a sink', hint: 'run the model itself: `mlp run MODEL`' },
  write: { what: 'writes to a sink', hint: 'run the model itself: `mlp run MODEL`' },
  deploy: { what: 'starts a service', hint: 'run the model that it serves instead' },
  monitor: { what: 'watches a service', hint: 'run the model that it watches instead' },
};

function kindProblem(plan: Plan, step: Step): MlpError {
  const { what, hint } = unsupported[step.kind] ?? {
    what: `is a ${step.kind} step`,
    hint: 'run another goal',
  };
  const serves = plan.deployments[step.of]?.serves;
  return refusal(
    `${step.of} ${what}`,
    step.at,
    serves ? `run the model that it serves instead: \`mlp run ${serves}\`` : hint,
  );
}

function sourceProblems(name: string, from: Construct | undefined): readonly MlpError[] {
  if (!from) return [];
  if (!localSources.includes(from.name))
    return [
      refusal(
        `source ${name} reads from ${from.name}(…)`,
        from.at,
        `it reads ${localSources.join(', ')} files: replace the source in an environment, such as \`source ${name} = csv("sample/${name}.csv")\`, and run with --env`,
      ),
    ];
  const path = from.args['path'];
  const scheme = typeof path === 'string' ? /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1] : undefined;
  if (scheme === undefined || scheme.toLowerCase() === 'file') return [];
  return [
    refusal(
      `source ${name} reads ${String(path)}`,
      from.at,
      'this runtime reads local files: fetch it first and name the file, or replace the source in an environment and run with --env',
    ),
  ];
}

function modelProblems(plan: Plan, name: string, model: Model): readonly MlpError[] {
  const problems: MlpError[] = [];
  const home = plan.environment === null ? undefined : plan.environments[plan.environment]?.models;
  if (home?.from)
    problems.push(
      fault(
        runMessages.trainedElsewhere,
        { model: name, environment: plan.environment ?? '', home: home.from },
        { at: model.at },
      ),
    );
  if (!tasks.includes(model.task))
    problems.push(refusal(`${name} is a ${model.task} model`, model.at, `it trains ${tasks.join(', ')}`));
  const foreign = (what: string, run: Foreign, at: number) => {
    if (run.language !== 'builtin')
      problems.push(refusal(`${what} runs ${run.language} code`, at, 'use one of the standard library'));
  };
  if (model.trainer)
    foreign(`trainer ${model.trainer.trainer} of ${name}`, model.trainer.run, model.trainer.at);
  if (model.baseline)
    foreign(`baseline ${model.baseline.trainer} of ${name}`, model.baseline.run, model.baseline.at);
  for (const metric of model.metrics) foreign(`metric ${metric.metric} of ${name}`, metric.run, metric.at);
  for (const view of model.views)
    for (const feature of plan.views[view]?.features ?? [])
      if (containsFitted(feature.expr))
        problems.push(
          refusal(`feature ${view}.${feature.name} is \`fitted\``, feature.at, 'write it without `fitted`'),
        );
  return problems;
}

function containsFitted(expr: Expr): boolean {
  if (expr.op === 'fitted') return true;
  return expr.op === 'call' && expr.args.some(containsFitted);
}
