import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import { applyEdits, applyFixes, type FixOptions } from '../../../compiler/diagnostics/fix.ts';
import { allMessages, isSpec } from '../../../compiler/diagnostics/registry.ts';
import { compile } from '../../../compiler/index.ts';
import { SourceFile } from '../../../compiler/source/text.ts';
import { memoryHost, root, specsIn } from '../../support/specs.ts';

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
 * an unknown name. So the whole law is for specs with one mistake; elsewhere no mistake of syntax may come.
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
    if (only && !syntax && !found.code.startsWith('MLP1')) assert.unreachable(`new: ${name}\n${told()}`);
  }
  if (syntaxErrors(after) > syntaxErrors(before)) assert.unreachable(`new mistakes of syntax: ${told()}`);
}

const syntaxErrors = (found: readonly Diagnostic[]): number =>
  found.filter(({ code, severity }) => severity === 'error' && code.startsWith('MLP1')).length;

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
  if (!isSpec(explanation.wrong)) continue;
  law(`${code}, the wrong example`, { 'main.mlp': explanation.wrong }, !code.startsWith('MLP1'));
}

for (const phase of ['syntax', 'semantics', 'flow']) {
  const folder = path.join(root, 'test/fixtures', phase);
  for (const name of readdirSync(folder)) law(`${phase}/${name}`, specsIn(path.join(folder, name)), false);
}

test('what has one evident repair carries it', () => {
  const evident =
    'MLP1008 MLP1009 MLP1010 MLP1011 MLP1013 MLP1015 MLP1016 MLP1017 MLP1018 MLP1106 MLP1107 MLP1108 MLP1109 ' +
    'MLP1110 MLP1111 MLP1113 MLP1114 MLP1115 MLP1118 MLP1119 MLP1120 MLP1122 MLP1123 MLP2001 MLP2002 MLP2004 ' +
    'MLP2005 MLP2008 MLP2011 MLP2012 MLP2019 MLP3003 MLP3008 MLP3011 MLP3017 MLP3019 MLP3020 MLP3021 MLP3027 ' +
    'MLP3101 MLP3103 MLP3105 MLP3108 MLP3113 MLP3116 MLP4003 MLP4005 MLP4101 MLP4201 MLP5104 MLP5508';
  assert.equal(
    evident.split(' ').filter(code => !withFixes.has(code)),
    [],
  );
});

// --- The engine ---

const repair = (files: Files, options: FixOptions = {}) =>
  applyFixes(texts => diagnose({ ...files, ...Object.fromEntries(texts) }), options);

const SPEC = `import std.metrics { auc, log_loss }
schema Visit { day: datetime @event_time  pages: int  pages_read: int? }
source visits: Visit = csv("a.csv")
source more: Visit = csv("b.csv")
features V from visits at day {
  use pagse
  f = pages == null
  g = day.year
  h = pages ?? 0
}
`;

test('it goes on until nothing is left to repair, and says what it did', () => {
  const { texts, applied, left } = repair({ 'main.mlp': SPEC });
  assert.is(
    texts.get('main.mlp'),
    `import std.sources { csv }

schema Visit { day: datetime @event_time  pages: int  pages_read: int? }
source visits: Visit = csv("a.csv")
source more: Visit = csv("b.csv")
features V from visits at day {
  use pages
  f = pages is null
  g = year(day)
  h = pages
}
`,
  );
  // One import for both sources; both mistakes are repaired.
  assert.is(applied.filter(({ diagnostic }) => diagnostic.code === 'MLP2002').length, 2);
  assert.equal(
    left.map(({ code }) => code),
    ['MLP3022'],
  );
  assert.equal(repair({ 'main.mlp': texts.get('main.mlp')! }).applied, []);
});

test('what only the author can decide is left alone unless asked for', () => {
  const spec = SPEC.replace('h = pages ?? 0', 'h = if pages_read > 1 then 1 else 0');
  assert.match(repair({ 'main.mlp': spec }).texts.get('main.mlp')!, 'if pages_read > 1 then');
  const all = repair({ 'main.mlp': spec }, { accepts: () => true });
  assert.match(all.texts.get('main.mlp')!, 'if (pages_read > 1) ?? false then');
});

const at = (file: SourceFile, start: number, end: number, text: string, title = 'do it'): Diagnostic => ({
  code: 'MLP9999',
  severity: 'error',
  message: title,
  file,
  span: { start, end },
  labels: [],
  fixes: [{ title, edits: [{ file, span: { start, end }, text }] }],
});

/** Fixes of a text that no phase would give. */
function repairText(text: string, find: (file: SourceFile) => Diagnostic[]) {
  return applyFixes(texts => find(new SourceFile('a.mlp', texts.get('a.mlp') ?? text)));
}

test('fixes that overlap wait for the next round', () => {
  const names = /\b(one|two)\b/g;
  const result = repairText('let one = two\n', file =>
    [...file.text.matchAll(names)].flatMap(({ index }) => [
      at(file, 4, file.text.indexOf(' ='), 'first'),
      at(file, index, index + 3, 'second'),
    ]),
  );
  assert.is(result.texts.get('a.mlp'), 'let first = second\n');
});

test('a fix after which the file has more mistakes of syntax is dropped, the others are not', () => {
  const result = repairText('let one = 1\nlet two = 2\n', file => [
    ...(file.text.includes('one') ? [at(file, 4, 7, '= (')] : []),
    ...(file.text.includes('two') ? [at(file, 16, 19, 'three')] : []),
  ]);
  assert.is(result.texts.get('a.mlp'), 'let one = 1\nlet three = 2\n');
  assert.is(result.applied.length, 1);
});

test('two fixes that undo each other come to an end', () => {
  const result = repairText('let a = 1\n', file => [
    at(file, 4, 5, file.text.startsWith('let a') ? 'b' : 'a'),
  ]);
  assert.ok(result.applied.length <= 10);
});

test('the library is never changed', () => {
  const library = new SourceFile('std/learn.mlp', 'let a = 1\n');
  const { texts } = applyFixes(() => [at(library, 4, 5, 'b')]);
  assert.is(texts.size, 0);
});

test.run();
