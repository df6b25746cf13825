import { projectMessages } from '../../diagnostics/messages/project.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Module } from '../scope.ts';
import type { Checker } from './context.ts';
import { annotationsOf } from './schema.ts';

interface Suppression {
  readonly module: Module;
  readonly annotation: ast.Annotation;
  readonly code: string;
  readonly span: ast.Node['span'];
  used: boolean;
}

/** Takes off the warnings that `@suppress` names where they lie, and adds one for each suppression without effect. */
export function suppress(c: Checker, project: readonly Module[]): readonly Diagnostic[] {
  const all = project.flatMap(module => (module.library ? [] : suppressionsOf(module)));
  if (all.length === 0) return c.diagnostics;
  const kept = c.diagnostics.filter(diagnostic => {
    if (diagnostic.severity === 'error') return true;
    const { file, span, code } = diagnostic;
    const matching = all.filter(
      one =>
        one.code === code &&
        one.module.file === file &&
        one.span.start <= span.start &&
        span.end <= one.span.end,
    );
    for (const one of matching) one.used = true;
    return matching.length === 0;
  });
  const useless = all
    .filter(one => !one.used && !laterPhase(one.code))
    .map(({ module, annotation, code }) =>
      projectMessages.uselessSuppression({ code }, { file: module.file, span: annotation.span }),
    );
  return [...kept, ...useless];
}

/** Codes of flow, gates and data are given by later phases, so it is not known yet whether they are needed. */
const laterPhase = (code: string): boolean => !/^MLP[1236]/.test(code);

function suppressionsOf(module: Module): Suppression[] {
  const found: Suppression[] = [];
  const add = (annotations: readonly ast.Annotation[], span: ast.Node['span']) => {
    for (const annotation of annotations) {
      const code = annotation.name.text === 'suppress' ? annotation.args[0]?.value : undefined;
      if (code?.kind === 'String') found.push({ module, annotation, code: code.value, span, used: false });
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
