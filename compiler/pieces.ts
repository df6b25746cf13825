/**
 * Work that is done in pieces: whoever drives it may do something else between two of them, or never go on. What it makes
 * is handed out at the end, so work that is given up leaves nothing behind. A piece is about as much as a declaration.
 */
export type Pieces<T> = Generator<void, T, void>;

/** All pieces, one after the other. */
export function atOnce<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}
