import type { Schema, Type } from '../../compiler/plan/plan.ts';
import { countText, shareText, violationText } from './describe.ts';
import type { Cell, Database, Row } from './duckdb.ts';
import { rawName } from './sources/raw.ts';
import { identifier } from './sql.ts';

/** One thing that every row must satisfy: a row violates it where `holds` is false over the view `raw`. */
export interface RowRule {
  readonly column: string;
  readonly rule: string;
  readonly holds: string;
  readonly type: Type;
  /** Values of the column are personal data: counted, never shown. */
  readonly personal: boolean;
}

export interface Violation {
  readonly column: string;
  readonly rule: string;
  /** What such rows are: "are outside -60..1800". */
  readonly expectation: string;
  readonly rows: number;
  readonly share: number;
  /** The first rows, from 1 in their file, with the value as the file has it. */
  readonly first: readonly { readonly file?: string; readonly row: number; readonly value: string | null }[];
}

export interface RowCounts {
  readonly read: number;
  readonly violating: number;
  readonly violations: readonly Violation[];
}

/** What is shown in the place of personal data. */
export const personalText = '(personal data)';

const firstRows = 5;
const longestValue = 60;

/** SQL that is true for a row of `raw` which violates any of the rules. */
export function violated(rules: readonly RowRule[]): string {
  return rules.length === 0 ? 'false' : rules.map(broken).join('\n OR ');
}

export function broken(rule: RowRule): string {
  return `NOT coalesce(${rule.holds}, true)`;
}

/** Counts rows and violations in one scan; a second one finds the first rows of the rules that were broken. */
export async function countViolations(
  database: Database,
  rules: readonly RowRule[],
  files: readonly string[],
): Promise<RowCounts> {
  const counts = rules.map((rule, i) => `count(*) FILTER (${broken(rule)}) AS r${i}`);
  const any = `count(*) FILTER (${violated(rules)}) AS violating`;
  const [row] = await database.rows(`SELECT count(*) AS read, ${[any, ...counts].join(', ')} FROM raw`);
  const read = Number(row!['read']);
  const found = rules
    .map((rule, i) => ({ rule, rows: Number(row![`r${i}`]) }))
    .filter(({ rows }) => rows > 0);
  const first =
    found.length === 0
      ? []
      : await firstBroken(
          database,
          found.map(({ rule }) => rule),
        );
  const violations = found.map(({ rule, rows }, i) => ({
    column: rule.column,
    rule: rule.rule,
    expectation: violationText(rule.rule, rule.type),
    rows,
    share: rows / read,
    first: first.filter(row => row['rule'] === i).map(row => firstRow(row, rule, files)),
  }));
  return { read, violating: Number(row!['violating']), violations };
}

async function firstBroken(database: Database, rules: readonly RowRule[]): Promise<readonly Row[]> {
  const each = rules.map(
    (rule, i) => `SELECT * FROM (SELECT ${i} AS rule, __file AS file, __row AS "row",
      ${identifier(rawName(rule.column))}::VARCHAR AS value
      FROM raw WHERE ${broken(rule)} ORDER BY __file, __row LIMIT ${firstRows})`,
  );
  return database.rows(`SELECT * FROM (${each.join('\nUNION ALL\n')}) ORDER BY rule, file, "row"`);
}

function firstRow(row: Row, rule: RowRule, files: readonly string[]): Violation['first'][number] {
  const value = rule.personal && row['value'] !== null ? personalText : shorten(row['value'] ?? null);
  const place = { row: Number(row['row']), value };
  return files.length > 1 ? { file: files[Number(row['file'])]!, ...place } : place;
}

function shorten(value: Cell): string | null {
  if (value === null) return null;
  const text = String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** "flights-3m.parquet, column delay: 142 of 3,000,000 rows (0.0047%) are outside -60..1800; first rows 1517 (value -62), …" */
export function violationLine(name: string, violation: Violation, read: number): string {
  const places = violation.first.map(({ file, row, value }, i) => {
    const shown = violation.rule === 'required' ? '' : ` (${i === 0 ? 'value ' : ''}${value ?? 'missing'})`;
    return `${file === undefined ? '' : `${file}:`}${row}${shown}`;
  });
  const one = violation.rows === 1;
  const said = one ? singular(violation.expectation) : violation.expectation;
  const rows = one
    ? `row ${places[0]}`
    : `first rows ${places.join(', ')}${violation.rows > places.length ? ', …' : ''}`;
  return `${name}, column ${violation.column}: ${countText(violation.rows)} of ${countText(read)} rows (${shareText(violation.share)}) ${said}; ${rows}`;
}

function singular(expectation: string): string {
  return expectation
    .replace(/^are /, 'is ')
    .replace(/^do not /, 'does not ')
    .replace(/^repeat /, 'repeats ')
    .replace(/^break /, 'breaks ')
    .replace(/^lie before their row/, 'lies before its row');
}

/** The rows whose key an earlier row has, as a rule over `__file` and `__row`; null when there are none. */
export async function uniqueRule(database: Database, schema: Schema): Promise<RowRule | null> {
  const key = [
    ...schema.key,
    ...(schema.eventTime === null || schema.key.includes(schema.eventTime) ? [] : [schema.eventTime]),
  ];
  const column = schema.columns.find(({ name }) => name === schema.key[0]);
  if (column === undefined) return null;
  const names = key.map(identifier).join(', ');
  const complete = key.map(name => `${identifier(name)} IS NOT NULL`).join(' AND ');
  const repeated = await database.rows(
    `SELECT 1 AS found FROM raw WHERE ${complete} GROUP BY ${names} HAVING count(*) > 1 LIMIT 1`,
  );
  if (repeated.length === 0) return null;
  await database.execute(
    `CREATE TEMP TABLE repeated AS SELECT __file::BIGINT * 1099511627776 + __row AS id FROM raw WHERE ${complete}
     QUALIFY row_number() OVER (PARTITION BY ${names} ORDER BY __file, __row) > 1`,
  );
  return {
    column: column.name,
    rule: 'unique',
    holds: '__file::BIGINT * 1099511627776 + __row NOT IN (SELECT id FROM repeated)',
    type: column.type,
    personal: column.tags.includes('pii'),
  };
}
