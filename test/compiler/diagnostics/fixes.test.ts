import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { applyEdits } from '../../../compiler/diagnostics/fix.ts';
import { allMessages } from '../../../compiler/diagnostics/registry.ts';
import { compile } from '../../../compiler/index.ts';
import { memoryHost, root } from '../../support/specs.ts';

/** The law of fixes: the diagnostic is gone after its fix, and there is no error that was not there before. */

type Files = Readonly<Record<string, string>>;
const diagnose = (files: Files): readonly Diagnostic[] =>
  compile({
    ...memoryHost(files),
    specFiles: () =>
      Object.keys(files)
        .filter(name => name.endsWith('.mlp'))
        .sort(),
  }).diagnostics;

function fixed(files: Files, fix: Fix): Files {
  const result: Record<string, string> = { ...files };
  for (const name of new Set(fix.edits.map(({ file }) => file.path))) {
    assert.ok(files[name] !== undefined, `a fix changes ${name}`);
    result[name] = applyEdits(
      files[name]!,
      fix.edits.filter(({ file }) => file.path === name),
    );
  }
  return result;
}

const identity = ({ code, message }: Diagnostic): string => `${code} ${message}`;

function count(diagnostics: readonly Diagnostic[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const diagnostic of diagnostics) {
    const key = identity(diagnostic);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** A mistake of syntax hides what comes after it, so after its repair only its own phase is compared. */
function holds(files: Files, before: readonly Diagnostic[], diagnostic: Diagnostic, fix: Fix): void {
  const after = diagnose(fixed(files, fix));
  const said = `${diagnostic.code} ${diagnostic.message}\n${fix.title}\n${Object.values(fixed(files, fix)).join('\n---\n')}\n${after.map(identity).join('\n')}`;
  const [was, is] = [count(before), count(after)];
  const key = identity(diagnostic);
  assert.ok((is.get(key) ?? 0) < was.get(key)!, `still there: ${said}`);
  const syntax = diagnostic.code.startsWith('MLP1');
  for (const found of after) {
    if (found.severity !== 'error' || (syntax && !found.code.startsWith('MLP1'))) continue;
    const name = identity(found);
    assert.ok(is.get(name)! <= (was.get(name) ?? 0), `new: ${name}\n${said}`);
  }
}

const withFixes = new Set<string>();

function law(name: string, files: Files): void {
  test(name, () => {
    const before = diagnose(files);
    for (const diagnostic of before)
      for (const fix of diagnostic.fixes) {
        withFixes.add(diagnostic.code);
        assert.match(fix.title, /^[a-z].*[^.]$/, `${diagnostic.code}: a title is an order in lower case`);
        holds(files, before, diagnostic, fix);
      }
  });
}

for (const { definition } of allMessages()) {
  const { code, explanation } = definition;
  if (/^\s*([{[]|$)/.test(explanation.wrong)) continue;
  law(`${code}, the wrong example`, { 'main.mlp': explanation.wrong });
}

function specsIn(folder: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(path.join(folder, prefix))) {
    const file = prefix ? `${prefix}/${name}` : name;
    if (statSync(path.join(folder, file)).isDirectory()) Object.assign(files, specsIn(folder, file));
    else if (name.endsWith('.mlp') || name === 'mlp.json')
      files[file] = readFileSync(path.join(folder, file), 'utf8');
  }
  return files;
}

for (const phase of ['syntax', 'semantics', 'flow']) {
  const folder = path.join(root, 'test/fixtures', phase);
  for (const name of readdirSync(folder)) law(`${phase}/${name}`, specsIn(path.join(folder, name)));
}

test.run();
