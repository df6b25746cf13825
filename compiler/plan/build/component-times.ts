import { flowMessages } from '../../diagnostics/messages/flow.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { splitId, tableOf } from '../reads.ts';
import type { Draft } from '../steps.ts';
import type { BuildContext } from './context.ts';

/**
 * What derives from a cell that is known at a column of its row must say itself when it is known: its row is another
 * one, so nothing else tells. A component that names no origins is only warned of, as it may use the others alone.
 */
export function checkTimes(
  declaration: ast.LetDeclaration | ast.SourceDeclaration,
  component: ast.ComponentDeclaration,
  schema: ast.SchemaDeclaration,
  derives: Readonly<Record<string, readonly string[]>>,
  draft: Draft,
  context: BuildContext,
): void {
  const made = draft.schemas[context.nameOf(schema)];
  if (!made || made.eventTime === null) return;
  let warned = false;
  for (const column of made.columns) {
    const saysWhen = column.known.latest.some(m => m.base === 'column' || m.offset > 0);
    const late = saysWhen ? undefined : lateOrigin(derives[column.name] ?? [], draft);
    if (!late) continue;
    const labels = labelsOf(late.at, late.cell, context);
    const clause = component.body.items.find(
      (item): item is ast.DerivationClause => item.kind === 'Derivation' && item.column.text === column.name,
    );
    if (clause) {
      const place = { file: context.program.fileOf(component), span: clause.column.span, labels };
      const facts = { column: column.name, cell: late.cell, at: late.column, schema: schema.name.text };
      context.diagnostics.push(flowMessages.componentTime(facts, place));
    } else if (!warned) {
      warned = true;
      const place = { file: context.program.fileOf(declaration), span: declaration.name.span, labels };
      const table = declaration.name.text;
      const facts = { table, component: component.name.text, cell: late.cell, at: late.column };
      context.diagnostics.push(flowMessages.componentTimeUnsaid(facts, place));
    }
  }
}

/** The first origin that is known at a column of its own row. */
function lateOrigin(origins: readonly string[], draft: Draft) {
  for (const cell of origins) {
    const { table, column } = splitId(cell);
    const moment = tableOf(draft, table)
      ?.columns.get(column)
      ?.known.latest.find(m => m.base === 'column');
    if (moment?.column !== undefined) return { cell, column: moment.column, at: moment.at };
  }
  return undefined;
}

function labelsOf(at: number | undefined, cell: string, context: BuildContext) {
  const place = at === undefined ? undefined : context.places[at];
  return place ? [{ ...place, message: `\`${cell}\` is known no earlier than this says` }] : [];
}
