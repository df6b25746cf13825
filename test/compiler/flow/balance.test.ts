import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flowCases } from './cases.ts';

/** No false alarms: a family has as many fixtures that must stay silent as fixtures that must speak. */
const cases = flowCases();
const families = [...new Set(cases.map(({ name }) => name.split('/')[0]!))];

test('a fixture is a case of a family that speaks or stays silent', () => {
  for (const { name } of cases) assert.match(name, /^[\w-]+\/(speaks|silent)\/[\w-]+$/);
  for (const family of [
    'leakage',
    'availability',
    'time',
    'gates',
    'personal',
    'first-run',
    'dead-gates',
    'deployment',
    'secrets',
    'triggers',
    'environments',
  ])
    assert.ok(families.includes(family), family);
});

for (const family of families)
  test(`${family}: no fewer silent fixtures than speaking ones`, () => {
    const own = cases.filter(({ name }) => name.startsWith(`${family}/`));
    const silent = own.filter(fixture => fixture.silent).length;
    const speaks = own.length - silent;
    assert.ok(speaks > 0 && silent >= speaks, `${silent} silent, ${speaks} speak`);
  });

test.run();
