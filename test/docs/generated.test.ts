// The generated pages and files are what their sources say now, and the page about the command line has every option.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../cli/commands.mjs';
import { allMessages } from '../../compiler/diagnostics/registry.ts';
import { staleTexts } from '../../scripts/generate.ts';

const root = path.join(import.meta.dirname, '../..');
const page = (name: string): string => readFileSync(path.join(root, 'docs', name), 'utf8');

test('nothing generated is stale', async () => {
  assert.equal([...(await staleTexts()).keys()], [], 'run npm run generate');
});

test('every code has one entry', () => {
  const entries = [...page('errors.md').matchAll(/^### (MLP\d{4}): /gm)].map(match => match[1]!);
  assert.equal(
    entries.toSorted(),
    allMessages()
      .map(message => message.definition.code)
      .toSorted(),
  );
});

test('every declaration of the library has one entry', () => {
  const files = ['prelude', 'learn', 'metrics', 'sources', 'targets', 'drift'];
  const declared = files.flatMap(file => {
    const text = readFileSync(path.join(root, 'stdlib', `${file}.mlp`), 'utf8');
    const found = text.matchAll(
      /^(?:function|aggregate|annotation|trainer|metric|constructor|enum) ([a-zA-Z]\w*)/gm,
    );
    return [...new Set([...found].map(match => match[1]!))].map(name => `std.${file}.${name}`);
  });
  const ids = new Set(
    [...page('library.md').matchAll(/<a id="([^"]+)">/g)].map(match => match[1]!.replace('@', '')),
  );
  assert.equal(
    declared.filter(name => !ids.has(name)),
    [],
  );
  assert.ok(declared.length > 100);
});

test('the page about the command line has what --help has', () => {
  const sections = page('cli.md').split(/^## mlp /m);
  assert.equal(
    sections.slice(1).map(section => section.split('\n', 1)[0]),
    commands.map(command => command.name),
  );
  // One process for one command shows that what is read in this process is what a user gets.
  const help = execFileSync(
    process.execPath,
    ['--import', 'tsx', path.join(root, 'cli/bin.ts'), 'run', '--help'],
    {
      encoding: 'utf8',
    },
  );
  const flags = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z]+/g))].sort();
  const shown = sections.find(section => section.startsWith('run\n'))!;
  assert.equal(
    flags(shown),
    flags(help).filter(flag => flag !== '--help'),
  );
});

test.run();
