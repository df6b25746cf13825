import { SourceFile } from '../../../compiler/source/text.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { parse } from '../../../compiler/syntax/parse.ts';

/** A project as its syntax trees, names looked up by going through lists: all that the slow reference knows of a spec. */

export type Files = Readonly<Record<string, string>>;

export interface Module {
  readonly path: string;
  readonly tree: ast.Module;
}
export interface Declared<D extends ast.Declaration = ast.Declaration> {
  readonly module: Module;
  readonly declaration: D;
}

export function parsed(files: Files): Module[] {
  return Object.entries(files).map(([path, text]) => ({
    path,
    tree: parse(new SourceFile(path, text)).module,
  }));
}

/** What a name means in a file: declared there, or imported from another one under this name. */
export function declared(name: string, module: Module, modules: readonly Module[]): Declared | undefined {
  for (const declaration of module.tree.declarations)
    if (declaration.name.text === name) return { module, declaration };
  for (const { path, form, names } of module.tree.imports) {
    const found = names.find(n => (n.alias ?? n.name).text === name);
    if (!found || form !== 'file') continue;
    const other = modules.find(m => m.path === path.replace('./', ''));
    if (other) return declared(found.name.text, other, modules);
  }
  return undefined;
}

/** What a name from the standard library is called there. */
export function libraryName(name: string, module: Module): string | undefined {
  for (const { form, names } of module.tree.imports)
    for (const n of names) if (form === 'library' && (n.alias ?? n.name).text === name) return n.name.text;
  return undefined;
}

/** Of a declaration, a column or anything else that has annotations: the arguments of one of them. */
export function annotated(
  of: { readonly annotations: readonly ast.Annotation[] },
  name: string,
): readonly ast.Expression[] | undefined {
  return of.annotations.find(a => a.name.text === name)?.args.map(arg => arg.value);
}

/** Hours. */
export function hours(e: ast.Expression | undefined, module: Module, modules: readonly Module[]): number {
  if (e?.kind === 'Duration') return e.milliseconds / 3_600_000;
  if (e?.kind !== 'NameExpression') return 0;
  const found = declared(e.name.text, module, modules);
  return found?.declaration.kind === 'Let' || found?.declaration.kind === 'Param'
    ? hours(found.declaration.value, found.module, modules)
    : 0;
}

export interface Column {
  readonly name: string;
  readonly after: number;
  readonly knownAt: string | undefined;
  readonly personal: boolean;
}
export interface Schema {
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly eventTime: string | undefined;
}

function schemaOf(name: string, module: Module, modules: readonly Module[]): Schema {
  const found = declared(name, module, modules);
  if (found?.declaration.kind !== 'Schema') return { columns: [], key: [], eventTime: undefined };
  const { fields, base } = found.declaration;
  const below = base
    ? schemaOf(base.text, found.module, modules)
    : { columns: [], key: [], eventTime: undefined };
  const with_ = (annotation: string): string[] =>
    fields.filter(field => annotated(field, annotation)).map(field => field.name.text);
  const columns = fields.map((field): Column => {
    const at = annotated(field, 'known_at')?.[0];
    return {
      name: field.name.text,
      after: hours(annotated(field, 'known_after')?.[0], found.module, modules),
      knownAt: at?.kind === 'NameExpression' ? at.name.text : undefined,
      personal: annotated(field, 'pii') !== undefined,
    };
  });
  return {
    columns: [...below.columns, ...columns],
    key: [...below.key, ...with_('key')],
    eventTime: with_('event_time')[0] ?? below.eventTime,
  };
}

/** A table that something reads. */
export type Table =
  | { readonly kind: 'source'; readonly name: string; readonly schema: Schema; readonly lag: number }
  | {
      readonly kind: 'component';
      readonly name: string;
      readonly schema: Schema;
      readonly component: ast.ComponentDeclaration;
      readonly inputs: readonly Table[];
      readonly masks: boolean;
    }
  | {
      readonly kind: 'view';
      readonly name: string;
      readonly module: Module;
      readonly declaration: ast.FeaturesDeclaration;
      readonly source: Table;
    };
export type View = Extract<Table, { kind: 'view' }>;
export type Made = Extract<Table, { kind: 'component' }>;

export function tableOf(name: string, module: Module, modules: readonly Module[]): Table | undefined {
  const found = declared(name, module, modules);
  if (!found) return undefined;
  const { declaration, module: home } = found;
  if (declaration.kind === 'Features') {
    const source = tableOf(declaration.from.text, home, modules);
    return source && { kind: 'view', name: declaration.name.text, module: home, declaration, source };
  }
  if (declaration.kind !== 'Source' && declaration.kind !== 'Let') return undefined;
  const call = declaration.value;
  const called = call.kind === 'Call' ? declared(call.callee.text, home, modules) : undefined;
  if (call.kind === 'Call' && called?.declaration.kind === 'Component') {
    const component = called.declaration;
    const inputs = call.args.flatMap(({ value }) =>
      value.kind === 'NameExpression' ? (tableOf(value.name.text, home, modules) ?? []) : [],
    );
    const row = component.result.body;
    if (inputs.length === 0 || row.kind !== 'TableType') return undefined;
    const schema = schemaOf(row.row.text, called.module, modules);
    const masks = annotated(component, 'masks') !== undefined;
    return { kind: 'component', name: declaration.name.text, schema, component, inputs, masks };
  }
  if (declaration.kind !== 'Source') return undefined;
  const lag = declaration.items.find(item => item.kind === 'Lag');
  return {
    kind: 'source',
    name: declaration.name.text,
    schema: schemaOf(declaration.row.text, home, modules),
    lag: hours(lag?.lag, home, modules),
  };
}

/** The columns of its inputs that a column of a component derives from. */
export function origins({ component, inputs }: Made, column: string): [Table, string][] {
  const clause = component.body.items.find(
    (item): item is ast.DerivationClause => item.kind === 'Derivation' && item.column.text === column,
  );
  const all = inputs.flatMap(input =>
    input.kind === 'view' ? [] : input.schema.columns.map(({ name }): [Table, string] => [input, name]),
  );
  return clause ? all.filter(([, name]) => clause.from.some(from => from.text === name)) : all;
}
