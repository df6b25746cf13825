import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type {
  Dimension,
  Expr,
  Feature,
  MetricUse,
  Model,
  SplitPlan,
  Task,
  TrainerUse,
  Type,
  Value,
} from '../plan.ts';
import type { Draft } from '../steps.ts';
import { children } from '../walk.ts';
import { accepts, constructOf, foreignOf, parametersOf, settingOf } from './constructs.ts';
import { type BuildContext, docOf } from './context.ts';
import { lower } from './expression.ts';
import { approvalsOf, buildRules, plain } from './rules.ts';
import { rootScope, type Scope, tableNamed } from './scope.ts';

type Item<K extends ast.ModelItem['kind']> = Extract<ast.ModelItem, { kind: K }>;
const tasks: readonly string[] = ['binary', 'multiclass', 'regression', 'ranking', 'forecast', 'multilabel'];

export function buildModel(
  declaration: ast.ModelDeclaration,
  draft: Draft,
  context: BuildContext,
): Model | undefined {
  const file = context.program.fileOf(declaration);
  const scope = rootScope(context, file, draft);
  const of = <K extends ast.ModelItem['kind']>(kind: K): Item<K> | undefined =>
    declaration.items.find((item): item is Item<K> => item.kind === kind);
  const given = of('ModelFeatures');
  const views = (given?.views ?? []).flatMap(name => {
    const view = tableNamed(name, scope);
    return view !== undefined && draft.views[view] ? [view] : [];
  });
  const predict = of('Predict');
  const label = labelOf(predict?.label, views, draft);
  if (!label) return undefined;
  const without = new Set(given?.without.map(name => name.text));
  const all = views.flatMap(view =>
    draft.views[view]!.features.map(f => ({ view, name: f.name, type: f.type, f })),
  );
  const chosen = all.filter(({ f }) => !f.label && !without.has(f.name)).map(({ f: _, ...column }) => column);
  const source = draft.views[views[0]!]!.source;
  const row: Scope = { ...scope, source };
  const gate = gateOf(of('Promote'), scope, file);
  const trainer = of('Train');
  const load = of('Load');
  const where = of('Where');
  const baseline = of('Baseline');
  const evaluate = of('Evaluate');
  return {
    views,
    features: chosen,
    label,
    task: taskOf(predict, label.type),
    classes: label.type.members ?? null,
    where: where ? lower(where.condition, row) : null,
    split: splitOf(of('Split'), file, context),
    sample: sampleOf(of('Sample'), context),
    trainer: trainer ? trainerOf(trainer.trainer, file, context) : null,
    load: load ? constructOf(load.loader, file, context) : null,
    tune: tuneOf(of('Tune'), context),
    baseline: baseline ? trainerOf(baseline.trainer, file, context) : null,
    seed: context.number(of('Seed')?.value) ?? 0,
    threshold: context.number(of('Threshold')?.value) ?? 0.5,
    metrics: metricsOf(evaluate, of('Tune'), gate?.rules.map(rule => rule.condition) ?? [], file, context),
    slices: slicesOf(evaluate, of('Promote'), row, all),
    gate,
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}

function labelOf(
  name: ast.Name | undefined,
  views: readonly string[],
  draft: Draft,
): Model['label'] | undefined {
  for (const view of views) {
    const feature = draft.views[view]?.features.find((f: Feature) => f.name === name?.text);
    if (feature) return { view, name: feature.name, type: feature.type };
  }
  return undefined;
}

/** What is written after `as`, else what the label's type proposes. */
function taskOf(predict: ast.Predict | undefined, type: Type): Task {
  const said = predict?.task?.text;
  if (said !== undefined && tasks.includes(said)) return said as Task;
  if (type.kind === 'bool') return 'binary';
  return type.kind === 'enum' || type.kind === 'string' ? 'multiclass' : 'regression';
}

function splitOf(split: ast.Split | undefined, file: SourceFile, context: BuildContext): SplitPlan | null {
  if (!split) return null;
  const parts = split.parts.map(({ part, last, size, span }) => {
    const name = part.text === 'validate' ? 'validation' : part.text;
    const value = context.number(size) ?? null;
    return {
      part: name as 'train' | 'validation' | 'test',
      share: last ? null : value,
      last: last ? value : null,
      at: context.at(file, span),
    };
  });
  // A hash of the row is how a split at random is repeated.
  const by = split.by === 'random' ? 'hash' : split.by;
  return { by, column: split.column?.text ?? null, parts, at: context.at(file, split.bySpan) };
}

function sampleOf(sample: ast.Sample | undefined, context: BuildContext): Model['sample'] {
  const size = context.number(sample?.size);
  if (!sample || size === undefined) return null;
  return sample.rows ? { rows: size } : { share: size };
}

function trainerOf(
  call: ast.Call | ast.MissingExpression,
  file: SourceFile,
  context: BuildContext,
): TrainerUse | null {
  if (call.kind === 'Missing') return null;
  const declaration = context.program.callOf(call)?.declaration;
  if (declaration?.kind !== 'Trainer') return null;
  return {
    trainer: declaration.name.text,
    params: parametersOf(call, context),
    run: foreignOf(declaration, context),
    acceptsMissing: accepts(declaration.body, 'missing'),
    acceptsCategories: accepts(declaration.body, 'categories'),
    at: context.at(file, call.span),
  };
}

function tuneOf(tune: ast.Tune | undefined, context: BuildContext): Model['tune'] {
  if (!tune) return null;
  const space = tune.parameters.flatMap(parameter => {
    const dimension = dimensionOf(parameter, context);
    return dimension ? [[parameter.name.text, dimension] as const] : [];
  });
  return {
    space: Object.fromEntries(space),
    direction: tune.direction,
    metric: tune.metric.text,
    trials: context.number(tune.trials) ?? 0,
  };
}

function dimensionOf(parameter: ast.TuneParameter, context: BuildContext): Dimension | undefined {
  const { range, choices, log } = parameter;
  if (choices)
    return {
      kind: 'choice',
      values: choices.flatMap(c => (settingOf(c, context) as Value | undefined) ?? []),
    };
  const low = context.number(range?.low);
  const high = context.number(range?.high);
  if (!range || low === undefined || high === undefined) return undefined;
  const whole = [range.low, range.high].every(e => context.program.typeOf(e).kind === 'int');
  return { kind: whole ? 'int' : 'float', low, high, log };
}

/** What is evaluated, and what the gate or the tuning asks for beyond. */
function metricsOf(
  evaluate: ast.Evaluate | undefined,
  tune: ast.Tune | undefined,
  conditions: readonly Expr[],
  file: SourceFile,
  context: BuildContext,
): MetricUse[] {
  const uses: MetricUse[] = [];
  const add = (
    declaration: ast.MetricDeclaration | undefined,
    args: Readonly<Record<string, Value>>,
    at: number,
  ): void => {
    if (!declaration || uses.some(use => use.metric === declaration.name.text)) return;
    uses.push({
      metric: declaration.name.text,
      args,
      run: foreignOf(declaration, context),
      direction: declaration.direction ?? null,
      min: context.number(declaration.range?.low) ?? null,
      max: context.number(declaration.range?.high) ?? null,
      at,
    });
  };
  for (const use of evaluate?.metrics ?? []) {
    const args = use.args.flatMap(arg => {
      const value = settingOf(arg.value, context);
      return arg.name && (value === null || ['string', 'number', 'boolean'].includes(typeof value))
        ? [[arg.name.text, value as Value] as const]
        : [];
    });
    add(context.declared(use.name, 'Metric'), Object.fromEntries(args), context.at(file, use.span));
  }
  if (tune) add(context.declared(tune.metric, 'Metric'), {}, context.at(file, tune.metric.span));
  const visit = (expr: Expr): void => {
    if (expr.op === 'metric') add(context.metrics.get(expr.metric), expr.args, expr.at);
    for (const child of children(expr)) visit(child);
  };
  for (const condition of conditions) visit(condition);
  return uses;
}

type Column = { readonly view: string; readonly name: string; readonly type: Type };

/** The slices that are evaluated, and those that the gate looks at. */
function slicesOf(
  evaluate: ast.Evaluate | undefined,
  promote: ast.Promote | undefined,
  scope: Scope,
  features: readonly Column[],
): Model['slices'] {
  const { context } = scope;
  const slices: { columns: string[]; exprs: Expr[]; minimum: number }[] = [];
  const add = (names: readonly ast.Name[], minimum: number): void => {
    const columns = names.map(name => name.text);
    if (slices.some(slice => slice.columns.join('\0') === columns.join('\0'))) return;
    const exprs = names.map((name): Expr => {
      const at = context.at(scope.file, name.span);
      const feature = features.find(f => f.name === name.text);
      if (feature) return { op: 'feature', name: name.text, type: feature.type, at };
      return lower({ kind: 'NameExpression', name, span: name.span }, scope);
    });
    slices.push({ columns, exprs, minimum });
  };
  for (const slice of evaluate?.by ?? []) add(slice.columns, 0);
  for (const rule of promote?.rules ?? [])
    if (rule.kind === 'Condition' && rule.forEach)
      add(rule.forEach.by, context.number(rule.forEach.minimum) ?? 0);
  return slices;
}

export function gateOf(promote: ast.Promote | undefined, scope: Scope, file: SourceFile): Model['gate'] {
  if (!promote) return null;
  return {
    rules: buildRules(promote.rules, scope).map(plain),
    approvals: approvalsOf(promote.rules, scope.context),
    at: scope.context.at(file, promote.span),
  };
}
