import { connectionOf } from './connections.ts';
import type { Expr, Plan, Step } from './plan.ts';
import { sha256 } from './sha256.ts';
import { children } from './walk.ts';

/**
 * Objects whose keys are names of the user or of a library's parameters, and how many levels down: there `at` is a
 * name, not a position.
 */
const named: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['params', 'schemas', 'connections', 'sources', 'sinks', 'validations', 'components', 'views', 'models']
      .concat(['deployments', 'monitors', 'pipelines', 'environments'])
      .concat(['args', 'settings', 'inputs', 'derives', 'space', 'row'])
      .map(key => [key, 1]),
  ),
  // A test's tables: names, then lists of rows keyed by columns.
  tables: 2,
  // `at` of `replicas 2..10 at 70% cpu` is a share.
  replicas: 1,
};

interface Style {
  /** Keeps where things stand in the spec. */
  readonly positions: boolean;
  /** Keeps documentation and the wording of conditions. */
  readonly words: boolean;
}

/** `at`, `lengthAt`… */
const isPosition = (key: string, field: unknown): boolean =>
  typeof field === 'number' && (key === 'at' || key.endsWith('At'));

/** `names`: for how many levels of objects from here keys are names. */
function write(value: unknown, style: Style, names: number): string {
  if (Array.isArray(value)) return `[${value.map(v => write(v, style, names)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const parts: string[] = [];
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record).sort()) {
    const field = record[key];
    if (field === undefined) continue;
    if (names === 0 && !style.positions && isPosition(key, field)) continue;
    if (names === 0 && !style.words && (key === 'doc' || key === 'text')) continue;
    const below = names > 0 ? names - 1 : Array.isArray(field) ? 0 : (named[key] ?? 0);
    parts.push(`${JSON.stringify(key)}:${write(field, style, below)}`);
  }
  return `{${parts.join(',')}}`;
}

/** JSON with sorted keys and no white space; positions are left out unless asked for. */
export function canonicalJson(
  value: unknown,
  options: { positions?: boolean; words?: boolean } = {},
): string {
  return write(value, { positions: options.positions ?? false, words: options.words ?? true }, 0);
}

/** The hash that a plan carries: over all that it says, not over where in the spec it was said. */
export function planHash(plan: Omit<Plan, 'hash'>): string {
  const { positions: _positions, hash: _hash, ...content } = plan as Plan;
  return sha256(canonicalJson(content));
}

const kinds = {
  ingest: 'sources',
  validate: 'validations',
  component: 'components',
  features: 'views',
  split: 'models',
  tune: 'models',
  train: 'models',
  load: 'models',
  baseline: 'models',
  evaluate: 'models',
  gate: 'models',
  register: 'models',
  score: 'deployments',
  write: 'deployments',
  deploy: 'deployments',
  monitor: 'monitors',
} as const satisfies Record<Step['kind'], keyof Plan>;

/** Parts of a model that each of its steps reads; a changed gate does not train anew. */
const modelParts: Partial<Record<Step['kind'], readonly (keyof Plan['models'][string])[]>> = {
  split: ['views', 'features', 'label', 'task', 'classes', 'where', 'split', 'sample', 'slices', 'seed'],
  tune: ['features', 'label', 'task', 'classes', 'sample', 'trainer', 'tune', 'seed'],
  train: ['features', 'label', 'task', 'classes', 'sample', 'trainer', 'seed'],
  load: ['features', 'label', 'task', 'classes', 'load'],
  baseline: ['features', 'label', 'task', 'classes', 'sample', 'baseline', 'seed'],
  evaluate: ['features', 'label', 'task', 'classes', 'threshold', 'metrics', 'slices', 'gate', 'seed'],
  gate: ['gate', 'metrics'],
  register: [],
};

/** What a step reads of other declarations: of the model that it scores with, of the sink, of a connection. */
function readBeside(plan: Plan, step: Step): unknown {
  if (step.kind === 'ingest') {
    const connection = connectionOf(plan, plan.sources[step.of]?.from);
    return connection === undefined ? undefined : { connection };
  }
  if (step.kind === 'split' || step.kind === 'evaluate') return fittedBeside(plan, step);
  const deployment = step.kind === 'score' || step.kind === 'write' ? plan.deployments[step.of] : undefined;
  const sink = plan.sinks[deployment?.score?.sink ?? ''];
  const model = plan.models[deployment?.serves ?? ''];
  if (!sink || !model) return undefined;
  const schema = plan.schemas[sink.schema];
  if (step.kind === 'write') return { sink, schema, connection: connectionOf(plan, sink.to) };
  const { views, features, label, task, classes, where, threshold } = model;
  return {
    schema,
    views: views.map(view => plan.views[view]),
    model: { features, label, task, classes, where, threshold },
  };
}

/** A split fits values and computes the features that read them; an evaluation does so again for the champion. */
function fittedBeside(plan: Plan, step: Step): unknown {
  const views = plan.models[step.of]?.views ?? [];
  const waiting = views.flatMap(view => {
    const declared = plan.views[view];
    return declared?.features.some(({ expr }) => readsFitted(expr)) ? [declared.features] : [];
  });
  return waiting.length === 0 ? undefined : { waiting };
}

const readsFitted = (expr: Expr): boolean => expr.op === 'fitted' || children(expr).some(readsFitted);

/**
 * The hash of what the plan says about one step: its declaration, without documentation and wording, and the schemas
 * it reads by. Two plans that give a step the same hash ask the same work of it.
 */
export function stepHash(plan: Plan, step: Step): string {
  const declaration = (plan[kinds[step.kind]] as Readonly<Record<string, object>>)[step.of] ?? {};
  const wanted = modelParts[step.kind];
  const content = wanted
    ? Object.fromEntries(wanted.map(key => [key, (declaration as Record<string, unknown>)[key] ?? null]))
    : declaration;
  const schema = (declaration as { schema?: string }).schema;
  const beside = readBeside(plan, step);
  const { resources: _r, timeout: _t, retry: _y, after: _a, at: _p, ...shape } = step;
  return sha256(
    canonicalJson(
      {
        declaration: content,
        schema: schema === undefined ? null : plan.schemas[schema],
        step: shape,
        ...(beside === undefined ? {} : { beside }),
      },
      { words: false },
    ),
  );
}
