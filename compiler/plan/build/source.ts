import type * as ast from '../../syntax/ast/index.ts';
import type { Construct, Sink, Source } from '../plan.ts';
import { constructOf } from './constructs.ts';
import { type BuildContext, docOf } from './context.ts';

type Item<K extends ast.SourceItem['kind']> = Extract<ast.SourceItem, { kind: K }>;

/** `replaced` is what the environment puts in the place of the source's own constructor. */
export function buildSource(
  declaration: ast.SourceDeclaration,
  replaced: Construct | undefined,
  context: BuildContext,
): Source {
  const file = context.program.fileOf(declaration);
  const find = <K extends ast.SourceItem['kind']>(kind: K): Item<K> | undefined =>
    declaration.items.find((item): item is Item<K> => item.kind === kind);
  const violations = find('Violations');
  const partition = find('Partition');
  const schema = context.declared(declaration.row, 'Schema');
  return {
    schema: schema ? context.nameOf(schema) : declaration.row.text,
    from: replaced ?? constructOf(declaration.value, file, context),
    violations: {
      action: violations?.action ?? 'fail',
      upTo: violations?.share ? (context.number(violations.share) ?? null) : null,
    },
    partition: partition ? { column: partition.column.text, grain: partition.grain } : null,
    watermark: find('Watermark')?.column.text ?? null,
    freshWithin: context.number(find('Fresh')?.within) ?? null,
    lag: context.number(find('Lag')?.lag) ?? 0,
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}

export function buildSink(
  declaration: ast.SinkDeclaration,
  replaced: Construct | undefined,
  context: BuildContext,
): Sink {
  const file = context.program.fileOf(declaration);
  const schema = context.declared(declaration.row, 'Schema');
  return {
    schema: schema ? context.nameOf(schema) : declaration.row.text,
    to: replaced ?? constructOf(declaration.value, file, context),
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}

export function buildConnection(
  declaration: ast.ConnectionDeclaration,
  replaced: Construct | undefined,
  context: BuildContext,
): Construct {
  return replaced ?? constructOf(declaration.value, context.program.fileOf(declaration), context);
}
