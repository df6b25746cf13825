import type * as ast from '../syntax/ast/index.ts';
import { LCurly } from '../syntax/tokens.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc } from './doc.ts';
import { assigned, call, expression } from './expression.ts';
import { block, spaced } from './layout.ts';
import { requirement, resource } from './rules.ts';
import { annotations, type } from './types.ts';

export function schema(c: Cursor, node: ast.SchemaDeclaration): Doc {
  const head = c.several(node.base === undefined ? 2 : 4);
  return spaced(
    head,
    block(c, 'schema', node.fields, field => column(c, field)),
  );
}

function column(c: Cursor, node: ast.Field): Doc {
  const before = node.annotations.filter(use => use.span.start < node.name.span.start);
  return concat([...annotations(c, before, ' '), c.take(), c.take(), ' ', type(c, node.type)]);
}

export const enumeration = (c: Cursor, node: ast.EnumDeclaration): Doc =>
  spaced(
    c.several(2),
    block(c, 'enum', node.members, () => c.take()),
  );

/** `param name: type = value`, `let name = value` */
export function constant(c: Cursor, node: ast.ParamDeclaration | ast.LetDeclaration): Doc {
  const parts: Doc[] = [c.several(2)];
  if (node.type !== undefined) parts.push(c.take(), ' ', type(c, node.type));
  if (node.value !== undefined) parts.push(' ', c.take(), assigned(c, node.value));
  return concat(parts);
}

export const connection = (c: Cursor, node: ast.ConnectionDeclaration): Doc =>
  spaced(c.several(2), c.take(), call(c, node.value));

/** `source name: Row = csv("…") { … }`, `sink name: Row = table(…)` */
export function table(c: Cursor, node: ast.SourceDeclaration | ast.SinkDeclaration): Doc {
  const name = concat([c.several(2), c.take()]);
  const head = spaced(name, c.several(2), call(c, node.value));
  if (node.kind === 'Sink' || !c.is(LCurly)) return head;
  return spaced(
    head,
    block(c, 'source', node.items, item => sourceItem(c, item)),
  );
}

function sourceItem(c: Cursor, node: ast.SourceItem): Doc {
  switch (node.kind) {
    case 'Violations':
      return node.share === undefined ? c.take() : spaced(c.several(3), expression(c, node.share));
    case 'Fresh':
      return spaced(c.several(2), expression(c, node.within));
    case 'Lag':
      return spaced(c.take(), expression(c, node.lag));
    case 'Partition':
    case 'Watermark':
      return c.words(node.span.end);
    default:
      return resource(c, node);
  }
}

export const validation = (c: Cursor, node: ast.ValidationDeclaration): Doc =>
  spaced(
    c.several(4),
    block(c, 'validation', node.rules, rule => requirement(c, rule)),
  );
