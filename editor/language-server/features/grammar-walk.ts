import {
  Alternation,
  type Alternative,
  type IProduction,
  type IToken,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain';

/** A kind of token that may come next, and the rules that it would stand in, from the first one down. */
export interface Next {
  readonly type: TokenType;
  readonly rules: readonly string[];
}

/** What remains to be read: the rest of a sequence, in a rule, and what comes after it. One object for one such state. */
class Rest {
  readonly seen = new Set<number>();
  private readonly further = new Map<readonly IProduction[], Rest[]>();
  readonly parts: readonly IProduction[];
  readonly at: number;
  readonly rules: readonly string[];
  readonly after: Rest | undefined;

  constructor(parts: readonly IProduction[], at: number, rules: readonly string[], after: Rest | undefined) {
    this.parts = parts;
    this.at = at;
    this.rules = rules;
    this.after = after;
  }

  /** The same sequence, one part further. */
  next(): Rest {
    return this.after!.before(this.parts, this.rules, this.at + 1);
  }

  /** A sequence that is read before this. */
  before(parts: readonly IProduction[], rules: readonly string[], at = 0): Rest {
    let known = this.further.get(parts);
    if (!known) {
      known = [];
      this.further.set(parts, known);
    }
    known[at] ??= new Rest(parts, at, rules, this);
    return known[at]!;
  }
}

/**
 * All that may follow these tokens in a rule, by every reading of them: choices are not gated here, so more may be told than
 * the parser takes, never less. Each state is looked at once for each token, so ambiguity costs no more than time.
 */
export function nextAfter(rule: Rule, tokens: readonly IToken[]): readonly Next[] {
  const found: Next[] = [];
  const queue: [Rest, number][] = [];
  const go = (rest: Rest, position: number): void => {
    if (rest.seen.has(position)) return;
    rest.seen.add(position);
    queue.push([rest, position]);
  };
  const end = new Rest([], 0, [], undefined);
  go(end.before(rule.definition, within(end.rules, rule.name)), 0);
  // In the order of the grammar; what is found meanwhile is looked at after it.
  for (let i = 0; i < queue.length; i++) {
    const [rest, position] = queue[i]!;
    const part = rest.parts[rest.at];
    if (part === undefined) {
      if (rest.after) go(rest.after, position);
    } else if (part instanceof Terminal) {
      const token = tokens[position];
      if (token === undefined) found.push({ type: part.terminalType, rules: rest.rules });
      else if (matches(token, part.terminalType)) go(rest.next(), position + 1);
    } else for (const next of branches(part, rest)) go(next, position);
  }
  return found;
}

const matches = (token: IToken, type: TokenType): boolean =>
  token.tokenTypeIdx === type.tokenTypeIdx || type.categoryMatchesMap?.[token.tokenTypeIdx] === true;

/** The ways to go on with a part that is no token. */
function branches(part: IProduction, rest: Rest): Rest[] {
  const { rules } = rest;
  if (part instanceof NonTerminal) {
    const { name, definition } = part.referencedRule;
    return [rest.next().before(definition, within(rules, name))];
  }
  if (part instanceof Alternation)
    return (part.definition as Alternative[]).map(one => rest.next().before(one.definition, rules));
  if (part instanceof Option) return [rest.next().before(part.definition, rules), rest.next()];
  // After its body a repetition stands where it stood.
  if (part instanceof Repetition) return [rest.before(part.definition, rules), rest.next()];
  if (part instanceof RepetitionMandatory) {
    const { definition } = part as RepetitionMandatory;
    return [rest.next().before(more(part, definition), rules).before(definition, rules)];
  }
  if (part instanceof RepetitionWithSeparator) {
    const { separator, definition } = part;
    return [separated(part, separator, definition, rest), rest.next()];
  }
  if (part instanceof RepetitionMandatoryWithSeparator)
    return [separated(part, part.separator, (part as RepetitionWithSeparator).definition, rest)];
  throw new Error(`a ${part.constructor.name} is not understood`);
}

/** The first of a list, then any number of times the separator and one more. */
function separated(part: IProduction, separator: TokenType, body: IProduction[], rest: Rest): Rest {
  const further = more(part, [new Terminal({ terminalType: separator }), ...body]);
  return rest.next().before(further, rest.rules).before(body, rest.rules);
}

const repeated = new WeakMap<IProduction, readonly IProduction[]>();

/** What may come any number of times after the first. */
function more(part: IProduction, body: IProduction[]): readonly IProduction[] {
  let known = repeated.get(part);
  if (!known) {
    known = [new Repetition({ definition: body })];
    repeated.set(part, known);
  }
  return known;
}

const deeper = new WeakMap<readonly string[], Map<string, readonly string[]>>();

/** One list for one way down, so that states are shared. */
function within(rules: readonly string[], rule: string): readonly string[] {
  let known = deeper.get(rules);
  if (!known) {
    known = new Map();
    deeper.set(rules, known);
  }
  let list = known.get(rule);
  if (!list) {
    list = [...rules, rule];
    known.set(rule, list);
  }
  return list;
}
