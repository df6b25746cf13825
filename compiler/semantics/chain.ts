import type * as ast from '../syntax/ast/index.ts';

/**
 * How many declarations may build on one another: whoever follows them does so by recursion, and so do the walks over
 * what comes of them.
 */
export const MAX_LINKS = 250;

/** Thrown where a chain of declarations is followed too far; `check` and `compile` make a diagnostic of it. */
export class ChainTooLong extends Error {
  readonly declaration: ast.Declaration | undefined;

  constructor(declaration?: ast.Declaration) {
    super('a chain of declarations is too long');
    this.declaration = declaration;
  }
}

/** Whether this was thrown for a project that is nested beyond the limits, or beyond the stack of this process. */
export const endedTooDeep = (error: unknown): boolean =>
  error instanceof ChainTooLong || (error instanceof RangeError && /call stack/i.test(error.message));
