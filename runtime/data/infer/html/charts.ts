import { countText, shareText } from '../../describe.ts';
import type { NumberProfile } from '../../profile.ts';
import { histogramOf, quantileOf } from '../quantiles.ts';
import { numberText, timeText } from '../spec.ts';
import { html, type Markup } from './markup.ts';

const width = 460;

/** A value on a column's axis, as text. */
export function axisText(profile: NumberProfile, value: number): string {
  return profile.kind === 'time' ? timeText(value) : numberText(value);
}

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly bins: number;
  /** Rows outside of the axis. */
  readonly below: number;
  readonly above: number;
}

/** The axis of a histogram: all values, or their middle 99.5% where a few far ones would squeeze the rest. */
function axisOf(profile: NumberProfile): Axis {
  const { min, max, distinct, kind } = profile;
  const [low, high] = [quantileOf(profile, 0.0025), quantileOf(profile, 0.9975)];
  const squeezed = kind === 'number' && high > low && max - min > 3 * (high - low);
  const [from, to] = squeezed ? [low, high] : [min, max];
  const whole = profile.points.every(Number.isInteger) && to - from < 60 && kind === 'number';
  const total = profile.counts.reduce((sum, count) => sum + count, 0);
  const outside = (test: (point: number) => boolean): number =>
    squeezed ? profile.points.reduce((sum, point, i) => sum + (test(point) ? profile.counts[i]! : 0), 0) : 0;
  const shared = { below: outside(point => point < from), above: outside(point => point > to) };
  if (whole) return { from: from - 0.5, to: to + 0.5, bins: to - from + 1, ...shared };
  const bins = Math.max(1, Math.min(48, distinct, Math.ceil(Math.sqrt(total))));
  return { from, to: to > from ? to : from + 1, bins, ...shared };
}

function inside(profile: NumberProfile, axis: Axis): NumberProfile {
  if (axis.below + axis.above === 0) return profile;
  const kept = profile.points.map((point, i) => [point, profile.counts[i]!] as const);
  const shown = kept.filter(([point]) => point >= axis.from && point <= axis.to);
  return {
    ...profile,
    min: Math.max(profile.min, axis.from),
    points: shown.map(([point]) => point),
    counts: shown.map(([, count]) => count),
    distinct: profile.distinct <= profile.points.length ? shown.length : profile.distinct,
  };
}

/** A histogram with the median, the quartiles below it, and what lies beyond the axis said in words. */
export function histogram(profile: NumberProfile): Markup {
  const axis = axisOf(profile);
  const counts = histogramOf(inside(profile, axis), axis.from, axis.to, axis.bins);
  const [top, height] = [4, 110];
  const most = Math.max(...counts);
  const total = profile.counts.reduce((sum, count) => sum + count, 0);
  const step = width / axis.bins;
  const x = (value: number): number => round(((value - axis.from) / (axis.to - axis.from)) * width);
  const bars = counts.map((count, i) => {
    const tall = count === 0 ? 0 : Math.max(1, (count / most) * height);
    const [from, to] = [
      axis.from + (i * (axis.to - axis.from)) / axis.bins,
      axis.from + ((i + 1) * (axis.to - axis.from)) / axis.bins,
    ];
    const label = `${axisText(profile, from)} to ${axisText(profile, to)}: ${countText(count)} rows (${shareText(count / total)})`;
    const gap = Math.min(1, step / 6);
    return html`<rect class="bar ${profile.kind}-bar" x="${round(i * step + gap / 2)}" y="${round(top + height - tall)}" width="${round(Math.max(0.5, step - gap))}" height="${round(tall)}" rx="1"><title>${label}</title></rect>`;
  });
  const foot = top + height;
  const ends = axis.bins === axis.to - axis.from ? [axis.from + 0.5, axis.to - 0.5] : [axis.from, axis.to];
  return html`<svg viewBox="0 0 ${width} ${foot + 42}" role="img" aria-label="Histogram">
${bars}<line class="axis" x1="0" x2="${width}" y1="${foot + 0.5}" y2="${foot + 0.5}"/>
${boxPlot(profile, foot + 12, x)}
<text x="0" y="${foot + 37}">${axisText(profile, ends[0]!)}</text>
<text x="${width}" y="${foot + 37}" text-anchor="end">${axisText(profile, ends[1]!)}</text>
${beyond(axis, foot + 37)}</svg>`;
}

function beyond({ below, above }: Axis, y: number): Markup | null {
  const parts = [
    ...(below > 0 ? [`${countText(below)} below`] : []),
    ...(above > 0 ? [`${countText(above)} above`] : []),
  ];
  if (parts.length === 0) return null;
  return html`<text x="${width / 2}" y="${y}" text-anchor="middle">beyond the axis: ${parts.join(', ')}</text>`;
}

/** From 5% to 95%, the middle half as a box, the median as a line through the chart. */
function boxPlot(profile: NumberProfile, y: number, x: (value: number) => number): Markup {
  const at = (share: number): number => Math.min(width, Math.max(0, x(quantileOf(profile, share))));
  const [low, first, median, third, high] = [0.05, 0.25, 0.5, 0.75, 0.95].map(at);
  const label = ['5%', '25%', '50%', '75%', '95%']
    .map((name, i) => `${name} ${axisText(profile, quantileOf(profile, [0.05, 0.25, 0.5, 0.75, 0.95][i]!))}`)
    .join(', ');
  return html`<g><title>${label}</title><line class="whisker" x1="${low!}" x2="${high!}" y1="${y}" y2="${y}"/>
<rect class="box" x="${first!}" y="${y - 5}" width="${Math.max(1, round(third! - first!))}" height="10" rx="2"/>
<line class="median" x1="${median!}" x2="${median!}" y1="4" y2="${y + 6}"/></g>`;
}

/** The shape of a column in a table cell. */
export function sparkline(counts: readonly number[], kind: 'number' | 'time' | 'text'): Markup {
  const [wide, high] = [120, 26];
  const most = Math.max(...counts, 1);
  const step = wide / Math.max(1, counts.length);
  const bars = counts.map((count, i) => {
    const tall = count === 0 ? 0 : Math.max(1, (count / most) * high);
    return html`<rect class="${kind}-bar" x="${round(i * step)}" y="${round(high - tall)}" width="${round(Math.max(0.6, Math.min(step - 0.6, 14)))}" height="${round(tall)}"/>`;
  });
  return html`<svg viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" aria-hidden="true">${bars}</svg>`;
}

export function numberSparkline(profile: NumberProfile): Markup {
  const axis = axisOf(profile);
  const bins = Math.min(axis.bins, 30);
  const kind = profile.kind === 'time' ? 'time' : 'number';
  return sparkline(histogramOf(inside(profile, axis), axis.from, axis.to, bins), kind);
}

/** Correlations as a lower triangle: colour for the sign, strength for the size, the number in each cell. */
export function correlationMatrix(
  names: readonly string[],
  r: (a: string, b: string) => number | null,
): Markup {
  const [cell, left, top] = [44, 150, 6];
  const size = names.length;
  const cells = names.flatMap((row, i) =>
    names.slice(0, i).map((column, j) => {
      const value = r(column, row);
      const shown = value === null ? '–' : value.toFixed(2);
      const colour = (value ?? 0) < 0 ? 'var(--minus)' : 'var(--plus)';
      return html`<g><title>${row} and ${column}: ${shown}</title><rect x="${left + j * cell}" y="${top + (i - 1) * cell}" width="${cell - 2}" height="${cell - 2}" rx="4" fill="${colour}" fill-opacity="${round(0.06 + 0.74 * Math.abs(value ?? 0))}"/><text x="${left + j * cell + cell / 2 - 1}" y="${top + (i - 1) * cell + cell / 2 + 3}" text-anchor="middle" style="fill:var(--ink)">${shown}</text></g>`;
    }),
  );
  const rows = names
    .slice(1)
    .map(
      (name, i) =>
        html`<text x="${left - 10}" y="${top + i * cell + cell / 2 + 3}" text-anchor="end">${clip(name, 22)}</text>`,
    );
  const foot = top + (size - 1) * cell + 12;
  const columns = names
    .slice(0, -1)
    .map(
      (name, j) =>
        html`<text transform="translate(${left + j * cell + cell / 2} ${foot}) rotate(35)">${clip(name, 22)}</text>`,
    );
  const wide = left + size * cell + 90;
  return html`<svg viewBox="0 0 ${wide} ${foot + 90}" width="${wide}" role="img" aria-label="Correlations">${cells}${rows}${columns}</svg>`;
}

export function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
