import { targetsMessages } from '../../diagnostics/messages/targets.ts';
import { splitTarget } from '../../plan/foreign.ts';
import { schemeOf } from '../../plan/paths.ts';
import type {
  At,
  ComponentUse,
  Expr,
  Foreign,
  Model,
  Plan,
  Source,
  Step,
  TeamFunction,
} from '../../plan/plan.ts';
import { children } from '../../plan/walk.ts';
import { type Refusal, refuse } from '../target.ts';

/**
 * What the local runtime carries out, as data: the engine refuses by this list before anything runs, and the targets
 * that run the same program in other places refuse by it before anything is emitted.
 */
export const capabilities = {
  steps: [
    'ingest',
    'validate',
    'component',
    'features',
    'split',
    'tune',
    'train',
    'load',
    'baseline',
    'evaluate',
    'gate',
    'register',
    'score',
    'write',
  ] as readonly Step['kind'][],
  /** Constructors of sinks. */
  sinks: ['csv_file', 'parquet_file', 'json_file', 'table'] as readonly string[],
  /** Schemes a path may begin with; no scheme is a file of the project or an absolute path. */
  schemes: ['npm', 's3'] as readonly string[],
  /** How trainers and metrics may be implemented. */
  foreign: ['builtin', 'python', 'shell', 'container'] as readonly Foreign['language'][],
  /** How functions in expressions may be. */
  functions: ['typescript'] as readonly Foreign['language'][],
  /** How components may be. */
  components: ['python', 'typescript', 'shell', 'sql', 'container'] as readonly Foreign['language'][],
  /** Constructors of loaders. */
  loaders: ['onnx'] as readonly string[],
  tasks: ['binary', 'multiclass', 'regression'] as readonly Model['task'][],
} as const;

/** How a step that is not carried out is called in a message. */
const stepWords: Partial<Record<Step['kind'], (of: string) => string>> = {
  deploy: of => `the deployment \`${of}\``,
  monitor: of => `the monitor \`${of}\``,
};

/** The path a source reads, if its constructor takes one. */
export function sourcePath(source: Source): string | undefined {
  const path = source.from.args['path'];
  return typeof path === 'string' ? path : undefined;
}

/** What these steps ask for that the local runtime does not carry out yet: one refusal each, in the order of the steps. */
export function unsupported(plan: Plan, steps: readonly Step[]): readonly Refusal[] {
  const found = steps.flatMap(step => {
    if (!capabilities.steps.includes(step.kind)) {
      const what = stepWords[step.kind]?.(step.of) ?? `the step \`${step.id}\``;
      return [cannot(what, positionOf(plan, step), insteadOf(plan, step))];
    }
    return ofStep(plan, step);
  });
  const seen = new Set<string>();
  return found.filter(refusal => {
    const key = `${refusal.code} ${refusal.at} ${refusal.message}`;
    return !seen.has(key) && seen.add(key);
  });
}

const cannot = (what: string, at: At, hint?: string): Refusal => ({
  ...refuse(targetsMessages.notCarriedOut, { what }, at),
  ...(hint === undefined ? {} : { hint }),
});

/** The goal that comes closest: the model that a deployment serves, or that is served by what a monitor watches. */
function insteadOf(plan: Plan, step: Step): string | undefined {
  const deployment = plan.deployments[step.of] ?? plan.deployments[plan.monitors[step.of]?.deployment ?? ''];
  if (!deployment) return undefined;
  return `run the model that it serves instead: \`mlp run ${deployment.serves}\``;
}

function positionOf(plan: Plan, step: Step): At {
  const load = step.kind === 'load' ? plan.models[step.of]?.load : undefined;
  return load?.at ?? step.at;
}

function ofStep(plan: Plan, step: Step): readonly Refusal[] {
  if (step.kind === 'ingest') return ofSource(step.of, plan.sources[step.of]);
  if (step.kind === 'component') return ofComponent(step.of, plan.components[step.of]);
  if (step.kind === 'features') return ofView(plan, step.of);
  if (step.kind === 'validate') return ofValidation(plan, step.of);
  if (step.kind === 'write') return ofSink(plan, step.of);
  const model = plan.models[step.of];
  if (!model) return [];
  if (step.kind === 'split' && !capabilities.tasks.includes(model.task))
    return [cannot(`the task ${model.task} of the model \`${step.of}\``, model.at)];
  if (step.kind === 'split') return ofRows(step.of, model);
  if (step.kind === 'train' || step.kind === 'tune')
    return ofForeign('trainer', model.trainer?.trainer, model.trainer);
  if (step.kind === 'baseline') return ofForeign('trainer', model.baseline?.trainer, model.baseline);
  if (step.kind === 'evaluate') return model.metrics.flatMap(use => ofForeign('metric', use.metric, use));
  return [];
}

function ofSource(name: string, source: Source | undefined): readonly Refusal[] {
  if (!source) return [];
  const { from } = source;
  const path = sourcePath(source);
  const prefix = path === undefined ? undefined : schemeOf(path);
  if (path !== undefined && prefix !== undefined && !capabilities.schemes.includes(prefix))
    return [refuse(targetsMessages.sourceScheme, { source: name, path }, from.at)];
  return [];
}

function ofSink(plan: Plan, deployment: string): readonly Refusal[] {
  const name = plan.deployments[deployment]?.score?.sink ?? '';
  const sink = plan.sinks[name];
  if (!sink) return [];
  const { to } = sink;
  if (!capabilities.sinks.includes(to.name))
    return [cannot(`the sink \`${name}\`, which is a \`${to.name}\``, to.at)];
  const { path } = to.args;
  const scheme = typeof path === 'string' ? schemeOf(path) : undefined;
  return scheme === undefined || scheme === 's3'
    ? []
    : [cannot(`the sink \`${name}\`, which is written to ${scheme}:`, to.at)];
}

function ofComponent(name: string, use: ComponentUse | undefined): readonly Refusal[] {
  if (!use || capabilities.components.includes(use.run.language)) return [];
  return [
    cannot(`the component \`${use.component}\` of \`${name}\`, which runs ${use.run.language}`, use.at),
  ];
}

function ofForeign(
  kind: 'trainer' | 'metric',
  name: string | undefined,
  use: { readonly run: Foreign; readonly at: At } | null,
): readonly Refusal[] {
  if (!use || name === undefined || capabilities.foreign.includes(use.run.language)) return [];
  return [cannot(`the ${kind} \`${name}\`, which runs ${use.run.language}`, use.at)];
}

function notCalled({ parameters, type, run }: TeamFunction): string | undefined {
  if (!capabilities.functions.includes(run.language)) return `runs ${run.language}`;
  const other = [...parameters.map(parameter => parameter.type), type].find(
    ({ kind }) => !callable.has(kind),
  );
  if (other) return `takes or gives a ${other.kind}`;
  return splitTarget(run.target) ? undefined : `runs \`${run.target}\` and no \`file.ts:function\``;
}

/** Kinds of values that functions of the team take and give: those that go online. */
const callable: ReadonlySet<string> = new Set(
  'bool int float string enum date datetime timestamp duration size rate'.split(' '),
);

/** What a view has no code for yet, each with its place. */
export function ofView(plan: Plan, name: string): readonly Refusal[] {
  const view = plan.views[name];
  if (!view) return [];
  const joined = view.joins.flatMap(join => join.on.map(({ own }) => own));
  return [
    ...joined.flatMap(expr => ofExpression(expr, `a join of \`${name}\``)),
    ...view.features.flatMap(({ name: feature, expr }) =>
      ofExpression(expr, `the feature \`${feature}\` of \`${name}\``),
    ),
  ];
}

/** The same of a validation. */
export function ofValidation(plan: Plan, name: string): readonly Refusal[] {
  const rules = plan.validations[name]?.rules ?? [];
  return rules.flatMap(({ condition }) => ofExpression(condition, `the validation \`${name}\``));
}

/** The rows and slices of a model. */
function ofRows(name: string, { where, slices }: Model): readonly Refusal[] {
  const read = [...(where ? [where] : []), ...slices.flatMap(({ exprs }) => exprs)];
  return read.flatMap(expr => ofExpression(expr, `the model \`${name}\``));
}

/** A function of the team that is not called for a row: another language's, or one of values that do not go online. */
export function ofExpression(expr: Expr, where: string): readonly Refusal[] {
  const inside = children(expr).flatMap(child => ofExpression(child, where));
  const own = expr.op === 'call' ? expr.team : undefined;
  const why = own && notCalled(own);
  if (!own || why === undefined) return inside;
  const what = `the team's function \`${own.name}\`, which ${why}, in ${where}`;
  const hint = 'write it in TypeScript, which is called for a request as for a table, or make it a component';
  return [cannot(what, expr.at, hint), ...inside];
}
