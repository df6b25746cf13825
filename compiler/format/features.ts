import type * as ast from '../syntax/ast/index.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc } from './doc.ts';
import { assigned, expression } from './expression.ts';
import { block, listed, spaced } from './layout.ts';
import { continued, resource } from './rules.ts';
import { type } from './types.ts';

export function features(c: Cursor, node: ast.FeaturesDeclaration): Doc {
  const parts: Doc[] = [c.several(4)];
  if (node.at !== undefined) parts.push(' ', moment(c, node.at));
  return concat([...parts, ' ', block(c, 'features', node.items, item => featuresItem(c, item))]);
}

/** `at date + 1h`, `at each day` */
function moment(c: Cursor, node: ast.MomentClause): Doc {
  const when = c.several(node.each === undefined ? 2 : 3);
  return node.offset === undefined ? when : spaced(when, c.take(), expression(c, node.offset.duration));
}

function featuresItem(c: Cursor, node: ast.FeaturesItem): Doc {
  switch (node.kind) {
    case 'Feature':
      return feature(c, node);
    case 'Join':
      return join(c, node);
    case 'Key':
    case 'Use':
      return spaced(
        c.take(),
        listed(c, node.columns, () => c.take()),
      );
    case 'Materialize':
      return spaced(c.several(2), expression(c, node.every));
    case 'Stale':
      return spaced(c.several(2), expression(c, node.after), c.several(2));
    default:
      return resource(c, node);
  }
}

function feature(c: Cursor, node: ast.FeatureItem): Doc {
  const parts: Doc[] = [c.several(node.label ? 2 : 1)];
  if (node.type !== undefined) parts.push(c.take(), ' ', type(c, node.type));
  return concat([...parts, ' ', c.take(), assigned(c, node.value)]);
}

function join(c: Cursor, node: ast.JoinClause): Doc {
  const head = c.several(node.alias === undefined ? 3 : 5);
  const parts: Doc[] = [head, ' ', expression(c, node.on)];
  if (node.within !== undefined) parts.push(continued(spaced(c.take(), expression(c, node.within))));
  return concat(parts);
}
