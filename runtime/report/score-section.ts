import { heading, type Page } from './report.ts';
import { type RunReport, scoresOf } from './run-report.ts';
import { clean, cut, nameWidth, padEnd, wrap } from './style.ts';

/** What was scored and where it was written, by deployment. */
export function scoreSection(page: Page, report: RunReport): string[] {
  const scores = [...scoresOf(report)];
  if (scores.length === 0) return [];
  const width = nameWidth(scores.map(([deployment]) => deployment));
  const lines = scores.flatMap(([deployment, notes]) =>
    notes
      .flatMap(note => wrap(clean(note), page.width - width - 4))
      .map((note, i) => `  ${padEnd(i === 0 ? cut(clean(deployment), width) : '', width)} ${note}`),
  );
  return [heading(page, 'Scores'), ...lines];
}
