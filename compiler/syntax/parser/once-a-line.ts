import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';

import { withForeignForm } from './foreign-forms.ts';

const codesOf = (
  ...all: readonly { readonly definition: { readonly code: string } }[]
): ReadonlySet<string> => new Set(all.map(({ definition }) => definition.code));

/** What is said where something else was expected: behind another error of the line it is hardly ever a second mistake. */
const FOLLOW = codesOf(messages.expected, messages.missingValue, messages.unexpected);
const CHARACTERS = codesOf(messages.unexpectedCharacters);
/** The same slip at each item of a line: one error, which repairs all of them. */
const SIGN = codesOf(messages.keywordColon);

/** Of the errors of a line, in the order of the text, those that are not the consequence of one before them. */
export function onceALine(diagnostics: Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics.map(withForeignForm);
  const kept: Diagnostic[] = [];
  for (const one of diagnostics) {
    const before = kept.findIndex(other => other.severity === 'error' && sameLine(other, one));
    const last = kept.at(-1);
    if (before < 0 || !last || one.severity !== 'error') kept.push(one);
    else if (SIGN.has(one.code) && one.code === last.code && sameLine(last, one))
      kept[kept.length - 1] = joined(last, one);
    else if (!isConsequence(one, last)) kept.push(one);
  }
  return kept.map(withForeignForm);
}

function isConsequence(one: Diagnostic, last: Diagnostic): boolean {
  if (CHARACTERS.has(one.code))
    return FOLLOW.has(last.code) || (one.code === last.code && one.message === last.message);
  return FOLLOW.has(one.code) && (one.fixes.length === 0 || one.span.start === last.span.start);
}

function sameLine(a: Diagnostic, b: Diagnostic): boolean {
  const end = a.file.text.slice(a.span.start, b.span.start).search(/[\r\n]/);
  return end < 0;
}

/** The fix of the first mends the second too. */
function joined(first: Diagnostic, second: Diagnostic): Diagnostic {
  const [fix] = first.fixes;
  const edits = [...(fix?.edits ?? []), ...second.fixes.flatMap(({ edits: more }) => more)];
  const labels = [...first.labels, { file: second.file, span: second.span, message: 'so is this' }];
  return { ...first, labels, fixes: [{ title: 'Remove them', edits }] };
}
