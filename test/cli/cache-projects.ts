import type { Random } from '../support/random.ts';

/** Random projects of a few files whose declarations use each other across files, with mistakes among them. */

type Kind = keyof typeof variants;
interface Item {
  readonly kind: Kind;
  readonly id: number;
  readonly variant: number;
}

/** Each kind in several forms; some are wrong, by themselves or because of others. */
const variants = {
  E: [(i: number) => `enum E${i} { free, team }`, i => `enum E${i} { free, team, business }`],
  S: [
    i =>
      `schema S${i} {\n  at: datetime @event_time\n  site: string\n  plan: E${i}\n  n: int in 0..100\n  m: float?\n  late: bool @known_after(1d)\n}`,
    i =>
      `schema S${i} {\n  at: datetime @event_time\n  site: string @pii\n  plan: E${i}\n  n: float in 0..10\n  late: bool @known_after(3d)\n}`,
    i =>
      `schema S${i} {\n  at: datetime\n  site: string\n  plan: E${i}\n  n: int\n  m: float\n  late: bool\n}`,
  ],
  s: [
    i => `source s${i}: S${i} = csv("s${i}.csv")`,
    i => `source s${i}: S${i} = csv("s${i}.csv") { lag 2d }`,
    i => `source s${i}: S${(i + 1) % 4} = parquet("s${i}.parquet") { quarantine up to 1% }`,
  ],
  v: [
    i => `validation v${i} on s${i} {\n  require count() >= 10\n  require mean(n) in 0..50\n}`,
    i => `validation v${i} on s${i} {\n  policy p${i}(3)\n}`,
    i => `validation v${i} on s${i} {\n  require count() >= 10\n  policy p${(i + 1) % 4}(3)\n}`,
    i => `validation v${i} on s${i} { require mean(nn) > 0 }`,
  ],
  p: [
    i => `policy p${i}(rows: int) { require count() >= rows }`,
    i => `policy p${i}(rows: float) { require mean(n) >= rows }`,
    i => `policy p${i}(rows: int) { require count() >= 0 }`,
    i => `policy p${i}(rows: int) { require mean(m) >= rows }`,
    i => `policy p${i}(rows: int) { require count() > rows and auc > 0.5 }`,
  ],
  f: [
    i => `function f${i}(x: int) -> bool = x > 3`,
    i => `function f${i}(x: float) -> float = x * 2.0`,
    i => `function f${i}(x: int) -> bool = f${(i + 1) % 4}(x)`,
  ],
  F: [
    i =>
      `features F${i} from s${i} at at {\n  use site\n  high = f${i}(n)\n  recent = mean(n over 7d by site) ?? 0.0\n  label y = late\n}`,
    i => `features F${i} from s${i} at at {\n  use plan\n  leak = late\n  label y = late\n}`,
    i =>
      `features F${i} from s${i} at at {\n  key site\n  use plan\n  often = count(s${(i + 1) % 4} over 12h by site)\n  label y = n > 3\n}`,
    i =>
      `features F${i} from s${i} at at {\n  join F${(i + 1) % 4} as o on o.site == site\n  x = o.often ?? 0\n  label y = late\n}`,
  ],
  m: [
    i =>
      `model m${i} {\n  features F${i}\n  predict y\n  split by time { train 70%  validation 15%  test 15% }\n  train gradient_boosting(rounds: 5)\n  seed 1\n  evaluate auc\n  promote { require auc >= 0.6 }\n}`,
    i =>
      `model m${i} {\n  features F${i}\n  predict y\n  split by hash { train 70%  test 30% }\n  train logistic_regression()\n  evaluate auc, rmse by plan\n}`,
  ],
  d: [
    i => `deployment d${i} { serve m${i} }`,
    i =>
      `deployment d${i} {\n  serve m${i}\n  traffic 5rps\n  log 20% of requests\n  rollout canary { 5% for 10min, 100% }\n  rollback when error_rate > 1%\n}`,
  ],
  w: [
    i => `monitor w${i} on d${i} {\n  every 1d over 7d\n  labels from s${i} on (site)\n  alert auc < 0.6\n}`,
    i => `monitor w${i} on d${i} {\n  every 1d over 7d\n  alert auc < 0.6\n}`,
  ],
  l: [
    i => `pipeline l${i} {\n  run m${i}\n  on schedule("0 3 * * *", zone: "UTC")\n}`,
    i => `pipeline l${i} {\n  run d${i}\n  on alert(w${i})\n}`,
    i => `pipeline l${i} {\n  run m${i}, v${i}\n  on new_rows(s${i}) >= 10\n  timeout 6h\n}`,
  ],
  e: [
    i => `environment e${i} {\n  target local\n  source s${i} = csv("other.csv")\n}`,
    i =>
      `environment e${i} extends e${(i + 1) % 4} {\n  target local\n  models promoted from e${(i + 1) % 4}\n}`,
  ],
  c: [i => `param c${i}: int in 1..9 = 3`, i => `let c${i} = 10 / 4`],
} as const satisfies Record<string, readonly ((i: number) => string)[]>;

const KINDS = Object.keys(variants) as Kind[];
const LIBRARY: Readonly<Record<string, string>> = {
  csv: 'sources',
  parquet: 'sources',
  gradient_boosting: 'learn',
  logistic_regression: 'learn',
  auc: 'metrics',
  rmse: 'metrics',
};

export class RandomProject {
  private readonly random: Random;
  private readonly files = new Map<string, Item[]>();
  private readonly forgets = new Map<string, number>();
  private comment = 0;

  constructor(random: Random, files: number) {
    this.random = random;
    const names = ['a', 'b/c', 'with space', 'd', 'e/f/g', 'h', 'i', 'j'].slice(0, files);
    for (const name of names) this.files.set(`${name}.mlp`, []);
    for (const kind of KINDS)
      for (let id = 0; id < 4; id++)
        if (this.random.chance(0.97)) this.place({ kind, id, variant: this.variant(kind) });
  }

  /** The texts as they are now. */
  texts(): Map<string, string> {
    return new Map([...this.files].map(([name, items]) => [name, this.text(name, items)]));
  }

  /** One small change, as somebody at work makes it. */
  edit(): void {
    const names = [...this.files.keys()];
    const name = this.random.pick(names);
    const items = this.files.get(name)!;
    const at = this.random.int(0, Math.max(0, items.length - 1));
    const item = items[at];
    const choice = this.random.int(0, 7);
    if (choice <= 2 && item) items[at] = { ...item, variant: this.variant(item.kind) };
    else if (choice === 3 && item && this.random.chance(0.3)) items.splice(at, 1);
    else if (choice === 4) {
      const kind = this.random.pick(KINDS);
      this.place({ kind, id: this.random.int(0, 3), variant: this.variant(kind) });
    } else if (choice === 5 && item) {
      items.splice(at, 1);
      this.place(item);
    } else if (choice === 6) this.forgets.set(name, this.random.int(0, 3));
    else this.comment++;
    if (this.random.chance(0.02) && names.length > 2) this.files.delete(name);
    if (this.random.chance(0.05)) this.files.set(`new${this.random.int(0, 3)}.mlp`, []);
  }

  private variant(kind: Kind): number {
    return this.random.chance(0.6) ? 0 : this.random.int(0, variants[kind].length - 1);
  }

  private place(item: Item): void {
    this.files.get(this.random.pick([...this.files.keys()]))!.push(item);
  }

  private text(name: string, items: readonly Item[]): string {
    const body = items.map(({ kind, id, variant }) => variants[kind][variant]!(id)).join('\n\n');
    return `${this.imports(name, items, body).join('\n')}\n\n${body}\n// ${this.comment}\n`;
  }

  /** What the file uses of others, one of them forgotten now and then. */
  private imports(name: string, items: readonly Item[], body: string): string[] {
    const own = new Set(items.map(({ kind, id }) => `${kind}${id}`));
    const wanted = new Map<string, string[]>();
    const want = (from: string, what: string) => wanted.set(from, [...(wanted.get(from) ?? []), what]);
    for (const word of new Set(body.match(/\w+/g) ?? [])) {
      const library = LIBRARY[word];
      if (library) want(`std.${library}`, word);
      else if (/^[A-Za-z]\d$/.test(word) && !own.has(word)) {
        const home = [...this.files].find(([, others]) => others.some(o => `${o.kind}${o.id}` === word))?.[0];
        // What runs or stores is known in the whole project without an import.
        const known =
          !/^[ESfpc]/.test(word) && (name.length + word.charCodeAt(0) + word.charCodeAt(1)) % 2 === 0;
        if (home !== undefined && home !== name && !known) want(JSON.stringify(relative(name, home)), word);
      }
    }
    const lines = [...wanted].sort().map(([from, names]) => `import ${from} { ${names.sort().join(', ')} }`);
    const forget = this.forgets.get(name);
    return forget === undefined ? lines : lines.filter((_, i) => i !== forget);
  }
}

function relative(from: string, to: string): string {
  const up = '../'.repeat(from.split('/').length - 1);
  return `${up === '' ? './' : up}${to}`;
}
