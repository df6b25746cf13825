import {
  type InterfaceDeclarationStructure,
  type StatementStructures,
  StructureKind,
  type TypeAliasDeclarationStructure,
} from 'ts-morph';
import type { Plan, Schema, SchemaColumn, Type } from '../../plan/plan.ts';
import { propertyName, stringLiteral, WIDTH } from './literal.ts';
import { docText, type FileStructure, from, Imports, type ProgramNames } from './project.ts';
import { rowReader } from './readers.ts';
import { brokenUnion, typeText, union } from './types.ts';

/** `schemas.ts`: an interface and a reader for every schema, a union of literals for every enum. */
export function schemasFile(program: ProgramNames): FileStructure {
  const { plan } = program;
  const imports = new Imports(program, '');
  const members = enumMembers(plan);
  const enums = [...program.enums].map(([name, as]) => enumType(as, members.get(name) ?? []));
  const interfaces = Object.entries(plan.schemas).map(([name, schema]) =>
    schemaInterface(plan, program.schemas.get(name)!, schema, imports),
  );
  if (interfaces.length > 0)
    for (const name of ['read', 'rowReader']) imports.add(name, 'mlp-runtime', { type: false });
  const readers = Object.entries(plan.schemas).map(([name, schema]) =>
    rowReader(plan, program.readers.get(name)!, program.schemas.get(name)!, schema),
  );
  const statements: StatementStructures[] = [...enums, ...interfaces.flatMap((one, i) => [one, readers[i]!])];
  return { path: 'schemas.ts', imports: imports.structures(), statements };
}

/** The named enums that columns and features use, with their members. */
export function enumMembers(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const visit = (type: Type): void => {
    if (type.enum !== undefined && type.members) found.set(type.enum, type.members);
    if (type.element) visit(type.element);
  };
  for (const schema of Object.values(plan.schemas)) for (const column of schema.columns) visit(column.type);
  for (const view of Object.values(plan.views)) for (const feature of view.features) visit(feature.type);
  return found;
}

const enumType = (name: string, members: readonly string[]): TypeAliasDeclarationStructure => ({
  kind: StructureKind.TypeAlias,
  name,
  isExported: true,
  type: brokenType(name, members),
});

/** Members of a long enum, below its name. */
const brokenType = (name: string, members: readonly string[]): string => {
  const line = union(members);
  return `export type ${name} = ${line};`.length <= WIDTH
    ? line
    : `\n${brokenUnion(members.map(stringLiteral))}`;
};

function schemaInterface(
  plan: Plan,
  name: string,
  schema: Schema,
  imports: Imports,
): InterfaceDeclarationStructure {
  return {
    kind: StructureKind.Interface,
    name,
    isExported: true,
    leadingTrivia: from(plan, schema.at),
    docs: schema.doc === undefined ? [] : [docText(schema.doc)],
    properties: schema.columns.map(column => ({
      name: propertyName(column.name),
      type: typeText(column.type, imports.types),
      isReadonly: true,
      docs: columnDoc(column),
    })),
  };
}

const tagWords: Readonly<Record<string, string>> = {
  key: 'key',
  event_time: 'event time',
  pii: 'personal data',
};

/** The column's own words, and what its type says that TypeScript's cannot. */
function columnDoc(column: SchemaColumn): string[] {
  const { type, doc, tags } = column;
  const bounds = [
    ...(type.min !== undefined || type.max !== undefined ? [`in ${type.min ?? ''}..${type.max ?? ''}`] : []),
    ...(type.pattern === undefined ? [] : [`matching ${stringLiteral(type.pattern)}`]),
    ...(type.unit === undefined ? [] : [`unit ${type.unit}`]),
    ...tags.map(tag => tagWords[tag] ?? tag),
  ];
  const said = bounds.length ? `${bounds.join('; ')}.` : '';
  const text = [
    ...(doc === undefined ? [] : [doc]),
    ...(said ? [said.charAt(0).toUpperCase() + said.slice(1)] : []),
  ];
  return text.length ? [docText(text.join('\n'))] : [];
}
