import type * as ast from '../syntax/ast/index.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc, group, indent, LINE } from './doc.ts';
import { argumentList, expression, range, set } from './expression.ts';
import { block, enclosed } from './layout.ts';

/** `string? matching r"…" @unit("miles")`; what does not fit goes on, indented. */
export function type(c: Cursor, node: ast.TypeExpression): Doc {
  const parts: Doc[] = [body(c, node.body)];
  if (node.optional) parts.push(c.take());
  for (const refinement of node.refinements) parts.push(continued(refine(c, refinement)));
  for (const use of node.annotations) parts.push(continued(annotation(c, use)));
  return parts.length === 1 ? parts[0]! : concat(parts);
}

const continued = (doc: Doc): Doc => group(indent(concat([LINE, doc])));

function body(c: Cursor, node: ast.TypeBody): Doc {
  switch (node.kind) {
    case 'TableType':
      return c.several(2);
    case 'ListType':
      return concat([c.take(), type(c, node.element), c.take()]);
    case 'VectorType':
      return concat([c.take(), enclosed(c, c.take(), [c.lead(), expression(c, node.length)])]);
    case 'EnumType':
      return concat([c.take(), ' ', block(c, 'enum', node.members, () => c.take())]);
    default:
      return c.take();
  }
}

function refine(c: Cursor, node: ast.Refinement): Doc {
  switch (node.kind) {
    case 'RangeRefinement':
      return concat([c.take(), ' ', range(c, node.range)]);
    case 'SetRefinement':
      return concat([c.take(), ' ', set(c, node.items)]);
    case 'MatchingRefinement':
      return c.several(2);
  }
}

/** `@known_after(12h)` */
export function annotation(c: Cursor, node: ast.Annotation): Doc {
  const name = concat([c.take(), c.take()]);
  return hasBrackets(c, node) ? concat([name, argumentList(c, node.args)]) : name;
}

const hasBrackets = (c: Cursor, node: ast.Annotation): boolean => c.offset < node.span.end;

/** Each on a line of its own before the first of those that are given. */
export const annotations = (c: Cursor, nodes: readonly ast.Annotation[], separator: Doc): Doc[] =>
  nodes.flatMap(node => [annotation(c, node), separator]);
