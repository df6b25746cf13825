import {
  type BlockKind,
  blockNames,
  declarationKeywords,
  itemKeywords,
  namedItems,
} from '../../syntax/keywords.ts';
import { defineMessage } from '../define.ts';
import { besideMessages } from './syntax-beside.ts';
import { callSyntaxMessages } from './syntax-calls.ts';
import { tokenMessages } from './syntax-tokens.ts';

type None = Readonly<Record<string, never>>;

const words = (list: readonly string[]): string => list.map(word => `\`${word}\``).join(', ');

/** What may stand in a block, one form a line. */
function contents(block: BlockKind): string {
  const named = namedItems[block];
  const items: readonly { readonly word: string }[] = itemKeywords[block];
  const list = words(items.map(({ word }) => word));
  if (named === undefined) return `${blockNames[block]} may hold ${list}`;
  return items.length === 0
    ? `${blockNames[block]} holds items such as \`${named}\``
    : `${blockNames[block]} may hold \`${named}\`, and ${list}`;
}

/** Messages about the text itself, its tokens and its grammar: codes MLP1001 to MLP1999. */
export const syntaxMessages = {
  ...tokenMessages,
  ...callSyntaxMessages,
  ...besideMessages,

  expected: defineMessage<{ what: string; found: string; after?: string }>({
    code: 'MLP1101',
    severity: 'error',
    title: 'Something is missing',
    message: ({ what, found, after }) =>
      `expected ${what}${after === undefined ? '' : ` after \`${after}\``}, but found ${found}`,
    explanation: {
      text: 'The text stops making sense at this place. The message says what was expected in the words of the language; what follows is read on as far as possible, so the rest of the file is checked all the same.',
      wrong: 'schema Trip { distance int }',
      right: 'schema Trip { distance: int }',
    },
  }),
  missingValue: defineMessage<{ found: string; after?: string }>({
    code: 'MLP1102',
    severity: 'error',
    title: 'A value is missing',
    message: ({ found, after }) =>
      after === undefined
        ? `expected a value, but found ${found}`
        : `expected a value after \`${after}\`, but found ${found}`,
    explanation: {
      text: 'An expression should stand here: a literal, a name, a call, or several of them with operators.',
      wrong: 'let a =\nlet b = 2',
      right: 'let a = 1\nlet b = 2',
    },
  }),
  trailingOperator: defineMessage<{ operator: string; found: string }>({
    code: 'MLP1103',
    severity: 'error',
    title: 'An operator with nothing on one side',
    message: ({ operator, found }) => `\`${operator}\` has nothing on its right side, only ${found}`,
    hint: ({ operator }) => `finish the expression, or remove \`${operator}\``,
    explanation: {
      text: 'An operator stands between two values. An expression may go on over several lines, but a line that begins like the next item ends it.',
      wrong: 'let a = 1 +\nlet b = 2',
      right: 'let a = 1 + 2\nlet b = 2',
    },
  }),
  leadingOperator: defineMessage<{ operator: string }>({
    code: 'MLP1104',
    severity: 'error',
    title: 'An operator with nothing before it',
    message: ({ operator }) => `\`${operator}\` has nothing on its left side`,
    hint: ({ operator }) => `write a value before it, or remove \`${operator}\``,
    explanation: {
      text: 'An operator stands between two values; only `-` and `not` stand before one. `not` binds more loosely than a comparison, so as an operand it needs brackets.',
      wrong: 'let a = * 2',
      right: 'let a = 3 * 2',
    },
  }),
  unexpected: defineMessage<{ found: string; home?: string }>({
    code: 'MLP1105',
    severity: 'error',
    title: 'Text that belongs to nothing',
    message: ({ found }) => `${found} does not belong here`,
    hint: ({ home }) =>
      home === undefined ? undefined : `it is an item of ${home}; is a \`}\` above it one too many?`,
    explanation: {
      text: 'The item before it is complete, and no new one begins here. The text up to the next item was skipped.',
      wrong: 'let a = 1 2',
      right: 'let a = 12',
    },
  }),
  unknownDeclaration: defineMessage<{ word: string; meant?: string }>({
    code: 'MLP1106',
    severity: 'error',
    title: 'An unknown kind of declaration',
    message: ({ word }) => `\`${word}\` is not a kind of declaration`,
    hint: ({ meant }) =>
      meant === undefined
        ? `a file holds ${words(declarationKeywords.map(({ word }) => word))}`
        : `did you mean \`${meant}\`?`,
    explanation: {
      text: 'Every item of a file begins with the word that says what it is.',
      wrong: 'modle churn { seed 1 }',
      right: 'model churn { seed 1 }',
    },
  }),
  unknownItem: defineMessage<{ word: string; block: BlockKind; meant?: string; elsewhere?: string }>({
    code: 'MLP1107',
    severity: 'error',
    title: 'An unknown item in a block',
    message: ({ word, block, elsewhere }) =>
      elsewhere === undefined
        ? `\`${word}\` is not an item of ${blockNames[block]}`
        : `\`${word}\` is an item of ${elsewhere}, not of ${blockNames[block]}`,
    hint: ({ meant, block }) => (meant === undefined ? contents(block) : `did you mean \`${meant}\`?`),
    explanation: {
      text: 'In braces every item begins with its own word, or with a name and `=` or `:`. The hint lists what may stand in this kind of block.',
      wrong: 'model churn { sede 1 }',
      right: 'model churn { seed 1 }',
    },
  }),
  unclosed: defineMessage<{ open: string; close: string; found: string }>({
    code: 'MLP1108',
    severity: 'error',
    title: 'A bracket is not closed',
    message: ({ open, close, found }) =>
      `this \`${open}\` is not closed: \`${close}\` is missing ${/^the end/.test(found) ? 'at' : 'before'} ${found}`,
    explanation: {
      text: 'Every bracket that is opened must be closed. Where the end is missing is judged by the layout: a line that begins like the next item, or a declaration at the margin, shows that the block was meant to end before it.',
      wrong: 'model a {\n  seed 1\n\nmodel b { seed 2 }',
      right: 'model a {\n  seed 1\n}\nmodel b { seed 2 }',
    },
  }),
  strayBracket: defineMessage<{ close: string }>({
    code: 'MLP1109',
    severity: 'error',
    title: 'A closing bracket too many',
    message: ({ close }) => `this \`${close}\` closes nothing`,
    hint: () => 'remove it, or add the bracket that it should close',
    explanation: {
      text: 'A closing bracket ends the innermost one that is open. Here none of its kind is open.',
      wrong: 'let a = (1 + 2))',
      right: 'let a = (1 + 2)',
    },
  }),
  assignment: defineMessage<None>({
    code: 'MLP1110',
    severity: 'error',
    title: '= for ==',
    message: () => 'two values are compared with `==`; a single `=` gives a name its value',
    explanation: {
      text: '`=` stands once in an item, between its name and its value. Equality is `==`.',
      wrong: 'let same = 1 = 2',
      right: 'let same = 1 == 2',
    },
  }),
  chainedComparison: defineMessage<None>({
    code: 'MLP1111',
    severity: 'error',
    title: 'Comparisons in a chain',
    message: () => 'comparisons cannot be chained',
    hint: () => 'join two comparisons by `and`; a value between two bounds is `x in 1..5`',
    explanation: {
      text: '`a < b < c` means different things in different languages, so it has to be written out. `in` is the short form for closed ranges.',
      wrong: 'let between = 1 < 2 < 3',
      right: 'let between = 1 < 2 and 2 < 3',
    },
  }),
  incompleteRange: defineMessage<{ side: 'low' | 'high' }>({
    code: 'MLP1112',
    severity: 'error',
    title: 'A range without one of its ends',
    message: ({ side }) => `this range has no ${side === 'low' ? 'lower' : 'upper'} end`,
    hint: () =>
      'a range has both, and both belong to it: `1..5`; one side alone is a comparison such as `x >= 1`',
    explanation: {
      text: '`low..high` contains both of its ends. A range that is open on one side is written as a comparison.',
      wrong: 'param p: int in 1.. = 2',
      right: 'param p: int in 1..9 = 2',
    },
  }),
  noRange: defineMessage<{ found: string }>({
    code: 'MLP1113',
    severity: 'error',
    title: 'A range or a set is missing',
    message: ({ found }) =>
      `expected a range such as \`1..5\` or a set such as \`{"a", "b"}\`, but found ${found}`,
    explanation: {
      text: 'After `in` stands a range with both its ends, or a set of values in braces.',
      wrong: 'let ok = 3 in [1, 2]',
      right: 'let ok = 3 in {1, 2}',
    },
  }),
  quotedKey: defineMessage<{ name: string }>({
    code: 'MLP1114',
    severity: 'error',
    title: 'A name in quotes',
    message: ({ name }) => `the name \`${name}\` is written without quotes`,
    hint: ({ name }) =>
      /^[A-Za-z_]\w*$/.test(name) ? undefined : 'a name with other signs stands between back-ticks',
    explanation: {
      text: 'Names of columns, arguments and settings are names, not strings. Unusual ones stand between back-ticks.',
      wrong: 'environment e { target local { "workers": 2 } }',
      right: 'environment e { target local { workers: 2 } }',
    },
  }),
  elif: defineMessage<{ word: string }>({
    code: 'MLP1115',
    severity: 'error',
    title: 'Elif for else if',
    message: ({ word }) => `\`${word}\` is written \`else if\``,
    explanation: {
      text: 'A further condition is an `if` in the `else` of the first.',
      wrong: 'let a = if true then 1 elif false then 2 else 3',
      right: 'let a = if true then 1 else if false then 2 else 3',
    },
  }),
  tooDeep: defineMessage<{ limit: number }>({
    code: 'MLP1116',
    severity: 'error',
    title: 'Nested too deeply',
    message: ({ limit }) =>
      `brackets and conditions may be nested ${limit} deep; what lies deeper was not read`,
    hint: () => 'give a part of it a name with `let` or a feature of its own',
    explanation: {
      text: 'Nobody can read an expression that deep, and every phase of the compiler would have to. Give its parts names.',
      wrong: `let a = ${'('.repeat(120)}1${')'.repeat(120)}`,
      right: 'let a = ((1))',
    },
  }),
  tooLong: defineMessage<{ limit: number }>({
    code: 'MLP1117',
    severity: 'error',
    title: 'An expression that is too long',
    message: ({ limit }) => `an expression may have ${limit} operators or cases, one upon the other`,
    hint: () => 'give a part of it a name with `let` or a feature of its own',
    explanation: {
      text: 'An expression of many hundred operators is generated, and better computed where it is generated, or written as an aggregate.',
      wrong: `let a = 1${' + 1'.repeat(501)}`,
      right: 'let a = 1 + 1',
    },
  }),
  reservedName: defineMessage<{ word: string; what: string }>({
    code: 'MLP1118',
    severity: 'error',
    title: 'A reserved word as a name',
    message: ({ word, what }) => `expected ${what}, but \`${word}\` is a reserved word`,
    hint: () => 'between back-ticks any word is a name',
    explanation: {
      text: 'The few words that build expressions are reserved: `and or not in is null true false if then else match matching over by`. All other words of the language may be names. Between back-ticks any word may.',
      wrong: 'schema Duel { match: int }',
      right: 'schema Duel { `match`: int }',
    },
  }),
  ternary: defineMessage<None>({
    code: 'MLP1121',
    severity: 'error',
    title: 'A condition in the style of another language',
    message: () => 'a condition is written `if … then … else …`',
    hint: () => 'write `if condition then a else b`; for a value that may be null, `value ?? instead`',
    explanation: {
      text: 'Conditions are written in words. `??` gives the value for null, and `?` after a type says that it may be null.',
      wrong: 'let a = true ? 1 : 2',
      right: 'let a = if true then 1 else 2',
    },
  }),
  keywordColon: defineMessage<{ word: string; sign: string }>({
    code: 'MLP1123',
    severity: 'error',
    title: 'A sign after the word of an item',
    message: ({ word, sign }) => `\`${word}\` is followed by its value at once, without \`${sign}\``,
    explanation: {
      text: 'The items of a block begin with a word of the language and read like a sentence; only names that you choose are followed by `:` or `=`.',
      wrong: 'model m { seed: 42 }',
      right: 'model m { seed 42 }',
    },
  }),
  notOperand: defineMessage<None>({
    code: 'MLP1124',
    severity: 'error',
    title: 'A not inside of an operation',
    message: () => '`not` binds more loosely than the operator before it',
    hint: () => 'put brackets around it: `(not …)`',
    explanation: {
      text: '`not a == b` means `not (a == b)`. After an operator that binds tighter, what is negated needs brackets.',
      wrong: 'let a = true == not false',
      right: 'let a = true == (not false)',
    },
  }),
  repeated: defineMessage<{ word: string }>({
    code: 'MLP1125',
    severity: 'error',
    title: 'An item that may stand once',
    message: ({ word }) => `\`${word}\` stands here twice`,
    hint: () => 'remove one of them; as it stands the first one counts',
    explanation: {
      text: 'This item may stand once in its block; the first one counts.',
      wrong: 'deployment d { serve m check { load within 1s load within 2s } }',
      right: 'deployment d { serve m check { load within 1s } }',
    },
  }),
} as const;
