import type { Label } from '../../../diagnostics/diagnostic.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { constantOf, numberOf } from '../constant.ts';
import type { Checker, Constant, Env } from '../context.ts';
import { both, type Domain, domainOf, isEmpty } from './domains.ts';

/** What is taken to hold of one value, and the conditions that say so. */
interface Fact {
  readonly domain: Domain;
  readonly whole: boolean;
  /** The latest condition about it, and whether it is taken to hold. */
  readonly by: ast.Expression;
  readonly holds: boolean;
}
type Facts = ReadonlyMap<string, Fact>;

/** A condition on one value: the values for which it holds, and those for which it does not. */
interface Atom {
  readonly of: ast.Expression;
  readonly key: string;
  readonly holds: Domain | undefined;
  readonly fails: Domain | undefined;
}

const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
/** Longer chains are made by programs; looking at each with all before it would take too long. */
const longest = 40;

export class Conditions {
  private readonly c: Checker;
  private readonly env: Env;

  /** Rules of gates and validations are judged as intervals of what they measure, elsewhere. */
  private readonly elsewhere: boolean;

  constructor(c: Checker, env: Env) {
    this.c = c;
    this.env = env;
    this.elsewhere = env.gate !== undefined || (env.place === 'validation' && env.rows !== undefined);
  }

  /** `a and b`: something that cannot hold beside what stands before it. `a or b`: something that always holds behind it. */
  chain(e: ast.Binary): void {
    if (this.elsewhere) return;
    const parts = this.parts(e, e.operator);
    if (parts.length > longest) return;
    const and = e.operator === 'and';
    let facts: Facts = new Map();
    for (const part of parts) {
      const outcome = this.decided(facts, part);
      // What is decided without the others is told where it stands.
      if (outcome?.by && outcome.value !== and) {
        this.report(part, outcome.value, outcome.by, and ? e : undefined);
        return;
      }
      facts = this.assume(facts, part, and)?.facts ?? facts;
    }
  }

  /** `if a then … else if b …`: a condition that the earlier ones decide. */
  ifs(e: ast.If, before: Facts = new Map(), depth = 0): void {
    if (this.elsewhere || depth > longest) return;
    const outcome = depth === 0 ? undefined : this.decided(before, e.condition);
    if (outcome?.by) {
      this.report(e.condition, outcome.value, outcome.by, undefined);
      return;
    }
    const inside = (value: ast.Expression, holds: boolean): void => {
      if (value.kind !== 'If') return;
      const facts = this.assume(before, e.condition, holds)?.facts;
      if (facts) this.ifs(value, facts, depth + 1);
    };
    inside(e.then, true);
    inside(e.otherwise, false);
  }

  private parts(e: ast.Expression, operator: string): ast.Expression[] {
    if (e.kind !== 'Binary' || e.operator !== operator) return [e];
    return [...this.parts(e.left, operator), ...this.parts(e.right, operator)];
  }

  /** The one outcome that a condition can have where the facts hold, with the fact that decides it. */
  private decided(facts: Facts, e: ast.Expression): { value: boolean; by: Fact | undefined } | undefined {
    const holds = this.assume(facts, e, true);
    if (holds && !holds.facts) return { value: false, by: holds.by };
    // Null and nan make a condition false without its opposite being true.
    if (!this.isTotal(e)) return undefined;
    const fails = this.assume(facts, e, false);
    return fails && !fails.facts ? { value: true, by: fails.by } : undefined;
  }

  private isTotal(e: ast.Expression): boolean {
    if (e.kind === 'Unary' && e.operator === 'not') return this.isTotal(e.operand);
    const atom = this.atom(e);
    if (!atom) return false;
    const { kind, optional, min, max } = this.c.typeOf(atom.of);
    if (atom.key.startsWith('null ')) return true;
    return !optional && (kind !== 'float' || min !== undefined || max !== undefined);
  }

  /** The facts when a condition holds or fails; without facts where it cannot. Undefined: nothing is known. */
  private assume(
    facts: Facts,
    e: ast.Expression,
    holds: boolean,
  ): { facts: Facts | undefined; by?: Fact } | undefined {
    if (e.kind === 'Unary' && e.operator === 'not') return this.assume(facts, e.operand, !holds);
    if (e.kind === 'Binary' && (e.operator === 'and' || e.operator === 'or')) {
      if ((e.operator === 'and') !== holds) return undefined;
      let all: { facts: Facts | undefined; by?: Fact } = { facts };
      for (const part of this.parts(e, e.operator)) {
        if (!all.facts) return all;
        all = this.assume(all.facts, part, holds) ?? all;
      }
      return all;
    }
    const atom = this.atom(e);
    const domain = holds ? atom?.holds : atom?.fails;
    if (!atom || !domain) return undefined;
    const type = this.c.typeOf(atom.of);
    const known = facts.get(atom.key);
    const before = known?.domain ?? (atom.key.startsWith('null ') ? {} : domainOf(type));
    const left = both(before, domain);
    const whole = type.kind === 'int';
    if (isEmpty(left, whole)) return { facts: undefined, ...(known ? { by: known } : {}) };
    return { facts: new Map([...facts, [atom.key, { domain: left, whole, by: e, holds }]]) };
  }

  private atom(e: ast.Expression): Atom | undefined {
    if (constantOf(this.c, e) !== undefined) return undefined;
    switch (e.kind) {
      case 'Binary':
        return this.comparison(e);
      case 'InRange': {
        const [low, high] = [e.range.low, e.range.high].map(end => this.bound(end));
        if (low === undefined || high === undefined) return undefined;
        const inside = { low: { at: low, open: false }, high: { at: high, open: false } };
        return this.of(e.operand, e.negated ? undefined : inside, e.negated ? inside : undefined);
      }
      case 'InSet': {
        const values = e.items.map(item => this.value(item));
        if (values.some(value => value === undefined || value === null)) return undefined;
        const set = new Set(values as Exclude<Constant, null>[]);
        return this.of(
          e.operand,
          e.negated ? { not: set } : { only: set },
          e.negated ? { only: set } : { not: set },
        );
      }
      case 'IsNull': {
        const yes = { only: new Set([!e.negated]) };
        const no = { only: new Set([e.negated]) };
        return { of: e.operand, key: `null ${this.text(e.operand)}`, holds: yes, fails: no };
      }
      case 'NameExpression':
      case 'Member':
      case 'Call':
        return this.c.typeOf(e).kind === 'bool'
          ? this.of(e, { only: new Set([true]) }, { only: new Set([false]) })
          : undefined;
      default:
        return undefined;
    }
  }

  private comparison(e: ast.Binary): Atom | undefined {
    const right = this.value(e.right);
    const left = right === undefined ? this.value(e.left) : undefined;
    const value = right ?? left;
    if (value === undefined || value === null) return undefined;
    const of = right === undefined ? e.right : e.left;
    const operator = right === undefined ? (flipped[e.operator] ?? e.operator) : e.operator;
    if (operator === '==') return this.of(of, { only: new Set([value]) }, { not: new Set([value]) });
    if (operator === '!=') return this.of(of, { not: new Set([value]) }, { only: new Set([value]) });
    const at = this.bound(right === undefined ? e.left : e.right);
    if (at === undefined) return undefined;
    const low = (open: boolean): Domain => ({ low: { at, open } });
    const high = (open: boolean): Domain => ({ high: { at, open } });
    switch (operator) {
      case '<':
        return this.of(of, high(true), low(false));
      case '<=':
        return this.of(of, high(false), low(true));
      case '>':
        return this.of(of, low(true), high(false));
      case '>=':
        return this.of(of, low(false), high(true));
      default:
        return undefined;
    }
  }

  private of(of: ast.Expression, holds: Domain | undefined, fails: Domain | undefined): Atom | undefined {
    const { kind } = this.c.typeOf(of);
    if (kind === 'unknown' || kind === 'null' || kind === 'list' || kind === 'table') return undefined;
    return { of, key: this.text(of), holds, fails };
  }

  /** A constant as sets hold it: numbers as numbers, members of enums as text. */
  private value(e: ast.Expression): Constant | undefined {
    const constant = constantOf(this.c, e);
    if (constant !== undefined) return typeof constant === 'bigint' ? Number(constant) : constant;
    const name = e.kind === 'NameExpression' ? e.name : e.kind === 'Member' ? e.member : undefined;
    const symbol = name && this.c.symbols.get(name);
    return symbol?.kind === 'member' ? symbol.name : undefined;
  }

  private bound(e: ast.Expression): number | string | undefined {
    const constant = constantOf(this.c, e);
    if (typeof constant !== 'string') return numberOf(constant);
    return ['date', 'datetime', 'timestamp'].includes(this.c.typeOf(e).kind) ? constant : undefined;
  }

  private text(e: ast.Expression): string {
    return this.env.module.file.text.slice(e.span.start, e.span.end).replace(/\s+/g, '');
  }

  private report(at: ast.Expression, always: boolean, fact: Fact, whole: ast.Expression | undefined): void {
    const { file } = this.env.module;
    const shown = (e: ast.Expression): string =>
      file.text.slice(e.span.start, e.span.end).replace(/\s+/g, ' ');
    const how = fact.holds ? 'holds' : 'does not hold';
    const why = `where it is asked, \`${shown(fact.by)}\` ${how}`;
    const labels: Label[] = [{ file, span: fact.by.span, message: `this ${how} there` }];
    const more = whole ? [{ file, span: whole.span, message: 'so all of this never holds' }] : [];
    this.c.error(this.env.module, typesMessages.alwaysSame, { always, why }, at.span, {
      labels: [...labels, ...more],
    });
  }
}
