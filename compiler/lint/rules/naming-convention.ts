import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const more = (name: string): string => `function ${name}(pages: int) -> bool = pages > 10`;
const features = (name: string): string => `use site, pages, seconds\n  busy = ${name}(pages)`;

type Style = 'snake_case' | 'PascalCase';
const styles: Readonly<Record<Style, RegExp>> = {
  snake_case: /^_?[a-z][a-z0-9]*(_[a-z0-9]+)*$/,
  PascalCase: /^_?[A-Z][A-Za-z0-9]*$/,
};

export const naming = defineRule({
  name: 'naming-convention',
  code: 'MLP7106',
  level: 'note',
  strict: 'warn',
  title: 'a name in another style than its kind has',
  message: ({ what, name, style }: { what: string; name: string; style: Style }) =>
    `the ${what} \`${name}\` is not in ${style}`,
  hint: ({ name, style }) => `call it \`${inStyle(name, style)}\``,
  why: `Schemas, enums and views are named like types, in PascalCase; all else is named like a value, in snake_case. So a reader tells a view from a
source at sight, as the library and the reference have it. Columns are as the data has them; the option \`columns\` asks them to be in snake_case too. What is
private to its file (\`_name\`) is renamed by the fix; other names are what runs, tables and callers know, and theirs to change.`,
  reference: {
    title: 'ruff: invalid-function-name, after PEP 8',
    url: 'https://docs.astral.sh/ruff/rules/invalid-function-name/',
  },
  wrong: project({ features: features('_isBusy'), more: more('_isBusy') }),
  right: project({ features: features('_is_busy'), more: more('_is_busy') }),
  options: { columns: { kind: 'boolean', default: false, means: 'whether columns are in snake_case' } },
  create(context) {
    const found: {
      what: string;
      name: ast.Name;
      style: Style;
      file: SourceFile;
      declaration?: ast.Declaration;
    }[] = [];
    const uses = new Map<ast.Declaration, Span[]>();
    const look =
      (what: string, style: Style) =>
      (node: ast.Declaration | ast.Field | ast.FeatureItem): void => {
        const { name } = node;
        if (name.text === '' || name.quoted || styles[style].test(name.text)) return;
        const declaration = node.kind === 'Field' || node.kind === 'Feature' ? undefined : node;
        found.push({ what, name, style, file: context.file, ...(declaration ? { declaration } : {}) });
      };
    const value = (what: string) => look(what, 'snake_case');
    const type = (what: string) => look(what, 'PascalCase');
    return {
      Schema: type('schema'),
      Enum: type('enum'),
      Features: type('view'),
      Source: value('source'),
      Sink: value('sink'),
      Connection: value('connection'),
      Validation: value('validation'),
      Function: value('function'),
      Component: value('component'),
      Trainer: value('trainer'),
      Metric: value('metric'),
      Policy: value('policy'),
      Model: value('model'),
      Deployment: value('deployment'),
      Monitor: value('monitor'),
      Pipeline: value('pipeline'),
      Environment: value('environment'),
      Param: value('param'),
      Let: value('constant'),
      Feature: value('feature'),
      Field: field => {
        if (context.options.columns) value('column')(field);
      },
      Name(name) {
        if (!name.text.startsWith('_')) return;
        const symbol = context.program.symbolOf(name);
        if (symbol?.kind === 'declaration') push(uses, symbol.declaration, name.span);
      },
      finish() {
        for (const { what, name, style, file, declaration } of found) {
          const text = inStyle(name.text, style);
          const isPrivate = name.text.startsWith('_') && declaration !== undefined;
          const spans = isPrivate ? [...new Set([name.span, ...(uses.get(declaration) ?? [])])] : [];
          const edits = spans.map(span => ({ file, span, text }));
          const fixes = edits.length > 0 ? [{ title: `call it \`${text}\``, edits }] : [];
          context.report({ what, name: name.text, style }, { file, span: name.span, fixes });
        }
      },
    };
  },
});

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function inStyle(name: string, style: Style): string {
  const lead = name.startsWith('_') ? '_' : '';
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .split(/_+/)
    .filter(word => word !== '');
  if (style === 'snake_case') return lead + words.map(word => word.toLowerCase()).join('_');
  return lead + words.map(word => word[0]!.toUpperCase() + word.slice(1)).join('');
}
