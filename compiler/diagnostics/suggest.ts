/**
 * The candidate that was most likely meant, or undefined. The distance counts inserted, missing, changed and swapped
 * letters; a difference of case alone costs next to nothing. What may differ grows with the length of the word.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  return suggestions(word, candidates)[0];
}

/** All that come close, best first; ties in the order given. */
export function suggestions(word: string, candidates: Iterable<string>): string[] {
  if (word === '' || word.length > LONGEST) return [];
  const limit = Math.max(1, Math.floor(word.length * 0.4));
  const near: { readonly candidate: string; readonly cost: number }[] = [];
  for (const candidate of candidates) {
    if (candidate === word || candidate === '' || Math.abs(candidate.length - word.length) > limit) continue;
    const cost = distance(word, candidate, limit);
    // A word of which hardly a letter is right was not meant.
    if (cost <= limit && cost < Math.max(word.length, candidate.length) - 0.5) near.push({ candidate, cost });
  }
  return near.sort((a, b) => a.cost - b.cost).map(({ candidate }) => candidate);
}

/** Longer words are not mistyped, and comparing two of them takes the product of their lengths. */
const LONGEST = 100;

/** Optimal string alignment distance; stops counting above the limit. */
function distance(a: string, b: string, limit: number): number {
  const lowerA = a.toLowerCase();
  const lowerB = b.toLowerCase();
  if (lowerA === lowerB) return 0.25;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : lowerA[i - 1] === lowerB[j - 1] ? 0.25 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      const swapped = i > 1 && j > 1 && lowerA[i - 1] === lowerB[j - 2] && lowerA[i - 2] === lowerB[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return Number.POSITIVE_INFINITY;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
