import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderHtml } from '../../../runtime/report/html/page.ts';
import { scaleOf } from '../../../runtime/report/html/slice-chart.ts';
import type { RunReport } from '../../../runtime/report/run-report.ts';

test('the axis of slices ends at round numbers, around all values and never beyond the next one', () => {
  const texts = (values: number[]) => scaleOf(values).ticks.map(({ text }) => text);
  assert.equal(texts([0.28, 0.5625, 1]), ['0.2', '0.4', '0.6', '0.8', '1.0']);
  assert.equal(texts([0.6124, 0.6854]), ['0.60', '0.62', '0.64', '0.66', '0.68', '0.70']);
  assert.equal(texts([1200, 5100]), ['1000', '2000', '3000', '4000', '5000', '6000']);
  for (const values of [[1], [0], [-3, -3], [0.5, 0.5], [1e-9, 2e-9], [-0.2, 0.9], [1e12, 3e12]]) {
    const { ticks, place } = scaleOf(values);
    assert.ok(ticks.length >= 2 && ticks.length <= 7, `${values}: ${ticks.length} ticks`);
    assert.is(new Set(ticks.map(({ text }) => text)).size, ticks.length, `${values}: ticks differ`);
    for (const value of values) assert.ok(place(value) >= 0 && place(value) <= 100, `${value}`);
    assert.equal([place(ticks[0]!.value), place(ticks[ticks.length - 1]!.value)], [0, 100]);
  }
});

const failed: RunReport = {
  run: '20260101-000000-abcdef',
  goal: 'sales',
  environment: 'local',
  status: 'failed',
  started: 0,
  ended: 900,
  nothingChanged: false,
  error: null,
  steps: [
    {
      step: 'ingest-sales',
      kind: 'ingest',
      of: 'sales',
      status: 'failed',
      cached: false,
      result: {
        version: 'result/1',
        step: 'ingest-sales',
        status: 'failed',
        metrics: {},
        notes: [],
        snapshots: {},
        error: {
          code: 'MLP8006',
          message: 'sales.csv: 1 of 3 rows violates Sale\n  <b>row 2</b>: 500',
          hint: 'widen the range',
          at: 0,
        },
      },
      took: 300,
      attempts: 1,
      why: [],
      outputs: {},
    },
  ],
  notRun: [],
  registered: [],
  sources: [],
  validations: [],
  views: [],
  models: [],
  positions: [{ file: 'sales.mlp', line: 3, column: 7, endLine: 3, endColumn: 12 }],
};

test('the page of a failed run begins with the error: its step, code, place, whole text and hint', () => {
  const page = renderHtml(failed);
  const error = page.slice(page.indexOf('class="panel error"'), page.indexOf('<h2>Steps'));
  for (const part of ['ingest-sales', 'MLP8006 · sales.mlp:3:7', 'violates Sale\n', 'widen the range'])
    assert.ok(error.includes(part), part);
  assert.ok(error.includes('&lt;b&gt;row 2&lt;/b&gt;'));
  assert.match(page, /class="badge bad">failed</);
});

test('what is not there leaves no heading behind', () => {
  const page = renderHtml({ ...failed, status: 'cancelled', steps: [], positions: null });
  for (const heading of ['Error', 'Data', 'Model', 'Slices', 'undefined', 'NaN', 'null'])
    assert.not.ok(page.replace(/<style>[\s\S]*<\/style>/, '').includes(heading), heading);
});

test.run();
