import { createHash } from 'node:crypto';
import type { ScalarFunctions } from './generated/signatures.ts';
import { type Int, intOf } from './values.ts';

/** Functions of texts, one for each declaration of the library, where their meaning is written. */
export const textFunctions = {
  lower: text => mapped(text, lowerOf),
  upper: text => mapped(text, upperOf),
  trim: text => text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, ''),
  length: text => codePoints(text),
  substring: (text, start, count) => {
    const from = Math.max(Number(start), 1) - 1;
    const taken = Math.max(Number(count), 0);
    return isPlain(text)
      ? text.slice(from, from + taken)
      : Array.from(text)
          .slice(from, from + taken)
          .join('');
  },
  starts_with: (text, prefix) => text.startsWith(prefix),
  ends_with: (text, suffix) => text.endsWith(suffix),
  contains: (text, part) => text.includes(part),
  replace: (text, part, replacement) => (part === '' ? text : text.split(part).join(replacement)),
  split_part: (text, separator, part) => {
    const parts = separator === '' ? [text] : text.split(separator);
    return part >= 1 ? (parts[Number(part) - 1] ?? null) : null;
  },
  concat: (...parts) => parts.join(''),
  to_float_string: x => {
    if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(x)) return null;
    const value = Number(x);
    return Number.isFinite(value) ? value : null;
  },
  to_int_string: x => {
    if (!/^[+-]?[0-9]+$/.test(x)) return null;
    const value = BigInt(x.replace(/^\+/, ''));
    return BigInt.asIntN(64, value) === value ? intOf(value) : null;
  },
  to_string_bool: x => String(x),
  to_string_int: x => String(x),
  to_string_any: x => String(x),
  hash_string_string: (x, salt) => sha256(salt + x),
  hash_int_string: (x: Int, salt: string) => sha256(salt + String(x)),
} satisfies Partial<ScalarFunctions>;

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Whether every UTF-16 unit is a code point. */
const isPlain = (text: string): boolean => !/[\ud800-\udfff]/.test(text);

function codePoints(text: string): number {
  if (isPlain(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * JavaScript maps case as words need it, one letter to several; the language maps a code point to a code point, by the
 * simple mapping of Unicode 15.0 (as utf8proc has it). Where the two differ it is written here.
 */
function mapped(text: string, map: (letter: string) => string): string {
  if (/^[\0-\x7f]*$/.test(text)) return map === lowerOf ? text.toLowerCase() : text.toUpperCase();
  let result = '';
  for (const letter of text) result += map(letter);
  return result;
}

function lowerOf(letter: string): string {
  if (letter === '\u0130') return 'i';
  return one(letter, letter.toLowerCase());
}

function upperOf(letter: string): string {
  const code = letter.codePointAt(0)!;
  if (code === 0xdf) return '\u1e9e';
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  return one(letter, letter.toUpperCase());
}

/** Letters that got a case after Unicode 15.0, in either direction. */
const LATER =
  /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dc\u{10d50}-\u{10d85}\u{16ea0}-\u{16ed3}]/u;

function one(letter: string, image: string): string {
  if (LATER.test(letter)) return letter;
  return image.length === letter.length || codePoints(image) === 1 ? image : letter;
}
