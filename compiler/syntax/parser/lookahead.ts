import {
  Alternation,
  type Alternative,
  type ILookaheadStrategy,
  type ILookaheadValidationError,
  type IOrAlt,
  type IProduction,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain';
import type { ParserBase } from './base.ts';

/** What a part of a rule can begin with: token type indexes, categories unfolded; whether it can be empty. */
interface First {
  readonly types: ReadonlySet<number>;
  readonly empty: boolean;
}

/**
 * Look-ahead of one token, which is all that this grammar asks of Chevrotain; the rest is decided by gates. Chevrotain's
 * own strategy enumerates paths for every choice when the parser is built; this one computes first sets, each rule
 * once, and a choice only when it is met for the first time. That halves the start of every `mlp check`.
 */
export class FirstTokenLookahead implements ILookaheadStrategy {
  private readonly ofRules = new Map<Rule, First>();

  validate(options: Parameters<ILookaheadStrategy['validate']>[0]): ILookaheadValidationError[] {
    return new LLkLookaheadStrategy({ maxLookahead: 1 }).validate(options);
  }

  buildLookaheadForAlternation(
    options: Parameters<ILookaheadStrategy['buildLookaheadForAlternation']>[0],
  ): (this: ParserBase, alternatives?: IOrAlt<unknown>[]) => number | undefined {
    let table: readonly (readonly number[] | undefined)[] | undefined;
    const build = () => this.alternatives(find(options.rule, Alternation, options.prodOccurrence));
    if (!options.hasPredicates) {
      return function () {
        table ??= build();
        return table[this.LA_FAST(1).tokenTypeIdx]?.[0];
      };
    }
    return function (alternatives) {
      table ??= build();
      const candidates = table[this.LA_FAST(1).tokenTypeIdx];
      if (candidates === undefined) return undefined;
      for (const index of candidates) {
        const gate = alternatives![index]!.GATE;
        if (gate === undefined || gate.call(this)) return index;
      }
      return undefined;
    };
  }

  buildLookaheadForOptional(
    options: Parameters<ILookaheadStrategy['buildLookaheadForOptional']>[0],
  ): (this: ParserBase) => boolean {
    let first: First | undefined;
    const kind = options.prodType === 'Option' ? Option : Repetition;
    const build = () => this.sequence(find(options.rule, kind, options.prodOccurrence).definition);
    return function () {
      first ??= build();
      return first.empty || first.types.has(this.LA_FAST(1).tokenTypeIdx);
    };
  }

  /** By token type: the alternatives that can begin with it, in their order. */
  private alternatives({ definition }: Alternation): (number[] | undefined)[] {
    const table: (number[] | undefined)[] = [];
    definition.forEach((alternative, index) => {
      for (const type of this.sequence((alternative as Alternative).definition).types) {
        const candidates = table[type];
        if (candidates === undefined) table[type] = [index];
        else candidates.push(index);
      }
    });
    return table;
  }

  private sequence(parts: readonly IProduction[]): First {
    if (parts.length === 1) return this.first(parts[0]!);
    const types = new Set<number>();
    for (const part of parts) {
      const first = this.first(part);
      for (const type of first.types) types.add(type);
      if (!first.empty) return { types, empty: false };
    }
    return { types, empty: true };
  }

  private first(part: IProduction): First {
    if (part instanceof Terminal) return { types: new Set(matching(part.terminalType)), empty: false };
    if (part instanceof NonTerminal) return this.rule(part.referencedRule);
    if (part instanceof Alternation) {
      const all = part.definition.map(alternative => this.sequence((alternative as Alternative).definition));
      return {
        types: new Set(all.flatMap(({ types }) => [...types])),
        empty: all.some(({ empty }) => empty),
      };
    }
    const { types } = this.sequence((part as Option | Repetition).definition);
    return { types, empty: true };
  }

  private rule(rule: Rule): First {
    let first = this.ofRules.get(rule);
    if (first === undefined) {
      first = this.sequence(rule.definition);
      this.ofRules.set(rule, first);
    }
    return first;
  }
}

/** The type itself and all types of its category. */
const matching = (type: TokenType): number[] => [type.tokenTypeIdx!, ...(type.categoryMatches ?? [])];

/** The production of a kind and number within a rule. */
function find<T extends IProduction & { idx: number }>(
  rule: Rule,
  kind: new (...args: never[]) => T,
  occurrence: number,
): T {
  const search = (parts: readonly IProduction[]): T | undefined => {
    for (const part of parts) {
      if (part instanceof kind && part.idx === occurrence) return part;
      if (part instanceof NonTerminal || part instanceof Terminal) continue;
      const found = search((part as Option).definition);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(rule.definition)!;
}
