import type { Random } from '../support/random.ts';

/**
 * Random small specs as text, with what the truncation test needs to know of them: which columns there are and from when
 * each cell is known. Legal and illegal ones are drawn alike; the compiler is to tell them apart.
 */

export type Kind = 'int' | 'float' | 'bool' | 'string' | 'datetime';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly optional: boolean;
  /** Known this many hours after the event. */
  readonly after?: number;
  /** Known at the time in this column. */
  readonly knownAt?: string;
}
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly timed: boolean;
  /** Hours that rows arrive late. */
  readonly lag: number;
}
/** A foreign step, carried out by the test: one row per `k`, or one per row of its input. */
export interface Component {
  readonly name: string;
  /** A source, or what an earlier one made. */
  readonly input: string;
  readonly cell: string;
  /** The column of its input from which `seen` is taken over, which says when its rows are known. */
  readonly loaded: string | undefined;
  readonly timed: boolean;
  readonly columns: readonly Column[];
}
export interface DrawnView {
  readonly name: string;
  readonly source: string;
  /** The source whose rows it has, one for one, perhaps by way of components. */
  readonly rows: string;
  /** The column of T; undefined on a grid of days, and without time. */
  readonly moment: string | undefined;
}
export interface DrawnSpec {
  readonly text: string;
  readonly tables: readonly Table[];
  readonly components: readonly Component[];
  /** In the order in which they must be computed. */
  readonly views: readonly DrawnView[];
}

/** A table as an expression sees it. */
interface Readable {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly timed: boolean;
}

const header = `import std.sources { csv }
function twice(x: float) -> float = x * 2.0
function larger(a: float, b: float) -> float = if a > b then a else b
function nested(x: float) -> float = larger(twice(x), x + 1.0)
`;
const zeros: Readonly<Record<Kind, string>> = {
  int: '0',
  float: '0.0',
  bool: 'false',
  string: '"none"',
  datetime: '2001-01-01T00:00',
};
const lengths = ['3h', '12h', '1d', '2d', '5d'];

/** Shares of the mistakes that are rare otherwise: windows that look ahead, components that mix all times. */
export interface Mistakes {
  readonly ahead: number;
  readonly mixed: number;
}

export function drawSpec(random: Random, mistakes: Mistakes = { ahead: 0.01, mixed: 0.15 }): DrawnSpec {
  return new Drawing(random, mistakes).draw();
}

class Drawing {
  private readonly random: Random;
  private readonly tables: Table[] = [];
  private readonly components: Component[] = [];
  private readonly readable: Readable[] = [];
  private readonly keys = new Map<string, readonly string[]>();
  private readonly lines: string[] = [];

  private readonly mistakes: Mistakes;

  constructor(random: Random, mistakes: Mistakes) {
    this.random = random;
    this.mistakes = mistakes;
  }

  draw(): DrawnSpec {
    const { random } = this;
    const names = random.chance(0.5) ? ['orders', 'visits'] : ['orders', 'visits', 'notes'];
    for (const name of names) this.table(name);
    if (random.chance(0.5)) this.timeless();
    const views: DrawnView[] = [];
    if (random.chance(0.2 + this.mistakes.mixed)) {
      const sources = this.tables.filter(table => table.timed);
      this.component('scores', random.pick(sources));
      if (random.chance(0.3)) this.component('moods', this.components[0]!);
    }
    if (random.chance(0.3)) views.push(...this.views());
    if (random.chance(0.6)) views.push(this.view('First', random.int(1, 3)));
    views.push(this.view('Second', random.int(1, 4)));
    return {
      text: header + this.lines.join('\n'),
      tables: this.tables,
      components: this.components,
      views,
    };
  }

  private table(name: string): void {
    const { random } = this;
    const lag = random.chance(0.2) ? random.pick([1, 3]) : 0;
    const cell = (column: string, kind: Kind, late: number, optional: number): Column => ({
      name: column,
      kind,
      optional: random.chance(optional),
      ...(random.chance(late)
        ? random.chance(0.6)
          ? { after: random.pick([1, 3, 12]) }
          : { knownAt: 'loaded' }
        : {}),
    });
    const columns: Column[] = [
      { name: 'id', kind: 'int', optional: false },
      cell('k', 'string', 0.08, 0.2),
      cell('g', 'int', 0.08, 0.1),
      { name: 't', kind: 'datetime', optional: false },
      cell('loaded', 'datetime', 0.3, 0.2),
      cell('x', 'float', 0.5, 0.4),
      cell('y', 'int', 0.4, 0.3),
      cell('f', 'bool', 0.3, 0.3),
      cell('w', 'string', 0.3, 0.3),
    ];
    this.tables.push({ name, columns, timed: true, lag });
    this.readable.push({ name, columns, timed: true });
    this.keys.set(name, ['id']);
    const fields = columns.map(column => {
      const known = column.after
        ? ` @known_after(${column.after}h)`
        : column.knownAt
          ? ` @known_at(${column.knownAt})`
          : '';
      const role = column.name === 'id' ? ' @key' : column.name === 't' ? ' @event_time' : '';
      return `  ${column.name}: ${column.kind}${column.optional ? '?' : ''}${role}${known}`;
    });
    this.lines.push(`schema Row_${name} {\n${fields.join('\n')}\n}`);
    const rest = lag > 0 ? ` { lag ${lag}h }` : '';
    this.lines.push(`source ${name}: Row_${name} = csv("${name}.csv")${rest}`);
  }

  private timeless(): void {
    const columns: Column[] = [
      { name: 'k', kind: 'string', optional: false },
      { name: 'v', kind: 'float', optional: true },
    ];
    this.tables.push({ name: 'infos', columns, timed: false, lag: 0 });
    this.readable.push({ name: 'infos', columns, timed: false });
    this.lines.push('schema Info { k: string @key  v: float? }', 'source infos: Info = csv("infos.csv")');
  }

  /** What it makes of a cell that is known at a column has such a column too, as the language asks for. */
  private component(name: string, input: Table | Component): void {
    const { random, mistakes } = this;
    const timed = !random.chance(mistakes.mixed / (0.2 + mistakes.mixed));
    const cell = random.pick(input.columns.filter(c => c.kind === 'float' || c.kind === 'int'));
    const key = input.columns.find(c => c.name === 'k')!;
    const loaded = input.columns.find(c => c.name === 'loaded' || c.name === 'seen');
    const seen = timed && loaded && [cell, key, loaded].some(c => c.knownAt !== undefined);
    const late = (column: Column): { readonly knownAt?: string } =>
      seen && column.knownAt !== undefined ? { knownAt: 'seen' } : {};
    const columns: Column[] = [
      { name: 'k', kind: 'string', optional: false, ...late(key) },
      ...(timed ? [{ name: 't', kind: 'datetime', optional: false } as const] : []),
      ...(seen
        ? [{ name: 'seen', kind: 'datetime', optional: loaded.optional, ...late(loaded) } as const]
        : []),
      { name: 's', kind: 'float', optional: false, ...late(cell) },
    ];
    this.components.push({ name, input: input.name, cell: cell.name, loaded: loaded?.name, timed, columns });
    this.readable.push({ name, columns, timed });
    const fields = columns.map(column => {
      const role = column.name === 't' ? ' @event_time' : column.name === 'k' && !timed ? ' @key' : '';
      const known = column.knownAt === undefined ? '' : ` @known_at(${column.knownAt})`;
      return `${column.name}: ${column.kind}${column.optional ? '?' : ''}${role}${known}`;
    });
    const origins = columns.map(column => {
      const own = column.name === 's' ? cell.name : column.name === 'seen' ? loaded!.name : column.name;
      const from = input.columns.some(c => c.name === own) ? own : cell.name;
      return `${column.name}: ${column.kind}${column.optional ? '?' : ''} from (${from})`;
    });
    const row = 'input' in input ? `Made_${input.name}` : `Row_${input.name}`;
    const value = `make_${name}(${input.name})`;
    this.lines.push(
      `schema Made_${name} { ${fields.join('  ')} }`,
      `component make_${name}(rows: table ${row}) -> table Made_${name} { run python "s.py:score"  ${origins.join('  ')} }`,
      random.chance(0.5) ? `let ${name} = ${value}` : `source ${name}: Made_${name} = ${value}`,
    );
  }

  /** A view without a moment, and one of the rows that a component makes. */
  private views(): DrawnView[] {
    const { random } = this;
    const drawn: DrawnView[] = [];
    const timeless = this.readable.filter(table => !table.timed);
    const source = timeless.length > 0 ? random.pick(timeless) : undefined;
    const value: Column = { name: 'value', kind: 'float', optional: false };
    if (source) {
      const join = timeless.find(table => table !== source);
      const own = source.columns.find(c => c.kind === 'float')!;
      const text = `${own.name}${own.optional ? ' ?? 0.0' : ''}`;
      const other = join?.columns.find(c => c.kind === 'float');
      const joined = join ? [`  join ${join.name} as other on other.k == k`] : [];
      const sum = other ? `(${text}) + (other.${other.name} ?? 0.0)` : text;
      this.lines.push(
        [`features Plain from ${source.name} {`, '  key k', ...joined, `  value = ${sum}`, '}'].join('\n'),
      );
      drawn.push({ name: 'Plain', source: source.name, rows: source.name, moment: undefined });
      this.readable.push({ name: 'Plain', timed: false, columns: [source.columns[0]!, value] });
      this.keys.set('Plain', ['k']);
    }
    const made = this.components.find(component => component.timed);
    if (made && random.chance(0.7)) {
      const moment = random.pick(['t', 't + 12h', 'each day']);
      const body = random.pick(['s', 'mean(s over 2d by k) ?? 0.0', `to_float(count(${made.name} over 1d))`]);
      this.lines.push(`features Made from ${made.name} at ${moment} {\n  key k\n  value = ${body}\n}`);
      const input = this.components.find(component => component.name === made.input);
      const rows = input?.input ?? made.input;
      const column = moment === 'each day' ? undefined : 't';
      drawn.push({ name: 'Made', source: made.name, rows, moment: column });
      this.readable.push({ name: 'Made', timed: true, columns: [made.columns[0]!, value] });
      this.keys.set('Made', ['k']);
    }
    return drawn;
  }

  private view(name: string, count: number): DrawnView {
    const { random } = this;
    const timed = this.tables.filter(table => table.timed);
    // A view that predicts before its rows arrive, read by one of rows that are there at once.
    const early = random.chance(0.15);
    const late = timed.filter(table => table.lag > 0 === (name === 'First'));
    const source = random.pick(early && late.length > 0 ? late : timed);
    const delay = random.pick(['1h', '3h', '12h', '1d']);
    const loaded = source.columns.find(c => c.name === 'loaded')!;
    const moments = [
      't',
      't',
      't',
      't',
      `t + ${delay}`,
      `t + ${delay}`,
      `t + ${delay}`,
      'each day',
      'each day',
    ];
    if (random.chance(0.3)) moments.push('t - 1h');
    if (!loaded.optional) moments.push('loaded', `loaded + ${delay}`);
    const moment = random.pick(moments);
    const key = random.pick([['id'], ['id'], ['k'], ['k', 'g'], ['g']]);
    const detached = random.chance(0.1) || (early && name === 'First');
    const view = new ViewDrawing(random, source, this.readable, this.keys, this.mistakes.ahead, detached);
    const body = [`  key ${key.join(', ')}`, ...view.joins()];
    view.stalls = random.chance(0.1);
    if (view.stalls) body.push('  materialize every 6h', '  stale after 3h else null');
    body.push(...view.features(name.toLowerCase(), count));
    if (view.label !== undefined) body.push(view.label);
    this.lines.push(`features ${name} from ${source.name} at ${moment} {\n${body.join('\n')}\n}`);
    const keyColumns = source.columns.filter(c => key.includes(c.name));
    this.readable.push({
      name,
      timed: true,
      columns: [...keyColumns, ...view.drawn.filter(f => !keyColumns.some(c => c.name === f.name))],
    });
    this.keys.set(name, key);
    return {
      name,
      source: source.name,
      rows: source.name,
      moment: moment === 'each day' ? undefined : moment.split(' ')[0]!,
    };
  }
}

class ViewDrawing {
  readonly drawn: Column[] = [];
  label: string | undefined;
  /** Its states may be too old, and then even a count of the past is null. */
  stalls = false;
  private readonly aliases: { readonly name: string; readonly columns: readonly Column[] }[] = [];
  private readonly random: Random;
  private readonly source: Table;
  private readonly readable: readonly Readable[];
  private readonly keys: ReadonlyMap<string, readonly string[]>;
  private readonly ahead: number;
  /** Reads nothing of the row itself: legal even where nothing of it is known. */
  private readonly detached: boolean;

  constructor(
    random: Random,
    source: Table,
    readable: readonly Readable[],
    keys: ReadonlyMap<string, readonly string[]>,
    ahead: number,
    detached: boolean,
  ) {
    this.ahead = ahead;
    this.detached = detached;
    this.random = random;
    this.source = source;
    this.readable = readable;
    this.keys = keys;
  }

  joins(): string[] {
    const { random } = this;
    const count = this.detached ? 0 : random.pick([0, 1, 1, 2]);
    return Array.from({ length: count }, (_, i) => {
      const first = random.chance(0.4) ? this.readable.find(({ name }) => name === 'First') : undefined;
      const table = first ?? random.pick(this.readable);
      const alias = `j${i}`;
      const on = (/^[A-Z]/.test(table.name) ? this.keys.get(table.name)! : this.joinKey(table)).map(
        name => `${alias}.${name} == ${name}`,
      );
      this.aliases.push({ name: alias, columns: table.columns });
      const within = table.timed && random.chance(0.4) ? ` within ${random.pick(['12h', '1d', '3d'])}` : '';
      return `  join ${table.name} as ${alias} on ${on.join(' and ')}${within}`;
    });
  }

  private joinKey(table: Readable): readonly string[] {
    if (!table.timed) return ['k'];
    const has = (name: string): boolean => table.columns.some(c => c.name === name);
    return this.random.pick([['k'], ['k'], ['g'], ['k', 'g'], ['id']].filter(names => names.every(has)));
  }

  features(prefix: string, count: number): string[] {
    const { random } = this;
    const lines = Array.from({ length: count }, (_, i) => {
      if (!this.detached && random.chance(0.15)) {
        const column = this.cell();
        if (!this.drawn.some(f => f.name === column.name)) {
          this.drawn.push(column);
          return `  use ${column.name}`;
        }
      }
      const name = `${prefix}${i}`;
      const raw = !this.detached && random.chance(0.25);
      const kind: Kind = raw ? 'string' : 'float';
      const text = raw ? this.text() : this.number(random.int(0, 2));
      this.drawn.push({ name, kind, optional: false });
      return `  ${name} = ${text}`;
    });
    if (random.chance(0.4)) {
      const ahead = random.chance(0.5);
      const value = ahead ? `count(${this.source.name} over next 2d by k)` : 'y';
      const optional = !ahead && this.source.columns.find(c => c.name === 'y')!.optional;
      this.label = `  label answer = ${optional ? 'y ?? 0' : value}`;
    }
    return lines;
  }

  /** A cell of the row itself, mostly one that is known at the event. */
  private cell(kinds: readonly Kind[] = ['int', 'float', 'bool', 'string', 'datetime']): Column {
    const fitting = this.source.columns.filter(c => kinds.includes(c.kind));
    const early = fitting.filter(c => c.after === undefined && c.knownAt === undefined);
    return this.random.pick(early.length > 0 && this.random.chance(0.92) ? early : fitting);
  }

  private text(): string {
    const { random } = this;
    const choice = random.next();
    const alias = this.aliasWith('string');
    if (choice < 0.4 && alias) return `${alias} ?? "none"`;
    if (choice < 0.7) {
      const window = this.window('string');
      if (window) return `${window} ?? "none"`;
    }
    const own = this.cell(['string']);
    return own.optional ? `${own.name} ?? "none"` : own.name;
  }

  private aliasWith(...kinds: Kind[]): string | undefined {
    const all = this.aliases.flatMap(({ name, columns }) =>
      columns.filter(c => kinds.includes(c.kind)).map(c => `${name}.${c.name}`),
    );
    return all.length > 0 ? this.random.pick(all) : undefined;
  }

  private number(depth: number): string {
    const { random } = this;
    if (depth > 0 && random.chance(0.7)) {
      const inner = (): string => this.number(depth - 1);
      switch (random.int(0, 4)) {
        case 0:
          return `(${inner()} + ${inner()})`;
        case 1:
          return `twice(${inner()})`;
        case 2:
          return `larger(${inner()}, ${inner()})`;
        case 3:
          return `nested(${inner()})`;
        default:
          return `(if ${inner()} > 1.0 then ${inner()} else ${inner()})`;
      }
    }
    const choice = random.next();
    if (choice < 0.15) {
      const above = this.drawn.filter(f => f.kind === 'float' && !this.source.columns.includes(f));
      if (above.length > 0) return random.pick(above).name;
    }
    if (this.detached || choice < 0.65) {
      const alias = random.chance(0.5) ? this.aliasWith('float') : undefined;
      return alias ? `(${alias} ?? 0.0)` : this.window('float')!;
    }
    if (choice < 0.7) return `to_float(hour(t))`;
    const own = this.cell(['float', 'int']);
    const value = own.optional ? `(${own.name} ?? ${zeros[own.kind]})` : own.name;
    return own.kind === 'int' ? `to_float(${value})` : value;
  }

  /** An aggregate over other rows: a float that is never null, or a text that may be. */
  private window(wanted: 'float' | 'string'): string | undefined {
    const { random } = this;
    const timed = this.readable.filter(table => table.timed);
    const table = random.chance(0.4)
      ? timed.find(other => other.name === this.source.name)!
      : random.pick(timed);
    const own = table.name === this.source.name;
    const keys = [['k'], ['k'], ['g'], ['k', 'g'], []].filter(names =>
      names.every(name => table.columns.some(c => c.name === name)),
    );
    const by = this.detached ? [] : random.pick(keys);
    const next = random.chance(this.ahead) ? 'next ' : '';
    const over = ` over ${next}${random.pick(lengths)}${by.length === 0 ? '' : by.length === 1 ? ` by ${by[0]}` : ` by (${by.join(', ')})`}`;
    const where = this.where(table);
    const counted = (call: string): string => `to_float(${call}${this.stalls && next === '' ? ' ?? 0' : ''})`;
    const columns = table.columns.filter(c => c.name !== 'id');
    const of = own ? '' : ` of ${table.name}`;
    if (wanted === 'string') {
      const column = columns.filter(c => c.kind === 'string');
      if (column.length === 0) return undefined;
      return `${random.pick(['first', 'last', 'min', 'max'])}(${random.pick(column).name}${of}${where}${over})`;
    }
    const number = columns.filter(c => c.kind === 'float' || c.kind === 'int');
    if (number.length === 0 || random.chance(0.3)) return counted(`count(${table.name}${where}${over})`);
    const column = random.pick(number);
    const aggregate = random.pick([
      'sum',
      'mean',
      'min',
      'max',
      'stddev',
      'median',
      'first',
      'last',
      'count',
      'count_distinct',
    ]);
    const value =
      aggregate === 'mean' && column.kind === 'float' && !column.optional
        ? `twice(${column.name})`
        : column.name;
    const text = `${aggregate}(${value}${of}${where}${over})`;
    if (aggregate.startsWith('count')) return counted(text);
    const whole = column.kind === 'int' && ['sum', 'min', 'max', 'first', 'last'].includes(aggregate);
    return whole ? `to_float(${text} ?? 0)` : `(${text} ?? 0.0)`;
  }

  private where(table: Readable): string {
    const { random } = this;
    if (random.chance(0.6)) return '';
    const column = random.pick(table.columns.filter(c => c.kind !== 'datetime'));
    const value = column.optional ? `(${column.name} ?? ${zeros[column.kind]})` : column.name;
    switch (column.kind) {
      case 'bool':
        return ` where ${value}`;
      case 'string':
        return ` where ${value} == "a"`;
      case 'int':
        return ` where ${value} > 1`;
      default:
        return ` where ${value} > 0.5`;
    }
  }
}

/** A view of rows that arrive after its T, read by another: rare among the drawn ones. */
export function earlyView(): DrawnSpec {
  const columns: readonly Column[] = [
    { name: 'k', kind: 'string', optional: false },
    { name: 't', kind: 'datetime', optional: false },
  ];
  const row = 'schema Row { k: string  t: datetime @event_time }';
  return {
    text: `${header}${row}
source orders: Row = csv("orders.csv") { lag 3h }
source visits: Row = csv("visits.csv")
features First from orders at t {
  key k
  busy = count(visits over 5d)
}
features Second from visits at t {
  key k
  join First as j on j.k == k
  busy = j.busy ?? 0
  often = count(First over 1d)
}`,
    tables: [
      { name: 'orders', columns, timed: true, lag: 3 },
      { name: 'visits', columns, timed: true, lag: 0 },
    ],
    components: [],
    views: [
      { name: 'First', source: 'orders', rows: 'orders', moment: 't' },
      { name: 'Second', source: 'visits', rows: 'visits', moment: 't' },
    ],
  };
}
