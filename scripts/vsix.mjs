// Packages the extension for Visual Studio Code: `node scripts/vsix.mjs [OUT.vsix]`.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const extension = path.join(root, 'editor/vscode');
/** The packager is fetched when it is needed; nothing else of the project needs its hundred packages. */
const packager = '@vscode/vsce@3.9.2';

export async function buildExtension(outdir = path.join(extension, 'dist')) {
  mkdirSync(outdir, { recursive: true });
  await build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    external: ['vscode'],
    entryPoints: [path.join(extension, 'src/extension.ts')],
    outfile: path.join(outdir, 'extension.cjs'),
    logLevel: 'warning',
  });
  copyFileSync(path.join(root, 'grammar/mlp.tmLanguage.json'), path.join(outdir, 'mlp.tmLanguage.json'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = path.resolve(process.argv[2] ?? path.join(root, 'mlp.vsix'));
  await buildExtension();
  const args = [
    'exec',
    '--yes',
    '--package',
    packager,
    '--',
    'vsce',
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--out',
    out,
  ];
  execFileSync('npm', args, { cwd: extension, stdio: 'inherit' });
}
