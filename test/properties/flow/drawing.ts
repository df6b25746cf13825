import type { Random } from '../../support/random.ts';
import type { Files } from './project.ts';
import { type Column, type Readable, ViewDrawing } from './view-drawing.ts';

/**
 * Random projects: a label's column, late columns and personal ones go through functions of other files, aliases, lets,
 * components, `use`, joins, views of views, windows and masking functions. Nothing is noted of what is drawn: what it
 * means is told by the compiler and by the slow reference, each from the text.
 */

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
function clean(x: string, y: string) -> string {
  run typescript "clean.ts:clean"
}
@masks
function veiled(x: string, y: string) -> string {
  run typescript "clean.ts:veiled"
}
`;
const functions = library.match(/(?<=^function )\w+/gm)!;

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
    this.readable.push({
      name: 'infos',
      row: 'Info',
      columns: info,
      timed: false,
      key: ['k'],
      id: false,
      view: false,
    });
    if (random.chance(0.5)) this.component('scores', random.pick(this.readable));
    if (random.chance(0.3)) this.component('moods', this.readable.at(-1)!);
    const plain = this.readable.filter(table => !table.timed);
    if (random.chance(0.4)) this.view('Plain', random.pick(plain), random.int(1, 3));
    if (random.chance(0.6)) this.view('First', this.rows(), random.int(1, 3));
    const rows = this.rows();
    const head = this.head(rows);
    this.view('Main', rows, random.int(2, 5), head);
    const models = random.pick([0, 0, 1, 1, 2]);
    const beside = models > 0 && random.chance(0.3) ? ['Main', 'Beside'] : ['Main'];
    const main = this.last!;
    if (beside.length > 1) this.view('Beside', rows, random.int(1, 3), head, main.drawn);
    for (let i = 0; i < models; i++) this.model(`m${i}`, main, random.shuffle(beside));
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
    const row = `Row_${name}`;
    this.readable.push({ name, row, columns, timed: true, key: ['id'], id: true, view: false });
  }

  private component(name: string, first: Readable): void {
    const { random } = this;
    const inputs = random.chance(0.3) ? [first, random.pick(this.readable)] : [first];
    const times = inputs.filter(input => input.timed);
    const timed = random.chance(times.length > 0 ? 0.75 : 0.2);
    const id = first.id && random.chance(0.5);
    const seen = random.chance(0.5) ? ' @known_at(seen)' : random.chance(0.3) ? ' @known_after(3h)' : '';
    const known = timed ? seen : '';
    const pii = random.chance(0.1) ? ' @pii' : '';
    const all = inputs.flatMap(input => input.columns);
    const from = (count: number): string =>
      Array.from({ length: count }, () => random.pick(all).name)
        .filter((c, i, names) => names.indexOf(c) === i)
        .join(', ');
    const hasKey = id && random.chance(0.5);
    const fields = [
      ...(id ? [`id: int${hasKey ? ' @key' : ''}`] : []),
      `k: string${timed || hasKey ? '' : ' @key'}`,
      ...(timed ? ['t: datetime @event_time', 'seen: datetime'] : []),
      `s: float${known}${pii}`,
      `w: string${known}`,
    ];
    const clauses = [
      ...(id ? ['id: int from (id)'] : []),
      `k: string from (k)`,
      ...(timed
        ? [
            `t: datetime from (${times.length > 0 ? 't' : 'k'})`,
            `seen: datetime from (${all.find(c => c.kind === 'time' && c.name !== 't')?.name ?? 'k'})`,
          ]
        : []),
      `s: float from (${from(2)})`,
      `w: string from (${from(1)})`,
    ].filter(() => random.chance(0.9));
    const masks = random.chance(0.2) ? '@masks\n' : '';
    const parameters = inputs.map(({ row }, i) => `rows_${i}: table ${row}`);
    const value = `make_${name}(${inputs.map(input => input.name).join(', ')})`;
    this.data.push(
      `schema Made_${name} { ${fields.join('  ')} }`,
      `${masks}component make_${name}(${parameters.join(', ')}) -> table Made_${name} {\n  run python "s.py:make"\n  ${clauses.join('\n  ')}\n}`,
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
    const key = hasKey ? ['id'] : ['k'];
    this.readable.push({ name, row: `Made_${name}`, columns, timed, key, id, view: false });
  }

  /** When a view predicts, and for whom. */
  private head(source: Readable): Head {
    const { random } = this;
    const own = source.columns.filter(c => c.kind === 'time').map(c => c.name);
    const offset = random.chance(0.4) ? random.pick([' + 1h', ' + 3h', ' + 12h', ' - 1h']) : '';
    const moment = random.chance(0.2)
      ? 'each day'
      : `${random.chance(0.7) ? 't' : random.pick(own)}${offset}`;
    const texts = source.columns.filter(c => c.kind === 'text').map(c => c.name);
    const key = source.timed
      ? random.pick([source.key, source.key, ['k'], random.shuffle(texts).slice(0, random.int(1, 2))])
      : source.key;
    return { moment: source.timed ? ` at ${moment}` : '', key };
  }

  private view(
    name: string,
    source: Readable,
    count: number,
    { moment, key } = this.head(source),
    beside: readonly Column[] = [],
  ): void {
    const { random } = this;
    const drawing = new ViewDrawing(random, name, source, this.readable, this.names, beside);
    const body = [
      `  key ${key.join(', ')}`,
      ...drawing.joins(random.pick([0, 1, 1, 2, 3])),
      ...drawing.features(count),
    ];
    // What stands below a feature may be looked up by it.
    if (random.chance(0.25)) body.push(...drawing.joins(1), ...drawing.features(1));
    this.main.push(`features ${name} from ${source.name}${moment} {\n${body.join('\n')}\n}`);
    const keys = source.columns.filter(c => key.includes(c.name));
    const columns = [...keys, ...drawing.drawn.filter(f => !keys.some(c => c.name === f.name))];
    const id = key.includes('id');
    this.readable.push({ name, row: '', columns, timed: source.timed, key, id, view: true });
    this.last = drawing;
  }
  private last: ViewDrawing | undefined;

  private model(name: string, main: ViewDrawing, views: readonly string[]): void {
    const { random } = this;
    if (main.labels.length === 0) return;
    const others = main.drawn.filter(f => !f.name.startsWith('answer')).map(f => f.name);
    if (others.length === 0) return;
    const left = random.chance(0.4) && others.length > 1 ? ` without { ${random.pick(others)} }` : '';
    this.main.push(
      `model ${name} {\n  features ${views.join(', ')}${left}\n  predict ${random.pick(main.labels)}\n  split by time { train 80%  test 20% }\n  train constant()\n  seed 1\n  evaluate rmse\n}`,
    );
  }
}

interface Head {
  readonly moment: string;
  readonly key: readonly string[];
}
