/**
 * The common part of RE2 and JavaScript, as it stands in a regular expression literal with the flag `u`. Where the two
 * read the same sign differently (`.` and line ends, `\s` and the spaces of Unicode) RE2's reading is written out.
 */
export function javaScriptPattern(pattern: string): string {
  let result = '';
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const sign = pattern[i]!;
    if (sign === '\\') {
      i++;
      result += escaped(pattern[i] ?? '', inClass);
      continue;
    }
    if (!inClass && sign === '[') {
      inClass = true;
      // A `]` that comes first is a member of the class in RE2.
      const first = /^\[\^?\]/.exec(pattern.slice(i))?.[0];
      result += first === undefined ? '[' : first.replace(']', '\\]');
      if (first !== undefined) i += first.length - 1;
      continue;
    }
    if (inClass && sign === ']') inClass = false;
    result += !inClass && sign === '.' ? '[^\\n]' : plain(sign, inClass);
  }
  return result;
}

const SPACES = '\\t\\n\\f\\r ';

function escaped(sign: string, inClass: boolean): string {
  if (sign === 's') return inClass ? SPACES : `[${SPACES}]`;
  if (sign === 'S' && !inClass) return `[^${SPACES}]`;
  if (/[A-Za-z0-9^$\\.*+?()[\]{}|/]/.test(sign) || (inClass && sign === '-')) return `\\${sign}`;
  return plain(sign, inClass);
}

function plain(sign: string, inClass: boolean): string {
  if (sign === '/' || (inClass && sign === '[')) return `\\${sign}`;
  const lineEnds: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\u2028': '\\u2028',
    '\u2029': '\\u2029',
  };
  return lineEnds[sign] ?? sign;
}
