import type { Random } from '../../support/random.ts';

type Kind = 'number' | 'text';
export interface Column {
  readonly name: string;
  readonly kind: Kind | 'time';
}
export interface Readable {
  readonly name: string;
  /** The schema of its rows. */
  readonly row: string;
  readonly columns: readonly Column[];
  readonly timed: boolean;
  /** By which a join on a table without time, or on a view, must go. */
  readonly key: readonly string[];
  /** Does it hand on the rows' own key? */
  readonly id: boolean;
  readonly view: boolean;
}

/** Joins, features and labels of one view, by chance. */
export class ViewDrawing {
  /** Features and labels, as others see them. */
  readonly drawn: Column[] = [];
  readonly labels: string[] = [];
  private readonly aliases: { readonly name: string; readonly columns: readonly Column[] }[] = [];
  private readonly random: Random;
  private readonly name: string;
  private readonly source: Readable;
  private readonly readable: readonly Readable[];
  private readonly functions: ReadonlyMap<string, string>;
  /** Features of a view that a model takes too, whose names are taken. */
  private readonly beside: readonly Column[];
  /** Features so far; a label is read by others now and then. */
  private readonly above: Column[] = [];

  constructor(
    random: Random,
    name: string,
    source: Readable,
    readable: readonly Readable[],
    functions: ReadonlyMap<string, string>,
    beside: readonly Column[],
  ) {
    this.beside = beside;
    this.random = random;
    this.name = name;
    this.source = source;
    this.readable = readable;
    this.functions = functions;
  }

  joins(count: number): string[] {
    const { random } = this;
    const fitting = this.readable.filter(table => this.source.timed || !table.timed);
    return Array.from({ length: count }, () => {
      const table = random.chance(0.4)
        ? (fitting.findLast(t => t.view) ?? random.pick(fitting))
        : random.pick(fitting);
      const alias = `j${this.aliases.length}`;
      const whole = random.chance(0.95) ? table.key : table.key.slice(0, 1);
      const some = table.id && random.chance(0.3) ? 'id' : random.pick(['k', 'k', 'g']);
      const free = !table.view && table.timed && random.chance(0.6) ? [some] : whole;
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
    const has = column === 'id' ? this.source.id : this.source.columns.some(c => c.name === column);
    if (column === 'id') return has && random.chance(0.9) ? 'id' : '7';
    if (has && random.chance(0.75)) return column;
    const before = random.chance(0.5) ? this.aliasColumn('text') : undefined;
    if (before) return `(${before} ?? "none")`;
    const above = this.above.filter(f => f.kind === 'text');
    if (above.length > 0 && random.chance(0.7)) return random.pick(above).name;
    return this.source.columns.some(c => c.name === 'g') && random.chance(0.5) ? 'g' : 'lower(k)';
  }

  features(count: number): string[] {
    const { random } = this;
    const prefix = this.name.toLowerCase();
    const label = random.chance(0.8) ? random.int(0, count) : -1;
    return Array.from({ length: count + 1 }, (_, i) => {
      const number = this.drawn.length;
      if (i === label || random.chance(0.1)) {
        const name = `answer_${prefix}${number}`;
        const value =
          random.chance(0.3) && this.source.timed ? this.ahead() : this.number(1, ['y', 'y', 'x', 's', 'v']);
        this.labels.push(name);
        if (random.chance(0.15)) this.above.push({ name, kind: 'number' });
        // Others read it as a number.
        this.drawn.push({ name, kind: 'number' });
        return `  label ${name} = ${value}`;
      }
      const column = random.pick(this.source.columns);
      if (random.chance(0.12) && column.kind !== 'time' && this.isFree(column.name)) {
        this.drawn.push(column);
        return `  use ${column.name}`;
      }
      const kind: Kind = random.chance(0.25) ? 'text' : 'number';
      const name = (kind === 'text' && this.columnName()) || `${prefix}${number}`;
      const value = kind === 'text' ? this.text(1) : this.number(random.int(0, 2));
      this.above.push({ name, kind });
      this.drawn.push({ name, kind });
      return `  ${name} = ${value}`;
    });
  }

  /** A column's name of other tables, by which the rows of windows can be chosen. */
  private columnName(): string | undefined {
    const { random } = this;
    const free = ['k', 'g', 'w'].filter(
      name => this.isFree(name) && !this.source.columns.some(c => c.name === name),
    );
    return free.length > 0 && random.chance(0.6) ? random.pick(free) : undefined;
  }

  private isFree(name: string): boolean {
    return ![...this.drawn, ...this.beside].some(f => f.name === name);
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
    if (choice > 0.93 && numbers.length > 0) {
      const aggregate = random.pick(['mean', 'mean', 'max', 'min', 'stddev']);
      const value = random.chance(0.3) && above.length > 0 ? random.pick(above) : random.pick(numbers);
      return `(fitted ${aggregate}(${(random.chance(0.3) && this.aliasColumn('number')) || value.name}))`;
    }
    return random.pick(
      fitting.length > 0 ? fitting : random.chance(0.5) && early.length > 0 ? early : numbers,
    ).name;
  }

  private text(depth: number): string {
    const { random } = this;
    if (depth > 0)
      switch (random.int(0, 7)) {
        case 4:
          return this.call('clean', this.text(0), this.text(0));
        case 5:
          return this.call('veiled', this.text(0), this.text(0));
        case 6: {
          const table = random.pick(this.readable.filter(t => t.timed));
          const texts = table.columns.filter(c => c.kind === 'text');
          if (!this.source.timed || texts.length === 0) return this.text(0);
          const of = table.name === this.source.name ? '' : ` of ${table.name}`;
          return `(last(${random.pick(texts).name}${of} over 12h${this.by(table)}) ?? "none")`;
        }
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
    const over = `over next ${random.pick(['1d', 'soon'])}${this.by(table)}`;
    const numbers = table.columns.filter(c => c.kind === 'number');
    if (numbers.length === 0 || random.chance(0.5)) return `to_float(count(${table.name} ${over}))`;
    const of = table.name === this.source.name ? '' : ` of ${table.name}`;
    return `(max(${random.pick(numbers).name}${of} ${over}) ?? 0.0)`;
  }

  /** What the rows of a window are chosen by: columns of both sides, or features above. */
  private by(table: Readable): string {
    const { random } = this;
    const own = [...this.source.columns, ...this.above.filter(f => f.kind === 'text')];
    const keys = ['k', 'g', 'w'].filter(c => [table.columns, own].every(t => t.some(o => o.name === c)));
    if (keys.length === 0 || random.chance(0.2)) return '';
    if (keys.length > 1 && random.chance(0.2)) return ` by (${random.shuffle(keys).slice(0, 2).join(', ')})`;
    return ` by ${random.pick(keys)}`;
  }

  private window(): string {
    const { random } = this;
    if (random.chance(0.04)) return this.ahead();
    const timed = this.readable.filter(t => t.timed);
    const table = random.chance(0.4) ? timed.find(t => t.name === this.source.name)! : random.pick(timed);
    const own = table.name === this.source.name;
    const texts = table.columns.filter(c => c.kind === 'text');
    const numbers = table.columns.filter(c => c.kind === 'number');
    const condition = (): string => {
      const text = random.pick(texts).name;
      return random.chance(0.5) ? `${text} == "a"` : `${this.call('hidden', text)} != "b"`;
    };
    const where = texts.length > 0 && random.chance(0.3) ? ` where ${condition()}` : '';
    const over = `${where} over ${random.pick(['1h', '3h', '12h', 'soon', 'week', '5d'])}${this.by(table)}`;
    if (numbers.length === 0 || random.chance(0.25)) return `to_float(count(${table.name}${over}))`;
    if (texts.length > 0 && random.chance(0.1)) {
      const of = own ? '' : ` of ${table.name}`;
      return `to_float(count_distinct(${random.pick(texts).name}${of}${over}))`;
    }
    const column = random.pick(numbers).name;
    const value = random.chance(0.2) ? this.call('twice', column) : column;
    return `(${random.pick(['mean', 'max', 'last'])}(${value}${own ? '' : ` of ${table.name}`}${over}) ?? 0.0)`;
  }
}
