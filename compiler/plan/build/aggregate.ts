import type { ResolvedCall } from '../../semantics/program.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { always, latest } from '../known.ts';
import type { At, Expr, Known, Type } from '../plan.ts';
import { tableOf } from '../reads.ts';
import { constants, functionArguments, isMasking } from './call.ts';
import { lower } from './expression.ts';
import { type Scope, tableNamed, unknown } from './scope.ts';
import { call, literal } from './typed.ts';

/** The values that an aggregate runs over, `where` folded in: rows that do not count are null and left out. */
export function aggregateArguments(
  e: ast.Call | ast.Aggregate,
  resolved: ResolvedCall,
  scope: Scope,
): Expr[] {
  if (e.kind === 'Call') return functionArguments(resolved, scope);
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const args =
    e.of === undefined && parameters.length === 0 ? [] : functionArguments(withValue(e, resolved), scope);
  const [first, ...rest] = args;
  if (!e.where || !first) return args;
  const type = { ...first.type, optional: true };
  const chosen = call('if', [lower(e.where, scope), first, literal(null, type, first.at)], type, first.at);
  return [chosen, ...rest];
}

/** The written value is the first parameter's argument, wherever the checker put it. */
function withValue(e: ast.Aggregate, resolved: ResolvedCall): ResolvedCall {
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const first = parameters[0];
  if (!first || resolved.args.has(first.name.text)) return resolved;
  return { ...resolved, args: new Map([[first.name.text, e.value], ...resolved.args]) };
}

export function lowerAggregate(e: ast.Aggregate, type: Type, at: At, scope: Scope): Expr {
  const { context, draft } = scope;
  const resolved = context.program.callOf(e);
  if (!resolved) return literal(null, unknown, at);
  if (!e.window)
    return {
      op: 'table_aggregate',
      aggregate: resolved.key,
      args: aggregateArguments(e, resolved, scope),
      type,
      at,
      ...(isMasking(resolved.declaration) ? { masks: true } : {}),
    };
  // `count(orders over 30d)` names the table where others name a value.
  const named = e.value.kind === 'NameExpression' ? tableNamed(e.value.name, scope) : undefined;
  const table = (e.of ? tableNamed(e.of, scope) : named) ?? scope.source ?? '';
  const rows = tableOf(draft, table);
  const inside: Scope = { ...scope, row: 'other' };
  const parameters = 'parameters' in resolved.declaration ? resolved.declaration.parameters : [];
  const counts = named !== undefined && e.of === undefined;
  const args = counts || parameters.length === 0 ? [] : functionArguments(withValue(e, resolved), inside);
  const where = e.where ? lower(e.where, inside) : null;
  const value = args[0] ?? null;
  const rest = Object.entries(constants(resolved, scope)).filter(
    ([name]) => name !== parameters[0]?.name.text,
  );
  const by = e.by.map(name => ({ own: ownKey(name, scope), other: name.text }));
  const event: Known = rows?.eventTime
    ? latest({ latest: [{ base: 'event', offset: 0 }] }, rows.columns.get(rows.eventTime)?.known ?? always)
    : always;
  // By a key that is not known yet no row is found.
  const keys = by.map(({ other }) => rows?.columns.get(other)?.known ?? always);
  const known = latest(event, ...keys, ...[value, where].flatMap(x => (x ? columnsKnown(x, rows) : [])));
  return {
    op: 'window',
    aggregate: resolved.key,
    value,
    where,
    table,
    direction: e.window.next ? 'next' : 'past',
    length: context.number(e.window.length) ?? 0,
    lengthAt: context.at(scope.file, e.window.length.span),
    by,
    eventTime: rows?.eventTime ?? '',
    known,
    ...(rest.length > 0 ? { args: Object.fromEntries(rest) } : {}),
    type,
    at,
  };
}

function columnsKnown(expr: Expr, table: ReturnType<typeof tableOf>): Known[] {
  if (expr.op === 'column') return [table?.columns.get(expr.column)?.known ?? always];
  return expr.op === 'call' ? expr.args.flatMap(arg => columnsKnown(arg, table)) : [];
}

/** The own row's value that a window's rows are chosen by: a column, or a feature of that name. */
function ownKey(name: ast.Name, scope: Scope): Expr {
  const at = scope.context.at(scope.file, name.span);
  const own = scope.source ? tableOf(scope.draft, scope.source)?.columns.get(name.text) : undefined;
  if (own) return { op: 'column', of: 'row', column: name.text, type: own.type, at };
  const symbol = scope.context.program.symbolOf(name);
  if (symbol?.kind === 'feature') return { op: 'feature', name: symbol.name, type: unknown, at };
  return { op: 'column', of: 'row', column: name.text, type: unknown, at };
}
