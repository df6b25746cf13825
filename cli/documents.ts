/**
 * What commands print with `--json`, one document each. `docs/json/*.schema.json` is made from these types
 * (`npm run generate`), and a test holds what the program prints to the schemas. What `check` and `lint` print is
 * `docs/diagnostics.schema.json`. Properties may be added; none changes its meaning.
 */
import type { JsonDiagnostic } from '../compiler/diagnostics/render-json.ts';
import type { LevelReport } from '../compiler/level/index.ts';
import type { Change, ChangeClass } from '../compiler/plan/diff/index.ts';
import type { Step, ValueGraph } from '../compiler/plan/plan.ts';
import type { ModuleSymbols } from '../compiler/semantics/print-symbols.ts';
import type { DataProfile } from '../runtime/data/infer/index.ts';
import type { RunOutcome } from '../runtime/engine/events.ts';
import type { Got } from '../runtime/features/offline/get.ts';
import type { Filled } from '../runtime/features/online/fill.ts';
import type { RunReport } from '../runtime/report/run-report.ts';
import type { ModelVersion, Promotion, RunRecord } from '../runtime/store/records.ts';
import type { TestFault, TestOutcome } from '../runtime/testing/outcome.ts';

export interface Documents {
  readonly build: BuildDocument;
  readonly debug: TokensDocument | TreeDocument | SymbolsDocument;
  readonly diff: DiffDocument;
  readonly explain: Explained | readonly Explained[];
  readonly features: Filled | Got;
  readonly fmt: FmtDocument;
  readonly graph: StepsDocument | ValueGraph;
  readonly infer: DataProfile;
  readonly level: LevelReport;
  readonly models: readonly ModelVersion[] | ModelDocument;
  readonly run: RunOutcome;
  readonly runs: readonly RunRecord[] | RunReport | GarbageDocument;
  readonly test: readonly TestedDocument[];
}

export interface BuildDocument {
  readonly version: 'build/1';
  readonly target: string;
  /** The plan's hash, which every file that can carry a comment names too. */
  readonly plan: string;
  /** Where the files are, as seen from the working folder. */
  readonly folder: string;
  /** Paths in the folder. */
  readonly files: readonly string[];
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
  /** What the target leaves out of the spec. */
  readonly diagnostics: readonly JsonDiagnostic[];
}

/** One-based lines and columns of UTF-16 units; the end is exclusive. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
export interface TokensDocument {
  readonly version: 'tokens/1';
  readonly file: string;
  /** Comments among them, in the order of the text. */
  readonly tokens: readonly { readonly kind: string; readonly text: string; readonly range: Range }[];
  readonly diagnostics: readonly JsonDiagnostic[];
}
export interface TreeDocument {
  readonly version: 'tree/1';
  readonly file: string;
  /** A node has a kind, a range, and its parts by name: nodes, lists of them, texts, numbers, truth values. */
  readonly tree: unknown;
  readonly diagnostics: readonly JsonDiagnostic[];
}
export interface SymbolsDocument {
  readonly version: 'symbols/1';
  readonly modules: readonly ModuleSymbols[];
}

export interface DiffDocument {
  readonly version: 'diff/1';
  readonly old: DiffSide;
  readonly new: DiffSide;
  /** The worst of all changes; `none` if there is no change. */
  readonly class: ChangeClass;
  readonly counts: Readonly<Record<ChangeClass, number>>;
  /** Worst first. */
  readonly changes: readonly Change[];
}
export interface DiffSide {
  /** As it was asked for. */
  readonly name: string;
  /** The plan's hash. */
  readonly hash: string;
  /** The version of mlp that made the plan. */
  readonly compiler: string;
}

export interface Explained {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  /** A whole small spec that gives the code; empty where no spec does. */
  readonly wrong: string;
  readonly right: string;
}

export interface FmtDocument {
  readonly check: boolean;
  /** Files that were formatted, or would be. */
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** Left alone because of errors. */
  readonly refused: readonly string[];
  readonly failed: readonly { readonly file: string; readonly reason: string }[];
  readonly diagnostics: readonly JsonDiagnostic[];
  readonly counts: { readonly error: number; readonly warning: number; readonly info: number };
}

export interface StepsDocument {
  readonly needed: readonly Step[];
  /** What builds on the goal and is not needed for it. */
  readonly beyond: readonly Step[];
}
export interface ModelDocument {
  readonly versions: readonly ModelVersion[];
  readonly promotions: readonly Promotion[];
}
export interface GarbageDocument {
  readonly version: 'garbage/1';
  /** How many artifacts were removed. */
  readonly artifacts: number;
  readonly bytes: number;
}

/** A test and what came of it. */
export interface TestedDocument extends Omit<TestOutcome, 'faults'> {
  readonly faults: readonly TestFaultDocument[];
  /** Of the test, or of what is tested where the examples are random: `flights.mlp:134:1`. */
  readonly place: string;
}
export interface TestFaultDocument extends TestFault {
  /** Where in the spec it stands: `flights.mlp:140:10`. */
  readonly place: string;
}
