import { scoringMessages } from '../../../compiler/diagnostics/messages/scoring.ts';
import type { Deployment, Plan, Schema } from '../../../compiler/plan/plan.ts';
import { identityOf } from '../../../compiler/plan/scoring.ts';
import { schemaChecks } from '../../../compiler/sql/source.ts';
import { countText, violationText } from '../describe.ts';
import type { Database } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { identifier } from '../sql.ts';

/** Holds the rows of the view `filled` to the schema of the sink; throws MLP8060 for those that break it. */
export async function requireSinkRows(database: Database, plan: Plan, deployment: Deployment): Promise<void> {
  const sink = plan.sinks[deployment.score!.sink]!;
  const schema = plan.schemas[sink.schema]!;
  const rules = rulesOf(schema);
  const counts = rules.map(({ holds }, i) => `count(*) FILTER (NOT coalesce(${holds}, true)) AS r${i}`);
  const [row] = await database.rows(`SELECT count(*) AS n, ${counts.join(', ')} FROM filled`);
  const lines = rules.flatMap(({ column, rule }, i) => {
    const broken = Number(row![`r${i}`]);
    return broken === 0
      ? []
      : [
          `${column.name}: ${countText(broken)} of ${countText(Number(row!['n']))} ${violationText(rule, column.type)}`,
        ];
  });
  const told = identityOf(plan, plan.models[deployment.serves]!).flat();
  const repeated = await repeatedKeys(database, schema, told);
  if (repeated > 0)
    lines.push(`${schema.key.join(', ')}: ${countText(repeated)} rows repeat the key of another`);
  if (lines.length === 0) return;
  const first = rules.find((_, i) => Number(row![`r${i}`]) > 0)?.column.at ?? schema.at;
  throw fault(scoringMessages.sinkViolations, { sink: deployment.score!.sink, lines }, { at: first });
}

interface Rule {
  readonly column: Schema['columns'][number];
  readonly rule: string;
  readonly holds: string;
}

function rulesOf(schema: Schema): readonly Rule[] {
  return schema.columns.flatMap(column => [
    ...schemaChecks(column).map(({ rule, sql }) => ({ column, rule, holds: sql })),
    ...(column.type.kind === 'float'
      ? [{ column, rule: 'type', holds: `isfinite(${identifier(column.name)})` }]
      : []),
  ]);
}

/** Rows beyond the first of each key; a moment beside the key makes a row another one. */
async function repeatedKeys(database: Database, schema: Schema, told: readonly string[]): Promise<number> {
  if (schema.key.length === 0) return 0;
  const others = schema.columns.map(({ name }) => name).filter(name => told.includes(name));
  const columns = [...new Set([...schema.key, ...others])].map(identifier).join(', ');
  const [row] = await database.rows(
    `SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT ${columns} FROM filled)) AS n FROM filled`,
  );
  return Number(row!['n']);
}
