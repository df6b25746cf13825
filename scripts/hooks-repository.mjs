// Makes the repository that pre-commit installs the hooks from: `node scripts/hooks-repository.mjs FOLDER`.
//
// pre-commit installs a hook's repository as a package before it installs what the hook depends on. Of this repository that
// would be the whole workspace, with the runtime and everything that tests need. So a release also has a tag whose tree
// is nothing but the hooks and an empty package, and only mlp-lang is installed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The files of that repository by name. */
export function hooksRepository() {
  const { version, license } = JSON.parse(readFileSync(path.join(root, 'cli/package.json'), 'utf8'));
  const hooks = readFileSync(path.join(root, '.pre-commit-hooks.yaml'), 'utf8');
  const pinned = [...hooks.matchAll(/mlp-lang@([^']+)'/g)].map(match => match[1]);
  const other = pinned.find(one => one !== version);
  if (pinned.length === 0 || other !== undefined)
    throw new Error(`.pre-commit-hooks.yaml names mlp-lang@${other}, and cli/package.json is ${version}`);
  const manifest = {
    name: 'mlp-pre-commit',
    version,
    private: true,
    description: 'The hooks of mlp for pre-commit',
    license,
  };
  return new Map([
    ['.pre-commit-hooks.yaml', hooks],
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['LICENSE', readFileSync(path.join(root, 'LICENSE'), 'utf8')],
  ]);
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error('usage: node scripts/hooks-repository.mjs FOLDER');
    process.exit(2);
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of hooksRepository()) writeFileSync(path.join(folder, name), text);
}
