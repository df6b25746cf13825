import type { Fix } from '../../diagnostics/diagnostic.ts';
import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceText } from '../fixes.ts';
import { replaceFix } from '../scope.ts';
import { duration, int, rate } from '../types.ts';
import { checkResources, missing, only, resourceClauses, singles } from './clauses.ts';
import { constantOf, numberOf } from './constant.ts';
import type { Checker, Env } from './context.ts';
import { condition, inferAs } from './expression/expect.ts';
import { modelInfo } from './model.ts';
import { resolveDeclaration } from './names.ts';
import { checkRules } from './policy.ts';
import { checkRangeOrder, constantEnv } from './type-expression.ts';
import { positive, share } from './values.ts';

const clauseNames = {
  Serve: 'serve',
  ScoreInto: 'score',
  Shadow: 'shadow',
  Traffic: 'traffic',
  Replicas: 'replicas',
  Check: 'check',
  Rollout: 'rollout',
  Rollback: 'rollback',
  LogRequests: 'log',
  ...resourceClauses,
} as const;

/** Clauses of a service that answers requests; a batch deployment has none of them. */
const online = ['Traffic', 'Replicas', 'Rollout', 'Rollback', 'LogRequests', 'Check', 'Shadow'] as const;

export function checkDeployment(c: Checker, declaration: ast.DeploymentDeclaration): void {
  const env = constantEnv(c.home(declaration));
  const { items } = declaration;
  singles(c, env, items, clauseNames);
  if (!only(items, 'Serve')) missing(c, env, declaration.name, 'serve', 'name the model: `serve my_model`');
  const score = only(items, 'ScoreInto');
  for (const kind of online) {
    const item = items.find(one => one.kind === kind);
    if (!score || !item) continue;
    const why = 'a deployment scores rows in batches or answers requests';
    const facts = { first: 'score', second: clauseNames[kind], why };
    c.error(env.module, declarationMessages.contradiction, facts, item.span);
  }
  for (const item of items) checkItem(c, env, item);
  checkResources(c, env, items);
}

/** Where service measures are read: after a model is there, and without its labels. */
export const serviceEnv = (env: Env): Env => ({
  ...env,
  place: 'service',
  gate: { metrics: false, baseline: false, service: true },
});

function checkItem(c: Checker, env: Env, item: ast.DeploymentItem): void {
  switch (item.kind) {
    case 'Serve':
    case 'Shadow': {
      const model = resolveDeclaration(c, env.module, item.model, ['Model']);
      if (model) modelInfo(c, model);
      return;
    }
    case 'ScoreInto':
      resolveDeclaration(c, env.module, item.source, ['Source']);
      resolveDeclaration(c, env.module, item.sink, ['Sink']);
      return;
    case 'Traffic':
      positive(c, env, item.rate, rate, 'the expected traffic');
      return;
    case 'Replicas':
      checkReplicas(c, env, item);
      return;
    case 'Check':
      if (item.load) positive(c, env, item.load, duration, 'the time for loading');
      checkRules(c, serviceEnv(env), item.rules, {
        load: ({ rate: requests, duration: length }) => {
          positive(c, env, requests, rate, 'the load');
          positive(c, env, length, duration, 'the length of the load');
        },
      });
      return;
    case 'Rollout':
      checkRollout(c, env, item);
      return;
    case 'Rollback':
      if (item.condition) condition(c, serviceEnv(env), item.condition);
      if (item.unless) checkRules(c, serviceEnv(env), [item.unless], {});
      return;
    case 'LogRequests':
      share(c, env, item.share, 'the share of logged requests');
      return;
  }
}

function checkReplicas(c: Checker, env: Env, item: ast.Replicas): void {
  const count = { ...int, min: 0, max: 100_000 };
  inferAs(c, env, item.range.low, count, 'the number of replicas', { constant: true });
  inferAs(c, env, item.range.high, { ...count, min: 1 }, 'the number of replicas', { constant: true });
  const low = numberOf(constantOf(c, item.range.low));
  const high = numberOf(constantOf(c, item.range.high));
  if (low !== undefined && high !== undefined && low > high) {
    checkRangeOrder(c, env.module, item.range, low, high);
  }
  if (item.target) share(c, env, item.target, 'the utilisation');
  if (item.of) oneOf(c, env, item.of, ['cpu', 'memory', 'gpu'], 'replicas');
}

/** A word that a clause knows. */
export function oneOf(c: Checker, env: Env, name: ast.Name, known: readonly string[], of: string): boolean {
  if (name.text === '' || known.includes(name.text)) return true;
  const suggestion = suggest(name.text, known);
  const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
  c.error(
    env.module,
    declarationMessages.unknownSetting,
    { name: name.text, of, known, suggestion },
    name.span,
    { fixes },
  );
  return false;
}

const strategies = ['canary', 'blue_green', 'all_at_once'];

function checkRollout(c: Checker, env: Env, item: ast.Rollout): void {
  if (!oneOf(c, env, item.strategy, strategies, 'rollout')) return;
  const canary = item.strategy.text === 'canary';
  const problem = (
    text: string,
    at: ast.Node,
    hint?: string,
    before?: ast.Node,
    fixes: readonly Fix[] = [],
  ) => {
    const labels = before ? [{ file: env.module.file, span: before.span, message: 'the step before' }] : [];
    c.error(env.module, declarationMessages.rolloutSteps, { problem: text, hint }, at.span, {
      labels,
      fixes,
    });
  };
  if (!canary && item.steps.length > 0) {
    problem(`\`${item.strategy.text}\` has no steps; \`canary\` has`, item.steps[0]!);
  }
  if (canary && item.steps.length === 0)
    problem('a canary needs steps, such as `{ 5% for 10min, 100% }`', item.strategy);
  let last = 0;
  for (const [i, step] of item.steps.entries()) {
    const size = share(c, env, step.share, 'the share of a step');
    if (step.duration) positive(c, env, step.duration, duration, 'the length of a step');
    else if (i < item.steps.length - 1)
      problem('a step before the last says how long it lasts: `5% for 10min`', step);
    if (size === undefined) return;
    if (size <= last && last >= 1)
      problem(
        'a canary ends when it reaches 100%',
        step.share,
        'remove the steps after it',
        item.steps[i - 1],
      );
    else if (size <= last) {
      const least = `${Number((last * 100).toPrecision(6))}%`;
      const hint = i === 0 ? 'begin with more than nothing' : `let this step be more than ${least}`;
      problem('the steps of a canary rise', step.share, hint, item.steps[i - 1]?.share);
    }
    last = size;
  }
  if (canary && item.steps.length > 0 && last < 1) endsEarly(env, item.steps.at(-1)!, problem);
}

type Problem = (text: string, at: ast.Node, hint?: string, before?: ast.Node, fixes?: readonly Fix[]) => void;

/** A last step that is looked at for a while is followed by the whole; another one is the whole. */
function endsEarly(
  env: Env,
  { share: size, duration: length, span }: ast.RolloutStep,
  problem: Problem,
): void {
  const { module } = env;
  const fixes = length
    ? [
        {
          title: 'add `100%`',
          edits: [{ file: module.file, span: { start: span.end, end: span.end }, text: ', 100%' }],
          safe: false,
        },
      ]
    : [replaceText(module, size.span, '100%', false)];
  const hint = length ? 'add a last step of `100%`' : 'write `100%`';
  problem('the last step of a canary is 100%', size, hint, undefined, fixes);
}
