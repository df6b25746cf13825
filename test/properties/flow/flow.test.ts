import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { Random, rounds } from '../../support/random.ts';
import { compileText, root } from '../../support/specs.ts';
import { drawProject } from './drawing.ts';
import type { Files } from './project.ts';
import { judge } from './rules.ts';
import { spokenOf } from './verdicts.ts';

/** What a component must say of its times, and where fitted values may be read, has specs of its own. */
const elsewhere: ReadonlySet<string> = new Set(['MLP4010', 'MLP4012']);

/** The codes that the reference judges. */
const judged = /^MLP(400[1234579]|4008|4103|4201)$/;

interface Difference {
  readonly what: string;
  readonly found: readonly string[];
  readonly expected: readonly string[];
}

/** Undefined where the compiler and the reference agree; a text where the project is wrong in another way. */
function compare(files: Files): Difference | string | undefined {
  const { diagnostics } = compileText(files);
  const errors = diagnostics.filter(d => d.severity === 'error' && !elsewhere.has(d.code));
  const others = errors.filter(d => !judged.test(d.code));
  if (others.length > 0) return renderText(others);
  const found = new Map<string, Set<string>>();
  for (const error of errors) {
    for (const what of spokenOf(error, files))
      found.set(what, (found.get(what) ?? new Set()).add(error.code));
  }
  const expected = judge(files);
  for (const what of new Set([...found.keys(), ...expected.keys()])) {
    const sets = [found.get(what) ?? new Set<string>(), expected.get(what) ?? new Set<string>()];
    // Where leakage and availability both hold, leakage is reported: how much of the other beside it is no matter.
    const told = sets.map(set =>
      [...set].filter(code => !set.has('MLP4001') || !/^MLP400[27]$/.test(code)).sort(),
    );
    counts.judged += 1;
    for (const code of told[1]!) counts.codes.set(code, (counts.codes.get(code) ?? 0) + 1);
    if (told[0]!.join() !== told[1]!.join()) return { what, found: told[0]!, expected: told[1]! };
  }
  return undefined;
}
const counts = { judged: 0, codes: new Map<string, number>() };

/** Takes away what is not needed for the difference: whole declarations first, then lines. */
function shrunk(files: Files, { what, found, expected }: Difference): Files {
  let best = files;
  const same = (smaller: Files): boolean => {
    // What lacks too much is no project that the reference can read.
    const difference = tried(smaller);
    return (
      typeof difference === 'object' &&
      difference.what === what &&
      difference.found.join() === found.join() &&
      difference.expected.join() === expected.join()
    );
  };
  const end = performance.now() + 20_000;
  for (let again = true; again; ) {
    again = false;
    for (const [file, text] of Object.entries(best)) {
      const lines = text.split('\n');
      for (const length of [8, 4, 2, 1])
        for (let i = 0; i + length <= lines.length && performance.now() < end; i++) {
          const fewer = [...lines.slice(0, i), ...lines.slice(i + length)];
          const smaller = { ...best, [file]: fewer.join('\n') };
          if (!same(smaller)) continue;
          lines.splice(i, length);
          best = smaller;
          again = true;
          i -= 1;
        }
    }
  }
  return best;
}

function tried(files: Files): Difference | string | undefined {
  try {
    return compare(files);
  } catch {
    return undefined;
  }
}

/** What the draw hardly ever makes: each file found a fault that was planted in the rules. */
const telling = path.join(root, 'test/properties/flow/telling');
for (const name of readdirSync(telling))
  test(`of few draws: ${name.replace('.txt', '').replaceAll('-', ' ')}`, () => {
    const parts = readFileSync(path.join(telling, name), 'utf8')
      .split(/^\/\/ (\S+\.mlp)\n/m)
      .slice(1);
    const files = Object.fromEntries(
      parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1]!]] : [])),
    );
    assert.is(compare(files), undefined);
  });

test('each leak, late value and personal value is caught exactly when the slow reference says so', () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  for (let i = 0; i < rounds(300, 10_000); i++) {
    const files = drawProject(random);
    const difference = compare(files);
    if (difference === undefined) continue;
    const small = typeof difference === 'string' ? files : shrunk(files, difference);
    const texts = Object.entries(small).map(([name, text]) => `// ${name}\n${text}`);
    const said = typeof difference === 'string' ? difference : JSON.stringify(difference);
    assert.unreachable(`round ${i}\n${texts.join('\n')}\n${said}`);
  }
  console.log(`${counts.judged} judged; ${JSON.stringify(Object.fromEntries([...counts.codes].sort()))}`);
  // The draw is worth something only if each outcome is common.
  for (const code of ['MLP4001', 'MLP4002', 'MLP4201']) assert.ok((counts.codes.get(code) ?? 0) > 10, code);
});

test.run();
