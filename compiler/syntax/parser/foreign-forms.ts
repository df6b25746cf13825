import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';

/** A form of another language, by sight, and what is written instead. */
type Form = readonly [RegExp, (groups: readonly string[]) => string];

const converter = (type = ''): string =>
  /^(int|bigint|smallint|long)/i.test(type)
    ? 'to_int'
    : /^(str|text|varchar|char)/i.test(type)
      ? 'to_string'
      : 'to_float';

/** What ends in `…` is for the author to fill in. */
const FORMS: readonly Form[] = [
  [
    /^\s*source\s+\w+\s*:\s*\w+\s*=\s*("[^"\n]*")/d,
    ([, path]) => `say how it is read: \`${/\.parquet"$/.test(path!) ? 'parquet' : 'csv'}(${path})\``,
  ],
  [/\bf"[^"\n]*"/d, () => 'texts are put together by `concat(…)`'],
  [/\bcast\s*\(\s*([\w.]+)\s+as\s+(\w+)/di, ([, value, type]) => `write \`${converter(type)}(${value})\``],
  [/([\w.]+)\s*::\s*(\w+)/d, ([, value, type]) => `write \`${converter(type)}(${value})\``],
  [
    /\bextract\s*\(\s*(\w+)\s+from\s+([\w.]+)/di,
    ([, part, value]) => `write \`${part!.toLowerCase()}(${value})\``,
  ],
  [
    /\b\w+\s*\([\w.]*\)\s+over\s*\([^)\n]*\)?/di,
    () => 'the window stands in the brackets of the aggregate: `mean(fare over 7d by zone)`',
  ],
  [
    /\bcount\s*\(\s*\*/di,
    () =>
      'rows are counted by the name of their table, `count(trips over 7d by zone)`; those of a whole table by `count()`',
  ],
  [/\bcount\s*\(\s*distinct\s+([\w.]+)/di, ([, value]) => `write \`count_distinct(${value} …)\``],
  [
    /\b(?:evaluate|run|use|by|key|features|packages)\s*\[/d,
    () => 'names of a list stand without brackets: `a, b`',
  ],
  [
    /\w\s*\[[^\]\n]*\]?/d,
    () => 'a column stands by its name; a part of a text is `substring(text, start, length)`',
  ],
  [/\|\s*(?:null|none|nil|undefined)\b/di, () => 'a type whose value may be missing ends in `?`'],
  [
    /"[^"\n]*"\s*\|/d,
    () => 'the values of a text are a set: `string in {"a", "b"}`, or members of an `enum`',
  ],
  [/\benum\s*[([]/d, () => 'members stand in braces: `enum { a, b }`'],
  [/\bprimary\s+key\b/di, () => 'write `@key` behind the type'],
  [/\bnot\s+null\b/di, () => 'a column always has a value unless its type ends in `?`'],
  [/\b(AND|OR|NOT|IN|IS|THEN|ELSE)\b/d, ([word]) => `write \`${word!.toLowerCase()}\``],
  [/[+\-*/]=/d, () => 'a name has one value: give the new one a name of its own'],
  [/^\s+(?:let|var|val|const|feature|def)\s+(\w+)\s*[=:(]/d, ([, name]) => `write \`${name} = …\``],
  [/^\s*\w+\([^()\n]*\)\s+as\s+(\w+)/di, ([, name]) => `the name stands first: \`${name} = …\``],
  [/\b(\d+)\s+(ms|s|min|h|d)\b/d, ([, digits, unit]) => `a unit follows at once: \`${digits}${unit}\``],
  [
    /\b(\d+)h(\d+)m(?:in)?\b/d,
    ([, hours, minutes]) => `a duration has one unit: \`${Number(hours) * 60 + Number(minutes)}min\``,
  ],
  [/\bnew\s+(\w+)/d, ([, name]) => `leave out \`new\`: \`${name}(…)\``],
  [
    /\blambda\b/d,
    () => 'a function is declared outside and called by its name: `function double(x: int) -> int = x * 2`',
  ],
  [
    /\b(\d+)\s*\/\s*(\d+)\s*\/\s*(\d+)\b/d,
    ([, a, b, c]) => `the parts have names: \`{ train ${a}%  validation ${b}%  test ${c}% }\``,
  ],
  [
    /\b(?:steps|tasks|stages|jobs)\b/d,
    () => 'the order of work follows from the references: `run` names what is wanted in the end',
  ],
  [/([\w.]*\d)\s*\.{3}<?\s*([\w.]*\d)/d, ([, low, high]) => `write \`${low}..${high}\`, both included`],
  [/\bin\s+(\d[\w.]*)\s*-\s*(\d[\w.]*)/d, ([, low, high]) => `write \`in ${low}..${high}\``],
  [/\bbetween\s+(\S+)\s+and\s+(\S+)/di, ([, low, high]) => `write \`in ${low}..${high}\``],
  [
    /\bis\s+(?:not\s+)?(?!null\b|not\b)["\w]/di,
    () => '`is` only asks whether a value is null; values are compared by `==` and `!=`',
  ],
  [
    // The sign alone: what follows it may be wrong for another reason.
    /(?<=^\s+\w+\s*:\s*\w+\??\s*)=(?=\s*[\w"])/d,
    () =>
      'a column has no default: what stands for a missing value is said where it is read, `value ?? instead`',
  ],
];

const codesOf = (
  ...all: readonly { readonly definition: { readonly code: string } }[]
): ReadonlySet<string> => new Set(all.map(({ definition }) => definition.code));
const ASKED = codesOf(
  messages.unexpectedCharacters,
  messages.expected,
  messages.missingValue,
  messages.unexpected,
  messages.unknownItem,
  messages.missingComma,
  messages.unknownUnit,
  messages.foreignOperator,
);
const COMMA = codesOf(messages.missingComma);

/** The diagnostic, with a hint of what to write where its place lies within a form that other languages have. */
export function withForeignForm(one: Diagnostic): Diagnostic {
  const comma = COMMA.has(one.code);
  if (!ASKED.has(one.code) || (!comma && (one.fixes.length > 0 || keeps(one)))) return one;
  const { text } = one.file;
  const begin =
    Math.max(text.lastIndexOf('\n', one.span.start - 1), text.lastIndexOf('\r', one.span.start - 1)) + 1;
  const rest = text.slice(begin, begin + 400);
  const line = rest.slice(0, (rest.search(/[\r\n]/) + 1 || rest.length + 1) - 1);
  const at = one.span.start - begin;
  for (const [form, instead] of FORMS) {
    const found = form.exec(line);
    const [start, end] = found?.indices?.[0] ?? [0, -1];
    // A comma is missing in many places that are no such form.
    if (!found || at < start || at > end + 1) continue;
    return { ...one, hint: instead(found), fixes: comma ? [] : one.fixes };
  }
  return one;
}

/** A hint of its own that tells more than what may stand in the place. */
const keeps = ({ hint }: Diagnostic): boolean =>
  hint !== undefined && !/ may hold |^durations end in /.test(hint);
