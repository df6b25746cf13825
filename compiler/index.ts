import type { Diagnostic, Suppressed } from './diagnostics/diagnostic.ts';
import { gatesMessages } from './diagnostics/messages/gates.ts';
import { namesMessages } from './diagnostics/messages/names.ts';
import { typesMessages } from './diagnostics/messages/types.ts';
import { atOnce, type Pieces } from './pieces.ts';
import { type Lowered, lowerInPieces } from './plan/build/index.ts';
import { finishPlan } from './plan/finish.ts';
import type { Plan, ValueGraph } from './plan/plan.ts';
import { drawInPieces } from './plan/values.ts';
import { ChainTooLong, endedTooDeep } from './semantics/chain.ts';
import { checkInPieces } from './semantics/check.ts';
import { takeOff } from './semantics/checker/suppress.ts';
import { withoutConsequences } from './semantics/consequences.ts';
import { checkFlowInPieces } from './semantics/flow/index.ts';
import type { Program } from './semantics/program.ts';
import type { Host } from './source/host.ts';

declare const MLP_VERSION: string | undefined;
/** The version that plans name: the package's, in a build. */
export const compilerVersion = typeof MLP_VERSION === 'undefined' ? '0.0.0-source' : MLP_VERSION;

export interface CompileOptions {
  /** Values of params, as text of the language: `{ horizon: '60d' }`. */
  readonly set?: Readonly<Record<string, string>>;
  /** The environment whose params, sources, sinks and connections hold. */
  readonly environment?: string;
  /** Only these spec files and what they import; all of the project if left out. */
  readonly files?: readonly string[];
  /** What the project has beside `files`, where these are all that matters to who asks: then what none of them uses is used nowhere. */
  readonly elsewhere?: { readonly models: boolean };
}

export interface CompileResult {
  readonly program: Program;
  /** There is one if no diagnostic is an error. */
  readonly plan: Plan | undefined;
  /** What every value is computed from, as far as the spec can be understood. */
  readonly graph: ValueGraph;
  /** Of all phases, by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Warnings that were taken off because the spec or `mlp.json` says so. */
  readonly suppressed: readonly Suppressed[];
  /** The beginnings of the plan, for the linter's rules; undefined for a project that is nested too deeply. */
  readonly lowered: Lowered | undefined;
}

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By file, place and code, each problem once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort(
    (a, b) =>
      textOrder(a.file.path, b.file.path) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      textOrder(a.code, b.code) ||
      textOrder(a.message, b.message),
  );
  const same = (a: Diagnostic, b: Diagnostic | undefined): boolean =>
    b !== undefined &&
    a.code === b.code &&
    a.message === b.message &&
    a.file === b.file &&
    a.span.start === b.span.start &&
    a.span.end === b.span.end;
  return sorted.filter((diagnostic, i) => !same(diagnostic, sorted[i - 1]));
}

const decided: ReadonlySet<string> = new Set(
  [typesMessages.ruleDecided, typesMessages.conditionMayBeNull].map(message => message.definition.code),
);
const conditions: ReadonlySet<string> = new Set(
  [gatesMessages.impossible, gatesMessages.vacuous].map(message => message.definition.code),
);

/** The checker sees by types alone that some conditions decide nothing, or may be null; those are not told twice. */
function saidByChecker({ code, file, span }: Diagnostic, said: readonly Diagnostic[]): boolean {
  if (!conditions.has(code)) return false;
  return said.some(
    other =>
      decided.has(other.code) &&
      other.file === file &&
      other.span.start <= span.start &&
      span.end <= other.span.end,
  );
}

interface Judged {
  /** There is none for a project that is nested too deeply. */
  readonly lowered: Lowered | undefined;
  readonly graph: ValueGraph;
  readonly found: readonly Diagnostic[];
}
const { chainTooLong } = namesMessages;

/** Lowers a program to the beginnings of a plan, and judges the flow of its values. */
function* judge(program: Program, environment: string | undefined): Pieces<Judged> {
  const nothing = { lowered: undefined, graph: { nodes: [], edges: [] } };
  if (program.diagnostics.some(({ code }) => code === chainTooLong.definition.code))
    return { ...nothing, found: [] };
  try {
    const lowered = yield* lowerInPieces(program, {
      version: compilerVersion,
      ...(environment === undefined ? {} : { environment }),
    });
    const graph = yield* drawInPieces(lowered.draft);
    const all = yield* checkFlowInPieces({ ...lowered, program, graph });
    const flow = all.filter(diagnostic => !saidByChecker(diagnostic, program.diagnostics));
    return { lowered, graph, found: [...lowered.diagnostics, ...flow] };
  } catch (error) {
    if (!endedTooDeep(error)) throw error;
    const declaration = error instanceof ChainTooLong ? error.declaration : undefined;
    const [first] = program.modules.values();
    const file = declaration ? program.fileOf(declaration) : first!.file;
    const name = declaration?.name ?? first!.tree.declarations[0]!.name;
    const at = { file, span: name.span };
    return { ...nothing, found: [chainTooLong({ name: name.text }, at)] };
  }
}

/**
 * Compiles a project: reads, checks, judges the flow of values, and lowers to the plan. A spec with errors gives
 * diagnostics of all phases and no plan; only a bug throws.
 */
export const compile = (host: Host, options: CompileOptions = {}): CompileResult =>
  atOnce(compileInPieces(host, options));

/** The same, in pieces; for as long as it is not done, the host must answer the same. */
export function* compileInPieces(host: Host, options: CompileOptions = {}): Pieces<CompileResult> {
  const { set, environment, files, elsewhere } = options;
  const program = yield* checkInPieces(host, {
    ...(set ? { set: { ...set } } : {}),
    ...(environment === undefined ? {} : { environment }),
    ...(files ? { files } : {}),
    ...(elsewhere ? { elsewhere } : {}),
  });
  const { lowered, graph, found } = yield* judge(program, environment);
  const all = withoutConsequences([...program.diagnostics, ...found], program.modules);
  const { kept, suppressed } = takeOff(all, program.suppressions);
  const diagnostics = sortDiagnostics(kept);
  const broken = diagnostics.some(diagnostic => diagnostic.severity === 'error');
  let plan: Plan | undefined;
  return {
    program,
    diagnostics,
    suppressed,
    graph,
    lowered,
    // Who only checks does not pay for steps and hash.
    get plan() {
      if (!broken && lowered) plan ??= finishPlan(lowered.draft, lowered.needs, graph);
      return plan;
    },
  };
}
