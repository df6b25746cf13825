import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { replaceText } from '../../fixes.ts';
import { type DeclarationSymbol, lookup, written } from '../../scope.ts';
import {
  describe,
  duration,
  fits,
  isComparable,
  isUnknown,
  optional,
  required,
  unknown,
} from '../../types.ts';
import { bindArguments, checkArguments } from '../arguments.ts';
import type { Checker, Env, Table } from '../context.ts';
import { kindNames, reportUnknown, reportWrongKind } from '../names.ts';
import { columnScope, resolveTable } from '../tables.ts';
import { positive } from '../values.ts';
import { rangedResult, recordCall, resultType, typeAll } from './calls.ts';
import { condition } from './expect.ts';
import { infer, notHere } from './infer.ts';
import { columnOf, findBinding } from './names.ts';
import { chooseOverload } from './overloads.ts';

const aggregatesOf = (symbol: DeclarationSymbol): ast.AggregateDeclaration[] =>
  (symbol.overloads ?? [symbol.declaration]).filter(one => one.kind === 'AggregateFunction');

/** Where the columns of a table are plain names, and nothing aggregates again. */
export function rowEnv(env: Env, table: Table): Env {
  const { rows, windows, ...rest } = env;
  return { ...rest, place: 'where', scopes: [columnScope(table), ...env.scopes] };
}

/** What aggregates of rows are called where they are of values. */
const OF_VALUES: ReadonlyMap<string, string> = new Map([
  ['min', 'least'],
  ['max', 'greatest'],
]);

/** `mean(delay)` of a whole table; `mean(x)` after `fitted` comes here with the row's own scope. */
export function inferTableAggregate(c: Checker, env: Env, e: ast.Call, symbol: DeclarationSymbol): Type {
  if (!env.rows) {
    const inside = env.windows ?? undefined;
    typeAll(c, env, e.args);
    const why = inside
      ? 'say which rows: `over 7d by column` for a window of time, or `fitted` for all training rows'
      : 'aggregates are for validations, windows of features and `fitted`';
    const instead = e.args.length > 1 ? OF_VALUES.get(e.callee.text) : undefined;
    if (instead !== undefined) {
      const facts = { what: `the aggregate \`${e.callee.text}\``, why: 'it is of one value in many rows' };
      const hint = `of several values of the row write \`${instead}(…)\``;
      const fixes = [replaceText(env.module, e.callee.span, instead, false)];
      c.error(env.module, typesMessages.notHere, facts, e.callee.span, { hint, fixes });
      return unknown;
    }
    return notHere(c, env, e, `the aggregate \`${e.callee.text}\``, why);
  }
  return aggregate(c, env, rowEnv(env, env.rows), e, e.args, symbol);
}

function aggregate(
  c: Checker,
  env: Env,
  rows: Env,
  e: ast.Call | ast.Aggregate,
  args: readonly ast.Arg[],
  symbol: DeclarationSymbol,
): Type {
  if (e.kind === 'Aggregate' && barelyGrouped(c, env, rows, e, symbol)) return unknown;
  const declaration = chooseOverload(c, env, rows, e.callee, args, aggregatesOf(symbol));
  if (!declaration) return unknown;
  const bound = bindArguments(c, env, e.callee, args, declaration);
  const first = declaration.parameters[0]?.name.text;
  const free = new Set(first === undefined ? [] : [first]);
  // Rows where the value is null are left out, so an optional value is taken.
  const checked = checkArguments(c, env, bound, declaration, { lifts: true, free, freeEnv: rows });
  recordCall(c, e, declaration, bound, symbol);
  return required(rangedResult(c, declaration, bound, resultType(c, declaration, checked)));
}

/** `sum(pieces over 7d by shop, article)`: what is meant as a second column behind `by` reads as an argument. */
function barelyGrouped(
  c: Checker,
  env: Env,
  rows: Env,
  e: ast.Aggregate,
  symbol: DeclarationSymbol,
): boolean {
  const [by] = e.by;
  const last = e.args.at(-1);
  const takes = Math.max(...aggregatesOf(symbol).map(({ parameters }) => parameters.length));
  const given = 1 + e.args.length;
  const { file } = env.module;
  if (!by || !last || given <= takes || file.text[by.span.start - 1] === '(') return false;
  const names = e.args.flatMap(({ name, value }) =>
    !name && value.kind === 'NameExpression' ? value.name : [],
  );
  if (names.length < e.args.length || !names.every(({ text }) => findBinding(rows, text))) return false;
  infer(c, rows, e.value);
  const columns = `(${[...e.by, ...names].map(({ text }) => written(text)).join(', ')})`;
  const span = { start: by.span.start, end: last.span.end };
  const fixes = [{ title: `write \`by ${columns}\``, edits: [{ file, span, text: columns }] }];
  const hint = `several columns stand in brackets: \`by ${columns}\``;
  const facts = { callee: e.callee.text, takes, given };
  c.error(env.module, typesMessages.tooManyArguments, facts, span, { hint, fixes });
  return true;
}

/** `fitted mean(x)`: of the training rows alone. */
export function inferFitted(c: Checker, env: Env, e: ast.Fitted): Type {
  const { call } = e;
  if (call.kind !== 'Call' && call.kind !== 'Aggregate') return unknown;
  if (!env.windows) return notHere(c, env, e, '`fitted`', 'it belongs to features, which have training rows');
  if (call.kind === 'Aggregate') {
    infer(c, env, call);
    return notHere(c, env, call, 'a window after `fitted`', 'fitted values are of all training rows');
  }
  const symbol = lookup(env.module, 'functions', call.callee.text);
  if (symbol?.declaration.kind !== 'AggregateFunction') {
    typeAll(c, env, call.args);
    if (symbol) reportWrongKind(c, env.module, call.callee, symbol, 'an aggregate');
    else reportUnknown(c, env.module, call.callee, 'functions', 'aggregate', ['AggregateFunction']);
    return c.typed(call, unknown);
  }
  c.bind(call.callee, symbol);
  const { windows: _, ...rest } = env;
  return c.typed(call, aggregate(c, env, rest, call, call.args, symbol));
}

/** `sum(amount of orders where paid over 30d by customer_id)` */
export function inferAggregate(c: Checker, env: Env, e: ast.Aggregate): Type {
  const symbol = aggregateNamed(c, env, e);
  const own = env.windows;
  if (!own) {
    const why = env.rows
      ? 'a validation takes the whole table; a condition goes into the aggregate, as in share(a and b)'
      : 'windows belong to features';
    return notHere(c, env, e, 'a window', why);
  }
  const target = targetOf(c, env, e, own);
  if (!target) return unknown;
  if (!e.window) {
    const why = 'say how far back it reaches: `over 7d`';
    return notHere(c, env, e, 'an aggregate without a window', why);
  }
  positive(c, env, e.window.length, duration, 'the length of a window');
  if (target.table.kind === 'unknown') return unknown;
  if (target.table.eventTime === undefined) {
    const facts = { table: `\`${target.table.name}\``, what: 'a window' };
    const declared = target.table.schema?.declaration;
    const labels = declared ? [c.labelAt(declared, 'its columns are declared here')] : [];
    c.error(env.module, typesMessages.noEventTime, facts, (e.of ?? e.value).span, { labels });
  }
  const other = rowEnv(env, target.table);
  if (e.where) condition(c, { ...other, scopes: [columnScope(target.table)] }, e.where);
  for (const name of e.by) windowKey(c, env, name, target.table);
  if (!symbol) return unknown;
  const rows = { ...other, scopes: [columnScope(target.table)] };
  const first: ast.Arg = { kind: 'Arg', value: e.value, span: e.value.span };
  const result = aggregate(c, env, rows, e, target.counts ? e.args : [first, ...e.args], symbol);
  const counts = e.callee.text === 'count' || e.callee.text === 'count_distinct';
  // A count of no rows is zero, but one of a state that is too old is null.
  return counts && !(env.ages && !e.window.next) ? result : optional(result);
}

function aggregateNamed(c: Checker, env: Env, e: ast.Aggregate): DeclarationSymbol | undefined {
  if (e.callee.text === '') return undefined;
  const symbol = lookup(env.module, 'functions', e.callee.text);
  if (symbol?.declaration.kind === 'AggregateFunction') {
    c.bind(e.callee, symbol);
    return symbol;
  }
  if (symbol) reportWrongKind(c, env.module, e.callee, symbol, 'an aggregate');
  else reportUnknown(c, env.module, e.callee, 'functions', 'aggregate', ['AggregateFunction']);
  return undefined;
}

/** The table whose rows a window takes; `counts` when the rows themselves are what is aggregated. */
function targetOf(
  c: Checker,
  env: Env,
  e: ast.Aggregate,
  own: Table,
): { readonly table: Table; readonly counts: boolean } | undefined {
  if (e.of) {
    const table = resolveTable(c, env.module, e.of);
    return table && { table, counts: false };
  }
  if (e.value.kind !== 'NameExpression' || own.columns.has(e.value.name.text))
    return { table: own, counts: false };
  const symbol = lookup(env.module, 'values', e.value.name.text);
  const kind = symbol?.declaration.kind;
  if (kind !== 'Source' && kind !== 'Features' && kind !== 'Let') return { table: own, counts: false };
  const table = resolveTable(c, env.module, e.value.name);
  if (!table) return undefined;
  const row = table.schema?.name;
  c.typed(e.value, { kind: 'table', optional: false, ...(row === undefined ? {} : { row }) });
  if (e.callee.text === 'count') return { table, counts: true };
  const facts = {
    found: kindNames[kind],
    expected: 'a column of it',
    what: 'this',
  };
  const hint = `write \`${e.callee.text}(column of ${e.value.name.text} over …)\``;
  c.error(env.module, typesMessages.mismatch, facts, e.value.span, { hint });
  return undefined;
}

/** A column that both rows have, with values that can be equal. */
function windowKey(c: Checker, env: Env, name: ast.Name, table: Table): void {
  if (name.text === '') return;
  const other = columnOf(c, env, table, name);
  const binding = findBinding(env, name.text);
  if (!binding || binding.table) {
    if (!isUnknown(other)) columnOf(c, env, env.windows!, name);
    return;
  }
  c.bind(name, binding.symbol);
  const own = binding.type;
  if (isUnknown(other) || isUnknown(own)) return;
  const alike = fits(required(own), required(other)) || fits(required(other), required(own));
  if (alike && isComparable(own)) return;
  const facts = { operator: 'by', left: describe(own), right: `${describe(other)} of \`${table.name}\`` };
  c.error(env.module, typesMessages.operands, facts, name.span);
}
