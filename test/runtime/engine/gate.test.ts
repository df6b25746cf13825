import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../../compiler/plan/plan.ts';
import type { Evaluation, MetricsDocument, VerdictDocument } from '../../../runtime/engine/documents.ts';
import { executeStep } from '../../../runtime/engine/execute.ts';
import { runners } from '../../../runtime/engine/runners.ts';
import { defaultParams } from '../../../runtime/engine/step.ts';
import { call, metric, number, programOf, rule } from './chain.ts';

const evaluation = (auc: number | null, more: Partial<Evaluation> = {}): Evaluation => ({
  rows: 1_000,
  model: { auc },
  baseline: { auc: 0.6 },
  champion: null,
  ...more,
});

const metricsOf = (overall: Evaluation, more: Partial<MetricsDocument> = {}): MetricsDocument => ({
  version: 'metrics/1',
  model: 'late',
  task: 'binary',
  label: 'late',
  classes: [],
  trainer: 'x',
  baseline: 'constant',
  threshold: 0.5,
  parts: { train: 10, test: 1_000 },
  metrics: [{ key: 'auc', metric: 'auc', args: {}, direction: 'higher', listed: true }],
  champion: { state: 'none' },
  overall,
  slices: [],
  importance: [],
  ...more,
});

async function judge(
  rules: readonly Condition[],
  metrics: MetricsDocument,
  approvals: readonly string[] = [],
) {
  const root = mkdtempSync(path.join(tmpdir(), 'mlp-gate-'));
  try {
    const program = programOf(rules, ['x'], { gate: { rules, approvals, at: 0 } });
    mkdirSync(path.join(root, 'in'));
    writeFileSync(path.join(root, 'in/metrics.json'), JSON.stringify(metrics));
    const result = await executeStep({
      program,
      step: program.plan.steps.find(step => step.kind === 'gate')!,
      params: defaultParams(),
      inputs: { metrics: path.join(root, 'in') },
      out: path.join(root, 'out'),
      root,
      signal: new AbortController().signal,
      runners,
      progress: () => {},
    });
    if (result.status === 'failed') throw new Error(JSON.stringify(result.error));
    const verdict = JSON.parse(
      readFileSync(path.join(root, 'out/verdict/verdict.json'), 'utf8'),
    ) as VerdictDocument;
    return { result, verdict, first: verdict.rules[0]! };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const auc = metric('auc');
const atLeast = (low: number, more: Partial<Condition> = {}) =>
  rule(call('ge', auc, number(low)), `auc >= ${low}`, more);

test('a rule that holds, one that does not, and one that only warns', async () => {
  const rules = [atLeast(0.6), atLeast(0.8), atLeast(0.9, { severity: 'warn' })];
  const { result, verdict } = await judge(rules, metricsOf(evaluation(0.7)));
  assert.is(result.status, 'refused');
  assert.equal(
    verdict.rules.map(({ state }) => state),
    ['passed', 'failed', 'warned'],
  );
  assert.equal(verdict.rules[1]!.actual, [{ name: 'auc', value: 0.7 }]);
  assert.is(verdict.rules[1]!.required, '>= 0.8');
  assert.is(result.error!.message, 'the gate of late refuses it: 1 of 3 rules does not hold');
  assert.equal(result.metrics, { rules: 3, failed: 1, warned: 1 });
  const warned = await judge([atLeast(0.9, { severity: 'warn' })], metricsOf(evaluation(0.7)));
  assert.is(warned.result.status, 'succeeded');
});

test('an undefined metric fails whatever is asked of it, also when the rule is turned round', async () => {
  const rules = [atLeast(0), rule(call('not', call('lt', auc, number(0.5))), 'not (auc < 0.5)')];
  const { verdict } = await judge(rules, metricsOf(evaluation(null)));
  assert.equal(
    verdict.rules.map(({ state }) => state),
    ['failed', 'failed'],
  );
  assert.is(verdict.rules[0]!.reason, 'auc is undefined on these rows');
  const baseline = rule(call('gt', auc, metric('auc', 'baseline')), 'auc > baseline.auc');
  const undefinedBaseline = await judge([baseline], metricsOf(evaluation(0.7, { baseline: { auc: null } })));
  assert.is(undefinedBaseline.first.reason, 'baseline.auc is undefined on these rows');
  assert.is(undefinedBaseline.first.state, 'failed');
});

test('what is measured relative to a baseline next to zero is a failure, a difference is not', async () => {
  const zero = evaluation(0.7, { baseline: { auc: 0 } });
  const ratio = rule(
    call('ge', call('div', auc, metric('auc', 'baseline')), number(1.1)),
    'auc / baseline.auc >= 1.1',
  );
  const factor = rule(
    call('ge', auc, call('mul', number(1.1), metric('auc', 'baseline'))),
    'auc >= 1.1 * baseline.auc',
  );
  const plain = rule(call('gt', auc, metric('auc', 'baseline')), 'auc > baseline.auc');
  const { verdict } = await judge([ratio, factor, plain], metricsOf(zero));
  assert.equal(
    verdict.rules.map(({ state }) => state),
    ['failed', 'failed', 'passed'],
  );
  assert.match(verdict.rules[1]!.reason!, 'next to zero');
  const fine = await judge([ratio, factor], metricsOf(evaluation(0.7)));
  assert.is(fine.result.status, 'succeeded');
});

test('without a champion it is null, with one that cannot be scored the gate refuses', async () => {
  const orDefault = rule(
    call('ge', auc, call('coalesce', metric('auc', 'champion'), number(0.65))),
    'auc >= (champion.auc ?? 0.65)',
  );
  const isNull = rule(call('is_null', metric('auc', 'champion')), 'champion.auc is null');
  const bare = rule(call('ge', auc, metric('auc', 'champion')), 'auc >= champion.auc');
  const none = await judge([orDefault, isNull, bare], metricsOf(evaluation(0.7)));
  assert.equal(
    none.verdict.rules.map(({ state }) => state),
    ['passed', 'passed', 'failed'],
  );
  assert.is(none.first.required, '>= 0.65');
  assert.is(none.verdict.rules[2]!.reason, 'it has no value');
  const broken = await judge(
    [orDefault],
    metricsOf(evaluation(0.7), { champion: { state: 'unscorable', reason: 'gone' } }),
  );
  assert.is(broken.first.state, 'failed');
  assert.is(broken.first.reason, 'the champion cannot be scored: gone');
});

test('a rule about the champion takes every number from the rows that the champion did not see', async () => {
  const seen = { rows: 100, model: { auc: 0.5 }, baseline: { auc: 0.4 }, champion: { auc: 0.55 } };
  const metrics = metricsOf(evaluation(0.7, { champion: seen }), {
    champion: { state: 'scored', rows: 100, excluded: 900 },
  });
  const against = rule(call('ge', auc, metric('auc', 'champion')), 'auc >= champion.auc');
  const { verdict } = await judge([against, atLeast(0.6)], metrics);
  assert.equal(
    verdict.rules.map(({ state }) => state),
    ['failed', 'passed'],
  );
  assert.equal(verdict.rules[0]!.actual, [
    { name: 'auc', value: 0.5 },
    { name: 'champion.auc', value: 0.55 },
  ]);
});

test('for each: under the minimum is skipped, undefined fails, and none left is a failure', async () => {
  const group = (value: string | null, rows: number, score: number | null) => ({
    values: [value],
    evaluation: evaluation(score, { rows }),
  });
  const each = atLeast(0.6, { forEach: { by: ['city'], minimum: 50 } });
  const table = (...groups: ReturnType<typeof group>[]) => ({
    slices: [{ by: ['city'], minimum: 0, groups, omitted: { groups: 0, rows: 0 } }],
  });
  const good = await judge(
    [each],
    metricsOf(evaluation(0.7), table(group('Oslo', 50, 0.6), group('Rome', 49, 0.1), group(null, 60, 0.9))),
  );
  assert.equal(
    good.first.slices!.groups.map(({ state }) => state),
    ['passed', 'skipped', 'passed'],
  );
  assert.is(good.result.status, 'succeeded');
  const bad = await judge(
    [each],
    metricsOf(evaluation(0.7), table(group('Oslo', 50, 0.59), group('Rome', 80, null))),
  );
  assert.equal(
    bad.first.slices!.groups.map(({ state }) => state),
    ['failed', 'failed'],
  );
  assert.match(bad.first.slices!.groups[1]!.reason!, 'undefined');
  assert.match(bad.result.error!.hint!, 'Oslo auc is 0.59');
  const empty = await judge([each], metricsOf(evaluation(0.7), table(group('Oslo', 10, 0.9))));
  assert.is(empty.first.state, 'failed');
  assert.is(empty.first.reason, 'no city has at least 50 rows');
});

test('approvals are written down, and operators mean what they say', async () => {
  const rules = [
    rule(call('in_range', auc, number(0.6), number(0.8)), 'auc in 0.6..0.8'),
    rule(call('le', number(0.6), auc), '0.6 <= auc'),
    rule(
      call('and', call('gt', auc, number(0)), call('not', call('eq', auc, number(1)))),
      'auc > 0 and auc != 1',
    ),
    rule(call('ge', call('abs_float', call('neg', auc)), number(0.7)), 'abs(-auc) >= 0.7'),
    rule(
      call('or', call('lt', metric('auc', 'champion'), number(1)), call('gt', auc, number(0))),
      'champion.auc < 1 or auc > 0',
    ),
  ];
  const { verdict } = await judge(rules, metricsOf(evaluation(0.7)), ['ml-owners']);
  assert.equal(
    verdict.rules.map(({ state, reason }) => [state, reason]),
    rules.map(() => ['passed', null]),
  );
  assert.equal(verdict.rules.map(({ required }) => required).slice(0, 2), ['in 0.6..0.8', '>= 0.6']);
  assert.equal(verdict.approvals, ['ml-owners']);
});

test.run();
