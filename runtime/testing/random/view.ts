import { schemaOf } from '../../../compiler/targets/typescript/reads.ts';
import { randomOf } from '../../learn/random.ts';
import { rowText } from '../given.ts';
import type { TestFault } from '../outcome.ts';
import { drawTables } from './draw.ts';
import { type Examined, examine, type Finding } from './examine.ts';
import { pasted } from './paste.ts';
import { shrink } from './shrink.ts';

/** Draws tables for a view so many times; the first thing that does not hold, on the least rows. Null: all does. */
export async function viewExamples(
  around: Examined,
  draws: number,
  seed: number,
  signal: AbortSignal,
): Promise<{ readonly fault: TestFault | null; readonly rows: number }> {
  const { program, view } = around;
  const { plan } = program;
  const random = randomOf(seed);
  let rows = 0;
  for (let i = 0; i < draws; i++) {
    signal.throwIfAborted();
    const tables = drawTables(plan, view, random);
    const truncated = random.integer(0, 2 ** 31);
    rows += tables[plan.views[view]!.source]?.length ?? 0;
    const found = await examine(around, tables, truncated);
    if (!found) continue;
    const same = (other: Finding | null): Finding | null =>
      other?.kind === found.kind && other.feature === found.feature ? other : null;
    const least = await shrink(plan, found, async smaller => same(await examine(around, smaller, truncated)));
    return { fault: told(around, least), rows };
  }
  return { fault: null, rows };
}

function told({ program: { plan }, view }: Examined, found: Finding): TestFault {
  const { source } = plan.views[view]!;
  const own = found.tables[source]?.[found.row - 1];
  const { kind, message, actual, at } = found;
  return {
    kind,
    message,
    actual,
    ...(own ? { row: rowText(own, plan.schemas[schemaOf(plan, source)!]!) } : {}),
    example: pasted(plan, view, found),
    at,
  };
}
