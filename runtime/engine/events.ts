import type { StepKind } from '../../compiler/plan/plan.ts';
import type { ModelVersion, NotRun, StepStatus } from '../store/records.ts';
import type { StepProgress, StepResult } from './contract.ts';

/** What happens in a run, in order; the renderers of `runtime/report/` draw it. Times are milliseconds since 1970. */
export type RunEvent =
  /** Another run of the pipeline is under way, and this one waits for its end. */
  | { readonly kind: 'run-waiting'; readonly goal: string; readonly run: string; readonly at: number }
  | {
      readonly kind: 'run-started';
      readonly run: string;
      readonly goal: string;
      readonly environment: string;
      readonly at: number;
      /** In an order in which they could run one after another. */
      readonly steps: readonly { readonly id: string; readonly kind: StepKind; readonly of: string }[];
      readonly notRun: readonly NotRun[];
      /** What the goal says that this run does not do. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'step-started';
      readonly step: string;
      readonly at: number;
      readonly attempt: number;
      /** What changed since the step last ran; empty the first time. */
      readonly why: readonly string[];
    }
  | {
      readonly kind: 'step-progress';
      readonly step: string;
      readonly at: number;
      readonly progress: StepProgress;
    }
  | {
      readonly kind: 'step-retried';
      readonly step: string;
      readonly at: number;
      readonly error: string;
      readonly wait: number;
    }
  | { readonly kind: 'step-finished'; readonly at: number; readonly outcome: StepOutcome }
  | { readonly kind: 'run-finished'; readonly at: number; readonly outcome: RunOutcome };

export type Observer = (event: RunEvent) => void;

export interface StepOutcome {
  readonly step: string;
  readonly kind: StepKind;
  readonly of: string;
  readonly status: StepStatus;
  /** Its result was found in the store. */
  readonly cached: boolean;
  /** Null for a step that did not get so far. */
  readonly result: StepResult | null;
  /** Milliseconds; of a cached step those it once took. */
  readonly took: number;
  readonly attempts: number;
  readonly why: readonly string[];
  /** Folder of each output artifact. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** What became of a model that passed its gate. */
export interface RegisteredModel {
  readonly model: string;
  readonly version: ModelVersion;
  readonly isNew: boolean;
  /** The version it took the alias champion from; null: there was none, undefined: it did not become champion now. */
  readonly replaced: number | null | undefined;
  /** Why it is not champion. */
  readonly withheld: string | null;
}

export interface RunOutcome {
  readonly run: string;
  readonly goal: string;
  readonly environment: string;
  readonly status: 'succeeded' | 'refused' | 'failed' | 'cancelled';
  readonly exitCode: 0 | 1 | 3 | 130;
  readonly started: number;
  readonly ended: number;
  /** Every step was found in the store. */
  readonly nothingChanged: boolean;
  /** Why the run was stopped as a whole, such as by its pipeline's time-out; steps have errors of their own. */
  readonly error: NonNullable<StepResult['error']> | null;
  readonly steps: readonly StepOutcome[];
  readonly notRun: readonly NotRun[];
  readonly registered: readonly RegisteredModel[];
}
