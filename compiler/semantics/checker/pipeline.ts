import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { isFault, parseCron } from '../cron.ts';
import { replaceText } from '../fixes.ts';
import { duration, int } from '../types.ts';
import { insideText } from '../written.ts';
import { checkResources, missing, only, resourceClauses, singles } from './clauses.ts';
import { constantOf } from './constant.ts';
import { checkConstruct } from './construct.ts';
import type { Checker, Env } from './context.ts';
import { oneOf } from './deployment.ts';
import { checkNotify } from './monitor.ts';
import { distinctNames, resolveDeclaration } from './names.ts';
import { constantEnv } from './type-expression.ts';
import { positive } from './values.ts';

const goals = ['Deployment', 'Model', 'Features', 'Source', 'Validation'] as const;

export function checkPipeline(c: Checker, declaration: ast.PipelineDeclaration): void {
  const env = constantEnv(c.home(declaration));
  const { items } = declaration;
  singles(c, env, items, {
    RunGoals: 'run',
    Cooldown: 'cooldown',
    Concurrency: 'concurrency',
    Budget: 'budget',
    Interval: 'interval',
    ...resourceClauses,
  });
  if (!only(items, 'RunGoals'))
    missing(c, env, declaration.name, 'run', 'name what it makes: `run my_model`');
  for (const item of items) checkItem(c, env, item);
  checkResources(c, env, items);
}

const events = ['failure', 'success', 'promotion', 'refusal', 'start'];

function checkItem(c: Checker, env: Env, item: ast.PipelineItem): void {
  switch (item.kind) {
    case 'RunGoals':
      for (const name of item.goals) resolveDeclaration(c, env.module, name, goals);
      distinctNames(c, env.module, item.goals, 'goals');
      return;
    case 'Trigger':
      checkTrigger(c, env, item.condition);
      return;
    case 'Cooldown':
      positive(c, env, item.duration, duration, 'the pause between runs');
      return;
    case 'Concurrency':
      oneOf(c, env, item.policy, ['queue', 'replace', 'skip'], 'concurrency');
      return;
    case 'Budget':
      positive(c, env, item.amount, duration, 'a budget');
      oneOf(c, env, item.of, ['cpu', 'gpu'], 'budget');
      return;
    case 'Interval':
      positive(c, env, item.length, duration, 'the data interval');
      return;
    case 'Notify':
      checkNotify(c, env, item, events);
      return;
  }
}

/** `schedule(…)`, `new_rows(source) >= n`, `alert(monitor)`, `request`. */
export function checkTrigger(c: Checker, env: Env, condition: ast.Expression): void {
  if (condition.kind === 'Missing') return;
  const compared = condition.kind === 'Binary' && condition.operator === '>=' ? condition : undefined;
  if (condition.kind === 'Binary' && !compared && isNewRows(condition.left)) {
    checkConstruct(c, env, condition.left, 'trigger');
    const text = env.module.file.text.slice(condition.left.span.start, condition.left.span.end);
    const fixes = [replaceText(env.module, condition.operatorSpan, '>=')];
    const hint = `write \`on ${text} >= 1_000\`: it starts when there are at least so many`;
    c.error(env.module, declarationMessages.triggerShape, {}, condition.operatorSpan, { hint, fixes });
    return;
  }
  const call = compared ? compared.left : condition;
  if (call.kind === 'NameExpression' && call.name.text === 'request' && !compared) {
    const request = c.contextual('triggers')?.own.functions.get('request');
    c.bind(call.name, request);
    return;
  }
  if (call.kind !== 'Call') {
    c.error(env.module, declarationMessages.triggerShape, {}, condition.span);
    return;
  }
  const declaration = checkConstruct(c, env, call, 'trigger');
  if (!declaration) return;
  const rows = declaration.name.text === 'new_rows';
  if (rows !== (compared !== undefined))
    c.error(env.module, declarationMessages.triggerShape, {}, condition.span);
  if (compared) positive(c, env, compared.right, int, 'the number of new rows');
  if (declaration.name.text === 'schedule') checkSchedule(c, env, call);
}

const isNewRows = (e: ast.Expression): e is ast.Call => e.kind === 'Call' && e.callee.text === 'new_rows';

function checkSchedule(c: Checker, env: Env, call: ast.Call): void {
  const args = c.calls.get(call)?.args;
  const cron = args?.get('cron');
  const text = cron && constantOf(c, cron);
  if (!cron || typeof text !== 'string') return;
  const parsed = parseCron(text);
  if (!isFault(parsed)) return;
  const { problem, instead, hint } = parsed;
  const fixes = instead === undefined ? [] : [replaceText(env.module, cron.span, JSON.stringify(instead))];
  const facts = { text, problem, instead, hint };
  c.error(env.module, declarationMessages.cron, facts, insideText(env.module.file, cron, text, parsed), {
    fixes,
  });
}
