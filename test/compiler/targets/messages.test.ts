import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { targetsMessages } from '../../../compiler/diagnostics/messages/targets.ts';
import { compile } from '../../../compiler/index.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { kubernetes } from '../../../compiler/targets/kubernetes/index.ts';
import { unsupported } from '../../../compiler/targets/local/capabilities.ts';
import { type Refusal, toDiagnostics } from '../../../compiler/targets/target.ts';

const library = path.join(import.meta.dirname, '../../../stdlib');

/** The codes that a spec gives when it is run here and when it is built for its cluster, beside the compiler's. */
function refusalsOf(text: string): {
  readonly refusals: readonly Refusal[];
  readonly problems: readonly string[];
} {
  const host = {
    readFile: (file: string) => {
      if (file === 'spec.mlp') return new TextEncoder().encode(text);
      if (file.startsWith('std/')) return new Uint8Array(readFileSync(path.join(library, file.slice(4))));
      return undefined;
    },
    specFiles: () => ['spec.mlp'],
    resolvePackage: () => undefined,
  };
  const environment = /environment cluster/.test(text) ? { environment: 'cluster' } : {};
  const { plan, diagnostics } = compile(host, environment);
  const problems = diagnostics.filter(d => d.severity === 'error').map(d => `${d.code} ${d.message}`);
  if (!plan) return { refusals: [], problems };
  const refusals = [...kubernetes.capabilities(plan, {}), ...unsupported(plan, plan.steps)];
  const file = new SourceFile('spec.mlp', text);
  const { unplaced } = toDiagnostics(refusals, plan, name => (name === 'spec.mlp' ? file : undefined));
  assert.equal(unplaced, []);
  return { refusals, problems };
}

/** A missing setting and a file of this machine are the compiler's to find; a goal is named outside the spec. */
const elsewhere = ['missingSetting', 'localSource', 'unknownGoal'];

for (const [name, message] of Object.entries(targetsMessages)) {
  const { code, explanation } = message.definition;
  test(`${code} ${name}: the wrong example gives it, the right one does not`, () => {
    const wrong = refusalsOf(explanation.wrong);
    const right = refusalsOf(explanation.right);
    assert.equal(right.problems, []);
    assert.not.ok(right.refusals.some(r => r.code === code));
    if (elsewhere.includes(name)) return;
    assert.equal(wrong.problems, []);
    assert.ok(
      wrong.refusals.some(r => r.code === code),
      wrong.refusals.map(r => r.code).join(' '),
    );
  });
}

test.run();
