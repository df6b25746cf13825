import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;

const pipeline = (items: string): string =>
  example({ model: MODEL, more: `pipeline nightly {\n  run buyers\n  ${items}\n}` });
const deployment = (items: string): string =>
  example({ model: MODEL, more: `deployment shop_api {\n  serve buyers\n  ${items}\n}` });

/** `the shares lack 10%` */
function sharesHint(sum: string): string | undefined {
  const percent = Number.parseFloat(sum);
  if (!Number.isFinite(percent) || percent === 100) return undefined;
  const rest = Math.abs(Math.round((100 - percent) * 1000) / 1000);
  return percent < 100 ? `give ${rest}% more to one of them` : `take ${rest}% from one of them`;
}

/** The same rows, of which nobody says when they happened. */
const timeless = (spec: string): string =>
  spec.replace(' @event_time', '').replace(' @known_after(1d)', '').replace(' at day', '');

/** Messages about the shape of declarations: codes MLP3100 to MLP3199; part of `typesMessages`. */
export const declarationMessages = {
  missingClause: defineMessage<{ declaration: string; clause: string }>({
    code: 'MLP3100',
    severity: 'error',
    title: 'a declaration without something it needs',
    message: ({ declaration, clause }) =>
      `\`${declaration}\` needs ${clause.includes(' ') ? clause : `\`${clause}\``}`,
    explanation: {
      text: 'A model needs features, a label, a trainer (or `load`) and a split; a deployment a model; a monitor how often it looks; a pipeline what it runs; an environment where.',
      wrong: example({ model: MODEL.replace('predict buys\n', '') }),
      right: example({ model: MODEL }),
    },
  }),
  duplicateClause: defineMessage<{ clause: string }>({
    code: 'MLP3101',
    severity: 'error',
    title: 'a clause that stands twice',
    message: ({ clause }) => `there are two \`${clause}\``,
    hint: () => 'remove one of them',
    explanation: {
      text: 'Which of two would hold is not for the reader to guess.',
      wrong: example({ model: `${MODEL}\n  seed 2` }),
      right: example({ model: MODEL }),
    },
  }),
  contradiction: defineMessage<{ first: string; second: string; why: string }>({
    code: 'MLP3102',
    severity: 'error',
    title: 'clauses that contradict each other',
    message: ({ first, second, why }) => `\`${first}\` and \`${second}\` do not go together: ${why}`,
    hint: ({ first, second }) => `keep \`${first}\` or \`${second}\`, and remove the other`,
    explanation: {
      text: 'A model is trained or loaded, not both; a tuned model is a trained one; a batch deployment has no traffic.',
      wrong: example({ model: `${MODEL}\n  load onnx("buyers.onnx")` }),
      right: example({ model: MODEL }),
    },
  }),
  unknownSetting: defineMessage<{
    name: string;
    of: string;
    known: readonly string[];
    suggestion?: string | undefined;
  }>({
    code: 'MLP3103',
    severity: 'error',
    title: 'an unknown word or setting',
    message: ({ name, of }) => `\`${of}\` does not know \`${name}\``,
    hint: ({ suggestion, known }) => meant(suggestion) ?? `it knows ${known.join(', ')}`,
    explanation: {
      text: 'A setting that nothing reads would be ignored in silence, so it is an error.',
      wrong: deployment('resources { cpus: 2 }'),
      right: deployment('resources { cpu: 2 }'),
    },
  }),
  notPositive: defineMessage<{ what: string; value: string }>({
    code: 'MLP3104',
    severity: 'error',
    title: 'an amount that is not above zero',
    message: ({ what, value }) => `${what} must be above zero, and this is ${value}`,
    explanation: {
      text: 'Lengths, times, numbers of rows and rates are above zero.',
      wrong: example({ view: 'recent = count(pages over 0d by site)' }),
      right: example({ view: 'recent = count(pages over 7d by site)' }),
    },
  }),
  momentMissing: defineMessage<{ view: string; column: string }>({
    code: 'MLP3105',
    severity: 'error',
    title: 'features without a moment',
    message: ({ view }) => `\`${view}\` does not say at which moment a prediction is made`,
    hint: ({ column }) => `write \`at ${column}\`, another column of time, or \`at each day\``,
    explanation: {
      text: 'The rows have an event time, so what a feature may read depends on when the prediction is made: values that become known later must not reach it.',
      wrong: example({ moment: '' }),
      right: example(),
    },
  }),
  splitShares: defineMessage<{ sum: string }>({
    code: 'MLP3106',
    severity: 'error',
    title: 'shares of a split that are not the whole',
    message: ({ sum }) => `the parts of this split are ${sum} of the rows, and must be 100%`,
    hint: ({ sum }) => sharesHint(sum),
    explanation: {
      text: 'Every row belongs to exactly one part.',
      wrong: example({ model: MODEL.replace('70%', '60%') }),
      right: example({ model: MODEL }),
    },
  }),
  splitParts: defineMessage<{ problem: string }>({
    code: 'MLP3107',
    severity: 'error',
    title: 'parts of a split that do not fit',
    message: ({ problem }) => problem,
    hint: () =>
      'parts are `train`, `validation` and `test`, by shares of the rows, or by time each as `last 30d`',
    explanation: {
      text: 'A model learns from the part `train`, is tuned on `validation` and judged on `test`.',
      wrong: example({ model: MODEL.replace('  test 15%', '  holdout 15%') }),
      right: example({ model: MODEL }),
    },
  }),
  splitRandom: defineMessage<Record<string, never>>({
    code: 'MLP3108',
    severity: 'error',
    title: 'a split at random',
    message: () =>
      'rows are never split by a random draw: equal rows could land on both sides, and no run could be repeated',
    hint: () =>
      'split `by hash`, which puts equal rows on one side, or `by time` where rows have an event time',
    explanation: {
      text: 'A stable hash of the row draws as evenly as chance does, but the same row always lands in the same part.',
      wrong: timeless(example({ model: MODEL.replace('by time', 'by random') })),
      right: timeless(example({ model: MODEL.replace('by time', 'by hash') })),
    },
  }),
  notALabel: defineMessage<{ name: string; labels: readonly string[] }>({
    code: 'MLP3109',
    severity: 'error',
    title: 'a prediction of something that is no label',
    message: ({ name }) => `\`${name}\` is not a label of the model’s features`,
    hint: ({ labels }) =>
      labels.length ? `labels are ${labels.join(', ')}` : 'declare one in the view: `label name = …`',
    explanation: {
      text: 'What is predicted is declared with `label` in the view, since a label may read what is known only later, and features may not.',
      wrong: example({ model: MODEL.replace('predict buys', 'predict pages') }),
      right: example({ model: MODEL }),
    },
  }),
  viewsDiffer: defineMessage<{ first: string; second: string; what: string }>({
    code: 'MLP3110',
    severity: 'error',
    title: 'views of one model that do not match',
    message: ({ first, second, what }) => `\`${first}\` and \`${second}\` differ in ${what}`,
    hint: () => 'give both the same source, `key` and `at`, or make two models',
    explanation: {
      text: 'A model may take several views if a row of one is a row of the other: same source, same key, same moment.',
      wrong: example({
        model: MODEL.replace('Interest', 'Interest, Later'),
        more: 'features Later from visits at day + 1h {\n  many = pages > 10\n}',
      }),
      right: example({
        model: MODEL.replace('Interest', 'Interest, Later'),
        more: 'features Later from visits at day {\n  many = pages > 10\n}',
      }),
    },
  }),
  twoEventTimes: defineMessage<{ schema: string }>({
    code: 'MLP3111',
    severity: 'error',
    title: 'two event times',
    message: ({ schema }) => `\`${schema}\` has two columns marked @event_time`,
    hint: () => 'keep @event_time on the one that says when the row happened',
    explanation: {
      text: 'The event time says when a row happened; there is one.',
      wrong: example({ columns: 'seen: datetime @event_time' }),
      right: example({ columns: 'seen: datetime' }),
    },
  }),
  markedColumn: defineMessage<{ mark: string; needed: string; found: string }>({
    code: 'MLP3112',
    severity: 'error',
    title: 'an annotation on a column of the wrong type',
    message: ({ mark, needed, found }) => `@${mark} needs ${needed}, and this is ${found}`,
    hint: ({ found }) =>
      found.endsWith('?') ? 'remove the `?`, or the annotation' : 'move the annotation to another column',
    explanation: {
      text: 'Keys and event times are never null, an event time is a time, and units are for numbers.',
      wrong: example({ columns: 'number: int? @key' }),
      right: example({ columns: 'number: int @key' }),
    },
  }),
  secretLiteral: defineMessage<{ name: string }>({
    code: 'MLP3113',
    severity: 'error',
    title: 'a secret in the spec',
    message: ({ name }) => `\`${name}\` is a secret and must not stand in a spec`,
    hint: () => 'write `secret("NAME")`; the value is read from the environment when it is needed',
    explanation: {
      text: 'What stands in a spec stands in the repository, in plans and in reports.',
      wrong: example({
        imports: 'import std.sources { postgres }',
        more: 'connection shop = postgres(url: "postgres://me:pw@db/shop")',
      }),
      right: example({
        imports: 'import std.sources { postgres }',
        more: 'connection shop = postgres(url: secret("SHOP_URL"))',
      }),
    },
  }),
  secretText: defineMessage<{ what: string }>({
    code: 'MLP3130',
    severity: 'error',
    title: 'a text with a secret in it',
    message: ({ what }) => `this text holds ${what}, which must not stand in a spec`,
    hint: () =>
      'take it out and change it, since it has been seen; write `secret("NAME")` where one is taken, and let a command read it from its environment',
    explanation: {
      text: 'What stands in a spec stands in the repository, in plans and in reports. Keys, tokens and passwords are told by their form, in addresses and commands too. Names of variables such as `$TOKEN` are none.',
      wrong: example({
        more: 'component fetched() -> table Visit {\n  run shell "PGPASSWORD=hunter22 psql -c \'select 1\'"\n}',
      }),
      right: example({
        more: 'component fetched() -> table Visit {\n  run shell "PGPASSWORD=$PASSWORD psql -c \'select 1\'"\n}',
      }),
    },
  }),
  rolloutSteps: defineMessage<{ problem: string; hint?: string | undefined }>({
    code: 'MLP3114',
    severity: 'error',
    title: 'steps of a rollout that do not rise to 100%',
    message: ({ problem }) => problem,
    hint: ({ hint }) => hint,
    explanation: {
      text: 'A canary gets more of the traffic step by step, and all of it in the last.',
      wrong: deployment('rollout canary { 25% for 10min, 5% for 10min, 100% }'),
      right: deployment('rollout canary { 5% for 10min, 25% for 10min, 100% }'),
    },
  }),
  cron: defineMessage<{
    text: string;
    problem: string;
    instead?: string | undefined;
    hint?: string | undefined;
  }>({
    code: 'MLP3115',
    severity: 'error',
    title: 'a schedule that cannot be used',
    message: ({ text, problem }) => `the schedule "${text}" cannot be used: ${problem}`,
    hint: ({ instead, hint }) =>
      instead !== undefined
        ? `write "${instead}"`
        : (hint ??
          'five fields: minute 0-59, hour 0-23, day 1-31, month 1-12, day of the week 0-7 (0 and 7 are Sunday)'),
    explanation: {
      text: 'A schedule is a cron expression of five fields, with `*`, lists `1,15`, ranges `1-5`, steps `*/10`, and names of months and days.',
      wrong: pipeline('on schedule("0 25 * * *", zone: "UTC")'),
      right: pipeline('on schedule("0 3 * * *", zone: "UTC")'),
    },
  }),
  zone: defineMessage<{ zone: string; suggestion?: string | undefined }>({
    code: 'MLP3116',
    severity: 'error',
    title: 'an unknown time zone',
    message: ({ zone }) => `there is no time zone "${zone}"`,
    hint: ({ suggestion }) => meant(suggestion) ?? 'zones have IANA names such as "Europe/Berlin" or "UTC"',
    explanation: {
      text: 'Time zones are named as in the IANA database.',
      wrong: pipeline('on schedule("0 3 * * *", zone: "Europe/Munich")'),
      right: pipeline('on schedule("0 3 * * *", zone: "Europe/Berlin")'),
    },
  }),
  testShape: defineMessage<{ item: string; of: string; why: string }>({
    code: 'MLP3117',
    severity: 'error',
    title: 'a test that does not fit what it tests',
    message: ({ item, of, why }) => `\`${item}\` is not for a test of ${of}: ${why}`,
    explanation: {
      text: 'Features, functions, components and deployments are tested by examples (`given`, `expect`), models by training (`converges`, `overfits`, `stays finite`), pipelines by running on a sample.',
      wrong: example({ more: 'test "learns" of Interest {\n  overfits 64 rows\n}' }),
      right: example({
        more: 'test "one page" of Interest {\n  given { day: 2024-01-01T10:00, site: "a", plan: free, pages: 1, seconds: null, bought: false }\n  expect not buys\n}',
      }),
    },
  }),
  rowIncomplete: defineMessage<{ columns: readonly string[]; of: string; request?: boolean }>({
    code: 'MLP3118',
    severity: 'error',
    title: 'a row that lacks columns',
    message: ({ columns, of, request }) =>
      `this ${request ? 'request to' : 'row of'} ${of} has no ${columns.join(', ')}`,
    hint: () => 'only columns that may be null can be left out',
    explanation: {
      text: 'A row of a test is a whole row of the schema, so that the test still means the same when the schema changes.',
      wrong: example({
        more: 'test "one page" of Interest {\n  given { site: "a" }\n  expect not buys\n}',
      }),
      right: example({
        more: 'test "one page" of Interest {\n  given { day: 2024-01-01T10:00, site: "a", plan: free, pages: 1, bought: false }\n  expect not buys\n}',
      }),
    },
  }),
  tuneDimension: defineMessage<{ name: string; problem: string }>({
    code: 'MLP3119',
    severity: 'error',
    title: 'a tuned parameter that cannot be searched so',
    message: ({ name, problem }) => `\`${name}\` cannot be tuned so: ${problem}`,
    explanation: {
      text: 'Numbers are tuned over a range, on a logarithmic scale only above zero; everything else over a list of choices.',
      wrong: example({ model: `${MODEL}\n  tune { l2: 0.0..1.0 log } maximize auc with 5 trials` }),
      right: example({ model: `${MODEL}\n  tune { l2: 0.001..1.0 log } maximize auc with 5 trials` }),
    },
  }),
  schemaDiffers: defineMessage<{ what: string; expected: string; found: string }>({
    code: 'MLP3120',
    severity: 'error',
    title: 'rows of another schema',
    message: ({ what, expected, found }) => `${what} gives rows of ${found}, and ${expected} is declared`,
    hint: ({ found }) => `declare it as \`${found}\`, or let the component give rows of the declared schema`,
    explanation: {
      text: 'The schema of a source is what its rows have; a component that makes the rows must make these.',
      wrong: example({
        more: 'schema Note { site: string }\ncomponent notes(visits: table Visit) -> table Note {\n  run python "steps/notes.py:make"\n}\nsource made: Visit = notes(visits)',
      }),
      right: example({
        more: 'schema Note { site: string }\ncomponent notes(visits: table Visit) -> table Note {\n  run python "steps/notes.py:make"\n}\nsource made: Note = notes(visits)',
      }),
    },
  }),
  viewOfView: defineMessage<{ view: string; from: string; source: string; key: readonly string[] }>({
    code: 'MLP3126',
    severity: 'error',
    title: 'features from features',
    message: ({ view, from }) =>
      `\`${view}\` takes its rows from \`${from}\`, which is a view: rows come from a source, or from what a component makes`,
    hint: ({ from, source, key }) => {
      const on = key.length === 0 ? '…' : key.map(k => `other.${k} == ${k}`).join(' and ');
      return `take the rows from \`${source}\`, and read the view by a join: \`join ${from} as other on ${on}\``;
    },
    explanation: {
      text: 'A view computes values of the rows of its source, each as of a moment of prediction. Another view that wants these values has a moment of its own, so it looks them up as of that: by a join on the key of the view, or by a window over its rows.',
      wrong: example({
        more: 'features Later from Interest at each day {\n  key site\n  seen = pages + 1\n}',
      }),
      right: example({
        view: 'key site\n  use site\n  seen = pages\n  label buys = bought',
        more: 'features Later from visits at day {\n  join Interest as i on i.site == site\n  again = (i.seen ?? 0) + 1\n}',
      }),
    },
  }),
  clauseOfMadeRows: defineMessage<{ source: string; component: string; clause: string }>({
    code: 'MLP3123',
    severity: 'error',
    title: 'a clause that is not for rows of a component',
    message: ({ source, component, clause }) =>
      `\`${clause}\` is not for \`${source}\`: its rows are made by \`${component}\`, out of rows that are there already`,
    hint: ({ clause }) =>
      clause === 'lag'
        ? 'say in the schema when its values are known: `@known_after(…)` or `@known_at(…)`'
        : clause === 'drop or quarantine'
          ? 'say in a `validation` what must hold of the rows'
          : 'say it of the source from which the component reads',
    explanation: {
      text: 'How late rows arrive, how new they must be, how they are cut and what happens to those that violate the schema is said of what is read from outside. What a component makes of it is there as soon as the component has run.',
      wrong: example({
        more: 'schema Note { site: string }\ncomponent notes(visits: table Visit) -> table Note {\n  run python "steps/notes.py:make"\n}\nsource made: Note = notes(visits) {\n  lag 2h\n}',
      }),
      right: example({
        more: 'schema Note { site: string }\ncomponent notes(visits: table Visit) -> table Note {\n  run python "steps/notes.py:make"\n}\nsource made: Note = notes(visits)',
      }),
    },
  }),
  sameButCase: defineMessage<{ name: string; other: string; what: string }>({
    code: 'MLP3124',
    severity: 'error',
    title: 'names that differ only in case',
    message: ({ name, other, what }) => `the ${what} \`${other}\` and \`${name}\` differ only in case`,
    hint: ({ name }) =>
      `give \`${name}\` a name of its own: engines that read such a table take the two for one`,
    explanation: {
      text: 'DuckDB, like most databases, does not tell `miles` from `Miles` in a table: one of the two would be read in the place of the other. So the columns of a schema, the features and key of a view, the names under which it joins tables, and the sources and views of a project must differ in more than case.',
      wrong: example({ view: 'pages = pages\n  Pages = pages * 2\n  label buys = bought' }),
      right: example({ view: 'pages = pages\n  doubled = pages * 2\n  label buys = bought' }),
    },
  }),
  triggerShape: defineMessage<Record<string, never>>({
    code: 'MLP3121',
    severity: 'error',
    title: 'something that does not start a pipeline',
    message: () => 'a pipeline starts on a schedule, on new rows, on an alert or on request',
    hint: () =>
      'write `on schedule("0 3 * * *", zone: "UTC")`, `on new_rows(source) >= 1_000`, `on alert(monitor)` or `on request`',
    explanation: {
      text: 'Triggers are constructed by the library; `new_rows` is compared with a number of rows, the others stand alone.',
      wrong: pipeline('on new_rows(visits)'),
      right: pipeline('on new_rows(visits) >= 1_000'),
    },
  }),
} as const;
