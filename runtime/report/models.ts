import type { ModelVersion, Promotion } from '../store/records.ts';
import { heading, type Page, type RenderOptions } from './report.ts';
import { bytesText, type Column, countText, scoreText, styleOf, table, timeText, wrap } from './style.ts';

/** All models with their versions, latest first; as JSON they are the records themselves. */
export function renderModels(versions: readonly ModelVersion[], options: RenderOptions = {}): string {
  const style = styleOf(options.color ?? false);
  if (versions.length === 0) return 'There are no models yet: a run whose gate passes registers the first.';
  const rows = versions.map(version => [
    style.bold(version.model),
    String(version.version),
    version.aliases.map(alias => (alias === 'champion' ? style.green(alias) : alias)).join(', '),
    metricsText(version.metrics),
    timeText(version.made),
    version.who,
  ]);
  const head = ['model', 'version', 'alias', 'metrics', 'made', 'by'].map(text => style.dim(text));
  return table(
    [head, ...rows],
    head.map((_, i): Column => ({ align: i === 1 ? 'right' : 'left' })),
  ).join('\n');
}

const metricsText = (metrics: ModelVersion['metrics']) =>
  Object.entries(metrics)
    .slice(0, 2)
    .map(([name, value]) => `${name} ${scoreText(value)}`)
    .join(', ');

/** One model: its versions, where the champion comes from, and every move of an alias. */
export function renderModel(
  versions: readonly ModelVersion[],
  promotions: readonly Promotion[],
  options: RenderOptions = {},
): string {
  const page: Page = { style: styleOf(options.color ?? false), width: Math.min(100, options.width ?? 100) };
  const shown = versions.find(({ aliases }) => aliases.includes('champion')) ?? versions[0];
  if (!shown) return renderModels([], options);
  return [
    [
      heading(page, 'Versions', shown.model),
      ...renderModels(versions, options)
        .split('\n')
        .map(line => `  ${line}`),
    ],
    versionLines(page, shown),
    [
      heading(page, 'Promotions', '(latest first)'),
      ...promotions.flatMap(promotion => promotionLines(page, promotion)),
    ],
  ]
    .map(lines => lines.join('\n'))
    .join('\n\n');
}

function versionLines(page: Page, version: ModelVersion): string[] {
  const { style, width } = page;
  const { lineage } = version;
  const rows = [
    [
      'metrics',
      Object.entries(version.metrics)
        .map(([name, value]) => `${name} ${scoreText(value)}`)
        .join(', '),
    ],
    [
      'rows',
      Object.entries(lineage.parts)
        .map(([part, rows]) => `${part} ${countText(rows)}`)
        .join(', '),
    ],
    ...Object.entries(lineage.snapshots).map(([source, { uri, bytes, hash }]) => [
      `source ${source}`,
      `${uri}, ${bytesText(bytes)}, ${hash.slice(0, 19)}`,
    ]),
    ['spec', `${lineage.files.join(', ')}, plan ${lineage.plan.slice(0, 12)}`],
    [
      'judged against',
      lineage.parent === null ? 'nothing: there was no champion' : `version ${lineage.parent}`,
    ],
    ['run', version.run],
    ['artifact', version.artifact.slice(0, 12)],
  ];
  return [
    heading(page, 'Version', String(version.version)),
    ...rows.flatMap(([name = '', text = '']) => {
      const [first = '', ...more] = wrap(text, width - 20);
      return [`  ${style.dim(name.padEnd(16))} ${first}`, ...more.map(line => `  ${' '.repeat(16)} ${line}`)];
    }),
  ];
}

function promotionLines({ style }: Page, promotion: Promotion): string[] {
  const { alias, from, to, at, who, why, fromMetrics, toMetrics } = promotion;
  const moved = from === null ? `version ${to}` : `version ${from} → ${to}`;
  const name = Object.keys(toMetrics).find(key => fromMetrics === null || key in fromMetrics);
  const scores =
    name === undefined
      ? ''
      : `${name} ${fromMetrics ? `${scoreText(fromMetrics[name])} → ` : ''}${scoreText(toMetrics[name])}`;
  return [
    `  ${timeText(at)}  ${alias.padEnd(9)}  ${moved}${scores ? `  ${style.dim(scores)}` : ''}`,
    `  ${' '.repeat(16)}  ${style.dim(`${why} · by ${who}`)}`,
  ];
}
