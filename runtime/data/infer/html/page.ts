import { countText, shareText } from '../../describe.ts';
import type { CategoryProfile, NumberProfile } from '../../profile.ts';
import type { DataProfile } from '../infer.ts';
import { quantileOf } from '../quantiles.ts';
import { type InferredColumn, typeSpec } from '../spec.ts';
import { axisText, clip, correlationMatrix, histogram, numberSparkline, sparkline } from './charts.ts';
import { type Finding, findingsOf } from './findings.ts';
import { html, Markup } from './markup.ts';
import { style } from './style.ts';

/** One self-contained page that shows what is in the data: no script, no request, light and dark. */
export function profileHtml(profile: DataProfile): string {
  const findings = findingsOf(profile);
  const name = profile.path.replace(/^.*[/:]/, '');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p class="path">${profile.path}</p>
${tiles(profile)}
${findings.length === 0 ? null : html`<h2>Worth a look</h2><div class="panel"><ul class="findings">${findings.map(({ text }) => html`<li>${text}</li>`)}</ul></div>`}
<h2>Columns</h2>
${overview(profile)}
<h2>Each column</h2>
<div class="cards">
${profile.columns.map((column, i) => card(column, i, profile.rows, findings))}
</div>
${correlations(profile)}
<footer>Written by mlp infer. Quantiles and histograms are exact to a thousandth of the rows.</footer>
</main>
</body>
</html>
`;
  return page.text;
}

function tiles(profile: DataProfile): Markup {
  const cells = profile.rows * profile.columns.length;
  const missing = profile.columns.reduce((sum, column) => sum + column.profile.missing, 0);
  const facts: readonly (readonly [string, string])[] = [
    [countText(profile.rows), 'rows'],
    [countText(profile.columns.length), 'columns'],
    [sizeText(profile.bytes), 'on disk'],
    [cells === 0 ? '–' : shareText(missing / cells), 'of values missing'],
    [countText(profile.repeated), 'repeated rows'],
  ];
  return html`<div class="tiles">${facts.map(([value, label]) => html`<div class="tile"><b>${value}</b><span>${label}</span></div>`)}</div>`;
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] =
    bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

function overview(profile: DataProfile): Markup {
  const rows = profile.columns.map((column, i) => {
    const { missing } = column.profile;
    return html`<tr><td><a href="#c${i}">${clip(column.name, 40)}</a></td><td><span class="type">${clip(typeSpec(column.type), 44)}</span></td>
<td class="number">${distinctText(column)}</td><td class="number">${missing === 0 ? '–' : shareText(missing / profile.rows)}</td><td>${shape(column)}</td></tr>`;
  });
  return html`<div class="panel"><table><thead><tr><th>Name</th><th>Type</th><th class="number">Distinct</th><th class="number">Missing</th><th>Shape</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function distinctText({ profile }: InferredColumn): string {
  return profile.kind === 'bare' ? '–' : countText(profile.distinct);
}

function shape({ profile }: InferredColumn): Markup | null {
  if (profile.kind === 'bare' || profile.distinct === 0) return null;
  if (profile.kind !== 'category') return numberSparkline(profile);
  return sparkline(
    profile.values.slice(0, 24).map(([, count]) => count),
    'text',
  );
}

function card(column: InferredColumn, i: number, rows: number, findings: readonly Finding[]): Markup {
  const { profile } = column;
  const flags = findings.filter(finding => finding.column === column.name);
  const tags = [
    ...(column.personal ? [html`<span class="tag">personal data: not shown</span>`] : []),
    ...(column.unique ? [html`<span class="tag">every value distinct</span>`] : []),
    ...flags.map(({ short, text }) => html`<span class="tag flag" title="${text}">${short}</span>`),
  ];
  const body =
    profile.kind === 'bare' || profile.distinct === 0
      ? null
      : profile.kind === 'category'
        ? categories(profile)
        : numbers(profile);
  return html`<section class="card" id="c${i}">
<div class="head"><h3>${column.name}</h3><span class="type">${typeSpec(column.type)}</span></div>
${tags.length === 0 ? null : html`<div class="tags">${tags}</div>`}${body}${gap(profile.missing, rows)}</section>`;
}

function gap(missing: number, rows: number): Markup | null {
  if (missing === 0) return null;
  const share = missing / rows;
  return html`<div class="gap"><span>${countText(missing)} missing (${shareText(share)})</span><div class="track"><div class="fill" style="width:${(share * 100).toFixed(2)}%"></div></div></div>`;
}

function numbers(profile: NumberProfile): Markup {
  const at = (share: number): string => axisText(profile, quantileOf(profile, share));
  const facts: readonly (readonly [string, string])[] =
    profile.kind === 'time'
      ? [
          ['First', at(0)],
          ['Median', at(0.5)],
          ['Last', axisText(profile, profile.max)],
          ['Distinct', countText(profile.distinct)],
        ]
      : [
          ['Least', at(0)],
          ['5%', at(0.05)],
          ['Median', at(0.5)],
          ['95%', at(0.95)],
          ['Greatest', axisText(profile, profile.max)],
          ['Mean', axisText(profile, profile.mean)],
          ['Deviation', axisText(profile, profile.stddev)],
          ['Distinct', countText(profile.distinct)],
        ];
  return html`${histogram(profile)}<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const shownValues = 8;

function categories(profile: CategoryProfile): Markup {
  const total = profile.values.reduce((sum, [, count]) => sum + count, profile.other);
  const listed = profile.values.slice(0, shownValues);
  const most = listed[0]?.[1] ?? 1;
  const rest = total - listed.reduce((sum, [, count]) => sum + count, 0);
  // Values that hardly recur have no order worth a chart.
  if (profile.distinct > shownValues && most < total / 200) {
    const examples = listed.map(([value]) => clip(visible(value), 40)).join(' · ');
    return html`<p class="examples"><b>${countText(profile.distinct)} values</b>, such as ${examples}</p>`;
  }
  const line = (name: string, count: number, kind: string): Markup =>
    html`<span class="name" title="${name}">${name}</span><div class="track"><div class="fill${kind}" style="width:${Math.min(100, (count / most) * 100).toFixed(2)}%"></div></div><span class="count">${countText(count)} · ${shareText(count / total)}</span>`;
  return html`<div class="values">${listed.map(([value, count]) => line(visible(value), count, ''))}${rest === 0 ? null : line(`${countText(profile.distinct - listed.length)} others`, rest, ' rest')}</div>`;
}

/** A value that would not show: empty, or spaces alone. */
function visible(value: string): string {
  return value.trim() === '' ? JSON.stringify(value) : value;
}

const mostCorrelated = 14;

function correlations(profile: DataProfile): Markup | null {
  const names = [...new Set(profile.correlations.flatMap(({ a, b }) => [a, b]))];
  if (names.length < 2) return null;
  const shown = profile.columns
    .map(({ name }) => name)
    .filter(name => names.includes(name))
    .slice(0, mostCorrelated);
  const found = new Map(profile.correlations.map(({ a, b, r }) => [`${a}\0${b}`, r]));
  const r = (a: string, b: string): number | null =>
    found.get(`${a}\0${b}`) ?? found.get(`${b}\0${a}`) ?? null;
  return html`<h2>Correlations</h2><div class="panel matrix">${correlationMatrix(shown, r)}<p class="note">Pearson’s correlation of the rows where both columns have a value.</p></div>`;
}
