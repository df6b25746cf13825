import { defineMessage } from '../define.ts';
import { declarationMessages } from './declarations.ts';
import { example, MODEL } from './examples.ts';

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;

/** Messages about types, nullability and units: codes MLP3001 to MLP3999. */
export const typesMessages = {
  mismatch: defineMessage<{ expected: string; found: string; what?: string }>({
    code: 'MLP3001',
    severity: 'error',
    title: 'a value of the wrong type',
    message: ({ expected, found, what }) => `${what ?? 'this'} is ${found}, and ${expected} is needed`,
    explanation: {
      text: 'There is no implicit conversion but from int to float. `to_float`, `to_int` and `to_string` convert explicitly.',
      wrong: example({ view: 'name = lower(pages)' }),
      right: example({ view: 'name = lower(site)' }),
    },
  }),
  mayBeNull: defineMessage<{ expected: string; found: string }>({
    code: 'MLP3002',
    severity: 'error',
    title: 'a value that may be null where none is taken',
    message: ({ expected, found }) => `this is ${found}, which may be null, and ${expected} is needed`,
    hint: () => 'say what to use instead of null: `… ?? value`',
    explanation: {
      text: 'A type with `?` may be null. Where null makes no sense, say what stands for it.',
      wrong: example({ view: 'time: float = seconds' }),
      right: example({ view: 'time: float = seconds ?? 0.0' }),
    },
  }),
  conditionMayBeNull: defineMessage<Record<string, never>>({
    code: 'MLP3003',
    severity: 'error',
    title: 'a condition that may be null',
    message: () => 'this condition may be null, and then it is neither true nor false',
    hint: () => 'say what null means: `(…) ?? false`, or give its operands a value with `??`',
    explanation: {
      text: 'A comparison with a value that may be null may itself be null. The author decides what happens then, never the engine.',
      wrong: example({ view: 'kind = if seconds > 60.0 then "long" else "short"' }),
      right: example({ view: 'kind = if (seconds ?? 0.0) > 60.0 then "long" else "short"' }),
    },
  }),
  conditionType: defineMessage<{ found: string }>({
    code: 'MLP3004',
    severity: 'error',
    title: 'a condition that is not bool',
    message: ({ found }) => `a condition must be bool, and this is ${found}`,
    hint: () => 'compare it with something',
    explanation: {
      text: 'Numbers and text are neither true nor false.',
      wrong: example({ view: 'kind = if pages then "some" else "none"' }),
      right: example({ view: 'kind = if pages > 0 then "some" else "none"' }),
    },
  }),
  operands: defineMessage<{ operator: string; left: string; right: string }>({
    code: 'MLP3005',
    severity: 'error',
    title: 'operands that do not go together',
    message: ({ operator, left, right }) => `\`${operator}\` does not work on ${left} and ${right}`,
    explanation: {
      text: 'Arithmetic is for numbers (and durations, sizes, rates among themselves or times a number); comparison is for two values of one type.',
      wrong: example({ view: 'odd = site + pages' }),
      right: example({ view: 'odd = concat(site, to_string(pages))' }),
    },
  }),
  operand: defineMessage<{ operator: string; found: string; expected: string }>({
    code: 'MLP3006',
    severity: 'error',
    title: 'an operand of the wrong type',
    message: ({ operator, found, expected }) => `\`${operator}\` needs ${expected}, and this is ${found}`,
    explanation: {
      text: '`not`, `and` and `or` work on truth values, minus on numbers and durations, `matching` on text.',
      wrong: example({ view: 'empty = not pages' }),
      right: example({ view: 'empty = not (pages > 0)' }),
    },
  }),
  unitClash: defineMessage<{ operator: string; left: string; right: string }>({
    code: 'MLP3007',
    severity: 'error',
    title: 'two different units',
    message: ({ operator, left, right }) => `\`${operator}\` of ${left} and ${right}: the units differ`,
    hint: () =>
      'convert one of them; multiplying by a bare number keeps the unit, so declare the new one with @unit',
    explanation: {
      text: 'Sums, differences and comparisons want equal units; a bare number adopts the other one’s.',
      wrong: example({ columns: 'wait: float @unit("min")', view: 'sum = (seconds ?? 0.0) + wait' }),
      right: example({ columns: 'wait: float @unit("s")', view: 'sum = (seconds ?? 0.0) + wait' }),
    },
  }),
  unknownType: defineMessage<{ name: string; suggestion?: string | undefined }>({
    code: 'MLP3008',
    severity: 'error',
    title: 'unknown type',
    message: ({ name }) => `there is no type \`${name}\``,
    hint: ({ suggestion }) => meant(suggestion),
    explanation: {
      text: 'Types are bool, int, float, string, date, datetime, timestamp, duration, size, rate, blob, vector(n), [T], table Row, and the enums that are declared or imported.',
      wrong: example({ columns: 'referrer: strng' }),
      right: example({ columns: 'referrer: string' }),
    },
  }),
  noOverload: defineMessage<{ name: string; found: string; candidates: readonly string[] }>({
    code: 'MLP3009',
    severity: 'error',
    title: 'no form of the function fits',
    message: ({ name, found }) => `\`${name}\` cannot take ${found}`,
    hint: ({ candidates }) => `its forms are ${candidates.join('; ')}`,
    explanation: {
      text: 'A library function may be declared for several types of its arguments; none of them fits here.',
      wrong: example({ view: 'h = hour(site)' }),
      right: example({ view: 'h = hour(day)' }),
    },
  }),
  missingArgument: defineMessage<{ name: string; callee: string; type: string }>({
    code: 'MLP3010',
    severity: 'error',
    title: 'a missing argument',
    message: ({ name, callee, type }) => `\`${callee}\` needs \`${name}\`, ${type}`,
    hint: ({ name }) => `write ${name}: …`,
    explanation: {
      text: 'Arguments without a default must be given, by position or by name.',
      wrong: example({ view: 'name = replace(site, "www")' }),
      right: example({ view: 'name = replace(site, "www", "")' }),
    },
  }),
  unknownArgument: defineMessage<{
    name: string;
    callee: string;
    known: readonly string[];
    suggestion?: string | undefined;
  }>({
    code: 'MLP3011',
    severity: 'error',
    title: 'an unknown argument',
    message: ({ name, callee }) => `\`${callee}\` has no parameter \`${name}\``,
    hint: ({ suggestion, known }) =>
      meant(suggestion) ??
      (known.length ? `its parameters are ${known.join(', ')}` : 'it takes no arguments'),
    explanation: {
      text: 'Named arguments are those of the declaration; a wrong name is never ignored.',
      wrong: example({ model: MODEL.replace('rounds: 50', 'round: 50') }),
      right: example({ model: MODEL }),
    },
  }),
  tooManyArguments: defineMessage<{ callee: string; takes: number; given: number }>({
    code: 'MLP3012',
    severity: 'error',
    title: 'too many arguments',
    message: ({ callee, takes, given }) =>
      `\`${callee}\` takes ${takes === 0 ? 'no arguments' : takes === 1 ? 'one argument' : `${takes} arguments`}, and here are ${given}`,
    explanation: {
      text: 'An argument that nothing takes would be ignored, so it is an error.',
      wrong: example({ view: 'name = lower(site, "en")' }),
      right: example({ view: 'name = lower(site)' }),
    },
  }),
  duplicateArgument: defineMessage<{ name: string }>({
    code: 'MLP3013',
    severity: 'error',
    title: 'an argument given twice',
    message: ({ name }) => `\`${name}\` is given twice`,
    explanation: {
      text: 'Each parameter takes one argument, by position or by name.',
      wrong: example({ view: 'name = replace(site, "www", "", part: "w")' }),
      right: example({ view: 'name = replace(site, "www", "")' }),
    },
  }),
  outOfRange: defineMessage<{ value: string; range: string; what: string }>({
    code: 'MLP3014',
    severity: 'error',
    title: 'a value outside its range',
    message: ({ value, range, what }) => `${what} must be ${range}, and this is ${value}`,
    explanation: {
      text: 'A range stands in the declaration of the parameter or column, and holds for constants when the spec is checked.',
      wrong: example({ model: MODEL.replace('rounds: 50', 'rounds: 0') }),
      right: example({ model: MODEL }),
    },
  }),
  notInSet: defineMessage<{
    value: string;
    values: readonly string[];
    what: string;
    suggestion?: string | undefined;
  }>({
    code: 'MLP3015',
    severity: 'error',
    title: 'a value that is not allowed',
    message: ({ value, what }) => `${what} cannot be ${value}`,
    hint: ({ suggestion, values }) =>
      suggestion === undefined ? `it may be ${values.join(', ')}` : `did you mean ${suggestion}?`,
    explanation: {
      text: 'Where a type lists its values, a constant must be one of them.',
      wrong: example({
        columns: 'device: string in {"phone", "desktop"}',
        view: 'mobile = device == "fone"',
      }),
      right: example({
        columns: 'device: string in {"phone", "desktop"}',
        view: 'mobile = device == "phone"',
      }),
    },
  }),
  notConstant: defineMessage<{ what: string }>({
    code: 'MLP3016',
    severity: 'error',
    title: 'a constant is needed',
    message: ({ what }) => `${what} must be a constant`,
    hint: () => 'constants are literals, `let` and `param` names and arithmetic on them',
    explanation: {
      text: 'Ranges, lengths of windows, shares, parameters of trainers and the like are fixed before anything runs.',
      wrong: example({ columns: 'wait: duration', view: 'recent = count(seconds over wait by site)' }),
      right: example({ view: 'recent = count(seconds over 7d by site)' }),
    },
  }),
  nullComparison: defineMessage<{ negated: boolean }>({
    code: 'MLP3017',
    severity: 'error',
    title: 'a comparison with null',
    message: () => 'a comparison with null is null, never true',
    hint: ({ negated }) => `write \`is ${negated ? 'not ' : ''}null\``,
    explanation: {
      text: 'Null means that a value is not known, so nothing is equal to it. `is null` asks whether it is missing.',
      wrong: example({ view: 'missing = seconds == null' }),
      right: example({ view: 'missing = seconds is null' }),
    },
  }),
  matchIncomplete: defineMessage<{ missing: readonly string[] }>({
    code: 'MLP3018',
    severity: 'error',
    title: 'a match that leaves values out',
    message: ({ missing }) =>
      missing.length
        ? `this match has no arm for ${missing.join(', ')}`
        : 'this match needs an arm `_` for all other values',
    hint: () => 'add the missing arms, or `_ => …`',
    explanation: {
      text: 'A match gives a value for whatever comes: all members of an enum, both truth values, null where it may be null, or else an arm `_`.',
      wrong: example({ view: 'rank = match plan { free => 0, team => 1 }' }),
      right: example({ view: 'rank = match plan { free => 0, team => 1, _ => 2 }' }),
    },
  }),
  matchUnreachable: defineMessage<{ what: string }>({
    code: 'MLP3019',
    severity: 'warning',
    title: 'an arm that is never reached',
    message: ({ what }) => `this arm is never reached: ${what}`,
    hint: () => 'remove it',
    explanation: {
      text: 'The first arm that fits is taken; what stands behind one that takes everything is dead.',
      wrong: example({ view: 'rank = match plan { free => 0, _ => 2, team => 1 }' }),
      right: example({ view: 'rank = match plan { free => 0, team => 1, _ => 2 }' }),
    },
  }),
  noMembers: defineMessage<{ found: string; member: string }>({
    code: 'MLP3020',
    severity: 'error',
    title: 'a member of something that has none',
    message: ({ found, member }) => `${found} has no member \`${member}\``,
    explanation: {
      text: 'Members are those of enums (`Plan.team`), of joined tables (`home.state`), and of `champion` and `baseline`.',
      wrong: example({ view: 'y = day.year' }),
      right: example({ view: 'y = year(day)' }),
    },
  }),
  needlessDefault: defineMessage<Record<string, never>>({
    code: 'MLP3021',
    severity: 'warning',
    title: 'a default for what is never null',
    message: () => 'the left side of `??` is never null, so the right side is never used',
    hint: () => 'remove `??` and what follows it',
    explanation: {
      text: 'A default that is never used hides a mistake: either the column should be optional, or the default is dead.',
      wrong: example({ view: 'p = pages ?? 0' }),
      right: example({ view: 'p = pages' }),
    },
  }),
  neverNull: defineMessage<{ negated: boolean }>({
    code: 'MLP3022',
    severity: 'warning',
    title: 'a test for null of what is never null',
    message: ({ negated }) => `this is never null, so the test is always ${negated}`,
    explanation: {
      text: 'Only types with `?` may be null.',
      wrong: example({ view: 'missing = pages is null' }),
      right: example({ view: 'missing = seconds is null' }),
    },
  }),
  alwaysSame: defineMessage<{ always: boolean; why: string }>({
    code: 'MLP3023',
    severity: 'warning',
    title: 'a comparison with only one outcome',
    message: ({ always, why }) => `this is always ${always}: ${why}`,
    explanation: {
      text: 'The declared ranges leave only one outcome. Either the range of the column or the bound is wrong.',
      wrong: example({ view: 'many = pages > 1000' }),
      right: example({ view: 'many = pages > 100' }),
    },
  }),
  ruleDecided: defineMessage<{ passes: boolean; why: string }>({
    code: 'MLP3024',
    severity: 'error',
    title: 'a check that can never fail, or never pass',
    message: ({ passes, why }) => `this check can never ${passes ? 'fail' : 'pass'}: ${why}`,
    explanation: {
      text: 'A requirement that holds for every table checks nothing, one that holds for none stops every run.',
      wrong: example({ more: 'validation visits_sound on visits {\n  require count() >= 0\n}' }),
      right: example({ more: 'validation visits_sound on visits {\n  require count() >= 1000\n}' }),
    },
  }),
  badPattern: defineMessage<{ reason: string }>({
    code: 'MLP3025',
    severity: 'error',
    title: 'a pattern that is not understood',
    message: ({ reason }) => `this pattern cannot be used: ${reason}`,
    hint: () => 'patterns are the common part of RE2 and JavaScript and match the whole text',
    explanation: {
      text: 'The same pattern runs in the database and in the service. What only one of them knows (look-around, back references) cannot be used.',
      wrong: example({ columns: 'code: string matching r"(?=A)[A-Z]+"' }),
      right: example({ columns: 'code: string matching r"A[A-Z]*"' }),
    },
  }),
  badRefinement: defineMessage<{ refinement: string; type: string; needed: string }>({
    code: 'MLP3026',
    severity: 'error',
    title: 'a refinement that does not fit the type',
    message: ({ refinement, type, needed }) => `\`${refinement}\` is for ${needed}, and this type is ${type}`,
    explanation: {
      text: '`in a..b` is for values that have an order, `in {…}` for numbers and text, `matching` for text.',
      wrong: example({ columns: 'code: int matching r"[0-9]+"' }),
      right: example({ columns: 'code: string matching r"[0-9]+"' }),
    },
  }),
  emptyRange: defineMessage<{ low: string; high: string }>({
    code: 'MLP3027',
    severity: 'error',
    title: 'a range that holds nothing',
    message: ({ low, high }) => `nothing lies in ${low}..${high}: the lower bound is above the upper one`,
    explanation: {
      text: 'Ranges are written from low to high and include both ends.',
      wrong: example({ view: 'some = pages in 10..5' }),
      right: example({ view: 'some = pages in 5..10' }),
    },
  }),
  notHere: defineMessage<{ what: string; why: string }>({
    code: 'MLP3028',
    severity: 'error',
    title: 'an expression that is not possible here',
    message: ({ what, why }) => `${what} is not possible here: ${why}`,
    explanation: {
      text: 'Windows and `fitted` are for features, whole-table aggregates for validations, `each feature` for monitors, lists and records for arguments and test data.',
      wrong: example({ view: 'usual = mean(pages)' }),
      right: example({ view: 'usual = mean(pages over 7d by site)' }),
    },
  }),
  columnOutside: defineMessage<{ column: string }>({
    code: 'MLP3029',
    severity: 'error',
    title: 'a single value where a whole table is judged',
    message: ({ column }) => `\`${column}\` has a value for every row, and this is about the whole table`,
    hint: ({ column }) => `take all rows together, such as mean(${column}) or share(${column} is not null)`,
    explanation: {
      text: 'A `validation` says what holds of a table, so columns stand inside aggregates.',
      wrong: example({ more: 'validation visits_sound on visits {\n  require pages > 5\n}' }),
      right: example({ more: 'validation visits_sound on visits {\n  require mean(pages) > 5\n}' }),
    },
  }),
  noEventTime: defineMessage<{ table: string; what: string }>({
    code: 'MLP3030',
    severity: 'error',
    title: 'a table without event time',
    message: ({ table, what }) => `${table} has no event time, and ${what} needs one`,
    hint: () => 'mark the column that says when the row happened with @event_time',
    explanation: {
      text: 'A window takes the rows of a stretch of time. Without an event time nobody knows which these are.',
      wrong: example({
        more: 'schema Page { site: string  words: int }\nsource pages_table: Page = csv("data/pages.csv")',
        view: 'words = sum(words of pages_table over 7d by site)',
      }),
      right: example({
        more: 'schema Page { site: string  words: int  written: datetime @event_time }\nsource pages_table: Page = csv("data/pages.csv")',
        view: 'words = sum(words of pages_table over 7d by site)',
      }),
    },
  }),
  joinCondition: defineMessage<{ alias: string }>({
    code: 'MLP3031',
    severity: 'error',
    title: 'a join on something else than equal keys',
    message: ({ alias }) =>
      `a join looks up by key: write \`${alias}.column == value\`, several joined by \`and\``,
    explanation: {
      text: 'Serving looks a joined row up by its key. A condition that is not an equality of the joined table’s columns with values of the row cannot be looked up.',
      wrong: example({
        more: 'schema Site { site: string @key  words: int }\nsource sites: Site = csv("data/sites.csv")',
        view: 'join sites as s on s.words > pages\n  words = s.words',
      }),
      right: example({
        more: 'schema Site { site: string @key  words: int }\nsource sites: Site = csv("data/sites.csv")',
        view: 'join sites as s on s.site == site\n  words = s.words',
      }),
    },
  }),
  joinSeveral: defineMessage<{ table: string; on: readonly string[]; key: readonly string[] }>({
    code: 'MLP3032',
    severity: 'error',
    title: 'a join that may find several rows',
    message: ({ table, on }) =>
      `several rows of ${table} may have the same ${on.join(', ')}, so the join does not say which one is meant`,
    hint: ({ key }) =>
      key.length
        ? `join on its whole key: ${key.join(', ')}`
        : 'mark its key with @key, or aggregate its rows over a window',
    explanation: {
      text: 'A row has one joined row or none. On a table with an event time the latest one before the moment of prediction is taken; on any other the condition must name all columns marked `@key`.',
      wrong: example({
        more: 'schema Site { site: string  words: int }\nsource sites: Site = csv("data/sites.csv")',
        view: 'join sites as s on s.site == site\n  words = s.words',
      }),
      right: example({
        more: 'schema Site { site: string @key  words: int }\nsource sites: Site = csv("data/sites.csv")',
        view: 'join sites as s on s.site == site\n  words = s.words',
      }),
    },
  }),
  annotationTarget: defineMessage<{ name: string; target: string; targets: readonly string[] }>({
    code: 'MLP3033',
    severity: 'error',
    title: 'an annotation at the wrong place',
    message: ({ name, target, targets }) => `@${name} is for ${targets.join(', ')}, not for ${target}`,
    explanation: {
      text: 'Each annotation is declared in the library with what it may stand on.',
      wrong: example({ more: '@pii\nenum Level { low, high }' }),
      right: example({ more: 'enum Level { low, high }' }),
    },
  }),
  literalTooLarge: defineMessage<{ what: string; found: string }>({
    code: 'MLP3034',
    severity: 'error',
    title: 'a literal too large',
    message: ({ what, found }) => `${what} is too large: ${found}`,
    explanation: {
      text: 'An int has 64 bits.',
      wrong: example({ view: 'many = pages > 9_223_372_036_854_775_808' }),
      right: example({ view: 'many = pages > 900' }),
    },
  }),
  noCommonType: defineMessage<{ left: string; right: string; what: string }>({
    code: 'MLP3035',
    severity: 'error',
    title: 'branches of different types',
    message: ({ left, right, what }) => `${what} have different types: ${left} and ${right}`,
    explanation: {
      text: 'An expression has one type, whichever branch is taken.',
      wrong: example({ view: 'kind = if pages > 10 then "many" else 0' }),
      right: example({ view: 'kind = if pages > 10 then "many" else "few"' }),
    },
  }),
  overflow: defineMessage<{ why: string }>({
    code: 'MLP3036',
    severity: 'error',
    title: 'a constant that cannot be computed',
    message: ({ why }) => `this constant cannot be computed: ${why}`,
    explanation: {
      text: 'An int has 64 bits; what goes beyond is an error, in a constant as in a row.',
      wrong: example({ more: 'let huge = 9_000_000_000_000_000_000 * 2' }),
      right: example({ more: 'let huge = 9_000_000_000 * 2' }),
    },
  }),
  ...declarationMessages,
} as const;
