import type { Evaluation, MetricsDocument, ParametersDocument, SliceTable } from '../engine/documents.ts';
import { splitLines } from './data-section.ts';
import { heading, type Page } from './report.ts';
import type { ModelReport } from './run-report.ts';
import {
  type Column,
  clean,
  countText,
  cut,
  type Style,
  scoreText,
  shareText,
  table,
  wrap,
} from './style.ts';

/** Rows of a slice that are shown; the rest is counted. */
const shownGroups = 10;

/** The split, what was learnt, and the metrics of model, baseline and champion, overall and by slice. */
export function modelSection(page: Page, report: ModelReport, brief: boolean): string[] {
  const lines = [heading(page, 'Model', report.model)];
  if (brief) return report.metrics ? [...lines, ...overallLines(page, report.metrics)] : [];
  if (report.split) lines.push(...splitLines(page, report.split));
  if (report.parameters) lines.push('', ...tuneLines(page, report.parameters));
  if (report.training.length > 0)
    lines.push(
      '',
      ...report.training.flatMap(note => wrap(clean(note), page.width - 4).map(line => `  ${line}`)),
    );
  if (report.metrics) lines.push('', ...metricLines(page, report.metrics));
  return lines.length > 1 ? lines : [];
}

function tuneLines({ style }: Page, parameters: ParametersDocument): string[] {
  const names = Object.keys(parameters.best);
  const best = parameters.trials.findIndex(trial => trial.score === parameters.score);
  const rows = [
    ['trial', ...names, parameters.metric].map(style.dim),
    ...parameters.trials.map((trial, i) => {
      const cells = [
        String(i + 1),
        ...names.map(name => parameterText(trial.params[name])),
        scoreText(trial.score),
      ];
      return i === best ? [...cells.map(style.bold), style.green('← best')] : cells;
    }),
  ];
  const columns: Column[] = [...names, '', ''].map(() => ({ align: 'right' }));
  return [
    `  tuned on the validation part, to ${parameters.direction} ${parameters.metric}`,
    ...table(rows, [...columns, { align: 'left' }]).map(line => `    ${line}`),
  ];
}

export const parameterText = (value: unknown) =>
  typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);

/** The sides that are compared, each with how it is called and where its numbers are. */
interface Side {
  readonly name: string;
  scores(evaluation: Evaluation, key: string): number | null | undefined;
}

function sidesOf(metrics: MetricsDocument): Side[] {
  const sides: Side[] = [{ name: 'model', scores: (evaluation, key) => evaluation.model[key] }];
  if (metrics.baseline !== null)
    sides.push({ name: 'baseline', scores: (evaluation, key) => evaluation.baseline?.[key] });
  if (metrics.champion.state === 'scored')
    sides.push({ name: 'champion', scores: (evaluation, key) => evaluation.champion?.champion[key] });
  return sides;
}

function metricLines(page: Page, metrics: MetricsDocument): string[] {
  return [
    ...overallLines(page, metrics),
    ...metrics.slices.flatMap(slice => ['', ...sliceLines(page, metrics, slice)]),
    ...importanceLines(page, metrics),
  ];
}

function overallLines(page: Page, metrics: MetricsDocument): string[] {
  const { style } = page;
  const sides = sidesOf(metrics);
  const rows = [
    ['', ...sides.map(side => style.bold(side.name)), ''],
    ...metrics.metrics.map(({ key, direction }) => [
      key,
      ...sides.map((side, i) => {
        const text = scoreText(side.scores(metrics.overall, key));
        return i === 0 ? style.bold(text) : text;
      }),
      direction ? style.dim(`${direction} is better`) : '',
    ]),
  ];
  const names = [metrics.trainer, ...(metrics.baseline ? [`baseline ${metrics.baseline}`] : [])].join(', ');
  const columns: Column[] = [
    { align: 'left' },
    ...sides.map((): Column => ({ align: 'right' })),
    { align: 'left' },
  ];
  return [
    `  ${countText(metrics.overall.rows)} test rows ${style.dim(`· ${names}`)}`,
    ...table(rows, columns).map(line => `    ${line}`),
    ...championNote(page, metrics).map(line => `  ${line}`),
  ];
}

function championNote({ style, width }: Page, { champion }: MetricsDocument): string[] {
  if (champion.state === 'unscorable')
    return wrap(`the champion cannot be scored: ${clean(champion.reason)}`, width - 4).map(style.yellow);
  if (champion.state === 'none' || champion.excluded === 0) return [];
  return [style.dim(`champion: on the ${countText(champion.rows)} test rows that it was not trained on`)];
}

function sliceLines(page: Page, metrics: MetricsDocument, slice: SliceTable): string[] {
  const { style } = page;
  const sides = sidesOf(metrics);
  const listed = metrics.metrics.filter(metric => metric.listed);
  const chosen = (listed.length > 0 ? listed : metrics.metrics).slice(0, 3);
  const [main] = chosen;
  if (!main) return [];
  const shown = largest(slice, shownGroups);
  // The first metric side by side; of the others the model alone.
  const columns = [
    ...sides.map(side => ({
      title: side.name === 'model' ? main.key : `(${side.name})`,
      side,
      key: main.key,
    })),
    ...chosen.slice(1).map(({ key }) => ({ title: key, side: sides[0]!, key })),
  ];
  const head = [
    `  by ${slice.by.join(', ')}`,
    'rows',
    ...columns.map(({ title }) => title),
    `${main.key} against all`,
  ];
  const rows = shown.map(group => {
    const name = cut(group.values.map(value => clean(value ?? '(missing)')).join(' & '), 24);
    const skipped = group.evaluation.rows < slice.minimum;
    const cells = columns.map(({ side, key }) =>
      skipped ? '' : scoreText(side.scores(group.evaluation, key)),
    );
    const note = skipped
      ? style.dim(`under ${countText(slice.minimum)} rows`)
      : differenceText(
          style,
          group.evaluation.model[main.key],
          metrics.overall.model[main.key],
          main.direction,
        );
    return [`    ${name}`, countText(group.evaluation.rows), ...cells, note];
  });
  const aligned = ['rows', ...columns].map((): Column => ({ align: 'right' }));
  const lines = table(
    [head.map(text => style.dim(text)), ...rows],
    [{ align: 'left' }, ...aligned, { align: 'left' }],
  );
  const rest = slice.groups.length + slice.omitted.groups - shown.length;
  return rest > 0 ? [...lines, style.dim(`    and ${countText(rest)} smaller ones`)] : lines;
}

/** The groups with the most rows, in the order that the slice has. */
function largest(slice: SliceTable, count: number) {
  if (slice.groups.length <= count) return slice.groups;
  const sizes = slice.groups.map(group => group.evaluation.rows).sort((a, b) => b - a);
  const least = sizes[count - 1]!;
  return slice.groups.filter(group => group.evaluation.rows >= least).slice(0, count);
}

type Score = number | null | undefined;

/** `▼ -0.0417`, red where it is worse than on all rows. */
function differenceText(
  style: Style,
  value: Score,
  overall: Score,
  direction: 'higher' | 'lower' | null,
): string {
  if (typeof value !== 'number' || typeof overall !== 'number') return '';
  const difference = value - overall;
  if (Math.abs(difference) < 0.00005) return style.dim('=');
  const text = `${difference > 0 ? '▲ +' : '▼ -'}${scoreText(Math.abs(difference))}`;
  if (direction === null) return text;
  return difference > 0 === (direction === 'higher') ? style.green(text) : style.red(text);
}

function importanceLines({ style, width }: Page, { importance }: MetricsDocument): string[] {
  const top = importance.filter(({ share }) => share >= 0.005).slice(0, 8);
  if (top.length === 0) return [];
  const text = top
    .map(({ name, share }) => `${clean(name)} ${shareText(Math.round(share * 1000) / 1000)}`)
    .join(', ');
  return ['', ...wrap(`what the model uses: ${text}`, width - 4).map(line => `  ${style.dim(line)}`)];
}
