import type { IngestReport } from '../data/ingest/report.ts';
import type { ValidationReport } from '../data/validate.ts';
import type { SplitReport } from '../features/parts.ts';
import { heading, type Page } from './report.ts';
import type { RunReport } from './run-report.ts';
import { bytesText, clean, countText, cut, nameWidth, padEnd, shareText, table, wrap } from './style.ts';

/** Sources with their violations, validations rule by rule, feature views. */
export function dataSections(page: Page, report: RunReport): string[][] {
  const names = [...report.sources.map(({ source }) => source), ...report.views.map(({ view }) => view)];
  const left = nameWidth(names);
  const sources = report.sources.flatMap(source => sourceLines(page, source, left));
  const views = report.views.flatMap(view => {
    const missing = Object.entries(view.missing).filter(([, share]) => share > 0);
    const text = missing.map(([name, share]) => `${clean(name)} ${shareText(share)}`).join(', ');
    const count = Object.keys(view.missing).length;
    return [
      `  ${padEnd(cut(view.view, left), left)} ${countText(view.rows)} rows × ${count} columns`,
      ...(text
        ? wrap(`missing: ${text}`, page.width - left - 4).map(
            line => `  ${' '.repeat(left)} ${page.style.dim(line)}`,
          )
        : []),
    ];
  });
  return [
    sources.length > 0 ? [heading(page, 'Sources'), ...sources] : [],
    ...report.validations.map(validation => [
      heading(page, 'Validation', validation.validation),
      ...ruleLines(page, validation),
    ]),
    views.length > 0 ? [heading(page, 'Features'), ...views] : [],
  ];
}

/** How many rows there are, and what became of those that violate the schema. */
export function keptText({ rows, schema, action }: IngestReport): string {
  const { read, kept, violating } = rows;
  if (violating === 0) return `${countText(kept)} ${kept === 1 ? 'row' : 'rows'}, all as ${schema} says`;
  const done = action.action === 'drop' ? 'dropped' : 'quarantined';
  return `${countText(kept)} of ${countText(read)} rows kept, ${countText(violating)} ${done} (${shareText(violating / read)})`;
}

function sourceLines({ style, width }: Page, source: IngestReport, left: number): string[] {
  const indent = ' '.repeat(left);
  const rows = keptText(source);
  const where = cut(`${source.snapshot.uri} · ${bytesText(source.snapshot.bytes)}`, width - left - 3);
  const violations = table(
    source.violations
      .slice(0, 8)
      .map(violation => [
        `${clean(violation.column)} ${clean(violation.expectation.replace(/^are /, ''))}`,
        `${countText(violation.rows)} ${violation.rows === 1 ? 'row' : 'rows'}`,
        style.dim(exampleText(violation)),
      ]),
    [{ align: 'left' }, { align: 'right' }, { align: 'left' }],
  );
  return [
    `  ${padEnd(cut(source.source, left), left)} ${rows}`,
    `  ${indent} ${style.dim(where)}`,
    ...(source.notes ?? []).map(note => `  ${indent} ${style.dim(note)}`),
    ...violations.map(line => `  ${indent} ${style.yellow('!')} ${line}`),
    ...(source.violations.length > 8 ? [`  ${indent}   and ${source.violations.length - 8} rules more`] : []),
  ];
}

function exampleText({ first }: IngestReport['violations'][number]): string {
  const example = first[0];
  if (!example) return '';
  const value = example.value === null ? 'missing' : cut(clean(example.value), 20);
  return `row ${countText(example.row)}: ${value}`;
}

function ruleLines({ style, width }: Page, validation: ValidationReport): string[] {
  const room = Math.min(50, Math.floor(width / 2));
  return validation.rules.flatMap(rule => {
    const mark = rule.passed
      ? style.green('✓')
      : rule.severity === 'require'
        ? style.red('✗')
        : style.yellow('!');
    const each = rule.groups ? ` for each ${rule.groups.by.join(', ')}` : '';
    const left = wrap(clean(`${rule.severity} ${rule.text}${each}`), room);
    const right = wrap(clean(measuredText(rule, validation.previous)), width - room - 6);
    return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
      const text = padEnd(cut(left[i] ?? '', room), room);
      return `  ${i === 0 ? mark : ' '} ${text}  ${right[i] ?? ''}`.trimEnd();
    });
  });
}

type Rule = ValidationReport['rules'][number];

/** `mean(delay) = 41.2, wants 0..30`; of a rule for each group how many hold. */
export function measuredText(rule: Rule, previous: boolean): string {
  if (rule.groups && rule.passed)
    return `${rule.groups.judged} hold${rule.groups.skipped > 0 ? `, ${rule.groups.skipped} too small to judge` : ''}`;
  if (!rule.passed && rule.reason) return rule.reason;
  const [only, ...more] = rule.actual;
  if (only && more.length === 0)
    return only.value === null && !previous ? 'nothing yet to compare with' : valueText(only.value);
  return rule.actual.map(({ text, value }) => `${text} = ${valueText(value)}`).join(', ');
}

function valueText(value: Rule['actual'][number]['value']): string {
  if (value === null) return 'no value';
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? countText(value) : String(Number(value.toPrecision(5)));
}

export function splitBasis({ by, column }: SplitReport): string {
  if (by === 'time') return `by time${column ? ` (${column})` : ''}`;
  return by === 'group' ? `by group (${column})` : 'by hash of the row';
}

/** The rows that came into no part, by reason. */
export function splitLeftOut({ rows: { where, unlabelled } }: SplitReport): string[] {
  return [
    ...(where > 0 ? [`${countText(where)} rows outside \`where\``] : []),
    ...(unlabelled > 0 ? [`${countText(unlabelled)} rows without a label`] : []),
  ];
}

/** Rows by part, with their span of time and what was taken out. */
export function splitLines({ style }: Page, split: SplitReport): string[] {
  const rows = Object.entries(split.parts).map(([part, report]) => [
    part,
    `${countText(report.rows)} rows`,
    report.from && report.to ? `${report.from.slice(0, 10)} … ${report.to.slice(0, 10)}` : '',
    [
      ...(report.sampledFrom === undefined ? [] : [`sampled from ${countText(report.sampledFrom)}`]),
      ...(report.purged === 0 ? [] : [`${countText(report.purged)} purged`]),
    ].join(', '),
  ]);
  const lines = table(rows, [{ align: 'left' }, { align: 'right' }, { align: 'left' }, { align: 'left' }]);
  const purged = Object.values(split.parts).some(part => part.purged > 0);
  const out = splitLeftOut(split);
  return [
    `  split ${splitBasis(split)}`,
    ...lines.map(line => `    ${line}`),
    ...(purged ? [style.dim('    purged: the label became known only after the part had ended')] : []),
    ...(out.length ? [style.dim(`    left out: ${out.join(', ')}`)] : []),
  ];
}
