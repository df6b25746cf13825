import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import { fault } from '../data/faults.ts';
import { codeFiles, requireFile, targetOf } from './code.ts';
import type { Language, Run } from './run-job.ts';

const sources = import.meta.url.endsWith('.ts');
const harness = fileURLToPath(
  new URL(sources ? './typescript/harness.ts' : './foreign-node.js', import.meta.url),
);

/** `run typescript "steps/clean.ts:clean"`: the function is called in a Node of its own. */
export const typescript: Language = {
  answers: true,
  async command(run, { file }) {
    const { around, at, what } = run;
    const written = requireFile(what, run.run, around.root, at);
    const code = /\.[cm]?ts$/.test(written) && !stripsTypes() ? await transpiled(run, written) : written;
    return {
      program: process.execPath,
      args: [
        // An error then says its line of the file as it was written.
        '--enable-source-maps',
        ...(sources ? ['--import', import.meta.resolve('tsx')] : []),
        harness,
        file,
        code,
        targetOf(run.run).name!,
      ],
      env: process.env,
    };
  },
};

/** Newer ones take types off by themselves. */
const stripsTypes = (): boolean => Boolean((process.features as { typescript?: unknown }).typescript);

/** The file among all those of its folder without their types, made whole once for this state of them. */
async function transpiled({ run, around, what, at }: Run, written: string): Promise<string> {
  const files = codeFiles(run, around.root);
  const from = path.dirname(written);
  const contents = await Promise.all(files.map(file => readFile(file.path, 'utf8')));
  const hash = createHash('sha256').update('with source maps\0');
  for (const [i, file] of files.entries()) hash.update(`${file.name}\0${contents[i]}\0`);
  const folder = path.join(around.root, '.mlp', 'typescript', hash.digest('hex').slice(0, 16));
  const made = path.join(folder, path.basename(written).replace(/ts$/, 'js'));
  if (existsSync(folder)) return made;
  const ts = compiler();
  if (!ts) throw fault(foreignMessages.noTranspiler, { what: `${what}` }, { at });
  const partial = `${folder}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  for (const [i, file] of files.entries()) {
    const name = path.join(partial, path.relative(from, file.path).replace(/\.(m?)ts$/, '.$1js'));
    await mkdir(path.dirname(name), { recursive: true });
    const typed = /\.m?ts$/.test(file.path) && !file.path.endsWith('.d.ts');
    await writeFile(name, typed ? ts(contents[i]!, path.basename(file.path)) : contents[i]!);
  }
  await writeFile(path.join(partial, 'package.json'), '{ "type": "module" }\n');
  await rename(partial, folder).catch(async error => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return made;
}

type Transpile = (text: string, fileName: string) => string;

/** The TypeScript that mlp-lang brings, where it is installed beside this. */
function compiler(): Transpile | undefined {
  try {
    const { ts } = createRequire(import.meta.url)('ts-morph') as typeof import('ts-morph');
    const compilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      inlineSourceMap: true,
    };
    return (text, fileName) => ts.transpileModule(text, { compilerOptions, fileName }).outputText;
  } catch {
    return undefined;
  }
}
