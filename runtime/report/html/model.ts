import { html, type Markup } from '../../data/infer/html/markup.ts';
import type {
  Evaluation,
  MetricsDocument,
  ParametersDocument,
  RuleSlice,
  RuleVerdict,
  SliceTable,
  VerdictDocument,
} from '../../engine/documents.ts';
import type { SplitReport } from '../../features/parts.ts';
import { splitBasis, splitLeftOut } from '../data-section.ts';
import { numbersText, sliceSummary, valueText } from '../gate-section.ts';
import { parameterText } from '../model-section.ts';
import { approvalsDue, type ModelReport, type RunReport } from '../run-report.ts';
import { clean, countText, scoreText, shareText } from '../style.ts';
import { groupName, legend, rowsWord, sliceChart } from './slice-chart.ts';

/** A model's metrics, its gate, its slices, and how it came about. */
export function modelPart(report: RunReport, model: ModelReport): Markup | null {
  const { metrics, verdict, split, parameters } = model;
  if (!metrics && !verdict && !split) return null;
  return html`<h2>Model ${model.model}</h2>
${metrics ? metricsTable(metrics) : null}
${verdict ? gate(report, model, verdict) : null}
${metrics && metrics.slices.length > 0 ? html`<h3>Slices</h3>${legend(metrics)}${metrics.slices.map(slice => html`${sliceChart(metrics, slice)}${sliceDetails(metrics, slice)}`)}` : null}
${metrics && metrics.importance.length > 0 ? importance(metrics) : null}
${split ? splitPart(split) : null}
${parameters ? trials(parameters) : null}
${model.training.length > 0 ? html`<p class="note">${model.training.map(clean).join('; ')}</p>` : null}`;
}

/** The sides that are compared, each with where its numbers are. */
interface Side {
  readonly name: string;
  score(evaluation: Evaluation, key: string): number | null | undefined;
}

function sidesOf(metrics: MetricsDocument): readonly Side[] {
  return [
    { name: 'model', score: (evaluation, key) => evaluation.model[key] },
    ...(metrics.baseline === null
      ? []
      : [{ name: 'baseline', score: (one: Evaluation, key: string) => one.baseline?.[key] }]),
    ...(metrics.champion.state === 'scored'
      ? [{ name: 'champion', score: (one: Evaluation, key: string) => one.champion?.champion[key] }]
      : []),
  ];
}

function metricsTable(metrics: MetricsDocument): Markup {
  const sides = sidesOf(metrics);
  const heads: Readonly<Record<string, string>> = {
    model: metrics.trainer,
    baseline: metrics.baseline ?? '',
    champion: 'the version before',
  };
  const rows = metrics.metrics.map(
    ({
      key,
      direction,
    }) => html`<tr><td class="name">${key}</td>${sides.map((side, i) => html`<td class="number${i === 0 ? ' main' : ''}">${scoreText(side.score(metrics.overall, key))}</td>`)}<td class="dim">${direction ? `${direction} is better` : ''}</td></tr>
`,
  );
  const { champion } = metrics;
  const note =
    champion.state === 'unscorable'
      ? html`<p class="after warn">The champion cannot be scored: ${clean(champion.reason)}</p>`
      : champion.state === 'scored' && champion.excluded > 0
        ? html`<p class="after dim">The champion is measured on the ${countText(champion.rows)} test rows that it was not trained on.</p>`
        : null;
  const head = sides.map(({ name }) => html`<th class="number" title="${heads[name] ?? ''}">${name}</th>`);
  return html`<div class="panel"><table><thead><tr><th>${countText(metrics.overall.rows)} test rows</th>${head}<th></th></tr></thead><tbody>${rows}</tbody></table>${note}</div>`;
}

const kinds = { passed: 'good', failed: 'bad', warned: 'warn', skipped: 'dim' } as const;
const marks = { passed: '✓ holds', failed: '✗ does not hold', warned: '! warns' } as const;

function gate(report: RunReport, of: ModelReport, verdict: VerdictDocument): Markup {
  const waiting = approvalsDue(report, of).map(
    who => html`<p class="after warn">The approval of ${who} is still needed before it becomes champion.</p>`,
  );
  return html`<h3>Gate <span class="badge ${verdict.passed ? 'good' : 'bad'}">${verdict.passed ? 'passed' : 'refused'}</span></h3>
<div class="panel"><table class="rules"><tbody>${verdict.rules.map(rule => ruleRow(report, rule))}</tbody></table>${waiting}</div>`;
}

function ruleRow(report: RunReport, rule: RuleVerdict): Markup {
  const each = rule.slices && !rule.text.includes('for each') ? ` for each ${rule.slices.by.join(', ')}` : '';
  const position = rule.state === 'passed' ? undefined : report.positions?.[rule.at];
  const bad = (rule.slices?.groups ?? []).filter(({ state }) => state === 'failed' || state === 'warned');
  return html`<tr><td class="state ${kinds[rule.state]}">${marks[rule.state]}</td><td class="wide"><code>${rule.severity} ${rule.text.replace(/\s+/g, ' ')}${each}</code>${rule.reason ? html`<p class="warn">${clean(rule.reason)}</p>` : null}${position ? html`<p class="dim">${position.file}:${position.line}:${position.column}</p>` : null}</td><td class="told">${rule.slices ? sliceSummary(rule) : numbersText(rule)}${bad.slice(0, 5).map(group => html`<p class="${kinds[group.state]}">${groupText(group)}</p>`)}${bad.length > 5 ? html`<p>and ${bad.length - 5} more</p>` : null}</td></tr>
`;
}

const groupText = ({ values, rows, actual }: RuleSlice): string =>
  `${groupName(values)} (${countText(rows)} ${rowsWord(rows)}): ${actual.map(valueText).join(', ')}`;

const shownGroups = 100;

/** Every metric of every group, for who wants to read on. */
function sliceDetails(metrics: MetricsDocument, slice: SliceTable): Markup {
  const keys = metrics.metrics.map(({ key }) => key);
  const shown = slice.groups.slice(0, shownGroups);
  const rest = slice.groups.length - shown.length + slice.omitted.groups;
  const rows = shown.map(
    ({
      values,
      evaluation,
    }) => html`<tr><td>${groupName(values)}</td><td class="number">${countText(evaluation.rows)}</td>${keys.map(key => html`<td class="number">${scoreText(evaluation.model[key])}</td>`)}</tr>
`,
  );
  return html`<details><summary>All metrics by ${slice.by.join(', ')}</summary><div class="panel"><table><thead><tr><th>${slice.by.join(', ')}</th><th class="number">rows</th>${keys.map(key => html`<th class="number">${key}</th>`)}</tr></thead><tbody>${rows}</tbody></table>${rest > 0 ? html`<p class="after dim">${countText(rest)} more ${rest === 1 ? 'group is' : 'groups are'} not listed</p>` : null}</div></details>`;
}

function importance(metrics: MetricsDocument): Markup {
  const top = metrics.importance.filter(({ share }) => share > 0).slice(0, 15);
  const most = top[0]?.share ?? 1;
  const bars = top.map(
    ({ name, share }) =>
      html`<span class="name" title="${clean(name)}">${clean(name)}</span><div class="track"><div class="fill" style="width:${((100 * share) / most).toFixed(2)}%"></div></div><span class="count">${shareText(share)}</span>
`,
  );
  return html`<h3>What the model uses</h3><div class="panel chart"><div class="values uses">${bars}</div></div>`;
}

function splitPart(split: SplitReport): Markup {
  const parts = Object.entries(split.parts);
  const total = parts.reduce((sum, [, { rows }]) => sum + rows, 0) || 1;
  const bar = parts.map(
    ([part, { rows }]) =>
      html`<div class="bar-part ${part}" style="flex:${Math.max(1, Math.round((1000 * rows) / total))}" title="${part}: ${shareText(rows / total)}"></div>`,
  );
  const rows = parts.map(
    ([
      part,
      { rows, purged, sampledFrom, from, to },
    ]) => html`<tr><td class="name">${part}</td><td class="number">${countText(rows)} ${rowsWord(rows)}</td><td class="dim">${from && to ? `${from.slice(0, 10)} to ${to.slice(0, 10)}` : ''}</td><td class="dim">${[...(sampledFrom === undefined ? [] : [`sampled from ${countText(sampledFrom)}`]), ...(purged > 0 ? [`${countText(purged)} purged`] : [])].join(', ')}</td></tr>
`,
  );
  const notes = [
    ...(parts.some(([, { purged }]) => purged > 0)
      ? ['Purged: the label became known only after the part had ended.']
      : []),
    ...splitLeftOut(split).map(text => `Left out: ${text}.`),
  ];
  return html`<h3>Split <span class="about">${splitBasis(split)}</span></h3><div class="parts" aria-hidden="true">${bar}</div><div class="panel"><table><tbody>${rows}</tbody></table>${notes.length > 0 ? html`<p class="after dim">${notes.join(' ')}</p>` : null}</div>`;
}

function trials(parameters: ParametersDocument): Markup {
  const names = Object.keys(parameters.best);
  const best = parameters.trials.findIndex(trial => trial.score === parameters.score);
  const rows = parameters.trials.map(
    (trial, i) =>
      html`<tr><td class="number${i === best ? ' main' : ''}">${i + 1}</td>${names.map(name => html`<td class="number${i === best ? ' main' : ''}">${parameterText(trial.params[name])}</td>`)}<td class="number${i === best ? ' main' : ''}">${scoreText(trial.score)}</td><td class="good">${i === best ? 'best' : ''}</td></tr>
`,
  );
  return html`<h3>Tuning <span class="about">to ${parameters.direction} ${parameters.metric} on the validation part</span></h3><div class="panel"><table><thead><tr><th class="number">trial</th>${names.map(name => html`<th class="number">${name}</th>`)}<th class="number">${parameters.metric}</th><th></th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
