import type * as ast from '../syntax/ast/index.ts';
import { Colon, LParen } from '../syntax/tokens.ts';
import type { Cursor } from './cursor.ts';
import { concat, type Doc, fill, group, HARD, indent, join, LINE } from './doc.ts';
import { block, bracketed, commaAfter, enclosed, listed, spaced } from './layout.ts';

/**
 * An expression. Where it breaks, it does before an operator, and what follows is indented; `flush` leaves that out
 * where the whole expression is indented already.
 */
export function expression(c: Cursor, node: ast.Expression, flush = false): Doc {
  // Brackets are no nodes: a node that begins behind the next token is in brackets.
  if (c.is(LParen) && c.offset < node.span.start) {
    const open = c.take();
    return enclosed(c, open, [c.lead(), expression(c, node)]);
  }
  switch (node.kind) {
    case 'Binary':
      return binary(c, node, flush);
    case 'Unary':
      return unary(c, node);
    case 'InRange':
      return tail(
        expression(c, node.operand),
        () => spaced(c.several(node.negated ? 2 : 1), range(c, node.range)),
        flush,
      );
    case 'InSet':
      return tail(
        expression(c, node.operand),
        () => spaced(c.several(node.negated ? 2 : 1), set(c, node.items)),
        flush,
      );
    case 'Matching':
      return tail(expression(c, node.operand), () => c.several(node.negated ? 3 : 2), flush);
    case 'IsNull':
      return tail(expression(c, node.operand), () => c.several(node.negated ? 3 : 2), flush);
    case 'If':
      return conditional(c, node);
    case 'Match':
      return match(c, node);
    default:
      return primary(c, node);
  }
}

function primary(c: Cursor, node: ast.Expression): Doc {
  switch (node.kind) {
    case 'Member':
      return concat([expression(c, node.object), c.take(), c.take()]);
    case 'Call':
      return call(c, node);
    case 'Aggregate':
      return aggregate(c, node);
    case 'Fitted':
      return spaced(c.take(), expression(c, node.call));
    case 'List':
      return list(c, node);
    case 'Record':
      return record(c, node);
    case 'EachFeature':
      return eachFeature(c, node);
    default:
      return c.take();
  }
}

const LEVELS: Readonly<Record<ast.BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '??': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
};
const COMPARISON = 3;

/** Operators of one strength in a row break together. */
function binary(c: Cursor, node: ast.Binary, flush: boolean): Doc {
  const level = LEVELS[node.operator];
  if (level === COMPARISON) {
    return tail(expression(c, node.left), () => spaced(c.take(), expression(c, node.right)), flush);
  }
  const start = c.offset;
  const chain: ast.Binary[] = [node];
  let first = node.left;
  // What begins elsewhere is in brackets.
  while (first.kind === 'Binary' && LEVELS[first.operator] === level && first.span.start === start) {
    chain.push(first);
    first = first.left;
  }
  const parts: Doc[] = [expression(c, first)];
  for (let i = chain.length - 1; i >= 0; i--) {
    parts.push(LINE, c.take(), ' ', expression(c, chain[i]!.right));
  }
  if (flush) return group(concat(parts));
  const [head, ...others] = parts;
  return group(concat([head!, indent(concat(others))]));
}

/** What follows an operand goes to a line of its own only if it does not fit behind it. */
function tail(operand: Doc, rest: () => Doc, flush: boolean): Doc {
  const behind = concat([LINE, rest()]);
  return concat([operand, group(flush ? behind : indent(behind))]);
}

function unary(c: Cursor, node: ast.Unary): Doc {
  const operator = c.take();
  const operand = expression(c, node.operand);
  return concat(node.operator === 'not' ? [operator, ' ', operand] : [operator, operand]);
}

export const range = (c: Cursor, node: ast.Range): Doc =>
  concat([expression(c, node.low), c.take(), expression(c, node.high)]);

/** `{"a", "b"}`: without spaces inside, filled where it does not fit. */
export function set(c: Cursor, items: readonly ast.Expression[]): Doc {
  const open = c.take();
  const parts = items.map((item, i) => {
    const doc = concat([c.lead(), expression(c, item)]);
    if (i === items.length - 1) return commaAfter(c, doc, true);
    return concat([doc, c.wantedComma()]);
  });
  return enclosed(c, open, [fill(join(parts, LINE))]);
}

/** `if a then b else if c then d else e`: each `else` goes to a line of its own if the whole does not fit. */
function conditional(c: Cursor, node: ast.If): Doc {
  const parts: Doc[] = [];
  let current: ast.Expression = node;
  // A bracket before a nested one makes it an operand like any other.
  while (current.kind === 'If' && current.span.start === c.offset) {
    parts.push(c.take(), ' ', expression(c, current.condition));
    const then = spaced(c.take(), expression(c, current.then));
    parts.push(group(indent(concat([LINE, then]))), LINE, c.take(), ' ');
    current = current.otherwise;
  }
  parts.push(expression(c, current));
  return group(concat(parts));
}

function match(c: Cursor, node: ast.Match): Doc {
  const head = spaced(c.take(), expression(c, node.subject));
  return spaced(
    head,
    block(c, 'match', node.arms, arm => matchArm(c, arm)),
  );
}

function matchArm(c: Cursor, arm: ast.MatchArm): Doc {
  const pattern = arm.pattern === undefined ? anything(c) : expression(c, arm.pattern);
  return concat([pattern, ' ', c.take(), assigned(c, arm.value)]);
}

/** `_`, which is no expression, in brackets or not. */
const anything = (c: Cursor): Doc => (c.is(LParen) ? enclosed(c, c.take(), [anything(c)]) : c.take());

// --- Calls ---

export function call(c: Cursor, node: ast.Call | ast.MissingExpression): Doc {
  const callee = c.take();
  return node.kind === 'Call' ? concat([callee, argumentList(c, node.args)]) : callee;
}

/** `(a, name: b)`; a single list or record shares the lines of the brackets. */
export function argumentList(c: Cursor, args: readonly ast.Arg[]): Doc {
  const [only] = args;
  const open = c.take();
  const parts: Doc[] = [];
  for (const [i, arg] of args.entries()) {
    if (i > 0) parts.push(LINE);
    const doc = concat([c.lead(), argument(c, arg.value)]);
    parts.push(commaAfter(c, doc, i === args.length - 1));
  }
  if (only === undefined || args.length > 1 || !hugs(only.value)) return enclosed(c, open, parts);
  return hugged(c, open, parts);
}

/** The brackets right around their only item. */
function hugged(c: Cursor, open: Doc, item: readonly Doc[]): Doc {
  const { inside, doc: close } = c.takeClosing();
  if (inside === undefined) return concat([open, ...item, close]);
  return concat([open, ...item, indent(concat([HARD, inside])), HARD, close]);
}

const hugs = (node: ast.Expression): boolean =>
  node.kind === 'Record' || node.kind === 'List' || (node.kind === 'String' && node.block);

/** `name: value`; whether it has a name is seen from the tokens, since an aggregate's first has none in the tree. */
function argument(c: Cursor, value: ast.Expression): Doc {
  if (!c.is(Colon, 1)) return expression(c, value);
  return concat([c.take(), c.take(), ' ', expression(c, value)]);
}

/** `sum(amount of orders where paid over 30d by (a, b), name: value)` */
function aggregate(c: Cursor, node: ast.Aggregate): Doc {
  const callee = c.take();
  const open = c.take();
  const head: Doc[] = [c.lead(), argument(c, node.value)];
  if (node.of !== undefined) head.push(LINE, c.several(2));
  if (node.where !== undefined) head.push(LINE, spaced(c.take(), expression(c, node.where)));
  if (node.window !== undefined) {
    const words = c.several(node.window.next ? 2 : 1);
    head.push(LINE, spaced(words, expression(c, node.window.length)));
  }
  if (node.by.length > 0) head.push(LINE, spaced(c.take(), columns(c, node.by)));
  const parts: Doc[] = [commaAfter(c, concat(head), node.args.length === 0)];
  for (const [i, arg] of node.args.entries()) {
    parts.push(LINE, commaAfter(c, concat([c.lead(), argument(c, arg.value)]), i === node.args.length - 1));
  }
  return concat([callee, enclosed(c, open, parts)]);
}

/** One column, or several in brackets. */
export const columns = (c: Cursor, names: readonly ast.Name[]): Doc =>
  c.is(LParen) ? bracketed(c, names, () => c.take()) : c.take();

function eachFeature(c: Cursor, node: ast.EachFeature): Doc {
  const words = c.several(2);
  if (node.except.length === 0) return words;
  return spaced(
    words,
    c.take(),
    listed(c, node.except, () => c.take()),
  );
}

// --- Collections ---

const PLAIN = new Set<ast.Expression['kind']>([
  'Int',
  'Float',
  'Duration',
  'Size',
  'Rate',
  'Time',
  'Bool',
  'Null',
  'String',
]);

/** Literals are filled; a single record shares the lines of the brackets; else one item a line. */
export function list(c: Cursor, node: ast.ListLiteral): Doc {
  const [only] = node.items;
  if (only?.kind === 'Record' && node.items.length === 1) {
    const open = c.take();
    return hugged(c, open, [commaAfter(c, concat([c.lead(), expression(c, only)]), true)]);
  }
  return bracketed(
    c,
    node.items,
    item => expression(c, item),
    node.items.every(item => PLAIN.has(item.kind)),
  );
}

export const record = (c: Cursor, node: ast.RecordLiteral): Doc =>
  block(c, 'record', node.fields, field => setting(c, field));

/** `name: value` */
export const setting = (c: Cursor, node: ast.RecordField | ast.Arg): Doc =>
  concat([c.take(), c.take(), assigned(c, node.value)]);

/** What stands after `=`, `:` or `=>`: a space before it, or a line break where it is made of operators. */
export function assigned(c: Cursor, node: ast.Expression): Doc {
  const bare = !(c.is(LParen) && c.offset < node.span.start);
  if (bare && BREAKABLE.has(node.kind)) return group(indent(concat([LINE, expression(c, node, true)])));
  return concat([' ', expression(c, node)]);
}

const BREAKABLE = new Set<ast.Expression['kind']>([
  'Binary',
  'Unary',
  'InRange',
  'InSet',
  'Matching',
  'IsNull',
  'If',
]);
