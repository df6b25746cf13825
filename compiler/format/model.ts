import type * as ast from '../syntax/ast/index.ts';
import { kw, LCurly, LParen } from '../syntax/tokens.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc, fill, indent, join, LINE } from './doc.ts';
import { argumentList, call, columns, expression, range, set } from './expression.ts';
import { block, commaAfter, listed, spaced } from './layout.ts';
import { requirement, resource } from './rules.ts';

export const model = (c: Cursor, node: ast.ModelDeclaration): Doc =>
  spaced(
    c.several(2),
    block(c, 'model', node.items, item => modelItem(c, item)),
  );

function modelItem(c: Cursor, node: ast.ModelItem): Doc {
  switch (node.kind) {
    case 'ModelFeatures':
      return modelFeatures(c, node);
    case 'Predict':
      return c.words(node.span.end);
    case 'Where':
      return spaced(c.take(), expression(c, node.condition));
    case 'Split':
      return split(c, node);
    case 'Sample':
      return node.rows
        ? spaced(c.take(), expression(c, node.size), c.take())
        : spaced(c.take(), expression(c, node.size));
    case 'Train':
    case 'Baseline':
      return spaced(c.take(), call(c, node.trainer));
    case 'Load':
      return spaced(c.take(), call(c, node.loader));
    case 'Tune':
      return tune(c, node);
    case 'Seed':
    case 'Threshold':
      return spaced(c.take(), expression(c, node.value));
    case 'Evaluate':
      return evaluate(c, node);
    case 'Promote':
      return spaced(
        c.take(),
        block(c, 'promote', node.rules, rule => requirement(c, rule)),
      );
    default:
      return resource(c, node);
  }
}

/** `features A, B without { x }` */
function modelFeatures(c: Cursor, node: ast.ModelFeatures): Doc {
  const head = spaced(
    c.take(),
    listed(c, node.views, () => c.take()),
  );
  if (c.offset >= node.span.end) return head;
  return spaced(
    head,
    c.take(),
    block(c, 'names', node.without, () => c.take()),
  );
}

function split(c: Cursor, node: ast.Split): Doc {
  const head: Doc[] = [c.several(2)];
  while (!c.is(LCurly)) head.push(c.take());
  const part = (item: ast.SplitPart): Doc => spaced(c.several(item.last ? 2 : 1), expression(c, item.size));
  return spaced(...head, block(c, 'split', node.parts, part));
}

/** `tune { depth: 4..8  rate: 0.03..0.3 log } maximize auc with 6 trials` */
function tune(c: Cursor, node: ast.Tune): Doc {
  const head = spaced(
    c.take(),
    block(c, 'tune', node.parameters, parameter => tuneParameter(c, parameter)),
  );
  return spaced(head, c.several(3), expression(c, node.trials), c.take());
}

function tuneParameter(c: Cursor, node: ast.TuneParameter): Doc {
  const name = concat([c.take(), c.take()]);
  const values = node.choices === undefined ? range(c, node.range!) : set(c, node.choices);
  return node.log ? spaced(name, values, c.take()) : spaced(name, values);
}

/** `evaluate auc, log_loss by weekday, (plan, country)`, filled as one list. */
function evaluate(c: Cursor, node: ast.Evaluate): Doc {
  const word = c.take();
  const last = node.metrics.length - 1;
  const parts = node.metrics.map((use, i) =>
    i === last ? metricUse(c, use) : commaAfter(c, metricUse(c, use), false),
  );
  for (const [i, slice] of node.by.entries()) {
    const by =
      c.is(kw.by) && i === 0 ? spaced(c.take(), columns(c, slice.columns)) : columns(c, slice.columns);
    parts.push(i === node.by.length - 1 ? by : commaAfter(c, by, false));
  }
  return concat([word, ' ', indent(fill(join(parts, LINE)))]);
}

function metricUse(c: Cursor, node: ast.MetricUse): Doc {
  const name = c.take();
  return c.is(LParen) ? concat([name, argumentList(c, node.args)]) : name;
}
