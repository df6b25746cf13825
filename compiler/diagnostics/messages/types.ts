import { defineMessage } from '../define.ts';
import { declarationMessages } from './declarations.ts';
import { example } from './examples.ts';
import { callMessages } from './type-calls.ts';
import { valueMessages } from './type-values.ts';

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;

/** The function that converts, where there is one. */
function conversion(expected: string, found: string): string | undefined {
  const [to, from] = [expected, found].map(
    type => /^(string|int|float|bool|date|datetime)\b/.exec(type)?.[1],
  );
  if (to === 'string' && from !== undefined) return 'convert it: to_string(…)';
  if (to === 'float' && from === 'string')
    return 'convert it: to_float(…), which is null for what is no number';
  if (to === 'int' && from === 'string') return 'convert it: to_int(…), which is null for what is no number';
  if ((to === 'int' || to === 'float') && from === 'bool')
    return 'the share of true ones is `share(…)`, their number `count(… where …)`; one as a number is `if … then 1 else 0`';
  if (to === 'int' && from === 'float') return 'convert it: to_int(…)';
  return undefined;
}

/** Messages about types, nullability and units: codes MLP3001 to MLP3999. */
export const typesMessages = {
  mismatch: defineMessage<{ expected: string; found: string; what?: string }>({
    code: 'MLP3001',
    severity: 'error',
    title: 'a value of the wrong type',
    message: ({ expected, found, what }) => `${what ?? 'this'} is ${found}, and ${expected} is needed`,
    hint: ({ expected, found }) => conversion(expected, found),
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
    hint: ({ operator, found }) =>
      /^(not|and|or)$/.test(operator) && /^(int|float)/.test(found)
        ? 'compare it with something, as in `(… > 0)`'
        : undefined,
    explanation: {
      text: '`not`, `and` and `or` work on truth values, minus on numbers and durations, `matching` on text.',
      wrong: example({ view: 'empty = not pages' }),
      right: example({ view: 'empty = not (pages > 0)' }),
    },
  }),
  unitClash: defineMessage<{ operator?: string; what?: string; left: string; right: string }>({
    code: 'MLP3007',
    severity: 'error',
    title: 'two different units',
    message: ({ operator, what, left, right }) =>
      what === undefined
        ? `${operator === undefined ? 'a choice' : `\`${operator}\``} of ${left} and ${right}: the units differ`
        : `${what} is in ${left}, and ${right} is declared: the units differ`,
    hint: ({ right }) =>
      `convert one of them by a function that declares the new unit: \`function converted(x: float) -> float @unit(${right}) = x * 0.001\``,
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
    hint: () => 'remove the test, or let the column be null: a `?` after its type',
    explanation: {
      text: 'Only types with `?` may be null.',
      wrong: example({ view: 'missing = pages is null' }),
      right: example({ view: 'missing = seconds is null' }),
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
  noCommonType: defineMessage<{ left: string; right: string; what: string }>({
    code: 'MLP3035',
    severity: 'error',
    title: 'branches of different types',
    message: ({ left, right, what }) => `${what} have different types: ${left} and ${right}`,
    hint: () => 'make them one type, such as with to_string(…) or to_float(…)',
    explanation: {
      text: 'An expression has one type, whichever branch is taken.',
      wrong: example({ view: 'kind = if pages > 10 then "many" else 0' }),
      right: example({ view: 'kind = if pages > 10 then "many" else "few"' }),
    },
  }),
  ...callMessages,
  ...valueMessages,
  ...declarationMessages,
} as const;
