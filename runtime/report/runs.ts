import type { RunRecord } from '../store/records.ts';
import { type RenderOptions, renderReport } from './report.ts';
import type { RunReport } from './run-report.ts';
import { stepLine } from './step-line.ts';
import { durationText, type Style, styleOf, table, timeText } from './style.ts';

/** The runs, latest first; as JSON they are the records themselves. */
export function renderRuns(runs: readonly RunRecord[], options: RenderOptions = {}): string {
  const style = styleOf(options.color ?? false);
  if (runs.length === 0) return 'There are no runs yet: `mlp run` makes the first.';
  const rows = runs.map(run => [
    `${markOf(style, run.status)} ${run.id}`,
    run.goal,
    run.environment,
    run.status,
    timeText(run.started),
    run.ended === null ? '' : durationText(run.ended - run.started),
    run.who,
  ]);
  const head = ['  run', 'goal', 'environment', 'status', 'started', 'took', 'by'].map(text =>
    style.dim(text),
  );
  const columns = head.map((_, i) => ({ align: i === 5 ? ('right' as const) : ('left' as const) }));
  const lines = table([head, ...rows], columns);
  const error = runs[0]!.error;
  return [...lines, ...(error ? ['', `the last one: ${error.code} ${error.message}`] : [])].join('\n');
}

function markOf(style: Style, status: RunRecord['status']): string {
  if (status === 'succeeded') return style.green('✓');
  if (status === 'running') return style.cyan('…');
  if (status === 'failed' || status === 'refused') return style.red('✗');
  return style.yellow('■');
}

/** One run: its steps with their times, then its report. */
export function renderRun(report: RunReport, options: RenderOptions = {}): string {
  const style = styleOf(options.color ?? false);
  const width = Math.min(100, options.width ?? 100);
  const head = `${style.bold(`run ${report.run}`)} · goal ${report.goal} · ${report.environment} · ${timeText(report.started)} · ${report.status}`;
  const steps = report.steps.map(step => stepLine(style, step, width));
  return [head, '', ...steps, '', renderReport(report, options)].join('\n');
}
