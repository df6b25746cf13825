import { SourceFile } from '../source/text.ts';
import { parse } from '../syntax/parse.ts';
import type { Diagnostic, Edit, Fix } from './diagnostic.ts';

/** Changed texts by path; a file that is not in it is as the host has it. */
export type Texts = ReadonlyMap<string, string>;

export interface FixOptions {
  /** Which fixes may be applied; left out: all that are safe. Of a diagnostic's fixes the first that may is taken. */
  readonly accepts?: (fix: Fix, diagnostic: Diagnostic) => boolean;
  /** How often to look again at most. */
  readonly rounds?: number;
}

export interface AppliedFix {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

export interface FixOutcome {
  /** The files that are different now. */
  readonly texts: Texts;
  /** In the order in which they were applied; places are those of the text that the diagnostic was found in. */
  readonly applied: readonly AppliedFix[];
  /** What is found in the texts as they are now. */
  readonly left: readonly Diagnostic[];
}

const ROUNDS = 10;

export const isSafe = (fix: Fix): boolean => fix.safe !== false;

/**
 * Applies fixes, looks again, and goes on until there is nothing left to apply. In one round the fixes are taken in the
 * order of the diagnostics; one that overlaps with an earlier one waits for the next round, and one after which a file
 * has more syntax errors than before is dropped. Nothing is written; `diagnose` is given the texts so far.
 */
export function applyFixes(
  diagnose: (texts: Texts) => readonly Diagnostic[],
  options: FixOptions = {},
): FixOutcome {
  const accepts = options.accepts ?? isSafe;
  const applied: AppliedFix[] = [];
  const dropped = new Set<string>();
  let texts: Texts = new Map();
  let left = diagnose(texts);
  for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
    const chosen = choose(left, accepts, dropped);
    const next = new Round(texts);
    for (const one of chosen) {
      if (next.take(one.fix)) applied.push(one);
      else dropped.add(keyOf(one.fix));
    }
    if (next.texts === texts) break;
    texts = next.texts;
    left = diagnose(texts);
  }
  return { texts, applied, left };
}

/** The text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly Pick<Edit, 'span' | 'text'>[]): string {
  let result = text;
  for (const edit of [...edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end))
    result = result.slice(0, edit.span.start) + edit.text + result.slice(edit.span.end);
  return result;
}

/** The fixes of one round. Two diagnostics may have the same fix, such as one missing import: it is taken once. */
function choose(
  diagnostics: readonly Diagnostic[],
  accepts: (fix: Fix, diagnostic: Diagnostic) => boolean,
  dropped: ReadonlySet<string>,
): AppliedFix[] {
  const chosen: AppliedFix[] = [];
  const taken = new Map<string, Edit[]>();
  const seen = new Set<string>();
  for (const diagnostic of diagnostics) {
    const fix = diagnostic.fixes.find(
      one => accepts(one, diagnostic) && isPossible(one) && !dropped.has(keyOf(one)),
    );
    if (fix === undefined) continue;
    const key = keyOf(fix);
    const repeated = seen.has(key);
    const free = (edit: Edit) => (taken.get(edit.file.path) ?? []).every(other => !clash(edit, other));
    if (!repeated && !fix.edits.every(free)) continue;
    chosen.push({ diagnostic, fix });
    if (repeated) continue;
    seen.add(key);
    for (const edit of fix.edits) taken.set(edit.file.path, [...(taken.get(edit.file.path) ?? []), edit]);
  }
  return chosen;
}

/** The library is not the user's to change. */
const isPossible = ({ edits }: Fix): boolean =>
  edits.length > 0 && edits.every(({ file }) => !file.path.startsWith('std/'));

const keyOf = ({ edits }: Fix): string =>
  JSON.stringify(
    edits.map(({ file, span, text }) => [file.path, span.start, span.end, text, file.text.length]),
  );

/** Two insertions at one place clash too: which of them comes first matters. */
const clash = (a: Edit, b: Edit): boolean =>
  a.span.start < b.span.end && b.span.start < a.span.end
    ? true
    : a.span.start === b.span.start && (a.span.start === a.span.end || b.span.start === b.span.end);

/** Collects edits file by file, and refuses those after which a file reads worse. */
class Round {
  texts: Texts;
  private readonly edits = new Map<string, readonly Edit[]>();
  private readonly faults = new Map<string, number>();
  private readonly taken = new Set<string>();

  constructor(before: Texts) {
    this.texts = before;
  }

  take(fix: Fix): boolean {
    const key = keyOf(fix);
    if (this.taken.has(key)) return true;
    const texts = new Map(this.texts);
    const touched = new Map<string, Edit[]>();
    for (const edit of fix.edits) {
      const { path } = edit.file;
      touched.set(path, [...(touched.get(path) ?? this.edits.get(path) ?? []), edit]);
    }
    const faults = new Map<string, number>();
    for (const [path, edits] of touched) {
      const original = edits[0]!.file.text;
      const text = applyEdits(original, edits);
      faults.set(path, syntaxFaults(path, text));
      const before = this.faults.get(path) ?? syntaxFaults(path, original);
      if (faults.get(path)! > before || text === original) return false;
      texts.set(path, text);
    }
    for (const [path, edits] of touched) this.edits.set(path, edits);
    for (const [path, count] of faults) this.faults.set(path, count);
    this.taken.add(key);
    this.texts = texts;
    return true;
  }
}

function syntaxFaults(path: string, text: string): number {
  if (path.endsWith('.json')) return isJson(text) ? 0 : 1;
  return parse(new SourceFile(path, text)).diagnostics.filter(({ severity }) => severity === 'error').length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
