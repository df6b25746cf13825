import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capabilities } from '../../../compiler/targets/local/capabilities.ts';
import { runners } from '../../../runtime/engine/runners.ts';
import { trainers } from '../../../runtime/learn/trainers.ts';

test('what the targets promise of the runtime is what it has', () => {
  assert.equal([...capabilities.steps].sort(), Object.keys(runners).sort());
  const tasks = new Set(trainers.flatMap(trainer => trainer.tasks));
  assert.equal([...capabilities.tasks].sort(), [...tasks].sort());
});

test.run();
