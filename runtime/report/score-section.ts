import { heading, type Page } from './report.ts';
import type { RunReport } from './run-report.ts';
import { clean, padEnd, wrap } from './style.ts';

/** What was scored and where it was written, by deployment. */
export function scoreSection(page: Page, report: RunReport): string[] {
  const steps = report.steps.filter(
    ({ kind, result }) => (kind === 'score' || kind === 'write') && result?.status === 'succeeded',
  );
  if (steps.length === 0) return [];
  const lines = steps.flatMap(({ of, kind, result }) => {
    const notes = (result?.notes ?? []).flatMap(note => wrap(clean(note), page.width - 16));
    return notes.map((note, i) => `  ${padEnd(i === 0 && kind === 'score' ? of : '', 12)} ${note}`);
  });
  return [heading(page, 'Scores'), ...lines];
}
