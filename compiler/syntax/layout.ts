import type { SourceFile } from '../source/text.ts';
import type { Token } from './tokens.ts';
export class Layout {
  constructor(
    readonly file: SourceFile,
    readonly tokens: readonly Token[],
  ) {}
}
