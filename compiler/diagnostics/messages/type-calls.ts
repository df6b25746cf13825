import { defineMessage } from '../define.ts';
import { example, MODEL } from './examples.ts';

const meant = (suggestion: string | undefined): string | undefined =>
  suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;

/** Messages about calls, their arguments and where a name may stand: codes of MLP30xx. */
export const callMessages = {
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
} as const;
