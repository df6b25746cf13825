import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type { Type } from '../../plan/type.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem } from '../fixes.ts';
import type { SchemaInfo } from '../program.ts';
import { describe, isComparable } from '../types.ts';
import type { Checker } from './context.ts';
import { distinct, resolveDeclaration } from './names.ts';
import { Spellings } from './same-but-case.ts';
import { isBuiltinType, resolveType, withUnitOf } from './type-expression.ts';

type Column = { readonly type: Type; readonly field: ast.Field; readonly file: SourceFile };

export function hasAnnotation(field: ast.Field, name: string): boolean {
  const annotations = annotationsOf(field);
  return annotations.length > 0 && annotations.some(annotation => annotation.name.text === name);
}

/** Those of the field and those of its type, each once. */
export function annotationsOf(field: ast.Field): readonly ast.Annotation[] {
  if (field.type.annotations.length === 0) return field.annotations;
  return [...new Set([...field.annotations, ...field.type.annotations])];
}

/** The columns of a schema, those it extends first, with its key and its event time. */
export function schemaInfo(c: Checker, declaration: ast.SchemaDeclaration): SchemaInfo {
  return c.once(
    'schema',
    declaration,
    () => makeSchema(c, declaration),
    () => emptySchema(declaration),
  );
}

const emptySchema = (declaration: ast.SchemaDeclaration): SchemaInfo => ({
  name: declaration.name.text,
  declaration,
  columns: new Map(),
  eventTime: undefined,
  key: [],
});

function makeSchema(c: Checker, declaration: ast.SchemaDeclaration): SchemaInfo {
  const module = c.home(declaration);
  const base = baseOf(c, declaration);
  const columns = new Map<string, Column>(base?.columns);
  const spellings = new Spellings();
  for (const { field, file } of columns.values()) spellings.add(c, module, field.name, 'columns', file);
  for (const field of declaration.fields) {
    if (field.name.text === '') continue;
    spellings.add(c, module, field.name, 'columns');
    const own = withUnitOf(resolveType(c, module, field.type), field.annotations);
    const inherited = base?.columns.get(field.name.text);
    if (inherited) {
      const labels = [
        { file: inherited.file, span: inherited.field.name.span, message: 'inherited from here' },
      ];
      const facts = { name: field.name.text, what: 'columns' };
      c.error(module, namesMessages.duplicateItem, facts, field.name.span, { labels });
    } else if (!columns.has(field.name.text))
      columns.set(field.name.text, { type: own, field, file: module.file });
  }
  const key: string[] = [];
  let eventTime: string | undefined;
  columns.forEach(({ field }, name) => {
    if (hasAnnotation(field, 'key')) key.push(name);
    if (eventTime === undefined && hasAnnotation(field, 'event_time')) eventTime = name;
  });
  return {
    name: declaration.name.text,
    declaration,
    columns,
    eventTime,
    key,
  };
}

function baseOf(c: Checker, declaration: ast.SchemaDeclaration): SchemaInfo | undefined {
  if (!declaration.base) return undefined;
  const module = c.home(declaration);
  const base = resolveDeclaration(c, module, declaration.base, ['Schema']);
  if (!base) return undefined;
  const path = extendsPath(c, base, declaration);
  if (path) {
    const names = [declaration.name.text, ...path];
    c.error(module, namesMessages.circular, { what: 'extends', path: names }, declaration.base.span);
    return undefined;
  }
  return schemaInfo(c, base);
}

/** The chain of bases that leads back to `to`. */
function extendsPath(
  c: Checker,
  from: ast.SchemaDeclaration,
  to: ast.SchemaDeclaration,
): string[] | undefined {
  const path: string[] = [];
  for (let current: ast.SchemaDeclaration | undefined = from; current; ) {
    path.push(current.name.text);
    if (current === to) return path;
    if (path.length > 1000 || !current.base) return undefined;
    const module = c.home(current);
    const next = c.quietly(() => resolveDeclaration(c, module, current!.base!, ['Schema']));
    current = next;
  }
  return undefined;
}

export function checkSchema(c: Checker, declaration: ast.SchemaDeclaration): void {
  const module = c.home(declaration);
  checkTypeName(c, declaration);
  distinct(c, module, declaration.fields, 'columns');
  const info = schemaInfo(c, declaration);
  for (const field of declaration.fields) checkColumn(c, info, field);
  const times = declaration.fields.filter(field => hasAnnotation(field, 'event_time'));
  for (const field of times.slice(1)) {
    const labels = [{ file: module.file, span: times[0]!.name.span, message: 'the first one' }];
    const mark = annotationsOf(field).find(annotation => annotation.name.text === 'event_time');
    const fixes = mark === undefined ? [] : [removeItem(module, mark.span, false)];
    const facts = { schema: declaration.name.text };
    c.error(module, declarationMessages.twoEventTimes, facts, field.name.span, { labels, fixes });
  }
}

const timeKinds: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

function checkColumn(c: Checker, info: SchemaInfo, field: ast.Field): void {
  const module = c.home(info.declaration);
  const name = field.name.text;
  if (name.startsWith('__')) {
    const why = 'names that begin with `__` are columns that runs add';
    c.error(module, namesMessages.reservedName, { name, why }, field.name.span);
  }
  const type = info.columns.get(name)?.type;
  if (!type || type.kind === 'unknown') return;
  if (holdsTable(type)) {
    const facts = { expected: 'the type of a single value', found: describe(type), what: 'this' };
    c.error(module, typesMessages.mismatch, facts, field.type.span);
  }
  for (const mark of ['event_time', 'key'] as const) {
    if (!hasAnnotation(field, mark)) continue;
    if (mark === 'event_time' && !timeKinds.has(type.kind)) {
      const facts = { mark, needed: 'a date, datetime or timestamp', found: describe(type) };
      c.error(module, declarationMessages.markedColumn, facts, field.type.span);
    } else if (type.optional) {
      const facts = { mark, needed: 'a column that is never null', found: describe(type) };
      c.error(module, declarationMessages.markedColumn, facts, field.type.span);
    } else if (!isComparable(type)) {
      const facts = { mark, needed: 'a column whose values can be compared', found: describe(type) };
      c.error(module, declarationMessages.markedColumn, facts, field.type.span);
    }
  }
}

const holdsTable = ({ kind, element }: Type): boolean =>
  kind === 'table' || (element !== undefined && holdsTable(element));

export function checkTypeName(c: Checker, declaration: ast.SchemaDeclaration | ast.EnumDeclaration): void {
  const name = declaration.name;
  if (!isBuiltinType(name.text)) return;
  const facts = { name: name.text, why: 'it is the name of a built-in type' };
  c.error(c.home(declaration), namesMessages.reservedName, facts, name.span);
}

export function checkEnum(c: Checker, declaration: ast.EnumDeclaration): void {
  checkTypeName(c, declaration);
  const module = c.home(declaration);
  distinct(c, module, declaration.members, 'members');
  if (declaration.members.length === 0) {
    const facts = { declaration: declaration.name.text, clause: 'a member' };
    c.error(module, declarationMessages.missingClause, facts, declaration.name.span);
  }
}
