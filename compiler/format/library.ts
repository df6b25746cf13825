import type * as ast from '../syntax/ast/index.ts';
import { LCurly, LParen } from '../syntax/tokens.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc } from './doc.ts';
import { assigned, columns, expression, list, range } from './expression.ts';
import { block, bracketed, listed, spaced } from './layout.ts';
import { continued, requirement, resource } from './rules.ts';
import { type } from './types.ts';

function parameters(c: Cursor, nodes: readonly ast.Parameter[]): Doc {
  return bracketed(c, nodes, node => {
    const parts: Doc[] = [c.take(), c.take(), ' ', type(c, node.type)];
    if (node.rest) parts.push(c.take());
    if (node.default !== undefined) parts.push(' ', c.take(), assigned(c, node.default));
    return concat(parts);
  });
}

/** `keyword name(parameters)` */
const signature = (c: Cursor, nodes: readonly ast.Parameter[]): Doc =>
  c.is(LParen, 2) ? concat([c.several(2), parameters(c, nodes)]) : c.several(2);

/** `function`, `aggregate`, `component` */
export function callable(
  c: Cursor,
  node: ast.FunctionDeclaration | ast.AggregateDeclaration | ast.ComponentDeclaration,
): Doc {
  const head = spaced(signature(c, node.parameters), c.take(), type(c, node.result));
  if (node.body.kind === 'ForeignBody') return spaced(head, foreign(c, node.body));
  return concat([head, ' ', c.take(), assigned(c, node.body.value)]);
}

export function trainer(c: Cursor, node: ast.TrainerDeclaration): Doc {
  const head = spaced(
    signature(c, node.parameters),
    c.take(),
    listed(c, node.tasks, () => c.take()),
  );
  return spaced(head, foreign(c, node.body));
}

export function metric(c: Cursor, node: ast.MetricDeclaration): Doc {
  const tasks = spaced(
    signature(c, node.parameters),
    c.take(),
    listed(c, node.tasks, () => c.take()),
  );
  const parts: Doc[] = [tasks];
  if (node.range !== undefined) parts.push(continued(spaced(c.take(), range(c, node.range))));
  if (node.direction !== undefined) parts.push(continued(c.several(3)));
  return concat([...parts, ' ', foreign(c, node.body)]);
}

export const policy = (c: Cursor, node: ast.PolicyDeclaration): Doc =>
  spaced(
    signature(c, node.parameters),
    block(c, 'policy', node.rules, rule => requirement(c, rule)),
  );

export const constructorDeclaration = (c: Cursor, node: ast.ConstructorDeclaration): Doc =>
  spaced(signature(c, node.parameters), c.several(2), foreign(c, node.body));

export const annotationDeclaration = (c: Cursor, node: ast.AnnotationDeclaration): Doc =>
  spaced(
    signature(c, node.parameters),
    c.take(),
    listed(c, node.targets, () => c.take()),
  );

/** `builtin`, a block, or both. */
function foreign(c: Cursor, node: ast.ForeignBody): Doc {
  const items = () => block(c, 'foreign', node.items, item => foreignItem(c, item));
  if (!node.builtin) return items();
  const word = c.take();
  return c.is(LCurly) ? spaced(word, items()) : word;
}

function foreignItem(c: Cursor, node: ast.ForeignItem): Doc {
  switch (node.kind) {
    case 'Run':
      return run(c, node);
    case 'Packages':
      return spaced(
        c.take(),
        listed(c, node.packages, item => expression(c, item)),
      );
    case 'Accepts':
      return spaced(
        c.take(),
        listed(c, node.what, () => c.take()),
      );
    case 'Derivation':
      return derivation(c, node);
    default:
      return resource(c, node);
  }
}

/** `run container "image" args ["a"]` */
function run(c: Cursor, node: ast.RunClause): Doc {
  const head = spaced(c.several(2), expression(c, node.target));
  if (c.offset >= node.span.end) return head;
  return spaced(head, c.take(), list(c, { kind: 'List', items: node.args, span: node.span }));
}

/** `score: float from (a, b)` */
function derivation(c: Cursor, node: ast.DerivationClause): Doc {
  const head = concat([c.take(), c.take(), ' ', type(c, node.type)]);
  return node.from.length === 0 ? head : spaced(head, c.take(), columns(c, node.from));
}
