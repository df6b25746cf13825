import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition, Expr, Model, Plan, Type } from '../../../compiler/plan/plan.ts';
import { checkFlow, type MetricFacts } from '../../../compiler/semantics/flow/index.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { bool, call, column, int, literal, optional, plan } from '../../support/plan.ts';

// Conditions are written as trees here, so that this file tests reasoning alone; `test/fixtures/flow` has specs.

const share: Type = { kind: 'float', optional: false, min: 0, max: 1 };
const float: Type = { kind: 'float', optional: false };
const metrics = new Map<string, MetricFacts>([
  ['auc', { direction: 'higher', min: 0, max: 1 }],
  ['log_loss', { direction: 'lower', min: 0, max: null }],
  ['r2', { direction: 'higher', min: null, max: 1 }],
  ['rows_per_leaf', { direction: null, min: 0, max: null }],
]);
let at = 0;
const fresh = (expr: Expr): Expr => ({ ...expr, at: ++at });
const m = (metric: string, of: 'model' | 'champion' | 'baseline' = 'model'): Expr =>
  fresh({ op: 'metric', metric, of, args: {}, type: of === 'champion' ? optional(float) : float, at: 0 });
const n = (value: number): Expr => fresh(literal(value, float));
const is = (fn: string, ...args: Expr[]): Expr => fresh(call(fn, bool, ...args));
const num = (fn: string, ...args: Expr[]): Expr => fresh(call(fn, float, ...args));
const aggregate = (name: string, type: Type, ...args: Expr[]): Expr =>
  fresh({ op: 'table_aggregate', aggregate: name, args, type, at: 0 });

function rule(condition: Expr, rest: Partial<Condition> = {}): Condition {
  const text = 'x';
  return { severity: 'require', condition, text, forEach: null, times: 1, policy: null, at: ++at, ...rest };
}
const file = new SourceFile('test.mlp', 'x'.repeat(2_000));
const places = Array.from({ length: 2_000 }, (_, i) => ({ file, span: { start: i, end: i + 1 } }));
const codes = (of: Partial<Plan>): string[] =>
  checkFlow({ draft: plan(of), places, metrics }).map(d => d.code);

const inGate = (...rules: Condition[]): string[] => {
  const model = { views: [], features: [], label: { view: 'V', name: 'y', type: bool }, split: null };
  return codes({ models: { a: { ...model, gate: { rules, approvals: [], at: 0 } } as unknown as Model } });
};
const inValidation = (...rules: Condition[]): string[] =>
  codes({ validations: { v: { on: 's', rules, at: 0 } } });

const [impossible, vacuous, contradictory, inverted] = ['MLP5101', 'MLP5102', 'MLP5103', 'MLP5104'] as const;
const champion = (otherwise: number): Expr => num('coalesce', m('auc', 'champion'), n(otherwise));

test('bounds inside the range are silent', () => {
  assert.equal(inGate(rule(is('ge', m('auc'), n(0.7)))), []);
  assert.equal(inGate(rule(is('gt', m('auc'), n(0)))), []);
  assert.equal(inGate(rule(is('ge', m('auc'), n(1)))), []);
  assert.equal(inGate(rule(is('le', m('log_loss'), n(40)))), []);
  assert.equal(inGate(rule(is('ge', m('r2'), n(-3)))), []);
  assert.equal(inGate(rule(is('gt', m('auc'), m('auc', 'baseline')))), []);
  assert.equal(inGate(rule(is('in_range', m('auc'), n(0.6), n(0.99)))), []);
});

test('bounds outside the range are impossible or vacuous', () => {
  assert.equal(inGate(rule(is('ge', m('auc'), n(1.2)))), [impossible]);
  assert.equal(inGate(rule(is('gt', m('auc'), n(1)))), [impossible]);
  assert.equal(inGate(rule(is('le', m('log_loss'), n(-0.1)))), [impossible]);
  assert.equal(inGate(rule(is('eq', m('auc'), n(2)))), [impossible]);
  assert.equal(inGate(rule(is('ge', m('auc'), n(0)))), [vacuous]);
  assert.equal(inGate(rule(is('le', m('auc'), n(1)))), [vacuous]);
  assert.equal(inGate(rule(is('ne', m('auc'), n(1.5)))), [vacuous]);
  assert.equal(inGate(rule(is('in_range', m('auc'), n(-1), n(2)))), [vacuous]);
});

test('arithmetic is followed, with the same number the same on both sides', () => {
  assert.equal(inGate(rule(is('ge', num('sub', m('auc'), n(0.5)), n(0.6)))), [impossible]);
  assert.equal(inGate(rule(is('ge', num('mul', m('auc'), n(2)), n(1.9)))), []);
  assert.equal(inGate(rule(is('ge', num('div', m('auc'), n(2)), n(0.6)))), [impossible]);
  assert.equal(inGate(rule(is('ge', m('auc'), num('sub', m('auc'), n(0.1))))), [vacuous]);
  assert.equal(inGate(rule(is('gt', m('auc'), num('add', m('auc', 'baseline'), n(1))))), [impossible]);
  assert.equal(inGate(rule(is('gt', m('auc'), num('add', m('auc', 'baseline'), n(0.99))))), []);
  // Of products of two unknowns only the range is known.
  assert.equal(inGate(rule(is('ge', num('mul', m('auc'), m('auc')), n(4)))), [impossible]);
  assert.equal(inGate(rule(is('ge', num('mul', m('auc'), m('auc')), n(0.9)))), []);
  assert.equal(inGate(rule(is('ge', num('mul', m('log_loss'), m('log_loss')), n(4)))), []);
});

test('connectives are followed', () => {
  const good = (): Expr => is('ge', m('auc'), n(0.7));
  const never = (): Expr => is('ge', m('auc'), n(1.2));
  const ever = (): Expr => is('ge', m('auc'), n(0));
  assert.equal(inGate(rule(is('or', good(), never()))), []);
  assert.equal(inGate(rule(is('and', good(), never()))), [impossible]);
  assert.equal(inGate(rule(is('or', good(), ever()))), [vacuous]);
  assert.equal(inGate(rule(is('and', good(), ever()))), []);
  assert.equal(inGate(rule(is('not', never()))), [vacuous]);
  assert.equal(inGate(rule(is('not', ever()))), [impossible]);
  assert.equal(inGate(rule(is('and', good(), is('lt', m('auc'), n(0.6))))), [impossible]);
  assert.equal(inGate(rule(is('or', good(), is('lt', m('auc'), n(0.8))))), [vacuous]);
  assert.equal(inGate(rule(is('if', is('gt', m('log_loss'), n(1)), never(), good()))), []);
});

test('the first run, without a champion, is one of the states', () => {
  assert.equal(inGate(rule(is('ge', m('auc'), num('sub', champion(0.65), n(0.005))))), []);
  assert.equal(inGate(rule(is('ge', m('auc'), champion(1.2)))), [impossible]);
  assert.equal(inGate(rule(is('ge', m('auc'), num('add', champion(0.6), n(0.5))))), [impossible]);
  assert.equal(inGate(rule(is('ge', m('auc'), num('sub', champion(0), n(0.005))))), []);
  assert.equal(inGate(rule(is('ge', m('auc'), num('sub', champion(0), n(1))))), [vacuous]);
  const noChampion = is('is_null', m('auc', 'champion'));
  assert.equal(inGate(rule(is('or', noChampion, is('gt', m('auc'), champion(0))))), []);
});

test('conditions of one gate that exclude each other', () => {
  const least = (v: number) => rule(is('ge', m('auc'), n(v)));
  const between = (a: number, b: number) => rule(is('in_range', m('auc'), n(a), n(b)));
  assert.equal(inGate(least(0.9), between(0.5, 0.8)), [contradictory]);
  assert.equal(inGate(least(0.7), between(0.5, 0.8)), []);
  assert.equal(
    inGate(
      rule(is('gt', m('auc'), m('auc', 'baseline'))),
      rule(is('le', m('log_loss'), n(1))),
      rule(is('ge', num('sub', m('auc', 'baseline'), m('auc')), n(-0))),
    ),
    // The last asks for a model no better than the baseline.
    [inverted],
  );
  // Warnings do not keep anything back, slices are other numbers than the whole.
  assert.equal(inGate(least(0.9), { ...between(0.5, 0.8), severity: 'warn' }), []);
  const slice = { by: ['weekday'], minimum: 0 };
  assert.equal(inGate(least(0.9), { ...between(0.5, 0.8), forEach: slice }), []);
  assert.equal(inGate({ ...least(0.9), forEach: slice }, { ...between(0.5, 0.8), forEach: slice }), [
    contradictory,
  ]);
});

test('a smallest set of conditions is shown', () => {
  const model = { views: [], features: [], label: { view: 'V', name: 'y', type: bool }, split: null };
  const rules = [
    rule(is('le', m('log_loss'), n(1))),
    rule(is('ge', m('auc'), n(0.9))),
    rule(is('in_range', m('r2'), n(0), n(1))),
    rule(is('in_range', m('auc'), n(0.1), n(0.8))),
  ];
  const draft = plan({
    models: { a: { ...model, gate: { rules, approvals: [], at: 0 } } as unknown as Model },
  });
  const [found, ...rest] = checkFlow({ draft, places, metrics });
  assert.is(rest.length, 0);
  assert.is(found?.span.start, rules[3]!.at);
  assert.equal(
    found?.labels.map(l => l.span.start),
    [rules[1]!.at],
  );
});

test('a bound from the better side is inverted', () => {
  assert.equal(inGate(rule(is('le', m('auc'), n(0.7)))), [inverted]);
  assert.equal(inGate(rule(is('ge', m('log_loss'), n(0.7)))), [inverted]);
  assert.equal(inGate(rule(is('gt', m('auc', 'baseline'), m('auc')))), [inverted]);
  assert.equal(inGate(rule(is('not', is('ge', m('auc'), n(0.7))))), [inverted]);
  assert.equal(inGate(rule(is('le', m('auc'), n(0.7)), { severity: 'warn' })), [inverted]);
  assert.equal(inGate(rule(is('le', m('rows_per_leaf'), n(7)))), []);
  assert.equal(inGate(rule(is('lt', m('log_loss'), m('log_loss', 'baseline')))), []);
});

test('alerts say what should not be', () => {
  const inMonitor = (...rules: Condition[]): string[] =>
    codes({
      monitors: { w: { deployment: 'd', every: 1, over: 1, labels: null, rules, notify: [], at: 0 } },
    });
  const alert = { severity: 'alert' } as const;
  assert.equal(inMonitor(rule(is('lt', m('auc'), n(0.6)), alert)), []);
  assert.equal(inMonitor(rule(is('gt', m('auc'), n(0.6)), alert)), [inverted]);
  assert.equal(inMonitor(rule(is('lt', m('auc'), n(0)), alert)), [impossible]);
  assert.equal(inMonitor(rule(is('ge', m('auc'), n(0)), alert)), [vacuous]);
  const psi = fresh({
    op: 'measure',
    measure: 'psi',
    features: ['a'],
    args: {},
    type: optional(float),
    at: 0,
  });
  assert.equal(inMonitor(rule(is('gt', num('coalesce', psi, n(0)), n(0.25)), alert)), []);
});

test('what holds of tables is judged by ranges of columns and shares', () => {
  const delay = column('delay', { ...int, min: -60, max: 1800 });
  const state = column('state', optional({ kind: 'string', optional: false }));
  const mean = (): Expr => aggregate('mean', float, delay);
  const count = (): Expr => aggregate('count', int);
  const shareOf = (condition: Expr): Expr => aggregate('share', share, condition);
  assert.equal(inValidation(rule(is('in_range', mean(), n(0), n(30)))), []);
  assert.equal(inValidation(rule(is('ge', mean(), n(2000)))), [impossible]);
  assert.equal(inValidation(rule(is('le', mean(), n(1800)))), [vacuous]);
  assert.equal(inValidation(rule(is('ge', count(), n(100)))), []);
  assert.equal(inValidation(rule(is('ge', count(), n(0)))), [vacuous]);
  assert.equal(inValidation(rule(is('ge', shareOf(is('is_null', state)), n(1.5)))), [impossible]);
  assert.equal(inValidation(rule(is('le', shareOf(is('is_null', state)), n(0.05)))), []);
  assert.equal(inValidation(rule(is('le', shareOf(is('gt', delay, n(5000))), n(0.05)))), [vacuous]);
  assert.equal(inValidation(rule(is('le', shareOf(is('gt', delay, n(500))), n(0.05)))), []);
  // A validation has no better direction.
  assert.equal(inValidation(rule(is('le', mean(), n(30)))), []);
});

test('a drift measure is a distance, and there is none on the first run', () => {
  const psi = (): Expr =>
    fresh({
      op: 'drift',
      measure: 'psi',
      value: column('x', float),
      against: 'previous',
      args: {},
      type: optional(float),
      at: 0,
    });
  assert.equal(inValidation(rule(is('lt', num('coalesce', psi(), n(0)), n(0.2)))), []);
  assert.equal(inValidation(rule(is('lt', num('coalesce', psi(), n(0.5)), n(0.2)))), [impossible]);
  assert.equal(inValidation(rule(is('ge', num('coalesce', psi(), n(0)), n(0)))), [vacuous]);
});

test('what has an error is not judged', () => {
  const broken = fresh(literal(null, { kind: 'unknown', optional: false }));
  assert.equal(inGate(rule(is('ge', broken, n(1.2)))), []);
});

test('conditions with very many cases end, without a verdict', () => {
  const many = Array.from({ length: 40 }, (_, i) =>
    is('eq', fresh({ op: 'metric', metric: `m${i}`, of: 'model', args: {}, type: float, at: 0 }), n(0.5)),
  );
  const all = many.reduce((a, b) => is('or', is('not', a), b));
  const start = performance.now();
  inGate(rule(all), rule(many.reduce((a, b) => is('and', a, is('not', b)))));
  assert.ok(performance.now() - start < 2_000);
});

test.run();
