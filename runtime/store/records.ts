/** What the store keeps, as values. Times are milliseconds since 1970. */
import type { Snapshot, StepResult } from '../engine/contract.ts';

export type RunStatus = 'running' | 'succeeded' | 'refused' | 'failed' | 'cancelled' | 'interrupted';
export type StepStatus =
  | 'running'
  | 'succeeded'
  | 'cached'
  | 'refused'
  | 'failed'
  | 'cancelled'
  /** Not started, because a step it needs did not succeed. */
  | 'skipped';

export interface NotRun {
  readonly step: string;
  readonly kind: string;
  readonly of: string;
  readonly why: string;
}
export interface RunRecord {
  readonly id: string;
  readonly goal: string;
  readonly environment: string;
  /** Hash of the plan. */
  readonly plan: string;
  readonly params: unknown;
  readonly status: RunStatus;
  readonly started: number;
  readonly ended: number | null;
  readonly who: string;
  readonly notRun: readonly NotRun[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Everything that a step's result depends on, part by part, so that a rerun can say which part changed. */
export interface KeyParts {
  readonly code: string;
  readonly declaration: string;
  readonly params: string;
  /** Content hash by input name; null: an external input that is absent. */
  readonly inputs: Readonly<Record<string, string | null>>;
  /** Content hash by source. */
  readonly snapshots: Readonly<Record<string, string>>;
}

export interface StepRecord {
  readonly run: string;
  readonly step: string;
  readonly kind: string;
  readonly of: string;
  readonly status: StepStatus;
  readonly started: number | null;
  readonly ended: number | null;
  readonly attempts: number;
  readonly key: string | null;
  readonly parts: KeyParts | null;
  readonly why: readonly string[];
  /** Artifact hash by name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly result: StepResult | null;
}

export interface CacheEntry {
  readonly outputs: Readonly<Record<string, string>>;
  readonly result: StepResult;
  readonly run: string;
  readonly made: number;
  /** Milliseconds that the step took when it ran. */
  readonly took: number;
}

export interface ModelVersion {
  readonly environment: string;
  readonly model: string;
  readonly version: number;
  /** Hash of the model artifact: two versions never hold the same model. */
  readonly artifact: string;
  readonly registration: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly lineage: Lineage;
  readonly run: string;
  readonly made: number;
  readonly who: string;
  readonly aliases: readonly string[];
}
export interface Lineage {
  readonly plan: string;
  readonly files: readonly string[];
  readonly snapshots: Readonly<Record<string, Snapshot>>;
  readonly parts: Readonly<Record<string, number>>;
  /** The version that was champion when this one was judged. */
  readonly parent: number | null;
}

export interface Promotion {
  readonly id: number;
  readonly environment: string;
  readonly model: string;
  readonly alias: string;
  readonly from: number | null;
  readonly to: number;
  readonly at: number;
  readonly who: string;
  readonly why: string;
  readonly run: string | null;
  readonly fromMetrics: Readonly<Record<string, number>> | null;
  readonly toMetrics: Readonly<Record<string, number>>;
}
