import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { walk } from '../walk.ts';
import { project } from './examples.ts';

const gate = (floor: string): string =>
  `require auc >= ${floor}\n    require auc >= (champion.auc ?? ${floor}) - 0.01\n    require auc >= ${floor} for each site with at least 500 rows\n    require auc > baseline.auc`;

export const repeatedNumber = defineRule({
  name: 'repeated-number',
  code: 'MLP7104',
  level: 'note',
  strict: 'warn',
  title: 'a number that stands in many conditions',
  message: ({ number, times }: { number: string; times: number }) =>
    `${number} stands ${times} times in conditions of this file`,
  hint: ({ number }) => `give it a name: \`let floor = ${number}\``,
  why: `A threshold that is written in several gates means one thing, and is changed in all of them but one. A \`let\` names it and has one
place to change; a \`param\` can be set from outside as well. Numbers with a fraction are counted in validations, gates, checks, monitors and
policies; 0, 1 and one half mean themselves.`,
  reference: {
    title: 'ESLint: no-magic-numbers',
    url: 'https://ESLint.org/docs/latest/rules/no-magic-numbers',
  },
  wrong: project({ gate: gate('0.72') }),
  right: project({ gate: gate('floor'), more: 'let floor = 0.72' }),
  options: {
    least: { kind: 'number', default: 3, min: 2, max: 1000, means: 'how often it stands at least' },
  },
  create(context) {
    const found = new Map<SourceFile, Map<string, ast.FloatLiteral[]>>();
    return {
      Condition({ condition }) {
        const { file } = context;
        walk(condition, node => {
          if (node.kind !== 'Float') return;
          const literal = node as ast.FloatLiteral;
          if ([0, 0.5, 1].includes(literal.value)) return;
          const key = `${literal.value}${literal.percent ? '%' : ''}`;
          const own = found.get(file) ?? new Map<string, ast.FloatLiteral[]>();
          found.set(file, own);
          own.set(key, [...(own.get(key) ?? []), literal]);
        });
      },
      finish() {
        for (const [file, numbers] of found)
          for (const [first, ...others] of numbers.values()) {
            if (!first || others.length + 1 < context.options.least) continue;
            const number = file.text.slice(first.span.start, first.span.end);
            const labels = others.slice(0, 3).map(({ span }) => ({ file, span, message: 'here too' }));
            context.report({ number, times: others.length + 1 }, { file, span: first.span, labels });
          }
      },
    };
  },
});
