/** A plan with every kind of step of the training graph, to be run by fake runners. */
import type { Model, Plan, Source, Step, StepKind } from '../../../compiler/plan/plan.ts';
import type { Program } from '../../../runtime/engine/contract.ts';

type Input = Step['inputs'][number];
const from = (name: string, step: string, output: string): Input => ({ name, from: step, output });

function step(
  kind: StepKind,
  of: string,
  inputs: readonly Input[],
  outputs: string[],
  more: Partial<Step> = {},
): Step {
  return {
    id: `${kind}-${of}`,
    kind,
    of,
    inputs,
    outputs: outputs.map(name => ({ name, kind: 'table' })),
    after: [],
    resources: null,
    timeout: null,
    retry: null,
    at: 0,
    ...more,
  };
}

const source = (path: string): Source => ({
  schema: 'Row',
  from: { name: 'csv', args: { path }, at: 0 },
  violations: { action: 'fail', upTo: null },
  partition: null,
  watermark: null,
  freshWithin: null,
  lag: 0,
  at: 0,
});

export interface Shape {
  readonly steps?: Readonly<Record<string, Partial<Step>>>;
  readonly model?: Partial<Model>;
  readonly plan?: Partial<Plan>;
  /** What `run-fake` runs. */
  readonly goal?: string;
}

const builtin = { language: 'builtin', target: 'gradient_boosting', args: [], packages: [] } as const;
const trainer = {
  trainer: 'gradient_boosting',
  params: { depth: 6 },
  run: builtin,
  acceptsMissing: true,
  acceptsCategories: true,
  at: 0,
};

export function makeProgram({ steps: changes = {}, model = {}, plan = {} }: Shape = {}): Program {
  const steps = [
    step('ingest', 'left', [], ['rows']),
    step('ingest', 'right', [], ['rows']),
    step(
      'validate',
      'sound',
      [from('rows', 'ingest-left', 'rows'), { name: 'previous', external: 'previous', of: 'left' }],
      ['report', 'profile'],
    ),
    step(
      'features',
      'view',
      [from('left', 'ingest-left', 'rows'), from('right', 'ingest-right', 'rows')],
      ['rows'],
      { after: ['validate-sound'] },
    ),
    step('split', 'late', [from('view', 'features-view', 'rows')], ['parts']),
    step('tune', 'late', [from('parts', 'split-late', 'parts')], ['parameters']),
    step(
      'train',
      'late',
      [from('parts', 'split-late', 'parts'), from('parameters', 'tune-late', 'parameters')],
      ['model'],
    ),
    step('baseline', 'late', [from('parts', 'split-late', 'parts')], ['model']),
    step(
      'evaluate',
      'late',
      [
        from('parts', 'split-late', 'parts'),
        from('model', 'train-late', 'model'),
        from('baseline', 'baseline-late', 'model'),
        { name: 'champion', external: 'champion', of: 'late' },
      ],
      ['metrics'],
    ),
    step('gate', 'late', [from('metrics', 'evaluate-late', 'metrics')], ['verdict']),
    step(
      'register',
      'late',
      [
        from('model', 'train-late', 'model'),
        from('metrics', 'evaluate-late', 'metrics'),
        from('verdict', 'gate-late', 'verdict'),
      ],
      ['registration'],
    ),
    step('deploy', 'api', [from('registration', 'register-late', 'registration')], []),
  ].map(one => ({ ...one, ...changes[one.id] }));
  const late: Model = {
    views: ['view'],
    features: [],
    label: { view: 'view', name: 'late', type: { kind: 'bool', optional: false } },
    task: 'binary',
    classes: null,
    where: null,
    split: null,
    sample: null,
    trainer,
    load: null,
    tune: null,
    baseline: trainer,
    seed: 1,
    threshold: 0.5,
    metrics: [],
    slices: [],
    gate: { rules: [], approvals: [], at: 0 },
    at: 0,
    ...model,
  };
  const whole = {
    version: 'plan/1',
    hash: 'h',
    compiler: '0',
    environment: null,
    files: ['main.mlp'],
    positions: [{ file: 'main.mlp', line: 1, column: 1, endLine: 1, endColumn: 2 }],
    sources: { left: source('left.csv'), right: source('right.csv') },
    validations: { sound: { on: 'left', rules: [], at: 0 } },
    models: { late },
    views: { view: { source: 'left', features: [], joins: [] } },
    schemas: { Row: { columns: [] } },
    deployments: { api: { serves: 'late' } },
    ...Object.fromEntries(
      ['params', 'connections', 'sinks', 'components', 'monitors', 'pipelines', 'environments'].map(key => [
        key,
        {},
      ]),
    ),
    tests: [],
    graph: { nodes: [], edges: [] },
    steps,
    ...plan,
  } as unknown as Plan;
  return { plan: whole, views: {}, validations: {}, sources: {} };
}
