import type { Node } from './ast/index.ts';

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value && 'span' in value;

/**
 * The nodes right below a node, in the order of the text, each once. Works on any node: a property that holds a node,
 * a list of nodes or a plain group of nodes (`load: { rate, duration }`) holds children.
 */
export function children(node: Node): Node[] {
  const found = new Set<Node>();
  for (const value of Object.values(node)) collect(value, found);
  if (node.kind === 'Field') leaveOutTypes(node, found);
  // A node that recovery invented is empty, and stands before the one that begins at its place.
  return [...found].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** A field's annotations are also those of its type: a child is not repeated beside the node that holds it. */
function leaveOutTypes(field: Node, found: Set<Node>): void {
  const { type } = field as Node & { readonly type?: { readonly annotations: readonly Node[] } };
  for (const annotation of type?.annotations ?? []) found.delete(annotation);
}

function collect(value: unknown, into: Set<Node>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) into.add(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, into);
  else for (const part of Object.values(value)) collect(part, into);
}

/** Every node from this one down, parents first. `enter` may return false to leave out what lies below. */
export function visit(node: Node, enter: (node: Node, parents: readonly Node[]) => unknown): void {
  const parents: Node[] = [];
  const walk = (current: Node): void => {
    if (enter(current, parents) === false) return;
    parents.push(current);
    for (const child of children(current)) walk(child);
    parents.pop();
  };
  walk(node);
}

/** The innermost node whose span contains the offset, with its parents, outermost first. */
export function nodesAt(root: Node, offset: number): Node[] {
  const path: Node[] = [];
  let current: Node | undefined = root;
  while (current !== undefined) {
    path.push(current);
    current = children(current).find(({ span }) => span.start <= offset && offset <= span.end);
  }
  return path;
}
