import { mlTestScore } from '../references.ts';
import { defineRule } from '../rule.ts';
import { VISITS } from './examples.ts';

export const missingTest = defineRule({
  name: 'missing-test',
  code: 'MLP7158',
  level: 'off',
  strict: 'warn',
  title: 'features without an example',
  message: ({ view }: { view: string }) => `no test shows what \`${view}\` computes`,
  hint: ({ view }) => `write one row and what comes out: \`test "…" of ${view} { given { … } expect … }\``,
  why: `Features are the code of a model, and a mistake in them makes no error, only a worse model. One row by hand, with what must come out of it, finds the window that is a day short and the condition that is turned round, and shows the reader what the view is
about. Views that a model takes are looked at.`,
  reference: mlTestScore('data 7', 'all input feature code is tested'),
  wrong: VISITS.replace(/\ntest [\s\S]*?\n}\n/, ''),
  right: VISITS,
  create(context) {
    const taken = new Set(Object.values(context.draft.models).flatMap(({ views }) => views));
    const tested = new Set(context.program.declarations('Test').map(({ of }) => of.text));
    return {
      Features({ name }) {
        const view = name.text;
        if (taken.has(view) && !tested.has(view)) context.report({ view }, { span: name.span });
      },
    };
  },
});
