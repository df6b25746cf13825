import type * as ast from '../syntax/ast/index.ts';

/**
 * Calls `enter` with every node of a tree, parents first. It does what `syntax/visit.ts` does without sorting: nodes come
 * in the order of their properties, which is enough for rules and takes a third of the time.
 */
export function walk(node: ast.Node, enter: (node: ast.Node) => void): void {
  enter(node);
  const own = node as unknown as Readonly<Record<string, unknown>>;
  for (const key in own) {
    const value = own[key];
    if (typeof value !== 'object' || value === null || key === 'span') continue;
    // A field's annotations are those of its type too, and the type is walked.
    if (key === 'annotations' && node.kind === 'Field') fieldAnnotations(node as ast.Field, enter);
    else below(value, enter);
  }
}

function below(value: object, enter: (node: ast.Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) below(item, enter);
    return;
  }
  const { kind, span } = value as Partial<ast.Node>;
  if (kind !== undefined && span !== undefined) walk(value as ast.Node, enter);
  else
    for (const part of Object.values(value))
      if (typeof part === 'object' && part !== null) below(part, enter);
}

function fieldAnnotations(field: ast.Field, enter: (node: ast.Node) => void): void {
  for (const annotation of field.annotations)
    if (!field.type.annotations.includes(annotation)) walk(annotation, enter);
}
