import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic as Shown,
  type TextEdit,
} from 'vscode-languageserver';
import type { Diagnostic, Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { namesMessages } from '../../../compiler/diagnostics/messages/names.ts';
import { projectMessages } from '../../../compiler/diagnostics/messages/project.ts';
import { format } from '../../../compiler/format/index.ts';
import { isRule } from '../../../compiler/semantics/checker/suppress.ts';
import type { SourceFile, Span } from '../../../compiler/source/text.ts';
import { changeOf } from '../findings.ts';
import { rangeOf, spanOf } from '../places.ts';
import type { Project } from '../project.ts';
import type { Understood } from '../workspace.ts';
import { shownDiagnostic } from './diagnostics.ts';
import { extractions } from './extract.ts';
import { organised } from './organise.ts';

export interface AskedActions {
  /** What the editor shows at the place. */
  readonly shown: readonly Shown[];
  /** What the linter says of the file. */
  readonly rules: readonly Diagnostic[];
  /** Rules that may not be suppressed here. */
  readonly isLocked: (code: string) => boolean;
  /** Only of these kinds, if the editor says so. */
  readonly only: readonly string[] | undefined;
}

/** The fixes of the diagnostics at a place, putting the imports in order, and taking out what is selected. */
export function codeActions(known: Understood, span: Span, asked: AskedActions): CodeAction[] {
  const wants = (kind: string): boolean =>
    !asked.only || asked.only.some(one => kind === one || kind.startsWith(`${one}.`));
  return [
    ...(wants(CodeActionKind.QuickFix) ? quickFixes(known, span, asked) : []),
    ...(wants(CodeActionKind.SourceOrganizeImports) ? organising(known) : []),
    ...(wants(CodeActionKind.RefactorExtract) ? extractions(known, span) : []),
  ];
}

function quickFixes({ project, file, result }: Understood, span: Span, asked: AskedActions): CodeAction[] {
  const fixes: CodeAction[] = [];
  const suppressing: CodeAction[] = [];
  for (const diagnostic of [...result.diagnostics, ...asked.rules]) {
    if (diagnostic.file !== file || diagnostic.span.start > span.end || diagnostic.span.end < span.start)
      continue;
    const shown =
      asked.shown.find(one => one.code === diagnostic.code) ?? shownDiagnostic(project, diagnostic);
    const action = (fix: Fix, isPreferred: boolean): CodeAction => ({
      title: fix.title[0]!.toUpperCase() + fix.title.slice(1),
      kind: CodeActionKind.QuickFix,
      diagnostics: [shown],
      isPreferred,
      edit: editOf(project, fix),
    });
    diagnostic.fixes.forEach((fix, i) => {
      fixes.push(action(fix, i === 0 && fix.safe !== false));
    });
    if (maySuppress(diagnostic, asked)) suppressing.push(action(suppression(diagnostic), false));
  }
  return [...fixes, ...suppressing];
}

const uselessSuppression = projectMessages.uselessSuppression.definition.code;

const maySuppress = ({ code, severity }: Diagnostic, { isLocked }: AskedActions): boolean =>
  isRule(code)
    ? !isLocked(code)
    : severity !== 'error' && /^MLP[1-6]/.test(code) && code !== uselessSuppression;

/** A comment above the line that waits for its reason: as long as there is none, that is an error of its own. */
function suppression({ code, file, span }: Diagnostic): Fix {
  const { line } = file.position(span.start);
  const start = file.lines[line - 1]!;
  const indent = /^\s*/.exec(file.line(line))![0];
  const edits = [{ file, span: { start, end: start }, text: `${indent}// mlp-allow ${code}: \n` }];
  return { title: `allow ${code} here, and say why in the comment`, edits };
}

const unusedImport = namesMessages.unusedImport.definition.code;

function organising({ project, file, result }: Understood): CodeAction[] {
  const unused = result.diagnostics
    .filter(one => one.file === file && one.code === unusedImport)
    .map(one => one.span.start);
  const text = organised(file, new Set(unused));
  if (text === undefined) return [];
  const { start, end, by } = changeOf(file.text, text);
  const edits = [{ file, span: { start, end }, text: text.slice(start, end + by) }];
  return [
    {
      title: 'Organise imports',
      kind: CodeActionKind.SourceOrganizeImports,
      edit: editOf(project, { title: '', edits }),
    },
  ];
}

function editOf(project: Project, fix: Fix) {
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, span, text } of fix.edits) {
    const uri = project.uriOf(file);
    changes[uri] ??= [];
    changes[uri].push({ range: rangeOf(file, span), newText: text });
  }
  return { changes };
}

/** Small edits that bring a text into its one form; none where it has mistakes. */
export function formatting(file: SourceFile, range?: Parameters<typeof spanOf>[1]): TextEdit[] {
  const result = format(file, { edits: true, ...(range ? { range: spanOf(file, range) } : {}) });
  if ('refused' in result) return [];
  return (result.edits ?? []).map(edit => ({ range: rangeOf(file, edit.span), newText: edit.text }));
}
