// Builds both packages: bundles with esbuild, type declarations of the runtime with tsc.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { validatorsPlugin } from './build-validators.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const version = JSON.parse(readFileSync(at('cli/package.json'), 'utf8')).version;

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  legalComments: 'none',
  define: { MLP_VERSION: JSON.stringify(version) },
};

/** Names of the packages that stay outside a bundle because they are installed beside it. */
function externals(file) {
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(at(file), 'utf8'));
  return [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
}

/** The standard library goes into the bundle, so that no start reads its files. */
function libraryTexts() {
  const files = readdirSync(at('stdlib')).filter(name => name.endsWith('.mlp'));
  return Object.fromEntries(
    files.sort().map(name => [`std/${name}`, readFileSync(at('stdlib', name), 'utf8')]),
  );
}

/** Tells one compiler from another, so that what a cache keeps is never that of another one. */
function buildStamp() {
  const hash = createHash('sha256').update(version);
  for (const folder of ['compiler', 'cli', 'stdlib']) {
    const files = readdirSync(at(folder), { recursive: true }).filter(
      name => /\.(ts|mjs|mlp|json)$/.test(name) && !/(^|[/\\])(dist|node_modules)[/\\]/.test(name),
    );
    for (const name of files.sort()) hash.update(name).update(readFileSync(at(folder, name)));
  }
  return hash.digest('base64url').slice(0, 16);
}

/** A build is made whole under another name: who starts meanwhile sees the old one or the new one. */
async function replaceFolder(folder, make) {
  const partial = `${folder}.${process.pid}.partial`;
  const old = `${folder}.${process.pid}.old`;
  mkdirSync(partial, { recursive: true });
  try {
    await make(partial);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(partial, folder);
  rmSync(old, { recursive: true, force: true });
}

async function buildCli(outdir) {
  // `mlp.cjs` holds what every command needs and `check`; each other command is a bundle of its own, loaded when asked for.
  const { commandNames } = await import('../cli/commands.mjs');
  await build({
    ...common,
    format: 'cjs',
    minify: true,
    sourcemap: 'linked',
    entryPoints: {
      mlp: at('cli/bin.ts'),
      ...Object.fromEntries(commandNames.map(name => [`command-${name}`, at(`cli/commands/${name}.ts`)])),
    },
    outdir,
    outExtension: { '.js': '.cjs' },
    external: [...externals('cli/package.json'), 'mlp-runtime'],
    plugins: [validatorsPlugin],
    define: {
      ...common.define,
      MLP_BUNDLED: 'true',
      'import.meta.dirname': '__dirname',
      MLP_BUILD: JSON.stringify(buildStamp()),
      MLP_LIBRARY: JSON.stringify(libraryTexts()),
      MLP_WARM_UP: JSON.stringify(readFileSync(at('examples/flights/flights.mlp'), 'utf8')),
    },
  });
  writeFileSync(path.join(outdir, 'build.json'), `${JSON.stringify({ version })}\n`);
  // Maps are for those who work here; who installs the package would load four times as much.
  writeFileSync(path.join(outdir, '.npmignore'), '*.map\n');
}

async function buildRuntime(outdir) {
  await build({
    ...common,
    format: 'esm',
    splitting: true,
    sourcemap: 'linked',
    entryPoints: {
      index: at('runtime/index.ts'),
      child: at('runtime/engine/child.ts'),
      'foreign-node': at('runtime/foreign/typescript/harness.ts'),
    },
    outdir,
    external: externals('runtime/package.json'),
    plugins: [validatorsPlugin],
    // Bundled CommonJS libraries (ajv) call require for their own parts.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  copyFileSync(at('runtime/foreign/python/harness.py'), path.join(outdir, 'harness.py'));
  const types = path.join(outdir, 'types');
  const tsc = [at('node_modules/typescript/bin/tsc'), '-p', at('runtime/tsconfig.json'), '--outDir', types];
  execFileSync(process.execPath, tsc, { stdio: 'inherit' });
}

const only = process.argv[2];
if (!existsSync(at('node_modules/esbuild'))) throw new Error('run npm ci first');
if (only !== 'cli') await replaceFolder(at('runtime/dist'), buildRuntime);
if (only !== 'runtime') await replaceFolder(at('cli/dist'), buildCli);
