// What each kind of change means, in full: `test/fixtures/diff/*.txt` has the edit and all that is said of it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changesMessages, released } from '../../../../compiler/diagnostics/messages/changes.ts';
import { renderText } from '../../../../compiler/diagnostics/render-text.ts';
import type { CompileResult } from '../../../../compiler/index.ts';
import { changeDiagnostics } from '../../../../compiler/plan/diff/diagnostics.ts';
import { changeText, diffPlans, worst } from '../../../../compiler/plan/diff/index.ts';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { SourceFile } from '../../../../compiler/source/text.ts';
import { baseline, compileText, root } from '../../../support/specs.ts';
import { type Case, cases } from './cases.ts';
import { rich } from './rich.ts';

const specs = {
  rich,
  flights: readFileSync(path.join(root, 'examples/flights/flights.mlp'), 'utf8'),
};
const planOf = ({ plan, diagnostics }: CompileResult): Plan => {
  assert.ok(plan, renderText(diagnostics));
  return plan;
};
const plans = new Map(Object.entries(specs).map(([name, text]) => [name, planOf(compileText(text))]));

function edited({ spec = 'rich', edits }: Case): string {
  let text = specs[spec];
  for (const [from, to] of edits) {
    assert.ok(text.includes(from), `${JSON.stringify(from)} is not in ${spec}`);
    text = text.replaceAll(from, () => to);
  }
  return text;
}

const shown = (edits: Case['edits']): string =>
  edits
    .map(([from, to]) => `${from.replace(/^/gm, '- ')}\n${to === '' ? '' : `${to.replace(/^/gm, '+ ')}\n`}`)
    .join('');

for (const [construct, list] of Object.entries(cases))
  test(`changes of ${construct}`, () => {
    const faults: string[] = [];
    const told = list.map(one => {
      const changes = diffPlans(plans.get(one.spec ?? 'rich')!, planOf(compileText(edited(one))));
      const found = worst(changes.map(change => change.class));
      const lines = changes.map(change => `${change.class}: ${changeText(change)}\n    ${change.reason}\n`);
      if (found !== one.class) faults.push(`${one.name}: ${found}, not ${one.class}\n${lines.join('')}`);
      return `## ${one.name}: ${one.class}\n${shown(one.edits)}\n${lines.join('')}`;
    });
    assert.is(faults.join('\n'), '');
    baseline(path.join(root, 'test/fixtures/diff', `${construct}.txt`), told.join('\n'));
  });

test('moved, commented and reordered specs are the same', () => {
  const { flights } = specs;
  const blocks = flights.split(/\n\n(?=\S)/);
  const moved = [`// moved\n${blocks[0]}`, ...blocks.slice(1).reverse()].join('\n\n\n');
  const changes = diffPlans(plans.get('flights')!, planOf(compileText(moved)));
  assert.equal(changes.map(changeText), ['plan: order of the tests changed']);
});

test('the explanations of the codes show what they explain', () => {
  const before = planOf(compileText(released));
  for (const { definition } of Object.values(changesMessages)) {
    const codes = (text: string): string[] => {
      const result = compileText(text);
      const file = new SourceFile('main.mlp', text);
      const plans = { old: before, new: planOf(result) };
      const texts = { against: 'main', old: () => undefined, new: () => file, plans, otherwise: file };
      return changeDiagnostics(diffPlans(before, plans.new), texts).map(({ code }) => code);
    };
    assert.ok(codes(definition.explanation.wrong).includes(definition.code), definition.code);
    assert.not.ok(codes(definition.explanation.right).includes(definition.code), definition.code);
  }
});

test.run();
