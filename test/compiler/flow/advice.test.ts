import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { compileText } from '../../support/specs.ts';
import { flowCases } from './cases.ts';

/** Who does what a hint or a fix says is rid of the problem, and has no new one. */
const cases = flowCases().filter(({ silent, files }) => !silent && Object.keys(files).length === 1);

const rest = (text: string): string[] => compileText(text).diagnostics.map(d => d.code);
const without = (codes: readonly string[], code: string): string[] => {
  const i = codes.indexOf(code);
  return codes.filter((_, j) => j !== i);
};
/** The line of the diagnostic with the value of its `name = …` replaced; undefined for `use`. */
function withValue(text: string, { span }: Diagnostic, value: string): string | undefined {
  const start = text.lastIndexOf('\n', span.start) + 1;
  const end = text.indexOf('\n', span.start);
  const name = text.slice(start, end).match(/^ *(\w+) = /);
  return name ? `${text.slice(0, start)}${name[0]}${value}${text.slice(end)}` : undefined;
}

let advice = 0;
for (const { name, text } of cases) {
  const { diagnostics } = compileText(text);
  const codes = diagnostics.map(d => d.code);
  for (const diagnostic of diagnostics) {
    const past = diagnostic.hint?.match(/aggregate the past instead: `([^`]*)`/)?.[1];
    const aggregated = past === undefined ? undefined : withValue(text, diagnostic, past);
    if (aggregated !== undefined) {
      advice += 1;
      test(`${name}: ${past}`, () => assert.equal(rest(aggregated), without(codes, diagnostic.code)));
    }
    const [, view = '\\w+', later] =
      diagnostic.hint?.match(/(?:let `(\w+)` )?predict later: `(at [^`]*)`/) ?? [];
    if (later !== undefined) {
      advice += 1;
      const moved = text.replace(new RegExp(`(features ${view} from \\w+) at [^{]*`), `$1 ${later} `);
      test(`${name}: ${later}`, () => assert.equal(rest(moved), without(codes, diagnostic.code)));
    }
    const longer = diagnostic.hint?.match(/such as `(?:over|within) (\w+)`/)?.[1];
    if (longer !== undefined) {
      advice += 1;
      const { start, end } = diagnostic.span;
      const lengthened = text.slice(0, start) + longer + text.slice(end);
      test(`${name}: ${longer}`, () => assert.equal(rest(lengthened), without(codes, diagnostic.code)));
    }
    for (const fix of diagnostic.fixes) {
      advice += 1;
      const fixed = [...fix.edits]
        .sort((a, b) => b.span.start - a.span.start)
        .reduce((t, e) => t.slice(0, e.span.start) + e.text + t.slice(e.span.end), text);
      test(`${name}: ${fix.title}`, () => assert.equal(rest(fixed), without(codes, diagnostic.code)));
    }
  }
}
test('there is advice to follow', () => assert.ok(advice >= 15, String(advice)));

test.run();
