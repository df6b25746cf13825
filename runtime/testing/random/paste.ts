import type { Plan, Schema } from '../../../compiler/plan/plan.ts';
import { momentType, tableOf } from '../../../compiler/sql/view/terms.ts';
import { nameText } from '../../../compiler/syntax/written-name.ts';
import { schemaOf } from '../../../compiler/targets/typescript/reads.ts';
import { rowText } from '../given.ts';
import type { Row } from '../values.ts';
import { shown } from '../values.ts';
import type { Finding } from './examine.ts';

/** A `test` block that shows the finding: the row, the rows of other tables, the moment of a grid, what should hold. */
export function pasted(plan: Plan, name: string, { tables, row, moment, expect }: Finding): string {
  const view = plan.views[name]!;
  const schema = (table: string): Schema => plan.schemas[schemaOf(plan, table)!]!;
  const own = tables[view.source]![row - 1];
  const others = Object.entries(tables).flatMap(([table, rows]) => {
    const kept = table === view.source ? rows.filter((_, i) => i !== row - 1) : rows;
    return kept.length === 0 ? [] : [`  given ${nameText(table)} ${list(kept, schema(table))}`];
  });
  const grid = view.moment?.kind === 'each' && moment !== null;
  return [
    `test "an example of ${nameText(name).replaceAll('`', '')} that was drawn" of ${nameText(name)} {`,
    ...(own ? [`  given ${rowText(own, schema(view.source))}`] : []),
    ...others,
    ...(grid ? [`  at ${shown(moment, momentType(view, tableOf(plan, view.source)))}`] : []),
    `  expect ${expect}`,
    '}',
  ].join('\n');
}

function list(rows: readonly Row[], schema: Schema): string {
  const texts = rows.map(row => rowText(row, schema));
  return texts.length === 1 ? `[${texts[0]}]` : `[\n${texts.map(text => `    ${text},\n`).join('')}  ]`;
}
