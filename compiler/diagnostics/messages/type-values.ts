import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

/** Messages about what a value can be: ranges, sets, patterns, cases, checks that can only pass or fail: codes of MLP30xx. */
export const valueMessages = {
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
  mayLieOutside: defineMessage<{ what: string; range: string; found: string; clamp?: string }>({
    code: 'MLP3038',
    severity: 'error',
    title: 'a declared range that nothing holds',
    message: ({ what, range, found }) =>
      `${what} is declared to be ${range}, but what is computed may be ${found}`,
    hint: ({ clamp }) =>
      clamp === undefined
        ? 'declare no more than is known, or choose with `if` or `match` what stands for the rest'
        : `hold it there with \`clamp(…, ${clamp})\`, or declare no more than is known`,
    explanation: {
      text: 'Everything that reads a value believes its declaration: conditions are judged by it. So what is computed must be known to lie within the range, the values or the pattern that are declared for it.',
      wrong: example({ view: 'few: int in 0..10 = pages' }),
      right: example({ view: 'few: int in 0..10 = clamp(pages, 0, 10)' }),
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
  alwaysSame: defineMessage<{ always: boolean; why: string }>({
    code: 'MLP3023',
    severity: 'warning',
    title: 'a comparison with only one outcome',
    message: ({ always, why }) => `this is always ${always}: ${why}`,
    hint: () => 'correct the bound here, or the range where the column is declared',
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
    hint: () => 'write a bound that can be met and can be missed',
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
} as const;
