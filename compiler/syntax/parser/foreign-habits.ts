import type { IToken, TokenType } from 'chevrotain';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages as messages } from '../../diagnostics/messages/syntax.ts';
import type * as ast from '../ast/index.ts';
import type { Layout } from '../layout.ts';
import * as t from '../tokens.ts';
import { endOf, kw, retype } from '../tokens.ts';
import { ArgumentMistakes } from './argument-mistakes.ts';
import { END, isName, type ParserBase } from './base.ts';
import { OPERATORS } from './expression-mistakes.ts';
import { readForeignImport } from './foreign-import.ts';
import type { Grammar } from './grammar.ts';
import { run, spanOf } from './reports.ts';

/** What is written as in SQL, Python, YAML and other languages: reported, and read as what it means. */
export class ForeignHabits extends ArgumentMistakes {
  /** Imports written as in other languages, where they were not expected. */
  readonly imports: ast.Import[] = [];
  protected readonly layout: Layout;
  private alias: ast.Name | undefined;

  constructor(parser: ParserBase, layout: Layout) {
    super(parser);
    this.layout = layout;
  }

  /** `from std.drift import psi`, `import { psi } from "std.drift"` and `import std.drift.psi`, read as what they mean. */
  foreignImport(): ast.Import | undefined {
    const { parser } = this;
    const { text } = parser.file;
    const start = parser.LA(1).startOffset;
    if (parser.LA(1) === END || this.silenced()) return undefined;
    const end = text.slice(start).search(/[\r\n]|$/) + start;
    const found = readForeignImport(text.slice(start, end).replace(/(;|\s|\/\/.*)+$/, ''));
    if (!found) return undefined;
    const span = { start, end: start + found.length };
    const path = found.form === 'library' ? found.path : JSON.stringify(found.path);
    const meant = `import ${path} { ${found.names.map(({ text: name }) => name).join(', ')} }`;
    const fixes = [this.replacement(span.start, span.end, meant)];
    const facts = { what: `\`${meant}\``, found: 'an import of another language' };
    this.add(messages.expected(facts, { ...this.at(span), fixes }));
    while (parser.LA(1) !== END && parser.LA(1).startOffset < end) parser.currIdx++;
    const at = (offset: number, name: string) => ({
      start: start + offset,
      end: start + offset + name.length,
    });
    const names = found.names.map(({ text: name, offset }): ast.ImportName => {
      const place = at(offset, name);
      return {
        kind: 'ImportName',
        name: { kind: 'Name', text: name, quoted: false, span: place },
        span: place,
      };
    });
    const pathSpan = at(found.pathOffset, found.path);
    return { kind: 'Import', path: found.path, form: found.form, pathSpan, names, span };
  }

  /** `left join`: a join keeps every row, so it has no kinds. */
  protected kindOfJoin(next: IToken): boolean {
    const { parser } = this;
    if (!/^(left|inner|outer|right|full|cross|asof)$/i.test(next.image)) return false;
    let join = 2;
    while (/^(left|inner|outer|join)$/i.test(parser.LA(join).image) && parser.LA(join).tokenType !== kw.join)
      join++;
    if (parser.LA(join).tokenType !== kw.join) return false;
    const end = parser.LA(join).startOffset;
    const found = `${next.image} join`;
    const hint = 'a join keeps every row, and its columns are null where nothing is found';
    const at = {
      ...this.at({ start: next.startOffset, end: end - 1 }),
      hint,
      fixes: [this.replacement(next.startOffset, end, '')],
    };
    if (!this.silenced()) this.add(messages.foreignOperator({ found, meant: 'join' }, at));
    parser.currIdx += join - 1;
    return true;
  }

  /** `in [1, 2]` or `in (1, 2)`, which was meant to be a set: its items. */
  setInBrackets(): readonly ast.Expression[] | undefined {
    const { parser } = this;
    const open = parser.LA(1);
    if (open.tokenType !== t.LSquare && open.tokenType !== t.LParen) return undefined;
    const start = parser.currIdx + 1;
    const close = this.layout.match[start]!;
    if (close < 0 || close >= parser.limit || this.silenced()) return undefined;
    if (parser.tokVector[close + 1]?.tokenType === t.DotDot) return undefined;
    if (open.tokenType === t.LParen && !this.commaBetween(start, close)) return undefined;
    const end = parser.tokVector[close]!;
    const span = { start: open.startOffset, end: endOf(end) };
    const inner = parser.file.text.slice(span.start + 1, span.end - 1);
    const fixes = [this.replacement(span.start, span.end, `{${inner}}`)];
    const found = open.tokenType === t.LSquare ? 'a list' : 'round brackets';
    this.add(messages.noRange({ found }, { ...this.at(span), fixes }));
    const items: ast.Expression[] = [];
    parser.currIdx++;
    while (parser.currIdx + 1 < close) {
      const before = parser.currIdx;
      items.push(run(parser, (parser as unknown as Grammar).expression));
      if (parser.LA(1).tokenType === t.Comma) parser.currIdx++;
      else if (parser.currIdx === before) break;
      else if (parser.currIdx + 1 < close) break;
    }
    parser.currIdx = close;
    return items;
  }

  private commaBetween(open: number, close: number): boolean {
    for (let i = open + 1; i < close; i++) {
      const partner = this.layout.match[i]!;
      if (OPENERS.has(this.parser.tokVector[i]!.tokenType) && partner > i) i = partner;
      else if (this.parser.tokVector[i]!.tokenType === t.Comma) return true;
    }
    return false;
  }

  /** `join merchants m on …`: `as` is missing, or what stands there is `as` of another spelling. */
  bareAlias(): void {
    const { parser } = this;
    const next = parser.LA(1);
    if (!isName(next) || next.tokenType === kw.as || parser.LA(2).tokenType !== kw.on || this.silenced())
      return;
    const at = next.startOffset;
    const fixes = [{ title: 'Insert `as`', edits: [this.edit(at, at, 'as ')] }];
    this.add(
      messages.expected(
        { what: '`as` and a short name', found: `\`${next.image}\`` },
        { ...this.at(spanOf(next)), fixes },
      ),
    );
    this.alias = parser.nameOf(next);
    parser.currIdx++;
  }

  /** `using (zone)`, or `using zone`: read as the equation that it stands for. */
  using(table: ast.Name): ast.Expression | undefined {
    const { parser } = this;
    const word = parser.LA(1);
    if (!/^using$/i.test(word.image) || this.startsLine(word) || this.silenced()) return undefined;
    const start = parser.currIdx + 1;
    const columns: ast.Name[] = [];
    parser.currIdx++;
    for (; isName(parser.LA(1)) || parser.LA(1).tokenType === t.LParen; parser.currIdx++) {
      if (isName(parser.LA(1))) columns.push(parser.nameOf(parser.LA(1)));
      const after = parser.LA(2).tokenType;
      if (after === t.Comma) parser.currIdx++;
      else if (after === t.RParen) {
        parser.currIdx += 2;
        break;
      } else if (parser.LA(1).tokenType !== t.LParen) {
        parser.currIdx++;
        break;
      }
    }
    const [first] = columns;
    if (first === undefined) {
      parser.currIdx = start - 1;
      return undefined;
    }
    const meant = columns.map(({ text }) => `${table.text}.${text} == ${text}`).join(' and ');
    const fixes = [this.replacement(word.startOffset, parser.end(), `on ${meant}`)];
    const at = { ...this.at(spanOf(word)), hint: `write \`on ${meant}\``, fixes };
    this.add(messages.foreignOperator({ found: word.image, meant: 'on' }, at));
    const { span } = first;
    const object: ast.NameExpression = { kind: 'NameExpression', name: { ...table, span }, span };
    const left: ast.Member = { kind: 'Member', object, member: first, span };
    const right: ast.NameExpression = { kind: 'NameExpression', name: first, span };
    return { kind: 'Binary', operator: '==', operatorSpan: span, left, right, span };
  }

  /** `at` written `as of`. */
  asOf(): void {
    const { parser } = this;
    const [as, of] = [parser.LA(1), parser.LA(2)];
    if (!/^as$/i.test(as.image) || !/^of$/i.test(of.image) || this.silenced()) return;
    const fixes = [this.replacement(as.startOffset, endOf(of), 'at')];
    const span = { start: as.startOffset, end: endOf(of) };
    this.add(messages.foreignOperator({ found: 'as of', meant: 'at' }, { ...this.at(span), fixes }));
    parser.currIdx++;
    retype(of, kw.at);
  }

  /** `over last 7d`, `over interval 7d`: a window looks back as it is. */
  windowWord(): void {
    const { parser } = this;
    const word = parser.LA(1);
    if (!/^(last|past|previous|trailing|preceding|interval|the)$/i.test(word.image)) return;
    if (!t.LITERALS.has(parser.LA(2).tokenType) || this.silenced()) return;
    const fixes = [this.replacement(word.startOffset, parser.LA(2).startOffset, '')];
    const found = `over ${word.image}`;
    this.add(messages.foreignOperator({ found, meant: 'over' }, { ...this.at(spanOf(word)), fixes }));
    parser.currIdx++;
  }

  /** The alias that stood without `as`. */
  takeAlias(): ast.Name | undefined {
    const { alias } = this;
    this.alias = undefined;
    return alias;
  }

  /** `varchar(20)`, `Optional[date]`, `List<int>`: what stands in the brackets is reported and passed over. */
  typeArguments(body: ast.TypeBody): void {
    const { parser } = this;
    const open = parser.LA(1);
    if (body.kind !== 'NamedType' || endOf(parser.tokVector[parser.currIdx]!) !== open.startOffset) return;
    if (open.tokenType !== t.LParen && open.tokenType !== t.LSquare) return;
    const close = this.layout.match[parser.currIdx + 1]!;
    if (close < 0 || close >= parser.limit || this.silenced()) return;
    const span = { start: body.span.start, end: endOf(parser.tokVector[close]!) };
    const inner = parser.file.text.slice(open.startOffset + 1, span.end - 1);
    const { text: name } = body.name;
    const meant = /^optional$/i.test(name)
      ? `${inner}?`
      : /^(list|array|sequence)$/i.test(name)
        ? `[${inner}]`
        : /^(var)?char|text|string/i.test(name)
          ? 'string'
          : /^(decimal|numeric|float|double)/i.test(name)
            ? 'float'
            : undefined;
    const fixes = meant === undefined ? [] : [this.replacement(span.start, span.end, meant)];
    const facts = {
      what: meant === undefined ? 'a type of the language' : `the type \`${meant}\``,
      found: `\`${parser.file.text.slice(span.start, span.end)}\``,
    };
    this.add(messages.expected(facts, { ...this.at(span), fixes }));
    parser.currIdx = close;
  }

  /** `hour: hour(at)` of a feature, where a colon tells a type. */
  colonForEquals(): void {
    const { parser } = this;
    const [sign, first, second] = [parser.LA(1), parser.LA(2), parser.LA(3)];
    if (sign.tokenType !== t.Colon || this.silenced()) return;
    const called = isName(first) && second.tokenType === t.LParen && first.tokenType !== kw.vector;
    const computed = isName(first) && OPERATORS.has(second.tokenType);
    if (!called && !computed && !t.LITERALS.has(first.tokenType) && first.tokenType !== kw.if) return;
    const fixes = [this.replacement(sign.startOffset, endOf(sign), ' =')];
    this.add(messages.expected({ what: '`=`', found: '`:`' }, { ...this.at(spanOf(sign)), fixes }));
    retype(sign, t.Equals);
  }

  /** `group by shop` in an aggregate, where `by shop` is all. */
  groupBy(): void {
    const { parser } = this;
    const next = parser.LA(1);
    if (!/^(group|grouped|partition|partitioned)$/i.test(next.image) || parser.LA(2).tokenType !== kw.by)
      return;
    const by = parser.LA(2);
    const fixes = [this.replacement(next.startOffset, by.startOffset, '')];
    const found = `${next.image} by`;
    if (!this.silenced())
      this.add(messages.foreignOperator({ found, meant: 'by' }, { ...this.at(spanOf(next)), fixes }));
    parser.currIdx++;
  }

  /** `x between a and b`, `x like "a%"`: reported, and read as what they mean as far as it is known. */
  protected override foreignComparison(operand: ast.Expression, start: number): ast.Expression | undefined {
    const { parser } = this;
    const next = parser.LA(1);
    if (next.tokenType !== t.Identifier || this.startsLine(next) || this.silenced()) return undefined;
    const grammar = parser as unknown as Grammar;
    const word = next.image.toLowerCase();
    if (word === 'between') {
      parser.currIdx++;
      const low = run(parser, grammar.arithmetic);
      const and = parser.LA(1);
      if (and.tokenType === kw.and || and.tokenType === t.Comma) parser.currIdx++;
      const high = run(parser, grammar.arithmetic);
      const text = ({ span }: ast.Node) => parser.file.text.slice(span.start, span.end);
      const fixes = [this.fix(`in ${text(low)}..${text(high)}`, next.startOffset, high.span.end)];
      this.add(
        messages.foreignOperator(
          { found: next.image, meant: 'in low..high' },
          { ...this.at(spanOf(next)), fixes },
        ),
      );
      const range: ast.Range = { kind: 'Range', low, high, span: parser.from(low.span.start) };
      return { kind: 'InRange', negated: false, operand, range, span: parser.from(start) };
    }
    if (!PATTERNS.has(word) || parser.LA(2).tokenType !== t.StringText) return undefined;
    const hint =
      'write `matching r"…"`, a pattern for the whole text, or starts_with(…), ends_with(…), contains(…)';
    this.add(
      messages.foreignOperator({ found: next.image, meant: 'matching' }, { ...this.at(spanOf(next)), hint }),
    );
    parser.currIdx += 2;
    const end = parser.end();
    const pattern: ast.MissingExpression = { kind: 'Missing', span: { start: end, end } };
    return { kind: 'Matching', negated: false, operand, pattern, span: parser.from(start) };
  }

  protected replacement(start: number, end: number, text: string): Fix {
    const title = text === '' ? 'Remove it' : `Replace with \`${text.trim()}\``;
    return { title, edits: [this.edit(start, end, text)] };
  }
}

const PATTERNS: ReadonlySet<string> = new Set(['like', 'ilike', 'rlike', 'regexp', 'glob', 'similar']);
const OPENERS: ReadonlySet<TokenType> = new Set([t.LParen, t.LSquare, t.LCurly]);
