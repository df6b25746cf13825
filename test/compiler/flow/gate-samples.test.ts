import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition, Expr, Type } from '../../../compiler/plan/plan.ts';
import type { MetricFacts } from '../../../compiler/semantics/flow/gates/intervals.ts';
import { judge, type Verdict } from '../../../compiler/semantics/flow/gates/judge.ts';
import { bool, call, int, literal, optional } from '../../support/plan.ts';
import { Random, rounds } from '../../support/random.ts';

/**
 * Random conditions over random ranges against a reference that knows nothing of intervals: it evaluates them at the
 * points of a grid. All numbers are whole thousandths, so the reference is exact; bounds are multiples of 0.2, so every
 * set of numbers that a condition describes has a point on a grid of 0.025.
 */
const STEP = 25;

interface Variable {
  readonly expr: Expr;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  /** It is missing on the first run. */
  readonly champion: boolean;
}
type Sample = ReadonlyMap<Expr, number | null>;
type Answer = boolean | null;

const share: Type = { kind: 'float', optional: false };
const number = (thousandths: number): Expr => literal(thousandths / 1000, share);
const metric = (name: string, of: 'model' | 'champion' | 'baseline'): Expr => ({
  op: 'metric',
  metric: name,
  of,
  args: {},
  type: of === 'champion' ? optional(share) : share,
  at: 0,
});
const count: Expr = {
  op: 'table_aggregate',
  aggregate: 'count',
  args: [],
  type: { ...int, min: 0, max: 4 },
  at: 0,
};

// --- The reference ---

const numbers: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => (a * b) / 1000,
  least: Math.min,
  greatest: Math.max,
  neg: a => -a,
  abs_float: Math.abs,
  to_float_int: a => a,
};
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ge: (a, b) => a >= b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  lt: (a, b) => a < b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
};

function value(expr: Expr, sample: Sample): number | null {
  const known = sample.get(expr);
  if (known !== undefined) return known;
  if (expr.op === 'literal') return Math.round(Number(expr.value) * 1000);
  if (expr.op !== 'call') throw new Error(`no value for ${expr.op}`);
  if (expr.fn === 'coalesce') return value(expr.args[0]!, sample) ?? value(expr.args[1]!, sample);
  const [a, b = 0] = expr.args.map(arg => value(arg, sample));
  return a === null || a === undefined || b === null ? null : numbers[expr.fn]!(a, b);
}

function holds(expr: Expr, sample: Sample): Answer {
  if (expr.op !== 'call') throw new Error(`no truth for ${expr.op}`);
  const { fn, args } = expr;
  const truth = (i: number): Answer => holds(args[i]!, sample);
  switch (fn) {
    case 'not': {
      const a = truth(0);
      return a === null ? null : !a;
    }
    case 'and':
    case 'or': {
      const [a, b] = [truth(0), truth(1)];
      const decides = fn === 'or';
      if (a === decides || b === decides) return decides;
      return a === null || b === null ? null : !decides;
    }
    case 'if':
      return truth(0) === true ? truth(1) : truth(2);
    case 'coalesce':
      return truth(0) ?? truth(1);
    case 'is_null':
      return value(args[0]!, sample) === null;
    default: {
      if (args[0]!.type.kind === 'bool') {
        const [a, b] = [truth(0), truth(1)];
        return a === null || b === null ? null : (a === b) === (fn === 'eq');
      }
      const [x, ...rest] = args.map(arg => value(arg, sample));
      if (x === null || x === undefined || rest.includes(null)) return null;
      const others = rest as number[];
      if (fn === 'in_range') return x >= others[0]! && x <= others[1]!;
      if (fn === 'in_set') return others.includes(x);
      return comparisons[fn]!(x, others[0]!);
    }
  }
}

/** All points of the box, on the first run and later. */
function samples(variables: readonly Variable[]): { first: Sample[]; later: Sample[] } {
  let first: Map<Expr, number | null>[] = [new Map()];
  let later: Map<Expr, number | null>[] = [new Map()];
  for (const { expr, low, high, step, champion } of variables) {
    const points: number[] = [];
    for (let x = low; x <= high; x += step) points.push(x);
    const spread = (maps: Map<Expr, number | null>[], all: readonly (number | null)[]) =>
      maps.flatMap(map => all.map(x => new Map(map).set(expr, x)));
    first = spread(first, champion ? [null] : points);
    later = spread(later, points);
  }
  return { first, later };
}

// --- Random conditions ---

const chance = new Random();
const { seed } = chance;
const draw = (): number => chance.next();
const pick = <T>(all: readonly T[]): T => chance.pick(all);
const constant = (): number => pick([-400, -200, 0, 200, 400, 600, 800, 1000, 1200, 1400]);
const is = (fn: string, ...args: Expr[]): Expr => call(fn, bool, ...args);
const num = (fn: string, ...args: Expr[]): Expr => call(fn, share, ...args);

function variablesOfRound(): { variables: Variable[]; metrics: Map<string, MetricFacts> } {
  const box = (): { low: number; high: number } => {
    const low = pick([-400, 0, 0, 0, 200]);
    return { low, high: low + pick([400, 600, 1000, 1000]) };
  };
  const metrics = new Map<string, MetricFacts>();
  const variable = (name: string, of: 'model' | 'champion' | 'baseline'): Variable => {
    const { low, high } = box();
    const known = metrics.get(name);
    const range = known ? { low: known.min! * 1000, high: known.max! * 1000 } : { low, high };
    metrics.set(name, { direction: null, min: range.low / 1000, max: range.high / 1000 });
    return { expr: metric(name, of), ...range, step: STEP, champion: of === 'champion' };
  };
  const second = pick([
    () => variable('auc', 'champion'),
    () => variable('auc', 'baseline'),
    () => variable('loss', 'model'),
    (): Variable => ({ expr: count, low: 0, high: 4000, step: 1000, champion: false }),
  ]);
  return { variables: [variable('auc', 'model'), second()], metrics };
}

/** A number with a place for null filled in, and what it may be compared with. */
function term(variables: readonly Variable[]): Expr {
  const filled = ({ expr, champion }: Variable): Expr =>
    champion ? num('coalesce', expr, number(constant())) : expr === count ? num('to_float_int', expr) : expr;
  const one = pick(variables);
  const x = filled(one);
  const [a, b] = [filled(variables[0]!), filled(variables[1]!)];
  if (one.expr === count) return x;
  const pairs =
    variables[1]!.expr === count
      ? []
      : [
          () => num('add', a, b),
          () => num('sub', b, a),
          () => num('abs_float', num('sub', a, b)),
          () => num('least', a, b),
          () => num('greatest', a, b),
        ];
  return pick([
    () => x,
    () => x,
    () => num('sub', x, number(constant())),
    () => num('add', number(constant()), x),
    () => num('mul', number(2000), x),
    () => num('neg', x),
    () => num('least', x, number(constant())),
    ...pairs,
  ])();
}

function comparison(variables: readonly Variable[]): Expr {
  const champion = variables.find(one => one.champion);
  const bound = (x: Expr): number =>
    x.op === 'call' && x.fn === 'to_float_int'
      ? pick([-500, 0, 500, 1000, 2000, 2500, 4000, 4500])
      : constant();
  const x = term(variables);
  const plain = (): Expr => is(pick(Object.keys(comparisons)), x, number(bound(x)));
  if (champion && draw() < 0.2)
    return pick([
      () => is('is_null', champion.expr),
      () =>
        is(
          'coalesce',
          is('gt', variables[0]!.expr, champion.expr),
          pick([is('lt', number(0), number(200)), plain()]),
        ),
    ])();
  return pick([
    plain,
    plain,
    plain,
    () => is('in_range', x, number(bound(x)), number(bound(x))),
    () => is('in_set', x, number(bound(x)), number(bound(x))),
  ])();
}

function condition(variables: readonly Variable[], depth: number): Expr {
  if (depth === 0 || draw() < 0.3) return comparison(variables);
  const part = (): Expr => condition(variables, depth - 1);
  return pick([
    () => is('and', part(), part()),
    () => is('and', part(), part()),
    () => is('or', part(), part()),
    () => is('or', part(), part()),
    () => is('not', part()),
    () => is('if', part(), part(), part()),
    () => is(pick(['eq', 'ne']), part(), part()),
  ])();
}

const rule = (of: Expr): Condition => ({
  severity: 'require',
  condition: of,
  text: '',
  forEach: null,
  times: 1,
  policy: null,
  at: 0,
});

// --- Where they agree ---

const every = (points: readonly Sample[], expr: Expr): boolean => points.every(p => holds(expr, p) === true);
const some = (points: readonly Sample[], ...all: readonly Expr[]): boolean =>
  points.some(p => all.every(expr => holds(expr, p) === true));

/** What the samples say of one condition. */
function seen(expr: Expr, { first, later }: ReturnType<typeof samples>): string {
  if (every(first, expr) && every(later, expr)) return 'vacuous always';
  if (!some(first, expr) && !some(later, expr)) return 'impossible always';
  if (!some(first, expr)) return 'impossible first';
  if (!some(later, expr)) return 'impossible later';
  return every(later, expr) ? 'vacuous later' : '';
}

const told = (verdict: Verdict | undefined): string =>
  verdict && 'when' in verdict ? `${verdict.kind} ${verdict.when}` : (verdict?.kind ?? '');

/** A disagreement, in words; undefined where there is none. */
function disagreement(mutate: (expr: Expr) => Expr, tally?: Map<string, number>): string | undefined {
  const { variables, metrics } = variablesOfRound();
  const points = samples(variables);
  const conditions = Array.from({ length: 3 }, () => condition(variables, 2));
  const verdicts = judge(
    conditions.map(one => rule(mutate(one))),
    'gate',
    metrics,
  );
  const show = (expr: Expr): string =>
    expr.op === 'call'
      ? `${expr.fn}(${expr.args.map(show).join(', ')})`
      : expr.op === 'literal'
        ? String(expr.value)
        : expr.op === 'metric'
          ? `${expr.of}.${expr.metric}`
          : 'count';
  const ranges = variables.map(v => `${show(v.expr)} in ${v.low / 1000}..${v.high / 1000}`).join(', ');
  const fault = (what: string, ...of: Expr[]): string =>
    `${what}: ${of.map(show).join(' | ')} with ${ranges}`;

  for (const [i, one] of conditions.entries()) {
    const verdict = verdicts.find(v => v.rule === i && (v.kind === 'impossible' || v.kind === 'vacuous'));
    const sample = seen(one, points);
    tally?.set(sample, (tally.get(sample) ?? 0) + 1);
    if (told(verdict) !== sample) return fault(`told "${told(verdict)}", seen "${sample}"`, one);
  }
  const sound = conditions.filter(
    (_, i) => !verdicts.some(v => v.rule === i && /^(imp.*e|vacuous)$/.test(v.kind)),
  );
  const conflict = verdicts.find(v => v.kind === 'contradictory');
  const excluded = !some(points.first, ...sound) || !some(points.later, ...sound);
  tally?.set(
    excluded ? 'contradictory' : 'together',
    (tally.get(excluded ? 'contradictory' : 'together') ?? 0) + 1,
  );
  if (sound.length > 0 && (conflict !== undefined) !== excluded)
    return fault(
      `told ${told(conflict) || 'nothing'}, seen ${excluded ? 'contradictory' : 'together'}`,
      ...sound,
    );
  if (conflict) return undefined;
  return containment(conditions, sound, verdicts, points, fault, tally);
}

/** Each condition that is told to be contained in others is, and of those that are left none is. */
function containment(
  conditions: readonly Expr[],
  sound: readonly Expr[],
  verdicts: readonly Verdict[],
  { first, later }: ReturnType<typeof samples>,
  fault: (what: string, ...of: Expr[]) => string,
  tally?: Map<string, number>,
): string | undefined {
  const contained = (one: Expr, others: readonly Expr[]): boolean =>
    ![...first, ...later].some(p => others.every(o => holds(o, p) === true) && holds(one, p) !== true);
  const implied = verdicts.flatMap(v => (v.kind === 'implied' ? [v] : []));
  if (implied.length > 0) tally?.set('implied', (tally.get('implied') ?? 0) + 1);
  for (const { rule: index, others } of implied)
    if (
      !contained(
        conditions[index]!,
        others.map(i => conditions[i]!),
      )
    )
      return fault('told implied, and is not', conditions[index]!, ...others.map(i => conditions[i]!));
  const left = sound.filter(one => !implied.some(v => conditions[v.rule] === one));
  for (const one of left) {
    const others = left.filter(other => other !== one);
    if (others.length > 0 && contained(one, others)) return fault('implied, and not told', one, ...others);
  }
  return undefined;
}

test(`judgements agree with samples, seed ${seed}`, () => {
  const tally = new Map<string, number>();
  for (let round = 0; round < rounds(60, 20_000); round++) {
    const fault = disagreement(expr => expr, tally);
    assert.is(fault, undefined, `round ${round}, seed ${seed}: ${fault}`);
  }
  console.log(`seed ${seed}: ${[...tally].map(([what, n]) => `${what || 'decides'} ${n}`).join(', ')}`);
  for (const kind of ['', 'vacuous always', 'impossible always', 'contradictory', 'implied'])
    assert.ok((tally.get(kind) ?? 0) > 0, `none that are "${kind}"`);
});

const everywhere = (change: (expr: Expr) => Expr): ((expr: Expr) => Expr) => {
  const walk = (expr: Expr): Expr =>
    change(expr.op === 'call' ? { ...expr, args: expr.args.map(walk) } : expr);
  return walk;
};
const renamed = (from: string, to: string): ((expr: Expr) => Expr) =>
  everywhere(expr => (expr.op === 'call' && expr.fn === from ? { ...expr, fn: to } : expr));

/** Faults of a reasoner, planted by letting it see something else than the reference. */
const mutants: Readonly<Record<string, (expr: Expr) => Expr>> = {
  'takes >= for >': renamed('gt', 'ge'),
  'takes < for <=': renamed('le', 'lt'),
  'takes or for and': renamed('and', 'or'),
  'takes == for !=': renamed('ne', 'eq'),
  'loses abs': everywhere(e => (e.op === 'call' && e.fn === 'abs_float' ? e.args[0]! : e)),
  'takes the greater for the less': renamed('least', 'greatest'),
  'loses minus': everywhere(e => (e.op === 'call' && e.fn === 'neg' ? e.args[0]! : e)),
  'loses the first run': everywhere(e => (e.op === 'metric' ? { ...e, type: share } : e)),
  'gives whole numbers fractions': everywhere(e =>
    e === count ? { ...e, type: { ...e.type, kind: 'float' } } : e,
  ),
  'moves a bound': everywhere(e => (e.op === 'literal' && e.value === 0.4 ? number(401) : e)),
};
for (const [name, mutate] of Object.entries(mutants))
  test(`a reasoner that ${name} is found out`, () => {
    for (let round = 0; round < 3_000; round++) if (disagreement(mutate) !== undefined) return;
    assert.unreachable(`seed ${seed}: not found out`);
  });

test.run();
