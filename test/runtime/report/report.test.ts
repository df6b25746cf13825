import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Evaluation, MetricsDocument, VerdictDocument } from '../../../runtime/engine/documents.ts';
import type { StepOutcome } from '../../../runtime/engine/events.ts';
import { renderHtml } from '../../../runtime/report/html/page.ts';
import { renderReport } from '../../../runtime/report/report.ts';
import type { RunReport } from '../../../runtime/report/run-report.ts';
import { widthOf } from '../../../runtime/report/style.ts';

const evaluation = (rows: number, auc: number | null): Evaluation => ({
  rows,
  model: { auc, log_loss: 0.49 },
  baseline: { auc: 0.64, log_loss: 0.5 },
  champion: {
    rows: rows - 100,
    model: { auc },
    baseline: { auc: 0.64 },
    champion: { auc: 0.66, log_loss: 0.49 },
  },
});

const metrics: MetricsDocument = {
  version: 'metrics/1',
  model: 'lateness',
  task: 'binary',
  label: 'late',
  classes: [],
  trainer: 'gradient_boosting',
  baseline: 'logistic_regression',
  threshold: 0.5,
  parts: { train: 200_000, validation: 445_101, test: 449_988 },
  metrics: [
    { key: 'auc', metric: 'auc', args: {}, direction: 'higher', listed: true },
    { key: 'log_loss', metric: 'log_loss', args: {}, direction: 'lower', listed: true },
  ],
  champion: { state: 'scored', rows: 449_888, excluded: 100 },
  overall: evaluation(449_988, 0.6674),
  slices: [
    {
      by: ['weekday'],
      minimum: 500,
      groups: [
        { values: ['Monday'], evaluation: evaluation(65_613, 0.5384) },
        { values: ['Tuesday'], evaluation: evaluation(68_454, 0.6741) },
        { values: [null], evaluation: { rows: 12, model: {}, baseline: null, champion: null } },
      ],
      omitted: { groups: 0, rows: 0 },
    },
  ],
  importance: [
    { name: 'origin', share: 0.6 },
    { name: 'hour', share: 0.4 },
  ],
};

const verdict: VerdictDocument = {
  version: 'verdict/1',
  model: 'lateness',
  passed: false,
  approvals: ['ml-owners'],
  rules: [
    {
      text: 'auc >= (champion.auc ?? 0.65) - 0.005',
      severity: 'require',
      policy: null,
      state: 'passed',
      actual: [
        { name: 'auc', value: 0.6674 },
        { name: 'champion.auc', value: 0.66 },
      ],
      required: '>= 0.655',
      reason: null,
      slices: null,
      at: 0,
    },
    {
      text: 'auc >= 0.58',
      severity: 'require',
      policy: null,
      state: 'failed',
      actual: [],
      required: '>= 0.58',
      reason: null,
      slices: {
        by: ['weekday'],
        minimum: 500,
        groups: [
          {
            values: ['Monday'],
            rows: 65_613,
            state: 'failed',
            actual: [{ name: 'auc', value: 0.5384 }],
            reason: null,
          },
          {
            values: ['Tuesday'],
            rows: 68_454,
            state: 'passed',
            actual: [{ name: 'auc', value: 0.6741 }],
            reason: null,
          },
          { values: [null], rows: 12, state: 'skipped', actual: [], reason: null },
        ],
      },
      at: 1,
    },
  ],
};

const step = (id: string, more: Partial<StepOutcome> = {}): StepOutcome => ({
  step: id,
  kind: id.split('-')[0] as StepOutcome['kind'],
  of: id.split('-')[1]!,
  status: 'succeeded',
  cached: false,
  result: { version: 'result/1', step: id, status: 'succeeded', metrics: {}, notes: [], snapshots: {} },
  took: 1_500,
  attempts: 1,
  why: [],
  outputs: {},
  ...more,
});

const evil = '<script>alert("x")</script>\u001b[31m';
const report: RunReport = {
  run: '20260101-000000-abcdef',
  goal: 'lateness',
  environment: 'local',
  status: 'refused',
  started: 0,
  ended: 62_000,
  nothingChanged: false,
  error: null,
  steps: [
    step('ingest-flights', { why: ['the files of flights changed'] }),
    step('ingest-airports', { status: 'cached', cached: true, attempts: 0 }),
    step('gate-lateness', { status: 'refused' }),
    step('register-lateness', { status: 'skipped', attempts: 0, result: null }),
  ],
  notRun: [{ step: 'deploy-api', kind: 'deploy', of: 'lateness_api', why: 'beyond the goal lateness' }],
  registered: [],
  sources: [
    {
      version: 'ingest/1',
      source: 'flights',
      schema: 'Flight',
      snapshot: {
        uri: 'npm:vega-datasets/data/flights-3m.parquet',
        bytes: 13_493_022,
        hash: `sha256:${'ab'.repeat(32)}`,
      },
      files: [],
      rows: { read: 3_000_000, kept: 2_999_858, violating: 142 },
      violations: [
        {
          column: 'delay',
          rule: 'range',
          expectation: 'are outside -60..1800',
          rows: 142,
          share: 142 / 3_000_000,
          first: [{ row: 1_517, value: evil }],
        },
      ],
      action: { action: 'quarantine', upTo: 0.001 },
      ignored: [],
      interval: null,
    },
  ],
  validations: [
    {
      version: 'validation/1',
      validation: 'flights_sound',
      on: 'flights',
      rows: 2_999_858,
      previous: false,
      rules: [
        {
          text: 'mean(delay) in 0..30',
          severity: 'require',
          passed: false,
          actual: [{ text: 'mean(delay)', value: 41.2 }],
          required: 'in 0..30',
          reason: 'mean(delay) = 41.2, required in 0..30',
          groups: null,
          at: 0,
        },
      ],
    },
  ],
  views: [
    {
      version: 'features/1',
      view: 'Departure',
      rows: 2_999_858,
      missing: { origin: 0, state: 0.02 },
      incomplete: 0,
    },
  ],
  models: [
    {
      model: 'lateness',
      split: {
        version: 'split/1',
        model: 'lateness',
        by: 'time',
        column: 'date',
        boundaries: {},
        rows: { read: 2_999_858, where: 0, unlabelled: 0 },
        parts: {
          train: {
            rows: 200_000,
            purged: 4_868,
            sampledFrom: 2_095_022,
            from: '2001-01-01T00:01:00',
            to: '2001-05-07T23:00:00',
          },
          test: { rows: 449_988, purged: 0, from: '2001-06-04T00:00:00', to: '2001-07-01T00:00:00' },
        },
        classes: null,
      },
      parameters: null,
      metrics,
      verdict,
      training: ['gradient_boosting on 200,000 rows in 4.7 s'],
    },
  ],
  positions: [
    { file: 'flights.mlp', line: 73, column: 13, endLine: 73, endColumn: 20 },
    { file: 'flights.mlp', line: 75, column: 13, endLine: 75, endColumn: 20 },
  ],
};

test('the report of a run, word for word', () => {
  const file = fileURLToPath(new URL('./refused.report.txt', import.meta.url));
  const text = `${renderReport(report)}\n`;
  if (process.env['UPDATE_BASELINES'] || !existsSync(file)) writeFileSync(file, text);
  assert.is(text, readFileSync(file, 'utf8'));
});

test('it stays within its columns, narrow or wide, and colours change no letter', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken off
  const bare = (text: string) => text.replace(/\u001b\[\d+m/g, '');
  assert.is(bare(renderReport(report, { color: true })), renderReport(report));
  for (const width of [80, 100, 240])
    for (const line of renderReport(report, { width, color: true }).split('\n'))
      assert.ok(widthOf(line) <= Math.min(100, width), `${width}: ${line}`);
});

test('a value of the data never reaches the terminal or the page as more than text', () => {
  assert.not.ok(renderReport(report).includes('\u001b'));
  const page = renderHtml(report);
  assert.not.ok(page.includes('<script'));
  assert.ok(page.includes('&lt;script&gt;'));
  assert.not.ok(/(src|href)=/.test(page), 'nothing is fetched');
});

test('a run that was stopped between two steps says why', () => {
  const stopped: RunReport = {
    ...report,
    status: 'failed',
    steps: [step('ingest-flights'), step('train-x', { status: 'cancelled', result: null, attempts: 0 })],
    error: { code: 'MLP8533', message: 'nightly was not done within its time-out of 2 s', at: 0 },
  };
  for (const text of [renderReport(stopped), renderHtml(stopped)]) {
    assert.match(text, 'MLP8533 · flights.mlp:73:13');
    assert.match(text, 'was not done within its time-out of 2 s');
  }
  assert.match(renderReport(stopped), '✗ stopped; what was done is kept');
});

test('a run that found everything says so, and only what came of it', () => {
  const text = renderReport({
    ...report,
    status: 'succeeded',
    nothingChanged: true,
    steps: [step('train-x', { cached: true, status: 'cached', attempts: 0 })],
  });
  assert.match(text, 'nothing changed: everything was there already');
  assert.not.match(text, 'Sources');
  assert.match(text, '0.6674');
  assert.match(text, '1 from the cache (1.5 s saved)');
});

test.run();
