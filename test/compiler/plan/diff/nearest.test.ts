import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeDiagnostics } from '../../../../compiler/plan/diff/diagnostics.ts';
import { diffPlans } from '../../../../compiler/plan/diff/index.ts';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { SourceFile } from '../../../../compiler/source/text.ts';
import { compileText } from '../../../support/specs.ts';

/** What is gone is pointed at where it is missing, not at the beginning of the file. */
const spec = `import std.sources { csv }
import std.learn { constant }
import std.metrics { auc }
import std.sinks { csv_file }

schema Ride { id: int @key  began: datetime @event_time  minutes: float  late: bool @known_after(1h) }
schema Guess { id: int @key  began: datetime  late: float  model_version: string }
source rides: Ride = csv("rides.csv")
sink guesses: Guess = csv_file("guesses.csv")

features Rides from rides at began {
  use minutes
  label late = late
}
model lateness {
  features Rides
  predict late
  split by time { train 80%  test 20% }
  train constant()
  seed 1
  evaluate auc
}
deployment rides_api { serve lateness }
deployment rides_scores {
  serve lateness
  score rides into guesses
}
`;

function planOf(text: string): Plan {
  const { plan, diagnostics } = compileText(text);
  assert.ok(plan, diagnostics.map(({ message }) => message).join('\n'));
  return plan;
}

function pointsAt(change: (text: string) => string): string[] {
  const [before, text] = [planOf(spec), change(spec)];
  const now = planOf(text);
  const file = new SourceFile('main.mlp', text);
  const texts = { against: 'main', old: () => undefined, new: () => file, otherwise: file };
  return changeDiagnostics(diffPlans(before, now), { ...texts, plans: { old: before, new: now } })
    .filter(({ severity }) => severity === 'error')
    .map(({ span }) => text.slice(span.start, span.end));
}

test('a column that is gone: at its schema', () =>
  assert.equal(
    pointsAt(text => text.replace('  late: float  model_version', '  model_version')),
    ['Guess'],
  ));

test('a deployment that another one came for: at that one', () =>
  assert.equal(
    pointsAt(text =>
      text
        .replace(/deployment rides_scores[\s\S]*/, '')
        .replace('deployment rides_api {', 'deployment other_api {'),
    ).sort(),
    ['other_api', 'other_api'],
  ));

test('a deployment that nothing came for: at what stood before it', () =>
  assert.equal(
    pointsAt(text => text.replace(/deployment rides_scores[\s\S]*/, '')),
    ['rides_api'],
  ));

test.run();
