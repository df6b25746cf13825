import { mlTestScore } from '../references.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

/** Names of columns that hold something about one person, as words in lower case with underscores. */
const personal = new RegExp(
  `(^|_)(${[
    'e_?mail(_?address)?',
    '(tele|mobile_?)?phone(_?(number|no))?',
    '(first|last|middle|family|given|maiden|full|sur)_?name',
    '(street|home|postal|billing|shipping)_?address',
    'ip(_?address)?',
    '(birth_?(date|day|year)|date_?of_?birth|dob)',
    '(ssn|social_?security(_?(number|no))?|passport(_?(number|no))?|national_?id|tax_?id|iban|credit_?card(_?(number|no))?)',
  ].join('|')})$`,
);

export const unmarkedPersonalColumn = defineRule({
  name: 'unmarked-personal-column',
  code: 'MLP7126',
  level: 'warn',
  title: 'a column that seems personal and is not marked',
  message: ({ column }: { column: string }) =>
    `\`${column}\` seems to be personal data and is not marked \`@pii\``,
  hint: () => 'mark it with `@pii`, so that it reaches no feature, report or log unmasked',
  why: `The compiler follows personal data from its column to every feature, slice, sink and log, but it has to be told where it begins. A column that is called \`email\`, \`phone_number\` or \`birth_date\` and is not marked is
mostly one that was forgotten. Text, whole numbers and dates are looked at; where the name misleads, suppress it with the reason.`,
  reference: mlTestScore('data 5', 'the pipeline has appropriate privacy controls'),
  wrong: project({ columns: 'email: string' }).replace(
    'bought: true }',
    'bought: true, email: "a@example.org" }',
  ),
  right: project({ columns: 'email: string @pii' }).replace(
    'bought: true }',
    'bought: true, email: "a@example.org" }',
  ),
  create: context => ({
    Field(field) {
      const words = field.name.text
        .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
        .replace(/[^A-Za-z0-9]+/g, '_')
        .toLowerCase();
      if (!personal.test(words)) return;
      const { body, annotations } = field.type;
      const kind = body.kind === 'NamedType' ? body.name.text : '';
      if (!['string', 'int', 'date'].includes(kind)) return;
      if ([...annotations, ...field.annotations].some(({ name }) => name.text === 'pii')) return;
      const end = field.type.span.end;
      const edits = [{ file: context.file, span: { start: end, end }, text: ' @pii' }];
      const fixes = [{ title: 'mark it `@pii`', edits, safe: false }];
      context.report({ column: field.name.text }, { span: field.name.span, fixes });
    },
  }),
});
