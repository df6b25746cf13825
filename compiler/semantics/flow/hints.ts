import { durationText } from '../../plan/build/text.ts';
import { delayOf } from '../../plan/known.ts';
import type { Expr, FeatureView } from '../../plan/plan.ts';
import { isLate, splitId, tableOf } from '../../plan/reads.ts';
import { children } from '../../plan/walk.ts';
import type { FlowFacts } from './facts.ts';

const day = 86_400_000;

/** A back-ticked name where the plain one cannot be written. */
const written = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);

/** A window over the past that could stand for a value of the row itself: `mean(delay over 7d by origin)`. */
export function instead(cell: string, view: FeatureView, facts: FlowFacts): string | undefined {
  const { table, column } = splitId(cell);
  const rows = tableOf(facts.draft, table);
  const type = rows?.columns.get(column)?.type;
  const key = groupOf(view, column, facts);
  if (table !== view.source || view.moment === null || !rows?.eventTime || !type || key === undefined)
    return undefined;
  const known = rows.columns.get(column)?.known;
  const length = durationText(
    Math.max(7 * day, Math.ceil((3 * delayOf(known ?? { latest: [] })) / day) * day),
  );
  const name = written(column);
  const over = `over ${length} by ${written(key)}`;
  if (type.kind === 'int' || type.kind === 'float') return `mean(${name} ${over})`;
  if (type.kind === 'bool') return `share(${name} ${over})`;
  return `last(${name} ${over})`;
}

/** What the rows of the past would be grouped by: as the view already does, else its key, else a text of the row. */
function groupOf(view: FeatureView, column: string, facts: FlowFacts): string | undefined {
  const rows = tableOf(facts.draft, view.source);
  const used = new Set<string>();
  const visit = (expr: Expr): void => {
    if (expr.op === 'window') for (const { own } of expr.by) if (own.op === 'column') used.add(own.column);
    for (const child of children(expr)) visit(child);
  };
  for (const feature of view.features) visit(feature.expr);
  const plain = [...(rows?.columns ?? [])]
    .filter(
      ([name, c]) => name !== column && ['string', 'enum'].includes(c.type.kind) && !c.tags.includes('pii'),
    )
    .map(([name]) => name);
  // Rows that share the source's whole key are one row: nothing to aggregate.
  const unique = rows?.key.length === 1 ? rows.key[0] : undefined;
  return [...used, ...view.key, ...plain].find(name => {
    const by = rows?.columns.get(name);
    return name !== column && name !== unique && by && !isLate(by.known, view, facts.draft);
  });
}
