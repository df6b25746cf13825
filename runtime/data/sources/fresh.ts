import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import { durationText } from '../../../compiler/plan/build/text.ts';
import type { Plan, Schema, Source } from '../../../compiler/plan/plan.ts';
import type { MlpError, StepParams } from '../../engine/contract.ts';
import type { Database } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { identifier } from '../sql.ts';

/** The column that tells how new a row is: the watermark where it is a time, else the event time. */
function timeOf(source: Source, schema: Schema): string | null {
  const kind = schema.columns.find(({ name }) => name === source.watermark)?.type.kind;
  return kind !== undefined && kind !== 'int' ? source.watermark : schema.eventTime;
}

/** The time of the newest row of the view `raw`, milliseconds since 1970; null for rows without a time. */
export async function newestOf(database: Database, source: Source, schema: Schema): Promise<number | null> {
  const column = timeOf(source, schema);
  if (column === null) return null;
  const [row] = await database.rows(
    `SELECT epoch_ms(max(${identifier(column)})::TIMESTAMP) AS newest FROM raw`,
  );
  return row!['newest'] === null ? null : Number(row!['newest']);
}

/** That the newest row of a source is older than `fresh within` allows, now or at the end of the interval; null: it is fresh. */
export function ageFault(
  plan: Plan,
  name: string,
  newest: number | null,
  { to }: Pick<StepParams, 'to'>,
): MlpError | null {
  const source = plan.sources[name]!;
  const { freshWithin, at } = source;
  if (freshWithin === null) return null;
  const now = Math.min(Date.now(), to === null ? Number.POSITIVE_INFINITY : Date.parse(to));
  const column = timeOf(source, plan.schemas[source.schema]!);
  if (newest !== null && now - newest <= freshWithin) return null;
  // A person compares days with days: minutes of a year say nothing.
  const rounded = (ms: number): string => {
    const unit = ms >= 3 * 86_400_000 ? 86_400_000 : ms >= 3 * 3_600_000 ? 3_600_000 : 60_000;
    return durationText(Math.round(ms / unit) * unit);
  };
  const facts = {
    source: name,
    column: column ?? 'row',
    newest: newest === null ? 'nowhere' : new Date(newest).toISOString(),
    age: newest === null ? 'an unknown time' : rounded(now - newest),
    within: durationText(freshWithin),
  };
  return fault(connectionMessages.stale, facts, { at });
}
