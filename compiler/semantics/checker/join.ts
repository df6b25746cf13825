import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { duration } from '../types.ts';
import type { Checker, Env, Table } from './context.ts';
import { infer } from './expression/infer.ts';
import { type Growing, takeName } from './features.ts';
import { noTable, resolveTable } from './tables.ts';
import { positive } from './values.ts';

/** `join airports as home on home.iata == origin within 3h` */
export function checkJoin(c: Checker, view: Growing, item: ast.JoinClause): void {
  const { env, aliases, source } = view;
  const table = resolveTable(c, env.module, item.table) ?? noTable(item.table.text);
  const alias = item.alias ?? item.table;
  const clashes = alias.text !== '' && source.columns.has(alias.text);
  if (clashes) {
    const facts = { name: alias.text, source: `\`${source.name}\`` };
    const hint = `choose another name: \`join ${item.table.text} as …\``;
    c.error(env.module, namesMessages.takesColumnName, facts, alias.span, { hint });
  }
  const symbol = { kind: 'join', name: alias.text, clause: item, file: env.module.file } as const;
  const row = table.schema?.name;
  const type = { kind: 'table', optional: false, ...(row === undefined ? {} : { row }) } as const;
  if (alias.text !== '' && takeName(c, view, alias, 'joined tables'))
    aliases.set(alias.text, { symbol, type, table });
  if (item.alias) c.bind(item.alias, symbol);
  // A name that means a column here would make nonsense of the condition.
  const columns = clashes
    ? c.quietly(() => checkCondition(c, env, item.on, alias.text))
    : checkCondition(c, env, item.on, alias.text);
  if (item.within) positive(c, env, item.within, duration, '`within`');
  if (table.kind === 'unknown') return;
  if (item.within && table.eventTime === undefined) {
    const facts = { table: `\`${table.name}\``, what: '`within`' };
    c.error(env.module, typesMessages.noEventTime, facts, item.within.span);
  }
  if (columns) checkUnique(c, env, item, table, columns);
}

/** The joined table's columns that the condition fixes; undefined if it has another shape (reported). */
function checkCondition(c: Checker, env: Env, on: ast.Expression, alias: string): string[] | undefined {
  const columns: string[] = [];
  let good = true;
  for (const part of conjuncts(c, on)) {
    const column = keyColumn(part, alias);
    infer(c, env, part);
    if (column !== undefined) columns.push(column);
    else {
      good = false;
      if (part.kind !== 'Missing') c.error(env.module, typesMessages.joinCondition, { alias }, part.span);
    }
  }
  return good ? columns : undefined;
}

function conjuncts(c: Checker, on: ast.Expression): ast.Expression[] {
  if (on.kind !== 'Binary' || on.operator !== 'and') return [on];
  c.typed(on, { kind: 'bool', optional: true });
  return [...conjuncts(c, on.left), ...conjuncts(c, on.right)];
}

/** `alias.column == value` or the other way round. */
function keyColumn(part: ast.Expression, alias: string): string | undefined {
  if (part.kind !== 'Binary' || part.operator !== '==') return undefined;
  const columnIn = (side: ast.Expression) =>
    side.kind === 'Member' && side.object.kind === 'NameExpression' && side.object.name.text === alias
      ? side.member.text
      : undefined;
  const left = columnIn(part.left);
  const right = columnIn(part.right);
  if (left !== undefined && right !== undefined) return undefined;
  return left ?? right;
}

function checkUnique(
  c: Checker,
  env: Env,
  item: ast.JoinClause,
  table: Table,
  columns: readonly string[],
): void {
  const on = columns.filter(column => table.columns.has(column));
  if (on.length < columns.length) return;
  // On a table with an event time the latest row by then is meant, whatever the key is.
  const unique =
    table.eventTime !== undefined || (table.key.length > 0 && table.key.every(key => on.includes(key)));
  if (unique) return;
  const declared = table.schema?.declaration ?? table.symbol?.declaration;
  const labels = declared ? [c.labelAt(declared, 'declared here')] : [];
  const facts = { table: `\`${table.name}\``, on, key: table.key };
  c.error(env.module, typesMessages.joinSeveral, facts, item.on.span, { labels });
}
