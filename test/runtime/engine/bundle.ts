/**
 * The engine as it is shipped: bundled, `child.js` beside it. The tests run this, because a child process that first
 * compiles the sources takes half a second, and because it is what users run.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../..');
// Under node_modules, so that the packages which stay outside the bundle are found.
const folder = path.join(root, 'node_modules/.cache', `mlp-engine-test-${process.pid}`);

/** The fake runners stand in for them. */
const withoutRealSteps: Plugin = {
  name: 'without-real-steps',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/(data|features|learn)\// }, ({ importer, path: file }) =>
      importer.endsWith('runners.ts') ? { path: file, external: true } : undefined,
    );
  },
};

export async function bundleEngine(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    bundle: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    packages: 'external',
    logLevel: 'error',
    plugins: [withoutRealSteps],
    define: { MLP_VERSION: '"test"' },
    outdir: folder,
    entryPoints: {
      run: path.join(root, 'runtime/engine/run.ts'),
      child: path.join(root, 'runtime/engine/child.ts'),
      'fake-runners': path.join(here, 'fake-runners.ts'),
      'run-fake': path.join(here, 'run-fake.ts'),
    },
  });
  return folder;
}
