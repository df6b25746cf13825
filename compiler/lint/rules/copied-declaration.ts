import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const busy = 'function busy(pages: int) -> bool = pages in 10..100 or pages in 300..400';
const view = (name: string): string =>
  `use site, pages, seconds\n  busy = busy(pages)\n  crowded = ${name}(pages)`;

export const copiedDeclaration = defineRule({
  name: 'copied-declaration',
  code: 'MLP7103',
  level: 'note',
  strict: 'warn',
  scope: 'project',
  title: 'a declaration that is a copy of another',
  message: ({ name, other }: { name: string; other: string }) => `\`${name}\` is the same as \`${other}\``,
  hint: ({ name, other }) =>
    `use \`${other}\` for both, and import it where it is in another file; or tell in \`${name}\` what differs`,
  why: `Two copies are one thing with two places to change, and one of them is forgotten. Functions, schemas, enums and policies are
compared, without names, comments and white space; those that are shorter than \`least\` characters are not.`,
  reference: {
    title: 'pylint: duplicate-code',
    url: 'https://pylint.pycqa.org/en/v2.14.5/user_guide/messages/refactor/duplicate-code.html',
  },
  wrong: project({ features: view('crowded'), more: `${busy}\n${busy.replace('busy', 'crowded')}` }),
  right: project({ features: view('busy').replace(/\n.*crowded.*/, ''), more: busy }),
  options: {
    least: {
      kind: 'number',
      default: 40,
      min: 1,
      max: 10_000,
      means: 'how many characters two copies have at least',
    },
  },
  create(context) {
    const seen = new Map<string, { readonly declaration: ast.Declaration; readonly file: SourceFile }>();
    const look = (declaration: ast.Declaration): void => {
      const { file } = context;
      if (!context.isOwn(file)) return;
      const text = bodyOf(file, declaration);
      if (text.length < context.options.least) return;
      const key = `${declaration.kind} ${text}`;
      const first = seen.get(key);
      if (!first) {
        seen.set(key, { declaration, file });
        return;
      }
      const other = first.declaration.name;
      const labels = [{ file: first.file, span: other.span, message: 'the other one' }];
      context.report(
        { name: declaration.name.text, other: other.text },
        { span: declaration.name.span, labels },
      );
    };
    return { Function: look, Schema: look, Enum: look, Policy: look };
  },
});

/** What follows the name, as it reads without comments and blanks. */
function bodyOf({ text }: SourceFile, { name, span }: ast.Declaration): string {
  return text
    .slice(name.span.end, span.end)
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
