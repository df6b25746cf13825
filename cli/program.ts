import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plan } from '../compiler/plan/plan.ts';
import type { TargetOptions } from '../compiler/targets/target.ts';
import { transpile, typescript } from '../compiler/targets/typescript/index.ts';
import { importFile, linkRuntime, type Runtime } from './runtime.ts';
import { notLoaded, teamCode } from './team-code.ts';
import { writeWhole } from './write-files.ts';

/** Writing a program takes a second or two. */
const abandonedMs = 60_000;

export type GeneratedProgram = { readonly program: ReturnType<Runtime['defineProgram']> };

/**
 * The program that a run runs: the TypeScript target's, without its types, in `.mlp/program/<compiler and plan>/`. It is
 * made once for a plan; a folder is made whole under another name and renamed, so that two runs never see a part.
 */
export async function generatedProgram(root: string, plan: Plan): Promise<GeneratedProgram> {
  const programs = path.join(root, '.mlp', 'program');
  const code = teamCode(root, plan);
  const folder = path.join(programs, `${plan.hash.slice(0, 16)}-${buildStamp()}${stampOf(code)}`);
  dropPartials(programs);
  if (!existsSync(folder)) await writeProgram(folder, plan, { ...packageVersions(root, plan), code });
  linkRuntime(programs, root);
  try {
    return (await importFile(path.join(folder, 'main.js'))) as GeneratedProgram;
  } catch (error) {
    throw notLoaded(plan, error) ?? error;
  }
}

/** Tells one state of the team's code from another; nothing where the program has none. */
function stampOf(code: Readonly<Record<string, string>>): string {
  const files = Object.entries(code);
  if (files.length === 0) return '';
  const hash = createHash('sha256');
  for (const [name, text] of files) hash.update(`${name}\0${text}\0`);
  return `-${hash.digest('hex').slice(0, 12)}`;
}

async function writeProgram(folder: string, plan: Plan, options: TargetOptions): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    for (const file of await transpile(await typescript.emit(plan, options)))
      writeWhole(path.join(partial, file.path), file);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** What a killed run had begun to write. One that is being written is younger. */
function dropPartials(programs: string): void {
  if (!existsSync(programs)) return;
  for (const name of readdirSync(programs)) {
    const file = path.join(programs, name);
    const stat = name.endsWith('.partial') ? statSync(file, { throwIfNoEntry: false }) : undefined;
    if (stat && Date.now() - stat.mtimeMs > abandonedMs) rmSync(file, { recursive: true, force: true });
  }
}

/** Tells this build of the compiler from another, so that a new one writes its programs anew. */
export function buildStamp(): string {
  const bundle = process.argv[1] ?? '';
  const stat = existsSync(bundle) ? statSync(bundle) : undefined;
  return stat ? Math.round(stat.mtimeMs).toString(36) : 'source';
}

/** Exact versions of the packages that `npm:` sources name, as installed beside the project. */
export function packageVersions(root: string, plan: Plan): TargetOptions {
  const versions: Record<string, string> = {};
  const require = createRequire(path.join(root, 'x.js'));
  for (const source of Object.values(plan.sources)) {
    const given = source.from.args['path'];
    const name = typeof given === 'string' ? /^npm:((?:@[^/]+\/)?[^/]+)\//.exec(given)?.[1] : undefined;
    if (!name) continue;
    const version = installedVersion(require, name);
    if (version) versions[name] = version;
  }
  return { packageVersions: versions };
}

function installedVersion(require: NodeJS.Require, name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    const file = path.join(folder, name, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version;
  }
  return undefined;
}
