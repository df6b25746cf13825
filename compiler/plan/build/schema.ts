import type { SchemaInfo } from '../../semantics/program.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { always, latest } from '../known.ts';
import type { Known, Moment, Schema, SchemaColumn } from '../plan.ts';
import { type BuildContext, docOf } from './context.ts';

export function buildSchema(info: SchemaInfo, context: BuildContext): Schema {
  const eventTime = info.eventTime ?? null;
  const columns = [...info.columns].map(([name, { type, field, file }]): SchemaColumn => {
    const tags = [
      ...(name === eventTime ? ['event_time'] : []),
      ...(info.key.includes(name) ? ['key'] : []),
      ...(annotated(field, 'pii').length > 0 ? ['pii'] : []),
    ];
    const at = context.at(file, field.name.span);
    return { name, type, known: knownOfColumn(name, info, context), tags, ...docOf(field), at };
  });
  const at = context.at(context.program.fileOf(info.declaration), info.declaration.name.span);
  return { columns, eventTime, key: info.key, ...docOf(info.declaration), at };
}

function annotated({ annotations, type }: ast.Field, name: string): readonly ast.Annotation[] {
  if (annotations.length === 0 && type.annotations.length === 0) return none;
  return [...annotations, ...type.annotations].filter(a => a.name.text === name);
}
const none: readonly ast.Annotation[] = [];

/** K of a column with that of the columns that say when it is known: before they are, nobody could tell. */
function knownOfColumn(
  name: string,
  info: SchemaInfo,
  context: BuildContext,
  asked: ReadonlySet<string> = new Set(),
): Known {
  const column = info.columns.get(name);
  if (!column || asked.has(name)) return always;
  const own = knownOfField(column.field, column.file, info.eventTime ?? null, context);
  if (own.latest.every(m => m.column === undefined)) return latest(own);
  const inside = new Set([...asked, name]);
  const others = own.latest.map(m =>
    m.column === undefined ? always : knownOfColumn(m.column, info, context, inside),
  );
  return latest(own, ...others);
}

/** K of a column: its event time, or what `@known_after` and `@known_at` say; always, in a table without time. */
function knownOfField(
  field: ast.Field,
  file: SourceFile,
  eventTime: string | null,
  context: BuildContext,
): Known {
  const moments: Moment[] = [];
  for (const annotation of annotated(field, 'known_after')) {
    const offset = context.number(annotation.args[0]?.value);
    if (offset !== undefined) moments.push({ base: 'event', offset, at: context.at(file, annotation.span) });
  }
  for (const annotation of annotated(field, 'known_at')) {
    const value = annotation.args[0]?.value;
    if (value?.kind !== 'NameExpression') continue;
    const column = value.name.text;
    const at = context.at(file, annotation.span);
    moments.push(
      column === eventTime ? { base: 'event', offset: 0, at } : { base: 'column', column, offset: 0, at },
    );
  }
  if (eventTime === null)
    return moments.length > 0 ? latest({ latest: moments.filter(m => m.base !== 'event') }) : always;
  return moments.length > 0 ? latest({ latest: moments }) : { latest: [{ base: 'event', offset: 0 }] };
}
