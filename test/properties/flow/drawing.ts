import type { Random } from '../../support/random.ts';
import type { Files } from './project.ts';

/**
 * Random projects: a label's column, late columns and personal ones go through functions of other files, aliases, lets,
 * components, `use`, joins, views of views, windows and masking functions. Nothing is noted of what is drawn: what it
 * means is told by the compiler and by the slow reference, each from the text.
 */

type Kind = 'number' | 'text';
interface Column {
  readonly name: string;
  readonly kind: Kind | 'time';
}
interface Readable {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly timed: boolean;
  /** By which a join on a table without time, or on a view, must go. */
  readonly key: readonly string[];
  readonly view: boolean;
}

const library = `import std.privacy { hash, bucket as coarse }

function twice(x: float) -> float = x * 2.0
function first_of(a: float, b: float) -> float = a
function larger(a: float, b: float) -> float = if a > b then a else b
function nested(x: float, y: float) -> float = larger(twice(x), first_of(y, x))
function size(x: float) -> float = match x { 1.0 => 0.0, _ => nested(x, 1.0) }
function word(x: string) -> float = if lower(x) in {"a", "b"} then 1.0 else 2.0
function hidden(x: string) -> string = hash(trim(x))
function rough(x: float) -> float = coarse(x, 10.0)
@masks
function initial(x: string) -> string = coalesce_text(split_part(x, "@", 2))
function coalesce_text(x: string?) -> string = x ?? "none"
`;
const functions = ['twice', 'first_of', 'larger', 'nested', 'size', 'word', 'hidden', 'rough', 'initial'];

export function drawProject(random: Random): Files {
  return new Drawing(random).draw();
}

class Drawing {
  private readonly random: Random;
  private readonly readable: Readable[] = [];
  private readonly data: string[] = [];
  private readonly main: string[] = [];
  /** Functions by the names under which they are imported. */
  private readonly names = new Map<string, string>();

  constructor(random: Random) {
    this.random = random;
  }

  draw(): Files {
    const { random } = this;
    for (const name of functions) this.names.set(name, random.chance(0.3) ? `${name}_2` : name);
    const sources = ['orders', 'visits'];
    for (const name of sources) this.source(name);
    this.data.push(
      'schema Info { k: string @key  v: float  owner: string @pii }',
      'source infos: Info = csv("infos.csv")',
    );
    const info: Column[] = [
      { name: 'k', kind: 'text' },
      { name: 'v', kind: 'number' },
      { name: 'owner', kind: 'text' },
    ];
    this.readable.push({ name: 'infos', columns: info, timed: false, key: ['k'], view: false });
    if (random.chance(0.5)) this.component('scores', random.pick(this.readable));
    if (random.chance(0.2)) this.component('moods', this.readable.at(-1)!);
    const plain = this.readable.filter(table => !table.timed);
    if (random.chance(0.4)) this.view('Plain', random.pick(plain), random.int(1, 3));
    if (random.chance(0.6)) this.view('First', this.rows(), random.int(1, 3));
    this.view('Main', this.rows(), random.int(2, 5));
    if (random.chance(0.4)) this.model();
    return { 'main.mlp': this.mainFile(), 'data.mlp': this.dataFile(), 'lib.mlp': library };
  }

  private mainFile(): string {
    const text = this.main.join('\n');
    const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
    const imported = [...this.names].filter(([, as]) => used(as));
    const list = imported.map(([name, as]) => (name === as ? name : `${name} as ${as}`));
    const tables = this.readable.filter(t => !t.view && used(t.name)).map(t => t.name);
    const lets = ['week', 'soon'].filter(used);
    return [
      'import std.learn { constant }\nimport std.metrics { rmse }',
      ...(list.length > 0 ? [`import "./lib.mlp" { ${list.join(', ')} }`] : []),
      `import "./data.mlp" { ${[...tables, ...lets].join(', ')} }`,
      text,
    ].join('\n');
  }

  private dataFile(): string {
    return `import std.sources { csv }\nlet week = 7d\nparam soon: duration = 2d\n${this.data.join('\n')}\n`;
  }

  private rows(): Readable {
    const { random } = this;
    const timed = this.readable.filter(table => table.timed && !table.view);
    return random.chance(0.85) ? random.pick(timed.slice(0, 2)) : random.pick(timed);
  }

  private source(name: string): void {
    const { random } = this;
    const late = (share: number): string => {
      if (!random.chance(share)) return '';
      return random.chance(0.6) ? ` @known_after(${random.pick([1, 3, 12])}h)` : ' @known_at(loaded)';
    };
    this.data.push(
      `schema Base_${name} {`,
      `  id: int @key\n  t: datetime @event_time\n  loaded: datetime${random.chance(0.3) ? ' @known_at(loaded)' : ''}`,
      `  k: string${late(0.1)}\n  x: float${late(0.3)}\n}`,
      `schema Row_${name} extends Base_${name} {`,
      `  y: float${late(0.7)}\n  g: string${late(0.2)}\n  email: string @pii${late(0.1)}\n  born: float @pii\n}`,
      `source ${name}: Row_${name} = csv("${name}.csv")${random.chance(0.25) ? ` { lag ${random.pick(['1h', '3h'])} }` : ''}`,
    );
    const columns: Column[] = [
      { name: 'k', kind: 'text' },
      { name: 'x', kind: 'number' },
      { name: 't', kind: 'time' },
      { name: 'loaded', kind: 'time' },
      { name: 'y', kind: 'number' },
      { name: 'g', kind: 'text' },
      { name: 'email', kind: 'text' },
      { name: 'born', kind: 'number' },
    ];
    this.readable.push({ name, columns, timed: true, key: ['id'], view: false });
  }

  private component(name: string, input: Readable): void {
    const { random } = this;
    const timed = random.chance(input.timed ? 0.75 : 0.2);
    const row =
      input.name === 'infos' ? 'Info' : input.key[0] === 'id' ? `Row_${input.name}` : `Made_${input.name}`;
    const seen = random.chance(0.5) ? ' @known_at(seen)' : random.chance(0.3) ? ' @known_after(3h)' : '';
    const known = timed ? seen : '';
    const pii = random.chance(0.1) ? ' @pii' : '';
    const from = (count: number): string =>
      Array.from({ length: count }, () => random.pick(input.columns).name)
        .filter((c, i, all) => all.indexOf(c) === i)
        .join(', ');
    const fields = [
      `k: string${timed ? '' : ' @key'}`,
      ...(timed ? ['t: datetime @event_time', 'seen: datetime'] : []),
      `s: float${known}${pii}`,
      `w: string${known}`,
    ];
    const clauses = [
      `k: string from (k)`,
      ...(timed
        ? [
            `t: datetime from (${input.timed ? 't' : 'k'})`,
            `seen: datetime from (${input.columns.find(c => c.kind === 'time' && c.name !== 't')?.name ?? 'k'})`,
          ]
        : []),
      `s: float from (${from(2)})`,
      `w: string from (${from(1)})`,
    ].filter(() => random.chance(0.9));
    const masks = random.chance(0.2) ? '@masks\n' : '';
    const value = `make_${name}(${input.name})`;
    this.data.push(
      `schema Made_${name} { ${fields.join('  ')} }`,
      `${masks}component make_${name}(rows: table ${row}) -> table Made_${name} {\n  run python "s.py:make"\n  ${clauses.join('\n  ')}\n}`,
      random.chance(0.5) ? `let ${name} = ${value}` : `source ${name}: Made_${name} = ${value}`,
    );
    const columns: Column[] = [
      { name: 'k', kind: 'text' },
      ...(timed
        ? ([
            { name: 't', kind: 'time' },
            { name: 'seen', kind: 'time' },
          ] as const)
        : []),
      { name: 's', kind: 'number' },
      { name: 'w', kind: 'text' },
    ];
    this.readable.push({ name, columns, timed, key: ['k'], view: false });
  }

  private view(name: string, source: Readable, count: number): void {
    const { random } = this;
    const own = source.columns.filter(c => c.kind === 'time').map(c => c.name);
    const offset = random.chance(0.4) ? random.pick([' + 1h', ' + 3h', ' + 12h', ' - 1h']) : '';
    const moment = random.chance(0.2)
      ? 'each day'
      : `${random.chance(0.7) ? 't' : random.pick(own)}${offset}`;
    const key = source.key[0] === 'id' ? random.pick([['id'], ['id'], ['k'], ['k', 'g']]) : ['k'];
    const drawing = new ViewDrawing(random, name, source, this.readable, this.names);
    const body = [`  key ${key.join(', ')}`, ...drawing.joins(), ...drawing.features(count)];
    this.main.push(
      `features ${name} from ${source.name}${source.timed ? ` at ${moment}` : ''} {\n${body.join('\n')}\n}`,
    );
    const keys = source.columns.filter(c => key.includes(c.name));
    const columns = [...keys, ...drawing.drawn.filter(f => !keys.some(c => c.name === f.name))];
    this.readable.push({ name, columns, timed: source.timed, key, view: true });
    this.last = drawing;
  }
  private last: ViewDrawing | undefined;

  private model(): void {
    const label = this.last?.labels[0];
    if (label === undefined || !this.last) return;
    const { random } = this;
    const others = this.last.drawn.filter(f => !f.name.startsWith('answer')).map(f => f.name);
    if (others.length === 0) return;
    const left = random.chance(0.4) && others.length > 1 ? ` without { ${random.pick(others)} }` : '';
    this.main.push(
      `model m {\n  features Main${left}\n  predict ${label}\n  split by time { train 80%  test 20% }\n  train constant()\n  seed 1\n  evaluate rmse\n}`,
    );
  }
}

class ViewDrawing {
  /** Features and labels, as others see them. */
  readonly drawn: Column[] = [];
  readonly labels: string[] = [];
  private readonly aliases: { readonly name: string; readonly columns: readonly Column[] }[] = [];
  private readonly random: Random;
  private readonly name: string;
  private readonly source: Readable;
  private readonly readable: readonly Readable[];
  private readonly functions: ReadonlyMap<string, string>;
  /** Features so far; a label is read by others now and then. */
  private readonly above: Column[] = [];

  constructor(
    random: Random,
    name: string,
    source: Readable,
    readable: readonly Readable[],
    functions: ReadonlyMap<string, string>,
  ) {
    this.random = random;
    this.name = name;
    this.source = source;
    this.readable = readable;
    this.functions = functions;
  }

  joins(): string[] {
    const { random } = this;
    const fitting = this.readable.filter(table => this.source.timed || !table.timed);
    return Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, (_, i) => {
      const table = random.chance(0.4)
        ? (fitting.findLast(t => t.view) ?? random.pick(fitting))
        : random.pick(fitting);
      const alias = `j${i}`;
      const whole = random.chance(0.95) ? table.key : table.key.slice(0, 1);
      const free = !table.view && table.timed && random.chance(0.6) ? [random.pick(['k', 'k', 'g'])] : whole;
      const known = free.filter(c => c === 'id' || table.columns.some(own => own.name === c));
      const on = (known.length > 0 ? known : ['k']).map(column => {
        const own = this.own(column);
        return random.chance(0.5) ? `${alias}.${column} == ${own}` : `${own} == ${alias}.${column}`;
      });
      this.aliases.push({ name: alias, columns: table.columns });
      const within =
        table.timed && random.chance(0.3)
          ? ` within ${random.pick(['1h', '3h', '12h', 'soon', 'week'])}`
          : '';
      return `  join ${table.name} as ${alias} on ${on.join(' and ')}${within}`;
    });
  }

  /** The own side of a join's equation: mostly the column of that name, else a text. */
  private own(column: string): string {
    const { random } = this;
    const has =
      column === 'id' ? this.source.key[0] === 'id' : this.source.columns.some(c => c.name === column);
    if (column === 'id') return has && random.chance(0.9) ? 'id' : '7';
    if (has && random.chance(0.8)) return column;
    const before = random.chance(0.3) ? this.aliasColumn('text') : undefined;
    if (before) return `(${before} ?? "none")`;
    return this.source.columns.some(c => c.name === 'g') && random.chance(0.5) ? 'g' : 'lower(k)';
  }

  features(count: number): string[] {
    const { random } = this;
    const prefix = this.name.toLowerCase();
    const label = random.chance(0.8) ? random.int(0, count) : -1;
    return Array.from({ length: count + 1 }, (_, i) => {
      if (i === label || random.chance(0.1)) {
        const name = `answer_${prefix}${i}`;
        const value =
          random.chance(0.3) && this.source.timed ? this.ahead() : this.number(1, ['y', 'y', 'x', 's', 'v']);
        this.labels.push(name);
        if (random.chance(0.15)) this.above.push({ name, kind: 'number' });
        // Others read it as a number.
        this.drawn.push({ name, kind: 'number' });
        return `  label ${name} = ${value}`;
      }
      const column = random.pick(this.source.columns);
      if (random.chance(0.12) && column.kind !== 'time' && !this.drawn.some(f => f.name === column.name)) {
        this.drawn.push(column);
        return `  use ${column.name}`;
      }
      const name = `${prefix}${i}`;
      const kind: Kind = random.chance(0.25) ? 'text' : 'number';
      const value = kind === 'text' ? this.text(1) : this.number(random.int(0, 2));
      this.above.push({ name, kind });
      this.drawn.push({ name, kind });
      return `  ${name} = ${value}`;
    });
  }

  private call(name: string, ...args: string[]): string {
    return `${this.functions.get(name)!}(${args.join(', ')})`;
  }

  private aliasColumn(kind: Kind): string | undefined {
    const all = this.aliases.flatMap(({ name, columns }) =>
      columns.filter(c => c.kind === kind).map(c => `${name}.${c.name}`),
    );
    return all.length > 0 ? this.random.pick(all) : undefined;
  }

  private number(depth: number, wanted: readonly string[] = []): string {
    const { random } = this;
    const inner = (): string => this.number(depth - 1, wanted);
    if (depth > 0)
      switch (random.int(0, 8)) {
        case 0:
          return `(${inner()} + ${inner()})`;
        case 1:
          return this.call('twice', inner());
        case 2:
          return this.call('first_of', inner(), inner());
        case 3:
          return this.call('nested', `y: ${inner()}`, `x: ${inner()}`);
        case 4:
          return `(if ${inner()} > 1.0 then ${inner()} else ${inner()})`;
        case 5:
          return this.call('size', inner());
        case 6:
          return this.call('rough', inner());
        case 7:
          return this.call('word', this.text(0));
        default:
          return `(match ${this.text(0)} { "a" => ${inner()}, _ => ${inner()} })`;
      }
    const choice = random.next();
    const above = this.above.filter(f => f.kind === 'number');
    if (choice < 0.25 && above.length > 0) return random.pick(above).name;
    const alias = choice < 0.5 ? this.aliasColumn('number') : undefined;
    if (alias) return `(${alias} ?? 0.0)`;
    if (choice < 0.65 && this.source.timed) return this.window();
    const numbers = this.source.columns.filter(c => c.kind === 'number');
    const fitting = numbers.filter(c => wanted.includes(c.name));
    const early = numbers.filter(c => c.name === 'x');
    if (choice > 0.95 && numbers.length > 0) return `(fitted mean(${random.pick(numbers).name}))`;
    return random.pick(
      fitting.length > 0 ? fitting : random.chance(0.5) && early.length > 0 ? early : numbers,
    ).name;
  }

  private text(depth: number): string {
    const { random } = this;
    if (depth > 0)
      switch (random.int(0, 4)) {
        case 0:
          return this.call('hidden', this.text(0));
        case 1:
          return this.call('initial', this.text(0));
        case 2:
          return `lower(${this.text(0)})`;
        case 3:
          return `(if ${this.number(0)} > 2.0 then ${this.text(0)} else "b")`;
        default:
      }
    const choice = random.next();
    const above = this.above.filter(f => f.kind === 'text');
    if (choice < 0.2 && above.length > 0) return random.pick(above).name;
    const alias = choice < 0.45 ? this.aliasColumn('text') : undefined;
    if (alias) return `(${alias} ?? "none")`;
    return random.pick(this.source.columns.filter(c => c.kind === 'text')).name;
  }

  private ahead(): string {
    const { random } = this;
    const table = random.pick(this.readable.filter(t => t.timed));
    const by = table.columns.some(c => c.name === 'k') ? ' by k' : '';
    return `to_float(count(${table.name} over next ${random.pick(['1d', 'soon'])}${by}))`;
  }

  private window(): string {
    const { random } = this;
    if (random.chance(0.04)) return this.ahead();
    const timed = this.readable.filter(t => t.timed);
    const table = random.chance(0.4) ? timed.find(t => t.name === this.source.name)! : random.pick(timed);
    const keys = ['k', 'g'].filter(c =>
      [table, this.source].every(t => t.columns.some(own => own.name === c)),
    );
    const by = keys.length > 0 && random.chance(0.8) ? ` by ${random.pick(keys)}` : '';
    const own = table.name === this.source.name;
    const texts = table.columns.filter(c => c.kind === 'text');
    const numbers = table.columns.filter(c => c.kind === 'number');
    const condition = (): string => {
      const text = random.pick(texts).name;
      return random.chance(0.5) ? `${text} == "a"` : `${this.call('hidden', text)} != "b"`;
    };
    const where = texts.length > 0 && random.chance(0.3) ? ` where ${condition()}` : '';
    const over = `${where} over ${random.pick(['1h', '3h', '12h', 'soon', 'week', '5d'])}${by}`;
    if (numbers.length === 0 || random.chance(0.25)) return `to_float(count(${table.name}${over}))`;
    const column = random.pick(numbers).name;
    const value = random.chance(0.2) ? this.call('twice', column) : column;
    return `(${random.pick(['mean', 'max', 'last'])}(${value}${own ? '' : ` of ${table.name}`}${over}) ?? 0.0)`;
  }
}
