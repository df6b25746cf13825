import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';
import { stringOf } from './literals.ts';

/** A file: imports and declarations, in any order. */
export interface ModuleRules {
  readonly module: Rule<ast.Module>;
  readonly importClause: Rule<ast.Import>;
  readonly importName: Rule<ast.ImportName>;
  readonly declaration: Rule<ast.Declaration>;
  readonly declarationBody: Rule<ast.Declaration>;
}

export function installModule(p: Grammar): void {
  p.RULE('module', (): ast.Module => {
    const imports: ast.Import[] = [];
    const declarations: ast.Declaration[] = [];
    do {
      p.MANY(() => {
        const mark = p.enterItem();
        p.OR([
          { ALT: () => imports.push(p.SUBRULE(p.importClause)) },
          {
            ALT: () => {
              const declaration = p.SUBRULE(p.declaration);
              if (declaration !== undefined) declarations.push(declaration);
            },
          },
        ]);
        p.leaveItem(mark);
      });
    } while (p.recovery?.resyncFile());
    if (p.recovery) imports.push(...p.recovery.imports);
    return { kind: 'Module', imports, declarations, span: { start: 0, end: p.file.text.length } };
  });
  installImports(p);
  installDeclarations(p);
}

function installImports(p: Grammar): void {
  const paths: readonly Alternative<Pick<ast.Import, 'path' | 'form'>>[] = [
    {
      ALT: () => {
        const path = stringOf(p.CONSUME(t.StringText)).value;
        return { path, form: /^\.\.?\//.test(path) ? 'file' : 'package' };
      },
    },
    {
      ALT: () => {
        let path = p.nameOf(p.CONSUME1(t.Identifier)).text;
        p.MANY(() => {
          p.CONSUME(t.Dot);
          path += `.${p.nameOf(p.CONSUME2(t.Identifier)).text}`;
        });
        return { path, form: 'library' };
      },
    },
  ];
  const either = { DEF: paths, ERR_MSG: 'a library such as `std.sources`, or a file in quotes' };
  p.RULE('importClause', (): ast.Import => {
    const foreign = p.recovery?.foreignImport();
    if (foreign) return foreign;
    const start = p.CONSUME(kw.import).startOffset;
    const from = p.start();
    const { path, form } = p.OR(either) ?? { path: '', form: 'library' };
    const pathSpan = p.from(from);
    const names = braces(p, 'import', () => p.SUBRULE(p.importName));
    return { kind: 'Import', path, form, pathSpan, names, span: p.from(start) };
  });
  p.RULE('importName', (): ast.ImportName => {
    const name = p.nameOf(p.CONSUME1(t.Identifier));
    const alias = p.OPTION({
      // Without commas `as` might itself be the next name; then no name follows it.
      GATE: () => p.isName(2),
      DEF: () => {
        p.CONSUME(kw.as);
        return p.nameOf(p.CONSUME2(t.Identifier));
      },
    });
    const span = p.from(name.span.start);
    return alias === undefined
      ? { kind: 'ImportName', name, span }
      : { kind: 'ImportName', name, alias, span };
  });
}

function installDeclarations(p: Grammar): void {
  p.RULE('declaration', () => {
    const doc = p.doc();
    const start = p.start();
    const annotations: ast.Annotation[] = [];
    p.MANY(() => annotations.push(p.SUBRULE(p.annotationUse)));
    p.pending = { start, doc: doc ?? p.doc(), annotations };
    return p.SUBRULE(p.declarationBody);
  });

  const declarations: readonly Alternative<ast.Declaration>[] = [
    { ALT: () => p.SUBRULE(p.schemaDeclaration) },
    { ALT: () => p.SUBRULE(p.enumDeclaration) },
    { ALT: () => p.SUBRULE(p.paramDeclaration) },
    { ALT: () => p.SUBRULE(p.letDeclaration) },
    { ALT: () => p.SUBRULE(p.connectionDeclaration) },
    { ALT: () => p.SUBRULE(p.sourceDeclaration) },
    { ALT: () => p.SUBRULE(p.sinkDeclaration) },
    { ALT: () => p.SUBRULE(p.validationDeclaration) },
    { ALT: () => p.SUBRULE(p.functionDeclaration) },
    { ALT: () => p.SUBRULE(p.aggregateDeclaration) },
    { ALT: () => p.SUBRULE(p.componentDeclaration) },
    { ALT: () => p.SUBRULE(p.trainerDeclaration) },
    { ALT: () => p.SUBRULE(p.metricDeclaration) },
    { ALT: () => p.SUBRULE(p.policyDeclaration) },
    { ALT: () => p.SUBRULE(p.constructorDeclaration) },
    { ALT: () => p.SUBRULE(p.annotationDeclaration) },
    { ALT: () => p.SUBRULE(p.featuresDeclaration) },
    { ALT: () => p.SUBRULE(p.modelDeclaration) },
    { ALT: () => p.SUBRULE(p.deploymentDeclaration) },
    { ALT: () => p.SUBRULE(p.monitorDeclaration) },
    { ALT: () => p.SUBRULE(p.pipelineDeclaration) },
    { ALT: () => p.SUBRULE(p.environmentDeclaration) },
    { ALT: () => p.SUBRULE(p.testDeclaration) },
  ];
  const either = { DEF: declarations, ERR_MSG: 'a declaration after its annotations' };
  p.RULE('declarationBody', () => p.OR(either));
}
