import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileText } from '../../support/specs.ts';

/**
 * Random views thread the label's column and late columns through functions, other features, aliases, look-ups, as-of
 * joins, a view of the same rows and windows. While a text is drawn, what it reads is written down by the definitions
 * of the language reference; what the compiler reports must be exactly what follows from that.
 */

/** What an expression reads directly. */
interface Reads {
  /** Cells of the row itself, by value. */
  own: Set<string>;
  /** … only to choose other rows by; `lookup`: in a look-up that depends on nothing else. */
  key: Set<string>;
  lookup: Set<string>;
  /** Cells of joined rows. */
  joined: Set<string>;
  /** Features, of this view or of the joined view of the same rows. */
  features: Set<string>;
}
const nothing = (): Reads => ({
  own: new Set(),
  key: new Set(),
  lookup: new Set(),
  joined: new Set(),
  features: new Set(),
});
function join(into: Reads, from: Reads): void {
  for (const kind of Object.keys(into) as (keyof Reads)[]) for (const x of from[kind]) into[kind].add(x);
}

interface Drawn {
  readonly name: string;
  readonly label: boolean;
  readonly text: string;
  readonly reads: Reads;
}

/** Hours after the event from which each cell is known. */
type Delays = Readonly<Record<string, number>>;

class Drawing {
  readonly random: Random;
  readonly delays: Delays;
  /** T of the view and of the joined one, in hours after the event. */
  readonly offset: number;
  readonly otherOffset: number;
  readonly other: readonly Drawn[];
  features: Drawn[] = [];

  constructor(random: Random) {
    this.random = random;
    const late = (): number => random.pick([1, 2, 6, 12]);
    this.delays = { id: 0, n0: 0, n1: 0, g: 0, l0: late(), l1: late(), y: late() };
    this.offset = random.pick([0, 0, 0, 2, 12]);
    this.otherOffset = random.pick([0, 2, 12]);
    this.other = this.view('o', this.otherOffset, 2, false);
    this.features = [];
    this.features = this.view('f', this.offset, random.int(2, 6), true);
  }

  private view(prefix: string, offset: number, count: number, main: boolean): Drawn[] {
    const drawn: Drawn[] = [];
    const label = main ? this.random.int(0, count) : -1;
    for (let i = 0; i <= count; i++) {
      const isLabel = i === label;
      const reads = nothing();
      const cells = main
        ? ['n0', 'n1', 'l0', 'l1', 'y', 'y']
        : Object.keys(this.delays).filter(c => c !== 'g' && c !== 'id' && this.delays[c]! <= offset);
      const text = this.expression(
        this.random.int(0, 2),
        isLabel ? ['y', 'l0', 'n0'] : cells,
        drawn,
        main,
        isLabel,
        reads,
      );
      drawn.push({ name: isLabel ? 'answer' : `${prefix}${i}`, label: isLabel, text, reads });
    }
    return drawn;
  }

  private expression(
    depth: number,
    cells: readonly string[],
    above: readonly Drawn[],
    main: boolean,
    label: boolean,
    reads: Reads,
  ): string {
    const { random } = this;
    const inner = (): string => this.expression(depth - 1, cells, above, main, label, reads);
    if (depth > 0)
      switch (random.int(0, 4)) {
        case 0:
          return `(${inner()} + ${inner()})`;
        case 1:
          return `once(${inner()})`;
        case 2:
          return `two(${inner()}, ${inner()})`;
        case 3:
          return `nested(${inner()})`;
        default:
          return `(if ${inner()} > 3 then ${inner()} else ${inner()})`;
      }
    const choice = random.next();
    const visible = above.filter(f => !f.label || random.chance(0.1));
    if (choice < 0.25 && visible.length > 0) {
      const { name } = random.pick(visible);
      reads.features.add(name);
      return name;
    }
    if (main && choice < 0.55) return label ? this.lookUp(reads) : this.otherRows(reads);
    const cell = random.pick(cells);
    reads.own.add(cell);
    return cell;
  }

  private lookUp(reads: Reads): string {
    reads.joined.add('infos.v');
    reads.lookup.add('g');
    return `(${this.random.pick(['i', 'same'])}.v ?? 0)`;
  }

  private otherRows(reads: Reads): string {
    const { random } = this;
    const cell = random.pick(['n0', 'l0', 'l1', 'y']);
    switch (random.int(0, 4)) {
      case 0: {
        const by = random.pick(['g', 'g', 'l1']);
        reads.key.add(by);
        return `(max(${cell} over 7d by ${by}) ?? 0)`;
      }
      case 1:
        reads.key.add('g');
        return `count(rows over 3d by g)`;
      case 2:
        return this.lookUp(reads);
      case 3:
        reads.joined.add('notes.v');
        reads.key.add('g');
        return '(n.v ?? 0)';
      default: {
        const { name } = random.pick(this.other);
        reads.key.add('id');
        // The row itself is found in the other view only if its T is not after this one's.
        if (this.otherOffset <= this.offset) reads.features.add(`Other.${name}`);
        else reads.joined.add(`Other.${name}`);
        return `(w.${name} ?? 0)`;
      }
    }
  }

  spec(): string {
    const view = (features: readonly Drawn[]): string =>
      features.map(f => `  ${f.label ? 'label ' : ''}${f.name} = ${f.text}`).join('\n');
    const column = (name: string): string => {
      const delay = this.delays[name]!;
      return `  ${name}: int${delay > 0 ? ` @known_after(${delay}h)` : ''}`;
    };
    const at = (offset: number): string => (offset === 0 ? 't' : `t + ${offset}h`);
    return `import std.sources { csv }
schema Row {
  id: int @key
  t: datetime @event_time
  g: string
${['n0', 'n1', 'l0', 'l1', 'y'].map(column).join('\n')}
}
schema Info { g: string @key  v: int }
schema Note { g: string  written: datetime @event_time  v: int @known_after(5h) }
source rows: Row = csv("rows.csv")
source infos: Info = csv("infos.csv")
source notes: Note = csv("notes.csv")
function once(x: int) -> int = x + 1
function two(x: int, y: int) -> int = x * 2 - y
function nested(x: int) -> int = two(once(x), x)
features Other from rows at ${at(this.otherOffset)} {
${view(this.other)}
}
features Main from rows at ${at(this.offset)} {
  join infos as i on i.g == g
  join infos as same on g == same.g
  join notes as n on n.g == g
  join Other as w on w.id == id
${view(this.features)}
}
`;
  }

  /** Everything read through any number of features, but not through those left out. */
  private all(of: Drawn, without: ReadonlySet<string>): Reads {
    const found = nothing();
    const visit = (f: Drawn, prefix: string): void => {
      const { features, ...cells } = f.reads;
      join(found, { ...cells, features: new Set() });
      for (const name of features) {
        const foreign = name.startsWith('Other.');
        const full = foreign || prefix === '' ? name : `${prefix}${name}`;
        if (without.has(full)) continue;
        found.features.add(full);
        const inOther = full.startsWith('Other.');
        const target = (inOther ? this.other : this.features).find(
          x => x.name === full.replace('Other.', ''),
        )!;
        visit(target, inOther ? 'Other.' : '');
      }
    };
    visit(of, '');
    return found;
  }

  /** Lines `leak f` and `late f cell`, by the definitions. */
  expected(): string[] {
    const lines: string[] = [];
    const answer = this.features.find(f => f.label)!;
    const label = this.all(answer, new Set());
    const known = (cell: string): boolean => this.delays[cell]! <= this.offset;
    const decided = [...label.own, ...label.key, ...label.lookup].every(known);
    const leaking = new Set<string>();
    for (const feature of this.features) {
      if (feature.label) continue;
      const reads = this.all(feature, leaking);
      const hits = new Set([
        ...[...reads.own].filter(c => label.own.has(c) || label.lookup.has(c)),
        ...[...reads.key, ...reads.lookup].filter(c => label.own.has(c)),
      ]);
      const told =
        reads.features.has('answer') ||
        (decided &&
          ([...reads.joined].some(c => label.joined.has(c)) ||
            [...reads.features, feature.name].some(name => label.features.has(name))));
      const leaks = hits.size > 0 || told;
      if (leaks) {
        leaking.add(feature.name);
        lines.push(`leak ${feature.name}`);
      }
      const direct = new Set([...feature.reads.own, ...feature.reads.key, ...feature.reads.lookup]);
      for (const cell of direct)
        if (!known(cell) && !(leaks && hits.has(cell))) lines.push(`late ${feature.name} ${cell}`);
    }
    return lines.sort();
  }
}

test('leaks and late values are found exactly where the definitions say', () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const kinds = { leak: 0, late: 0, silent: 0 };
  for (let i = 0; i < rounds(150, 10_000); i++) {
    const drawing = new Drawing(random);
    const spec = drawing.spec();
    // Whether anything is left to predict is another question, which test/properties/flow asks.
    const diagnostics = compileText(spec).diagnostics.filter(({ code }) => code !== 'MLP4103');
    const found = diagnostics.map(({ code, message }) => {
      const [, first, second] =
        message.match(/^feature `(\w+)` (?:reads|is looked up by) (?:the label )?`([\w.]+)`/) ??
        message.match(/^the label `\w+` is computed from the feature `(\w+)`/) ??
        [];
      if (code === 'MLP4001') return `leak ${first}`;
      return code === 'MLP4002' ? `late ${first} ${second}` : `${code} ${message}`;
    });
    const expected = drawing.expected();
    const unexpected = `round ${i}\n${spec}\n${renderText(diagnostics)}`;
    assert.equal([...new Set(found)].sort(), expected, unexpected);
    if (expected.length === 0) kinds.silent += 1;
    for (const line of expected) kinds[line.startsWith('leak') ? 'leak' : 'late'] += 1;
  }
  // The draw is worth something only if all outcomes are common.
  assert.ok(kinds.leak > 50 && kinds.late > 20 && kinds.silent > 5, JSON.stringify(kinds));
});

test.run();
