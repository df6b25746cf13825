import { heading, type Page } from './report.ts';
import { type RunReport, scoresOf } from './run-report.ts';
import { clean, padEnd, wrap } from './style.ts';

/** What was scored and where it was written, by deployment. */
export function scoreSection(page: Page, report: RunReport): string[] {
  const scores = [...scoresOf(report)];
  if (scores.length === 0) return [];
  const lines = scores.flatMap(([deployment, notes]) =>
    notes
      .flatMap(note => wrap(clean(note), page.width - 16))
      .map((note, i) => `  ${padEnd(i === 0 ? deployment : '', 12)} ${note}`),
  );
  return [heading(page, 'Scores'), ...lines];
}
