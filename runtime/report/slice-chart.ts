import { html, Markup } from '../data/infer/html/markup.ts';
import type { Evaluation, MetricsDocument, SliceTable } from '../engine/documents.ts';
import { clean, countText, cut, scoreText } from './style.ts';

const rowHeight = 22;
const labelWidth = 150;
const plotWidth = 520;
const shownGroups = 30;

/**
 * A metric by slice: a dot for the model, the baseline and the champion in each group, a line for the model on all rows.
 * The axis spans what is shown, not from zero: what is compared are places, not lengths.
 */
export function sliceChart(metrics: MetricsDocument, slice: SliceTable): Markup | null {
  const main = metrics.metrics.find(metric => metric.listed) ?? metrics.metrics[0];
  if (!main) return null;
  const measured = slice.groups.filter(group => typeof group.evaluation.model[main.key] === 'number');
  const shown = largestFirst(measured).slice(0, shownGroups);
  const groups = measured.filter(group => shown.includes(group));
  const points = groups.map(group => pointsOf(group.evaluation, main.key));
  const overall = metrics.overall.model[main.key];
  const values = [
    ...points.flat().map(point => point.value),
    ...(typeof overall === 'number' ? [overall] : []),
  ];
  if (values.length === 0) return null;
  const scale = scaleOf(values);
  const height = groups.length * rowHeight + 30;
  const line = typeof overall === 'number' ? overallLine(scale.x(overall), groups.length, overall) : null;
  const rows = groups.map((group, i) => {
    const y = i * rowHeight + 14;
    const name = cut(group.values.map(value => clean(value ?? '(missing)')).join(' & '), 22);
    return html`<g><text x="${labelWidth - 10}" y="${y + 4}" text-anchor="end">${name}</text>
<line x1="${labelWidth}" x2="${labelWidth + plotWidth}" y1="${y}" y2="${y}" stroke="var(--line)"/>
${points[i]!.map(point => dot(point, scale.x(point.value), y))}
<text class="dim" x="${labelWidth + plotWidth + 12}" y="${y + 4}">${countText(group.evaluation.rows)} rows</text></g>
`;
  });
  const rest = slice.groups.length + slice.omitted.groups - groups.length;
  return html`<h3>${main.key} by ${slice.by.join(', ')}</h3>
<div class="panel"><svg width="${labelWidth + plotWidth + 110}" height="${height}" viewBox="0 0 ${labelWidth + plotWidth + 110} ${height}" role="img" aria-label="${main.key} by ${slice.by.join(', ')}">
${rows}${line}
<text class="dim" x="${labelWidth}" y="${height - 4}">${scoreText(scale.low)}</text>
<text class="dim" x="${labelWidth + plotWidth}" y="${height - 4}" text-anchor="end">${scoreText(scale.high)}</text>
</svg>${rest > 0 ? html`<p class="dim">${countText(rest)} smaller or undefined ones are not drawn</p>` : null}</div>`;
}

interface Point {
  readonly side: 'model' | 'baseline' | 'champion';
  readonly value: number;
}

/** The model last, so that it is drawn above the others. */
function pointsOf(evaluation: Evaluation, key: string): Point[] {
  const sides = [
    ['baseline', evaluation.baseline?.[key]],
    ['champion', evaluation.champion?.champion[key]],
    ['model', evaluation.model[key]],
  ] as const;
  return sides.flatMap(([side, value]) => (typeof value === 'number' ? [{ side, value }] : []));
}

function dot({ side, value }: Point, x: number, y: number): Markup {
  return html`<circle cx="${x}" cy="${y}" r="${side === 'model' ? 5.5 : 4.5}" fill="var(--${side})"><title>${side} ${scoreText(value)}</title></circle>`;
}

function overallLine(x: number, groups: number, value: number): Markup {
  const bottom = groups * rowHeight + 4;
  return html`<line x1="${x}" x2="${x}" y1="2" y2="${bottom}" stroke="var(--model)" stroke-dasharray="3 4"><title>all rows ${scoreText(value)}</title></line>`;
}

function scaleOf(values: readonly number[]): { low: number; high: number; x(value: number): number } {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const margin = (most - least) * 0.06 || Math.abs(most) * 0.05 || 0.05;
  const low = least - margin;
  const high = most + margin;
  return {
    low,
    high,
    x: value => Math.round(10 * (labelWidth + ((value - low) / (high - low)) * plotWidth)) / 10,
  };
}

function largestFirst(groups: SliceTable['groups']): SliceTable['groups'] {
  return [...groups].sort((a, b) => b.evaluation.rows - a.evaluation.rows);
}

/** What the colours of the dots mean. */
export function legend(metrics: MetricsDocument): Markup {
  const sides = [
    'model',
    ...(metrics.baseline ? ['baseline'] : []),
    ...(metrics.champion.state === 'scored' ? ['champion'] : []),
  ];
  return html`<p class="dim">${sides.map(side => html`<span class="key" style="background: var(--${side})"></span>${side}`)}<span class="key"></span>dashed: the model on all test rows</p>`;
}

export const stylesheet = (css: string): Markup => new Markup(`<style>${css}</style>`);
