import { dataMessages } from '../../../compiler/diagnostics/messages/data.ts';
import { castColumn } from '../cast.ts';
import { typeText } from '../describe.ts';
import type { Database } from '../duckdb.ts';
import { fault } from '../faults.ts';
import { type RawTable, rawName } from '../sources/raw.ts';
import { identifier } from '../sql.ts';
import { type RowRule, uniqueRule } from '../violations.ts';
import type { Interval } from './interval.ts';
import type { Request } from './request.ts';

/** Makes the view `raw`: place, raw and cast columns of every row of the interval. Returns what each row must satisfy. */
export async function defineRaw(
  database: Database,
  request: Pick<Request, 'schema' | 'program' | 'files'>,
  table: RawTable,
  interval: Interval | null,
): Promise<readonly RowRule[]> {
  const { schema, program, files } = request;
  const rules: RowRule[] = [];
  const values: string[] = [];
  for (const column of schema.columns) {
    const written = program.columns.find(({ name }) => name === column.name);
    if (written === undefined) throw new Error(`the program does not say how column ${column.name} is read`);
    const found = table.columns.find(({ name }) => name === column.name)?.type ?? 'TEXT';
    const cast = castColumn(rawName(column.name), found, written.sqlType);
    if (cast === null) {
      const facts = {
        path: files[0]!.name,
        column: column.name,
        found,
        expected: typeText(column.type),
      };
      throw fault(dataMessages.columnType, facts, { at: column.at });
    }
    values.push(`${cast.value} AS ${identifier(column.name)}`);
    const shared = { column: column.name, type: column.type, personal: column.tags.includes('pii') };
    if (cast.holds !== null) rules.push({ ...shared, rule: 'type', holds: cast.holds });
    for (const { rule, sql } of written.checks) {
      const holds = cast.holds === null ? sql : `NOT ${cast.holds} OR (${sql})`;
      rules.push({ ...shared, rule, holds });
    }
  }
  const where = interval === null ? '' : ` WHERE ${interval.filter}`;
  // The raw columns are named apart from the cast ones, so a check can mean only a cast one.
  await database.execute(
    `CREATE TEMP VIEW raw AS SELECT * FROM (SELECT *, ${values.join(', ')} FROM ${table.relation})${where}`,
  );
  const unique = await uniqueRule(database, schema);
  return unique === null ? rules : [...rules, unique];
}
