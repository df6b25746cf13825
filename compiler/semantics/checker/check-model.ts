import type { Fix } from '../../diagnostics/diagnostic.ts';
import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { tasksMessages } from '../../diagnostics/messages/tasks.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem, replaceText } from '../fixes.ts';
import { describe, int, isUnknown, string } from '../types.ts';
import { bindArguments, checkArguments } from './arguments.ts';
import { checkResources, missing, only, resourceClauses, singles } from './clauses.ts';
import { constantOf, numberOf } from './constant.ts';
import { checkConstruct } from './construct.ts';
import type { Checker, Env } from './context.ts';
import { condition, inferAs } from './expression/expect.ts';
import { type ModelInfo, modelInfo, rowColumn } from './model.ts';
import { distinct, resolveDeclaration } from './names.ts';
import { checkRules } from './policy.ts';
import { checkSplit, partName, partNames } from './split.ts';
import { fittingHint } from './task.ts';
import { checkTrainerUse, checkTune } from './trainer.ts';
import { constantEnv } from './type-expression.ts';
import { constantNumber, positive, share } from './values.ts';

const clauseNames = {
  ModelFeatures: 'features',
  Predict: 'predict',
  Where: 'where',
  Split: 'split',
  Sample: 'sample',
  Train: 'train',
  Load: 'load',
  Tune: 'tune',
  Baseline: 'baseline',
  Seed: 'seed',
  Threshold: 'threshold',
  Evaluate: 'evaluate',
  Promote: 'promote',
  ...resourceClauses,
} as const;

export function checkModel(c: Checker, declaration: ast.ModelDeclaration): void {
  const env = constantEnv(c.home(declaration));
  const model = modelInfo(c, declaration);
  singles(c, env, declaration.items, clauseNames);
  checkNeeded(c, env, declaration);
  checkFeatures(c, env, model);
  for (const item of declaration.items) checkItem(c, env, item, model);
  const train = only(declaration.items, 'Train');
  const trainer = train && checkTrainerUse(c, env, train.trainer, model);
  const tune = only(declaration.items, 'Tune');
  if (tune) {
    checkTune(c, env, tune, trainer);
    checkTunedMetric(c, env, tune, model);
  }
  checkResources(c, env, declaration.items);
}

/** Clauses that are needed, and pairs that do not go together. */
function checkNeeded(c: Checker, env: Env, declaration: ast.ModelDeclaration): void {
  const { items, name } = declaration;
  const has = (kind: ast.ModelItem['kind']) => items.some(item => item.kind === kind);
  if (!has('ModelFeatures')) missing(c, env, name, 'features');
  if (!has('Predict')) missing(c, env, name, 'predict');
  const load = only(items, 'Load');
  const train = only(items, 'Train');
  if (!load && !train)
    missing(c, env, name, 'train', 'name a trainer: `train gradient_boosting()`, or `load` a model');
  if (train && !has('Split')) {
    missing(
      c,
      env,
      name,
      'split',
      'write for example `split by hash { train 70%  validation 15%  test 15% }`',
    );
  }
  if (has('Promote') && !has('Evaluate'))
    missing(c, env, name, 'evaluate', 'a gate needs metrics: `evaluate auc`');
  const without = (kind: 'Tune' | 'Sample', why: string) => {
    const item = items.find(one => one.kind === kind);
    if (load && item) contradict(c, env, clauseNames[kind], 'load', why, item);
  };
  if (load && train)
    contradict(c, env, 'train', 'load', 'a model is trained here or comes from elsewhere', load);
  without('Tune', 'only a model that is trained here can be tuned');
  without('Sample', 'a loaded model is not trained, so nothing is thinned');
}

function contradict(c: Checker, env: Env, first: string, second: string, why: string, at: ast.Node): void {
  c.error(env.module, declarationMessages.contradiction, { first, second, why }, at.span);
}

const learnable: ReadonlySet<string> = new Set([
  'bool',
  'int',
  'float',
  'string',
  'enum',
  'vector',
  'unknown',
]);

function checkFeatures(c: Checker, env: Env, model: ModelInfo): void {
  const clause = only(model.declaration.items, 'ModelFeatures');
  const at = clause ?? model.declaration.name;
  const readable = model.views.every(view => view.source.kind !== 'unknown');
  if (!model.broken && readable && model.features.size === 0) {
    c.error(env.module, tasksMessages.noFeatures, { model: model.declaration.name.text }, at.span);
  }
  model.features.forEach(({ type, symbol }, feature) => {
    if (learnable.has(type.kind)) return;
    const facts = { feature, type: describe(type) };
    const { name } = model.declaration;
    if (symbol.kind !== 'feature') {
      c.error(env.module, tasksMessages.featureType, facts, at.span);
      return;
    }
    const { item, file } = symbol;
    const span =
      item.kind === 'Feature'
        ? item.name.span
        : (item.columns.find(column => column.text === feature) ?? item).span;
    const labels = [{ file: env.module.file, span: at.span, message: `\`${name.text}\` learns from it` }];
    c.report(tasksMessages.featureType(facts, { file, span, labels }));
  });
}

function checkItem(c: Checker, env: Env, item: ast.ModelItem, model: ModelInfo): void {
  switch (item.kind) {
    case 'Predict':
      if (item.by) rowColumn(c, env, model, item.by);
      return;
    case 'Where':
      condition(c, rowEnvOf(env, model), item.condition);
      return;
    case 'Split':
      checkSplit(c, env, item, model);
      return;
    case 'Sample':
      if (item.rows) positive(c, env, item.size, int, 'the number of rows');
      else share(c, env, item.size, 'the share of rows');
      return;
    case 'Load':
      checkConstruct(c, env, item.loader, 'loader');
      return;
    case 'Baseline':
      checkTrainerUse(c, env, item.trainer, model);
      checkSimpler(c, env, item, only(model.declaration.items, 'Train'));
      return;
    case 'Seed':
      constantNumber(c, env, item.value, { ...int, min: 0, max: Number.MAX_SAFE_INTEGER }, 'the seed');
      return;
    case 'Threshold':
      share(c, env, item.value, 'the threshold');
      checkThreshold(c, env, item, model);
      return;
    case 'Evaluate':
      checkEvaluate(c, env, item, model);
      return;
    case 'Promote':
      checkPromote(c, env, item, model);
      return;
  }
}

function checkThreshold(c: Checker, env: Env, item: ast.Threshold, model: ModelInfo): void {
  if (model.task !== undefined && model.task !== 'binary') {
    const labels = model.labelName ? [labelPlace(env, model.labelName, model)] : [];
    const fixes = [removeItem(env.module, item.span, false)];
    c.error(env.module, tasksMessages.thresholdTask, { task: model.task }, item.span, { labels, fixes });
    return;
  }
  const value = numberOf(constantOf(c, item.value));
  if (value !== 0 && value !== 1) return;
  c.error(env.module, tasksMessages.thresholdDecides, { value: value === 0 ? 0 : 1 }, item.value.span);
}

const labelPlace = (env: Env, name: ast.Name, { labelType }: ModelInfo) => ({
  file: env.module.file,
  span: name.span,
  message: `the label, ${describe(labelType)}`,
});

/** A baseline that is the model itself is beaten by nothing. */
function checkSimpler(c: Checker, env: Env, item: ast.Baseline, train: ast.Train | undefined): void {
  const written = (node: ast.Node): string =>
    env.module.file.text.slice(node.span.start, node.span.end).replace(/\s+/g, '');
  if (!train || item.trainer.kind !== 'Call' || written(item.trainer) !== written(train.trainer)) return;
  const labels = [{ file: env.module.file, span: train.trainer.span, message: 'the model' }];
  const facts = { trainer: item.trainer.callee.text };
  c.error(env.module, tasksMessages.baselineIsModel, facts, item.trainer.span, { labels });
}

/** Where a model's own expressions read a row. */
const rowEnvOf = (env: Env, model: ModelInfo): Env => ({
  ...env,
  place: 'where',
  scopes: [model.rowScope],
  ...(model.broken || model.views.some(view => view.source.kind === 'unknown') ? { open: true } : {}),
});

/** The word before the metric, the other one. */
function turned(env: Env, tune: ast.Tune): Fix {
  const { text } = env.module.file;
  const other = tune.direction === 'maximize' ? 'minimize' : 'maximize';
  const start = text.lastIndexOf(tune.direction, tune.metric.span.start);
  return replaceText(env.module, { start, end: start + tune.direction.length }, other);
}

function checkTunedMetric(c: Checker, env: Env, tune: ast.Tune, model: ModelInfo): void {
  const metric = resolveDeclaration(c, env.module, tune.metric, ['Metric']);
  if (!metric) return;
  checkTunedArguments(c, env, tune, metric, model);
  const fits = metricFits(c, env, metric, tune.metric, model);
  const wanted = tune.direction === 'maximize' ? 'higher' : 'lower';
  if (fits && metric.direction && metric.direction !== wanted) {
    const labels = [c.labelAt(metric, `declared as ${metric.direction} is better`)];
    const facts = { metric: tune.metric.text, direction: tune.direction, better: metric.direction };
    const fixes = [turned(env, tune)];
    c.error(env.module, tasksMessages.tuneDirection, facts, tune.metric.span, { labels, fixes });
  }
  const split = only(model.declaration.items, 'Split');
  const parts = split?.parts.map(partName) ?? [];
  // A part of an unknown name, which is told, may be meant.
  if (split && !parts.includes('validation') && parts.every(name => partNames.includes(name))) {
    const labels = [{ file: env.module.file, span: tune.span, message: 'tuning reads the validation part' }];
    const facts = { problem: 'a tuned model needs a part `validation`, which tuning is judged on' };
    c.error(env.module, declarationMessages.splitParts, facts, split.bySpan, { labels });
  }
}

/** A tuned metric has the arguments that `evaluate` gives it, or needs none. */
function checkTunedArguments(
  c: Checker,
  env: Env,
  tune: ast.Tune,
  metric: ast.MetricDeclaration,
  model: ModelInfo,
): void {
  const evaluated = only(model.declaration.items, 'Evaluate')?.metrics ?? [];
  if (evaluated.some(use => use.name.text === tune.metric.text)) return;
  const needed = metric.parameters.find(parameter => !parameter.default);
  if (!needed) return;
  const facts = { name: needed.name.text, callee: metric.name.text, type: 'for which `tune` has no place' };
  const hint = `evaluate it with its argument: \`evaluate ${metric.name.text}(${needed.name.text}: …)\``;
  const labels = [c.labelAt(metric, 'declared here', needed.span)];
  c.error(env.module, typesMessages.missingArgument, facts, tune.metric.span, { labels, hint });
}

/** Whether a metric is for the model's task; reports it where it is not. */
export function metricFits(
  c: Checker,
  env: Env,
  metric: ast.MetricDeclaration,
  name: ast.Name,
  model: ModelInfo,
): boolean {
  const tasks = metric.tasks.map(task => task.text);
  if (model.task === undefined || tasks.includes(model.task)) return true;
  const own = env.module.file === c.home(model.declaration).file;
  const labels = [
    c.labelAt(metric, `declared for ${tasks.join(', ')}`),
    ...(own && model.labelName ? [labelPlace(env, model.labelName, model)] : []),
  ];
  const facts = { metric: metric.name.text, task: model.task, tasks };
  const hint = fittingHint(c, model.task, 'Metric');
  c.error(env.module, tasksMessages.metricTask, facts, name.span, {
    labels,
    ...(hint === undefined ? {} : { hint }),
  });
  return false;
}

function checkEvaluate(c: Checker, env: Env, item: ast.Evaluate, model: ModelInfo): void {
  const seen = new Map<string, ast.Name>();
  for (const use of item.metrics) {
    const metric = resolveDeclaration(c, env.module, use.name, ['Metric']);
    if (!metric) continue;
    const bound = bindArguments(c, env, use.name, use.args, metric);
    checkArguments(c, env, bound, metric, { free: new Set() });
    metricFits(c, env, metric, use.name, model);
    // A metric has one name in reports and conditions, whatever its arguments.
    const first = seen.get(use.name.text);
    if (first) {
      const labels = [{ file: env.module.file, span: first.span, message: 'the first one' }];
      const fixes = [removeItem(env.module, use.span)];
      const facts = { clause: use.name.text };
      c.error(env.module, declarationMessages.duplicateClause, facts, use.span, { labels, fixes });
    }
    seen.set(use.name.text, use.name);
  }
  const slices = new Map<string, ast.Node>();
  for (const slice of item.by) {
    checkSlice(c, env, slice.columns, model);
    const key = slice.columns.map(name => name.text).join(', ');
    const earlier = slices.get(key);
    if (earlier) {
      const labels = [{ file: env.module.file, span: earlier.span, message: 'the first one' }];
      c.error(env.module, namesMessages.duplicateItem, { name: key, what: 'slices by' }, slice.span, {
        labels,
      });
    } else slices.set(key, slice);
  }
}

/** Columns that cut the rows into groups: none that has a value of its own for nearly every row. */
function checkSlice(c: Checker, env: Env, columns: readonly ast.Name[], model: ModelInfo): void {
  distinct(
    c,
    env.module,
    columns.map(name => ({ name })),
    'slices by',
  );
  for (const name of columns) {
    const type = rowColumn(c, env, model, name);
    if (isUnknown(type) || ['bool', 'int', 'string', 'enum', 'date'].includes(type.kind)) continue;
    const facts = { expected: 'something with few values', found: describe(type), what: `\`${name.text}\`` };
    const hint = 'slices are by truth values, whole numbers, text, enums or days';
    c.error(env.module, typesMessages.mismatch, facts, name.span, { hint });
  }
}

function checkPromote(c: Checker, env: Env, item: ast.Promote, model: ModelInfo): void {
  const { declaration } = model;
  const hasBaseline = declaration.items.some(one => one.kind === 'Baseline');
  const gate: Env = {
    ...env,
    place: 'gate',
    scopes: [],
    gate: {
      metrics: true,
      baseline: hasBaseline,
      service: false,
      onMetric: (metric, name) =>
        metricFits(c, { ...env, module: moduleOf(c, name, env) }, metric, name, model),
      onBaseline: name => {
        if (hasBaseline) return;
        const where = moduleOf(c, name, env);
        const labels = [c.labelAt(declaration, 'has no `baseline`')];
        c.error(
          where,
          tasksMessages.noBaseline,
          { model: declaration.name.text, task: model.task },
          name.span,
          { labels },
        );
      },
    },
  };
  if (item.rules.length === 0) missing(c, env, declaration.name, 'a rule in `promote`', 'write `require …`');
  checkRules(c, gate, item.rules, {
    forEach: each => {
      checkSlice(c, env, each.by, model);
      if (each.minimum) positive(c, env, each.minimum, int, 'the least number of rows');
    },
    approval: rule => {
      inferAs(c, env, rule.who, string, 'who approves', { constant: true });
    },
  });
}

/** The file that a name of a rule lies in: the model's, or that of the policy in use. */
function moduleOf(c: Checker, _name: ast.Name, env: Env) {
  const policy = c.policyStack.at(-1);
  return policy ? c.home(policy) : env.module;
}
