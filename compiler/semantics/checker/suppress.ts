import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { projectMessages } from '../../diagnostics/messages/project.ts';
import type { ReadConfig } from '../../source/config.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Module } from '../scope.ts';
import { annotationsOf } from './schema.ts';

export interface Suppression {
  readonly file: SourceFile;
  /** Where it is written. */
  readonly at: Span;
  readonly code: string;
  /** What it covers; undefined: the whole project. */
  readonly covers: Span | undefined;
}

/** What `@suppress` names where it stands, and `mlp.json` for the whole project. */
export function suppressionsIn(project: readonly Module[], config: ReadConfig): readonly Suppression[] {
  const own = project.filter(module => !module.library);
  return [...own.flatMap(suppressionsOf), ...projectSuppressions(config)];
}

/** Takes off the warnings, of whatever phase, that are suppressed, and adds one for each suppression without effect. */
export function suppress(
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
): readonly Diagnostic[] {
  if (suppressions.length === 0) return diagnostics;
  const used = new Set<Suppression>();
  const kept = diagnostics.filter(diagnostic => {
    if (diagnostic.severity === 'error') return true;
    const matching = suppressions.filter(one => covers(one, diagnostic));
    for (const one of matching) used.add(one);
    return matching.length === 0;
  });
  const useless = suppressions
    .filter(one => !used.has(one) && !givenByRuns(one.code))
    .map(({ file, at, code }) => projectMessages.uselessSuppression({ code }, { file, span: at }));
  return [...kept, ...useless];
}

function covers(one: Suppression, { code, file, span }: Diagnostic): boolean {
  if (one.code !== code) return false;
  if (one.covers === undefined) return true;
  return one.file === file && one.covers.start <= span.start && span.end <= one.covers.end;
}

function projectSuppressions({ config, file }: ReadConfig): Suppression[] {
  if (!file) return [];
  return (config.suppress ?? []).map(({ code }) => {
    const start = Math.max(0, file.text.indexOf(JSON.stringify(code)));
    return { file, at: { start, end: start + code.length + 2 }, code, covers: undefined };
  });
}

/** Codes of the linter and of runs are given elsewhere, so it is not known here whether they are needed. */
const givenByRuns = (code: string): boolean => !/^MLP[1-6]/.test(code);

function suppressionsOf(module: Module): Suppression[] {
  const found: Suppression[] = [];
  const add = (annotations: readonly ast.Annotation[], span: ast.Node['span']) => {
    for (const annotation of annotations) {
      const code = annotation.name.text === 'suppress' ? annotation.args[0]?.value : undefined;
      if (code?.kind === 'String')
        found.push({ file: module.file, at: annotation.span, code: code.value, covers: span });
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
