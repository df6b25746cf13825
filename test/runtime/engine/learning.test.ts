import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricsDocument, VerdictDocument } from '../../../runtime/engine/documents.ts';
import { Chain, call, csvOf, metric, number, programOf, rule } from './chain.ts';

let chain: Chain;
test.before.each(() => {
  chain = new Chain();
});
test.after.each(() => chain.close());

const againstChampion = rule(
  call(
    'ge',
    metric('auc'),
    call('sub', call('coalesce', metric('auc', 'champion'), number(0.6)), number(0.05)),
  ),
  'auc >= (champion.auc ?? 0.6) - 0.05',
);
const rules = [
  rule(call('gt', metric('auc'), metric('auc', 'baseline')), 'auc > baseline.auc'),
  rule(call('ge', metric('auc'), number(0.6)), 'auc >= 0.6', { forEach: { by: ['city'], minimum: 20 } }),
  againstChampion,
];

test('from rows to a registration; without champion the default decides', async () => {
  const { results, file } = await chain.run(programOf(rules), csvOf(1_200));
  assert.equal(
    [...results].map(([kind, result]) => [kind, result.status, result.error?.message]),
    [
      ['ingest', 'succeeded', undefined],
      ['features', 'succeeded', undefined],
      ['split', 'succeeded', undefined],
      ['train', 'succeeded', undefined],
      ['baseline', 'succeeded', undefined],
      ['evaluate', 'succeeded', undefined],
      ['gate', 'succeeded', undefined],
      ['register', 'succeeded', undefined],
    ],
  );
  const metrics = file<MetricsDocument>('evaluate-late', 'metrics/metrics.json');
  assert.equal(metrics.champion, { state: 'none' });
  assert.ok(metrics.overall.model['auc']! > 0.8);
  assert.is(metrics.overall.baseline!['auc'], 0.5);
  const [slice] = metrics.slices;
  assert.equal(
    slice!.groups.map(group => group.values[0]),
    ['Lima', 'Oslo', 'Rome'],
  );
  assert.is(
    slice!.groups.reduce((sum, group) => sum + group.evaluation.rows, 0),
    metrics.overall.rows,
  );
  const verdict = file<VerdictDocument>('gate-late', 'verdict/verdict.json');
  assert.is(verdict.passed, true);
  assert.is(verdict.rules[2]!.required, '>= 0.55');
  assert.equal(
    verdict.rules[1]!.slices!.groups.map(group => group.state),
    ['passed', 'passed', 'passed'],
  );
  const registration = file<{ parts: Record<string, number>; metrics: Record<string, number> }>(
    'register-late',
    'registration/registration.json',
  );
  assert.equal(registration.parts, metrics.parts);
  assert.is(registration.metrics['auc'], metrics.overall.model['auc']);
});

test('the champion is scored on the test rows that it was not trained on, and the model beside it', async () => {
  const first = await chain.run(programOf(rules), csvOf(1_200));
  const champion = path.join(first.out, 'train-late', 'model');
  // The first four fifths: the test part, rows 816 to 959, begins before the champion's training rows end at 839.
  const second = await chain.run(programOf(rules), csvOf(960), champion);
  const metrics = second.file<MetricsDocument>('evaluate-late', 'metrics/metrics.json');
  assert.is(metrics.champion.state, 'scored');
  const { excluded, rows } = metrics.champion as { excluded: number; rows: number };
  assert.is(rows + excluded, metrics.overall.rows);
  const trained = first.file<{ parts: { train: { rows: number } } }>('split-late', 'parts/split.json').parts
    .train.rows;
  assert.is(excluded, metrics.overall.rows - (960 - trained), 'those before the end of its training rows');
  assert.is(metrics.overall.champion!.rows, rows);
  assert.is.not(metrics.overall.champion!.model['auc'], metrics.overall.model['auc']);
  const verdict = second.file<VerdictDocument>('gate-late', 'verdict/verdict.json');
  assert.equal(verdict.rules[2]!.actual, [
    { name: 'auc', value: metrics.overall.champion!.model['auc'] },
    { name: 'champion.auc', value: metrics.overall.champion!.champion['auc'] },
  ]);
});

test('a champion that was trained on every test row, or needs a feature that has gone, makes the gate refuse', async () => {
  const first = await chain.run(programOf(rules, ['x', 'z', 'city']), csvOf(1_200));
  const champion = path.join(first.out, 'train-late', 'model');
  const all = await chain.run(programOf(rules, ['x', 'z', 'city']), csvOf(600), champion);
  assert.is(all.results.get('gate')!.status, 'refused');
  assert.match(all.results.get('gate')!.error!.hint!, 'trained on all');
  const gone = await chain.run(programOf(rules), csvOf(1_200), champion);
  const metrics = gone.file<MetricsDocument>('evaluate-late', 'metrics/metrics.json');
  assert.is(metrics.champion.state, 'unscorable');
  assert.match((metrics.champion as { reason: string }).reason, "'z'");
  assert.is(gone.results.get('gate')!.status, 'refused');
  const lost = await chain.run(programOf(rules), csvOf(1_200), path.join(chain.root, 'nowhere'));
  assert.match(lost.results.get('gate')!.error!.hint!, 'has gone from the store');
  // A gate that does not ask for the champion does not mind.
  const without = await chain.run(programOf(rules.slice(0, 2)), csvOf(1_200), champion);
  assert.is(without.results.get('gate')!.status, 'succeeded');
});

test('tuning chooses by the validation part and training takes what it chose', async () => {
  const tune = {
    space: {
      depth: { kind: 'int', low: 1, high: 4, log: false },
      learning_rate: { kind: 'float', low: 0.01, high: 0.5, log: true },
    },
    direction: 'minimize',
    metric: 'log_loss',
    trials: 4,
  } as const;
  const { results, file } = await chain.run(programOf(rules, ['x', 'city'], { tune }), csvOf(1_200));
  assert.is(results.get('register')?.status, 'succeeded', JSON.stringify([...results.values()].at(-1)));
  const parameters = file<{ best: Record<string, number>; score: number; trials: { score: number }[] }>(
    'tune-late',
    'parameters/parameters.json',
  );
  assert.is(parameters.trials.length, 4);
  assert.is(parameters.score, Math.min(...parameters.trials.map(trial => trial.score)));
  const model = file<{ params: Record<string, number> }>('train-late', 'model/model.json');
  assert.is(model.params['depth'], parameters.best['depth']);
  assert.is(model.params['learning_rate'], parameters.best['learning_rate']);
  assert.is(model.params['rounds'], 20);
});

test.run();
