import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import { type BlockKind, blockNames } from '../keywords.ts';
import type { StringValue } from '../literals.ts';
import * as t from '../tokens.ts';
import { endOf, kw, retype, type Token } from '../tokens.ts';
import { homeOf } from './meant.ts';
import { describe, Reports, spanOf } from './reports.ts';

/** Names in quotes, and what is no item or declaration where one begins. */
export class ItemMistakes extends Reports {
  /** `"key": value`: known by sight, before the pass begins. */
  protected quotedKeys(): void {
    const tokens = this.parser.tokVector;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const token = tokens[i]!;
      if (token.tokenType !== t.StringText) continue;
      if (this.inMatch(i)) continue;
      const before = tokens[i - 1]?.tokenType;
      const sign = tokens[i + 1]!.tokenType;
      // In `a ? "x" : "y"` it is a value.
      const key = sign === t.Colon && before !== t.Question;
      if (!key && !(sign === t.Equals && (before === t.LCurly || before === t.Comma))) continue;
      this.quotedName(token);
      retype(token, t.QuotedName);
    }
    this.reported = -1;
  }

  /** Whether a token stands in the braces of a `match`, where text is a value. */
  private inMatch(index: number): boolean {
    const tokens = this.parser.tokVector;
    let depth = 0;
    for (let i = index - 1; i >= 0 && index - i < 200; i--) {
      const type = tokens[i]!.tokenType;
      if (type === t.RCurly) depth++;
      else if (type === t.LCurly && depth-- === 0) {
        for (let k = i - 1; k >= 0 && i - k < 40; k--) {
          if (tokens[k]!.tokenType === kw.match) return true;
          if (tokens[k]!.tokenType === t.LCurly || tokens[k]!.tokenType === t.Equals) return false;
        }
        return false;
      }
    }
    return false;
  }

  protected quotedName(token: Token): void {
    const name = (token.payload as StringValue).value;
    const repaired =
      /^[A-Za-z_]\w*$/.test(name) && !t.reserved.has(t.keywordTypes.get(name)!) ? name : `\`${name}\``;
    const fixes = [this.fix(repaired, token.startOffset, endOf(token))];
    this.add(messages.quotedKey({ name }, { ...this.at(spanOf(token)), fixes }));
  }

  protected unknownItem(token: Token, block: BlockKind, meant?: string): void {
    if (this.silenced()) return;
    if (meant === undefined && /^(when|case)$/i.test(token.image)) {
      this.add(messages.ternary({}, this.at(spanOf(token))));
      return;
    }
    const home = meant === undefined ? homeOf(token.image) : undefined;
    const facts = {
      word: token.image,
      block,
      ...(meant === undefined ? {} : { meant }),
      ...(home === undefined || home === block ? {} : { elsewhere: blockNames[home] }),
    };
    const fixes = meant === undefined ? [] : [this.fix(meant, token.startOffset, endOf(token))];
    this.add(messages.unknownItem(facts, { ...this.at(spanOf(token)), fixes }));
  }

  protected unknownDeclaration(token: Token, meant?: string): void {
    if (this.silenced()) return;
    const fixes = meant === undefined ? [] : [this.fix(meant, token.startOffset, endOf(token))];
    const facts = { word: token.image, ...(meant === undefined ? {} : { meant }) };
    this.add(messages.unknownDeclaration(facts, { ...this.at(spanOf(token)), fixes }));
  }

  protected unexpected(block: BlockKind | 'file'): void {
    if (this.silenced()) return;
    const next = this.parser.LA(1);
    if (next.tokenType === kw.if || /^(when|case)$/i.test(next.image)) {
      this.add(messages.ternary({}, this.at(spanOf(next))));
      return;
    }
    const home = block === 'file' ? homeOf(next.image) : undefined;
    const facts = { found: describe(next), ...(home === undefined ? {} : { home: blockNames[home] }) };
    const hint = next.tokenType === t.DotDot ? { hint: 'a range stands after `in`, as in `x in 1..5`' } : {};
    this.add(messages.unexpected(facts, { ...this.at(spanOf(next)), ...hint }));
  }
}
