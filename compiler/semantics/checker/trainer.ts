import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { tasksMessages } from '../../diagnostics/messages/tasks.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceFix } from '../scope.ts';
import { describe, int, isNumber, isUnknown } from '../types.ts';
import { checkAccepts } from './accepts.ts';
import { bindArguments, checkArguments } from './arguments.ts';
import { constantOf, numberOf } from './constant.ts';
import type { Checker, Env } from './context.ts';
import { recordCall } from './expression/calls.ts';
import { inferAs } from './expression/expect.ts';
import type { ModelInfo } from './model.ts';
import { resolveDeclaration } from './names.ts';
import { signatureOf } from './signature.ts';
import { fittingHint } from './task.ts';
import { checkRangeOrder } from './type-expression.ts';
import { positive } from './values.ts';

/** `train` and `baseline`: the trainer, its parameters, and whether it fits task and features. */
export function checkTrainerUse(
  c: Checker,
  env: Env,
  call: ast.Call | ast.MissingExpression,
  model: ModelInfo,
): ast.TrainerDeclaration | undefined {
  if (call.kind !== 'Call') return undefined;
  const trainer = resolveDeclaration(c, env.module, call.callee, ['Trainer'], 'functions');
  if (!trainer) return undefined;
  const bound = bindArguments(c, env, call.callee, call.args, trainer);
  checkArguments(c, env, bound, trainer, { free: new Set() });
  recordCall(c, call, trainer, bound, undefined);
  const tasks = trainer.tasks.map(task => task.text);
  if (model.task !== undefined && !tasks.includes(model.task)) {
    const labels = [c.labelAt(trainer, `declared for ${tasks.join(', ')}`)];
    if (model.labelName)
      labels.push({
        file: env.module.file,
        span: model.labelName.span,
        message: `the label, ${describe(model.labelType)}`,
      });
    const facts = {
      trainer: call.callee.text,
      task: model.task,
      tasks,
      label: model.labelName?.text ?? 'label',
    };
    const hint = fittingHint(c, model.task, 'Trainer');
    const more = { labels, ...(hint === undefined ? {} : { hint }) };
    c.error(env.module, tasksMessages.trainerTask, facts, call.callee.span, more);
  }
  checkAccepts(c, call, trainer, model);
  return trainer;
}

/** `tune { depth: 4..8 } maximize auc with 6 trials` */
export function checkTune(
  c: Checker,
  env: Env,
  tune: ast.Tune,
  trainer: ast.TrainerDeclaration | undefined,
): void {
  const seen = new Map<string, ast.Name>();
  for (const parameter of tune.parameters) {
    const { name } = parameter;
    if (name.text === '') continue;
    const first = seen.get(name.text);
    if (first) {
      const labels = [{ file: env.module.file, span: first.span, message: 'the first one' }];
      c.error(env.module, declarationMessages.duplicateClause, { clause: name.text }, name.span, { labels });
    }
    seen.set(name.text, name);
    if (trainer) checkDimension(c, env, parameter, trainer);
  }
  if (tune.parameters.length === 0) {
    const facts = { name: 'tune', problem: 'it names no parameter' };
    c.error(env.module, declarationMessages.tuneDimension, facts, tune.span);
  }
  positive(c, env, tune.trials, int, 'the number of trials');
}

function checkDimension(
  c: Checker,
  env: Env,
  dimension: ast.TuneParameter,
  trainer: ast.TrainerDeclaration,
): void {
  const { name } = dimension;
  const { parameters } = signatureOf(c, trainer);
  const parameter = parameters.find(one => one.name === name.text);
  if (!parameter) {
    const known = parameters.map(one => one.name);
    const suggestion = suggest(name.text, known);
    const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
    const labels = [c.labelAt(trainer, 'declared here')];
    const facts = { name: name.text, callee: trainer.name.text, known, suggestion };
    c.error(env.module, typesMessages.unknownArgument, facts, name.span, { labels, fixes });
    return;
  }
  c.bind(name, { kind: 'parameter', name: name.text, parameter: parameter.node, file: c.fileOf(trainer) });
  const cause = c.labelAt(trainer, 'declared here', parameter.node.span);
  const problem = (text: string, at: ast.Node) =>
    c.error(env.module, declarationMessages.tuneDimension, { name: name.text, problem: text }, at.span, {
      labels: [cause],
    });
  for (const choice of dimension.choices ?? []) {
    inferAs(c, env, choice, parameter.type, `\`${name.text}\``, { constant: true, cause });
  }
  const given = dimension.choices?.map(choice => constantOf(c, choice));
  if (given && given.length > 0 && new Set(given).size < given.length)
    problem('a choice stands there twice', dimension);
  if (dimension.choices?.length === 0) problem('the list of choices is empty', dimension);
  if (!dimension.range) {
    if (dimension.log) problem('`log` is for a range of numbers', dimension);
    return;
  }
  checkDimensionRange(c, env, dimension, dimension.range, parameter.type, problem);
}

function checkDimensionRange(
  c: Checker,
  env: Env,
  dimension: ast.TuneParameter,
  range: ast.Range,
  type: Type,
  problem: (text: string, at: ast.Node) => void,
): void {
  if (isUnknown(type)) return;
  if (!isNumber(type)) {
    problem(`it is ${describe(type)}; write the choices in braces`, range);
    return;
  }
  const bound: Type = { ...type, optional: false };
  const what = `\`${dimension.name.text}\``;
  inferAs(c, env, range.low, bound, what, { constant: true });
  inferAs(c, env, range.high, bound, what, { constant: true });
  const low = numberOf(constantOf(c, range.low));
  const high = numberOf(constantOf(c, range.high));
  checkRangeOrder(c, env.module, range, low, high);
  if (low !== undefined && low === high) problem('there is only one value to try', range);
  if (dimension.log && low !== undefined && low <= 0)
    problem('on a logarithmic scale the range begins above 0', range.low);
}
