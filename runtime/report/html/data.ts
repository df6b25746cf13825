import { html, type Markup } from '../../data/infer/html/markup.ts';
import type { IngestReport } from '../../data/ingest/report.ts';
import type { ValidationReport } from '../../data/validate.ts';
import type { FeaturesReport } from '../../features/features.ts';
import { keptText, measuredText } from '../data-section.ts';
import type { RunReport } from '../run-report.ts';
import { bytesText, clean, countText, shareText } from '../style.ts';
import { rowsWord } from './slice-chart.ts';

/** Sources with their violations, validations rule by rule, feature views with what is missing. */
export function dataPart(report: RunReport): Markup | null {
  if (report.sources.length + report.validations.length + report.views.length === 0) return null;
  return html`<h2>Data</h2>${report.sources.map(source)}${report.validations.map(validation)}${report.views.map(view)}`;
}

function source(report: IngestReport): Markup {
  const { snapshot, violations } = report;
  const rows = violations.map(
    ({
      column,
      expectation,
      rows,
      share,
      first,
    }) => html`<tr><td class="state warn">!</td><td class="some">${clean(column)} ${clean(expectation.replace(/^are /, ''))}</td><td class="number">${countText(rows)} ${rowsWord(rows)}</td><td class="number">${shareText(share)}</td><td class="dim some">${first
      .slice(0, 3)
      .map(({ row, value }) => `row ${countText(row)}: ${clean(value ?? 'missing')}`)
      .join(', ')}</td></tr>
`,
  );
  return html`<h3>Source ${report.source} <span class="about">${snapshot.uri} · ${bytesText(snapshot.bytes)} · ${snapshot.hash.slice(0, 19)}</span></h3>
<div class="panel"><table><tbody><tr><td class="state ${violations.length > 0 ? 'warn' : 'good'}">${violations.length > 0 ? '' : '✓'}</td><td colspan="4">${keptText(report)}</td></tr>
${rows}</tbody></table></div>`;
}

function validation({ validation, on, rules, previous }: ValidationReport): Markup {
  const rows = rules.map(rule => {
    const kind = rule.passed ? 'good' : rule.severity === 'require' ? 'bad' : 'warn';
    const each = rule.groups ? ` for each ${rule.groups.by.join(', ')}` : '';
    return html`<tr><td class="state ${kind}">${rule.passed ? '✓ holds' : kind === 'warn' ? '! warns' : '✗ does not hold'}</td><td class="wide"><code>${rule.severity} ${clean(rule.text)}${each}</code></td><td class="told">${clean(measuredText(rule, previous))}</td></tr>
`;
  });
  return html`<h3>Validation ${validation} <span class="about">on ${on}</span></h3><div class="panel"><table class="rules"><tbody>${rows}</tbody></table></div>`;
}

function view({ view, rows, missing }: FeaturesReport): Markup {
  const columns = Object.entries(missing);
  const some = columns.filter(([, share]) => share > 0);
  const bars = some.map(
    ([name, share]) =>
      html`<span class="name" title="${clean(name)}">${clean(name)}</span><div class="track"><div class="fill rest" style="width:${(100 * share).toFixed(2)}%"></div></div><span class="count">${shareText(share)}</span>
`,
  );
  return html`<h3>Features ${view} <span class="about">${countText(rows)} ${rowsWord(rows)} of ${columns.length} columns</span></h3>
<div class="panel chart">${some.length > 0 ? html`<p class="dim">Rows without a value:</p><div class="values">${bars}</div>` : html`<p class="dim" style="margin:0">Every row has every value.</p>`}</div>`;
}
