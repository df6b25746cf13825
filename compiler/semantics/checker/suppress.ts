import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { projectMessages } from '../../diagnostics/messages/project.ts';
import type { ReadConfig } from '../../source/config.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Module } from '../scope.ts';
import type { Checker } from './context.ts';
import { annotationsOf } from './schema.ts';

interface Suppression {
  readonly file: SourceFile;
  /** Where it is written. */
  readonly at: Span;
  readonly code: string;
  /** What it covers; undefined: the whole project. */
  readonly covers: Span | undefined;
  used: boolean;
}

/**
 * Takes off the warnings that `@suppress` names where they lie, or `mlp.json` for the whole project, and adds one for
 * each suppression without effect.
 */
export function suppress(c: Checker, project: readonly Module[], config: ReadConfig): readonly Diagnostic[] {
  const all = [
    ...project.flatMap(module => (module.library ? [] : suppressionsOf(module))),
    ...projectSuppressions(config),
  ];
  if (all.length === 0) return c.diagnostics;
  const kept = c.diagnostics.filter(diagnostic => {
    if (diagnostic.severity === 'error') return true;
    const matching = all.filter(one => covers(one, diagnostic));
    for (const one of matching) one.used = true;
    return matching.length === 0;
  });
  const useless = all
    .filter(one => !one.used && !laterPhase(one.code))
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
    return { file, at: { start, end: start + code.length + 2 }, code, covers: undefined, used: false };
  });
}

/** Codes of flow, gates and data are given by later phases, so it is not known yet whether they are needed. */
const laterPhase = (code: string): boolean => !/^MLP[1236]/.test(code);

function suppressionsOf(module: Module): Suppression[] {
  const found: Suppression[] = [];
  const add = (annotations: readonly ast.Annotation[], span: ast.Node['span']) => {
    for (const annotation of annotations) {
      const code = annotation.name.text === 'suppress' ? annotation.args[0]?.value : undefined;
      if (code?.kind === 'String')
        found.push({ file: module.file, at: annotation.span, code: code.value, covers: span, used: false });
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
