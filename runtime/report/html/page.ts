import { html, Markup } from '../../data/infer/html/markup.ts';
import type { StepOutcome } from '../../engine/events.ts';
import { registeredText } from '../end-section.ts';
import { errorsOf, type RunReport, scoresOf } from '../run-report.ts';
import { clean, countText, durationText, scoreText } from '../style.ts';
import { dataPart } from './data.ts';
import { modelPart } from './model.ts';
import { style } from './style.ts';

/** The report of a run as one self-contained page: no script, no request, light and dark. */
export function renderHtml(report: RunReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.goal} · ${report.run}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${report.goal} <span class="badge ${kindOf(report.status)}">${report.status}</span></h1>
<p class="path">run ${report.run} · ${report.environment} · ${new Date(report.started).toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
${tiles(report)}
${outcome(report)}
${errors(report)}
${report.models.map(model => modelPart(report, model))}
${scores(report)}
${dataPart(report)}
${steps(report)}
<footer>Written by mlp. Metrics are of the test rows.</footer>
</main>
</body>
</html>
`;
  return page.text;
}

type Kind = 'good' | 'bad' | 'warn';

function kindOf(status: RunReport['status']): Kind {
  if (status === 'succeeded') return 'good';
  return status === 'failed' || status === 'refused' ? 'bad' : 'warn';
}

interface Tile {
  readonly value: string;
  readonly label: string;
  readonly kind?: Kind;
}

/** What one looks for first: each model's metric and verdict, then the rows and the time. */
function tiles(report: RunReport): Markup {
  const several = report.models.length > 1;
  const models = report.models.flatMap(({ model, metrics, verdict }): Tile[] => {
    const main = metrics?.metrics.find(metric => metric.listed) ?? metrics?.metrics[0];
    const of = several ? ` of ${model}` : '';
    const baseline = main && metrics?.overall.baseline?.[main.key];
    const beside = typeof baseline === 'number' ? ` · baseline ${scoreText(baseline)}` : '';
    return [
      ...(metrics && main
        ? [{ value: scoreText(metrics.overall.model[main.key]), label: `${main.key}${of}${beside}` }]
        : []),
      ...(verdict
        ? [
            {
              value: verdict.passed ? 'passed' : 'refused',
              label: `gate${of}`,
              kind: verdict.passed ? ('good' as const) : ('bad' as const),
            },
          ]
        : []),
    ];
  });
  const read = report.sources.reduce((sum, source) => sum + source.rows.read, 0);
  const cached = report.steps.filter(step => step.cached).length;
  const all: Tile[] = [
    ...models,
    ...(read > 0 ? [{ value: countText(read), label: 'rows read' }] : []),
    {
      value: countText(report.steps.length),
      label: `${report.steps.length === 1 ? 'step' : 'steps'}${cached ? ` · ${cached} from the cache` : ''}`,
    },
    {
      value: report.ended === null ? '…' : durationText(report.ended - report.started),
      label: report.ended === null ? 'still running' : 'from start to end',
    },
  ];
  return html`<div class="tiles">${all.map(({ value, label, kind }) => html`<div class="tile"><b class="${kind ?? ''}">${value}</b><span>${label}</span></div>`)}</div>`;
}

/** What has come of the run. */
function outcome(report: RunReport): Markup | null {
  const lines = report.registered.map(registeredText);
  const beyond = report.notRun.map(({ kind, of }) => `${kind} ${of}`).join(', ');
  if (lines.length === 0 && !beyond) return null;
  return html`<div class="panel outcome">${lines.map(({ name, text, note }) => html`<p><b>${name}</b> ${text}${note ? html`<br><span class="dim">${note}</span>` : null}</p>`)}${beyond ? html`<p class="dim">Not run, because it lies beyond the goal: ${beyond}</p>` : null}</div>`;
}

function errors(report: RunReport): Markup | null {
  const found = errorsOf(report);
  if (found.length === 0) return null;
  return html`<h2>${found.length === 1 ? 'Error' : 'Errors'}</h2>${found.map(
    ({ step, code, message, hint, at }) => {
      const position = at === undefined ? undefined : report.positions?.[at];
      const where = position ? ` · ${position.file}:${position.line}:${position.column}` : '';
      return html`<div class="panel error"><b>${step ?? 'the run'}</b> <span class="where">${code}${where}</span><p>${cleanLines(message)}</p>${hint ? html`<p class="dim">${cleanLines(hint)}</p>` : null}</div>`;
    },
  )}`;
}

/** What was written for whom, by deployment. */
function scores(report: RunReport): Markup | null {
  const written = [...scoresOf(report)];
  if (written.length === 0) return null;
  const rows = written.map(
    ([deployment, notes]) =>
      html`<tr><td class="name">${deployment}</td><td class="wide">${notes.map(note => html`<p>${clean(note)}</p>`)}</td></tr>
`,
  );
  return html`<h2>Scores</h2><div class="panel"><table><tbody>${rows}</tbody></table></div>`;
}

const cleanLines = (text: string): string => text.split('\n').map(clean).join('\n');

function steps(report: RunReport): Markup {
  const longest = Math.max(1, ...report.steps.map(step => (step.cached ? 0 : step.took)));
  const rows = report.steps.map(step => {
    const share = step.cached ? 0 : Math.max(1, Math.round((100 * step.took) / longest));
    const bar = step.attempts > 0 ? html`<span style="width:${share * 0.6}px" class="fill"></span>` : null;
    return html`<tr><td class="state ${stepKind(step)}">${step.status}</td><td class="name">${step.step}</td><td class="wide">${clean(step.result?.error?.message ?? step.result?.notes[0] ?? '')}</td><td class="number">${step.attempts > 0 ? durationText(step.took) : ''}${bar}</td></tr>
`;
  });
  return html`<h2>Steps</h2><div class="panel steps"><table><tbody>${rows}</tbody></table></div>`;
}

function stepKind({ status }: StepOutcome): string {
  if (status === 'failed' || status === 'refused') return 'bad';
  return status === 'succeeded' ? 'good' : 'dim';
}
