import type * as ast from '../syntax/ast/index.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc, group, indent, LINE } from './doc.ts';
import { call, columns, expression, setting } from './expression.ts';
import { block, listed, spaced } from './layout.ts';

/** A rule of `validation`, `promote`, `check`, `policy` or `monitor`. */
export function requirement(c: Cursor, node: ast.Rule): Doc {
  switch (node.kind) {
    case 'Condition':
      return condition(c, node);
    case 'PolicyUse':
      return spaced(c.take(), call(c, node.call));
    case 'Approval':
      return concat([c.take(), c.take(), expression(c, node.who), c.take()]);
  }
}

/** `require EXPR`, and behind it for which slices, under which load or how often. */
function condition(c: Cursor, node: ast.ConditionRule): Doc {
  const parts: Doc[] = [c.take(), ' ', expression(c, node.condition)];
  if (node.forEach !== undefined) parts.push(continued(forEach(c, node.forEach)));
  if (node.load !== undefined) {
    const rate = spaced(c.take(), expression(c, node.load.rate));
    parts.push(continued(spaced(rate, c.take(), expression(c, node.load.duration))));
  }
  if (node.times !== undefined) parts.push(continued(spaced(c.take(), expression(c, node.times), c.take())));
  return concat(parts);
}

/** A further part of an item: behind it if it fits, else on a line of its own, indented. */
export const continued = (doc: Doc): Doc => group(indent(concat([LINE, doc])));

function forEach(c: Cursor, node: ast.ForEach): Doc {
  const head = spaced(c.several(2), columns(c, node.by));
  if (node.minimum === undefined) return head;
  return spaced(head, c.several(3), expression(c, node.minimum), c.take());
}

export function resource(c: Cursor, node: ast.ResourceClause): Doc {
  switch (node.kind) {
    case 'Resources':
      return spaced(c.take(), settings(c, node.settings));
    case 'Timeout':
      return spaced(c.take(), expression(c, node.duration));
    case 'Retry': {
      const head = spaced(c.take(), expression(c, node.times), c.take());
      return node.after === undefined ? head : spaced(head, c.take(), expression(c, node.after));
    }
  }
}

export const settings = (c: Cursor, nodes: readonly ast.Arg[]): Doc =>
  block(c, 'settings', nodes, node => setting(c, node));

/** `notify slack(…) on failure, promotion` */
export function notify(c: Cursor, node: ast.Notify): Doc {
  const head = spaced(c.take(), call(c, node.notifier));
  if (node.events.length === 0) return head;
  return spaced(
    head,
    c.take(),
    listed(c, node.events, () => c.take()),
  );
}
