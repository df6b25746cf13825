import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Module } from '../scope.ts';
import { describe, duration, isUnknown, unknown } from '../types.ts';
import { checkAnnotations } from './annotations.ts';
import { checkResources, missing, only, resourceClauses, singles } from './clauses.ts';
import { constantOf, numberOf } from './constant.ts';
import type { Binding, Checker, Env, Scope, Table } from './context.ts';
import { expectWithin, inferAs } from './expression/expect.ts';
import { infer } from './expression/infer.ts';
import { columnOf } from './expression/names.ts';
import { checkJoin } from './join.ts';
import { Spellings } from './same-but-case.ts';
import { noTable, resolveTable } from './tables.ts';
import { resolveType } from './type-expression.ts';
import { positive } from './values.ts';

/** A view as checked: what it is made from, and its features by name. */
export interface ViewInfo {
  readonly declaration: ast.FeaturesDeclaration;
  readonly source: Table;
  /** All features, labels among them, in order. */
  readonly features: ReadonlyMap<string, Binding>;
  readonly labels: ReadonlySet<string>;
  readonly aliases: ReadonlyMap<string, Binding>;
  readonly table: Table;
}

/** A view is checked when somebody first asks for it; views that read each other in a circle are reported. */
export function viewInfo(c: Checker, declaration: ast.FeaturesDeclaration): ViewInfo {
  return c.once(
    'view',
    declaration,
    () => {
      c.viewStack.push(declaration.name.text);
      const info = checkView(c, declaration);
      c.viewStack.pop();
      return info;
    },
    () => {
      const name = declaration.name.text;
      const path = [...c.viewStack.slice(Math.max(0, c.viewStack.indexOf(name))), name];
      const facts = { what: path.length > 2 ? 'views read each other' : 'reads', path };
      c.error(c.home(declaration), namesMessages.circular, facts, declaration.name.span);
      return emptyView(declaration);
    },
  );
}

export const viewTable = (c: Checker, declaration: ast.FeaturesDeclaration): Table =>
  viewInfo(c, declaration).table;

const emptyView = (declaration: ast.FeaturesDeclaration): ViewInfo => ({
  declaration,
  source: noTable(declaration.from.text),
  features: new Map(),
  labels: new Set(),
  aliases: new Map(),
  table: noTable(declaration.name.text),
});

/** What grows while the items of a view are checked in order. */
export interface Growing {
  readonly declaration: ast.FeaturesDeclaration;
  readonly source: Table;
  readonly features: Map<string, Binding>;
  readonly labels: Set<string>;
  readonly aliases: Map<string, Binding>;
  readonly names: Map<string, ast.Name>;
  /** The names of what becomes a column of the view, and of what is joined. */
  readonly columns: Spellings;
  readonly joined: Spellings;
  readonly below: Map<string, ast.Name>;
  readonly env: Env;
}

function checkView(c: Checker, declaration: ast.FeaturesDeclaration): ViewInfo {
  const module = c.home(declaration);
  const source = rowsOf(c, module, declaration);
  const view = withAge(c, begin(declaration, module, source));
  singles(c, view.env, declaration.items, {
    Key: 'key',
    Materialize: 'materialize',
    Stale: 'stale',
    ...resourceClauses,
  });
  checkMoment(c, view);
  addKey(c, view);
  for (const item of declaration.items) if (!isAge(item)) checkItem(c, view, item);
  checkMaterialized(c, view);
  checkResources(c, view.env, declaration.items);
  if (
    view.features.size === 0 &&
    !declaration.items.some(item => item.kind === 'Feature' || item.kind === 'Use')
  ) {
    missing(c, view.env, declaration.name, 'a feature');
  }
  const { features, labels, aliases } = view;
  return { declaration, source, features, labels, aliases, table: tableOfView(c, view) };
}

const isAge = ({ kind }: ast.FeaturesDeclaration['items'][number]): boolean =>
  kind === 'Materialize' || kind === 'Stale';

/** Says first how old states may be: whether a count may be null depends on it. */
function withAge(c: Checker, view: Growing): Growing {
  const { items } = view.declaration;
  for (const item of items) if (isAge(item)) checkItem(c, view, item);
  const [stale, materialize] = [only(items, 'Stale'), only(items, 'Materialize')];
  if (stale?.otherwise !== 'null' || !materialize) return view;
  const after = numberOf(constantOf(c, stale.after));
  const every = numberOf(constantOf(c, materialize.every));
  const ages = after === undefined || every === undefined || after < every;
  return ages ? { ...view, env: { ...view.env, ages } } : view;
}

/** A source, or what a component makes. The rows of a view are those of its source: another view reads it by a join. */
function rowsOf(c: Checker, module: Module, { name, from }: ast.FeaturesDeclaration): Table {
  const table = resolveTable(c, module, from);
  if (table?.kind !== 'view') return table ?? noTable(from.text);
  const view = table.symbol?.declaration;
  const source = view?.kind === 'Features' ? view.from.text : '…';
  const labels = view ? [c.labelAt(view, 'declared here')] : [];
  const facts = { view: name.text, from: from.text, source, key: table.key };
  c.error(module, declarationMessages.viewOfView, facts, from.span, { labels });
  return noTable(from.text);
}

function begin(declaration: ast.FeaturesDeclaration, module: Module, source: Table): Growing {
  const features = new Map<string, Binding>();
  const aliases = new Map<string, Binding>();
  const below = new Map<string, ast.Name>();
  const answers = new Set<string>();
  for (const item of declaration.items)
    if (item.kind === 'Feature') {
      below.set(item.name.text, item.name);
      if (item.label) answers.add(item.name.text);
    }
  const broken = source.kind === 'unknown';
  const own: Scope = {
    // Columns first, then the features above, then what is joined.
    find: name => source.columns.get(name) ?? features.get(name) ?? aliases.get(name),
    *names() {
      yield* source.columns.keys();
      yield* features.keys();
      yield* aliases.keys();
    },
  };
  const env: Env = {
    module,
    place: 'features',
    scopes: [own],
    windows: source,
    below,
    answers,
    ...(broken ? { open: true } : {}),
  };
  const [columns, joined] = [new Spellings(), new Spellings()];
  const labels = new Set<string>();
  return { declaration, source, features, labels, aliases, names: new Map(), columns, joined, below, env };
}

const timeKinds: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

function checkMoment(c: Checker, view: Growing): void {
  const { declaration, source, env } = view;
  const moment = declaration.at;
  if (source.kind === 'unknown') return;
  if (!moment) {
    if (source.eventTime === undefined) return;
    const end = declaration.from.span.end;
    const fixes = [
      {
        title: `predict at \`${source.eventTime}\``,
        edits: [{ file: env.module.file, span: { start: end, end }, text: ` at ${source.eventTime}` }],
      },
    ];
    const facts = { view: declaration.name.text, column: source.eventTime };
    c.error(env.module, declarationMessages.momentMissing, facts, declaration.name.span, { fixes });
    return;
  }
  if (moment.column) {
    const type = columnOf(c, env, source, moment.column);
    if (!isUnknown(type) && (!timeKinds.has(type.kind) || type.optional)) {
      const facts = {
        expected: 'a date, datetime or timestamp',
        found: describe(type),
        what: `\`${moment.column.text}\``,
      };
      c.error(env.module, typesMessages.mismatch, facts, moment.column.span);
    }
  }
  if (moment.offset) positive(c, env, moment.offset.duration, duration, 'the distance from the moment');
  if (moment.each && !only(declaration.items, 'Key')) {
    missing(
      c,
      env,
      declaration.name,
      'key',
      'a grid of days needs to know whose days: write `key customer_id`',
    );
  }
}

/** The key's columns stand beside the features. */
function addKey(c: Checker, { declaration, source, columns, env }: Growing): void {
  const named = only(declaration.items, 'Key')?.columns;
  for (const name of named ?? []) if (name.text !== '') columns.add(c, env.module, name, 'columns');
  if (named) return;
  for (const key of source.key) {
    const symbol = source.columns.get(key)?.symbol;
    if (symbol?.kind === 'column') columns.add(c, env.module, symbol.field.name, 'columns', symbol.file);
  }
}

function checkItem(c: Checker, view: Growing, item: ast.FeaturesItem): void {
  const { env, source } = view;
  switch (item.kind) {
    case 'Key':
      for (const name of item.columns) columnOf(c, env, source, name);
      return;
    case 'Join':
      checkJoin(c, view, item);
      return;
    case 'Use':
      for (const name of item.columns) useColumn(c, view, item, name);
      return;
    case 'Feature':
      checkFeature(c, view, item);
      return;
    case 'Materialize':
      positive(c, env, item.every, duration, 'the time between materialisations');
      return;
    case 'Stale':
      positive(c, env, item.after, duration, 'the age of a stale value');
      return;
  }
}

/** Notes the name of a feature or alias; false if it is taken (reported). */
export function takeName(c: Checker, view: Growing, name: ast.Name, what: string): boolean {
  const first = view.names.get(name.text);
  if (!first) {
    view.names.set(name.text, name);
    const spellings = what === 'features' ? view.columns : view.joined;
    spellings.add(c, view.env.module, name, what);
    return true;
  }
  const labels = [{ file: view.env.module.file, span: first.span, message: 'the first one' }];
  c.error(view.env.module, namesMessages.duplicateItem, { name: name.text, what }, name.span, { labels });
  return false;
}

function addFeature(view: Growing, item: ast.FeatureItem | ast.UseClause, name: string, type: Type): void {
  const { declaration, env } = view;
  const of = declaration.name.text;
  const symbol = { kind: 'feature', name, view: declaration, item, of, file: env.module.file } as const;
  view.features.set(name, { symbol, type });
}

function useColumn(c: Checker, view: Growing, item: ast.UseClause, name: ast.Name): void {
  if (name.text === '') return;
  const type = columnOf(c, view.env, view.source, name);
  if (takeName(c, view, name, 'features')) addFeature(view, item, name.text, type);
}

function checkFeature(c: Checker, view: Growing, item: ast.FeatureItem): void {
  const { env, source, below } = view;
  const { module } = env;
  const name = item.name.text;
  const type = featureType(c, item.label ? { ...env, answers: new Set() } : { ...env, feature: name }, item);
  below.delete(name);
  if (name === '') return;
  if (name.startsWith('__')) {
    const facts = { name, why: 'names that begin with `__` are columns that runs add' };
    c.error(module, namesMessages.reservedName, facts, item.name.span);
  }
  const column = source.columns.get(name);
  const takesOver = item.value.kind === 'NameExpression' && item.value.name.text === name;
  if (column && !takesOver) {
    const labels = source.schema ? [columnLabel(column, source)] : [];
    const facts = { name, source: `\`${source.name}\`` };
    c.error(module, namesMessages.takesColumnName, facts, item.name.span, { labels });
  }
  if (!takeName(c, view, item.name, 'features')) return;
  if (item.label) view.labels.add(name);
  addFeature(view, item, name, type);
}

function columnLabel(column: Binding, source: Table) {
  const { symbol } = column;
  const field = symbol.kind === 'column' ? symbol : undefined;
  return field
    ? { file: field.file, span: field.field.name.span, message: 'the column is declared here' }
    : { file: source.symbol!.file, span: source.symbol!.declaration.name.span, message: 'the table' };
}

const valueless: ReadonlySet<string> = new Set(['table', 'model', 'metric', 'secret', 'null', 'blob']);

function featureType(c: Checker, env: Env, item: ast.FeatureItem): Type {
  let type: Type;
  if (item.type) {
    checkAnnotations(c, env.module, item.type.annotations, 'column');
    type = resolveType(c, env.module, item.type);
    const cause = { file: env.module.file, span: item.type.span, message: 'declared here' };
    const what = `\`${item.name.text}\``;
    const found = inferAs(c, env, item.value, type, what, { cause });
    expectWithin(c, env, item.value, found, type, what, cause);
  } else type = infer(c, env, item.value);
  if (!valueless.has(type.kind)) return type;
  const facts = { expected: 'a value', found: describe(type), what: `\`${item.name.text}\`` };
  c.error(env.module, typesMessages.mismatch, facts, item.value.span);
  return unknown;
}

function checkMaterialized(c: Checker, view: Growing): void {
  const { declaration, env } = view;
  const stale = only(declaration.items, 'Stale');
  const materialize = only(declaration.items, 'Materialize');
  if (stale && !materialize) {
    const hint = 'a view that is not materialised is never stale: write `materialize every 1d`';
    missing(c, env, declaration.name, 'materialize', hint);
  }
  if (
    materialize &&
    !only(declaration.items, 'Key') &&
    view.source.key.length === 0 &&
    view.source.kind !== 'unknown'
  ) {
    missing(c, env, declaration.name, 'key', 'a materialised view is looked up by its key');
  }
}

/** A view seen by who joins it or aggregates it: its key, its features, its moment as event time. */
function tableOfView(c: Checker, view: Growing): Table {
  const { declaration, source, features } = view;
  const name = declaration.name.text;
  if (source.kind === 'unknown') return noTable(name);
  const key = only(declaration.items, 'Key')?.columns.map(column => column.text) ?? source.key;
  const columns = new Map<string, Binding>();
  for (const column of key) {
    const binding = source.columns.get(column);
    if (binding) columns.set(column, binding);
  }
  features.forEach((binding, feature) => void columns.set(feature, binding));
  const symbol = { kind: 'declaration', name, declaration, file: c.fileOf(declaration) } as const;
  const moment = declaration.at;
  const eventTime = moment ? (moment.column && !moment.offset ? moment.column.text : '__at') : undefined;
  return { name, kind: 'view', symbol, schema: undefined, columns, eventTime, key };
}
