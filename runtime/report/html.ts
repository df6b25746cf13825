import { html, type Markup } from '../data/infer/html/markup.ts';
import type { MetricsDocument, RuleSlice, RuleVerdict, VerdictDocument } from '../engine/documents.ts';
import type { StepOutcome } from '../engine/events.ts';
import { style } from './html-style.ts';
import type { ModelReport, RunReport } from './run-report.ts';
import { legend, sliceChart, stylesheet } from './slice-chart.ts';
import { bytesText, clean, countText, durationText, scoreText, shareText } from './style.ts';

/** The report of a run as one self-contained page: no script, no request, light and dark. */
export function renderHtml(report: RunReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.goal} · ${report.run}</title>
${stylesheet(style)}
</head>
<body>
<main>
<h1>${report.goal}</h1>
<p class="dim">run ${report.run} · ${report.environment} · ${new Date(report.started).toISOString().slice(0, 16).replace('T', ' ')} UTC · ${report.ended === null ? 'running' : durationText(report.ended - report.started)} · ${statusText(report)}</p>
${report.registered.map(({ model, version }) => html`<p><b>${model} version ${version.version}</b>${version.aliases.length ? ` is ${version.aliases.join(' and ')}` : ''}</p>`)}
${report.models.map(modelPart)}
${dataPart(report)}
${stepsPart(report)}
<footer>Written by mlp. Metrics are of the test rows.</footer>
</main>
</body>
</html>
`;
  return page.text;
}

function statusText({ status }: RunReport): Markup {
  const kind = status === 'succeeded' ? 'good' : status === 'failed' || status === 'refused' ? 'bad' : 'warn';
  return html`<span class="${kind}">${status}</span>`;
}

function modelPart({ model, metrics, verdict, split }: ModelReport): Markup | null {
  if (!metrics && !verdict) return null;
  const span = split
    ? Object.entries(split.parts).map(
        ([
          part,
          { rows, from, to },
        ]) => html`<tr><td>${part}</td><td class="n">${countText(rows)} rows</td><td class="dim">${from && to ? `${from.slice(0, 10)} to ${to.slice(0, 10)}` : ''}</td></tr>
`,
      )
    : [];
  return html`<h2>Model ${model}</h2>
${metrics ? metricsTable(metrics) : null}
${verdict ? gateTable(verdict) : null}
${metrics && metrics.slices.length > 0 ? html`<h3>Slices</h3>${legend(metrics)}${metrics.slices.map(slice => sliceChart(metrics, slice))}` : null}
${metrics && metrics.importance.length > 0 ? importancePart(metrics) : null}
${span.length > 0 ? html`<h3>Split</h3><div class="panel"><table>${span}</table></div>` : null}`;
}

function metricsTable(metrics: MetricsDocument): Markup {
  const champion = metrics.champion.state === 'scored';
  const head = [
    'model',
    ...(metrics.baseline ? [`baseline (${metrics.baseline})`] : []),
    ...(champion ? ['champion'] : []),
  ];
  const rows = metrics.metrics.map(({ key, direction }) => {
    const { model, baseline, champion: beside } = metrics.overall;
    return html`<tr><td>${key}</td><td class="n main">${scoreText(model[key])}</td>${metrics.baseline ? html`<td class="n">${scoreText(baseline?.[key])}</td>` : null}${champion ? html`<td class="n">${scoreText(beside?.champion[key])}</td>` : null}<td class="dim">${direction ? `${direction} is better` : ''}</td></tr>
`;
  });
  const note =
    metrics.champion.state === 'unscorable'
      ? html`<p class="warn">The champion cannot be scored: ${clean(metrics.champion.reason)}</p>`
      : metrics.champion.state === 'scored' && metrics.champion.excluded > 0
        ? html`<p class="dim">The champion is measured on the ${countText(metrics.champion.rows)} test rows that it was not trained on.</p>`
        : null;
  return html`<div class="panel"><table><tr><th>${countText(metrics.overall.rows)} test rows</th>${head.map(name => html`<th class="n">${name}</th>`)}<th></th></tr>
${rows}</table>${note}</div>`;
}

const words = { passed: 'holds', failed: 'does not hold', warned: 'warns', skipped: 'too few rows' } as const;
const kinds = { passed: 'good', failed: 'bad', warned: 'warn', skipped: 'dim' } as const;

function gateTable(verdict: VerdictDocument): Markup {
  const waiting = verdict.approvals.map(
    who => html`<p class="warn">The approval of ${who} is still needed before it becomes champion.</p>`,
  );
  return html`<h3>Gate: <span class="${verdict.passed ? 'good' : 'bad'}">${verdict.passed ? 'passed' : 'refused'}</span></h3>
<div class="panel"><table>${verdict.rules.map(ruleRow)}</table>${waiting}</div>`;
}

function ruleRow(rule: RuleVerdict): Markup {
  const each = rule.slices ? ` for each ${rule.slices.by.join(', ')}` : '';
  const actual = rule.slices ? html`${groupsText(rule.slices.groups)}` : html`${actualText(rule.actual)}`;
  return html`<tr><td class="${kinds[rule.state]}">${words[rule.state]}</td><td><code>${rule.severity} ${rule.text}${each}</code>${rule.reason ? html`<p class="warn">${clean(rule.reason)}</p>` : null}</td><td>${actual}</td><td class="dim">${rule.required ?? ''}</td></tr>
`;
}

const actualText = (actual: RuleVerdict['actual']) =>
  actual.map(({ name, value }) => `${name} ${scoreText(value)}`).join(', ');

/** The groups that decide; how many more there are of each kind. */
function groupsText(groups: readonly RuleSlice[]): string {
  const bad = groups.filter(({ state }) => state === 'failed' || state === 'warned');
  const named = bad
    .slice(0, 5)
    .map(
      group =>
        `${group.values.map(value => clean(value ?? '(missing)')).join(' & ')} ${actualText(group.actual)}`,
    );
  const count = (state: RuleSlice['state']) => groups.filter(group => group.state === state).length;
  const rest = [
    ...(bad.length > 5 ? [`${bad.length - 5} more do not hold`] : []),
    ...(count('passed') > 0 ? [`${count('passed')} hold`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} with too few rows`] : []),
  ];
  return [...named, ...rest].join('; ');
}

function importancePart({ importance }: MetricsDocument): Markup {
  const top = importance.filter(({ share }) => share > 0).slice(0, 15);
  const most = top[0]?.share ?? 1;
  const bars = top.map(({ name, share }, i) => {
    const y = i * 20;
    return html`<text x="140" y="${y + 13}" text-anchor="end">${clean(name)}</text><rect x="150" y="${y + 3}" width="${Math.round((360 * share) / most)}" height="12" rx="2" fill="var(--model)"/><text class="dim" x="${158 + Math.round((360 * share) / most)}" y="${y + 13}">${shareText(share)}</text>
`;
  });
  return html`<h3>What the model uses</h3><div class="panel"><svg width="620" height="${top.length * 20 + 4}" viewBox="0 0 620 ${top.length * 20 + 4}" role="img" aria-label="Share of each feature in what the model learnt">${bars}</svg></div>`;
}

function dataPart(report: RunReport): Markup | null {
  if (report.sources.length + report.validations.length === 0) return null;
  const sources = report.sources.map(
    ({
      source,
      snapshot,
      rows,
      violations,
    }) => html`<h3>${source} <span class="dim">${snapshot.uri} · ${bytesText(snapshot.bytes)} · ${snapshot.hash.slice(0, 19)}</span></h3>
<div class="panel"><p>${countText(rows.kept)} of ${countText(rows.read)} rows kept</p>${
      violations.length > 0
        ? html`<table>${violations.map(
            violation => html`<tr><td>${violation.column}</td><td>${violation.expectation}</td><td class="n">${countText(violation.rows)} rows</td><td class="n">${shareText(violation.share)}</td><td class="dim">${violation.first
              .slice(0, 3)
              .map(({ row, value }) => `row ${countText(row)}: ${clean(value ?? 'missing')}`)
              .join(', ')}</td></tr>
`,
          )}</table>`
        : null
    }</div>`,
  );
  const validations = report.validations.map(
    ({ validation, rules }) =>
      html`<h3>${validation}</h3><div class="panel"><table>${rules.map(
        rule => html`<tr><td class="${rule.passed ? 'good' : rule.severity === 'require' ? 'bad' : 'warn'}">${rule.passed ? 'holds' : 'does not hold'}</td><td><code>${rule.severity} ${rule.text}</code>${rule.reason ? html`<p class="warn">${clean(rule.reason)}</p>` : null}</td><td>${rule.actual.map(({ text, value }) => `${text} = ${value === null ? 'no value' : typeof value === 'number' ? Number(value.toPrecision(6)) : String(value)}`).join(', ')}</td></tr>
`,
      )}</table></div>`,
  );
  return html`<h2>Data</h2>${sources}${validations}`;
}

function stepsPart(report: RunReport): Markup {
  const rows = report.steps.map(
    step => html`<tr><td class="${stepKind(step)}">${step.cached && step.status === 'cached' ? 'cached' : step.status}</td><td>${step.step}</td><td class="n">${step.took > 0 ? durationText(step.took) : ''}</td><td>${clean(step.result?.error?.message ?? step.result?.notes[0] ?? '')}</td></tr>
`,
  );
  const beyond = report.notRun.map(({ kind, of }) => `${kind} ${of}`).join(', ');
  return html`<h2>Steps</h2><div class="panel"><table>${rows}</table>${beyond ? html`<p class="dim">Not run, because it lies beyond the goal: ${beyond}</p>` : null}</div>`;
}

function stepKind({ status }: StepOutcome): string {
  if (status === 'failed' || status === 'refused') return 'bad';
  return status === 'succeeded' ? 'good' : 'dim';
}
