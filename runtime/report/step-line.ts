import type { StepOutcome } from '../engine/events.ts';
import { clean, cut, durationText, padEnd, padStart, type Style, widthOf } from './style.ts';

/** The mark of how a step ended. */
export function markOf(style: Style, outcome: Pick<StepOutcome, 'status' | 'cached'>): string {
  switch (outcome.status) {
    case 'succeeded':
      return style.green('✓');
    case 'cached':
      return style.dim('=');
    case 'refused':
      return style.red('✗');
    case 'failed':
      return style.red('✗');
    case 'cancelled':
      return style.yellow('■');
    default:
      return style.dim('·');
  }
}

/** One line for a step that has ended: mark, kind, name, what it says first, time. */
export function stepLine(style: Style, outcome: StepOutcome, width: number): string {
  const bad = outcome.status === 'failed' || outcome.status === 'refused';
  const paint = bad ? style.red : outcome.cached ? style.dim : (text: string) => text;
  return stepRow(style, width, {
    mark: markOf(style, outcome),
    name: `${padEnd(outcome.kind, 9)} ${outcome.of}`,
    time: outcome.cached ? 'cached' : durationText(outcome.took),
    text: room => paint(cut(clean(summaryOf(outcome)), room)),
    dim: outcome.cached,
  });
}

export interface StepRow {
  readonly mark: string;
  readonly name: string;
  readonly time: string;
  /** What stands between, in at most so many columns. */
  readonly text: (room: number) => string;
  readonly dim?: boolean;
}

const timeWidth = 10;

/** The row of a step, exactly as wide as it is told, so that times stand under each other. */
export function stepRow(style: Style, width: number, row: StepRow): string {
  const wanted = Math.max(26, widthOf(row.name));
  const nameWidth = Math.max(0, Math.min(wanted, width - 4 - timeWidth - 1, Math.max(26, width - 60)));
  const name = padEnd(cut(row.name, nameWidth), nameWidth);
  const room = Math.max(0, width - 4 - nameWidth - 2 - timeWidth - 1);
  const left = `  ${row.mark} ${row.dim ? style.dim(name) : name}${room > 0 ? `  ${padEnd(row.text(room), room)}` : ''}`;
  return `${padEnd(left, width - timeWidth - 1)} ${style.dim(padStart(cut(row.time, timeWidth), timeWidth))}`;
}

function summaryOf(outcome: StepOutcome): string {
  if (outcome.status === 'cancelled') return 'cancelled';
  return outcome.result?.error?.message ?? outcome.result?.notes[0] ?? '';
}

/** Without the spaces that only line up with other lines. */
export function unpadded(line: string): string {
  return line.replace(/ {3,}/g, '  ').trimEnd();
}
