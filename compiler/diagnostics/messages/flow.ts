import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

/** `a, then b`: the names on the way, nearest first. */
const way = (through: readonly string[]): string =>
  through.length === 0 ? '' : ` through ${through.map(name => `\`${name}\``).join(', then ')}`;

const more = 'let many = 100';

/** `a`, `b`, `c` and 4 more. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, names.length > 6 ? 5 : 6).map(name => `\`${name}\``);
  const rest = names.length - shown.length;
  const last = rest > 0 ? `${rest} more` : shown.pop()!;
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** Messages about leakage, availability, personal data and time: codes MLP4001 to MLP4999. */
export const flowMessages = {
  leakage: defineMessage<{
    feature: string;
    cell: string;
    label: string;
    through: readonly string[];
    instead: string | undefined;
    /** How the label depends on the cell: computed from it, looked up by it; or the cell is the label, or the feature. */
    how: 'computed' | 'lookup' | 'label' | 'itself';
    /** The feature may stay where no model is given it: all that it reads is known in time. */
    without: boolean;
  }>({
    code: 'MLP4001',
    severity: 'error',
    path: true,
    title: 'Label leakage: a feature reads what the label is computed from',
    message: ({ feature, cell, label, through, how }) => {
      const answer = 'so the model would be told the answer';
      if (how === 'label')
        return `feature \`${feature}\` reads the label \`${label}\`${way(through)}, ${answer}`;
      if (how === 'itself')
        return `the label \`${label}\` is computed from the feature \`${feature}\`, ${answer}`;
      const of = how === 'lookup' ? 'looked up by' : 'computed from';
      return cell === feature
        ? `\`${cell}\` is taken over as a feature, and the label \`${label}\` is ${of} it, ${answer}`
        : `feature \`${feature}\` reads \`${cell}\`${way(through)}, and the label \`${label}\` is ${of} it, ${answer}`;
    },
    hint: ({ feature, instead, without }) => {
      const ways = [
        ...(instead === undefined ? [] : [`aggregate the past instead: \`${instead}\``]),
        `remove \`${feature}\``,
        ...(without ? [`leave it out of the model: \`features … without { ${feature} }\``] : []),
      ];
      return ways.join(', or ');
    },
    explanation: {
      text: 'A feature that is computed from the same cell as the label tells the model the answer. The metrics then look wonderful in training, and the model is worthless in production, where the answer is not there yet. This is found through any number of features, functions, aliases, joins and components. Values of other rows, reached by windows over the past, are no leak.',
      wrong: example({ view: 'use site\n  quick = bought and pages < 3\n  label buys = bought' }),
      right: example({ view: 'use site\n  usual = share(bought over 30d by site)\n  label buys = bought' }),
    },
  }),
  notAvailable: defineMessage<{
    feature: string;
    cell: string;
    /** When it is known, in words: `12h after \`date\``. */
    known: string;
    moment: string;
    as: 'value' | 'key';
    instead: string | undefined;
    later: string | undefined;
    /** Where several reads are late because their row is: whose rows, and the features that read them. */
    rows: string | undefined;
    features: readonly string[];
  }>({
    code: 'MLP4002',
    severity: 'error',
    path: true,
    title: 'A value that is not known when the prediction is made',
    message: ({ feature, cell, known, moment, as, rows, features }) =>
      rows !== undefined
        ? `rows of \`${rows}\` are known only ${known}, but the prediction is made ${moment}: ${listed(features)} ${features.length === 1 ? 'reads' : 'read'} what is not there yet`
        : cell === feature
          ? `\`${cell}\` is taken over as a feature, but it is known ${known}, and the prediction is made ${moment}`
          : `feature \`${feature}\` ${as === 'key' ? 'is looked up by' : 'reads'} \`${cell}\`, which is known ${known}, but the prediction is made ${moment}`,
    hint: ({ instead, later, as }) => {
      const ways = [
        ...(as === 'key' ? ['look it up by a value that is known by then'] : []),
        ...(instead === undefined ? [] : [`aggregate the past instead: \`${instead}\``]),
        ...(later === undefined ? [] : [`predict later: \`at ${later}\``]),
      ];
      return ways.length > 0
        ? ways.join(', or ')
        : 'remove the feature, or say with @known_after or @known_at when the value is known';
    },
    explanation: {
      text: 'Every value has a moment from which it is known: the event time of its row, or what `@known_after` and `@known_at` say, and no earlier than event time plus the `lag` of its source. A prediction is made at the moment that `features … at` names. What is known only later can be read from the stored rows in training, but is not there when the model is asked. Windows over the past and look-ups of other rows wait by themselves until their values are known.',
      wrong: example({
        view: 'use site\n  leaving = hour(left)',
        columns: 'left: datetime @known_after(1h)',
      }),
      right: example({ view: 'use site\n  pages_before = mean(pages over 7d by site)' }),
    },
  }),
  emptyWindow: defineMessage<{ value: string; length: string; delay: string; longer: string }>({
    code: 'MLP4003',
    severity: 'error',
    title: 'A window that is always empty',
    message: ({ value, length, delay }) =>
      `this window of ${length} is always empty: ${value} is known only ${delay} after the event, so nothing of the last ${length} is known yet`,
    hint: ({ delay, longer }) => `write a window longer than ${delay}, such as \`over ${longer}\``,
    explanation: {
      text: 'A window takes the rows whose event time lies in the time before the prediction, and of these only the rows whose value is known by then. If the value becomes known later than the window is long, there is never such a row.',
      wrong: example({ view: 'use site\n  usual = share(bought over 12h by site)\n  label buys = bought' }),
      right: example({ view: 'use site\n  usual = share(bought over 7d by site)\n  label buys = bought' }),
    },
  }),
  looksAhead: defineMessage<{ feature: string; length: string }>({
    code: 'MLP4004',
    severity: 'error',
    title: 'A feature that looks ahead',
    message: ({ feature, length }) =>
      `feature \`${feature}\` looks ${length} ahead: the rows it reads do not exist yet when the prediction is made`,
    hint: ({ length }) =>
      `write \`over ${length}\` without \`next\` to look back, or make it the label: \`label … = …\``,
    explanation: {
      text: '`over next` reads rows after the moment of prediction. That is what a label is for; a feature must be known when the prediction is made.',
      wrong: example({
        view: 'use site\n  coming = count(visits over next 7d by site)\n  label buys = bought',
      }),
      right: example({ view: 'use site\n  label coming = count(visits over next 7d by site)' }),
    },
  }),
  emptyJoin: defineMessage<{ alias: string; within: string; delay: string; longer: string }>({
    code: 'MLP4005',
    severity: 'error',
    title: 'A join that never finds a row',
    message: ({ alias, within, delay }) =>
      `\`${alias}\` looks back ${within} only, but its values are known ${delay} after their event: it never finds a row`,
    hint: ({ delay, longer }) => `look back further than ${delay}, such as \`within ${longer}\``,
    explanation: {
      text: 'A join on a table with an event time takes the latest row that is known at the moment of prediction. `within` bounds how old it may be. A row that is known later than it may be old is never found.',
      wrong: example({
        more: `schema Note { site: string  written: datetime @event_time  mood: float @known_after(1d) }\nsource notes: Note = csv("data/notes.csv")`,
        view: 'join notes as n on n.site == site within 3h\n  mood = n.mood ?? 0.0\n  label buys = bought',
      }),
      right: example({
        more: `schema Note { site: string  written: datetime @event_time  mood: float @known_after(1d) }\nsource notes: Note = csv("data/notes.csv")`,
        view: 'join notes as n on n.site == site within 7d\n  mood = n.mood ?? 0.0\n  label buys = bought',
      }),
    },
  }),
  noMoment: defineMessage<{ what: 'window' | 'join'; table: string; view: string; source: string }>({
    code: 'MLP4006',
    severity: 'error',
    title: 'Rows of the past without a moment of prediction',
    message: ({ what, table, view }) =>
      `${what === 'window' ? `a window over \`${table}\`` : `a join of \`${table}\`, whose rows have a time,`} counts from the moment of prediction, and \`${view}\` has none`,
    hint: ({ source }) =>
      `mark the time of \`${source}\` with @event_time, or say when predictions are made: \`features … from ${source} at COLUMN\``,
    explanation: {
      text: 'Windows and look-ups in a table with an event time take what is known at the moment of prediction. A view of a table without time has no such moment.',
      wrong: example({
        more: 'schema Site { site: string @key  words: int }\nsource sites: Site = csv("data/sites.csv")\nfeatures Sites from sites {\n  visits = count(visits over 7d by site)\n}',
      }),
      right: example({ view: 'use site\n  often = count(visits over 7d by site)\n  label buys = bought' }),
    },
  }),
  timelessComponent: defineMessage<{
    feature: string;
    table: string;
    column: string;
    /** The component's value that mixes the times: `table`, or what that is computed from. */
    made: string;
    input: string;
  }>({
    code: 'MLP4007',
    severity: 'error',
    path: true,
    title: 'A component that mixes all times',
    message: ({ feature, table, column, made, input }) =>
      `feature \`${feature}\` reads \`${table}.${column}\`, which is computed ${made === table ? '' : `through \`${made}\` `}from all rows of \`${input}\`, those after the prediction among them`,
    hint: ({ made }) =>
      `give the rows of \`${made}\` an @event_time, so that a join takes what was known by then`,
    explanation: {
      text: 'A component that turns rows with a time into rows without one gives a single value for all times. In training it has seen the future of most rows. With an event time on its rows a join takes the latest that was known at the moment of prediction.',
      wrong: example({
        more: 'schema Mood { site: string @key  mood: float }\ncomponent moods(visits: table Visit) -> table Mood { run python "moods.py:score" }\nlet site_moods = moods(visits)',
        view: 'join site_moods as m on m.site == site\n  mood = m.mood ?? 0.0\n  usual = mean(pages over 7d by site)',
      }),
      right: example({
        more: 'schema Mood { site: string  day: datetime @event_time  mood: float }\ncomponent moods(visits: table Visit) -> table Mood { run python "moods.py:score" }\nlet site_moods = moods(visits)',
        view: 'join site_moods as m on m.site == site\n  mood = m.mood ?? 0.0\n  usual = mean(pages over 7d by site)',
      }),
    },
  }),
  componentTime: defineMessage<{ column: string; cell: string; at: string; schema: string }>({
    code: 'MLP4010',
    severity: 'error',
    title: 'A component that does not say when its values are known',
    message: ({ column, cell, at }) =>
      `\`${column}\` is made from \`${cell}\`, which is known only at \`${at}\`, and does not say when it is known itself`,
    hint: ({ column, schema }) =>
      `annotate \`${column}\` in \`${schema}\`: \`@known_at(…)\` with a column of its rows, or \`@known_after(…)\``,
    explanation: {
      text: 'Where a value of a row is known at another column of that row, nothing tells when what a component makes of it is known: its rows are other rows. So its own schema says it, and windows and joins wait for that.',
      wrong: example({
        more: 'schema Load { site: string  at: datetime @event_time  loaded: datetime  size: int @known_at(loaded) }\nsource loads: Load = csv("loads.csv")\nschema Mood { site: string  day: datetime @event_time  mood: float }\ncomponent moods(loads: table Load) -> table Mood {\n  run python "moods.py:score"\n  mood: float from (size)\n}\nlet site_moods = moods(loads)',
        view: 'join site_moods as m on m.site == site\n  mood = m.mood ?? 0.0',
      }),
      right: example({
        more: 'schema Load { site: string  at: datetime @event_time  loaded: datetime  size: int @known_at(loaded) }\nsource loads: Load = csv("loads.csv")\nschema Mood { site: string  day: datetime @event_time  seen: datetime  mood: float @known_at(seen) }\ncomponent moods(loads: table Load) -> table Mood {\n  run python "moods.py:score"\n  mood: float from (size)\n}\nlet site_moods = moods(loads)',
        view: 'join site_moods as m on m.site == site\n  mood = m.mood ?? 0.0',
      }),
    },
  }),
  componentTimeUnsaid: defineMessage<{ table: string; component: string; cell: string; at: string }>({
    code: 'MLP4011',
    severity: 'warning',
    title: 'A component whose values may be known later than it says',
    message: ({ table, cell, at }) =>
      `\`${table}\` is made from all of its input, and \`${cell}\` is known only at \`${at}\`; when its own values are known it does not say`,
    hint: ({ component }) =>
      `tell in \`${component}\` what each column derives from, as in \`mood: float from (note)\`, or annotate the columns of its schema`,
    explanation: {
      text: 'A component that names no origins derives from everything. It may leave out what is known too late, but nothing checks that. Naming the origins, or when the values are known, makes it certain.',
      wrong: example({
        more: 'schema Load { site: string  at: datetime @event_time  loaded: datetime  size: int @known_at(loaded) }\nsource loads: Load = csv("loads.csv")\nschema Mood { site: string  day: datetime @event_time  mood: float }\ncomponent moods(loads: table Load) -> table Mood { run python "moods.py:score" }\nlet site_moods = moods(loads)',
        view: 'join site_moods as m on m.site == site\n  mood = m.mood ?? 0.0',
      }),
      right: example({
        more: 'schema Load { site: string  at: datetime @event_time  loaded: datetime  size: int @known_at(loaded) }\nsource loads: Load = csv("loads.csv")\nschema Mood { site: string  day: datetime @event_time  mood: float }\ncomponent moods(loads: table Load) -> table Mood {\n  run python "moods.py:score"\n  mood: float from (site)\n  site: string from (site)\n  day: datetime from (at)\n}\nlet site_moods = moods(loads)',
        view: 'join site_moods as m on m.site == site\n  mood = m.mood ?? 0.0',
      }),
    },
  }),
  joinsPartOfKey: defineMessage<{ view: string; alias: string; rest: readonly string[] }>({
    code: 'MLP4008',
    severity: 'error',
    title: 'A view joined on a part of its key',
    message: ({ view, alias, rest }) =>
      `the join of \`${view}\` as \`${alias}\` leaves ${rest.map(key => `\`${key}\``).join(', ')} open, so several rows of one moment may match`,
    hint: ({ alias, rest }) =>
      `join on its whole key: \`${rest.map(key => `${alias}.${key} == …`).join(' and ')}\``,
    explanation: {
      text: 'A view has one row for each key at each moment. A join takes the latest row as of the moment of prediction; on less than the key there may be several latest ones, and none of them is meant more than another.',
      wrong: example({
        more: 'features Sites from visits at each day {\n  key site, plan\n  often = count(visits over 7d by (site, plan))\n}',
        view: 'join Sites as s on s.site == site\n  often = s.often ?? 0\n  label buys = bought',
      }),
      right: example({
        more: 'features Sites from visits at each day {\n  key site, plan\n  often = count(visits over 7d by (site, plan))\n}',
        view: 'join Sites as s on s.site == site and s.plan == plan\n  often = s.often ?? 0\n  label buys = bought',
      }),
    },
  }),
  rowsNotThere: defineMessage<{
    view: string;
    /** Which part of the key; none for the arrival of the rows. */
    cell: string | undefined;
    known: string;
    moment: string;
    later: string | undefined;
  }>({
    code: 'MLP4009',
    severity: 'error',
    title: 'A view that is read before its rows are known',
    message: ({ view, cell, known, moment }) =>
      `the rows of \`${view}\` are read from their prediction on, \`${moment}\`, but ${cell === undefined ? 'they arrive' : `\`${cell}\` is known`} only ${known}`,
    hint: ({ view, later }) =>
      later === undefined
        ? `let \`${view}\` predict at a time by which its rows and their keys are known`
        : `let \`${view}\` predict later: \`at ${later}\``,
    explanation: {
      text: 'Joins and windows take rows of a view from its moment of prediction on. A row that has not arrived by then, or whose key is not known yet, is not there to be found: in training it would be, and the model would see what it cannot see later.',
      wrong: example({
        more: 'schema Call { caller: string @known_after(2h)  began: datetime @event_time }\nsource calls: Call = csv("data/calls.csv")\nfeatures Calls from calls at began {\n  key caller\n  busy = count(calls over 1h)\n}',
        view: 'join Calls as c on c.caller == site\n  busy = c.busy ?? 0\n  label buys = bought',
      }),
      right: example({
        more: 'schema Call { caller: string @known_after(2h)  began: datetime @event_time }\nsource calls: Call = csv("data/calls.csv")\nfeatures Calls from calls at began + 2h {\n  key caller\n  busy = count(calls over 1h)\n}',
        view: 'join Calls as c on c.caller == site\n  busy = c.busy ?? 0\n  label buys = bought',
      }),
    },
  }),
  splitAtRandom: defineMessage<{ model: string; column: string; source: string }>({
    code: 'MLP4101',
    severity: 'error',
    title: 'Rows with a time are split at random',
    message: ({ model, source }) =>
      `\`${model}\` splits the rows of \`${source}\` at random, but they have a time: it would be tested on the past of what it was trained on`,
    hint: ({ column }) => `write \`split by ${column}\`, so that the test rows come after the training rows`,
    explanation: {
      text: 'A model is used on rows that come after all it was trained on. Rows split at random put neighbours in time on both sides, so the test is easier than the use. Split by time, or by group where whole groups are new in use.',
      wrong: example({ model: MODEL.replace('split by time', 'split by hash') }),
      right: example({ model: MODEL }),
    },
  }),
  labelBeyondPart: defineMessage<{ part: string; length: string; label: string; ahead: string }>({
    code: 'MLP4102',
    severity: 'error',
    title: 'A label that looks further ahead than a part is long',
    message: ({ part, length, label, ahead }) =>
      `the ${part} part is ${length} long, but the label \`${label}\` looks ${ahead} ahead: no row of the part has its label within it`,
    hint: ({ ahead }) => `make the part at least ${ahead} long, or look less far ahead`,
    explanation: {
      text: 'A label that looks ahead is known only when that time is over. Training rows whose label became known after the boundary are purged, so a training part shorter than the label is purged whole, and a test part shorter than it is judged by what lies beyond it.',
      wrong: example({
        view: 'use site\n  label buys = count(visits over next 60d by site) > 3',
        model: MODEL.replace('{ train 70%  validation 15%  test 15% }', '{ train last 180d  test last 30d }'),
      }),
      right: example({
        view: 'use site\n  label buys = count(visits over next 30d by site) > 3',
        model: MODEL.replace('{ train 70%  validation 15%  test 15% }', '{ train last 180d  test last 30d }'),
      }),
    },
  }),
  tooHigh: defineMessage<{ name: string; limit: number }>({
    code: 'MLP4902',
    severity: 'error',
    title: 'The expressions are nested too deeply',
    message: ({ name, limit }) =>
      `with \`${name}\` and all that it calls put in, more than ${limit} operations stand one upon the other`,
    hint: () => 'give intermediate results names, as features of their own',
    explanation: {
      text: 'Functions are put in where they are called, so long functions that call one another make one very deep expression, which neither database nor editor could take. A feature ends an expression: others use its name.',
      wrong: example({
        more: [
          `function f0(x: int) -> int = x${' + 1'.repeat(400)}`,
          'function f1(x: int) -> int = f0(f0(f0(x)))',
        ].join('\n'),
        view: 'use site\n  much = f1(pages)',
      }),
      right: example({
        more: `function f0(x: int) -> int = x${' + 1'.repeat(400)}`,
        view: 'use site\n  much = f0(pages)\n  more = f0(much)',
      }),
    },
  }),
  tooLarge: defineMessage<{ limit: number }>({
    code: 'MLP4901',
    severity: 'error',
    title: 'The expressions are too large',
    message: ({ limit }) => `with all functions put in, the project has more than ${limit} operations`,
    hint: () =>
      'compute a value once as a feature and use its name, instead of calling functions that double the work at each level',
    explanation: {
      text: 'Functions are put in where they are called. A function that uses its argument twice, called within another that does, doubles the work at each level. A feature is computed once, however often its name is used.',
      wrong: example({
        more: [
          'function f0(x: int) -> int = x + x',
          ...Array.from(
            { length: 19 },
            (_, i) => `function f${i + 1}(x: int) -> int = f${i}(x) - f${i}(x) + 1`,
          ),
        ].join('\n'),
        view: 'use site\n  much = f19(pages)',
      }),
      right: example({ more, view: 'use site\n  much = pages + pages' }),
    },
  }),
} as const;
