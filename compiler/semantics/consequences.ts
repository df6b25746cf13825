import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { declarationMessages } from '../diagnostics/messages/declarations.ts';
import { gatesMessages } from '../diagnostics/messages/gates.ts';
import { namesMessages } from '../diagnostics/messages/names.ts';
import { tasksMessages } from '../diagnostics/messages/tasks.ts';
import { typesMessages } from '../diagnostics/messages/types.ts';
import type { SourceFile, Span } from '../source/text.ts';
import type { BoundModule } from './program.ts';

/**
 * One mistake is told once. What is said of a line that could not be read, or of names that may be lost in it, follows
 * from the error there and goes with it; and what decides a condition is told with the condition that it decides.
 */
export function withoutConsequences(
  diagnostics: readonly Diagnostic[],
  modules: ReadonlyMap<string, BoundModule>,
): Diagnostic[] {
  return whyDecided(withoutAdvised(withoutUnread(diagnostics, modules)));
}

const isSyntaxError = ({ code, severity }: Diagnostic): boolean =>
  severity === 'error' && code.startsWith('MLP1');
/** Of types, values, times and gates; personal data and secrets are told whatever else is wrong. */
const mayFollow = ({ code }: Diagnostic): boolean => /^MLP(?:[235]|4[01])/.test(code) && !SECRETS.has(code);

const codesOf = (...messages: readonly { readonly definition: { readonly code: string } }[]) =>
  new Set(messages.map(({ definition }) => definition.code));
const SECRETS = codesOf(declarationMessages.secretLiteral, declarationMessages.secretText);
const MISSING = codesOf(declarationMessages.missingClause);
const UNKNOWN = codesOf(namesMessages.unknownName, namesMessages.definedBelow);
const COLUMNS = codesOf(namesMessages.unknownColumn, declarationMessages.notALabel, tasksMessages.noFeatures);
const IMPORTED = codesOf(namesMessages.notImported);
const DECIDED = codesOf(typesMessages.ruleDecided, typesMessages.alwaysSame);
const UNUSED = codesOf(namesMessages.unusedImport);
const CONDITIONS = codesOf(gatesMessages.impossible, gatesMessages.vacuous);

function withoutUnread(
  diagnostics: readonly Diagnostic[],
  modules: ReadonlyMap<string, BoundModule>,
): readonly Diagnostic[] {
  const errors = diagnostics.filter(isSyntaxError);
  if (errors.length === 0) return diagnostics;
  const unread = new Map<string, Unread>();
  for (const { file, span } of errors) {
    let known = unread.get(file.path);
    if (!known) {
      known = new Unread(file, modules.get(file.path));
      unread.set(file.path, known);
    }
    known.add(span);
  }
  const kept = diagnostics.filter(one => {
    if (!mayFollow(one)) return true;
    const here = unread.get(one.file.path);
    if (here?.hasLineOf(one.span)) return false;
    if (here && MISSING.has(one.code)) return !here.isInDeclarationOf(one.span);
    if (here && UNKNOWN.has(one.code)) return !here.mayHold(one.span);
    if (here && IMPORTED.has(one.code)) return !here.mayImport(one);
    return (
      !COLUMNS.has(one.code) ||
      !one.labels.some(({ file, span }) => unread.get(file.path)?.isInDeclarationOf(span))
    );
  });
  return kept.map(one => unread.get(one.file.path)?.withImported(one) ?? one);
}

/** The lines of a file in which something could not be read, and the declarations that they belong to. */
class Unread {
  private readonly file: SourceFile;
  private readonly declarations: readonly Span[];
  private readonly lines = new Map<number, string>();
  private readonly broken = new Map<Span, string[]>();
  /** Of imports that could not be read, by the place of their line: what the file uses of them. */
  private readonly imported = new Map<number, { readonly module: string; readonly names: Set<string> }>();

  constructor(file: SourceFile, module: BoundModule | undefined) {
    this.file = file;
    this.declarations = module?.tree.declarations.map(({ span }) => span) ?? [];
  }

  add({ start }: Span): void {
    const begin = this.lineStart(start);
    if (this.lines.has(begin)) return;
    const end = this.file.text.indexOf('\n', begin);
    const text = this.file.text.slice(begin, end < 0 ? undefined : end);
    this.lines.set(begin, text);
    const declaration = this.declarationAt(start);
    if (!declaration) return;
    const texts = this.broken.get(declaration);
    if (texts) texts.push(text);
    else this.broken.set(declaration, [text]);
  }

  hasLineOf({ start }: Span): boolean {
    return this.lines.has(this.lineStart(start));
  }

  isInDeclarationOf({ start }: Span): boolean {
    const declaration = this.declarationAt(start);
    return declaration !== undefined && this.broken.has(declaration);
  }

  /** Whether a name may be declared in what could not be read: it stands there. */
  mayHold({ start, end }: Span): boolean {
    const declaration = this.declarationAt(start);
    const name = this.file.text.slice(start, end);
    const texts = declaration === undefined ? undefined : this.broken.get(declaration);
    return texts?.some(text => text.split(/[^\w`]+/).includes(name)) === true;
  }

  /** Whether an import that could not be read is of the module that declares a name; the name is remembered. */
  mayImport({ file, span, hint }: Diagnostic): boolean {
    const module = hint?.match(/import (\S+) \{/)?.[1];
    if (module === undefined) return false;
    for (const [begin, line] of this.lines) {
      if (!line.startsWith('import') || !line.includes(module)) continue;
      const { names } = this.imported.get(begin) ?? { names: new Set<string>() };
      names.add(file.text.slice(span.start, span.end));
      this.imported.set(begin, { module, names });
      return true;
    }
    return false;
  }

  /** An import of which the names are missing, with those that the file uses. */
  withImported(one: Diagnostic): Diagnostic {
    const begin = this.lineStart(one.span.start);
    const found = this.imported.get(begin);
    if (!found || !isSyntaxError(one)) return one;
    const text = `import ${found.module} { ${[...found.names].join(', ')} }`;
    const edit = {
      file: this.file,
      span: { start: begin, end: begin + this.lines.get(begin)!.length },
      text,
    };
    return {
      ...one,
      hint: `name what is imported: \`${text}\``,
      fixes: [{ title: `Replace with \`${text}\``, edits: [edit] }],
    };
  }

  private declarationAt(offset: number): Span | undefined {
    return this.declarations.find(({ start, end }) => start <= offset && offset <= end + 1);
  }

  private lineStart(offset: number): number {
    return this.file.text.lastIndexOf('\n', offset - 1) + 1;
  }
}

/** An import that is not used because what it is for is missing, and a hint of the file says to write it. */
function withoutAdvised(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (!diagnostics.some(({ code }) => UNUSED.has(code))) return diagnostics;
  const advised = (file: SourceFile, name: string): boolean =>
    diagnostics.some(
      ({ severity, hint, file: other }) =>
        severity === 'error' && other === file && hint?.split(/\W+/).includes(name) === true,
    );
  return diagnostics.filter(
    ({ code, file, span }) => !UNUSED.has(code) || !advised(file, file.text.slice(span.start, span.end)),
  );
}

/** `share(paid >= 0.0) >= 99%`: that `paid >= 0.0` is always true is why the condition always holds. */
function whyDecided(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const told = new Set<Diagnostic>();
  const lineOf = ({ file, span }: Diagnostic): string =>
    `${file.path} ${file.text.lastIndexOf('\n', span.start - 1)}`;
  const reasons = new Map<string, Diagnostic[]>();
  for (const one of diagnostics)
    if (DECIDED.has(one.code)) reasons.set(lineOf(one), [...(reasons.get(lineOf(one)) ?? []), one]);
  if (reasons.size === 0) return [...diagnostics];
  const joined = diagnostics.map(one => {
    const why = CONDITIONS.has(one.code) ? (reasons.get(lineOf(one)) ?? []) : [];
    const before = why.filter(({ span }) => span.end <= one.span.start);
    for (const reason of before) told.add(reason);
    const labels = before.map(({ file, span, message }) => ({ file, span, message }));
    return before.length > 0 ? { ...one, labels: [...labels, ...one.labels] } : one;
  });
  return joined.filter(one => !told.has(one));
}
