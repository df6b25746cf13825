import {
  EmbeddedActionsParser,
  EOF,
  type IOrAlt,
  type IToken,
  type OrMethodOpts,
  type TokenType,
} from 'chevrotain';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { syntaxMessages } from '../../diagnostics/messages/syntax.ts';
import { SourceFile, type Span } from '../../source/text.ts';
import type * as ast from '../ast/index.ts';
import { type BlockKind, itemKeywords } from '../keywords.ts';
import type { Layout } from '../layout.ts';
import * as t from '../tokens.ts';
import { endOf, type Token } from '../tokens.ts';
import { children } from '../visit.ts';
import { FirstTokenLookahead } from './lookahead.ts';
import { Recovery } from './recovery.ts';

/**
 * How this parser treats mistakes.
 *
 * A file is first parsed strictly: white space means nothing, and the first fault ends the pass (`GIVE_UP`). A correct
 * file is done then. Otherwise it is parsed again in recovery, with the `Layout` of its lines at hand. In recovery
 * nothing is ever thrown: a token that is missing is invented with no text, a missing expression becomes a `Missing`
 * node, and the place is reported once. What keeps a fault local is `limit`: while an item is parsed, the tokens
 * behind its end, as the layout shows it, are out of sight, so an unfinished line cannot swallow the next one. After
 * each item the block's loop skips what is left over (`Recovery.resync`).
 *
 * Chevrotain's own recovery is off: it looks for follow tokens and knows no lines, and here nearly every token is a
 * name. Some of its methods are overridden: `LA_FAST`, `LA`, `consumeInternal`, `raiseNoAltException`; since a rule that
 * neither throws nor backtracks needs no stack of rules, `subruleInternal`; and, since a check runs for too short a time to
 * have its code optimised, `orInternal`, `optionInternal` and `manyInternal`, which do the same with fewer calls.
 */
export class ParserBase extends EmbeddedActionsParser {
  /** Chevrotain's position: index of the last token taken. */
  declare currIdx: number;
  declare tokVector: IToken[];
  declare RECORDING_PHASE: boolean;
  declare currRuleShortName: number;
  declare fullRuleNameToShort: Readonly<Record<string, number>>;
  declare lookAheadFuncsCache: ReadonlyMap<number, Lookahead>;

  file = new SourceFile('', '');
  /** Undefined in the strict pass. */
  recovery: Recovery | undefined;
  /** What the strict pass reports without giving up. */
  findings: Diagnostic[] = [];
  /** Tokens from this index on are out of sight. */
  limit = 0;
  /** `///` texts by the index of the token that they stand before. */
  docs: ReadonlyMap<number, string> = new Map();
  /** Those that were taken for the documentation of something. */
  readonly docsRead = new Set<number>();
  depth = 0;
  /** The kind of block whose items are being parsed. */
  block: BlockKind | 'file' = 'file';
  /** The declaration being parsed: what stood before its keyword. */
  pending: { start: number; doc: string | undefined; annotations: readonly ast.Annotation[] } = {
    start: 0,
    doc: undefined,
    annotations: [],
  };

  constructor(skipValidations: boolean) {
    const lookaheadStrategy = new FirstTokenLookahead();
    super(t.parserTokens, { recoveryEnabled: false, maxLookahead: 1, skipValidations, lookaheadStrategy });
  }

  /** Makes the reused parser ready for a file. */
  prepare(file: SourceFile, tokens: readonly Token[], docs: ReadonlyMap<number, string>): void {
    this.reset();
    this.file = file;
    this.tokVector = tokens as Token[];
    this.docs = docs;
    this.docsRead.clear();
    this.limit = tokens.length;
    this.depth = 0;
    this.block = 'file';
    this.findings = [];
    this.recovery = undefined;
  }

  recoverWith(layout: Layout): Diagnostic[] {
    this.recovery = new Recovery(this, layout);
    return this.recovery.diagnostics;
  }

  // --- Chevrotain's methods, see above ---

  override LA_FAST(offset: number): IToken {
    const index = this.currIdx + offset;
    return index < this.limit ? this.tokVector[index]! : END;
  }

  override LA(offset: number): IToken {
    const index = this.currIdx + offset;
    return index >= 0 && index < this.limit ? this.tokVector[index]! : END;
  }

  consumeInternal(type: TokenType, _index: number, options?: { readonly ERR_MSG?: string }): IToken {
    const next = this.LA_FAST(1);
    if (next.tokenTypeIdx === type.tokenTypeIdx || type.categoryMatchesMap![next.tokenTypeIdx] === true) {
      this.currIdx++;
      return next;
    }
    if (this.recovery === undefined) throw GIVE_UP;
    return this.recovery.missingToken(type, options?.ERR_MSG);
  }

  subruleInternal(rule: EnteredRule): unknown {
    const outer = this.currRuleShortName;
    // Look-ahead is found under the rule's number.
    rule.shortName ??= this.fullRuleNameToShort[rule.ruleName]!;
    this.currRuleShortName = rule.shortName;
    const value = rule.originalGrammarAction.call(this);
    this.currRuleShortName = outer;
    return value;
  }

  /** The look-ahead of a choice, an option or a repetition of the rule that is being parsed. */
  private lookaheadOf(method: number, occurrence: number): Lookahead {
    return this.lookAheadFuncsCache.get(this.currRuleShortName | method | occurrence)!;
  }

  orInternal(choice: OrMethodOpts<unknown> | IOrAlt<unknown>[], occurrence: number): unknown {
    const alternatives = Array.isArray(choice) ? choice : choice.DEF;
    const index = this.lookaheadOf(OR, occurrence).call(this, alternatives);
    if (index !== undefined) return alternatives[index as number]!.ALT.call(this);
    this.raiseNoAltException(occurrence, Array.isArray(choice) ? undefined : choice.ERR_MSG);
    return undefined;
  }

  optionInternal(part: Part, occurrence: number): unknown {
    const bare = typeof part === 'function';
    if (!bare && part.GATE !== undefined && !part.GATE.call(this)) return undefined;
    if (this.lookaheadOf(OPTION, occurrence).call(this) !== true) return undefined;
    return bare ? part.call(this) : part.DEF.call(this);
  }

  manyInternal(occurrence: number, part: Part): void {
    const bare = typeof part === 'function';
    const gate = bare ? undefined : part.GATE;
    const action = bare ? part : part.DEF;
    const lookahead = this.lookaheadOf(MANY, occurrence);
    for (let before = -2; this.currIdx > before; ) {
      if (gate !== undefined && !gate.call(this)) return;
      if (lookahead.call(this) !== true) return;
      before = this.currIdx;
      action.call(this);
    }
  }

  raiseNoAltException(_occurrence: number, what: string | undefined): void {
    if (this.recovery === undefined) throw GIVE_UP;
    this.recovery.noAlternative(what);
  }

  onBeforeParse(): void {
    // Sentinels are not needed: `LA_FAST` minds the limit.
  }

  onAfterParse(): void {
    // What is left over is the business of the item loops.
  }

  // --- Helpers of the rules ---

  is(type: TokenType, offset = 1): boolean {
    return this.LA(offset).tokenTypeIdx === type.tokenTypeIdx;
  }

  /** Whether it is worth asking for what begins with this type; while the grammar is recorded, always. */
  may(type: TokenType): boolean {
    return this.LA_FAST(1).tokenTypeIdx === type.tokenTypeIdx || this.RECORDING_PHASE;
  }

  isName(offset = 1): boolean {
    return isName(this.LA(offset));
  }

  /** `name =` or `name:`: an item called so, whatever keyword the name may be elsewhere. */
  named(): boolean {
    const next = this.LA(2).tokenTypeIdx;
    return next === t.Equals.tokenTypeIdx || next === t.Colon.tokenTypeIdx;
  }

  /** A keyword that goes on with the item, unless it is the name of the next one. */
  tail(type: TokenType): boolean {
    return this.is(type) && !this.named();
  }

  /**
   * Whether the comma that comes next goes on with a list, as in `use a, b`, or stands between two items, as in
   * `use a, key b`: what follows is the next item if it is a name before `=` or `:`, or begins with an item keyword
   * of the block that something follows.
   */
  listGoesOn(): boolean {
    const next = this.LA(2);
    const after = this.LA(3).tokenType;
    if (!isName(next)) return next.tokenType !== t.RCurly;
    if (after === t.Equals || after === t.Colon) return false;
    const begins = this.block !== 'file' && itemTypes(this.block).has(next.tokenType);
    return !begins || after === t.Comma || after === t.RCurly || after === EOF;
  }

  /** Where the next token begins. */
  start(): number {
    const next = this.LA(1);
    // Where nothing can begin, a missing node will stand right behind the last token.
    if (next === END || (this.recovery !== undefined && NO_START.has(next.tokenType))) return this.end();
    return next.startOffset;
  }

  /** Where the last token ended. */
  end(): number {
    const last = this.tokVector[this.currIdx];
    return last === undefined ? 0 : endOf(last);
  }

  from(start: number): Span {
    const end = this.end();
    // A node of invented tokens only is empty and stands behind the last real token.
    return { start: start < end ? start : end, end };
  }

  /** What all declarations share. */
  declared(name: ast.Name): Omit<ast.DeclarationBase, 'kind'> {
    const { start, doc, annotations } = this.pending;
    return { name, ...(doc === undefined ? {} : { doc }), annotations, span: this.from(start) };
  }

  /** Nested too deeply: the strict pass gives up, recovery reports it once and skips to the end of the bracket. */
  tooDeep(): ast.MissingExpression {
    if (this.recovery === undefined) throw GIVE_UP;
    return this.recovery.tooDeep();
  }

  tooDeepType(): ast.TypeExpression {
    const { span } = this.tooDeep();
    return {
      kind: 'Type',
      body: { kind: 'MissingType', span },
      optional: false,
      refinements: [],
      annotations: [],
      span,
    };
  }

  /** An expression that began at `start` has too many operators in a row: then `Missing` stands for all of it. */
  chainTooLong(length: number, start: number): ast.MissingExpression | undefined {
    if (length <= MAX_CHAIN) return undefined;
    if (this.recovery === undefined) throw GIVE_UP;
    this.recovery.chainTooLong(start);
    return { kind: 'Missing', span: this.from(start) };
  }

  /** A whole expression that began with the token `first`: so deep a tree would overflow the stacks of later phases. */
  tooHigh(node: ast.Expression, first: number): ast.MissingExpression | undefined {
    if (this.currIdx - first < MAX_CHAIN || !higher(node, MAX_CHAIN)) return undefined;
    if (this.recovery === undefined) throw GIVE_UP;
    this.recovery.chainTooLong(node.span.start);
    return { kind: 'Missing', span: node.span };
  }

  /** A part that may stand once stands again: no fault of the form, so the strict pass goes on. */
  repeated(word: string, again: ast.Node): void {
    const found = this.recovery?.diagnostics ?? this.findings;
    found.push(syntaxMessages.repeated({ word }, { file: this.file, span: again.span }));
  }

  /**
   * Annotations behind a type that began at `start` and ended at `end`: those on a line of their own, in the column
   * of the items, look as if they stood before the next one.
   */
  astrayAnnotations(start: number, end: number, annotations: ast.Annotation[]): void {
    const next = this.LA(1);
    if (!isName(next) || next.tokenType === t.kw.builtin || annotations.length === 0) return;
    const { text } = this.file;
    const column = indentation(text, start).width;
    const index = annotations.findIndex(({ span }) => {
      const line = indentation(text, span.start);
      return line.first === span.start && line.width <= column;
    });
    const first = annotations[index];
    if (first === undefined) return;
    const after = annotations[index - 1]?.span.end ?? end;
    const edit = { file: this.file, span: { start: after, end: after }, text: ',' };
    const title = `Insert a comma, so that it goes with \`${next.image}\``;
    const span = { start: first.span.start, end: annotations.at(-1)!.span.end };
    const item = this.block !== 'file';
    const at = { file: this.file, span, fixes: item ? [{ title, edits: [edit] }] : [] };
    const found = this.recovery?.diagnostics ?? this.findings;
    const facts = { annotation: first.name.text, next: (item ? next : this.LA(2)).image, item };
    found.push(syntaxMessages.astrayAnnotation(facts, at));
    // What was meant for another column is not said of this one.
    annotations.length = index;
  }

  doc(): string | undefined {
    if (this.docs.size === 0) return undefined;
    const text = this.docs.get(this.currIdx + 1);
    if (text !== undefined) this.docsRead.add(this.currIdx + 1);
    return text;
  }

  nameOf(token: IToken): ast.Name {
    const quoted = token.tokenTypeIdx === t.QuotedName.tokenTypeIdx;
    const text = quoted ? token.image.replace(/^[`"]|[`"]$/g, '') : token.image;
    return { kind: 'Name', text, quoted, span: { start: token.startOffset, end: endOf(token) } };
  }

  /** Begins an item: in recovery, what lies behind its end goes out of sight. */
  enterItem(): number {
    return this.recovery === undefined ? 0 : this.recovery.enterItem();
  }

  leaveItem(mark: number): void {
    if (this.recovery !== undefined) this.recovery.leaveItem(mark);
  }
}

/** Chevrotain's numbers of its methods, as they stand in the keys of its look-ahead functions. */
const OR = 1 << 8;
const OPTION = 2 << 8;
const MANY = 3 << 8;

type Lookahead = (this: ParserBase, alternatives?: IOrAlt<unknown>[]) => number | boolean | undefined;
type Part = (() => unknown) | { readonly GATE?: () => boolean; readonly DEF: () => unknown };

/** A rule as Chevrotain keeps it. */
export interface EnteredRule {
  readonly ruleName: string;
  readonly originalGrammarAction: () => unknown;
  shortName?: number;
}

/** How deeply brackets, `if` and `match` may be nested; a bound for this parser's stack too. */
export const MAX_DEPTH = 100;

/** The longest chain of operators in one expression: phases behind this one walk the tree by recursion. */
export const MAX_CHAIN = 500;

const itemTypeCache = new Map<BlockKind, ReadonlySet<TokenType>>();

function itemTypes(kind: BlockKind): ReadonlySet<TokenType> {
  let types = itemTypeCache.get(kind);
  if (types === undefined) {
    types = new Set(itemKeywords[kind].map(({ word }) => t.kw[word]));
    itemTypeCache.set(kind, types);
  }
  return types;
}

/** Whether more than so many nodes lie above one another; each arm of a `match` is the rest of the one before it. */
function higher(root: ast.Node, bound: number): boolean {
  const todo: [ast.Node, number][] = [[root, 1]];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [node, depth] = next;
    if (depth > bound) return true;
    const chain = node.kind === 'Match' ? 1 : 0;
    for (const [i, child] of children(node).entries()) todo.push([child, depth + 1 + i * chain]);
  }
  return false;
}

/** Of the line of an offset: where its text begins, and how far it is indented. */
function indentation(text: string, offset: number): { readonly first: number; readonly width: number } {
  let start = offset;
  while (start > 0 && !/[\r\n]/.test(text[start - 1]!)) start--;
  let first = start;
  let width = 0;
  for (; text[first] === ' ' || text[first] === '\t'; first++)
    width += text[first] === '\t' ? 4 - (width % 4) : 1;
  return { first, width };
}

/** Thrown by the strict pass at its first fault; carries nothing. */
export const GIVE_UP = { name: 'GiveUp' } as const;

/** What stands behind the last token in sight. */
export const END: IToken = {
  image: '',
  startOffset: Number.NaN,
  tokenType: EOF,
  tokenTypeIdx: EOF.tokenTypeIdx!,
};

/** Tokens that begin neither an item nor an expression. */
const NO_START: ReadonlySet<TokenType> = new Set([
  ...[
    t.RCurly,
    t.RParen,
    t.RSquare,
    t.Comma,
    t.Colon,
    t.Question,
    t.Arrow,
    t.FatArrow,
    t.Ellipsis,
    t.DotDot,
    t.Dot,
  ],
  ...[t.EqualEqual, t.NotEqual, t.LessEqual, t.GreaterEqual, t.Less, t.Greater, t.Equals],
  ...[t.Plus, t.Star, t.Slash, t.Coalesce],
  ...[t.kw.and, t.kw.or, t.kw.in, t.kw.is, t.kw.then, t.kw.else, t.kw.matching, t.kw.over, t.kw.by],
]);

export const isName = (token: IToken): boolean =>
  token.tokenTypeIdx === t.Identifier.tokenTypeIdx ||
  t.Identifier.categoryMatchesMap![token.tokenTypeIdx] === true;
