import type { At } from '../../diagnostics/define.ts';
import type { Diagnostic, Label } from '../../diagnostics/diagnostic.ts';
import { changesMessages } from '../../diagnostics/messages/changes.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type { Plan, SourcePosition } from '../plan.ts';
import { type Change, changeText } from './change.ts';
import { nearestPlace } from './nearest.ts';
import type { Pair } from './rule.ts';

export interface Texts {
  /** What the new plan is compared with, as a person would name it. */
  readonly against: string;
  /** Specs by their path; undefined where the text is not known. */
  readonly old: (file: string) => SourceFile | undefined;
  readonly new: (file: string) => SourceFile | undefined;
  readonly plans: Pair<Plan>;
  /** Where a change stands that has no place in the new specs and whose file is gone. */
  readonly otherwise: SourceFile;
}

const offset = ({ lines, text }: SourceFile, line: number, column: number): number =>
  Math.min((lines[line - 1] ?? text.length) + column - 1, text.length);
const spanOf = (file: SourceFile, { line, column, endLine, endColumn }: SourcePosition): Span => ({
  start: offset(file, line, column),
  end: offset(file, endLine, endColumn),
});

/** At the place in the new specs, with the old place as second label; what was removed stands where it is missing. */
function placeOf(change: Change, texts: Texts): At {
  const { oldPlace, newPlace, action } = change;
  const oldFile = oldPlace && texts.old(oldPlace.file);
  const labels: Label[] =
    oldPlace && oldFile
      ? [
          {
            file: oldFile,
            span: spanOf(oldFile, oldPlace),
            message: action === 'removed' ? 'it was here' : 'what it was',
          },
        ]
      : [];
  const place = newPlace ?? nearestPlace(change, texts.plans);
  const newFile = place && texts.new(place.file);
  if (place && newFile) return { file: newFile, span: spanOf(newFile, place), labels };
  const file = (oldPlace && texts.new(oldPlace.file)) ?? texts.otherwise;
  return { file, span: { start: 0, end: 0 }, labels };
}

const messages = {
  callers: changesMessages.callers,
  producers: changesMessages.producers,
  retrain: changesMessages.retrain,
} as const;

/** What `check --against` says: an error for what breaks somebody, a note for what needs retraining, nothing for the rest. */
export function changeDiagnostics(changes: readonly Change[], texts: Texts): Diagnostic[] {
  return changes.flatMap(change => {
    if (change.class === 'none' || change.class === 'compatible') return [];
    const facts = { change: changeText(change), reason: change.reason, against: texts.against };
    return [messages[change.class](facts, placeOf(change, texts))];
  });
}
