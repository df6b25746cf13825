import type { Diagnostic, Fix, Suppressed } from '../../diagnostics/diagnostic.ts';
import { lintMessages } from '../../diagnostics/messages/lint.ts';
import { projectMessages } from '../../diagnostics/messages/project.ts';
import type { ReadConfig } from '../../source/config.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem } from '../fixes.ts';
import type { Module } from '../scope.ts';
import { allowedIn, unknownCode } from './allow.ts';
import { annotationsOf } from './schema.ts';

export interface Suppression {
  readonly file: SourceFile;
  /** Where it is written. */
  readonly at: Span;
  readonly code: string;
  /** What it covers; undefined: the whole project. */
  readonly covers: Span | undefined;
  /** Why, in the words of who wrote it. */
  readonly reason: string;
  /** A comment for a line (it covers what begins there) or for a file, `@suppress`, or `mlp.json`. */
  readonly form: 'line' | 'file' | 'annotation' | 'project';
}

export interface Sorted {
  readonly kept: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
}

/** What `@suppress` names where it stands, comments for their line or file, and `mlp.json` for the whole project. */
export function suppressionsIn(
  project: readonly Module[],
  config: ReadConfig,
  report: (fault: Diagnostic) => void,
): readonly Suppression[] {
  const own = project.filter(module => !module.library);
  const inFiles = own.flatMap(module => {
    const { suppressions, faults } = allowedIn(module.file);
    for (const fault of faults) report(fault);
    return [...annotationsIn(module, report), ...suppressions];
  });
  return [...inFiles, ...projectSuppressions(config)];
}

/** Takes off the warnings, of whatever phase, that are suppressed, and adds one for each suppression without effect. */
export function takeOff(diagnostics: readonly Diagnostic[], suppressions: readonly Suppression[]): Sorted {
  if (suppressions.length === 0) return { kept: diagnostics, suppressed: [] };
  const used = new Set<Suppression>();
  const suppressed: Suppressed[] = [];
  const kept = diagnostics.filter(diagnostic => {
    if (diagnostic.severity === 'error' && !isRule(diagnostic.code)) return true;
    const matching = suppressions.filter(one => covers(one, diagnostic));
    for (const one of matching) used.add(one);
    const [first] = matching;
    if (first) suppressed.push({ diagnostic, kind: kindOf(first), reason: first.reason });
    return first === undefined;
  });
  const useless = suppressions
    .filter(one => !used.has(one) && !givenByRuns(one.code))
    .map(uselessSuppression);
  return { kept: [...kept, ...useless], suppressed };
}

/** The warning about a suppression that suppresses nothing, with the edit that takes it away. */
export function uselessSuppression(one: Suppression): Diagnostic {
  const { file, code, form, at } = one;
  const fixes = form === 'project' ? [] : [withoutSuppression(one)];
  return projectMessages.uselessSuppression({ code, form }, { file, span: at, fixes });
}

/** A comment may name several codes, of which the others may be needed. */
function withoutSuppression({ file, code, form, at }: Suppression): Fix {
  const text = file.text.slice(at.start, at.end);
  const [, list = ''] = /mlp-allow(?:-file)?([^:]*):/.exec(text) ?? [];
  const codes = list.split(/[\s,]+/).filter(one => one !== '');
  if (form === 'annotation' || codes.length < 2) return removeItem({ file }, at);
  const start = at.start + text.indexOf(list);
  const others = codes.filter(one => one !== code).join(', ');
  return {
    title: `remove ${code}`,
    edits: [{ file, span: { start, end: start + list.length }, text: ` ${others}` }],
  };
}

/** What the rules of the linter find may be suppressed at any level: the project chose the level, not the language. */
export const isRule = (code: string): boolean => /^MLP7[1-9]/.test(code);

/** The same where nobody asks what was taken off. */
export const suppress = (
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
): readonly Diagnostic[] => takeOff(diagnostics, suppressions).kept;

const kindOf = ({ covers }: Suppression): Suppressed['kind'] =>
  covers === undefined ? 'external' : 'inSource';

export function covers(one: Suppression, { code, file, span }: Diagnostic): boolean {
  if (one.code !== code) return false;
  if (one.covers === undefined) return true;
  if (one.form === 'line')
    return one.file === file && one.covers.start <= span.start && span.start < one.covers.end;
  return one.file === file && one.covers.start <= span.start && span.end <= one.covers.end;
}

function projectSuppressions({ config, file }: ReadConfig): Suppression[] {
  if (!file) return [];
  return (config.suppress ?? []).map(({ code, reason }) => {
    const start = Math.max(0, file.text.indexOf(JSON.stringify(code)));
    return {
      file,
      at: { start, end: start + code.length + 2 },
      code,
      covers: undefined,
      reason,
      form: 'project',
    };
  });
}

/** Codes of the linter and of runs are given elsewhere, so it is not known here whether they are needed. */
const givenByRuns = (code: string): boolean => !/^MLP[1-6]/.test(code);

function annotationsIn(module: Module, report: (fault: Diagnostic) => void): Suppression[] {
  const found: Suppression[] = [];
  const { file } = module;
  const add = (annotations: readonly ast.Annotation[], covers: Span) => {
    for (const annotation of annotations) {
      const code = annotation.name.text === 'suppress' ? annotation.args[0]?.value : undefined;
      const why = annotation.args[1]?.value;
      if (code?.kind !== 'String') continue;
      const fault = unknownCode(file, code.value, code.span);
      if (fault) {
        report(fault);
        continue;
      }
      const reason = why?.kind === 'String' ? why.value : '';
      // One that is left out is a missing argument, which is told by its own code.
      if (why?.kind === 'String' && reason.trim() === '')
        report(lintMessages.noReason({ codes: code.value }, { file, span: why.span }));
      found.push({ file, at: annotation.span, code: code.value, covers, reason, form: 'annotation' });
    }
  };
  for (const declaration of module.tree.declarations) {
    add(declaration.annotations, declaration.span);
    if (declaration.kind === 'Schema') {
      for (const field of declaration.fields) add(annotationsOf(field), field.span);
    }
  }
  return found;
}
