import type { Diagnostic, Fix, Label, Suppressed } from '../../compiler/diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../../compiler/source/text.ts';

/** Diagnostics without their texts, as they are kept between two runs. */
type Place = readonly [path: string, start: number, end: number];

export interface PackedDiagnostic {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly at: Place;
  readonly labels: readonly { readonly at: Place; readonly message: string }[];
  readonly hint?: string;
  readonly fixes: readonly {
    readonly title: string;
    readonly safe?: boolean;
    readonly edits: readonly { readonly at: Place; readonly text: string }[];
  }[];
  /** Set where it is suppressed. */
  readonly suppressed?: Pick<Suppressed, 'kind' | 'reason'>;
}

const placeOf = ({ file, span }: { readonly file: SourceFile; readonly span: Span }): Place => [
  file.path,
  span.start,
  span.end,
];

export function pack(diagnostic: Diagnostic, suppressed?: Suppressed): PackedDiagnostic {
  const { code, severity, message, labels, hint, fixes } = diagnostic;
  return {
    code,
    severity,
    message,
    at: placeOf(diagnostic),
    labels: labels.map(label => ({ at: placeOf(label), message: label.message })),
    ...(hint === undefined ? {} : { hint }),
    fixes: fixes.map(({ title, safe, edits }) => ({
      title,
      ...(safe === undefined ? {} : { safe }),
      edits: edits.map(edit => ({ at: placeOf(edit), text: edit.text })),
    })),
    ...(suppressed ? { suppressed: { kind: suppressed.kind, reason: suppressed.reason } } : {}),
  };
}

/** The diagnostic again; `fileOf` gives the same object for the same path. */
export function unpack(packed: PackedDiagnostic, fileOf: (path: string) => SourceFile): Diagnostic {
  const placed = ([path, start, end]: Place) => ({ file: fileOf(path), span: { start, end } });
  const { code, severity, message, at, hint } = packed;
  const labels: Label[] = packed.labels.map(label => ({ ...placed(label.at), message: label.message }));
  const fixes: Fix[] = packed.fixes.map(({ title, safe, edits }) => ({
    title,
    edits: edits.map(edit => ({ ...placed(edit.at), text: edit.text })),
    ...(safe === undefined ? {} : { safe }),
  }));
  return {
    code,
    severity,
    message,
    ...placed(at),
    labels,
    ...(hint === undefined ? {} : { hint }),
    fixes,
  };
}
