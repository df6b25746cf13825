import type { Diagnostic, Suppressed } from '../../diagnostics/diagnostic.ts';
import { projectMessages } from '../../diagnostics/messages/project.ts';
import type { ReadConfig } from '../../source/config.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { removeItem } from '../fixes.ts';
import type { Module } from '../scope.ts';
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
}

export interface Sorted {
  readonly kept: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
}

/** What `@suppress` names where it stands, and `mlp.json` for the whole project. */
export function suppressionsIn(project: readonly Module[], config: ReadConfig): readonly Suppression[] {
  const own = project.filter(module => !module.library);
  return [...own.flatMap(suppressionsOf), ...projectSuppressions(config)];
}

/** Takes off the warnings, of whatever phase, that are suppressed, and adds one for each suppression without effect. */
export function takeOff(diagnostics: readonly Diagnostic[], suppressions: readonly Suppression[]): Sorted {
  if (suppressions.length === 0) return { kept: diagnostics, suppressed: [] };
  const used = new Set<Suppression>();
  const suppressed: Suppressed[] = [];
  const kept = diagnostics.filter(diagnostic => {
    if (diagnostic.severity === 'error') return true;
    const matching = suppressions.filter(one => covers(one, diagnostic));
    for (const one of matching) used.add(one);
    const [first] = matching;
    if (first) suppressed.push({ diagnostic, kind: kindOf(first), reason: first.reason });
    return first === undefined;
  });
  const useless = suppressions
    .filter(one => !used.has(one) && !givenByRuns(one.code))
    .map(one => {
      const fixes = one.covers === undefined ? [] : [removeItem(one, one.at)];
      return projectMessages.uselessSuppression({ code: one.code }, { file: one.file, span: one.at, fixes });
    });
  return { kept: [...kept, ...useless], suppressed };
}

/** The same where nobody asks what was taken off. */
export const suppress = (
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
): readonly Diagnostic[] => takeOff(diagnostics, suppressions).kept;

const kindOf = ({ covers }: Suppression): Suppressed['kind'] =>
  covers === undefined ? 'external' : 'inSource';

function covers(one: Suppression, { code, file, span }: Diagnostic): boolean {
  if (one.code !== code) return false;
  if (one.covers === undefined) return true;
  return one.file === file && one.covers.start <= span.start && span.end <= one.covers.end;
}

function projectSuppressions({ config, file }: ReadConfig): Suppression[] {
  if (!file) return [];
  return (config.suppress ?? []).map(({ code, reason }) => {
    const start = Math.max(0, file.text.indexOf(JSON.stringify(code)));
    return { file, at: { start, end: start + code.length + 2 }, code, covers: undefined, reason };
  });
}

/** Codes of the linter and of runs are given elsewhere, so it is not known here whether they are needed. */
const givenByRuns = (code: string): boolean => !/^MLP[1-6]/.test(code);

function suppressionsOf(module: Module): Suppression[] {
  const found: Suppression[] = [];
  const add = (annotations: readonly ast.Annotation[], span: ast.Node['span']) => {
    for (const annotation of annotations) {
      const code = annotation.name.text === 'suppress' ? annotation.args[0]?.value : undefined;
      const why = annotation.args[1]?.value;
      if (code?.kind !== 'String') continue;
      const reason = why?.kind === 'String' ? why.value : '';
      found.push({ file: module.file, at: annotation.span, code: code.value, covers: span, reason });
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
