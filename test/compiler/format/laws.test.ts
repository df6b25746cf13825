import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Part } from '../syntax/ebnf.ts';
import { drawnSeed, Random } from '../syntax/support.ts';
import { laidOut, randomTokens, tokensOf } from './generate.ts';
import { checkLaws, isRight, realSpecs } from './support.ts';

const LONG = process.env['FUZZ_LONG'] ? 60 : 1;

/** How a text is torn apart: comments and line breaks in a hundred places. */
const LAYOUTS = [
  [0, 0],
  [0, 15],
  [2, 5],
  [10, 15],
  [30, 40],
] as const;

for (const tricky of [false, true]) {
  test(`random specs${tricky ? ' with names that are words of the language' : ''}`, () => {
    const random = new Random(drawnSeed('specs to format'));
    const uses = new Map<Part, number>();
    let right = 0;
    const drawn = 250 * LONG;
    for (let i = 0; i < drawn; i++) {
      const words = randomTokens(random, tricky, uses);
      const [comments, breaks] = random.pick(LAYOUTS);
      const text = laidOut(words, random, comments, breaks);
      if (!isRight(text)) continue;
      right++;
      checkLaws(text);
    }
    assert.ok(right > drawn * (tricky ? 0.2 : 0.7), `only ${right} of ${drawn} are specs`);
  });
}

test('real specs, as they are and torn apart', () => {
  const random = new Random(drawnSeed('real specs to format'));
  let torn = 0;
  let right = 0;
  for (const { text } of realSpecs()) {
    if (text.length > 8000 && LONG === 1) continue;
    checkLaws(text);
    const words = tokensOf(text);
    for (let i = 0; i < LONG; i++) {
      const [comments, breaks] = random.pick(LAYOUTS);
      const other = laidOut(words, random, comments, breaks);
      torn++;
      // Some are specs only thanks to their line breaks, or torn where an annotation then looks misplaced.
      if (!isRight(other)) continue;
      right++;
      checkLaws(other);
    }
  }
  assert.ok(right > torn * 0.7, `only ${right} of ${torn} are specs`);
});

test.run();
