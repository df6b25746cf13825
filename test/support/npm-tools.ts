import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/mlp-tests');

/**
 * The `node_modules` folder of packages that only one test needs, installed into the test cache once; undefined, and said
 * so, where the registry cannot be reached. `packages` are `name@version`.
 */
export function npmTools(folder: string, packages: readonly string[]): string | undefined {
  const root = path.join(cache, folder);
  const modules = path.join(root, 'node_modules');
  const names = packages.map(one => one.slice(0, one.lastIndexOf('@')));
  const present = () => names.every(name => existsSync(path.join(modules, name, 'package.json')));
  if (present()) return modules;
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(root, 'package.json'), '{ "private": true }\n');
  try {
    const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
    execFileSync('npm', args, { cwd: root, stdio: 'pipe' });
  } catch (error) {
    console.log(`${packages.join(', ')} cannot be had here: ${String(error).slice(0, 300)}`);
  }
  return present() ? modules : undefined;
}
