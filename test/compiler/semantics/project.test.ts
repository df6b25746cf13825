import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { type CheckOptions, check } from '../../../compiler/semantics/check.ts';
import { suppress } from '../../../compiler/semantics/checker/suppress.ts';
import type { Program } from '../../../compiler/semantics/program.ts';
import { readConfig } from '../../../compiler/source/config.ts';
import { libraryModules, relativePath } from '../../../compiler/source/modules.ts';
import { memoryHost, root } from '../../support/specs.ts';

const run = (files: string | Record<string, string>, options: CheckOptions = {}): Program =>
  check(memoryHost(typeof files === 'string' ? { 'main.mlp': files } : files), options);
const found = ({ diagnostics, suppressions }: Program) => suppress(diagnostics, suppressions);
const codes = (program: Program): string[] => found(program).map(diagnostic => diagnostic.code);
const clean = (program: Program): void => assert.is(renderText(found(program)), '');

function paramValue(program: Program, name: string): unknown {
  const use = program.declarations('Let').find(one => one.name.text === name);
  assert.ok(use, `a let ${name}`);
  return program.constantOf(use.value);
}

const PARAMS = `enum Plan { free, team }
param horizon: duration in 7d..90d = 30d
param share: float in 0..1 = 5%
param rows: int = 10
param plan: Plan = Plan.free
param note: string = "x"
param since: date = 2024-01-01
let twice = horizon * 2
let horizon_now = horizon
let share_now = share
let rows_now = rows
let plan_now = plan
let note_now = note
let since_now = since
let whole = rows / 4
`;

test('the list of library modules is that of the folder', () => {
  const files = readdirSync(path.join(root, 'stdlib')).map(name => name.replace('.mlp', ''));
  assert.equal([...libraryModules].sort(), files.sort());
});

test('the whole library checks without a word', () => {
  const imports = libraryModules
    .filter(name => name !== 'prelude')
    .map(name => `import std.${name} { }`)
    .join('\n');
  const program = run(`${imports}\nenum X { a }\n`, { library: true });
  clean(program);
  assert.is([...program.modules.values()].filter(module => module.library).length, libraryModules.length);
});

test('only what is imported of the library is read', () => {
  const program = run('schema A { x: int }');
  assert.equal([...program.modules.keys()], ['main.mlp', 'std/prelude.mlp']);
});

test('params have their defaults, and constants are computed from them', () => {
  const program = run(PARAMS);
  clean(program);
  assert.is(paramValue(program, 'twice'), 60 * 86_400_000);
  assert.is(paramValue(program, 'plan_now'), 'free');
  assert.is(paramValue(program, 'whole'), 2.5);
  assert.is(paramValue(program, 'since_now'), '2024-01-01');
});

test('values from outside are read as literals and typed', () => {
  const set = { horizon: '60d', share: '1', rows: '7', plan: 'team', note: 'a "b" c', since: '2025-02-03' };
  const program = run(PARAMS, { set });
  clean(program);
  assert.is(paramValue(program, 'horizon_now'), 60 * 86_400_000);
  assert.is(paramValue(program, 'share_now'), 1);
  assert.is(paramValue(program, 'rows_now'), 7);
  assert.is(paramValue(program, 'plan_now'), 'team');
  assert.is(paramValue(program, 'note_now'), 'a "b" c');
  assert.is(paramValue(program, 'since_now'), '2025-02-03');
});

for (const [name, text, code] of [
  ['horizon', '200d', 'MLP3014'],
  ['horizon', '60', 'MLP3001'],
  ['rows', '1.5', 'MLP3001'],
  ['rows', 'many', 'MLP2001'],
  ['rows', '3 +', 'MLP6002'],
  ['rows', '3\nlet y = 4', 'MLP6002'],
  ['plan', 'tema', 'MLP2001'],
  ['nothing', '3', 'MLP6003'],
] as const) {
  test(`--set ${name}=${text.replace('\n', '\\n')} is ${code}`, () => {
    const program = run(PARAMS, { set: { [name]: text } });
    assert.equal(codes(program), [code], renderText(program.diagnostics));
    assert.match(program.diagnostics[0]!.file.path, /^--set/);
  });
}

const ENVIRONMENTS = `${PARAMS}
environment base { target local  param rows = 20  param horizon = 10d }
environment more extends base { param rows = 30 }
`;

test('the chosen environment sets params, the one it extends too, and --set wins', () => {
  assert.is(paramValue(run(ENVIRONMENTS), 'rows_now'), 10);
  const more = run(ENVIRONMENTS, { environment: 'more' });
  clean(more);
  assert.is(paramValue(more, 'rows_now'), 30);
  assert.is(paramValue(more, 'horizon_now'), 10 * 86_400_000);
  const both = run(ENVIRONMENTS, { environment: 'more', set: { rows: '40' } });
  assert.is(paramValue(both, 'rows_now'), 40);
});

test('an unknown environment is an error', () => {
  const program = run(ENVIRONMENTS, { environment: 'mor' });
  assert.equal(codes(program), ['MLP6004']);
  assert.match(program.diagnostics[0]!.hint ?? '', /more/);
});

test('only the files that are named are looked at, with what they import', () => {
  const files = {
    'a.mlp': 'import "./b.mlp" { B }\nsource s: B = nothing("x")\n',
    'b.mlp': 'schema B { x: int }\n',
    'c.mlp': 'schema C { x: strng }\n',
  };
  const program = run(files, { files: ['a.mlp'] });
  assert.equal(
    [...program.modules.keys()].filter(name => !name.startsWith('std/')),
    ['a.mlp', 'b.mlp'],
  );
  assert.equal(codes(program), ['MLP2001']);
  assert.equal(codes(run(files, { files: ['aa.mlp'] })), ['MLP6008']);
});

test('a file is parsed once, however many import it', () => {
  const host = memoryHost({
    'a.mlp': 'import "./c.mlp" { C }\nsource s: C = csv("x")\nimport std.sources { csv }\n',
    'b.mlp': 'import "./c.mlp" { C }\nsource t: C = csv("x")\nimport std.sources { csv }\n',
    'c.mlp': 'schema C { x: int }\n',
  });
  const reads: string[] = [];
  check({
    ...host,
    readFile: file => {
      reads.push(file);
      return host.readFile(file);
    },
  });
  assert.equal(reads.filter(file => file === 'c.mlp').length, 1);
  assert.equal(reads.filter(file => file === 'std/sources.mlp').length, 1);
});

test('packages are resolved by the host', () => {
  const files = {
    'main.mlp': 'import "@acme/shop" { Visit }\nimport std.sources { csv }\nsource v: Visit = csv("x")\n',
    'node_modules/@acme/shop.mlp': 'schema Visit { x: int }\n',
  };
  const host = {
    ...memoryHost(files),
    specFiles: () => ['main.mlp'],
    resolvePackage: (name: string) => (name === '@acme/shop' ? 'node_modules/@acme/shop.mlp' : undefined),
  };
  clean(check(host));
});

test('paths are relative to the file they are written in', () => {
  assert.is(relativePath('a/b.mlp', './c.mlp'), 'a/c.mlp');
  assert.is(relativePath('a/b.mlp', '../c.mlp'), 'c.mlp');
  assert.is(relativePath('a.mlp', '../c.mlp'), undefined);
});

const config = (text: string) => readConfig(memoryHost({ 'mlp.json': text }));

test('mlp.json is optional, and its mistakes are told at their place', () => {
  assert.equal(readConfig(memoryHost({})).diagnostics, []);
  const good = config('{ "suppress": [{ "code": "MLP3023", "reason": "ranges grow" }] }');
  assert.equal(good.diagnostics, []);
  assert.equal(good.config, { suppress: [{ code: 'MLP3023', reason: 'ranges grow' }] });
  const misspelt = config('{ "supress": [] }').diagnostics[0]!;
  assert.is(misspelt.code, 'MLP6006');
  assert.equal(misspelt.span, { start: 2, end: 11 });
  assert.match(misspelt.hint ?? '', /"suppress"/);
  assert.is(config('{ "suppress": [{ "code": "MLP3023" }] }').diagnostics[0]!.code, 'MLP6007');
  assert.is(config('{ "name": ').diagnostics[0]!.code, 'MLP6005');
  assert.is(config('[]').diagnostics[0]!.code, 'MLP6005');
});

test('a project whose library is not there still gives a program', () => {
  const host = memoryHost({ 'main.mlp': 'schema A { x: int }\nlet y = abs(3)\n' });
  const program = check({
    ...host,
    readFile: file => (file.startsWith('std/') ? undefined : host.readFile(file)),
  });
  assert.equal(codes(program), ['MLP2001']);
});

test('suppressed warnings are taken off, and useless suppressions are told', () => {
  const spec = (code: string, body: string) =>
    `schema A { n: int in 0..9 }\n@suppress("${code}", "the range will grow")\nfunction f(n: int in 0..9) -> bool = ${body}\n`;
  clean(run(spec('MLP3023', 'n > 10')));
  assert.equal(codes(run(spec('MLP3023', 'n > 5'))), ['MLP6009']);
  assert.equal(codes(run(spec('MLP3001', '3'))).sort(), ['MLP3001', 'MLP6009']);
});

test('a project may suppress a warning everywhere, with a reason', () => {
  const spec = (body: string) => `function f(n: int in 0..9) -> bool = ${body}\n`;
  const json = '{ "suppress": [{ "code": "MLP3023", "reason": "ranges grow" }] }';
  const host = (body: string) => ({
    ...memoryHost({ 'a.mlp': spec(body), 'mlp.json': json }),
    specFiles: () => ['a.mlp'],
  });
  clean(check(host('n > 10')));
  const useless = check(host('n > 5'));
  assert.equal(codes(useless), ['MLP6009']);
  assert.is(found(useless)[0]!.file.path, 'mlp.json');
});

test.run();
