import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const repository = path.join(import.meta.dirname, '../..');

/** What an image has beside the program: the runtime package, as its build bundles it, and what that needs. */
export async function installRuntime(app: string): Promise<void> {
  const modules = path.join(app, 'node_modules');
  const manifest = JSON.parse(readFileSync(path.join(repository, 'runtime/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  mkdirSync(path.join(modules, 'mlp-runtime'), { recursive: true });
  writeFileSync(path.join(modules, 'mlp-runtime/package.json'), '{"type":"module","exports":"./index.js"}');
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(repository, 'node_modules', name), path.join(modules, name));
  }
  await build({
    entryPoints: {
      index: path.join(repository, 'runtime/index.ts'),
      child: path.join(repository, 'runtime/engine/child.ts'),
    },
    outdir: path.join(modules, 'mlp-runtime'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    define: { MLP_VERSION: '"0.0.0-test"' },
    external: Object.keys(manifest.dependencies),
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}
