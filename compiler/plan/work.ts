import type { At, Known } from './expression.ts';
import type { Type } from './type.ts';

// The two graphs of a plan: of values, column to column, and of work, step to step.

/** Column to column: what each value is computed from, and from when it is known. */
export interface ValueGraph {
  readonly nodes: readonly ValueNode[];
  readonly edges: readonly ValueEdge[];
}
/** `id` is `flights.delay`, `Departure.late`, `lateness` (a prediction). Tags: `pii`, `label`, `key`, `event_time`, `masked`. */
export interface ValueNode {
  readonly id: string;
  readonly type: Type;
  readonly known: Known;
  readonly tags: readonly string[];
  readonly at: At;
}
/**
 * `row`: same row; `join`, `view` (a joined view), `window`, `ahead`, `component`: another row of the table; `key`: it
 * only selects which row is read; `fitted`: rows of the training part; `model`, `label`: what a model is given and
 * learns. `alias` is the join that is read through. `at` is the reading expression.
 */
export interface ValueEdge {
  readonly from: string;
  readonly to: string;
  readonly via:
    | 'row'
    | 'key'
    | 'join'
    | 'view'
    | 'window'
    | 'ahead'
    | 'fitted'
    | 'component'
    | 'model'
    | 'label';
  readonly alias?: string;
  /** Read only inside of what is declared to mask. */
  readonly masked?: true;
  /** With `key`: a value of a joined row, by which another one is looked up. */
  readonly joined?: true;
  readonly at: At;
}

export type StepKind =
  | 'ingest'
  | 'validate'
  | 'component'
  | 'features'
  | 'split'
  | 'tune'
  | 'train'
  | 'load'
  | 'baseline'
  | 'evaluate'
  | 'gate'
  | 'register'
  | 'score'
  | 'write'
  | 'deploy'
  | 'monitor';
export type ArtifactKind =
  | 'table'
  | 'parts'
  | 'model'
  | 'parameters'
  | 'report'
  | 'metrics'
  | 'verdict'
  | 'registration';
/** One node of the work graph. Ids are `kind-declaration`, lower case with dashes, valid as a DNS label. */
export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly of: string;
  /** Artifacts by the name under which the step reads them. `external` comes from outside the graph and may be absent. */
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly { readonly name: string; readonly kind: ArtifactKind }[];
  /** Steps that must have succeeded without giving an artifact: a gate before what it protects. */
  readonly after: readonly string[];
  readonly resources: Resources | null;
  readonly timeout: number | null;
  readonly retry: Retry | null;
  readonly at: At;
}
export type StepInput =
  | { readonly name: string; readonly from: string; readonly output: string }
  | { readonly name: string; readonly external: 'champion' | 'previous'; readonly of: string };

export interface Resources {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly gpu: number | null;
  readonly workers: number | null;
}
export interface Retry {
  readonly times: number;
  readonly after: number;
}
