/**
 * Whether two patterns have a text in common that both match whole. For the plain part of the syntax: literals, classes,
 * groups, alternatives and repetitions. Undefined for anything else (assertions, back-references, large counts).
 */
export function haveCommonText(a: string, b: string): boolean | undefined {
  try {
    const [left, right] = [new Automaton(a), new Automaton(b)];
    return meet(left, right);
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

class TooMuch extends Error {}

/** Code points from low to high. */
type Ranges = readonly (readonly [low: number, high: number])[];
const last = 0x10ffff;
const mostStates = 2000;
const mostPairs = 20_000;

const digits: Ranges = [[48, 57]];
const words: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const classes: Readonly<Record<string, Ranges>> = {
  d: digits,
  w: words,
  D: inverse(digits),
  W: inverse(words),
};
const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11 };

function inverse(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  let from = 0;
  for (const [low, high] of sorted) {
    if (low > from) out.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from <= last) out.push([from, last]);
  return out;
}

const overlap = (a: Ranges, b: Ranges): boolean =>
  a.some(([low, high]) => b.some(([from, to]) => low <= to && from <= high));

interface Fragment {
  readonly start: number;
  readonly end: number;
}

/** Thompson's construction while reading the pattern. */
class Automaton {
  readonly start: number;
  readonly end: number;
  private readonly steps: { readonly on: Ranges; readonly to: number }[][] = [];
  private readonly empty: number[][] = [];
  private readonly text: readonly string[];
  private at = 0;

  constructor(pattern: string) {
    this.text = [...pattern];
    const { start, end } = this.alternatives();
    if (this.at < this.text.length) throw new TooMuch();
    this.start = start;
    this.end = end;
  }

  /** A state with all that it reaches without a character. */
  closure(state: number): number[] {
    const seen = new Set([state]);
    for (const one of seen) for (const next of this.empty[one] ?? []) seen.add(next);
    return [...seen];
  }

  stepsOf(state: number): readonly { readonly on: Ranges; readonly to: number }[] {
    return this.steps[state] ?? [];
  }

  private state(): number {
    if (this.steps.length >= mostStates) throw new TooMuch();
    this.empty.push([]);
    return this.steps.push([]) - 1;
  }

  private alternatives(): Fragment {
    const [start, end] = [this.state(), this.state()];
    do {
      const one = this.sequence();
      this.empty[start]!.push(one.start);
      this.empty[one.end]!.push(end);
    } while (this.take('|'));
    return { start, end };
  }

  private sequence(): Fragment {
    const start = this.state();
    let end = start;
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const from = this.at;
      const atom = this.atom();
      const repeated = this.repeated(atom, from);
      this.empty[end]!.push(repeated.start);
      end = repeated.end;
    }
    return { start, end };
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private atom(): Fragment {
    if (this.take('(')) {
      if (this.take('?') && !this.take(':')) throw new TooMuch();
      const inside = this.alternatives();
      if (!this.take(')')) throw new TooMuch();
      return inside;
    }
    const on = this.characters();
    const [start, end] = [this.state(), this.state()];
    this.steps[start]!.push({ on, to: end });
    return { start, end };
  }

  private characters(): Ranges {
    const character = this.text[this.at++];
    if (character === undefined || '^$*+?{})'.includes(character)) throw new TooMuch();
    if (character === '.')
      return inverse([
        [10, 10],
        [13, 13],
        [0x2028, 0x2029],
      ]);
    if (character === '\\') return this.escaped();
    if (character !== '[') return [point(character)];
    const negated = this.take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.take(']')) {
      const low = this.member();
      const next = this.text[this.at + 1];
      if (low.length === 1 && this.text[this.at] === '-' && next !== undefined && next !== ']') {
        this.at += 1;
        const high = this.member();
        if (high.length !== 1) throw new TooMuch();
        ranges.push([low[0]![0], high[0]![1]]);
      } else ranges.push(...low);
    }
    return negated ? inverse(ranges) : ranges;
  }

  private member(): Ranges {
    const character = this.text[this.at++];
    if (character === undefined) throw new TooMuch();
    return character === '\\' ? this.escaped() : [point(character)];
  }

  private escaped(): Ranges {
    const character = this.text[this.at++] ?? '';
    const known = classes[character];
    if (known) return known;
    const control = controls[character];
    if (control !== undefined) return [[control, control]];
    if (/[A-Za-z0-9]/.test(character) || character === '') throw new TooMuch();
    return [point(character)];
  }

  private repeated(atom: Fragment, from: number): Fragment {
    const to = this.at;
    let [low, high] = [1, 1];
    if (this.take('*')) [low, high] = [0, Number.POSITIVE_INFINITY];
    else if (this.take('+')) high = Number.POSITIVE_INFINITY;
    else if (this.take('?')) low = 0;
    else if (this.take('{')) {
      const counts = this.text
        .slice(this.at)
        .join('')
        .match(/^(\d+)(,?)(\d*)\}/);
      if (!counts) throw new TooMuch();
      this.at += counts[0].length;
      low = Number(counts[1]);
      high = counts[2] === '' ? low : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    } else return atom;
    this.take('?');
    if (low > 300 || (Number.isFinite(high) && high > 300)) throw new TooMuch();
    return this.times(atom, low, high, from, to);
  }

  /** Copies of what stands between two places: it is read again for each. */
  private times(first: Fragment, low: number, high: number, from: number, to: number): Fragment {
    const after = this.at;
    const [start, end] = [this.state(), this.state()];
    const copies = Math.max(1, Number.isFinite(high) ? high : low);
    if (high === 0) {
      this.empty[start]!.push(end);
      return { start, end };
    }
    let [here, copy] = [start, first];
    for (let i = 0; i < copies; i++) {
      if (i > 0) {
        this.at = from;
        copy = this.atom();
        if (this.at !== to) throw new TooMuch();
      }
      if (i >= low) this.empty[here]!.push(end);
      this.empty[here]!.push(copy.start);
      here = copy.end;
    }
    if (!Number.isFinite(high)) this.empty[here]!.push(copy.start);
    this.empty[here]!.push(end);
    this.at = after;
    return { start, end };
  }
}

const point = (character: string): readonly [number, number] => {
  const code = character.codePointAt(0)!;
  return [code, code];
};

/** Walks both at once: is there a text at whose end both have arrived? */
function meet(a: Automaton, b: Automaton): boolean {
  const seen = new Set<number>();
  const queue: [number, number][] = [[a.start, b.start]];
  for (let pair = queue.pop(); pair; pair = queue.pop()) {
    const [left, right] = [a.closure(pair[0]), b.closure(pair[1])];
    if (left.includes(a.end) && right.includes(b.end)) return true;
    for (const one of left)
      for (const { on, to } of a.stepsOf(one))
        for (const other of right)
          for (const { on: by, to: then } of b.stepsOf(other)) {
            const key = to * mostStates + then;
            if (seen.has(key) || !overlap(on, by)) continue;
            if (seen.size > mostPairs) throw new TooMuch();
            seen.add(key);
            queue.push([to, then]);
          }
  }
  return false;
}
