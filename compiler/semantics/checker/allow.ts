import type { Diagnostic, Fix } from '../../diagnostics/diagnostic.ts';
import { lintMessages } from '../../diagnostics/messages/lint.ts';
import { allMessages, messageByCode } from '../../diagnostics/registry.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import { tokenize } from '../../syntax/lexer.ts';
import { endOf, type Token } from '../../syntax/tokens.ts';
import type { Suppression } from './suppress.ts';

/** `// mlp-allow MLP7111, MLP7112: reason` for a line, `// mlp-allow-file …` for a file. */
const WORD = 'mlp-allow';
const form = /^\/\/[ \t]*mlp-allow(-file)?(?![\w-])([^:]*)(:?)(.*)$/;

export interface Allowed {
  readonly suppressions: readonly Suppression[];
  /** Comments that look like a suppression and are none. */
  readonly faults: readonly Diagnostic[];
}

/** The suppressions that stand in the comments of a file. */
export function allowedIn(file: SourceFile): Allowed {
  const suppressions: Suppression[] = [];
  const faults: Diagnostic[] = [];
  // Nearly no file has any, and lexing costs.
  if (file.text.includes(WORD)) {
    const { tokens, comments } = tokenize(file);
    for (const comment of comments) {
      const match = form.exec(comment.image.trimEnd());
      if (match) read(file, comment, match, tokens, suppressions, faults);
    }
  }
  return { suppressions, faults };
}

function read(
  file: SourceFile,
  comment: Token,
  match: RegExpExecArray,
  tokens: readonly Token[],
  suppressions: Suppression[],
  faults: Diagnostic[],
): void {
  const [text, wholeFile, list = '', , why = ''] = match;
  const at = { start: comment.startOffset, end: comment.startOffset + text.length };
  const codes = list.split(/[\s,]+/).filter(code => code !== '');
  if (codes.length === 0 || !codes.every(code => /^MLP\d{4}$/.test(code))) {
    faults.push(lintMessages.notUnderstood({ found: text }, { file, span: at }));
    return;
  }
  const reason = why.trim();
  if (reason === '') {
    faults.push(lintMessages.noReason({ codes: codes.join(', ') }, { file, span: at }));
    return;
  }
  const covers = wholeFile ? { start: 0, end: file.text.length } : lineBeside(file, comment, tokens);
  for (const code of codes) {
    const start = comment.startOffset + text.indexOf(code);
    const unknown = unknownCode(file, code, { start, end: start + code.length });
    if (unknown) faults.push(unknown);
    else suppressions.push({ file, at, code, covers, reason, form: wholeFile ? 'file' : 'line' });
  }
}

/** The line of a comment that has something before it; else the line of what comes next. */
function lineBeside(file: SourceFile, comment: Token, tokens: readonly Token[]): Span {
  const own = file.position(comment.startOffset).line;
  const before = file.text.slice(file.lines[own - 1], comment.startOffset);
  const next = tokens.find(token => token.startOffset >= endOf(comment) && token.image !== '');
  const line = before.trim() !== '' || !next ? own : file.position(next.startOffset).line;
  return { start: file.lines[line - 1]!, end: file.lines[line] ?? file.text.length + 1 };
}

/** Codes whose meaning is not known suppress nothing. */
export function unknownCode(file: SourceFile, code: string, span: Span): Diagnostic | undefined {
  if (messageByCode(code)) return undefined;
  const suggestion = suggest(
    code,
    allMessages().map(message => message.definition.code),
  );
  const fixes: Fix[] =
    suggestion === undefined || file.text.slice(span.start, span.end) !== code
      ? []
      : [{ title: `change it to ${suggestion}`, edits: [{ file, span, text: suggestion }], safe: false }];
  return lintMessages.unknownCode({ code, suggestion }, { file, span, fixes });
}
