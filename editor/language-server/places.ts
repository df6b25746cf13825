import type { Position, Range } from 'vscode-languageserver';
import type { SourceFile, Span } from '../../compiler/source/text.ts';

/** Offsets of the compiler to lines and UTF-16 columns of the protocol, both from zero, and back. */

export function positionOf(file: SourceFile, offset: number): Position {
  const { line, column } = file.position(Math.max(0, Math.min(offset, file.text.length)));
  return { line: line - 1, character: column - 1 };
}

export const rangeOf = (file: SourceFile, span: Span): Range => ({
  start: positionOf(file, span.start),
  end: positionOf(file, span.end),
});

/** A position beyond its line is the line's end, one beyond the text the text's end. */
export function offsetOf(file: SourceFile, { line, character }: Position): number {
  const { lines, text } = file;
  const start = lines[line];
  if (start === undefined) return line < 0 ? 0 : text.length;
  const next = lines[line + 1];
  const end = next === undefined ? text.length : start + file.line(line + 1).length;
  return Math.max(start, Math.min(start + character, end));
}

export const spanOf = (file: SourceFile, range: Range): Span => ({
  start: offsetOf(file, range.start),
  end: offsetOf(file, range.end),
});
