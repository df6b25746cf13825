import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { findCompiler, versionOf } from '../../editor/vscode/src/compiler.ts';
import { compileText, root } from '../support/specs.ts';

const at = (...parts: string[]): string => path.join(root, 'editor/vscode', ...parts);
const json = (file: string) => JSON.parse(readFileSync(at(file), 'utf8'));
const manifest = json('package.json');

test('every command of the manifest is registered, and no other', () => {
  const source = readFileSync(at('src/extension.ts'), 'utf8');
  const registered = [...source.matchAll(/command\('(mlp\.\w+)'/g)].map(match => match[1]);
  const declared = manifest.contributes.commands.map((one: { command: string }) => one.command);
  assert.equal(registered.sort(), declared.sort());
});

test('the settings that the manifest declares are those that are read', () => {
  const properties = Object.keys(manifest.contributes.configuration.properties);
  // The protocol's client reads the trace by itself.
  assert.equal(properties.sort(), ['mlp.path', 'mlp.trace.server']);
  assert.match(readFileSync(at('src/extension.ts'), 'utf8'), "get<string>('path')");
});

test('every snippet is a spec of the language, as it stands', () => {
  const snippets: Record<string, { body: string[] }> = json('snippets.json');
  for (const [name, { body }] of Object.entries(snippets)) {
    const text = body
      .join('\n')
      .replace(/\$\{\d+\|([^,|]+)[^|]*\|\}/g, '$1')
      .replace(/\$\{\d+:([^}]*)\}/g, '$1');
    assert.not(text.includes('$'), text);
    const { diagnostics } = parse(new SourceFile(`${name}.mlp`, `${text}\n`));
    assert.is(renderText(diagnostics), '', name);
  }
});

test('the problem matcher reads what mlp check prints', () => {
  const { diagnostics } = compileText('let a = bogus\n');
  const lines = renderText(diagnostics).split('\n');
  const [first, second] = manifest.contributes.problemMatchers[0].pattern;
  const start = lines.findIndex(line => new RegExp(first.regexp).test(line));
  const [, severity, code, message] = new RegExp(first.regexp).exec(lines[start]!)!;
  assert.equal([severity, code], ['error', diagnostics[0]!.code]);
  assert.is(message, diagnostics[0]!.message);
  assert.equal(new RegExp(second.regexp).exec(lines[start + 1]!)!.slice(1), ['main.mlp', '1', '9']);
});

test('the compiler: the setting, else the workspace, else the path, else the reason why there is none', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-vscode-'));
  try {
    const file = (name: string): string => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), '');
      return path.join(folder, name);
    };
    const search = (setting = '') =>
      findCompiler({
        setting,
        folders: [folder],
        searchPath: `:${path.join(folder, 'bin')}`,
        windows: false,
      });
    assert.match((search() as { missing: string }).missing, 'npm install --save-dev mlp-lang');
    const onPath = file('bin/mlp');
    assert.is((search() as { command: string }).command, onPath);
    const own = file('node_modules/.bin/mlp');
    assert.is((search() as { command: string }).command, own);
    const named = file('tools/mlp');
    assert.is((search('tools/mlp') as { command: string }).command, named);
    assert.match((search('tools/other') as { missing: string }).missing, 'there is no such file');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a compiler that cannot be used is told in words: too old, broken, not mlp, silent', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-vscode-'));
  try {
    const compiler = (name: string, script: string): string => {
      const file = path.join(folder, name);
      writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return file;
    };
    const missing = async (name: string, script: string): Promise<string> =>
      ((await versionOf(compiler(name, script))) as { missing: string }).missing;
    assert.equal(await versionOf(compiler('good', 'echo 0.1.0')), { version: '0.1.0' });
    assert.equal(await versionOf(compiler('new', 'echo 10.0.0')), { version: '10.0.0' });
    assert.match(await missing('old', 'echo 0.0.9'), /version 0\.0\.9, and the extension needs 0\.1\.0/);
    assert.match(await missing('other', 'echo hello'), 'it is not the compiler of mlp');
    assert.match(await missing('broken', 'echo "Error: no module" >&2; exit 1'), 'Error: no module');
    assert.match(
      ((await versionOf(path.join(folder, 'none'))) as { missing: string }).missing,
      'could not be started',
    );
    const own = await versionOf(path.join(root, 'cli/bin/mlp'));
    assert.ok('version' in own, 'the build of this project is new enough');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the extension bundles, with the grammar beside it', async () => {
  const { buildExtension } = (await import('../../scripts/vsix.mjs' as string)) as {
    buildExtension(outdir: string): Promise<void>;
  };
  const out = mkdtempSync(path.join(tmpdir(), 'mlp-extension-'));
  try {
    await buildExtension(out);
    assert.ok(readFileSync(path.join(out, 'extension.cjs')).length > 50_000);
    assert.is(
      JSON.parse(readFileSync(path.join(out, 'mlp.tmLanguage.json'), 'utf8')).scopeName,
      'source.mlp',
    );
    assert.is(manifest.main, './dist/extension.cjs');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test.run();
