import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { lookup } from '../scope.ts';
import { describe, duration, isUnknown } from '../types.ts';
import { checkResources, resourceClauses, singles } from './clauses.ts';
import { checkConstruct } from './construct.ts';
import type { Checker, Env, Table } from './context.ts';
import { infer } from './expression/infer.ts';
import { columnOf } from './expression/names.ts';
import { resolveDeclaration } from './names.ts';
import { tableOf } from './tables.ts';
import { constantEnv } from './type-expression.ts';
import { constantNumber, positive, share } from './values.ts';

export function checkConnection(c: Checker, declaration: ast.ConnectionDeclaration): void {
  checkConstruct(c, constantEnv(c.home(declaration)), declaration.value, 'connection');
}

export function checkSink(c: Checker, declaration: ast.SinkDeclaration): void {
  const module = c.home(declaration);
  resolveDeclaration(c, module, declaration.row, ['Schema']);
  checkConstruct(c, constantEnv(module), declaration.value, 'sink');
}

export function checkSource(c: Checker, declaration: ast.SourceDeclaration): void {
  const env = constantEnv(c.home(declaration));
  const table = tableOf(c, declaration);
  const made = checkRows(c, env, declaration.value, table);
  const names = {
    Violations: 'drop or quarantine',
    Partition: 'partitioned by',
    Watermark: 'watermark',
    Fresh: 'fresh within',
    Lag: 'lag',
  };
  singles(c, env, declaration.items, { ...names, ...resourceClauses });
  for (const item of declaration.items) {
    checkItem(c, env, item, table);
    const clause = item.kind in names ? names[item.kind as keyof typeof names] : undefined;
    if (!made || clause === undefined) continue;
    const facts = { source: declaration.name.text, component: made.name.text, clause };
    const labels = [c.labelAt(made, 'a component makes its rows', made.name.span)];
    c.error(env.module, declarationMessages.clauseOfMadeRows, facts, item.span, { labels });
  }
  checkResources(c, env, declaration.items);
}

/** Where the rows come from: a constructor of the library, or a component that makes such rows, which is given back. */
export function checkRows(
  c: Checker,
  env: Env,
  value: ast.Call | ast.MissingExpression,
  table: Table | undefined,
): ast.ComponentDeclaration | undefined {
  const symbol = value.kind === 'Call' ? lookup(env.module, 'functions', value.callee.text) : undefined;
  if (symbol?.declaration.kind !== 'Component' || value.kind === 'Missing') {
    checkConstruct(c, env, value, 'source');
    return undefined;
  }
  const { declaration } = symbol;
  const made = infer(c, env, value);
  const expected = table?.schema?.name;
  if (made.kind !== 'table' || expected === undefined || made.row === expected) return declaration;
  const facts = { what: `\`${value.callee.text}\``, expected, found: made.row ?? '?' };
  const labels = [c.labelAt(declaration, 'declared here', declaration.result.span)];
  c.error(env.module, declarationMessages.schemaDiffers, facts, value.callee.span, { labels });
  return declaration;
}

const timeKinds: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

function checkItem(c: Checker, env: Env, item: ast.SourceItem, table: Table | undefined): void {
  switch (item.kind) {
    case 'Violations':
      if (item.share) share(c, env, item.share, 'the share of violating rows');
      return;
    case 'Partition':
    case 'Watermark': {
      if (!table) return;
      const type = columnOf(c, env, table, item.column);
      const orderly = timeKinds.has(type.kind) || (item.kind === 'Watermark' && type.kind === 'int');
      if (isUnknown(type) || orderly) return;
      const expected =
        item.kind === 'Watermark' ? 'a time or an int that only grows' : 'a date, datetime or timestamp';
      const facts = { expected, found: describe(type), what: `\`${item.column.text}\`` };
      c.error(env.module, typesMessages.mismatch, facts, item.column.span);
      return;
    }
    case 'Fresh':
      positive(c, env, item.within, duration, 'the age of fresh data');
      return;
    case 'Lag':
      constantNumber(c, env, item.lag, { ...duration, min: 0 }, '`lag`');
      return;
  }
}
