import { reachedFrom } from '../reach.ts';
import { mlTestScore } from '../references.ts';
import { defineRule } from '../rule.ts';
import { project, VISITS } from './examples.ts';

export const missingValidation = defineRule({
  name: 'missing-validation',
  code: 'MLP7121',
  level: 'warn',
  title: 'training on data that nothing validates',
  message: ({ model, sources }: { model: string; sources: readonly string[] }) =>
    `\`${model}\` is trained on ${sources.map(name => `\`${name}\``).join(', ')}, and nothing validates ${sources.length > 1 ? 'any of them' : 'it'}`,
  hint: ({ sources }) =>
    `say what must hold of the whole table: \`validation ${sources[0]}_sound on ${sources[0]} { require count() >= 1_000 }\``,
  why: `A schema says what each row must be, not that there are enough of them or that they are like those of yesterday. A delivery of ten rows, or one in which a column
is suddenly always zero, passes the schema and trains a model. A validation refuses it before anything is spent, and its \`count() >= …\` is also
what other rules judge the gate's noise by. One validated table among those that the model reads is enough.`,
  reference: mlTestScore('data 1', 'expectations of the data are captured in a schema'),
  wrong: project({ validation: '' }),
  right: VISITS,
  create(context) {
    const validated = new Set(Object.values(context.draft.validations).map(({ on }) => on));
    return {
      Model({ name }) {
        const model = context.draft.models[name.text];
        if (!model?.trainer) return;
        const read = [...reachedFrom(context.draft, [name.text])];
        const sources = read.filter(table => context.draft.sources[table] !== undefined);
        if (sources.length === 0 || read.some(table => validated.has(table))) return;
        context.report({ model: name.text, sources }, { span: name.span });
      },
    };
  },
});
