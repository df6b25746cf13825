import type {
  ArtifactKind,
  Condition,
  Expr,
  Model,
  Plan,
  Resources,
  Retry,
  Step,
  StepInput,
  StepKind,
} from './plan.ts';
import { gridEnds, tablesOf } from './tables.ts';
import { children } from './walk.ts';

/** Everything of a plan but what is computed from the rest. */
export type Draft = Omit<Plan, 'graph' | 'steps' | 'hash'>;

/** `resources`, `timeout`, `retry` as written in a declaration, by its name. */
export interface Needs {
  readonly resources: Resources | null;
  readonly timeout: number | null;
  readonly retry: Retry | null;
}

type Output = Step['outputs'][number];
const output = (name: string, kind: ArtifactKind): Output => ({ name, kind });

/** Lower case with dashes, at most 63 characters, starting and ending with a letter or digit. */
const label = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** Steps of a model that do no work to speak of: what it says of resources is for the others. */
const light: ReadonlySet<StepKind> = new Set(['load', 'gate', 'register']);

class StepList {
  readonly steps: Step[] = [];
  private readonly taken = new Set<string>();
  private readonly ids = new Map<string, string>();
  private guarding: Map<string, string[]> | undefined;
  readonly draft: Draft;
  readonly needs: ReadonlyMap<string, Needs>;

  constructor(draft: Draft, needs: ReadonlyMap<string, Needs>) {
    this.draft = draft;
    this.needs = needs;
  }

  /** The id of a step; asked for before the step is added by those that read it. */
  id(kind: StepKind, of: string): string {
    const key = `${kind}\0${of}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const wanted = `${kind}-${label(of) || 'x'}`.slice(0, 60).replace(/-+$/, '');
    let id = wanted;
    for (let n = 2; this.taken.has(id); n++) id = `${wanted}-${n}`;
    this.taken.add(id);
    this.ids.set(key, id);
    return id;
  }

  from(name: string, kind: StepKind, of: string, outputName: string): StepInput {
    return { name, from: this.id(kind, of), output: outputName };
  }

  /** The rows of a source, a component's value or a view. */
  rows(name: string, table: string): StepInput {
    const { draft } = this;
    const kind = draft.sources[table] ? 'ingest' : draft.components[table] ? 'component' : 'features';
    return this.from(name, kind, table, 'rows');
  }

  /** The validations that stand before a table. */
  guards(tables: readonly string[]): string[] {
    if (!this.guarding) {
      this.guarding = new Map();
      for (const [name, { on }] of Object.entries(this.draft.validations))
        this.guarding.set(on, [...(this.guarding.get(on) ?? []), name]);
    }
    const names = new Set(tables.flatMap(table => this.guarding?.get(table) ?? []));
    return [...names].map(name => this.id('validate', name));
  }

  add(
    kind: StepKind,
    of: string,
    at: number,
    parts: Partial<Pick<Step, 'inputs' | 'outputs' | 'after'>>,
  ): void {
    const needs = light.has(kind) ? undefined : this.needs.get(of);
    this.steps.push({
      id: this.id(kind, of),
      kind,
      of,
      inputs: parts.inputs ?? [],
      outputs: parts.outputs ?? [],
      after: parts.after ?? [],
      resources: needs?.resources ?? null,
      timeout: needs?.timeout ?? null,
      retry: needs?.retry ?? null,
      at,
    });
  }
}

/** Does any condition read this? */
function reads(rules: readonly Condition[], test: (expr: Expr) => boolean): boolean {
  const search = (expr: Expr): boolean => test(expr) || children(expr).some(search);
  return rules.some(rule => search(rule.condition));
}

function tableSteps(list: StepList): void {
  const { draft } = list;
  for (const [name, source] of Object.entries(draft.sources)) {
    const outputs = [output('rows', 'table'), output('quarantine', 'table'), output('report', 'report')];
    list.add('ingest', name, source.at, { outputs });
  }
  for (const [name, validation] of Object.entries(draft.validations)) {
    const inputs: StepInput[] = [list.rows('rows', validation.on)];
    if (reads(validation.rules, e => e.op === 'drift' && e.against === 'previous'))
      inputs.push({ name: 'previous', external: 'previous', of: validation.on });
    const outputs = [output('report', 'report'), output('profile', 'report')];
    list.add('validate', name, validation.at, { inputs, outputs });
  }
  for (const [name, use] of Object.entries(draft.components)) {
    const inputs = Object.entries(use.inputs).map(([parameter, table]) => list.rows(parameter, table));
    const after = list.guards(Object.values(use.inputs));
    list.add('component', name, use.at, { inputs, outputs: [output('rows', 'table')], after });
  }
  for (const [name, view] of Object.entries(draft.views)) {
    const ends = view.moment?.kind === 'each' ? gridEnds(draft, name).map(end => end.table) : [];
    const tables = [...new Set([...tablesOf(view), ...ends])];
    const inputs = tables.map(table => list.rows(table, table));
    list.add('features', name, view.at, {
      inputs,
      outputs: [output('rows', 'table')],
      after: list.guards(tables),
    });
  }
}

function modelSteps(list: StepList, name: string, model: Model): void {
  const parts = list.from('parts', 'split', name, 'parts');
  const tuned = model.tune ? [list.from('parameters', 'tune', name, 'parameters')] : [];
  const trained = list.from('model', model.load ? 'load' : 'train', name, 'model');
  const baseline = model.baseline ? [list.from('baseline', 'baseline', name, 'model')] : [];
  const add = (kind: StepKind, inputs: readonly StepInput[], outputs: readonly Output[]): void =>
    list.add(kind, name, model.at, { inputs, outputs });

  list.add('split', name, model.at, {
    inputs: model.views.map(view => list.rows(view, view)),
    outputs: [output('parts', 'parts')],
    after: list.guards(model.views),
  });
  if (model.tune) add('tune', [parts], [output('parameters', 'parameters')]);
  if (model.load) add('load', [], [output('model', 'model')]);
  else add('train', [parts, ...tuned], [output('model', 'model')]);
  if (model.baseline) add('baseline', [parts], [output('model', 'model')]);

  const rules = model.gate?.rules ?? [];
  const champion = reads(rules, e => e.op === 'metric' && e.of === 'champion');
  const judged: StepInput[] = [parts, trained, ...baseline];
  if (champion) judged.push({ name: 'champion', external: 'champion', of: name });
  add('evaluate', judged, [output('metrics', 'metrics')]);
  const metrics = list.from('metrics', 'evaluate', name, 'metrics');
  if (model.gate) add('gate', [metrics], [output('verdict', 'verdict')]);
  const verdict = model.gate ? [list.from('verdict', 'gate', name, 'verdict')] : [];
  add('register', [trained, metrics, ...verdict], [output('registration', 'registration')]);
}

function deploymentSteps(list: StepList): void {
  const { draft } = list;
  for (const [name, deployment] of Object.entries(draft.deployments)) {
    const registration = list.from('registration', 'register', deployment.serves, 'registration');
    const model = draft.models[deployment.serves];
    if (deployment.score && model) {
      const trained = list.from('model', model.load ? 'load' : 'train', deployment.serves, 'model');
      const views = model.views.map(view => list.rows(view, view));
      list.add('score', name, deployment.at, {
        inputs: [...views, trained, registration],
        outputs: [output('rows', 'table')],
        after: list.guards(model.views),
      });
      list.add('write', name, deployment.at, { inputs: [list.from('rows', 'score', name, 'rows')] });
      continue;
    }
    const shadow = deployment.shadow
      ? [list.from('shadow', 'register', deployment.shadow, 'registration')]
      : [];
    list.add('deploy', name, deployment.at, { inputs: [registration, ...shadow] });
  }
  for (const [name, monitor] of Object.entries(draft.monitors)) {
    const deployment = draft.deployments[monitor.deployment];
    const inputs = deployment ? [list.from('parts', 'split', deployment.serves, 'parts')] : [];
    list.add('monitor', name, monitor.at, {
      inputs,
      after: [list.id(deployment?.score ? 'write' : 'deploy', monitor.deployment)],
    });
  }
}

/** What must have succeeded before a step. */
export const dependenciesOf = (step: Step): string[] => [
  ...step.inputs.flatMap(input => ('from' in input ? [input.from] : [])),
  ...step.after,
];

/** Each after those it builds on, otherwise in the order given. A cycle is broken where it closes. */
export function sortSteps(steps: readonly Step[]): Step[] {
  const byId = new Map(steps.map(step => [step.id, step]));
  const sorted: Step[] = [];
  const begun = new Set<string>();
  const place = (step: Step): void => {
    if (begun.has(step.id)) return;
    begun.add(step.id);
    for (const id of dependenciesOf(step)) {
      const before = byId.get(id);
      if (before) place(before);
    }
    sorted.push(step);
  };
  for (const step of steps) place(step);
  return sorted;
}

/** The work of all declarations, in an order in which it can be done. */
export function buildSteps(draft: Draft, needs: ReadonlyMap<string, Needs> = new Map()): Step[] {
  const list = new StepList(draft, needs);
  tableSteps(list);
  for (const [name, model] of Object.entries(draft.models)) modelSteps(list, name, model);
  deploymentSteps(list);
  return sortSteps(list.steps);
}

export interface GoalSteps {
  /** Steps to do, in order. */
  readonly needed: readonly Step[];
  /** Steps that build on the goal and are not asked for, in order. */
  readonly beyond: readonly Step[];
}

/** The last steps of a declaration, those that nothing else of it builds on; or the step of that id. */
function goalIds(plan: Plan, goal: string, below: ReadonlySet<string> = new Set()): string[] {
  if (below.has(goal)) return [];
  const pipeline = plan.pipelines[goal];
  if (pipeline) return pipeline.goals.flatMap(g => goalIds(plan, g, new Set([...below, goal])));
  const step = plan.steps.find(s => s.id === goal);
  if (step) return [step.id];
  const own = plan.steps.filter(s => s.of === goal);
  const read = new Set(own.flatMap(dependenciesOf));
  return own.filter(s => !read.has(s.id)).map(s => s.id);
}

/** What a goal (a declaration's name, a pipeline's, or a step's id) needs; undefined if there is no such goal. */
export function goalSteps(plan: Plan, goal: string): GoalSteps | undefined {
  const goals = goalIds(plan, goal);
  if (goals.length === 0) return undefined;
  const needed = new Set(goals);
  for (const step of [...plan.steps].reverse())
    if (needed.has(step.id)) for (const id of dependenciesOf(step)) needed.add(id);
  const beyond = new Set<string>();
  for (const step of plan.steps)
    if (!needed.has(step.id) && dependenciesOf(step).some(id => goals.includes(id) || beyond.has(id)))
      beyond.add(step.id);
  return {
    needed: plan.steps.filter(step => needed.has(step.id)),
    beyond: plan.steps.filter(step => beyond.has(step.id)),
  };
}

/** Names that can be a goal, for "did you mean". */
export const goals = (plan: Plan): string[] => [
  ...new Set([...Object.keys(plan.pipelines), ...plan.steps.map(s => s.of), ...plan.steps.map(s => s.id)]),
];
