import type { SourceFile, Span } from '../source/text.ts';
import { type Colours, colours, plain } from './colours.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { frame } from './frame.ts';

export interface TextOptions {
  /** ANSI colours; off unless asked for. */
  readonly colour?: boolean;
  /** How many are shown in full; the rest is counted. */
  readonly limit?: number;
  /** What shows the rest, for those who can ask for it. */
  readonly more?: string;
  /** Columns of the terminal; source lines are cut to it. */
  readonly width?: number;
}

const LIMIT = 50;
const WIDTH = 100;

/**
 * All diagnostics as text: each with code, place, source lines with carets, further places, hint; then how many.
 * Ends with a line break unless there is nothing to say.
 */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions = {}): string {
  if (diagnostics.length === 0) return '';
  const paint = options.colour === true ? colours : plain;
  const limit = options.limit ?? LIMIT;
  const shown = diagnostics
    .slice(0, limit)
    .map(diagnostic => renderOne(diagnostic, paint, options.width ?? WIDTH));
  const hidden = diagnostics.length - shown.length;
  const rest =
    hidden > 0 ? [`and ${group(hidden)} more${options.more === undefined ? '' : `; ${options.more}`}`] : [];
  return `${[...shown, ...rest, summary(diagnostics)].join('\n')}\n`;
}

function renderOne(diagnostic: Diagnostic, paint: Colours, width: number): string {
  const { code, severity, message, file, span, labels, hint, fixes } = diagnostic;
  const colour = paint[severity];
  const lines = [`${colour(`${severity}[${code}]`)}: ${paint.strong(message)}`];
  const gutter = gutterWidth(diagnostic);
  const own = labels.filter(label => label.file === file);
  lines.push(paint.dim(`${' '.repeat(gutter)}--> ${place(file, span)}`));
  const marks = [
    { span, message: '', main: true },
    ...own.map(label => ({ span: label.span, message: label.message, main: false })),
  ];
  lines.push(...frame(file, marks, { gutter, width, paint, colour }));
  for (const label of labels.filter(label => label.file !== file)) {
    lines.push(paint.dim(`${' '.repeat(gutter)}::: ${place(label.file, label.span)}`));
    const mark = { span: label.span, message: label.message, main: false };
    lines.push(...frame(label.file, [mark], { gutter, width, paint, colour }));
  }
  for (const note of notes(hint, fixes)) lines.push(`${' '.repeat(gutter + 1)}${paint.dim('=')} ${note}`);
  return `${lines.join('\n')}\n`;
}

/** The hint, and the fix if the hint does not already say it: a guess at what the author must decide only without one. */
function notes(hint: string | undefined, fixes: Diagnostic['fixes']): string[] {
  const found: string[] = [];
  const meant = /^did you mean/.test(hint ?? '');
  if (hint !== undefined) found.push(`${meant ? '' : 'hint: '}${hint}`);
  const [fix] = fixes;
  if (
    fix !== undefined &&
    !meant &&
    (fix.safe !== false || hint === undefined) &&
    !sameWords(fix.title, hint)
  )
    found.push(`fix: ${lowerFirst(fix.title)}`);
  return found;
}

const sameWords = (title: string, hint: string | undefined): boolean => lowerFirst(title) === hint;

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

const place = (file: SourceFile, { start }: Span): string => {
  const { line, column } = file.position(start);
  return `${file.path}:${line}:${column}`;
};

/** Digits of the largest line number that is shown. */
function gutterWidth({ file, span, labels }: Diagnostic): number {
  const last = [
    file.position(span.end).line,
    ...labels.map(label => label.file.position(label.span.end).line),
  ];
  return String(Math.max(...last)).length;
}

/** `3 errors, 1 warning in 2 files` */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) =>
    diagnostics.filter(diagnostic => diagnostic.severity === severity).length;
  const parts = [
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    plural(count('info'), 'note'),
  ].filter(part => part !== '');
  const files = new Set(diagnostics.map(diagnostic => diagnostic.file.path)).size;
  return `${parts.join(', ')} in ${plural(files, 'file')}`;
}

function plural(count: number, word: string): string {
  if (count === 0) return '';
  return `${group(count)} ${word}${count === 1 ? '' : 's'}`;
}

/** By hand: loading the languages of `Intl` takes longer than a check. */
const group = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
