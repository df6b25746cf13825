import { createHash } from 'node:crypto';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { locate } from '../data/sources/location.ts';
import { foreignCode } from '../foreign/uses.ts';
import type { FileMemory } from '../store/cache.ts';
import { MlpError } from './contract.ts';

async function foreignSnapshots(
  plan: Plan,
  step: Step,
  root: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const codes = foreignCode(plan, step);
  if (codes.length === 0) return {};
  const use = step.kind === 'component' ? plan.components[step.of] : undefined;
  // Nobody can tell what code without inputs finds in the world: it is asked every time.
  if (use && Object.keys(use.inputs).length === 0) return undefined;
  const { codeSnapshot } = await import('../foreign/code.ts');
  const hashes = codes.flatMap(({ name, run }) => {
    const snapshot = codeSnapshot(run, root);
    return snapshot === undefined ? [] : [[name, snapshot.hash] as const];
  });
  return Object.fromEntries(hashes);
}

/**
 * The content hash of what a step is about to read beside its inputs, as its own snapshot gives it: the files of a source,
 * the team's code. Without reading again what
 * did not change; undefined where the files cannot be found: the step then runs, and says so in its own words.
 */
export async function sourceSnapshots(
  plan: Plan,
  step: Step,
  root: string,
  memory: FileMemory,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (step.kind !== 'ingest') return foreignSnapshots(plan, step, root);
  const uri = plan.sources[step.of]?.from.args['path'];
  if (typeof uri !== 'string') return undefined;
  try {
    const files = await locate(uri, root);
    const hashes: string[] = [];
    for (const file of files) hashes.push((await memory.hash(file.path)).hash);
    if (hashes.length === 1) return { [step.of]: `sha256:${hashes[0]}` };
    const all = createHash('sha256');
    files.forEach((file, i) => {
      all.update(`${file.name}\0${hashes[i]}\n`);
    });
    return { [step.of]: `sha256:${all.digest('hex')}` };
  } catch (error) {
    if (error instanceof MlpError || typeof (error as NodeJS.ErrnoException).code === 'string')
      return undefined;
    throw error;
  }
}
