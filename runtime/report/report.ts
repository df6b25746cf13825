import { dataSections } from './data-section.ts';
import { endSection } from './end-section.ts';
import { gateSection } from './gate-section.ts';
import { modelSection } from './model-section.ts';
import type { RunReport } from './run-report.ts';
import { scoreSection } from './score-section.ts';
import { fit, type Style, styleOf } from './style.ts';

export interface RenderOptions {
  /** Columns to fill; the report is made for 100 and never wider. */
  readonly width?: number;
  readonly color?: boolean;
}

/** What a section is drawn with. */
export interface Page {
  readonly style: Style;
  readonly width: number;
}

/** The report of a run for a terminal or a log: data, validation, split, metrics, gate, what was not run, the result. */
export function renderReport(report: RunReport, options: RenderOptions = {}): string {
  const page: Page = {
    style: styleOf(options.color ?? false),
    width: Math.max(40, Math.min(100, options.width ?? 100)),
  };
  // Of a run that found everything in the store only what came of it is said again.
  const brief = report.nothingChanged;
  const sections = [
    ...(brief ? [] : dataSections(page, report)),
    ...report.models.flatMap(model => [modelSection(page, model, brief), gateSection(page, report, model)]),
    ...(brief ? [] : [scoreSection(page, report)]),
    ...endSection(page, report),
  ];
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.map(line => fit(line, page.width)).join('\n'))
    .join('\n\n');
}

/** A section's first line: its name, what it is about, and a rule to the edge. */
export function heading({ style, width }: Page, name: string, about = ''): string {
  const text = about ? `${name} ${about}` : name;
  const rest = Math.max(0, width - text.length - 1);
  return `${style.bold(name)}${about ? ` ${about}` : ''} ${style.dim('─'.repeat(rest))}`;
}
