/** The JSON documents that the learning steps hand on. Each has its schema in `schemas.ts`. */
import type { At, Value } from '../../compiler/plan/expression.ts';

/** Metrics by key (`auc`, `precision(at: 0.1)`); null: undefined on these rows, such as AUC with one class only. */
export type Scores = Readonly<Record<string, number | null>>;

export interface Evaluation {
  readonly rows: number;
  readonly model: Scores;
  readonly baseline: Scores | null;
  readonly champion: ChampionEvaluation | null;
}
/** On the rows that the champion was not trained on, where the model and the baseline are judged beside it. */
export interface ChampionEvaluation {
  readonly rows: number;
  readonly model: Scores;
  readonly baseline: Scores | null;
  readonly champion: Scores;
}

export interface SliceTable {
  readonly by: readonly string[];
  /** Under this many rows a value is listed with its count alone. */
  readonly minimum: number;
  readonly groups: readonly SliceGroup[];
  /** Values beyond the limit of groups, by size, and their rows. */
  readonly omitted: { readonly groups: number; readonly rows: number };
}
export interface SliceGroup {
  readonly values: readonly (string | null)[];
  readonly evaluation: Evaluation;
}

export type ChampionState =
  | { readonly state: 'none' }
  | {
      readonly state: 'scored';
      readonly rows: number;
      /** Test rows that the champion was trained on, left out. */
      readonly excluded: number;
    }
  | { readonly state: 'unscorable'; readonly reason: string };

/** `metrics.json` (`metrics/1`). */
export interface MetricsDocument {
  readonly version: 'metrics/1';
  readonly model: string;
  readonly task: string;
  readonly label: string;
  readonly classes: readonly string[];
  readonly trainer: string;
  readonly baseline: string | null;
  readonly threshold: number;
  /** Rows by part. */
  readonly parts: Readonly<Record<string, number>>;
  readonly metrics: readonly {
    readonly key: string;
    readonly metric: string;
    readonly args: Readonly<Record<string, Value>>;
    readonly direction: 'higher' | 'lower' | null;
    /** Whether the spec's `evaluate` lists it; the others are read by the gate alone. */
    readonly listed: boolean;
  }[];
  readonly champion: ChampionState;
  readonly overall: Evaluation;
  readonly slices: readonly SliceTable[];
  readonly importance: readonly { readonly name: string; readonly share: number }[];
}

export type RuleState = 'passed' | 'failed' | 'warned';
/** A value that a rule read: `auc`, `champion.auc`; null with the reason where there is none. */
export interface RuleValue {
  readonly name: string;
  readonly value: number | null;
}
export interface RuleSlice {
  readonly values: readonly (string | null)[];
  readonly rows: number;
  readonly state: RuleState | 'skipped';
  readonly actual: readonly RuleValue[];
  readonly reason: string | null;
}
export interface RuleVerdict {
  readonly text: string;
  readonly severity: 'require' | 'warn';
  readonly policy: string | null;
  readonly state: RuleState;
  readonly actual: readonly RuleValue[];
  /** What the rule asks of the first value, with the numbers of this run: `>= 0.6512`. */
  readonly required: string | null;
  /** Why it failed where the numbers alone do not tell: an undefined metric, a champion that cannot be scored. */
  readonly reason: string | null;
  readonly slices: {
    readonly by: readonly string[];
    readonly minimum: number;
    readonly groups: readonly RuleSlice[];
  } | null;
  readonly at: At;
}
/** `verdict.json` (`verdict/1`). */
export interface VerdictDocument {
  readonly version: 'verdict/1';
  readonly model: string;
  readonly passed: boolean;
  readonly rules: readonly RuleVerdict[];
  /** Who must still say yes before the version becomes champion. */
  readonly approvals: readonly string[];
}

/** `registration.json` (`registration/1`): what the registry is asked to take in. */
export interface RegistrationDocument {
  readonly version: 'registration/1';
  readonly model: string;
  readonly task: string;
  readonly label: string;
  readonly classes: readonly string[];
  readonly features: readonly { readonly view: string; readonly name: string }[];
  readonly trainer: string;
  readonly plan: string;
  readonly files: readonly string[];
  readonly parts: Readonly<Record<string, number>>;
  /** The model's metrics on all test rows. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly passed: boolean;
  readonly approvals: readonly string[];
}

/** `parameters.json` (`parameters/1`) of tune. */
export interface ParametersDocument {
  readonly version: 'parameters/1';
  readonly model: string;
  readonly metric: string;
  readonly direction: 'maximize' | 'minimize';
  readonly best: Readonly<Record<string, Value>>;
  readonly score: number;
  readonly trials: readonly {
    readonly params: Readonly<Record<string, Value>>;
    readonly score: number | null;
    /** Why there is no score. */
    readonly undefined: string | null;
  }[];
}

/** The name under which a metric's value is kept: its name, with the arguments it is given. */
export function metricKey(metric: string, args: Readonly<Record<string, Value>>): string {
  const given = Object.entries(args).filter(([, value]) => value !== null);
  if (given.length === 0) return metric;
  return `${metric}(${given.map(([name, value]) => `${name}: ${String(value)}`).join(', ')})`;
}
