import type { Expr, Type } from '../../compiler/plan/plan.ts';
import { kindOf, libraryFunctions } from '../../scripts/generate-library.ts';
import * as plan from './plan.ts';
import type { Random } from './random.ts';

/** Random typed expressions over random rows, from the declarations of the library itself. */

export type Kind = 'bool' | 'int' | 'float' | 'string' | 'date' | 'datetime' | 'timestamp' | 'duration';
export const kinds: readonly Kind[] = [
  'bool',
  'int',
  'float',
  'string',
  'date',
  'datetime',
  'timestamp',
  'duration',
];
const anyKinds: readonly Kind[] = ['bool', 'int', 'float', 'string', 'date', 'datetime', 'timestamp'];

/** These agree to a relative 1e-12 only: each engine has its own library of them. */
export const transcendental = new Set(['exp', 'log', 'log1p', 'pow', 'sin', 'cos', 'distance_km']);

export interface Signature {
  readonly key: string;
  readonly parameters: readonly string[];
  readonly names: readonly string[];
  readonly rest: boolean;
  readonly result: string;
  readonly optional: boolean;
}
export const signatures: readonly Signature[] = [...libraryFunctions()].map(([key, declared]) => ({
  key,
  parameters: declared.parameters.map(parameter => kindOf(parameter.type)),
  names: declared.parameters.map(parameter => parameter.name.text),
  rest: declared.parameters.some(parameter => parameter.rest),
  result: /^(Weekday|Month)$/.test(kindOf(declared.result)) ? 'string' : kindOf(declared.result),
  optional: declared.result.optional,
}));

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '');

const texts = [
  '',
  'a',
  'abc',
  'Straße',
  'İstanbul',
  'ǆ ǅ',
  'ᾳᾲ',
  "it's",
  'a"b',
  'back\\slash',
  ' \t padded \n',
  'a-b--c',
  '-',
  '1.5',
  '-7',
  ' 12',
  '+3',
  '1e3',
  '1e999',
  '99999999999999999999',
  'naïve',
  '🦆 duck',
  '\u{1f600}\u{fffd}',
  '\uffff',
  'é',
  'ORD',
  'true',
  '%_',
  '$1',
  '$&',
];

/** A literal of a kind; often an extreme one. */
export function randomLiteral(random: Random, kind: Kind): Expr {
  const type: Type = { kind, optional: false };
  switch (kind) {
    case 'bool':
      return plan.literal(random.chance(0.5), type);
    case 'int': {
      const extremes = [
        '9223372036854775807',
        '-9223372036854775808',
        '9007199254740993',
        -9007199254740991,
        2147483648,
        -1,
        0,
        1,
      ];
      return plan.literal(random.chance(0.3) ? random.pick(extremes) : random.int(-20, 40), type);
    }
    case 'float': {
      const extremes = [
        NaN,
        Infinity,
        -Infinity,
        -0,
        5e-324,
        1.7976931348623157e308,
        1e22,
        0.1,
        -0.5,
        0.49999999999999994,
        2.5,
      ];
      return plan.literal(
        random.chance(0.3) ? random.pick(extremes) : Math.round(random.next() * 4000 - 1000) / 64,
        type,
      );
    }
    case 'string':
      return plan.literal(random.pick(texts), type);
    case 'date':
      return plan.literal(iso(random.int(-40_000, 40_000) * plan.DAY).slice(0, 10), type);
    case 'datetime':
      return plan.literal(
        random.chance(0.3)
          ? `${iso(random.int(-3e12, 3e12))}${random.int(100, 999)}`
          : iso(random.int(0, 2e9) * 1000),
        type,
      );
    case 'timestamp':
      return plan.literal(`${iso(random.int(160, 2080) * 1e9 + random.int(0, 1e9))}Z`, type);
    case 'duration':
      return plan.literal(
        random.pick([0, 1, -1, 1000, 3_600_000, 86_400_000, random.int(-1e10, 1e10)]),
        type,
      );
  }
}

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly optional: boolean;
}
/** Of each kind one column with and one without nulls. */
export const columns: readonly Column[] = kinds.flatMap(kind => [
  { name: `the ${kind}`, kind, optional: false },
  { name: `maybe "${kind}"`, kind, optional: true },
]);

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/Chicago',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
const patterns = [
  '[A-Z]{3}',
  '.*',
  '.',
  '\\s*[a-z]+\\s*',
  '[^ ]*',
  '(a|b)+',
  '\\d+',
  'a/b',
  "it's",
  '[]a-z]*',
  '\\w*\\-?',
  '.\\n?',
];

export class Drawer {
  readonly counts = new Map<string, number>();
  readonly #random: Random;
  readonly #functions: readonly Signature[];

  constructor(random: Random, functions: readonly Signature[]) {
    this.#random = random;
    this.#functions = functions;
  }

  draw(kind: Kind, depth: number): Expr {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.15)) return this.#leaf(kind);
    const made = random.chance(0.5) ? this.#function(kind, depth) : this.#operator(kind, depth);
    return made ?? this.#leaf(kind);
  }

  /** A call of one function, its arguments drawn. */
  call(signature: Signature, depth: number, any: Kind = this.#random.pick(anyKinds)): Expr {
    const random = this.#random;
    const single = signature.key === 'to_string_any' ? 'string' : any;
    const listed = signature.rest
      ? Array.from({ length: random.int(1, 4) }, () => ({ kind: signature.parameters[0]!, name: '' }))
      : signature.parameters.map((kind, i) => ({ kind, name: signature.names[i]! }));
    const args = listed.map(({ kind, name }) =>
      this.#argument(kind === 'any' ? single : (kind as Kind), name, depth - 1),
    );
    const result = signature.result === 'any' ? single : (signature.result as Kind);
    return this.#made(signature.key, result, args, signature.optional);
  }

  #argument(kind: Kind, name: string, depth: number): Expr {
    const random = this.#random;
    if (name === 'zone') return plan.literal(random.pick(zones));
    if (/^(width|part|start|count)$/.test(name) && kind === 'int' && random.chance(0.7))
      return plan.literal(random.int(name === 'width' ? 1 : -1, 5));
    return this.draw(kind, depth);
  }

  #made(fn: string, kind: Kind, args: readonly Expr[], optional = false): Expr {
    this.counts.set(fn, (this.counts.get(fn) ?? 0) + 1);
    return plan.call(fn, { kind, optional: optional || args.some(arg => arg.type.optional) }, ...args);
  }

  #leaf(kind: Kind): Expr {
    const random = this.#random;
    if (random.chance(0.25)) return randomLiteral(random, kind);
    const column = random.pick(columns.filter(c => c.kind === kind));
    return plan.column(column.name, { kind, optional: column.optional });
  }

  #function(kind: Kind, depth: number): Expr | undefined {
    const fitting = this.#functions.filter(
      f => f.result === kind || (f.result === 'any' && anyKinds.includes(kind)),
    );
    return fitting.length === 0 ? undefined : this.call(this.#random.pick(fitting), depth, kind);
  }

  /** Never null: `condition`, as the checker demands. */
  #sure(kind: Kind, depth: number): Expr {
    const drawn = this.draw(kind, depth);
    return drawn.type.optional ? this.#coalesce(drawn, this.#required(kind)) : drawn;
  }
  #required(kind: Kind): Expr {
    const column = columns.find(c => c.kind === kind && !c.optional)!;
    return plan.column(column.name, { kind, optional: false });
  }
  #coalesce(a: Expr, b: Expr): Expr {
    this.counts.set('coalesce', (this.counts.get('coalesce') ?? 0) + 1);
    return plan.call('coalesce', { ...a.type, optional: a.type.optional && b.type.optional }, a, b);
  }

  #operator(kind: Kind, depth: number): Expr | undefined {
    const random = this.#random;
    const sub = (of: Kind): Expr => this.draw(of, depth - 1);
    const general = [
      () => this.#coalesce(sub(kind), sub(kind)),
      () => {
        const [then, otherwise] = [sub(kind), sub(kind)];
        const optional = then.type.optional || otherwise.type.optional;
        this.counts.set('if', (this.counts.get('if') ?? 0) + 1);
        return plan.call('if', { kind, optional }, this.#sure('bool', depth - 1), then, otherwise);
      },
    ];
    const own = this.#own(kind, sub);
    return random.pick([...general, ...own, ...own, ...own])();
  }

  #own(kind: Kind, sub: (kind: Kind) => Expr): (() => Expr)[] {
    const random = this.#random;
    const made = (fn: string, ...args: Expr[]): Expr => this.#made(fn, kind, args);
    const time = random.pick(['datetime', 'timestamp'] as const);
    const ordered = random.pick([
      'int',
      'float',
      'string',
      'date',
      'datetime',
      'timestamp',
      'duration',
    ] as const);
    switch (kind) {
      case 'bool':
        return [
          ...(['and', 'or'] as const).map(word => () => made(word, sub('bool'), sub('bool'))),
          () => made('not', sub('bool')),
          ...(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).map(
            sign => () => made(sign, ...[ordered, ordered].map(sub)),
          ),
          () => made('in_range', ...[ordered, ordered, ordered].map(sub)),
          () =>
            made(
              'in_set',
              sub(ordered),
              ...Array.from({ length: random.int(1, 3) }, () => inSet(random, ordered)),
            ),
          () => made('matching', sub('string'), plan.literal(random.pick(patterns))),
          () => {
            this.counts.set('is_null', (this.counts.get('is_null') ?? 0) + 1);
            return plan.call('is_null', plan.bool, sub(ordered));
          },
        ];
      case 'int':
        return [
          () => made(random.pick(['add', 'sub', 'mul']), sub('int'), sub('int')),
          () => made('neg', sub('int')),
        ];
      case 'float':
        return [
          () => made(random.pick(['add', 'sub', 'mul', 'div']), sub('float'), sub('float')),
          () => made('neg', sub('float')),
        ];
      case 'string':
        return [() => made('add', sub('string'), sub('string'))];
      case 'datetime':
      case 'timestamp':
        return [() => made('add', sub(kind), small(random)), () => made('sub', sub(kind), small(random))];
      case 'duration':
        return [
          () => made('sub', sub(time), sub(time)),
          () => made('add', small(random), small(random)),
          () => made('mul', small(random), plan.literal(random.int(-40, 40) / 8, plan.float)),
          () => made('sub', sub('date'), sub('date')),
        ];
      case 'date':
        return [];
    }
  }
}

const small = (random: Random): Expr =>
  plan.literal(random.pick([0, 1, 1500, 3_600_000, 86_400_000]), plan.duration);

function inSet(random: Random, kind: Kind): Expr {
  for (;;) {
    const item = randomLiteral(random, kind);
    if (item.op === 'literal' && !Number.isNaN(item.value)) return item;
  }
}
