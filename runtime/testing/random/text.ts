import { type Alternative, type Disjunction, RegExpParser, type Term } from '@chevrotain/regexp-to-ast';
import { javaScriptPattern } from '../../../compiler/sql/pattern.ts';
import type { Random } from '../../learn/random.ts';

/** Texts with what is easily got wrong: nothing, spaces, letters beyond 16 bits, letters whose case changes their length. */
const texts = ['', 'a', 'b', 'ORD', 'a b', ' padded ', 'Straße', 'İ', '🦆', "it's", '-1.5', '%', 'null'];

export const anyText = (random: Random): string => texts[random.integer(0, texts.length - 1)]!;

const patterns = new Map<string, { readonly whole: RegExp; readonly tree: Disjunction } | null>();

/** Whether the pattern matches the text as a whole. */
export const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^(?:${javaScriptPattern(pattern)})$`, 'u').test(text);

/** A text that the pattern matches as a whole; null where none was found. */
export function matchingText(pattern: string, random: Random): string | null {
  const known = patterns.get(pattern);
  const read = known === undefined ? readPattern(pattern) : known;
  patterns.set(pattern, read);
  if (!read) return null;
  for (let tries = 0; tries < 20; tries++) {
    const text = disjunction(read.tree, random);
    if (read.whole.test(text)) return text;
  }
  return null;
}

function readPattern(pattern: string) {
  try {
    const source = javaScriptPattern(pattern);
    const tree = new RegExpParser().pattern(`/${source}/u`).value;
    return { whole: new RegExp(`^(?:${source})$`, 'u'), tree };
  } catch {
    // What the parser of trees does not know is left to those who match.
    return null;
  }
}

const pick = <T>(items: readonly T[], random: Random): T => items[random.integer(0, items.length - 1)]!;

const disjunction = ({ value }: Disjunction, random: Random): string =>
  alternative(pick(value, random), random);

const alternative = ({ value }: Alternative, random: Random): string =>
  value.map(term => repeated(term, random)).join('');

function repeated(term: Term, random: Random): string {
  const { quantifier } = term as { quantifier?: { atLeast: number; atMost: number } };
  if (!quantifier) return one(term, random);
  const most = Math.min(quantifier.atMost, quantifier.atLeast + 3);
  const times = random.integer(quantifier.atLeast, most);
  return Array.from({ length: times }, () => one(term, random)).join('');
}

function one(term: Term, random: Random): string {
  switch (term.type) {
    case 'Character':
      return String.fromCodePoint(term.value);
    case 'Group':
      return disjunction(term.value, random);
    case 'Set': {
      if (term.complement) return outside(term.value, random);
      const member = pick(term.value, random);
      return String.fromCodePoint(
        typeof member === 'number' ? member : random.integer(member.from, Math.min(member.to, 0xd7ff)),
      );
    }
    default:
      // Anchors and the like take no room.
      return '';
  }
}

/** A letter that is not in the set; of the letters that people write, if there is one. */
function outside(members: readonly (number | { from: number; to: number })[], random: Random): string {
  const inside = (code: number) =>
    members.some(member =>
      typeof member === 'number' ? member === code : code >= member.from && code <= member.to,
    );
  for (let tries = 0; tries < 100; tries++) {
    const code = tries < 50 ? random.integer(0x61, 0x7a) : random.integer(0x20, 0x17f);
    if (!inside(code)) return String.fromCodePoint(code);
  }
  return '';
}
