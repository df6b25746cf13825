import type { Plan, Step } from '../../compiler/plan/plan.ts';
import type { FittingStage } from '../../compiler/sql/fitting.ts';
import type { TeamFunctions } from '../features/functions/team.ts';
import type { ViewReads } from '../features/online/reads.ts';

/**
 * The step contract. A step reads only the folder of each input artifact and the parameters document it is given, and
 * writes only the folder of each output artifact and one result. It needs no store, no clock and no network but its
 * source's. The engine, a pod of a workflow and a CI job all run steps this way; what a run remembers is folded from
 * the results by whoever orchestrates.
 *
 * On a command line: `step NAME --in DIR --out DIR [--params FILE] [--root DIR]`: input `x` is the folder `DIR/x`, an
 * output `y` is written to `OUT/y` (made whole in `OUT/.y.partial`, then renamed), the result to `OUT/result.json`.
 */
export interface StepContext {
  readonly plan: Plan;
  readonly step: Step;
  /** SQL and functions that the generated program carries; the step uses these, not its own. */
  readonly program: Program;
  readonly params: StepParams;
  /** Folder of an input artifact; undefined for an external one that is absent. */
  input(name: string): string | undefined;
  /** An empty folder to write an output artifact into. */
  output(name: string): string;
  /**
   * Where a step may keep what it has read from outside, by content, for the next run on this machine; undefined where
   * there is no such place: everything is read again then.
   */
  readonly cache?: string | undefined;
  /** Folder against which relative source paths are resolved (the project). */
  readonly root: string;
  readonly signal: AbortSignal;
  progress(event: StepProgress): void;
}

/** The parameters document (`params/1`), validated with ajv. */
export interface StepParams {
  readonly version: 'params/1';
  /** Data interval [from, to), ISO instants; null: everything. */
  readonly from: string | null;
  readonly to: string | null;
  /** `--try model.depth=8`: trainer parameters that replace the spec's for this run. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, number | string | boolean>>>>;
  /** For tests: so many rows, spread over all, of each source that a view takes its rows from; absent: all. */
  readonly sample?: number;
  /** For scoring: the number under which the registry has a model, by model. */
  readonly versions?: Readonly<Record<string, number>>;
  /** Threads and memory the step may use. */
  readonly threads: number;
  readonly memory: string;
}

export interface StepProgress {
  readonly done?: number;
  readonly total?: number;
  readonly message?: string;
}

/** The result document (`result/1`). */
export interface StepResult {
  readonly version: 'result/1';
  readonly step: string;
  /** `refused`: a gate or a validation said no; its outputs are written all the same. */
  readonly status: 'succeeded' | 'refused' | 'failed';
  /** Numbers worth showing and keeping: rows, violations, metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Lines for people, most important first. */
  readonly notes: readonly string[];
  /** What was read from outside: source name to snapshot (path, size, mtime or etag, content hash). */
  readonly snapshots: Readonly<Record<string, Snapshot>>;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly at?: number;
  };
}
export interface Snapshot {
  readonly uri: string;
  readonly bytes: number;
  /** Of the content. */
  readonly hash: string;
  /** What the source said of its own state (a watermark, a listing): known without reading it again. */
  readonly mark?: string;
  readonly rows?: number;
  /** The moment of which it is the state, ISO, by the clock of the source. */
  readonly taken?: string;
}

export type StepRunner = (context: StepContext) => Promise<Omit<StepResult, 'version' | 'step'>>;

/**
 * What a generated program hands to the runtime: the plan, and per declaration the code the compiler wrote for it.
 * Relations named in the SQL are views that the step makes: `"source:flights"`, `"view:Departure"`, `"component:x"`.
 */
export interface Program {
  readonly plan: Plan;
  readonly views: Readonly<Record<string, ViewProgram>>;
  readonly validations: Readonly<Record<string, ValidationProgram>>;
  readonly sources: Readonly<Record<string, SourceProgram>>;
  /** What the rows that a component takes and makes must satisfy. */
  readonly components?: Readonly<Record<string, ComponentProgram>>;
  /** Functions of the team's own code, by the name under which expressions call them. */
  readonly functions?: TeamFunctions;
}
export interface ComponentProgram {
  /** By parameter. */
  readonly inputs: Readonly<Record<string, SourceProgram>>;
  readonly rows: SourceProgram;
}
/**
 * `sql` selects one row per (entity, T): key columns, `__at`, `__label_known`, features and labels under their names.
 * `compute` gives the features of one row, `labels` its labels: of the row, then, where something is read of other rows, of
 * a context, then, where features read values fitted on training rows, of those, then, for labels that read them, of the
 * features. `reads` says how the context of `compute` is found. Features that read fitted values are left out of `sql`:
 * `fitting` computes them once a model has its values.
 */
export interface ViewProgram {
  readonly sql: string;
  compute?: (row: never, ...more: never[]) => unknown;
  labels?: (row: never, ...more: never[]) => unknown;
  readonly reads?: ViewReads;
  readonly fitting?: readonly FittingStage[];
}
/**
 * `sql` computes all aggregates of a validation in one scan and gives one row, whose columns `compiler/sql/validation.ts`
 * describes. Drift is the step's, which has the previous profile.
 */
export interface ValidationProgram {
  readonly sql: string;
}
/**
 * How a source's columns are cast and what each must satisfy. Ingest casts a column to `sqlType` itself; a value that
 * cannot be cast violates the rule `type` and is checked no further. A check's `sql` is a boolean expression over the
 * relation `raw` of the columns already cast, quoted by name (`"delay" between -60 and 1800`). As with a CHECK of SQL, a
 * row violates where it is false; null passes, so what may not be missing has the rule `required` (`"delay" is not null`).
 */
export interface SourceProgram {
  readonly columns: readonly {
    readonly name: string;
    readonly sqlType: string;
    readonly checks: readonly { readonly rule: string; readonly sql: string }[];
  }[];
}

/** A mistake of the user or the data, told without a stack trace. `at` indexes `plan.positions`. */
export class MlpError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly at: number | undefined;
  constructor(code: string, message: string, options: { hint?: string; at?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'MlpError';
    this.code = code;
    this.hint = options.hint;
    this.at = options.at;
  }
}
