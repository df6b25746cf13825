import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { kindOf, libraryAggregates, libraryFunctions } from '../../../scripts/generate-library.ts';
import type { Random } from '../../support/random.ts';
import {
  anyKinds,
  type Column,
  enums,
  isSeveral,
  itemKind,
  type Kind,
  kinds,
  type Node,
  orderedKinds,
  scalarKinds,
} from './language.ts';
import { literalText, nameOf, parts, patterns, zones } from './values.ts';

/** Random expressions from the declarations of the library itself, as the language types them. */

export interface Signature {
  readonly key: string;
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly kind: string; readonly given: boolean }[];
  readonly rest: boolean;
  readonly result: string;
  readonly optional: boolean;
}

const signatureOf = (
  key: string,
  declared: ast.FunctionDeclaration | ast.AggregateDeclaration,
): Signature => ({
  key,
  name: declared.name.text,
  parameters: declared.parameters.map(p => ({
    name: p.name.text,
    kind: kindOf(p.type),
    given: p.default === undefined,
  })),
  rest: declared.parameters.some(p => p.rest),
  result: kindOf(declared.result),
  optional: declared.result.optional,
});
export const functions: readonly Signature[] = [...libraryFunctions()].map(([key, d]) => signatureOf(key, d));
export const aggregates: readonly Signature[] = [...libraryAggregates()].map(([key, d]) =>
  signatureOf(key, d),
);

/** Each engine has its own library of these: they agree to a relative 1e-12. */
export const transcendental: ReadonlySet<string> = new Set([
  'exp',
  'log',
  'log1p',
  'pow',
  'sin',
  'cos',
  'distance_km',
]);
/** These take the fractions of a float, so that nothing shows of how far their argument is from another. */
const exact = functions.filter(f => !transcendental.has(f.key));
const inexact = functions.filter(f => transcendental.has(f.key));

/** One or two columns of most kinds, with and without nulls, some under names that must be quoted. */
export function drawColumns(random: Random): Column[] {
  return kinds.flatMap(kind => {
    const range = /^(int|float)$/.test(kind) && random.chance(0.3) ? { range: [-60, 1800] as const } : {};
    const first: Column = { name: nameOf(kind), kind, optional: random.chance(0.4), ...range };
    // Of some kinds there are no literals that could stand where there is no column.
    if (!isSeveral(kind) && random.chance(0.1)) return [];
    if (!isSeveral(kind) && random.chance(0.2)) return [first];
    return [
      first,
      { name: `${nameOf(kind)} ${random.pick(['"2"', "it's", 'ü'])}`, kind, optional: !first.optional },
    ];
  });
}

export class Drawer {
  readonly #random: Random;
  readonly #columns: readonly Column[];

  constructor(random: Random, columns: readonly Column[]) {
    this.#random = random;
    this.#columns = columns;
  }

  draw(kind: Kind, depth: number): Node {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.12)) return this.#leaf(kind);
    return (
      (random.chance(0.5) ? this.#function(kind, depth) : this.#operator(kind, depth)) ?? this.#leaf(kind)
    );
  }

  /** A call of one function, its arguments drawn. */
  call(signature: Signature, depth: number, any: Kind = this.#any()): Node {
    const random = this.#random;
    const single =
      signature.key === 'to_string_any' ? random.pick(['string', 'Shade', 'Month'] as const) : any;
    const { parameters } = signature;
    const given = parameters.filter(p => p.given || random.chance(0.8));
    const listed = signature.rest
      ? Array.from({ length: random.int(1, 4) }, () => ({ ...parameters[0]!, name: '' }))
      : given;
    const args = listed.map(p =>
      this.#argument(p.kind === 'any' ? single : (p.kind as Kind), p.name, depth - 1),
    );
    const kind = signature.result === 'any' ? single : (signature.result as Kind);
    return node('call', kind, args, signature.name, signature.optional);
  }

  /** A function that each engine has of its own, where it may stand: under what neither compares nor takes differences. */
  inexact(depth: number): Node {
    const random = this.#random;
    const call = (): Node => this.call(random.pick(inexact), depth);
    const below = (): Node => (depth > 1 ? this.inexact(depth - 1) : call());
    return random.pick([
      call,
      call,
      () => node('minus', 'float', [below()]),
      () => node('*', 'float', [below(), this.draw('float', 1)]),
      () => node('/', 'float', [below(), this.draw('float', 1)]),
      () => node('call', 'float', [below()], 'abs'),
      () => node('if', 'float', [this.#sure(1), below(), this.draw('float', 1)]),
    ])();
  }

  /** One of a family of expressions at the top, so that each operator is drawn as often as each function. */
  operator(kind: Kind, depth: number): Node {
    return this.#operator(kind, depth) ?? this.#leaf(kind);
  }

  aggregate(signature: Signature, depth: number): Node {
    const random = this.#random;
    const [value] = signature.parameters;
    const kind = value?.kind === 'any' ? this.#any() : (value?.kind as Kind | undefined);
    const where = random.chance(0.3);
    const args = [
      ...(kind === undefined ? [] : [this.#some(kind, depth)]),
      ...(where ? [this.#sure(depth)] : []),
    ];
    const q =
      signature.key === 'quantile' ? ` ${random.pick(['0.0', '0.1', '0.25', '0.5', '0.9', '1.0'])}` : '';
    const result = signature.result === 'any' ? kind! : (signature.result as Kind);
    return { ...node('aggregate', result, args, `${signature.name}${q}`, true), where };
  }

  /** Floats and texts above all: in their order it is that mistakes are made. */
  #any(): Kind {
    return this.#random.chance(0.5)
      ? this.#random.pick(['float', 'string'] as const)
      : this.#random.pick(anyKinds);
  }

  #argument(kind: Kind, name: string, depth: number): Node {
    const random = this.#random;
    if (name === 'zone') return this.#zone();
    if (kind === 'string' && /^(part|prefix|suffix|separator)$/.test(name) && random.chance(0.6))
      return literal('string', JSON.stringify(random.chance(0.3) ? '' : random.pick(parts)));
    if (name === 'width' && kind === 'int') return literal('int', String(random.int(1, 7)));
    if (kind === 'int' && /^(part|start|count)$/.test(name) && random.chance(0.7))
      return literal('int', String(random.int(-1, 5)));
    return this.draw(kind, depth);
  }

  /** By name, or told by the row. */
  #zone(): Node {
    const random = this.#random;
    const named = (): Node => literal('string', JSON.stringify(random.pick(zones)));
    return random.chance(0.7) ? named() : node('if', 'string', [this.#sure(1), named(), named()]);
  }

  #leaf(kind: Kind): Node {
    const random = this.#random;
    const fitting = this.#columns.filter(c => c.kind === kind);
    const item = itemKind(kind);
    if (item !== undefined && (fitting.length === 0 || random.chance(0.3))) return this.#list(kind, item);
    if (!isSeveral(kind) && (fitting.length === 0 || random.chance(0.2)))
      return literal(kind, literalText(random, kind));
    const { name, optional } = random.pick(fitting);
    return { kind, optional, op: 'column', text: name, args: [] };
  }

  /** Items that may be null where the kind says so. */
  #list(kind: Kind, item: Kind): Node {
    const items = Array.from({ length: this.#random.int(1, 3) }, () => this.draw(item, 1));
    const sure = kind.includes('?') ? items : items.map(one => (one.optional ? this.#literal(item) : one));
    return node('list', kind, sure, '', false, false);
  }

  #literal(kind: Kind): Node {
    return literal(kind, literalText(this.#random, kind));
  }

  #function(kind: Kind, depth: number): Node | undefined {
    const fitting = exact.filter(f => f.result === kind || (f.result === 'any' && anyKinds.includes(kind)));
    return fitting.length === 0 ? undefined : this.call(this.#random.pick(fitting), depth, kind);
  }

  /** A condition, which is never null. */
  #sure(depth: number): Node {
    const drawn = this.draw('bool', depth);
    return drawn.optional ? node('??', 'bool', [drawn, literal('bool', 'false')], '', false, false) : drawn;
  }

  /** Something that may be null; undefined where chance makes nothing of the kind. */
  #maybe(kind: Kind, depth: number): Node | undefined {
    for (let i = 0; i < 4; i++) {
      const drawn = this.draw(kind, depth);
      if (drawn.optional) return drawn;
    }
    const column = this.#columns.find(c => c.kind === kind && c.optional);
    return column && { kind, optional: true, op: 'column', text: column.name, args: [] };
  }

  #some(kind: Kind, depth: number): Node {
    return (this.#random.chance(0.5) ? this.#maybe(kind, depth) : undefined) ?? this.draw(kind, depth);
  }

  #operator(kind: Kind, depth: number): Node | undefined {
    const general = [() => this.#coalesce(kind, depth), () => this.#choice(kind, depth)];
    const own = this.#own(kind, of => this.draw(of, depth - 1), depth);
    return this.#random.pick([...general, ...own, ...own, ...own])();
  }

  #coalesce(kind: Kind, depth: number): Node | undefined {
    const left = this.#maybe(kind, depth - 1);
    if (left === undefined) return undefined;
    const right = this.draw(kind, depth - 1);
    return node('??', kind, [left, right], '', false, right.optional);
  }

  #choice(kind: Kind, depth: number): Node {
    const random = this.#random;
    const branch = (): Node => this.draw(kind, depth - 1);
    if (random.chance(0.7)) {
      const [then, otherwise] = [branch(), branch()];
      const optional = then.optional || otherwise.optional;
      return node('if', kind, [this.#sure(depth - 1), then, otherwise], '', false, optional);
    }
    const of = random.pick(['int', 'string', 'Shade', 'bool'] as const);
    const [then, otherwise] = [branch(), branch()];
    const subject = this.draw(of, depth - 1);
    const args = [subject, literal(of, literalText(random, of, true)), then, otherwise];
    return node('match', kind, args, '', false, then.optional || otherwise.optional);
  }

  #own(kind: Kind, sub: (kind: Kind) => Node, depth: number): (() => Node | undefined)[] {
    const random = this.#random;
    const made = (op: string, ...args: Node[]) => node(op, kind, args);
    const pair = (op: string, of: Kind) => () => made(op, sub(of), sub(of));
    switch (kind) {
      case 'bool':
        return this.#conditions(sub, depth);
      case 'int':
        return [...['+', '-', '*'].map(op => pair(op, 'int')), () => made('minus', sub('int'))];
      case 'float':
        return [
          ...['+', '-', '*', '/'].map(op => pair(op, 'float')),
          pair('/', random.pick(['int', 'duration', 'size', 'rate'] as const)),
          () => made('minus', sub('float')),
          () => made(random.pick(['+', '*']), sub('int'), sub('float')),
        ];
      case 'duration':
      case 'size':
      case 'rate':
        return [
          pair('+', kind),
          pair('-', kind),
          () => made('*', sub(kind), sub(random.pick(['int', 'float'] as const))),
          () => made('*', sub(random.pick(['int', 'float'] as const)), sub(kind)),
          () => made('/', sub(kind), sub(random.pick(['int', 'float'] as const))),
          ...(kind === 'duration' ? [() => made('minus', sub(kind))] : []),
        ];
      default: {
        const item = itemKind(kind);
        return item === undefined ? [] : [() => this.#list(kind, item)];
      }
    }
  }

  #conditions(sub: (kind: Kind) => Node, depth: number): (() => Node | undefined)[] {
    const random = this.#random;
    const made = (op: string, ...args: Node[]) => node(op, 'bool', args);
    const ordered = random.pick(orderedKinds);
    const any = random.pick(scalarKinds);
    const nullable = random.pick(kinds);
    const item = (): Node => (random.chance(0.2) ? sub(any) : literal(any, literalText(random, any)));
    return [
      ...['and', 'or'].map(word => () => made(word, sub('bool'), sub('bool'))),
      () => made('not', sub('bool')),
      ...['<', '<=', '>', '>='].map(sign => () => made(sign, sub(ordered), sub(ordered))),
      ...['==', '!='].map(sign => () => made(sign, sub(any), sub(any))),
      () => made('in range', sub(ordered), sub(ordered), sub(ordered)),
      () => made('in set', sub(any), ...Array.from({ length: random.int(1, 3) }, item)),
      () => ({ ...made('matching', sub('string')), text: random.pick(patterns) }),
      () => {
        const operand = this.#maybe(nullable, depth - 1);
        return operand && node('is null', 'bool', [operand], '', false, false);
      },
    ];
  }
}

function node(
  op: string,
  kind: Kind,
  args: readonly Node[],
  text = '',
  optional = false,
  all: boolean = optional || args.some(arg => arg.optional),
): Node {
  return { op, kind, args, text, optional: all };
}
export const literal = (kind: Kind, text: string): Node => ({
  kind,
  optional: false,
  op: 'literal',
  text,
  args: [],
});
export const isEnum = (kind: Kind): kind is keyof typeof enums => kind in enums;
