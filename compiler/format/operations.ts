import type * as ast from '../syntax/ast/index.ts';
import { kw, LCurly, LParen } from '../syntax/tokens.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc } from './doc.ts';
import { assigned, call, columns, expression, range } from './expression.ts';
import { block, listed, spaced } from './layout.ts';
import { notify, requirement, resource, settings } from './rules.ts';

export const deployment = (c: Cursor, node: ast.DeploymentDeclaration): Doc =>
  spaced(
    c.several(2),
    block(c, 'deployment', node.items, item => deploymentItem(c, item)),
  );

function deploymentItem(c: Cursor, node: ast.DeploymentItem): Doc {
  switch (node.kind) {
    case 'Serve':
    case 'Shadow':
    case 'ScoreInto':
      return c.words(node.span.end);
    case 'Traffic':
      return spaced(c.take(), expression(c, node.rate));
    case 'Replicas':
      return replicas(c, node);
    case 'Check':
      return check(c, node);
    case 'Rollout':
      return rollout(c, node);
    case 'Rollback':
      return node.unless
        ? spaced(c.several(2), requirement(c, node.unless))
        : spaced(c.several(2), expression(c, node.condition!));
    case 'LogRequests':
      return spaced(c.take(), expression(c, node.share), c.several(2));
    default:
      return resource(c, node);
  }
}

/** `replicas 2..10 at 70% cpu` */
function replicas(c: Cursor, node: ast.Replicas): Doc {
  const head = spaced(c.take(), range(c, node.range));
  return node.target === undefined ? head : spaced(head, c.take(), expression(c, node.target), c.take());
}

/** The tree keeps `load within` apart from the rules; here they stand as written. */
function check(c: Cursor, node: ast.Check): Doc {
  const word = c.take();
  const items: (ast.Rule | ast.Expression)[] = [...node.rules];
  if (node.load !== undefined) items.push(node.load);
  items.sort((a, b) => a.span.start - b.span.start);
  return spaced(
    word,
    block(c, 'check', items, item =>
      item === node.load ? spaced(c.several(2), expression(c, node.load)) : requirement(c, item as ast.Rule),
    ),
  );
}

/** `rollout canary { 5% for 10min, 100% }` */
function rollout(c: Cursor, node: ast.Rollout): Doc {
  const head = c.several(2);
  if (!c.is(LCurly)) return head;
  const step = (item: ast.RolloutStep): Doc => {
    const share = expression(c, item.share);
    return item.duration === undefined ? share : spaced(share, c.take(), expression(c, item.duration));
  };
  return spaced(head, block(c, 'rollout', node.steps, step));
}

export const monitor = (c: Cursor, node: ast.MonitorDeclaration): Doc =>
  spaced(
    c.several(4),
    block(c, 'monitor', node.items, item => monitorItem(c, item)),
  );

function monitorItem(c: Cursor, node: ast.MonitorItem): Doc {
  switch (node.kind) {
    case 'Every': {
      const head = spaced(c.take(), expression(c, node.every));
      return node.over === undefined ? head : spaced(head, c.take(), expression(c, node.over));
    }
    case 'LabelsFrom':
      return spaced(c.several(4), columns(c, node.on));
    case 'Condition':
      return requirement(c, node);
    case 'Notify':
      return notify(c, node);
    default:
      return resource(c, node);
  }
}

export const pipeline = (c: Cursor, node: ast.PipelineDeclaration): Doc =>
  spaced(
    c.several(2),
    block(c, 'pipeline', node.items, item => pipelineItem(c, item), {
      // `notify f(x), on failure`: without the comma the event would be the notification's.
      parts: item =>
        item.kind === 'Notify' &&
        item.events.length === 0 &&
        c.is(kw.on, 1) &&
        !c.is(kw.request, 2) &&
        !c.is(LParen, 3),
    }),
  );

function pipelineItem(c: Cursor, node: ast.PipelineItem): Doc {
  switch (node.kind) {
    case 'RunGoals':
      return spaced(
        c.take(),
        listed(c, node.goals, () => c.take()),
      );
    case 'Trigger':
      return spaced(c.take(), expression(c, node.condition));
    case 'Cooldown':
      return spaced(c.take(), expression(c, node.duration));
    case 'Concurrency':
      return c.several(2);
    case 'Budget':
      return spaced(c.take(), expression(c, node.amount), c.take());
    case 'Interval':
      return spaced(c.take(), expression(c, node.length));
    case 'Notify':
      return notify(c, node);
    default:
      return resource(c, node);
  }
}

export function environment(c: Cursor, node: ast.EnvironmentDeclaration): Doc {
  const head = c.several(node.base === undefined ? 2 : 4);
  return spaced(
    head,
    block(c, 'environment', node.items, item => environmentItem(c, item)),
  );
}

function environmentItem(c: Cursor, node: ast.EnvironmentItem): Doc {
  switch (node.kind) {
    case 'Target': {
      const head = c.several(2);
      return c.is(LCurly) ? spaced(head, settings(c, node.settings)) : head;
    }
    case 'Replacement':
      return spaced(c.several(3), call(c, node.value));
    case 'Models':
      return c.words(node.span.end);
    case 'Deploy':
      return spaced(c.several(2), expression(c, node.trigger));
    case 'ParamSetting':
      return concat([c.several(3), assigned(c, node.value)]);
  }
}

export const example = (c: Cursor, node: ast.TestDeclaration): Doc =>
  spaced(
    c.several(4),
    block(c, 'test', node.items, item => testItem(c, item)),
  );

function testItem(c: Cursor, node: ast.TestItem): Doc {
  switch (node.kind) {
    case 'Given': {
      const head = c.several(node.source === undefined ? 1 : 2);
      return node.value.kind === 'Missing' ? head : spaced(head, expression(c, node.value));
    }
    case 'AtMoment':
      return spaced(c.take(), expression(c, node.value));
    case 'Expect':
      return spaced(c.take(), expression(c, node.condition));
    case 'Converges':
    case 'RunsOn':
      return spaced(c.several(2), expression(c, node.rows), c.take());
    case 'Overfits':
      return spaced(c.take(), expression(c, node.rows), c.take());
    case 'StaysFinite':
      return c.several(2);
  }
}
