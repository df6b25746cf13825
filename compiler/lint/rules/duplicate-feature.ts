import { textOf } from '../../plan/build/text.ts';
import { removeItem } from '../../semantics/fixes.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const view = (second: string): string =>
  `use site, pages, seconds\n  pace = seconds / (pages + 1)\n  ${second}`;

export const duplicateFeature = defineRule({
  name: 'duplicate-feature',
  code: 'MLP7132',
  level: 'warn',
  title: 'two features that are the same',
  message: ({ name, other }: { name: string; other: string }) => `\`${name}\` is the same as \`${other}\``,
  hint: ({ name }) => `remove \`${name}\`, or write what it was meant to be`,
  why: `Two equal columns add nothing to a model and take its reading apart: trees split now by the one and now by the other, linear models share a weight between them in any way, and
importances are halved. Mostly one of them was copied to be changed and was not. Features are compared as they are written, white space apart.`,
  reference: ruleOfMl(22, 'clean up features that are no longer used'),
  wrong: project({ features: view('speed = seconds/(pages + 1)') }),
  right: project({ features: view('speed = (pages + 1) / (seconds + 1.0)') }),
  create: context => ({
    Features({ items }) {
      const seen = new Map<string, ast.Name>();
      for (const item of items) {
        if (item.kind === 'Use') for (const column of item.columns) seen.set(textOf(nameOf(column)), column);
        if (item.kind !== 'Feature' || item.label || item.value.kind === 'Missing') continue;
        const key = textOf(item.value);
        const other = seen.get(key);
        if (!other) {
          seen.set(key, item.name);
          continue;
        }
        const labels = [{ file: context.file, span: other.span, message: 'the other one' }];
        const fixes = [{ ...removeItem(context, item.span, false), title: `remove \`${item.name.text}\`` }];
        context.report({ name: item.name.text, other: other.text }, { span: item.name.span, labels, fixes });
      }
    },
  }),
});

const nameOf = (name: ast.Name): ast.NameExpression => ({ kind: 'NameExpression', name, span: name.span });
