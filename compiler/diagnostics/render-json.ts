import type { SourceFile, Span } from '../source/text.ts';
import type { Diagnostic, Edit, Fix, Severity, Suppressed } from './diagnostic.ts';
import type { AppliedFix } from './fix.ts';

/**
 * The form of `--format json`, described by `docs/diagnostics.schema.json`. Lines and columns are one-based, columns and
 * offsets count UTF-16 units, ends are exclusive.
 */
export interface JsonPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly offset: number;
  readonly length: number;
}

export interface JsonFix {
  readonly title: string;
  /** Whether `--fix` makes it without being told to make unsafe ones. */
  readonly safe: boolean;
  readonly edits: readonly { readonly place: JsonPlace; readonly text: string }[];
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: JsonPlace;
  readonly labels: readonly { readonly place: JsonPlace; readonly message: string }[];
  readonly hint?: string;
  readonly fixes: readonly JsonFix[];
}

export interface JsonReport {
  readonly version: 'diagnostics/1';
  readonly diagnostics: readonly JsonDiagnostic[];
  readonly counts: Readonly<Record<Severity, number>>;
  /** Warnings that a spec or `mlp.json` takes off. */
  readonly suppressed: readonly (JsonDiagnostic & { readonly reason: string })[];
  /** What `--fix` repaired; places are those before. */
  readonly fixed: readonly { readonly code: string; readonly place: JsonPlace; readonly title: string }[];
}

export interface JsonOptions {
  readonly suppressed?: readonly Suppressed[];
  readonly applied?: readonly AppliedFix[];
}

/** The facts of all diagnostics, for `--format json`; all of them, however many. */
export function renderJson(diagnostics: readonly Diagnostic[], options: JsonOptions = {}): JsonReport {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return {
    version: 'diagnostics/1',
    diagnostics: diagnostics.map(renderOne),
    counts,
    suppressed: (options.suppressed ?? []).map(({ diagnostic, reason }) => ({
      ...renderOne(diagnostic),
      reason,
    })),
    fixed: (options.applied ?? []).map(({ diagnostic: { code, file, span }, fix: { title } }) => ({
      code,
      place: place(file, span),
      title,
    })),
  };
}

function renderOne({ code, severity, message, file, span, labels, hint, fixes }: Diagnostic): JsonDiagnostic {
  return {
    code,
    severity,
    message,
    place: place(file, span),
    labels: labels.map(label => ({ place: place(label.file, label.span), message: label.message })),
    ...(hint === undefined ? {} : { hint }),
    fixes: fixes.map(renderFix),
  };
}

const renderFix = ({ title, safe, edits }: Fix): JsonFix => ({
  title,
  safe: safe !== false,
  edits: edits.map((edit: Edit) => ({ place: place(edit.file, edit.span), text: edit.text })),
});

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
