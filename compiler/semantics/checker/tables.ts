import type * as ast from '../../syntax/ast/index.ts';
import type { SchemaInfo } from '../program.ts';
import type { DeclarationSymbol, Module } from '../scope.ts';
import { isUnknown } from '../types.ts';
import { letType } from './constants.ts';
import type { Binding, Checker, Scope, Table } from './context.ts';
import { viewTable } from './features.ts';
import { reportWrongKind, resolveDeclaration } from './names.ts';
import { schemaInfo } from './schema.ts';

export const noTable = (name: string): Table => ({
  name,
  kind: 'unknown',
  symbol: undefined,
  schema: undefined,
  columns: new Map(),
  eventTime: undefined,
  key: [],
});

const tableKinds = ['Source', 'Features', 'Let'] as const;
export type TableDeclaration = ast.SourceDeclaration | ast.FeaturesDeclaration | ast.LetDeclaration;

/** The table that a name means: a source, a view, or what a component made. Undefined and reported if none. */
export function resolveTable(c: Checker, module: Module, name: ast.Name): Table | undefined {
  const declaration = resolveDeclaration(c, module, name, tableKinds, 'values', undefined, 'source or view');
  if (!declaration) return undefined;
  const table = tableOf(c, declaration);
  if (table) return table;
  const symbol = c.symbols.get(name);
  const broken = declaration.kind === 'Let' && isUnknown(letType(c, declaration));
  if (!broken && symbol?.kind === 'declaration') reportWrongKind(c, module, name, symbol, 'a table');
  return undefined;
}

export function tableOf(c: Checker, declaration: TableDeclaration): Table | undefined {
  if (declaration.kind === 'Features') return viewTable(c, declaration);
  return c.once(
    'table',
    declaration,
    () => {
      if (declaration.kind === 'Source') return sourceTable(c, declaration);
      const type = letType(c, declaration);
      if (type.kind !== 'table' || type.row === undefined) return undefined;
      return schemaTable(c, declaration, 'component', componentSchema(c, declaration));
    },
    () => undefined,
  );
}

/** The schema of the rows that a component makes, as its own file sees it. */
function componentSchema(c: Checker, declaration: ast.LetDeclaration): SchemaInfo | undefined {
  const call = declaration.value.kind === 'Call' ? c.calls.get(declaration.value) : undefined;
  if (call?.declaration.kind !== 'Component' || call.declaration.result.body.kind !== 'TableType')
    return undefined;
  const row = c.symbols.get(call.declaration.result.body.row);
  const schema =
    row?.kind === 'declaration' && row.declaration.kind === 'Schema' ? row.declaration : undefined;
  return schema && schemaInfo(c, schema);
}

/** The rows that a component makes, or those that one of its parameters takes, which have no name but that. */
export function rowsOfType(
  c: Checker,
  declaration: ast.ComponentDeclaration,
  name: string,
  type: ast.TypeExpression,
): Table {
  const row = type.body.kind === 'TableType' ? c.symbols.get(type.body.row) : undefined;
  const schema =
    row?.kind === 'declaration' && row.declaration.kind === 'Schema' ? row.declaration : undefined;
  return schemaTable(c, declaration, 'component', schema && schemaInfo(c, schema), name);
}

function sourceTable(c: Checker, declaration: ast.SourceDeclaration): Table {
  const module = c.home(declaration);
  const schema = resolveDeclaration(c, module, declaration.row, ['Schema']);
  return schemaTable(c, declaration, 'source', schema && schemaInfo(c, schema));
}

function schemaTable(
  c: Checker,
  declaration: ast.SourceDeclaration | ast.LetDeclaration | ast.ComponentDeclaration,
  kind: 'source' | 'component',
  schema: SchemaInfo | undefined,
  name = declaration.name.text,
): Table {
  if (!schema) return noTable(name);
  const symbol: DeclarationSymbol = { kind: 'declaration', name, declaration, file: c.fileOf(declaration) };
  const columns = new Map<string, Binding>();
  const row = schema.name;
  schema.columns.forEach(({ type, field, file }, column) => {
    columns.set(column, {
      symbol: { kind: 'column', name: column, field, schema: row, of: name, file },
      type,
    });
  });
  return { name, kind, symbol, schema, columns, eventTime: schema.eventTime, key: schema.key };
}

export function columnScope(table: Table): Scope {
  return {
    find: name => table.columns.get(name),
    names: () => table.columns.keys(),
  };
}
