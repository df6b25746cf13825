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

/**
 * A mistake hides what comes after it: of syntax all that other phases say, in a fixture full of mistakes what depends on
 * an unknown name. So the whole law is for specs with one mistake; else only what the fix itself wrote must be right.
 */
function holds(
  files: Files,
  before: readonly Diagnostic[],
  diagnostic: Diagnostic,
  fix: Fix,
  only: boolean,
): void {
  const repaired = fixed(files, fix);
  const after = diagnose(repaired);
  const told = () =>
    `${diagnostic.code} ${diagnostic.message}\nfix: ${fix.title}\n${fix.edits.map(edit => repaired[edit.file.path]).join('\n---\n')}`;
  const [was, is] = [count(before), count(after)];
  const key = identity(diagnostic);
  if ((is.get(key) ?? 0) >= was.get(key)!) assert.unreachable(`still there: ${told()}`);
  const syntax = diagnostic.code.startsWith('MLP1');
  for (const found of after) {
    const name = identity(found);
    if (found.severity !== 'error' || is.get(name)! <= (was.get(name) ?? 0)) continue;
    const counts = found.code.startsWith('MLP1') || (!syntax && (only || touches(fix, found)));
    if (counts) assert.unreachable(`new: ${name}\n${told()}`);
  }
}

/** Does a diagnostic of the repaired text point into what the fix wrote? */
function touches(fix: Fix, { file, span }: Diagnostic): boolean {
  const edits = fix.edits
    .filter(edit => edit.file.path === file.path)
    .sort((a, b) => a.span.start - b.span.start);
  let shift = 0;
  for (const edit of edits) {
    const start = edit.span.start + shift;
    if (span.start < start + edit.text.length && start < span.end) return true;
    shift += edit.text.length - (edit.span.end - edit.span.start);
  }
  return false;
}

const withFixes = new Set<string>();

function law(name: string, files: Files, only: boolean): void {
  test(name, () => {
    const before = diagnose(files);
    for (const diagnostic of before)
      for (const fix of diagnostic.fixes) {
        withFixes.add(diagnostic.code);
        assert.match(fix.title, /[^.]$/, `${diagnostic.code}: a title has no full stop`);
        holds(files, before, diagnostic, fix, only);
      }
  });
}

for (const { definition } of allMessages()) {
  const { code, explanation } = definition;
  if (/^\s*([{[]|$)/.test(explanation.wrong)) continue;
  law(`${code}, the wrong example`, { 'main.mlp': explanation.wrong }, true);
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
  for (const name of readdirSync(folder)) law(`${phase}/${name}`, specsIn(path.join(folder, name)), false);
}

test('x', () => console.log([...withFixes].sort().join(' ')));
test.run();
