import type * as ast from '../../syntax/ast/index.ts';
import { plannedAlias } from '../expression.ts';
import type { Expr, Feature, FeatureView, Join, Type } from '../plan.ts';
import { joinKnown, knownOf, type RowContext, tableOf } from '../reads.ts';
import type { Draft } from '../steps.ts';
import { tagsOf } from '../values.ts';
import { children } from '../walk.ts';
import { type BuildContext, docOf } from './context.ts';
import { lower } from './expression.ts';
import { rootScope, type Scope, tableNamed } from './scope.ts';
import { textOf } from './text.ts';
import { toFloat } from './typed.ts';

type Items<K extends ast.FeaturesItem['kind']> = Extract<ast.FeaturesItem, { kind: K }>[];
type Open = { -readonly [K in keyof FeatureView]: FeatureView[K] } & { features: Feature[]; joins: Join[] };

/**
 * Builds a view into `draft.views`, where its own expressions look it up while it grows: later features read earlier
 * ones. Undefined if its source is unknown.
 */
export function buildView(declaration: ast.FeaturesDeclaration, draft: Draft, context: BuildContext): void {
  const file = context.program.fileOf(declaration);
  const root = rootScope(context, file, draft);
  const source = tableNamed(declaration.from, root);
  if (source === undefined) return;
  const scope: Scope = { ...root, source };
  const name = context.nameOf(declaration);
  const of = <K extends ast.FeaturesItem['kind']>(kind: K): Items<K> =>
    declaration.items.filter((item): item is Items<K>[number] => item.kind === kind);
  const rows = tableOf(draft, source);
  const stale = of('Stale')[0];
  const key = of('Key')[0]?.columns.map(column => column.text) ?? rows?.key ?? [];
  const view: Open = {
    source,
    moment: momentOf(declaration.at, rows?.eventTime ?? null, context),
    key,
    eventTime: rows?.eventTime ?? null,
    joins: [],
    features: [],
    // Who only checks does not ask for it.
    get request() {
      return requestOf(this, rows ? [...rows.columns.keys()] : []);
    },
    materialize: context.number(of('Materialize')[0]?.every) ?? null,
    stale: stale ? { after: context.number(stale.after) ?? 0, otherwise: stale.otherwise } : null,
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
  (draft.views as Record<string, FeatureView>)[name] = view;
  const row: RowContext = { draft, name, view };
  for (const clause of of('Join')) {
    const join = buildJoin(clause, view, scope);
    if (join) view.joins.push(join);
  }
  for (const item of declaration.items) {
    if (item.kind === 'Use') for (const column of item.columns) view.features.push(used(column, row, scope));
    if (item.kind === 'Feature') view.features.push(computed(item, row, scope));
  }
  view.joins = view.joins.map(join =>
    join.asOf ? { ...join, asOf: { ...join.asOf, known: joinKnown(draft, view, join.alias) } } : join,
  );
}

/** T: a column plus a constant, a grid, the event time where nothing is said; none in a table without time. */
function momentOf(
  clause: ast.MomentClause | undefined,
  eventTime: string | null,
  context: BuildContext,
): FeatureView['moment'] {
  if (!clause) return eventTime === null ? null : { kind: 'column', column: eventTime, offset: 0 };
  if (clause.each) return { kind: 'each', grain: clause.each };
  if (!clause.column) return null;
  const offset = context.number(clause.offset?.duration) ?? 0;
  return { kind: 'column', column: clause.column.text, offset: clause.offset?.negative ? -offset : offset };
}

/** `home.iata == origin and …`: each side one column of the joined table, the other of the row. */
function buildJoin(clause: ast.JoinClause, view: FeatureView, scope: Scope): Join | undefined {
  const { context, draft } = scope;
  const table = tableNamed(clause.table, scope);
  const other = table === undefined ? undefined : tableOf(draft, table);
  if (table === undefined || !other) return undefined;
  const alias = clause.alias?.text ?? clause.table.text;
  const timed = other.eventTime !== null && view.moment !== null;
  return {
    alias: plannedAlias(alias),
    table,
    kind: other.kind,
    on: equations(clause.on, alias, scope),
    asOf: timed
      ? {
          eventTime: other.eventTime ?? '',
          known: { latest: [] },
          within: context.number(clause.within) ?? null,
          ...(clause.within ? { withinAt: context.at(scope.file, clause.within.span) } : {}),
        }
      : null,
    at: context.at(scope.file, clause.span),
  };
}

function equations(on: ast.Expression, alias: string, scope: Scope): Join['on'] {
  if (on.kind !== 'Binary') return [];
  if (on.operator === 'and')
    return [...equations(on.left, alias, scope), ...equations(on.right, alias, scope)];
  if (on.operator !== '==') return [];
  const joined = (e: ast.Expression): e is ast.Member =>
    e.kind === 'Member' && e.object.kind === 'NameExpression' && e.object.name.text === alias;
  if (joined(on.left)) return [{ own: lower(on.right, scope), other: on.left.member.text }];
  if (joined(on.right)) return [{ own: lower(on.left, scope), other: on.right.member.text }];
  return [];
}

function feature(
  name: string,
  label: boolean,
  expr: Expr,
  row: RowContext,
  text: () => string,
  rest: { readonly doc?: string; readonly at: number },
): Feature {
  const inherited = tagsOf(expr, row);
  const tags = label ? [...inherited, 'label'].sort() : inherited;
  const known = knownOf(expr, row);
  const { type } = expr;
  const { doc, at } = rest;
  // Who only checks does not pay for texts.
  const made: Feature & { doc?: string } = {
    name,
    label,
    type,
    expr,
    known,
    tags,
    get text() {
      return text();
    },
    at,
  };
  if (doc !== undefined) made.doc = doc;
  return made;
}

/** `use origin` takes over a column under its own name. */
function used(column: ast.Name, row: RowContext, scope: Scope): Feature {
  const at = scope.context.at(scope.file, column.span);
  const type: Type = tableOf(row.draft, row.view.source)?.columns.get(column.text)?.type ?? {
    kind: 'unknown',
    optional: false,
  };
  const expr: Expr = { op: 'column', of: 'row', column: column.text, type, at };
  return feature(column.text, false, expr, row, () => column.text, { at });
}

function computed(item: ast.FeatureItem, row: RowContext, scope: Scope): Feature {
  const value = lower(item.value, scope);
  const declared = item.type?.body;
  const expr = declared?.kind === 'NamedType' && declared.name.text === 'float' ? toFloat(value) : value;
  return feature(item.name.text, item.label, expr, row, () => textOf(item.value), {
    ...docOf(item),
    at: scope.context.at(scope.file, item.name.span),
  });
}

/** Columns of the row itself that the features (not the labels) read, in the schema's order. */
function requestOf(view: FeatureView, columns: readonly string[]): string[] {
  const read = new Set<string>();
  const visit = (expr: Expr): void => {
    if (expr.op === 'column' && expr.of === 'row') read.add(expr.column);
    if (expr.op === 'column')
      for (const on of view.joins.find(j => j.alias === expr.of)?.on ?? []) visit(on.own);
    if (expr.op === 'feature') {
      const other = view.features.find(f => f.name === expr.name);
      if (other?.label) visit(other.expr);
    }
    // What a fitted value is of, it was of in training.
    const inside = expr.op === 'fitted' ? [] : children(expr);
    for (let i = 0; i < inside.length; i++) visit(inside[i]!);
  };
  for (const f of view.features) if (!f.label) visit(f.expr);
  return columns.filter(column => read.has(column));
}
