/** What the engine and the processes that carry out its steps tell each other. */
import type { Program, StepParams, StepProgress } from './contract.ts';

export type ToChild =
  | {
      readonly kind: 'program';
      readonly program: Program;
      readonly runners: string | null;
      /** The module with the functions of the team's code, which no message can carry. */
      readonly functions: string | null;
    }
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly params: StepParams;
      readonly inputs: Readonly<Record<string, string>>;
      readonly out: string;
      readonly root: string;
      readonly cache: string;
    }
  | { readonly kind: 'cancel' };

export type ToParent =
  | { readonly kind: 'progress'; readonly progress: StepProgress }
  /** Processor time of the step so far, in milliseconds over all cores. */
  | { readonly kind: 'spent'; readonly cpu: number }
  /** A process group of the team's code has begun or ended. */
  | { readonly kind: 'group'; readonly group: number; readonly running: boolean }
  /** The result is in `out/result.json`; `rss` is what the process now holds, in bytes. */
  | { readonly kind: 'done'; readonly rss: number };
