import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic as Shown,
  type TextEdit,
} from 'vscode-languageserver';
import type { Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { namesMessages } from '../../../compiler/diagnostics/messages/names.ts';
import { format } from '../../../compiler/format/index.ts';
import type { SourceFile, Span } from '../../../compiler/source/text.ts';
import { rangeOf, spanOf } from '../places.ts';
import type { Project } from '../project.ts';
import type { Understood } from '../workspace.ts';
import { shownDiagnostic } from './diagnostics.ts';
import { extractions } from './extract.ts';

/** The fixes of the diagnostics at a place, putting the imports in order, and taking out what is selected. */
export function codeActions(known: Understood, span: Span, asked: readonly Shown[]): CodeAction[] {
  const { project, file, result } = known;
  const actions: CodeAction[] = [];
  for (const diagnostic of result.diagnostics) {
    if (diagnostic.file !== file || diagnostic.span.start > span.end || diagnostic.span.end < span.start)
      continue;
    const shown = asked.find(one => one.code === diagnostic.code) ?? shownDiagnostic(project, diagnostic);
    diagnostic.fixes.forEach((fix, i) => {
      const title = fix.title[0]!.toUpperCase() + fix.title.slice(1);
      const isPreferred = i === 0 && fix.safe !== false;
      actions.push({
        title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [shown],
        isPreferred,
        edit: editOf(project, fix),
      });
    });
  }
  const unused = result.diagnostics
    .filter(one => one.file === file && one.code === unusedImport)
    .flatMap(one => one.fixes.slice(0, 1));
  if (unused.length > 0)
    actions.push({
      title: 'Remove unused imports',
      kind: CodeActionKind.SourceOrganizeImports,
      edit: editOf(project, { title: '', edits: apart(unused.flatMap(fix => fix.edits)) }),
    });
  return [...actions, ...extractions(known, span)];
}

const unusedImport = namesMessages.unusedImport.definition.code;

/** Without edits that overlap with an earlier one. */
function apart(edits: Fix['edits']): Fix['edits'] {
  const kept: Fix['edits'][number][] = [];
  for (const edit of edits)
    if (
      !kept.some(
        one => one.file === edit.file && one.span.start < edit.span.end && edit.span.start < one.span.end,
      )
    )
      kept.push(edit);
  return kept;
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
