import type { StepOutcome } from '../engine/events.ts';
import { clean, cut, durationText, padEnd, type Style, widthOf } from './style.ts';

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
  const name = padEnd(`${padEnd(outcome.kind, 9)} ${outcome.of}`, 26);
  const took = outcome.cached ? 'cached' : durationText(outcome.took);
  const room = width - 4 - widthOf(name) - 2 - 11;
  const text = cut(clean(summaryOf(outcome)), Math.max(0, room));
  const colored =
    outcome.status === 'failed' || outcome.status === 'refused'
      ? style.red(text)
      : outcome.cached
        ? style.dim(text)
        : text;
  const left = `  ${markOf(style, outcome)} ${outcome.cached ? style.dim(name) : name}  ${colored}`;
  return `${padEnd(left, width - 10)} ${style.dim(took.padStart(9))}`;
}

function summaryOf(outcome: StepOutcome): string {
  if (outcome.status === 'cancelled') return 'cancelled';
  return outcome.result?.error?.message ?? outcome.result?.notes[0] ?? '';
}

/** Without the spaces that only line up with other lines. */
export function unpadded(line: string): string {
  return line.replace(/ {3,}/g, '  ').trimEnd();
}
