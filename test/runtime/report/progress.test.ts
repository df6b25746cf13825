import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent, RunOutcome, StepOutcome } from '../../../runtime/engine/events.ts';
import { liveRenderer, plainRenderer } from '../../../runtime/report/progress.ts';
import { Terminal } from './terminal.ts';

const outcome = (step: string, more: Partial<StepOutcome> = {}): StepOutcome => {
  const [kind, ...of] = step.split('-');
  return {
    step,
    kind: kind as StepOutcome['kind'],
    of: of.join('-'),
    status: 'succeeded',
    cached: false,
    result: {
      version: 'result/1',
      step,
      status: 'succeeded',
      metrics: {},
      notes: ['3,000,000 rows'],
      snapshots: {},
    },
    took: 3_200,
    attempts: 1,
    why: [],
    outputs: {},
    ...more,
  };
};
const steps = ['ingest-flights', 'features-Departure', 'train-lateness'];
const started: RunEvent = {
  kind: 'run-started',
  run: '20260101-000000-abcdef',
  goal: 'lateness',
  environment: 'local',
  at: 0,
  steps: steps.map(id => ({ id, kind: id.split('-')[0] as StepOutcome['kind'], of: id.split('-')[1]! })),
  notRun: [],
  notes: [],
};
const finished: RunEvent = { kind: 'run-finished', at: 9_000, outcome: {} as RunOutcome };

test('finished steps stay, running ones are drawn over, and nothing is left of them', () => {
  const terminal = new Terminal(80);
  let now = 0;
  const live = liveRenderer(terminal, { color: false, now: () => now, timer: false });
  live.observe(started);
  assert.is(terminal.cursorHidden, true);
  live.observe({
    kind: 'step-started',
    step: 'ingest-flights',
    at: 0,
    attempt: 1,
    why: ['the files of flights changed'],
  });
  now = 1_500;
  live.tick();
  assert.match(terminal.screen(), /^ {2}⠙ ingest {4}flights .*the files of flights changed.* 1\.5 s$/m);
  assert.match(terminal.screen(), '· 2 more steps to go');
  live.observe({
    kind: 'step-progress',
    step: 'ingest-flights',
    at: 0,
    progress: { done: 1, total: 4, message: 'reading' },
  });
  const before = terminal.writes;
  live.tick();
  assert.is(terminal.writes, before + 1, 'a frame is one write');
  assert.match(terminal.screen(), /━+─+ {2}25% {2}reading/);
  live.observe({ kind: 'step-finished', at: 3_200, outcome: outcome('ingest-flights') });
  live.observe({ kind: 'step-started', step: 'features-Departure', at: 0, attempt: 1, why: [] });
  live.tick();
  live.observe({
    kind: 'step-finished',
    at: 3_200,
    outcome: outcome('features-Departure', { cached: true, status: 'cached' }),
  });
  live.observe({
    kind: 'step-finished',
    at: 3_200,
    outcome: outcome('train-lateness', { status: 'skipped', attempts: 0 }),
  });
  live.observe(finished);
  live.close();
  assert.is(
    terminal.screen(),
    [
      'run lateness · local · 20260101-000000-abcdef',
      '',
      '  ✓ ingest    flights           3,000,000 rows                            3.2 s',
      '  = features  Departure         3,000,000 rows                           cached',
    ].join('\n'),
  );
  assert.is(terminal.cursorHidden, false);
});

test('no line is wider than the terminal, however narrow and whatever the message', () => {
  for (const columns of [24, 40, 61, 100]) {
    const terminal = new Terminal(columns);
    const live = liveRenderer(terminal, { color: true, timer: false });
    live.observe(started);
    live.observe({ kind: 'step-started', step: 'train-lateness', at: 0, attempt: 1, why: [] });
    const message = `很长的信息 ${'x'.repeat(200)}\n\u001b[31mred`;
    live.observe({
      kind: 'step-progress',
      step: 'train-lateness',
      at: 0,
      progress: { done: 1, total: 2, message },
    });
    live.tick();
    const long = outcome(`train-${'m'.repeat(40)}`, {
      status: 'failed',
      result: { ...outcome('x').result!, notes: [message] },
    });
    live.observe({ kind: 'step-finished', at: 0, outcome: long });
    live.close();
    assert.equal(terminal.tooWide, [], `at ${columns} columns`);
  }
});

test('in a pipe: a line at the start, one at the end, progress now and then, no escapes', () => {
  let text = '';
  const plain = plainRenderer({ write: chunk => (text += chunk) }, { everyMs: 1_000 });
  plain.observe(started);
  plain.observe({
    kind: 'step-started',
    step: 'train-lateness',
    at: 0,
    attempt: 1,
    why: ['its declaration changed'],
  });
  for (let at = 100; at <= 2_000; at += 100)
    plain.observe({
      kind: 'step-progress',
      step: 'train-lateness',
      at,
      progress: { done: at, total: 2_000 },
    });
  plain.observe({ kind: 'step-retried', step: 'train-lateness', at: 0, error: 'it broke', wait: 500 });
  plain.observe({ kind: 'step-finished', at: 3_200, outcome: outcome('train-lateness') });
  plain.observe(finished);
  assert.is(
    text,
    [
      'run lateness · local · 20260101-000000-abcdef',
      '3 steps',
      '  > train-lateness (its declaration changed)',
      '  . train-lateness 50%',
      '  . train-lateness 100%',
      '  ! train-lateness: it broke; again in 0.5 s',
      '  ✓ train  lateness  3,000,000 rows  3.2 s',
      '',
    ].join('\n'),
  );
});

test.run();
