import { DiagnosticSeverity, DiagnosticTag, type Diagnostic as Shown } from 'vscode-languageserver';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { rangeOf } from '../places.ts';
import type { Project } from '../project.ts';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;
const unused = /^(unused|.* is imported, but not used)/i;

/** A problem as the protocol has it: the hint below the message, the labels as related places. */
export function shownDiagnostic(project: Project, diagnostic: Diagnostic): Shown {
  const { code, severity, message, hint, file, span, labels } = diagnostic;
  return {
    range: rangeOf(file, span),
    severity: severities[severity],
    code,
    source: 'mlp',
    message: hint === undefined ? message : `${message}\n${hint}`,
    relatedInformation: labels.map(label => ({
      location: { uri: project.uriOf(label.file), range: rangeOf(label.file, label.span) },
      message: label.message,
    })),
    ...(unused.test(message) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}
