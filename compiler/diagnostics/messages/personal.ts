import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

const way = (through: readonly string[]): string =>
  through.length === 0 ? '' : ` through ${through.map(name => `\`${name}\``).join(', then ')}`;
const privacy = (mask: string): string => {
  const names = mask.startsWith('bucket') ? 'bucket' : 'hash';
  return `\`${mask}\` (\`import std.privacy { ${names} }\`)`;
};

const columns = 'email: string @pii\n  birth_year: int in 1900..2020 @pii';
const hashing = 'import std.privacy { hash }';
const SINK =
  'schema Score { email: string  at: datetime  buys: float in 0..1  model_version: string }\nsink scores: Score = csv_file("scores.csv")';
const batch = 'deployment scoring {\n  serve buyers\n  score visits into scores\n}';
const online = 'deployment shop_api {\n  serve buyers\n  log 20% of requests\n}';

/** Messages about personal data: codes MLP4201 to MLP4299. */
export const personalMessages = {
  feature: defineMessage<{
    feature: string;
    label: boolean;
    cell: string;
    through: readonly string[];
    /** Taken over by `use`. */
    taken: boolean;
    /** What is read, as it is written. */
    written: string;
    mask: string | undefined;
    /** A component on the way: its name, and the columns that it makes and reads. */
    component: { readonly name: string; readonly column: string; readonly from: string } | undefined;
  }>({
    code: 'MLP4201',
    severity: 'error',
    path: true,
    title: 'Personal data reaches a feature',
    message: ({ feature, label, cell, through, taken }) =>
      taken
        ? `\`${cell}\` is personal data (\`@pii\`), and \`use\` takes it over as a feature as it is`
        : `${label ? 'label' : 'feature'} \`${feature}\` reads personal data (\`@pii\`), \`${cell}\`${way(through)}, and nothing masks it`,
    hint: ({ feature, label, mask, taken, written, component }) => {
      if (component) {
        const { name, column, from } = component;
        return `if \`${column}\` is not made from \`${from}\`, say so in \`component ${name}\`: \`${column}: … from (…)\`; if it no longer tells it, declare the component \`@masks\`; else remove \`${feature}\``;
      }
      if (mask === undefined) return `remove \`${feature}\`: no function of the library masks such a value`;
      if (taken) return `take over ${privacy(mask)} under a name of its own, or remove \`${written}\``;
      if (label) return `predict what names nobody, such as ${privacy(mask)}`;
      return `mask it: ${privacy(mask)}, or remove \`${feature}\``;
    },
    explanation: {
      text: 'What a model learns from can be read back out of it: categories stand in the model file as they are, and values stand in reports, request logs and explanations. So a `@pii` column reaches a feature only inside of a function that is declared to mask it, such as `hash` or `bucket`. This is followed through features, functions, joins, windows and components. Columns that rows are only looked up, joined or grouped by do not show in the result and are no problem.',
      wrong: example({ columns, view: 'use site\n  mail = lower(email)\n  label buys = bought' }),
      right: example({
        columns,
        imports: hashing,
        view: 'use site\n  visitor = hash(lower(email))\n  usual = share(bought over 30d by email)\n  label buys = bought',
      }),
    },
  }),
  slice: defineMessage<{ model: string; column: string; mask: string | undefined }>({
    code: 'MLP4202',
    severity: 'error',
    path: true,
    title: 'A report that is sliced by personal data',
    message: ({ model, column }) =>
      `\`${model}\` is evaluated by \`${column}\`, which is personal data (\`@pii\`): the report would name every value`,
    hint: ({ column, mask }) =>
      mask === undefined
        ? `slice by something else than \`${column}\``
        : `make a feature that masks it, ${privacy(mask)}, and slice by that`,
    explanation: {
      text: 'A metric for each value of a column names the values: in the run’s report, in the verdict of the gate and in alerts. Slice by a feature that masks the column, such as a bucket of it.',
      wrong: example({ columns, model: MODEL.replace('by site', 'by birth_year') }),
      right: example({
        columns,
        imports: 'import std.privacy { bucket }',
        view: 'use site\n  pages = pages\n  born = bucket(birth_year, 10)\n  label buys = bought',
        model: MODEL.replace('by site', 'by born'),
      }),
    },
  }),
  report: defineMessage<{ validation: string; measure: string; column: string; mask: string | undefined }>({
    code: 'MLP4203',
    severity: 'error',
    path: true,
    title: 'A validation that reports personal data',
    message: ({ validation, measure, column }) =>
      `\`${measure}\` would show values of \`${column}\`, which is personal data (\`@pii\`), in the report of \`${validation}\``,
    hint: ({ column, mask }) =>
      `measure what names nobody, such as \`share(${column} …)\` or \`count_distinct(${column})\`${mask === undefined ? '' : `, or mask it: ${privacy(mask)}`}`,
    explanation: {
      text: 'A validation’s report says what was measured, and the profile of a table keeps the distribution of what is held against the last snapshot. The least or greatest value of a column is the value of somebody. Counts, shares, sums and means over the whole table name nobody.',
      wrong: example({
        columns,
        more: 'validation sound on visits {\n  require min(birth_year) >= 1910\n}',
      }),
      right: example({
        columns,
        more: 'validation sound on visits {\n  require share(birth_year >= 1910) >= 99%\n}',
      }),
    },
  }),
  sink: defineMessage<{ sink: string; column: string; source: string }>({
    code: 'MLP4204',
    severity: 'error',
    path: true,
    title: 'Personal data reaches a sink',
    message: ({ sink, column, source }) =>
      `\`${column}\` of \`${source}\` is personal data (\`@pii\`), and \`${sink}\` has a column of that name: every prediction would be written beside it`,
    hint: ({ column }) =>
      `leave \`${column}\` out of the sink’s schema and tell rows apart by a key that names nobody, such as a number`,
    explanation: {
      text: 'A sink is filled with the prediction, and with the columns of the scored row that have the names of its own columns. Personal data that is written beside a prediction has left the place where it is looked after.',
      wrong: example({
        columns,
        imports: 'import std.sinks { csv_file }',
        model: MODEL,
        more: `${SINK}\n${batch}`,
      }),
      right: example({
        columns,
        imports: 'import std.sinks { csv_file }',
        model: MODEL,
        more: `${SINK.replace('email: string', 'site: string')}\n${batch}`,
      }),
    },
  }),
  example: defineMessage<{ column: string; what: string }>({
    code: 'MLP4206',
    severity: 'error',
    path: true,
    title: 'Real personal data in a test',
    message: ({ column, what }) =>
      `this looks like ${what} that somebody has, and \`${column}\` is personal data (\`@pii\`): specs are read by everybody who can read the code`,
    hint: ({ what }) =>
      what === 'an e-mail address'
        ? 'make one up at a domain that belongs to nobody: `"a@example.org"`'
        : what === 'a telephone number'
          ? 'make one up that nobody has: `"+1 202 555 0123"`'
          : what === 'an IP address'
            ? 'take one that is set apart for examples: `"192.0.2.1"`'
            : 'make one up that cannot be real, such as one of zeros',
    explanation: {
      text: 'A test’s rows stand in the spec, go into version control and are shown when the test fails. A value of a `@pii` column that has the form of a real one (an e-mail address at a domain that can exist, a valid account or card number, a telephone number, a public IP address) must have been taken from somebody.',
      wrong: example({
        columns,
        more: 'test "a visit" of Interest {\n  given { day: 2024-03-01T10:00, site: "a", plan: Plan.free, pages: 3, bought: true, email: "jo.mueller@gmail.com", birth_year: 1980 }\n  expect pages == 3\n}',
      }),
      right: example({
        columns,
        more: 'test "a visit" of Interest {\n  given { day: 2024-03-01T10:00, site: "a", plan: Plan.free, pages: 3, bought: true, email: "jo@example.org", birth_year: 1980 }\n  expect pages == 3\n}',
      }),
    },
  }),
  maskGivesBack: defineMessage<{ function: string; parameter: string; type: string }>({
    code: 'MLP4207',
    severity: 'error',
    path: true,
    title: 'A function that says it masks, and does not',
    message: ({ function: name, parameter }) =>
      `\`${name}\` is declared to mask (\`@masks\`), but its result may be \`${parameter}\` as it is, or can be worked back to it`,
    hint: ({ parameter, type }) =>
      `put it through ${privacy(type === 'int' ? `bucket(${parameter}, 10)` : `hash(${parameter})`)} on every way, or take \`@masks\` away`,
    explanation: {
      text: 'What comes out of a function that is declared `@masks` may go where personal data may not, so the claim must be true. A function that gives back its argument, on one way through it or after nothing but a change of case, a conversion or arithmetic with constants, hides nothing.',
      wrong: example({
        more: '@masks\nfunction handle(email: string) -> string = if starts_with(email, "test") then "test" else lower(email)',
      }),
      right: example({
        more: '@masks\nfunction provider(email: string) -> string = split_part(email, "@", 2) ?? "none"',
      }),
    },
  }),
  log: defineMessage<{ deployment: string; column: string; why: 'key' | 'labels' }>({
    code: 'MLP4205',
    severity: 'error',
    path: true,
    title: 'Personal data reaches a request log',
    message: ({ deployment, column, why }) =>
      why === 'key'
        ? `\`${deployment}\` logs requests by their key \`${column}\`, which is personal data (\`@pii\`)`
        : `labels are matched by \`${column}\`, which is personal data (\`@pii\`), so the request log of \`${deployment}\` would have to keep it`,
    hint: ({ why }) =>
      why === 'key'
        ? 'let the view have a `key` that names nobody, such as a number, or log no requests'
        : 'match by a column that names nobody, such as a number',
    explanation: {
      text: 'The request log keeps the key of a request, its features, the answer, and the columns that a monitor matches labels by; no other column of the request. Features are masked already; a key or a column to match by that is personal data would be kept as it is.',
      wrong: example({
        columns,
        view: 'key email\n  use site\n  pages = pages\n  label buys = bought',
        model: MODEL,
        more: online,
      }),
      right: example({
        columns: `${columns}\n  visitor: int`,
        view: 'key visitor\n  use site\n  pages = pages\n  label buys = bought',
        model: MODEL,
        more: online,
      }),
    },
  }),
} as const;
