import type * as ast from '../syntax/ast/index.ts';
import { Dot } from '../syntax/tokens.ts';
import type { Cursor } from './cursor.ts';
import * as data from './data.ts';
import { concat, type Doc, HARD } from './doc.ts';
import { features } from './features.ts';
import { block, spaced } from './layout.ts';
import * as library from './library.ts';
import { model } from './model.ts';
import * as operations from './operations.ts';
import type { Printer } from './printer.ts';
import { annotations } from './types.ts';

type Item = ast.Import | ast.Declaration;

/** Imports and declarations, each printed as soon as it is laid out, so that only one is held as a document. */
export function module(c: Cursor, printer: Printer, node: ast.Module): void {
  const items: Item[] = [...node.imports, ...node.declarations].sort((a, b) => a.span.start - b.span.start);
  for (const [i, item] of items.entries()) {
    const before = items[i - 1];
    if (before !== undefined) printer.newline(0, c.blankBefore() || !together(before, item));
    const doc = c.unit(() => (item.kind === 'Import' ? importClause(c, item) : declaration(c, item)));
    // What is out of step would print tokens where they do not belong: better nothing than that.
    if (!c.isBehind(item)) throw new Error(`the formatter lost its place in a ${item.kind}`);
    printer.print(doc);
  }
  const blank = c.blankBefore();
  const rest = c.rest();
  if (rest !== undefined) {
    if (items.length > 0) printer.newline(0, blank);
    printer.print(rest);
  }
  if (printer.text !== '') printer.newline(0);
}

/** Constants, and where rows come from and go to. */
const WIRING: ReadonlySet<Item['kind']> = new Set(['Param', 'Let', 'Connection', 'Source', 'Sink']);
/** Those that are often one line each. */
const SHORT: ReadonlySet<Item['kind']> = new Set([
  'Import',
  'Schema',
  'Enum',
  'Function',
  'AggregateFunction',
  'Component',
  'Trainer',
  'Metric',
  'Constructor',
  'AnnotationDeclaration',
]);

/** Whether two items may stand without an empty line between them, if they are written so. */
function together(first: Item, second: Item): boolean {
  if (WIRING.has(first.kind) && WIRING.has(second.kind)) return true;
  return first.kind === second.kind && SHORT.has(first.kind);
}

function importClause(c: Cursor, node: ast.Import): Doc {
  const path: Doc[] = [c.take(), ' ', c.take()];
  while (c.is(Dot)) path.push(c.take(), c.take());
  return spaced(
    concat(path),
    block(c, 'import', node.names, name => c.words(name.span.end)),
  );
}

function declaration(c: Cursor, node: ast.Declaration): Doc {
  const body = () => construct(c, node);
  if (node.annotations.length === 0) return body();
  return concat([...annotations(c, node.annotations, HARD), body()]);
}

function construct(c: Cursor, node: ast.Declaration): Doc {
  switch (node.kind) {
    case 'Schema':
      return data.schema(c, node);
    case 'Enum':
      return data.enumeration(c, node);
    case 'Param':
    case 'Let':
      return data.constant(c, node);
    case 'Connection':
      return data.connection(c, node);
    case 'Source':
    case 'Sink':
      return data.table(c, node);
    case 'Validation':
      return data.validation(c, node);
    case 'Function':
    case 'AggregateFunction':
    case 'Component':
      return library.callable(c, node);
    case 'Trainer':
      return library.trainer(c, node);
    case 'Metric':
      return library.metric(c, node);
    case 'Policy':
      return library.policy(c, node);
    case 'Constructor':
      return library.constructorDeclaration(c, node);
    case 'AnnotationDeclaration':
      return library.annotationDeclaration(c, node);
    case 'Features':
      return features(c, node);
    case 'Model':
      return model(c, node);
    case 'Deployment':
      return operations.deployment(c, node);
    case 'Monitor':
      return operations.monitor(c, node);
    case 'Pipeline':
      return operations.pipeline(c, node);
    case 'Environment':
      return operations.environment(c, node);
    case 'Test':
      return operations.example(c, node);
  }
}
