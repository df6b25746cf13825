import { html, type Markup } from '../../data/infer/html/markup.ts';
import type { Evaluation, MetricsDocument, SliceTable } from '../../engine/documents.ts';
import { clean, countText, cut, scoreText } from '../style.ts';

const shownGroups = 30;

/** How a group of a slice is called. */
export const groupName = (values: readonly (string | null)[]): string =>
  values.map(value => clean(value ?? '(missing)')).join(' & ');

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
  if (groups.length === 0) return null;
  const scale = scaleOf(values);
  const line =
    typeof overall === 'number'
      ? html`<span class="all" style="left:${scale.place(overall)}%" title="all test rows ${scoreText(overall)}"></span>`
      : null;
  const rows = groups.map(
    (group, i) =>
      html`<span class="group">${cut(groupName(group.values), 40)}</span><div class="plot">${line}${points[i]!.map(point => dot(point, scale.place(point.value)))}</div><span class="value">${scoreText(group.evaluation.model[main.key])}</span><span class="rows">${countText(group.evaluation.rows)} ${rowsWord(group.evaluation.rows)}</span>
`,
  );
  const ticks = scale.ticks.map(
    ({ value, text }) => html`<span class="tick" style="left:${scale.place(value)}%">${text}</span>`,
  );
  const rest = slice.groups.length + slice.omitted.groups - groups.length;
  return html`<h3>${main.key} by ${slice.by.join(', ')}</h3>
<div class="panel chart"><div class="slices">${rows}<span class="none"></span><div class="ticks">${ticks}</div><span class="none"></span><span class="none"></span></div>${rest > 0 ? html`<p class="note">${countText(rest)} smaller ${rest === 1 ? 'group is' : 'groups are'} not drawn, nor any where the metric is undefined.</p>` : null}</div>`;
}

export const rowsWord = (count: number): string => (count === 1 ? 'row' : 'rows');

type Side = 'model' | 'baseline' | 'champion';
interface Point {
  readonly side: Side;
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

function dot({ side, value }: Point, place: number): Markup {
  return html`<span class="dot ${side}" style="left:${place}%" title="${side} ${scoreText(value)}"></span>`;
}

interface Scale {
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** Per cent of the axis. */
  place(value: number): number;
}

/** From a round number below the least value to one above the greatest, with about four between. */
export function scaleOf(values: readonly number[]): Scale {
  const least = Math.min(...values);
  const span = Math.max(...values) - least || Math.abs(least) / 2 || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = power * [1, 2, 5, 10].find(factor => (span / 4) * (1 - 1e-9) <= factor * power)!;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.max(...values) / step - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { value, text: value.toFixed(digits) };
  });
  const place = (value: number) => Math.round((value / step - first) * (10_000 / (last - first))) / 100;
  return { ticks, place };
}

function largestFirst(groups: SliceTable['groups']): SliceTable['groups'] {
  return [...groups].sort((a, b) => b.evaluation.rows - a.evaluation.rows);
}

/** What the marks mean. */
export function legend(metrics: MetricsDocument): Markup {
  const sides: Side[] = [
    'model',
    ...(metrics.baseline ? (['baseline'] as const) : []),
    ...(metrics.champion.state === 'scored' ? (['champion'] as const) : []),
  ];
  return html`<p class="legend">${sides.map(side => html`<span><i class="dot ${side}"></i>${side}</span>`)}<span><i class="all"></i>the model on all test rows</span></p>`;
}
