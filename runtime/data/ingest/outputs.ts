import type { Database } from '../duckdb.ts';
import { rawName } from '../sources/raw.ts';
import { identifier, literal } from '../sql.ts';
import { broken, personalText, type RowCounts, type RowRule, violated } from '../violations.ts';
import { writeTable } from '../write.ts';
import type { Request } from './request.ts';

/** Writes the rows that are as the schema says, and beside them those that are not, with why. */
export async function writeOutputs(
  database: Database,
  request: Request,
  rules: readonly RowRule[],
  counts: RowCounts,
  folders: { readonly rows: string; readonly quarantine: string },
): Promise<void> {
  const { schema, source } = request;
  const columns = schema.columns.map(({ name }) => identifier(name)).join(', ');
  const found = rules.filter(rule =>
    counts.violations.some(v => v.column === rule.column && v.rule === rule.rule),
  );
  const bad = violated(found);
  await writeTable(
    database,
    `SELECT ${columns} FROM raw${found.length === 0 ? '' : ` WHERE NOT (${bad})`}`,
    folders.rows,
  );
  const originals = schema.columns.map(
    ({ name, tags }) => `${quarantinedValue(name, tags.includes('pii'))} AS ${identifier(name)}`,
  );
  const first = (what: (rule: RowRule) => string): string =>
    found.length === 0
      ? 'NULL::VARCHAR'
      : `CASE ${found.map(rule => `WHEN ${broken(rule)} THEN ${what(rule)}`).join(' ')} END`;
  const places = [
    ...(request.files.length > 1 ? ['__file'] : []),
    '__row',
    `${first(rule => literal(rule.rule))} AS __rule`,
    `${first(rule => literal(rule.column))} AS __column`,
    `${first(rule => quarantinedValue(rule.column, rule.personal, '::VARCHAR'))} AS __value`,
  ];
  const kept = source.violations.action === 'quarantine' ? bad : 'false';
  const quarantined = `SELECT ${[...originals, ...places].join(', ')} FROM raw WHERE ${kept}`;
  await writeTable(database, quarantined, folders.quarantine);
}

/** A value as the file has it; of personal data only whether there was one. Who may see it finds it by file and row. */
function quarantinedValue(column: string, personal: boolean, cast = ''): string {
  const raw = identifier(rawName(column));
  return personal ? `CASE WHEN ${raw} IS NOT NULL THEN ${literal(personalText)} END` : `${raw}${cast}`;
}
