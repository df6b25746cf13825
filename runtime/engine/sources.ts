import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isConnected } from '../../compiler/plan/connections.ts';
import { foreignCode } from '../../compiler/plan/foreign.ts';
import type { Plan, Step } from '../../compiler/plan/plan.ts';
import { locate } from '../data/sources/location.ts';
import { markOfOrigin } from '../data/sources/origin.ts';
import type { FileMemory } from '../store/cache.ts';
import { MlpError, type StepParams } from './contract.ts';

export interface Reading {
  readonly plan: Plan;
  readonly step: Step;
  readonly params: Pick<StepParams, 'from' | 'to'>;
  readonly root: string;
  readonly memory: FileMemory;
  readonly signal: AbortSignal;
}

async function foreignSnapshots(
  plan: Plan,
  step: Step,
  root: string,
  memory: FileMemory,
): Promise<Readonly<Record<string, string>> | undefined> {
  const loaded = step.kind === 'load' ? plan.models[step.of]?.load?.args['path'] : undefined;
  if (typeof loaded === 'string') {
    const file = path.resolve(root, loaded);
    return existsSync(file) ? { [step.of]: `sha256:${(await memory.hash(file)).hash}` } : undefined;
  }
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
 * What tells the state of what a step is about to read beside its inputs: the content hash of a source's files and of the
 * team's code, as the step's own snapshot gives it, without reading again what did not change; of databases and object
 * stores what they say of themselves. Undefined where that cannot be told, or the source not be found: the step then runs,
 * and says so in its own words.
 */
export async function sourceSnapshots(
  reading: Reading,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { plan, step, root, memory } = reading;
  if (step.kind !== 'ingest') return foreignSnapshots(plan, step, root, memory);
  const source = plan.sources[step.of];
  if (source && isConnected(source)) return remoteMark(reading);
  const uri = source?.from.args['path'];
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

async function remoteMark({
  plan,
  step,
  params,
  root,
  signal,
}: Reading): Promise<Record<string, string> | undefined> {
  try {
    const request = { plan, step, params, root, signal, cache: undefined, scratch: '', progress: () => {} };
    const mark = await markOfOrigin(request);
    return mark === null ? undefined : { [step.of]: mark };
  } catch (error) {
    if (error instanceof MlpError || signal.aborted) return undefined;
    throw error;
  }
}
