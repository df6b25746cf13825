import type { SourceFile, Span } from '../source/text.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';

/** A place in a file; lines and columns are one-based, columns count UTF-16 units, the end is exclusive. */
export interface JsonPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly offset: number;
  readonly length: number;
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: JsonPlace;
  readonly labels: readonly { readonly place: JsonPlace; readonly message: string }[];
  readonly hint?: string;
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly { readonly place: JsonPlace; readonly text: string }[];
  }[];
}

export interface JsonReport {
  readonly diagnostics: readonly JsonDiagnostic[];
  readonly counts: Readonly<Record<Severity, number>>;
}

/** The facts of all diagnostics, for `--json`; all of them, however many. */
export function renderJson(diagnostics: readonly Diagnostic[]): JsonReport {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return { diagnostics: diagnostics.map(renderOne), counts };
}

function renderOne({ code, severity, message, file, span, labels, hint, fixes }: Diagnostic): JsonDiagnostic {
  return {
    code,
    severity,
    message,
    place: place(file, span),
    labels: labels.map(label => ({ place: place(label.file, label.span), message: label.message })),
    ...(hint === undefined ? {} : { hint }),
    fixes: fixes.map(fix => ({
      title: fix.title,
      edits: fix.edits.map(edit => ({ place: place(edit.file, edit.span), text: edit.text })),
    })),
  };
}

function place(file: SourceFile, { start, end }: Span): JsonPlace {
  const from = file.position(start);
  const to = file.position(end);
  return {
    file: file.path,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    offset: start,
    length: end - start,
  };
}
