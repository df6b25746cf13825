import { createHash } from 'node:crypto';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { locate } from '../data/sources/location.ts';
import type { FileMemory } from '../store/cache.ts';
import { MlpError } from './contract.ts';

/**
 * The content hash of what an ingest step is about to read, as its own snapshot gives it, without reading again what
 * did not change; undefined where the files cannot be found: the step then runs, and says so in its own words.
 */
export async function sourceSnapshots(
  plan: Plan,
  step: Step,
  root: string,
  memory: FileMemory,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (step.kind !== 'ingest') return {};
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
