import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFixes } from '../../../compiler/diagnostics/fix.ts';
import { levelOf } from '../../../compiler/level/index.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { compileText, root } from '../../support/specs.ts';

const read = (name: string): string => readFileSync(path.join(root, 'examples', name), 'utf8');

function planOf(text: string): Plan {
  const { plan, diagnostics } = compileText(text);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.ok(plan, `${errors.map(({ code, message }) => `${code} ${message}`).join('\n')}\n${text}`);
  return plan;
}

test('the examples reach the level that they are named after, and flights what it declares', () => {
  for (const level of [0, 1, 2] as const)
    assert.is(levelOf(planOf(read(`levels/${level}/weather.mlp`))).reached, level);
  const flights = levelOf(planOf(read('flights/flights.mlp')));
  assert.is(flights.reached, 1);
  assert.equal(
    flights.rows.filter(({ state }) => state === 'open').map(({ id }) => id),
    ['pipeline-test', 'service-test'],
  );
  assert.is(flights.next?.row, 'pipeline-test');
});

test('a row says which declaration fills it, and where', () => {
  const text = read('levels/2/weather.mlp');
  const { rows } = levelOf(planOf(text));
  const lines = text.split('\n');
  for (const { id, by, place, state } of rows) {
    if (state !== 'filled') continue;
    const word = /"([^"]+)"|(\w+)$/.exec(by!.split(':')[0]!)!;
    const here = lines.slice(place!.line - 1, place!.endLine).join('\n');
    if (!by!.includes(':') && !by!.startsWith('pipeline')) assert.match(here, word[1] ?? word[2]!, id);
  }
  const place = rows.find(({ id }) => id === 'schedule')!.place!;
  assert.match(lines[place.line - 1]!, /^ {2}on schedule/);
});

/** Puts what comes next where it says. */
function pasted(text: string, { into, text: more }: { into: string | null; text: string }): string {
  if (into === null) return `${text}\n${more}\n`;
  const [, block, declaration] = /^(?:(promote|check) of )?(.*)$/.exec(into)!;
  const start = text.indexOf(`\n${declaration}`) + 1;
  assert.ok(start > 0 || text.startsWith(declaration!), `no ${declaration} in\n${text}`);
  const from = block ? text.indexOf(`${block} {`, start) : start;
  const head = text.slice(from, text.indexOf('\n', from));
  // `source x: Y = csv("…")` has no block yet.
  const open = head.includes('{') ? text.indexOf('{', from) : text.indexOf('\n', from);
  return head.includes('{')
    ? `${text.slice(0, open + 1)}\n  ${more}\n${text.slice(open + 1)}`
    : `${text.slice(0, open)} {\n  ${more}\n}${text.slice(open)}`;
}

/** Imports that are missing are added, as `mlp check --fix` does. */
function repaired(text: string): string {
  const file = 'main.mlp';
  const { texts } = applyFixes(texts => compileText(texts.get(file) ?? text).diagnostics);
  return texts.get(file) ?? text;
}

const climbs: [string, string, number][] = [
  ['weather, from level 0', read('levels/0/weather.mlp'), 0],
  ['penguins', read('penguins/penguins.mlp'), 0],
  ['flights', read('flights/flights.mlp'), 1],
];
for (const [what, start, level] of climbs)
  test(`pasting what comes next leads to level 2: ${what}`, () => {
    let text = start;
    let report = levelOf(planOf(text));
    assert.is(report.reached, level);
    const seen: string[] = [];
    while (report.next) {
      const { row } = report.next;
      const times = seen.filter(one => one === row).length;
      // A monitor, its alert, and the trigger that hears it fill one row together.
      assert.ok(times < 3, `${row} is not filled by what is said to fill it:\n${text}`);
      seen.push(row);
      text = repaired(pasted(text, report.next));
      report = levelOf(planOf(text));
    }
    assert.is(report.reached, 2);
    assert.ok(seen.length >= 2);
  });

test('an empty project begins with data', () => {
  const report = levelOf(planOf('// nothing yet\n'));
  assert.equal([report.reached, report.next?.row], [null, 'schema']);
  const text = repaired(pasted('', report.next!));
  assert.equal([levelOf(planOf(text)).reached, levelOf(planOf(text)).next?.row], [null, 'model']);
});

test.run();
