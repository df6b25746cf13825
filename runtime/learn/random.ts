/** Seeded random numbers: the same seed gives the same stream on every machine. */

export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [low, high], both inclusive. */
  integer(low: number, high: number): number;
}

/**
 * Spreads a seed over 32-bit words, so that neighbouring seeds give unrelated streams.
 * SplitMix32: Weyl sequence and a finaliser (constants of Appleby's MurmurHash3).
 */
function spread(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 4294967296)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}

/** xoshiro128** (Blackman, Vigna 2018, "Scrambled linear pseudorandom number generators"). */
export function randomOf(seed: number): Random {
  const word = spread(seed);
  let a = word();
  let b = word();
  let c = word();
  let d = word() | 1;
  const draw = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const next = (): number => ((draw() >>> 5) * 67108864 + (draw() >>> 6)) / 9007199254740992;
  return { next, integer: (low, high) => low + Math.floor(next() * (high - low + 1)) };
}
