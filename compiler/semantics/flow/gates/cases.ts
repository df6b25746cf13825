import type { Expr } from '../../../plan/plan.ts';
import {
  add,
  type Constraint,
  constant,
  feasible,
  type Interval,
  type Linear,
  scale,
  subtract,
  variable,
} from './linear.ts';
import { type Alternatives, relation } from './relation.ts';
import { shapeOf } from './shape.ts';

/** One way things can be: inequalities between numbers, and truth values of what is simply so or not. */
export interface Case {
  readonly constraints: readonly Constraint[];
  readonly flags: ReadonlyMap<string, boolean>;
}
/** In which cases a condition is true, false, or null. */
export interface Truth {
  readonly yes: readonly Case[];
  readonly no: readonly Case[];
  readonly none: readonly Case[];
}
/** What a number is in a case; null where there is none. */
interface Valued {
  readonly given: Case;
  readonly value: Linear | null;
}

/** There is a champion; there is an earlier snapshot. */
export const championFlag = 'champion';
export const previousFlag = 'previous';

/** Thrown inside this folder where a condition has more cases than are worth looking at. */
export class TooManyCases extends Error {}
const limit = 1_000;
/** From so many on it pays to leave out those that cannot be. */
const many = 16;

const zero: Expr = { op: 'literal', value: 0, type: { kind: 'float', optional: false }, at: 0 };
const anything: Interval = { low: -Infinity, high: Infinity };
/** It is so whatever the numbers are. */
export const certain: Case = { constraints: [], flags: new Map() };

const isCertain = ({ constraints, flags }: Case): boolean => constraints.length === 0 && flags.size === 0;

/** Both at once; undefined if they exclude each other by a flag. */
function both(a: Case, b: Case): Case | undefined {
  if (isCertain(b)) return a;
  if (isCertain(a)) return b;
  const flags = new Map(a.flags);
  for (const [name, value] of b.flags) {
    if (flags.get(name) === !value) return undefined;
    flags.set(name, value);
  }
  return { constraints: [...a.constraints, ...b.constraints], flags };
}

export function product(a: readonly Case[], b: readonly Case[]): Case[] {
  if (a.length * b.length > limit) throw new TooManyCases();
  const all: Case[] = [];
  for (let i = 0; i < a.length; i++)
    for (let k = 0; k < b.length; k++) {
      const one = both(a[i]!, b[k]!);
      if (one) all.push(one);
    }
  return all;
}
function union(a: readonly Case[], b: readonly Case[] = []): readonly Case[] {
  if (a.length + b.length > limit) throw new TooManyCases();
  return b.length === 0 ? a : a.length === 0 ? b : [...a, ...b];
}

export const flag = (name: string, value: boolean): Case => ({
  constraints: [],
  flags: new Map([[name, value]]),
});

/**
 * Conditions as cases. `intervalOf` tells what a number that is no arithmetic can be; it is asked once for each and
 * remembered under the name that the cases use.
 */
export class Reasoner {
  readonly intervals = new Map<string, Interval>();
  /** The expression behind each unknown number. */
  readonly unknowns = new Map<string, Expr>();
  private readonly intervalOf: (expr: Expr) => Interval;

  constructor(intervalOf: (expr: Expr) => Interval) {
    this.intervalOf = intervalOf;
  }

  /** Texts that conditions compare with, each as a number that stands for it. */
  private readonly texts = new Map<string, number>();

  private nameOf({ value, type }: Extract<Expr, { op: 'literal' }>): number {
    const text = String(value);
    if (type.kind === 'enum') return type.members!.indexOf(text);
    const number = this.texts.get(text) ?? this.texts.size;
    this.texts.set(text, number);
    return number;
  }

  private readonly known = (name: string): Interval | undefined => this.intervals.get(name);
  private readonly range = (name: string): Interval => this.intervals.get(name) ?? anything;

  /** Whether one case of each list can hold at once; where that takes too long to find out, they are taken to. */
  together(...lists: readonly (readonly Case[])[]): boolean {
    let left = limit;
    const from = (i: number, so: Case): boolean => {
      if (i === lists.length) return true;
      for (const one of lists[i]!) {
        const next = both(so, one);
        if (!next) continue;
        if (left-- <= 0) return true;
        if (feasible(next.constraints, this.range) && from(i + 1, next)) return true;
      }
      return false;
    };
    return from(0, certain);
  }

  truth(expr: Expr): Truth {
    const { yes, no, none } = this.cases(expr);
    return yes.length + no.length + none.length < many
      ? { yes, no, none }
      : { yes: this.feasible(yes), no: this.feasible(no), none: this.feasible(none) };
  }

  private feasible(cases: readonly Case[]): readonly Case[] {
    return cases.filter(one => feasible(one.constraints, this.range));
  }

  private cases(expr: Expr): Truth {
    if (expr.op === 'literal') {
      if (expr.value === true) return { yes: [certain], no: [], none: [] };
      if (expr.value === false) return { yes: [], no: [certain], none: [] };
      return { yes: [], no: [], none: [certain] };
    }
    if (expr.op !== 'call') return this.simple(expr);
    const { args } = expr;
    switch (expr.fn) {
      case 'not': {
        const a = this.truth(args[0]!);
        return { yes: a.no, no: a.yes, none: a.none };
      }
      case 'and':
        return and(this.truth(args[0]!), this.truth(args[1]!));
      case 'or':
        return or(this.truth(args[0]!), this.truth(args[1]!));
      case 'is_null':
        return this.isNull(args[0]!);
      case 'coalesce': {
        const [a, b] = [this.truth(args[0]!), this.truth(args[1]!)];
        return {
          yes: union(a.yes, product(a.none, b.yes)),
          no: union(a.no, product(a.none, b.no)),
          none: product(a.none, b.none),
        };
      }
      case 'if': {
        const c = this.truth(args[0]!);
        const [a, b] = [this.truth(args[1]!), this.truth(args[2]!)];
        const otherwise = union(c.no, c.none);
        const pick = (k: keyof Truth): readonly Case[] =>
          union(product(c.yes, a[k]), product(otherwise, b[k]));
        return { yes: pick('yes'), no: pick('no'), none: pick('none') };
      }
      case 'in_range':
        return and(this.compare('ge', args[0]!, args[1]!), this.compare('le', args[0]!, args[2]!));
      case 'in_set':
        return numeric(args[0]!) || (args.length <= fewNames && named(args))
          ? this.inSet(expr)
          : this.simple(expr);
      case 'eq':
      case 'ne':
        if (named(args)) return this.compare(expr.fn, args[0]!, args[1]!);
        if (isBool(args[0]!) && isBool(args[1]!)) return this.compareTruth(expr);
        return numeric(args[0]!) && numeric(args[1]!)
          ? this.compare(expr.fn, args[0]!, args[1]!)
          : this.simple(expr);
      case 'ge':
      case 'gt':
      case 'le':
      case 'lt':
        return numeric(args[0]!) && numeric(args[1]!)
          ? this.compare(expr.fn, args[0]!, args[1]!)
          : this.simple(expr);
      default:
        return this.simple(expr);
    }
  }

  /** Something that is true or not, and about which nothing else is known. */
  private simple(expr: Expr): Truth {
    const name = shapeOf(expr);
    const there = expr.type.optional ? [flag(`${name} is there`, true)] : [certain];
    return {
      yes: product(there, [flag(name, true)]),
      no: product(there, [flag(name, false)]),
      none: expr.type.optional ? [flag(`${name} is there`, false)] : [],
    };
  }

  private inSet({ args }: CallExpr): Truth {
    const [value, ...items] = args;
    const truths = items.map(item => this.compare('eq', value!, item));
    return truths.reduce((a, b) => or(a, b), { yes: [], no: [certain], none: [] });
  }

  /** Two conditions that are both so, or both not; null as soon as one is. */
  private compareTruth({ fn, args }: CallExpr): Truth {
    const [a, b] = [this.truth(args[0]!), this.truth(args[1]!)];
    const same = union(product(a.yes, b.yes), product(a.no, b.no));
    const differ = union(product(a.yes, b.no), product(a.no, b.yes));
    const there = union(a.yes, a.no);
    const none = union(product(a.none, union(union(b.yes, b.no), b.none)), product(there, b.none));
    return fn === 'eq' ? { yes: same, no: differ, none } : { yes: differ, no: same, none };
  }

  private isNull(expr: Expr): Truth {
    if (!numeric(expr) && !named([expr]))
      return this.simple({ ...expr, type: { ...expr.type, optional: false } });
    const values = this.values(expr);
    return {
      yes: values.filter(v => v.value === null).map(v => v.given),
      no: values.filter(v => v.value !== null).map(v => v.given),
      none: [],
    };
  }

  private compare(fn: string, left: Expr, right: Expr): Truth {
    const yes: Case[] = [];
    const no: Case[] = [];
    const none: Case[] = [];
    for (const a of this.values(left))
      for (const b of this.values(right)) {
        const given = both(a.given, b.given);
        if (!given) continue;
        if (a.value === null || b.value === null) {
          none.push(given);
          continue;
        }
        const [is, isNot] = relation(fn, subtract(a.value, b.value), this.known);
        yes.push(...product([given], casesOf(is)));
        no.push(...product([given], casesOf(isNot)));
      }
    return { yes: union(yes), no: union(no), none: union(none) };
  }

  private values(expr: Expr): Valued[] {
    if (expr.op === 'literal') {
      const value = named([expr]) ? this.nameOf(expr) : Number(expr.value);
      return [
        {
          given: certain,
          value: expr.value === null ? null : Number.isFinite(value) ? constant(value) : this.unknown(expr),
        },
      ];
    }
    if (expr.op !== 'call') return this.atom(expr);
    const { args } = expr;
    const combine = (of: (a: Linear, b: Linear) => Linear | undefined): Valued[] => this.combine(expr, of);
    switch (expr.fn) {
      case 'to_float_int':
        return this.values(args[0]!);
      case 'neg':
        return this.values(args[0]!).map(v => ({ ...v, value: v.value && scale(v.value, -1) }));
      case 'add':
        return combine(add);
      case 'sub':
        return combine(subtract);
      case 'mul':
        return combine((a, b) =>
          a.terms.size === 0 ? scale(b, a.constant) : b.terms.size === 0 ? scale(a, b.constant) : undefined,
        );
      case 'div':
        return combine((a, b) =>
          b.terms.size === 0 && b.constant !== 0 ? scale(a, 1 / b.constant) : undefined,
        );
      case 'coalesce': {
        const first = this.values(args[0]!);
        const rest = this.values(args[1]!);
        const missing = first.filter(v => v.value === null);
        const filled = missing.flatMap(a =>
          rest.flatMap(b => {
            const given = both(a.given, b.given);
            return given ? [{ given, value: b.value }] : [];
          }),
        );
        return [...first.filter(v => v.value !== null), ...filled];
      }
      case 'if': {
        const c = this.truth(args[0]!);
        const under = (cases: readonly Case[], values: readonly Valued[]): Valued[] =>
          values.flatMap(v => product(cases, [v.given]).map(given => ({ given, value: v.value })));
        return [...under(c.yes, this.values(args[1]!)), ...under(union(c.no, c.none), this.values(args[2]!))];
      }
      case 'abs_int':
      case 'abs_float': {
        const negated: Expr = { ...expr, fn: 'neg' };
        return this.chosen(args[0]!, negated, 'ge', args[0]!, zero);
      }
      case 'least':
        if (named(args)) return this.atom(expr);
        return this.chosen(args[0]!, args[1]!, 'le', args[0]!, args[1]!);
      case 'greatest':
        if (named(args)) return this.atom(expr);
        return this.chosen(args[0]!, args[1]!, 'ge', args[0]!, args[1]!);
      default:
        return this.atom(expr);
    }
  }

  /** One number where a comparison holds, another where it does not, none where it is null. */
  private chosen(first: Expr, second: Expr, fn: string, left: Expr, right: Expr): Valued[] {
    const { yes, no, none } = this.compare(fn, left, right);
    const under = (cases: readonly Case[], of: Expr): Valued[] =>
      this.values(of).flatMap(v => product(cases, [v.given]).map(given => ({ given, value: v.value })));
    return [...under(yes, first), ...under(no, second), ...none.map(given => ({ given, value: null }))];
  }

  private combine(expr: CallExpr, of: (a: Linear, b: Linear) => Linear | undefined): Valued[] {
    const [left, right] = [this.values(expr.args[0]!), this.values(expr.args[1]!)];
    if (left.length * right.length > limit) throw new TooManyCases();
    return left.flatMap(a =>
      right.flatMap(b => {
        const given = both(a.given, b.given);
        if (!given) return [];
        const value = a.value && b.value ? (of(a.value, b.value) ?? this.unknown(expr)) : null;
        return [{ given, value }];
      }),
    );
  }

  /** A number that stands for itself, and may be missing. */
  private atom(expr: Expr): Valued[] {
    const value = this.unknown(expr);
    if (!expr.type.optional) return [{ given: certain, value }];
    const name =
      expr.op === 'metric' && expr.of === 'champion'
        ? championFlag
        : expr.op === 'drift' && expr.against === 'previous'
          ? previousFlag
          : `${shapeOf(expr)} is there`;
    return [
      { given: flag(name, true), value },
      { given: flag(name, false), value: null },
    ];
  }

  private unknown(expr: Expr): Linear {
    const name = shapeOf(expr);
    if (!this.intervals.has(name)) {
      this.intervals.set(name, this.intervalOf(expr));
      this.unknowns.set(name, expr);
    }
    return variable(name);
  }
}

type CallExpr = Extract<Expr, { op: 'call' }>;

const numbers: ReadonlySet<string> = new Set(['int', 'float', 'duration', 'rate', 'size', 'metric']);
const numeric = (expr: Expr): boolean => numbers.has(expr.type.kind);
/** Members of one enum, or texts: which of them it is can be asked, an order of them is not looked at. */
const named = ([first, ...rest]: readonly Expr[]): boolean => {
  const { kind, members } = first!.type;
  if (kind !== 'string' && (kind !== 'enum' || members === undefined)) return false;
  return rest.every(({ type }) => type.kind === kind && sameMembers(type.members, members));
};
const sameMembers = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a === b || (a.length === b.length && a.every((member, i) => member === b[i]));
/** A text is not one of many others in too many ways. */
const fewNames = 8;
const isBool = (expr: Expr): boolean => expr.type.kind === 'bool';

const negate = ({ yes, no, none }: Truth): Truth => ({ yes: no, no: yes, none });

const or = (a: Truth, b: Truth): Truth => negate(and(negate(a), negate(b)));

function and(a: Truth, b: Truth): Truth {
  return {
    yes: product(a.yes, b.yes),
    no: union(a.no, b.no),
    none: union(product(a.none, union(b.yes, b.none)), product(a.yes, b.none)),
  };
}

const noFlags: Case['flags'] = new Map();
const casesOf = (alternatives: Alternatives): readonly Case[] =>
  alternatives.map(constraints => ({ constraints, flags: noFlags }));
