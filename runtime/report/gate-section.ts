import type { RuleSlice, RuleValue, RuleVerdict } from '../engine/documents.ts';
import { heading, type Page } from './report.ts';
import { approvalsDue, type ModelReport, type RunReport } from './run-report.ts';
import { clean, countText, cut, padEnd, type Style, wrap } from './style.ts';

/** The verdict, rule by rule, with the numbers that decided. */
export function gateSection(page: Page, report: RunReport, of: ModelReport): string[] {
  const { model, verdict } = of;
  if (!verdict) return [];
  const { style } = page;
  const word = verdict.passed ? style.green('passed') : style.red('refused');
  const room = Math.min(50, Math.floor(page.width / 2));
  const lines = verdict.rules.flatMap(rule => ruleLines(page, report, rule, room));
  const approvals = approvalsDue(report, of).map(
    who =>
      `  ${style.yellow('?')} approval of ${who} ${style.dim('still needed before it becomes champion')}`,
  );
  return [
    heading(page, 'Gate', `${model}: ${verdict.passed ? 'passed' : 'refused'}`).replace(
      verdict.passed ? 'passed' : 'refused',
      word,
    ),
    ...lines,
    ...approvals,
  ];
}

function markOf(style: Style, state: RuleSlice['state']): string {
  return {
    passed: style.green('✓'),
    failed: style.red('✗'),
    warned: style.yellow('!'),
    skipped: style.dim('·'),
  }[state];
}

function ruleLines(page: Page, report: RunReport, rule: RuleVerdict, room: number): string[] {
  const { style, width } = page;
  const each = rule.slices ? ` for each ${rule.slices.by.join(', ')}` : '';
  const text = `${rule.severity} ${rule.text}${rule.text.includes('for each') ? '' : each}`.replace(
    /\s+/g,
    ' ',
  );
  const left = wrap(text, room);
  const right = wrap(rule.slices ? sliceSummary(rule) : numbersText(rule), width - room - 6);
  const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const mark = i === 0 ? markOf(style, rule.state) : ' ';
    return `  ${mark} ${padEnd(cut(left[i] ?? '', room), room)}  ${right[i] ?? ''}`.trimEnd();
  });
  if (rule.state === 'passed') return lines;
  for (const group of (rule.slices?.groups ?? [])
    .filter(({ state }) => state === 'failed' || state === 'warned')
    .slice(0, 5)) {
    const name = group.values.map(value => clean(value ?? '(missing)')).join(' & ');
    lines.push(
      `      ${markOf(style, group.state)} ${name} (${countText(group.rows)} rows): ${group.actual.map(valueText).join(', ')}`,
    );
  }
  if (rule.reason)
    lines.push(...wrap(clean(rule.reason), width - 8).map(line => `      ${style.yellow(line)}`));
  const position = report.positions?.[rule.at];
  if (position && rule.state === 'failed')
    lines.push(`      ${style.dim(`${position.file}:${position.line}:${position.column}`)}`);
  return lines;
}

/** `auc 0.6634, baseline.auc 0.6421`; what that asks for where it is not one of these numbers: `(wants >= 0.6614)`. */
export function numbersText(rule: RuleVerdict): string {
  const actual = rule.actual.map(valueText).join(', ');
  const wanted = Number(rule.required?.match(/-?[\d.e]+$/)?.[0]);
  const shown = rule.actual.some(({ value }) => value !== null && Number(value.toFixed(4)) === wanted);
  return rule.required && rule.actual.length > 1 && !shown ? `${actual} (wants ${rule.required})` : actual;
}

export function valueText({ name, value }: RuleValue): string {
  if (value !== null) return `${name} ${Number.isInteger(value) ? value : value.toFixed(4)}`;
  return name.startsWith('champion.') ? 'no champion yet' : `${name} undefined`;
}

/** `7 hold, lowest 0.6512 (monday); 2 under 500 rows`. */
export function sliceSummary({ slices, required }: RuleVerdict): string {
  const groups = slices!.groups;
  const of = (state: RuleSlice['state']) => groups.filter(group => group.state === state);
  const failing = [...of('failed'), ...of('warned')];
  const skipped = of('skipped');
  const parts = [
    ...(failing.length > 0 ? [`${failing.length} ${failing.length === 1 ? 'does' : 'do'} not`] : []),
    ...(of('passed').length > 0
      ? [
          `${of('passed').length} ${of('passed').length === 1 ? 'holds' : 'hold'}${extremeText(of('passed'), required)}`,
        ]
      : []),
    ...(skipped.length > 0 ? [`${skipped.length} under ${countText(slices!.minimum)} rows`] : []),
  ];
  return parts.join(', ');
}

/** The group that comes closest to failing. */
function extremeText(groups: readonly RuleSlice[], required: string | null): string {
  const values = groups.flatMap(group =>
    typeof group.actual[0]?.value === 'number' ? [{ group, value: group.actual[0].value }] : [],
  );
  if (values.length === 0 || !required || !/^[<>]/.test(required)) return '';
  const lowest = required.startsWith('>');
  const worst = values.reduce((a, b) => ((lowest ? b.value < a.value : b.value > a.value) ? b : a));
  const name = worst.group.values.map(value => clean(value ?? '(missing)')).join(' & ');
  return `, ${lowest ? 'lowest' : 'highest'} ${worst.value.toFixed(4)} (${cut(name, 14)})`;
}
