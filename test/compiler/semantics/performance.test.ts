import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { check } from '../../../compiler/semantics/check.ts';
import { memoryHost, root } from '../../support/specs.ts';

const flights = readFileSync(path.join(root, 'test/fixtures/semantics/flights/main.mlp'), 'utf8');
const names = [...flights.matchAll(/^(?:\w+) (\w+)(?=[ :(])/gm)]
  .map(match => match[1]!)
  .filter(name => name !== 'std');

/** So many copies of the flights spec, every declaration under a name of its own. */
function project(copies: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let i = 0; i < copies; i++) {
    const pattern = new RegExp(`"[^"\\n]*"|\\b(?:${names.join('|')})\\b`, 'g');
    const text = flights.replace(pattern, word => (word.startsWith('"') ? word : `${word}_${i}`));
    // A feature has the name of the function it calls, and the test reads the feature.
    files[`flights${i}.mlp`] = text
      .replaceAll(`  peak_${i} = `, '  peak = ')
      .replaceAll(`expect peak_${i}`, 'expect peak');
  }
  return files;
}

/** Processor time of the best of several checks, in milliseconds. */
function cost(copies: number): number {
  const host = memoryHost(project(copies));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2; i++) {
    const start = process.cpuUsage();
    const program = check(host);
    best = Math.min(best, process.cpuUsage(start).user / 1000);
    assert.is(renderText(program.diagnostics), '');
  }
  return best;
}

test('ten thousand lines take time in proportion', () => {
  const lines = Object.values(project(74)).join('\n').split('\n').length;
  assert.ok(lines > 10_000, `${lines} lines`);
  cost(10);
  const few = cost(10);
  const many = cost(74);
  console.log(`${lines} lines: ${many.toFixed(0)} ms of processor time; a tenth of it: ${few.toFixed(0)} ms`);
  // In proportion it is 7.4 times as much; a scan of all declarations for each of them would make it fifty.
  assert.ok(many / few < 20, `${many} against ${few}`);
  assert.ok(many < 3000, `${many} ms`);
});

test.run();
