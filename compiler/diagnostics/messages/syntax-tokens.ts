import { defineMessage } from '../define.ts';

/** No facts beside the place. */
type None = Readonly<Record<string, never>>;

const quoted = (text: string): string => (text.includes('`') ? `"${text}"` : `\`${text}\``);

/** Mistakes in the text and its tokens: codes MLP1001 to MLP1099. */
export const tokenMessages = {
  notUtf8: defineMessage<{ byte: number }>({
    code: 'MLP1001',
    severity: 'error',
    title: 'The file is not UTF-8',
    message: ({ byte }) =>
      `this file is not UTF-8 text: byte 0x${byte.toString(16).padStart(2, '0')} cannot stand here`,
    hint: () => 'save the file as UTF-8; an older editor may have written it as Latin-1 or UTF-16',
    explanation: {
      text: 'A spec is plain UTF-8 text. Another encoding would turn names and strings into other ones without a word, so it is refused. The place shown is the first byte that is wrong; it was replaced by `�` for what is reported after it.',
      wrong: 'enum City { `Z\ufffdrich` }',
      right: 'enum City { `Zürich` }',
    },
  }),
  fileTooLarge: defineMessage<{ bytes: number; limit: number }>({
    code: 'MLP1002',
    severity: 'error',
    title: 'The file is too large',
    message: ({ bytes, limit }) =>
      `this file has ${(bytes / 2 ** 20).toFixed(1)} MiB; a spec may have ${limit / 2 ** 20} MiB`,
    hint: () => 'a spec holds no data: keep rows in a file of their own and name it in a `source`',
    explanation: {
      text: 'Specs are written by hand and small. A file beyond the limit is nearly always data, or something that is no spec at all, and is not read.',
      wrong: '',
      right: 'let limit = 1',
    },
  }),
  byteOrderMark: defineMessage<None>({
    code: 'MLP1003',
    severity: 'info',
    title: 'The file begins with a byte order mark',
    message: () => 'this file begins with a byte order mark, which is not needed',
    hint: () => 'save the file as UTF-8 without BOM; `mlp fmt` does it',
    explanation: {
      text: 'Some editors put three invisible bytes before the text. They are skipped, but other tools trip over them.',
      wrong: '',
      right: 'let a = 1',
    },
  }),
  unexpectedCharacters: defineMessage<{ text: string }>({
    code: 'MLP1004',
    severity: 'error',
    title: 'A character that means nothing here',
    message: ({ text }) => `${characters(text)} has no meaning in a spec`,
    hint: ({ text }) =>
      /^[\u2018\u2019\u201c\u201d]/.test(text)
        ? 'strings stand between straight double quotes'
        : text.includes("'")
          ? 'strings stand between double quotes, on one line'
          : /[\u00a0\u2000-\u200f\u3000]/.test(text)
            ? 'it looks like a space, but is none; it often comes along when text is pasted'
            : undefined,
    explanation: {
      text: 'Outside of strings and comments a spec has letters, digits and the signs of the language. A sign of another language, or an invisible one that was pasted with a text, is reported and skipped.',
      wrong: 'let a = 1 $',
      right: 'let a = 1',
    },
  }),
  unterminatedString: defineMessage<{ quote: string }>({
    code: 'MLP1005',
    severity: 'error',
    title: 'A string without its end',
    message: ({ quote }) =>
      quote === '"'
        ? 'this string is not closed before the end of its line'
        : 'this block string is never closed',
    hint: ({ quote }) =>
      quote === '"'
        ? 'close it with `"`; a text of several lines stands between `"""` and `"""`'
        : 'close it with `"""` on a line of its own',
    explanation: {
      text: 'A string in double quotes ends on the line on which it begins; a block string in three double quotes may have several lines.',
      wrong: 'let a = "hello\nlet b = 1',
      right: 'let a = "hello"\nlet b = 1',
    },
  }),
  unterminatedComment: defineMessage<None>({
    code: 'MLP1006',
    severity: 'error',
    title: 'A comment without its end',
    message: () => 'this comment is never closed',
    hint: () => 'close it with `*/`, or begin each line with `//`',
    explanation: {
      text: 'A comment that begins with `/*` goes on to the first `*/`. Such comments are not nested.',
      wrong: 'let a = 1 /* one',
      right: 'let a = 1 /* one */',
    },
  }),
  badTime: defineMessage<{ text: string; why: string }>({
    code: 'MLP1007',
    severity: 'error',
    title: 'A date or time that does not exist',
    message: ({ text, why }) => `\`${text}\` is not a date or time: ${why}`,
    hint: () => 'dates are written year-month-day, with a time as in 2001-03-01T18:15',
    explanation: {
      text: 'A date is written `2001-03-01`, a wall-clock time `2001-03-01T18:15`, an instant `2001-03-01T18:15:00Z` or with an offset such as `+01:00`. Day, hour and offset must exist.',
      wrong: 'let day = 2001-02-30',
      right: 'let day = 2001-02-28',
    },
  }),
  unknownUnit: defineMessage<{ unit: string; digits: string; synonym?: string }>({
    code: 'MLP1008',
    severity: 'error',
    title: 'A number with an unknown unit',
    message: ({ unit, digits }) => `\`${unit}\` is not a unit of the language, in \`${digits}${unit}\``,
    hint: ({ synonym, digits }) =>
      synonym === undefined
        ? 'durations end in `ms`, `s`, `min`, `h` or `d`, sizes in `B`, `KiB`, `MiB` or `GiB`, rates in `rps`'
        : `did you mean \`${digits}${synonym}\`?`,
    explanation: {
      text: 'Letters right after a number are its unit: a duration (`20ms`, `30s`, `10min`, `6h`, `7d`), a size (`512MiB`) or a rate (`200rps`). A minute is `min`, since `m` might be a month; sizes are binary.',
      wrong: 'let wait = 10m',
      right: 'let wait = 10min',
    },
  }),
  badNumber: defineMessage<{ text: string; why: string }>({
    code: 'MLP1009',
    severity: 'error',
    title: 'A number that is written wrongly',
    message: ({ text, why }) => `\`${text}\` cannot be read as a number: ${why}`,
    explanation: {
      text: 'Numbers are decimal. Underscores may stand between digits. Whole numbers have 64 bits.',
      wrong: 'let many = 1__000',
      right: 'let many = 1_000',
    },
  }),
  bareDot: defineMessage<{ side: 'before' | 'after' }>({
    code: 'MLP1010',
    severity: 'error',
    title: 'A decimal point without a digit on both sides',
    message: ({ side }) => `a decimal point needs a digit ${side} it`,
    explanation: {
      text: 'A float has a digit on both sides of the point, so that `2..10` is a range and nothing else.',
      wrong: 'let half = .5',
      right: 'let half = 0.5',
    },
  }),
  badEscape: defineMessage<{ text: string }>({
    code: 'MLP1011',
    severity: 'error',
    title: 'An escape that means nothing',
    message: ({ text }) => `${quoted(text)} means nothing in a string`,
    hint: () =>
      'escapes are `\\n`, `\\t`, `\\r`, `\\"`, `\\\\` and `\\u{1F600}`; a raw string `r"…"` has none',
    explanation: {
      text: 'In a string a backslash begins an escape. Patterns and paths with backslashes are best written as raw strings, `r"\\d+"`, where it means itself.',
      wrong: 'let digits = "\\d+"',
      right: 'let digits = r"\\d+"',
    },
  }),
  badQuotedName: defineMessage<{ empty: boolean }>({
    code: 'MLP1012',
    severity: 'error',
    title: 'A quoted name that is empty or not closed',
    message: ({ empty }) =>
      empty
        ? 'a name between back-ticks cannot be empty'
        : 'this name is not closed before the end of its line',
    hint: ({ empty }) => (empty ? undefined : 'close it with a back-tick'),
    explanation: {
      text: 'Back-ticks quote a name that has other signs than letters, digits and `_`, or is a reserved word.',
      wrong: 'enum Kind { `in }',
      right: 'enum Kind { `in` }',
    },
  }),
  foreignName: defineMessage<{ text: string }>({
    code: 'MLP1013',
    severity: 'error',
    title: 'A name with letters beyond A to Z',
    message: ({ text }) => `the name \`${text}\` has letters beyond A to Z`,
    hint: () => 'put it between back-ticks',
    explanation: {
      text: 'Names have the letters A to Z, digits and `_`, so that look-alikes of other scripts cannot hide. Between back-ticks any name may stand, for instance a column as the data file calls it.',
      wrong: 'let größe = 1',
      right: 'let `größe` = 1',
    },
  }),
  foreignQuotes: defineMessage<{ quote: string }>({
    code: 'MLP1014',
    severity: 'error',
    title: 'A string in other quotes',
    message: ({ quote }) =>
      quote === "'"
        ? 'strings stand between double quotes, not single ones'
        : 'strings stand between straight double quotes',
    explanation: {
      text: 'There is one kind of quotes: `"…"`, with `"""…"""` for several lines and `r"…"` where a backslash means itself.',
      wrong: "let path = 'data.csv'",
      right: 'let path = "data.csv"',
    },
  }),
  foreignOperator: defineMessage<{ found: string; meant?: string }>({
    code: 'MLP1015',
    severity: 'error',
    title: 'An operator of another language',
    message: ({ found, meant }) =>
      meant === undefined ? `there is no operator \`${found}\`` : `\`${found}\` is written \`${meant}\` here`,
    explanation: {
      text: 'Logic is written in words: `and`, `or`, `not`. Equality is `==` and `!=`. Remainder and power are functions, `mod(a, b)` and `pow(a, b)`.',
      wrong: 'let both = true && false',
      right: 'let both = true and false',
    },
  }),
  semicolon: defineMessage<None>({
    code: 'MLP1016',
    severity: 'error',
    title: 'A semicolon',
    message: () => 'nothing ends with a semicolon here',
    hint: () => 'every item begins with its own word, so nothing need stand between two',
    explanation: {
      text: 'Items need no separator. In braces a comma may stand between two; the formatter settles where.',
      wrong: 'let a = 1;\nlet b = 2',
      right: 'let a = 1\nlet b = 2',
    },
  }),
  hashComment: defineMessage<{ sign: '#' | '--' }>({
    code: 'MLP1017',
    severity: 'error',
    title: 'A comment that begins with #',
    message: ({ sign }) => `comments begin with \`//\`, not with \`${sign}\``,
    explanation: {
      text: '`// …` is a comment to the end of the line, `/* … */` one in between, and `/// …` documents the declaration below it.',
      wrong: '# limits\nlet a = 1',
      right: '// limits\nlet a = 1',
    },
  }),
  detachedPercent: defineMessage<{ number: string }>({
    code: 'MLP1018',
    severity: 'error',
    title: 'A percent sign apart from its number',
    message: ({ number }) => `the percent sign belongs right behind its number: \`${number}%\``,
    explanation: {
      text: '`5%` is one token, another spelling of 0.05.',
      wrong: 'let share = 5 %',
      right: 'let share = 5%',
    },
  }),
} as const;

function characters(text: string): string {
  const points = [...text];
  if (points.length > 1) return points.length > 12 ? `this run of ${points.length} characters` : quoted(text);
  const code = `U+${points[0]!.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{C}\p{Z}]/u.test(text) ? `the invisible character ${code}` : quoted(text);
}
