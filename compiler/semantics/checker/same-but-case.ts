import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Module } from '../scope.ts';
import type { Checker } from './context.ts';

/** A name as the engines under a run see it: to them `Miles` and `miles` are one column. */
export const folded = (text: string): string =>
  CAPITAL.test(text) ? text.replace(/[A-Z]/g, letter => letter.toLowerCase()) : text;
const CAPITAL = /[A-Z]/;

interface Place {
  readonly file: SourceFile;
  readonly name: ast.Name;
}

/** The names of one table or view, by what an engine sees of them. */
export class Spellings {
  private readonly first = new Map<string, Place>();

  /** Reports a name that differs from an earlier one in case alone. */
  add(c: Checker, module: Module, name: ast.Name, what: string, file: SourceFile = module.file): void {
    const key = folded(name.text);
    const other = this.first.get(key);
    if (other === undefined) this.first.set(key, { file, name });
    else if (other.name.text !== name.text) {
      const labels = [{ file: other.file, span: other.name.span, message: 'the other one' }];
      const facts = { name: name.text, other: other.name.text, what };
      c.error(module, declarationMessages.sameButCase, facts, name.span, { labels });
    }
  }
}
