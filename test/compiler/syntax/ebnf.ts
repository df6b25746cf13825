import type { Random } from './support.ts';

/** The notation of `grammar/mlp.ebnf`, as data. */
export type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'pattern'; readonly pattern: RegExp }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'sequence' | 'choice'; readonly parts: readonly Part[] }
  | { readonly is: 'repeat'; readonly part: Part; readonly least: 0 | 1; readonly most: 1 | typeof Infinity };

export type Productions = ReadonlyMap<string, Part>;

const TOKEN = /\s+|\/\/[^\n]*|"(?:[^"\\])*"|\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/|\w+|::=|[()|?*+]/gy;

export function readEbnf(text: string): Productions {
  const tokens = (text.match(TOKEN) ?? []).filter(token => !/^(\s|\/\/)/.test(token));
  const consumed = (text.match(TOKEN) ?? []).join('').length;
  if (consumed !== text.length) throw new Error(`no token of EBNF: ${text.slice(consumed, consumed + 40)}`);
  const productions = new Map<string, Part>();
  let at = 0;
  const ends = () =>
    at >= tokens.length || tokens[at] === ')' || tokens[at] === '|' || tokens[at + 1] === '::=';
  const choice = (): Part => {
    const parts = [sequence()];
    while (tokens[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 ? parts[0]! : { is: 'choice', parts };
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    while (!ends()) parts.push(suffixed());
    return parts.length === 1 ? parts[0]! : { is: 'sequence', parts };
  };
  const suffixed = (): Part => {
    const part = single();
    const suffix = tokens[at];
    if (suffix !== '?' && suffix !== '*' && suffix !== '+') return part;
    at++;
    return { is: 'repeat', part, least: suffix === '+' ? 1 : 0, most: suffix === '?' ? 1 : Infinity };
  };
  const single = (): Part => {
    const token = tokens[at++]!;
    if (token === '(') {
      const part = choice();
      if (tokens[at++] !== ')') throw new Error('`)` is missing in the EBNF');
      return part;
    }
    if (token.startsWith('"')) return { is: 'text', text: token.slice(1, -1) };
    if (token.startsWith('/')) return { is: 'pattern', pattern: new RegExp(`^(?:${token.slice(1, -1)})$`) };
    if (!/^\w+$/.test(token)) throw new Error(`unexpected ${token} in the EBNF`);
    return { is: 'name', name: token };
  };
  while (at < tokens.length) {
    const name = tokens[at]!;
    if (tokens[at + 1] !== '::=') throw new Error(`a production should begin at ${name}`);
    if (productions.has(name)) throw new Error(`${name} is defined twice`);
    at += 2;
    productions.set(name, choice());
  }
  return productions;
}

/** All names that a part mentions. */
export function mentioned(part: Part): string[] {
  if (part.is === 'name') return [part.name];
  if (part.is === 'repeat') return mentioned(part.part);
  return part.is === 'sequence' || part.is === 'choice' ? part.parts.flatMap(mentioned) : [];
}

/** The least number of steps in which each production comes to an end. */
export function heights(productions: Productions): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  const height = (part: Part): number => {
    if (part.is === 'name') return known.get(part.name) ?? (productions.has(part.name) ? Infinity : 0);
    if (part.is === 'repeat') return part.least === 0 ? 0 : height(part.part);
    if (part.is === 'sequence') return Math.max(0, ...part.parts.map(height));
    return part.is === 'choice' ? Math.min(...part.parts.map(height)) : 0;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, part] of productions) {
      const value = height(part) + 1;
      if (value < (known.get(name) ?? Infinity)) {
        known.set(name, value);
        changed = true;
      }
    }
  }
  return known;
}

const heightCache = new WeakMap<Productions, ReadonlyMap<string, number>>();

function heightsOf(productions: Productions): ReadonlyMap<string, number> {
  const known = heightCache.get(productions) ?? heights(productions);
  heightCache.set(productions, known);
  return known;
}

const LONG_ENOUGH = 120;

/** Draws a sentence: token texts. What lies beyond the depth takes the shortest way out. */
export function draw(
  productions: Productions,
  start: string,
  random: Random,
  depth: number,
  token: (name: string) => string | undefined,
  uses: Map<Part, number> = new Map(),
): string[] {
  const ends = heightsOf(productions);
  const least = (part: Part): number => {
    if (part.is === 'name') return ends.get(part.name) ?? 0;
    if (part.is === 'repeat') return part.least === 0 ? 0 : least(part.part);
    if (part.is === 'sequence') return Math.max(0, ...part.parts.map(least));
    return part.is === 'choice' ? Math.min(...part.parts.map(least)) : 0;
  };
  const out: string[] = [];
  const walk = (part: Part, depth: number): void => {
    // A sentence that is long enough comes to its end the shortest way.
    const left = out.length > LONG_ENOUGH ? 0 : depth;
    if (part.is === 'text') out.push(part.text);
    else if (part.is === 'name') {
      const text = token(part.name);
      if (text !== undefined) out.push(text);
      else {
        const begin = out.length;
        walk(productions.get(part.name)!, left - 1);
        // Where a set may stand, a brace begins a set; a range that begins with a record cannot be written there.
        if (part.name === 'Range' && out[begin] === '{') out.splice(begin, 0, '7', '+');
      }
    } else if (part.is === 'sequence') for (const item of part.parts) walk(item, left);
    else if (part.is === 'choice') {
      const shortest = Math.min(...part.parts.map(least));
      const fits = part.parts.filter(item => least(item) < left || least(item) === shortest);
      const open = left > 0 ? fits : part.parts.filter(item => least(item) === shortest);
      // Every other time the alternative that was taken least, so that rare constructs come up too.
      const used = (item: Part): number => uses.get(item) ?? 0;
      const rarest = open.reduce((one, two) => (used(two) < used(one) ? two : one));
      const taken = random.below(2) === 0 ? rarest : random.pick(open);
      uses.set(taken, used(taken) + 1);
      walk(taken, left);
    } else if (part.is === 'repeat') {
      const more = left > 0 && least(part.part) < left;
      const most = part.most === 1 ? 1 : random.pick([0, 1, 1, 2, 3]);
      const count = more ? Math.max(part.least, part.most === 1 ? random.below(2) : most) : part.least;
      for (let i = 0; i < count; i++) {
        const begin = out.length;
        walk(part.part, left);
        // In braces an item that begins like the second half of an operation needs the comma before it.
        const goesOn = out[begin] === '-' || out[begin] === '(';
        if (i > 0 && goesOn && optionalComma(part.part) && out[begin - 1] !== ',') out.splice(begin, 0, ',');
      }
    }
  };
  walk({ is: 'name', name: start }, depth);
  return out;
}

const optionalComma = (part: Part): boolean => {
  const last = part.is === 'sequence' ? part.parts.at(-1) : undefined;
  return last?.is === 'repeat' && last.part.is === 'text' && last.part.text === ',';
};

interface Rule {
  readonly name: string;
  readonly symbols: readonly Part[];
}
interface Item {
  readonly rule: Rule;
  readonly dot: number;
  readonly from: number;
}

/** Earley's recogniser over the productions; `matches` tells whether a token is what a leaf asks for. */
export class Recogniser<T> {
  private readonly rules = new Map<string, Rule[]>();
  private readonly matches: (leaf: Part, token: T) => boolean;
  private readonly leaf: (name: string) => boolean;

  constructor(
    productions: Productions,
    leaf: (name: string) => boolean,
    matches: (leaf: Part, token: T) => boolean,
  ) {
    this.leaf = leaf;
    this.matches = matches;
    for (const [name, part] of productions) if (!leaf(name)) this.add(name, part);
  }

  private add(name: string, part: Part): void {
    const alternatives = part.is === 'choice' ? part.parts : [part];
    const rules = alternatives.map(alternative => {
      const parts = alternative.is === 'sequence' ? alternative.parts : [alternative];
      return { name, symbols: parts.map((item, i) => this.flat(item, name, i)) };
    });
    this.rules.set(name, [...(this.rules.get(name) ?? []), ...rules]);
  }

  /** A nested part becomes a production of its own. */
  private flat(part: Part, owner: string, index: number): Part {
    if (part.is !== 'repeat' && part.is !== 'choice' && part.is !== 'sequence') return part;
    const name = `${owner}.${index}.${this.rules.size}`;
    const symbol: Part = { is: 'name', name };
    if (part.is !== 'repeat') this.add(name, part);
    else {
      this.rules.set(name, []);
      const inner = this.flat(part.part, name, 0);
      const once = { name, symbols: part.most === 1 ? [inner] : [inner, symbol] };
      this.rules.set(name, [{ name, symbols: part.least === 0 ? [] : [inner] }, once]);
    }
    return symbol;
  }

  /** How many tokens can be the beginning of a sentence; all of them and the end reached: it is one. */
  accepts(start: string, tokens: readonly T[]): { readonly ok: boolean; readonly reached: number } {
    const sets: Map<string, Item>[] = Array.from({ length: tokens.length + 1 }, () => new Map());
    const ids = new Map<Rule, number>();
    const push = (at: number, item: Item, queue?: Item[]) => {
      const id = ids.get(item.rule) ?? ids.size;
      ids.set(item.rule, id);
      const key = `${id} ${item.dot} ${item.from}`;
      if (sets[at]!.has(key)) return;
      sets[at]!.set(key, item);
      queue?.push(item);
    };
    for (const rule of this.rules.get(start) ?? []) push(0, { rule, dot: 0, from: 0 });
    let reached = 0;
    for (let i = 0; i <= tokens.length; i++) {
      const queue = [...sets[i]!.values()];
      if (queue.length > 0) reached = i;
      const empty = new Set<string>();
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
        const { rule, dot, from } = item;
        const next = rule.symbols[dot];
        if (next === undefined) {
          if (from === i) empty.add(rule.name);
          for (const waiting of [...sets[from]!.values()]) {
            const wanted = waiting.rule.symbols[waiting.dot];
            if (wanted?.is === 'name' && wanted.name === rule.name)
              push(i, { ...waiting, dot: waiting.dot + 1 }, queue);
          }
        } else if (next.is === 'name' && !this.leaf(next.name)) {
          for (const other of this.rules.get(next.name) ?? [])
            push(i, { rule: other, dot: 0, from: i }, queue);
          if (empty.has(next.name)) push(i, { rule, dot: dot + 1, from }, queue);
        } else if (i < tokens.length && this.matches(next, tokens[i]!))
          push(i + 1, { rule, dot: dot + 1, from });
      }
    }
    const ok = [...sets[tokens.length]!.values()].some(
      ({ rule, dot, from }) => rule.name === start && from === 0 && dot === rule.symbols.length,
    );
    return { ok, reached };
  }
}
