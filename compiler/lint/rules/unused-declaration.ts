import { removeItem } from '../../semantics/fixes.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { VISITS } from './examples.ts';

/** What is of use only to others; models, deployments, tests and the like are ends in themselves. */
const words: Readonly<Partial<Record<ast.Declaration['kind'], string>>> = {
  Schema: 'schema',
  Enum: 'enum',
  Param: 'param',
  Let: 'constant',
  Connection: 'connection',
  Source: 'source',
  Sink: 'sink',
  Function: 'function',
  Component: 'component',
  Trainer: 'trainer',
  Metric: 'metric',
  Features: 'view',
};

export const unusedDeclaration = defineRule({
  name: 'unused-declaration',
  code: 'MLP7101',
  level: 'warn',
  title: 'a declaration that nothing uses',
  message: ({ what, name }: { what: string; name: string }) => `nothing uses the ${what} \`${name}\``,
  hint: ({ name }) => `remove it, or begin its name with \`_\` if it is kept for later: \`_${name}\``,
  why: `What nothing uses still has to be read, kept up to date and asked about, and often it is a sign that something else was
meant: a view that no model takes, a param that no longer sets anything. Schemas, enums, params, constants, connections,
sources, sinks, functions, components, trainers, metrics and views are looked at; files that are there for other projects are
named in the option \`exports\`. Unused imports are a warning of the compiler itself (MLP2008), which \`mlp lint\` shows too, and so are policies that
nothing uses (MLP5201).`,
  reference: ruleOfMl(22, 'clean up features that are no longer used'),
  wrong: `${VISITS}
/// Reads many pages.
function busy(pages: int) -> bool = pages > 10
`,
  right: VISITS,
  options: {
    exports: {
      kind: 'texts',
      default: [],
      means: 'files, or folders that end with `/`, whose declarations are for other projects',
    },
  },
  create(context) {
    const used = new Set<ast.Declaration>();
    const unbound = new Set<string>();
    /** Where something gets its name, or says what of it is meant: no use of anything. */
    const own = new Set<ast.Name>();
    const names = ({ name }: { readonly name?: ast.Name }): void => {
      if (name) own.add(name);
    };
    const exported = (path: string): boolean =>
      context.options.exports.some(one => path === one || (one.endsWith('/') && path.startsWith(one)));
    for (const { tree } of context.program.modules.values())
      for (const declaration of tree.declarations) own.add(declaration.name);
    return {
      ImportName: ({ name, alias }) => {
        own.add(name);
        if (alias) own.add(alias);
      },
      Join: ({ alias }) => {
        if (alias) own.add(alias);
      },
      Field: names,
      EnumMember: names,
      Feature: names,
      Parameter: names,
      Arg: names,
      RecordField: names,
      TuneParameter: names,
      Annotation: names,
      Name: name => {
        if (own.has(name)) return;
        const symbol = context.program.symbolOf(name);
        // A name that is bound to nothing may mean anything.
        if (!symbol) unbound.add(name.text);
        else if (symbol.kind === 'declaration') used.add(symbol.declaration);
        else if (symbol.kind === 'member' && symbol.enum.kind === 'Enum') used.add(symbol.enum);
      },
      finish() {
        for (const { file, tree } of context.program.modules.values()) {
          if (!context.isOwn(file) || exported(file.path)) continue;
          for (const declaration of tree.declarations) {
            const what = words[declaration.kind];
            const { text: name, span } = declaration.name;
            if (what === undefined || name === '' || name.startsWith('_')) continue;
            if (used.has(declaration) || unbound.has(name)) continue;
            const fixes = [{ ...removeItem({ file }, declaration.span, false), title: `remove \`${name}\`` }];
            context.report({ what, name }, { file, span, fixes });
          }
        }
      },
    };
  },
});
