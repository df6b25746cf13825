import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SourceFile } from '../../../compiler/source/text.ts';
import { parse } from '../../../compiler/syntax/parse.ts';
import { draw, mentioned, type Part, readEbnf } from '../syntax/ebnf.ts';
import type { Random } from '../syntax/support.ts';

const grammar = fileURLToPath(new URL('../../../grammar/mlp.ebnf', import.meta.url));
const productions = readEbnf(readFileSync(grammar, 'utf8'));
const starts = [
  'Module',
  ...mentioned(productions.get('Declaration')!).filter(name => name !== 'Annotation'),
];

const long = (random: Random): string => `name_of_${random.below(90)}_${'long_'.repeat(random.below(12))}end`;

/** Words that mean something in some places and are names in all others. */
const TRICKY = [
  'fitted',
  'each',
  'table',
  'feature',
  'key',
  'use',
  'label',
  'log',
  'at',
  'on',
  'within',
  'next',
  'as',
];

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  Int: ['0', '7', '1_000'],
  Float: ['0.5', '1_0.25', '1e-3'],
  Percent: ['5%', '99.9%'],
  Duration: ['20ms', '1.5h', '7d'],
  Size: ['512MiB'],
  Rate: ['200rps'],
  String: ['"a"', '"a // no comment"', '"""a\n  "b" \n  """', `"${'long '.repeat(20)}"`],
  RawString: ['r"[A-Z]+/*"'],
  Time: ['2001-03-01', '2001-03-01T18:15:00Z'],
};

/** The tokens of a random spec by the grammar; with tricky names it may be no spec at all. */
export function randomTokens(random: Random, tricky: boolean, uses: Map<Part, number>): string[] {
  const name = (): string => {
    if (tricky && random.below(3) === 0) return random.pick(TRICKY);
    return random.below(4) === 0 ? long(random) : random.pick(['a', 'b2', '_c', 'Delta', '`odd name`']);
  };
  const token = (kind: string): string | undefined => {
    if (kind === 'Name') return name();
    return Object.hasOwn(SAMPLES, kind) ? random.pick(SAMPLES[kind]!) : undefined;
  };
  const words: string[] = [];
  const declarations = 1 + random.below(3);
  for (let i = 0; i < declarations; i++) {
    words.push(...draw(productions, random.pick(starts), random, 4 + random.below(20), token, uses));
  }
  return words;
}

/** The tokens of a spec as it stands. */
export const tokensOf = (text: string): string[] =>
  parse(new SourceFile('main.mlp', text)).tokens.map(token => token.image);

const PUNCTUATION = /^[(){}[\],:@]$/;
const BREAKS = ['\n', '\n', '\n\n', '\n\n\n', '\r\n', ' \n\t', '\n    ', '\r\n\r\n'];

/** Tokens with random white space and comments between them; `share` comments in a hundred places. */
export function laidOut(words: readonly string[], random: Random, share: number, breaks: number): string {
  let text = '';
  let number = 0;
  const space = (): string =>
    random.below(100) < breaks ? random.pick(BREAKS) : random.pick([' ', ' ', '  ', '\t']);
  for (let i = 0; i <= words.length; i++) {
    const tight = PUNCTUATION.test(words[i] ?? '') || PUNCTUATION.test(words[i - 1] ?? '');
    // A slash and a comment that touch would make another comment.
    text += tight && !text.endsWith('/') && random.below(2) === 0 ? '' : space();
    while (random.below(100) < share) text += comment(++number, random) + space();
    text += words[i] ?? '';
  }
  return text;
}

function comment(number: number, random: Random): string {
  switch (random.below(6)) {
    case 0:
    case 1:
      return `// ${number}${random.pick(['', ' ', ' a much longer remark about what stands here and why it does so'])}\n`;
    case 2:
      return `/// ${number}${random.pick(['\n', '\r\n', '\n\n'])}`;
    case 3:
      return `/* ${number}\n   * starred${random.pick([' ', ''])}\n */`;
    case 4:
      return `/* ${number}\n      plain\n\n text */`;
    default:
      return `/* ${number} */`;
  }
}
