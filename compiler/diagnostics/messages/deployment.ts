import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

const deployed = (items: string, more = ''): string =>
  example({ model: MODEL, more: `deployment shop_api {\n  serve buyers\n  ${items}\n}\n${more}` });
const watched = (items: string): string =>
  deployed('', `monitor watch on shop_api {\n  every 1d over 7d\n  ${items}\n}`);

const scored = (
  score = 'score visits into scores',
  more = '',
  column = '',
  columns = 'day: datetime  buys: float in 0..1  model_version: string',
): string =>
  example({
    imports: 'import std.sinks { csv_file }',
    model: MODEL,
    more: `schema Score { ${columns} ${column} }\nsink scores: Score = csv_file("scores.csv")\n${more}\ndeployment scoring {\n  serve buyers\n  ${score}\n}`,
  });

/** Messages about deployments and monitors: codes MLP5301 to MLP5399. */
export const deploymentMessages = {
  tooFewRequests: defineMessage<{
    /** `this step` or `this load`. */
    what: 'step' | 'load';
    has: number;
    needed: number;
    condition: string;
    suggestion: string;
  }>({
    code: 'MLP5301',
    severity: 'error',
    title: 'Too few requests to decide by',
    message: ({ what, has, needed, condition }) =>
      `this ${what} sees about ${has} requests, and ${condition} needs ${needed} to be decided`,
    hint: ({ suggestion }) => suggestion,
    explanation: {
      text: 'A share p seen in n requests has the standard error √(p(1-p)/n). A bound p decides when it lies at least three standard errors above zero, so that a service without a fault can be told from one at the bound: n >= 9(1-p)/p. A bound of 1% needs 891 requests. For a percentile such as p99, p is the share of requests beyond it, here 1% too. A step sees traffic × share × duration requests, a load rate × duration.',
      wrong: deployed(
        'traffic 2rps\n  rollout canary { 5% for 10min, 100% }\n  rollback when error_rate > 1%',
      ),
      right: deployed('traffic 2rps\n  rollout canary { 5% for 3h, 100% }\n  rollback when error_rate > 1%'),
    },
  }),
  needsLabels: defineMessage<{
    metric: string;
    deployment: string;
    clause: 'rollback' | 'check';
    /** When the labels are there and when the rollout is over; undefined where no monitor has labels. */
    late?: { readonly after: string; readonly rollout: string } | undefined;
  }>({
    code: 'MLP5302',
    severity: 'error',
    title: 'A metric that cannot be measured there',
    message: ({ metric, deployment, clause, late }) => {
      if (clause === 'check') return `\`${metric}\` needs labels, and the requests of a \`check\` have none`;
      return late
        ? `\`${metric}\` needs labels, which come ${late.after} after the request, and the rollout of \`${deployment}\` is over after ${late.rollout}`
        : `\`${metric}\` needs labels, and no monitor says where those of \`${deployment}\` come from`;
    },
    hint: ({ metric, clause, late }) =>
      clause === 'check'
        ? `ask for it in the model's gate: \`promote { require ${metric} … }\``
        : late
          ? `roll back by what is measured at once, such as \`error_rate\` or \`p99_latency\`, and alert on \`${metric}\` in a monitor`
          : `roll back by what is measured at once, such as \`error_rate\`, or declare a monitor with \`labels from …\``,
    explanation: {
      text: 'A rollback is decided while the rollout lasts. What the service measures of itself is there at once; a metric of the model needs the labels of the requests, and those come when the truth is known. A monitor with `labels from` watches it afterwards.',
      wrong: deployed('rollout canary { 5% for 3h, 100% }\n  rollback when auc < 0.6'),
      right: deployed('rollout canary { 5% for 3h, 100% }\n  rollback when error_rate > 5%'),
    },
  }),
  notServed: defineMessage<{ of: 'baseline' | 'champion'; metric: string }>({
    code: 'MLP5303',
    severity: 'error',
    title: 'A comparison with a model that answers no requests',
    message: ({ of, metric }) =>
      of === 'baseline'
        ? `\`baseline.${metric}\` is not known here: the baseline is trained to compare with and answers no requests`
        : `\`champion.${metric}\` is not known here: it is measured on the test rows of a run, not on requests`,
    hint: ({ of }) => `compare with a number here; \`${of}\` belongs into \`promote\``,
    explanation: {
      text: '`baseline` and `champion` are scored on the test rows of the run that trains a model, where the gate compares them. Behind a service there are only the requests that it answers.',
      wrong: deployed(
        'rollout canary { 5% for 3h, 100% }\n  rollback when (champion.auc ?? 0.5) < 0.6',
        'monitor watch on shop_api {\n  every 1d\n  labels from visits on (day, site)\n  alert auc < 0.6\n}',
      ),
      right: deployed(
        'rollout canary { 5% for 3h, 100% }\n  rollback when error_rate > 5%',
        'monitor watch on shop_api {\n  every 1d\n  labels from visits on (day, site)\n  alert auc < 0.6\n}',
      ),
    },
  }),
  noLabelThere: defineMessage<{ table: string; label: string; view: string; source: string }>({
    code: 'MLP5304',
    severity: 'error',
    title: 'Labels from a table that has none',
    message: ({ table, label }) => `\`${table}\` does not tell the label \`${label}\``,
    hint: ({ view, source }) =>
      `take \`${view}\`, where the label is computed, or \`${source}\`, whose rows it is computed for`,
    explanation: {
      text: 'A monitor joins what was predicted with what came true. The truth is the label of the model: it comes from the view that computes it, from that view’s source, or from a table that has it as a column.',
      wrong: deployed(
        '',
        'schema Site { site: string @key  day: datetime }\nsource sites: Site = csv("sites.csv")\nmonitor watch on shop_api {\n  every 1d\n  labels from sites on (site)\n  alert auc < 0.6\n}',
      ),
      right: watched('labels from visits on (day, site)\n  alert auc < 0.6'),
    },
  }),
  notInRequest: defineMessage<{ column: string; model: string; source: string; found?: string | undefined }>({
    code: 'MLP5305',
    severity: 'error',
    title: 'Labels matched by what a request does not have',
    message: ({ column, source, found }) =>
      found === undefined
        ? `a request has no \`${column}\`, since \`${source}\` has none, so labels cannot be matched by it`
        : `\`${column}\` is ${found}, so labels cannot be matched by it`,
    hint: ({ model, source }) =>
      `match by columns that both have; a request to \`${model}\` is a row of \`${source}\``,
    explanation: {
      text: 'A label is matched with the request that was answered. So the columns by which it is matched are columns of the request, which is a row of the source of the features, and have the same type on both sides.',
      wrong: deployed(
        '',
        'schema Outcome { visit: int @key  buys: bool }\nsource outcomes: Outcome = csv("outcomes.csv")\nmonitor watch on shop_api {\n  every 1d\n  labels from outcomes on (visit)\n  alert auc < 0.6\n}',
      ),
      right: deployed(
        '',
        'schema Outcome { site: string @key  day: datetime  buys: bool }\nsource outcomes: Outcome = csv("outcomes.csv")\nmonitor watch on shop_api {\n  every 1d\n  labels from outcomes on (site, day)\n  alert auc < 0.6\n}',
      ),
    },
  }),
  notRequested: defineMessage<{
    column: string;
    deployment: string;
    model: string;
    request: readonly string[];
  }>({
    code: 'MLP5307',
    severity: 'error',
    title: 'A column that no request has',
    message: ({ column, deployment, model }) =>
      `a request to \`${deployment}\` has no \`${column}\`: no feature of \`${model}\` reads it`,
    hint: ({ request }) => `leave it out; a request has ${request.map(name => `\`${name}\``).join(', ')}`,
    explanation: {
      text: 'A service is asked with the columns of the row that the features read, and answers with the prediction. A test that gives it more, such as what the label is computed from, tries something that no caller can send.',
      wrong: deployed(
        '',
        'test "a reader" of shop_api {\n  given { site: "a", pages: 3, bought: true }\n  expect buys\n}',
      ),
      right: deployed('', 'test "a reader" of shop_api {\n  given { site: "a", pages: 3 }\n  expect buys\n}'),
    },
  }),
  rolloutTooLong: defineMessage<{ deployment: string; rollout: string; timeout: string; of: string }>({
    code: 'MLP5306',
    severity: 'error',
    title: 'A rollout that its time-out ends',
    message: ({ deployment, rollout, timeout, of }) =>
      `the rollout of \`${deployment}\` takes ${rollout}, and \`${of}\` is ended after ${timeout}`,
    hint: ({ rollout }) => `allow more than ${rollout}, or shorten the steps of the rollout`,
    explanation: {
      text: 'The steps of a canary take their time. A time-out that is shorter ends every run before the rollout reaches 100%, so no version would ever become champion.',
      wrong: deployed(
        'rollout canary { 5% for 1h, 25% for 2h, 100% }',
        'pipeline nightly {\n  run shop_api\n  timeout 2h\n}',
      ),
      right: deployed(
        'rollout canary { 5% for 1h, 25% for 2h, 100% }',
        'pipeline nightly {\n  run shop_api\n  timeout 6h\n}',
      ),
    },
  }),
  otherRows: defineMessage<{ source: string; view: string; from: string; model: string }>({
    code: 'MLP5308',
    severity: 'error',
    title: 'Rows that the model cannot be given',
    message: ({ source, view, from, model }) =>
      `\`${model}\` is given the rows of \`${view}\`, which are those of \`${from}\`, not of \`${source}\``,
    hint: ({ from }) =>
      `write \`score ${from} into …\`; an environment may let \`${from}\` be read from elsewhere: \`source ${from} = …\``,
    explanation: {
      text: 'A batch is scored with the features of the model, and a view computes them for the rows of its own source, from its history too. Rows of another source would have no such history. Where the rows of production lie elsewhere, the environment replaces the source.',
      wrong: scored('score others into scores', 'source others: Visit = csv("data/others.csv")\n'),
      right: scored(),
    },
  }),
  unfilled: defineMessage<{
    sink: string;
    /** Several only where nothing fills them. */
    columns: readonly string[];
    fillable: readonly string[];
    instead: string | null;
    expected: string;
  }>({
    code: 'MLP5309',
    severity: 'error',
    title: 'A column of a sink that nothing fills',
    message: ({ sink, columns, instead, expected }) =>
      instead === null
        ? `nothing fills the column${columns.length > 1 ? 's' : ''} ${columns.map(name => `\`${name}\``).join(', ')} of the sink \`${sink}\``
        : `the column \`${columns[0]}\` of the sink \`${sink}\` is ${expected}, but would be filled with ${instead}`,
    hint: ({ fillable, instead }) =>
      instead === null
        ? `a scored row has ${fillable.map(name => `\`${name}\``).join(', ')}`
        : `let the schema of the sink say ${instead}`,
    explanation: {
      text: 'The columns of a sink are filled by their names: `model_version`; `at`, the moment of prediction; the name of the model or of its label, `prediction` or `score`, with what is predicted (a float takes the probability, a bool true from the threshold on, an enum or string the class, of a regression a float the number); `probability_CLASS` with the probability of one class; any other name with the column of the scored row, or the feature, of that name. Types are not converted but from int to float and from an enum to its text.',
      wrong: scored('score visits into scores', '', 'chance: float'),
      right: scored(),
    },
  }),
  unidentified: defineMessage<{ sink: string; schema: string; names: readonly string[]; what: string }>({
    code: 'MLP5310',
    severity: 'error',
    title: 'Scores that cannot be told apart',
    message: ({ sink, names, what }) =>
      `the sink \`${sink}\` has no column ${names.map(name => `\`${name}\``).join(' or ')}, so a row would not say ${what}`,
    hint: ({ schema, names }) => `add \`${names[0]}\` to the schema \`${schema}\``,
    explanation: {
      text: 'A score that is found later must say for whom it is (the key), for which moment (`at`, or the time column of the row), and which version of the model made it (`model_version`). Otherwise it can be neither compared with what came true nor traced to the run that made it.',
      wrong: scored('score visits into scores', '', '', 'buys: float in 0..1'),
      right: scored(),
    },
  }),
} as const;
