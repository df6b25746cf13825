import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { SchemaInfo } from '../program.ts';
import { lookup, type Module, replaceFix, visibleNames } from '../scope.ts';
import { describe, isNumber } from '../types.ts';
import { bindArguments, checkArguments } from './arguments.ts';
import type { Checker } from './context.ts';
import { distinct } from './names.ts';
import { annotationsOf } from './schema.ts';
import { constantEnv } from './type-expression.ts';

/** The word for a declaration in `annotation x on …`. */
const targets: Readonly<Partial<Record<ast.Declaration['kind'], string>>> = {
  AggregateFunction: 'aggregate',
  AnnotationDeclaration: 'annotation',
};
export const targetOf = (declaration: ast.Declaration): string =>
  targets[declaration.kind] ?? declaration.kind.toLowerCase();

/** Checks annotations against their declarations: that they exist, may stand here and have the right arguments. */
export function checkAnnotations(
  c: Checker,
  module: Module,
  annotations: readonly ast.Annotation[],
  target: string,
  schema?: SchemaInfo,
): void {
  if (annotations.length === 0) return;
  distinct(c, module, annotations, 'annotations');
  for (const annotation of annotations) checkAnnotation(c, module, annotation, target, schema);
}

function checkAnnotation(
  c: Checker,
  module: Module,
  annotation: ast.Annotation,
  target: string,
  schema: SchemaInfo | undefined,
): void {
  const { name } = annotation;
  if (name.text === '') return;
  const symbol = lookup(module, 'annotations', name.text);
  if (symbol?.declaration.kind !== 'AnnotationDeclaration') {
    const suggestion = suggest(name.text, visibleNames(module, 'annotations'));
    const fixes = suggestion === undefined ? [] : [replaceFix(module, name, suggestion)];
    c.error(
      module,
      namesMessages.unknownName,
      { name: name.text, what: 'annotation', suggestion },
      name.span,
      { fixes },
    );
    return;
  }
  const { declaration } = symbol;
  c.bind(name, symbol);
  const allowed = declaration.targets.map(one => one.text);
  if (!allowed.includes(target)) {
    const labels = [c.labelAt(declaration, 'declared here')];
    const facts = { name: name.text, target, targets: allowed };
    c.error(module, typesMessages.annotationTarget, facts, annotation.span, { labels });
    return;
  }
  const env = constantEnv(module);
  const bound = bindArguments(c, env, name, annotation.args, declaration);
  checkArguments(c, env, bound, declaration, { free: new Set() });
  if (schema) columnArguments(c, module, bound.args, declaration, schema);
}

/** Arguments that name another column of the same schema: a time, since that is what a column is named for. */
function columnArguments(
  c: Checker,
  module: Module,
  args: ReadonlyMap<string, ast.Arg>,
  declaration: ast.AnnotationDeclaration,
  schema: SchemaInfo,
): void {
  for (const parameter of declaration.parameters) {
    const body = parameter.type.body;
    const value = args.get(parameter.name.text)?.value;
    if (body.kind !== 'NamedType' || body.name.text !== 'column' || value?.kind !== 'NameExpression')
      continue;
    const column = schema.columns.get(value.name.text);
    if (!column) {
      const suggestion = suggest(value.name.text, schema.columns.keys());
      const fixes = suggestion === undefined ? [] : [replaceFix(module, value.name, suggestion)];
      const facts = { column: value.name.text, of: `\`${schema.name}\``, suggestion };
      if (value.name.text !== '') c.error(module, namesMessages.unknownColumn, facts, value.span, { fixes });
      continue;
    }
    const { field, file, type } = column;
    c.bind(value.name, {
      kind: 'column',
      name: field.name.text,
      field,
      schema: schema.name,
      of: schema.name,
      file,
    });
    if (['date', 'datetime', 'timestamp', 'unknown'].includes(type.kind)) continue;
    const facts = { mark: declaration.name.text, needed: 'a column of time', found: describe(type) };
    c.error(module, declarationMessages.markedColumn, facts, value.span);
  }
}

/** Those of a schema's columns, with what they ask of the column's type. */
export function checkColumnAnnotations(c: Checker, module: Module, schema: SchemaInfo): void {
  for (const field of schema.declaration.fields) {
    const annotations = annotationsOf(field);
    checkAnnotations(c, module, annotations, 'column', schema);
    const type = schema.columns.get(field.name.text)?.type;
    for (const { name, span } of annotations) {
      if (name.text === 'unit' && type && type.kind !== 'unknown' && !isNumber(type)) {
        const facts = { mark: 'unit', needed: 'a number', found: describe(type) };
        c.error(module, declarationMessages.markedColumn, facts, span);
      }
      if (schema.eventTime === undefined && name.text === 'known_after') {
        const facts = { table: `\`${schema.name}\``, what: '@known_after' };
        c.error(module, typesMessages.noEventTime, facts, span);
      }
    }
  }
}

/** Annotations that stand on the types of a declaration's parameters and result. */
export function checkSignatureAnnotations(
  c: Checker,
  module: Module,
  parameters: readonly ast.Parameter[],
  result?: ast.TypeExpression,
): void {
  for (const parameter of parameters) checkAnnotations(c, module, parameter.type.annotations, 'parameter');
  if (result) checkAnnotations(c, module, result.annotations, 'result');
}
