import path from 'node:path';
import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import type { Step } from '../../compiler/plan/plan.ts';
import type { StepRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Program, StepResult } from './contract.ts';
import type { StepOutcome } from './events.ts';
import { acceptProfile, type Fold } from './fold.ts';
import { keyOf } from './key.ts';
import type { Resolved } from './resolve.ts';

interface Kept {
  readonly outcome: StepOutcome;
  /** Hash of each output artifact. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Writes down what one run does, in the store. */
export class Recorder {
  private readonly store: Store;
  private readonly program: Program;
  private readonly environment: string;
  private readonly run: string;

  constructor(store: Store, program: Program, environment: string, run: string) {
    this.store = store;
    this.program = program;
    this.environment = environment;
    this.run = run;
  }

  /** The run ends by a fault of this program or of the store, which may then not even take that down. */
  broken(error: unknown): void {
    const { code } = runMessages.broken.definition;
    try {
      this.store.runs.finish(this.run, 'failed', { code, message: String((error as Error).message) });
    } catch {
      // The next run finds this one without a process, and writes down that it was interrupted.
    }
  }

  /** Takes the outputs into the store and records the step, all in one transaction. */
  async keep(
    step: Step,
    resolved: Resolved,
    result: StepResult,
    attempts: number,
    began: number,
  ): Promise<Kept> {
    const { store } = this;
    const out = this.outFolder(step, attempts);
    const made = result.status === 'failed' ? [] : step.outputs;
    const contents = await Promise.all(
      made.map(async output => ({
        ...output,
        content: await store.artifacts.measure(path.join(out, output.name)),
      })),
    );
    const outputs = Object.fromEntries(contents.map(({ name, content }) => [name, content.hash]));
    const ended = Date.now();
    const key = resolved.parts ? keyOf(resolved.parts) : null;
    store.transaction(() => {
      for (const { name, kind, content } of contents)
        store.artifacts.adopt(path.join(out, name), content, kind);
      this.save(step, resolved, {
        status: result.status,
        started: began,
        ended,
        attempts,
        key,
        outputs,
        result,
      });
      if (key && result.status !== 'failed')
        store.cache.remember(key, step.id, {
          outputs,
          result,
          run: this.run,
          made: ended,
          took: ended - began,
        });
      if (result.status === 'succeeded') acceptProfile(this.fold(step, resolved, outputs, false));
    });
    const { id, kind, of } = step;
    const about = { step: id, kind, of, cached: false, attempts, why: resolved.why, took: ended - began };
    const outcome = { ...about, status: result.status, result, outputs: this.foldersOf(outputs) };
    return { outcome, hashes: outputs };
  }

  save(step: Step, resolved: Resolved, record: Partial<StepRecord> & Pick<StepRecord, 'status'>): void {
    const inputs = Object.fromEntries(Object.entries(resolved.hashes).filter(([, hash]) => hash !== null));
    this.store.runs.saveStep({
      run: this.run,
      step: step.id,
      kind: step.kind,
      of: step.of,
      started: null,
      ended: null,
      attempts: 0,
      key: null,
      outputs: {},
      result: null,
      parts: resolved.parts,
      why: resolved.why,
      inputs: inputs as Record<string, string>,
      ...record,
    });
  }

  fold(step: Step, resolved: Resolved, outputs: Fold['outputs'], cached: boolean): Fold {
    const { store, program, environment } = this;
    return {
      store,
      program,
      environment,
      run: this.run,
      step,
      inputs: resolved.hashes as Record<string, string>,
      outputs,
      cached,
    };
  }

  outFolder(step: Step, attempt: number): string {
    return path.join(this.store.workFolder(this.run), `${step.id}-${attempt}`);
  }

  foldersOf(outputs: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(outputs).map(([name, hash]) => [name, this.store.artifacts.folder(hash)]),
    );
  }
}
