import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import type {
  Condition,
  DriftExpr,
  Expr,
  Plan,
  SchemaColumn,
  Validation,
  Value,
} from '../../compiler/plan/plan.ts';
import { expressionSql } from '../../compiler/sql/expression.ts';
import { groupsColumn, ruleColumn, tableAggregates } from '../../compiler/sql/validation.ts';
import type { StepContext, StepRunner } from '../engine/contract.ts';
import { relationOf } from '../features/relations.ts';
import { type Judged, judge, measuresOf } from './conditions.ts';
import { countText } from './describe.ts';
import { driftOf } from './drift.ts';
import { type Database, type Row, withDatabase } from './duckdb.ts';
import { expressionText, valueText } from './expression-text.ts';
import { fault } from './faults.ts';
import { type Profile, type Profiled, profiledColumns, profileKind, profileTable } from './profile.ts';
import { type Computed, rowFault } from './row-faults.ts';
import { identifier, literal } from './sql.ts';
import { tableFile } from './write.ts';

/** `report.json` of a validation. */
export interface ValidationReport {
  readonly version: 'validation/1';
  readonly validation: string;
  readonly on: string;
  readonly rows: number;
  /** Whether there was a last accepted snapshot to hold the table against. */
  readonly previous: boolean;
  readonly rules: readonly RuleReport[];
}

export interface RuleReport {
  readonly text: string;
  readonly severity: Condition['severity'];
  readonly passed: boolean;
  /** What was measured; of a rule for each group, in the first group that breaks it. */
  readonly actual: Judged['actual'];
  readonly required: string | null;
  /** Why it did not pass. */
  readonly reason: string | null;
  /** Of a rule for each group: how many were judged and how many had too few rows, and those that break it. */
  readonly groups: {
    readonly by: readonly string[];
    readonly judged: number;
    readonly skipped: number;
    readonly failed: readonly {
      readonly values: readonly (string | null)[];
      readonly rows: number;
      readonly actual: Judged['actual'];
    }[];
  } | null;
  readonly at: number;
}

/** Computes all aggregates of a validation with the program's one scan, profiles the table, and judges the rules. */
export const validate: StepRunner = async context => {
  const name = context.step.of;
  const validation = context.plan.validations[name]!;
  const folders = { report: context.output('report'), profile: context.output('profile') };
  const rows = context.input('rows');
  if (rows === undefined) throw new Error(`step ${context.step.id} has no input rows`);
  context.progress({ message: `validating ${validation.on}` });
  return withDatabase(
    {
      threads: context.params.threads,
      memory: context.params.memory,
      scratch: join(folders.report, '.scratch'),
      folders: [rows],
      signal: context.signal,
      functions: context.program.functions,
    },
    async database => {
      const relation = identifier(relationOf(context.plan, validation.on));
      const scan = `read_parquet(${literal(join(rows, tableFile))})`;
      await database.execute(`CREATE TEMP VIEW ${relation} AS SELECT * FROM ${scan}`);
      const drifts = validation.rules.flatMap(rule => measuresOf(rule.condition).filter(isDrift));
      const columns = profiled(context.plan, validation, drifts);
      const measured = await measure(database, context);
      const profile = await profileTable(database, relation, validation.on, columns, measured);
      const previous = await readPrevious(context);
      const rules = await judgeRules(database, validation, groupsOf(validation, measured), profile, previous);
      const report: ValidationReport = {
        version: 'validation/1',
        validation: name,
        on: validation.on,
        rows: profile.rows,
        previous: previous !== null,
        rules,
      };
      await writeFile(join(folders.report, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
      await writeFile(join(folders.profile, 'profile.json'), `${JSON.stringify(profile)}\n`);
      return resultOf(name, report);
    },
  );
};

const isDrift = (expr: Expr): expr is DriftExpr => expr.op === 'drift';

/** The table's columns, and the expressions whose drift the rules watch. */
function profiled(plan: Plan, validation: Validation, drifts: readonly DriftExpr[]): readonly Profiled[] {
  const columns = profiledColumns(columnsOf(plan, validation.on));
  const computed = drifts
    .filter(({ value }) => value.op !== 'column' && value.op !== 'feature')
    .map(drift => ({ key: driftKey(drift), sql: rowSql(drift.value), kind: profileKind(drift.value.type) }));
  return [...new Map([...columns, ...computed].map(column => [column.key, column])).values()];
}

/** A view's columns are its features. */
function columnsOf(plan: Plan, table: string): readonly Pick<SchemaColumn, 'name' | 'type' | 'tags'>[] {
  const view = plan.views[table];
  if (view !== undefined) return view.features;
  const schema = plan.schemas[plan.sources[table]?.schema ?? plan.components[table]?.schema ?? ''];
  if (schema === undefined) throw new Error(`the plan has no schema of ${table}`);
  return schema.columns;
}

function driftKey({ value }: DriftExpr): string {
  if (value.op === 'column') return value.column;
  return value.op === 'feature' ? value.name : expressionText(value);
}

function rowSql(expr: Expr): string {
  return expressionSql(expr, {
    column: ref => identifier(ref.column),
    feature: ref => identifier(ref.name),
  });
}

async function readPrevious(context: StepContext): Promise<Profile | null> {
  const folder = context.step.inputs.some(({ name }) => name === 'previous')
    ? context.input('previous')
    : undefined;
  if (folder === undefined) return null;
  try {
    const profile = JSON.parse(await readFile(join(folder, 'profile.json'), 'utf8')) as Profile;
    if (profile.version === 'profile/1') return profile;
  } catch (cause) {
    throw fault(dataMessages.damagedProfile, { validation: context.step.of }, { cause });
  }
  throw fault(dataMessages.damagedProfile, { validation: context.step.of });
}

interface Group {
  readonly rule: number;
  readonly values: readonly (string | null)[];
  readonly rows: number;
  /** Of the rule's aggregates, in the order in which it reads them. */
  readonly aggregates: readonly Value[];
}

async function judgeRules(
  database: Database,
  validation: Validation,
  groups: readonly Group[],
  profile: Profile,
  previous: Profile | null,
): Promise<RuleReport[]> {
  const large = groups.filter(({ rule, rows }) => rows >= (validation.rules[rule]!.forEach?.minimum ?? 0));
  const judged = await judge(
    database,
    large.map(({ rule, aggregates }) => ({
      condition: validation.rules[rule]!,
      values: allValues(validation.rules[rule]!, aggregates, profile, previous),
    })),
  );
  return validation.rules.map((rule, i) => {
    const own = large.flatMap((group, g) => (group.rule === i ? [{ group, judged: judged[g]! }] : []));
    return reportOf(rule, own, groups.filter(group => group.rule === i).length - own.length);
  });
}

/** What a rule's aggregates compute for each row. */
function ofRule(rule: Validation['rules'][number]): Computed[] {
  const args = tableAggregates(rule.condition).flatMap(aggregate => aggregate.args.slice(0, 1));
  const what = `\`${rule.severity} ${rule.text}\``;
  return args.map(arg => ({ what, sql: rowSql(arg), at: rule.at, personal: true }));
}

/** Runs the validation's SQL: one scan, one row. */
async function measure(database: Database, context: StepContext): Promise<Row> {
  const program = context.program.validations[context.step.of];
  if (program === undefined) throw new Error(`the program has no SQL for validation ${context.step.of}`);
  const validation = context.plan.validations[context.step.of]!;
  const [row] = await database.rows(program.sql).catch(async error => {
    const relation = identifier(relationOf(context.plan, validation.on));
    throw await rowFault(database, error, {
      rows: `SELECT *, row_number() OVER () AS __row FROM ${relation}`,
      computed: validation.rules.flatMap(ofRule),
      source: validation.on,
      whole: { what: `validation ${context.step.of}`, sql: '', at: validation.at, personal: true },
    });
  });
  return row!;
}

/** The row of a validation's SQL, taken apart by rule and group. A rule without `for each` has the table as its group. */
function groupsOf(validation: Validation, row: Row): readonly Group[] {
  return validation.rules.flatMap((rule, i): Group[] => {
    if (rule.forEach === null) {
      const aggregates = tableAggregates(rule.condition).map((_, j) => row[ruleColumn(i, j)] as Value);
      return [{ rule: i, values: [], rows: Number(row['rows']), aggregates }];
    }
    const groups = JSON.parse(String(row[groupsColumn(i)])) as readonly GroupRow[];
    const types = tableAggregates(rule.condition).map(({ type }) => type);
    return groups.map(({ by, rows, values }) => ({
      rule: i,
      values: by,
      rows: Number(rows),
      aggregates: values.map((value, j) =>
        value === null || !numeric.has(types[j]!.kind) ? value : Number(value),
      ),
    }));
  });
}

/** A group as the SQL gives it: values as text. */
interface GroupRow {
  readonly by: readonly (string | null)[];
  readonly rows: number;
  readonly values: readonly (string | null)[];
}
const numeric: ReadonlySet<string> = new Set(['int', 'float', 'duration', 'size', 'rate']);

function allValues(
  rule: Condition,
  aggregates: readonly Value[],
  profile: Profile,
  previous: Profile | null,
): readonly Value[] {
  const left = [...aggregates];
  return measuresOf(rule.condition).map(expr => {
    if (!isDrift(expr)) return left.shift() ?? null;
    const reference = previous?.columns[driftKey(expr)];
    const today = profile.columns[driftKey(expr)];
    if (reference === undefined || today === undefined) return null;
    const { bins, kind } = expr.args;
    return driftOf(expr.measure, reference, today, {
      ...(typeof bins === 'number' ? { bins } : {}),
      ...(kind === 'width' || kind === 'quantile' ? { kind } : {}),
    });
  });
}

const shownGroups = 20;

function reportOf(
  rule: Condition,
  judged: readonly { readonly group: Group; readonly judged: Judged }[],
  skipped: number,
): RuleReport {
  const failed = judged.filter(({ judged: { holds } }) => !holds);
  const telling = failed[0] ?? judged[0];
  const { actual, required } = telling?.judged ?? { actual: [], required: null };
  return {
    text: rule.text,
    severity: rule.severity,
    passed: failed.length === 0,
    actual,
    required,
    reason: failed.length === 0 ? null : reasonOf(rule, failed),
    groups:
      rule.forEach === null
        ? null
        : {
            by: rule.forEach.by,
            judged: judged.length,
            skipped,
            failed: failed.slice(0, shownGroups).map(({ group, judged: { actual: measured } }) => ({
              values: group.values,
              rows: group.rows,
              actual: measured,
            })),
          },
    at: rule.at,
  };
}

/** "mean(delay) = 41.2, required in 0..30", with the group in which it is so. */
function reasonOf(
  rule: Condition,
  failed: readonly { readonly group: Group; readonly judged: Judged }[],
): string {
  const { group, judged } = failed[0]!;
  const measured = judged.actual.map(
    ({ text, value }) => `${text} = ${value === null ? 'no value' : valueText(value)}`,
  );
  const required = judged.required === null ? `required: ${rule.text}` : `required ${judged.required}`;
  const where =
    rule.forEach === null
      ? ''
      : ` where ${rule.forEach.by.map((by, i) => `${by} is ${group.values[i] ?? 'missing'}`).join(' and ')} (${countText(group.rows)} rows)`;
  const more = failed.length > 1 ? `, and in ${countText(failed.length - 1)} more` : '';
  return `${measured.join(', ')}, ${required}${where}${more}`;
}

function resultOf(name: string, report: ValidationReport): Awaited<ReturnType<StepRunner>> {
  const refusals = report.rules.filter(rule => rule.severity === 'require' && !rule.passed);
  const warnings = report.rules.filter(rule => rule.severity !== 'require' && !rule.passed);
  const notes = [
    ...refusals.map(({ text, reason }) => `require ${text}: ${reason}`),
    ...warnings.map(({ text, reason }) => `warn ${text}: ${reason}`),
    `${report.rules.length - refusals.length - warnings.length} of ${report.rules.length} rules hold on ${countText(report.rows)} rows`,
  ];
  const metrics = {
    rows: report.rows,
    rules: report.rules.length,
    refused: refusals.length,
    warned: warnings.length,
  };
  if (refusals.length === 0) return { status: 'succeeded', metrics, notes, snapshots: {} };
  const lines = refusals.map(({ text, reason }) => `${text}: ${reason}`);
  const { code, message } = fault(dataMessages.validationRefused, { validation: name, lines });
  return { status: 'refused', metrics, notes, snapshots: {}, error: { code, message, at: refusals[0]!.at } };
}
