import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { atOnce, type Pieces } from '../../pieces.ts';
import type { Place } from '../../plan/build/context.ts';
import type { ValueGraph } from '../../plan/plan.ts';
import type { Draft } from '../../plan/steps.ts';
import { drawGraph } from '../../plan/values.ts';
import type { Program } from '../program.ts';
import { checkAvailability } from './availability.ts';
import { FlowFacts } from './facts.ts';
import { checkFilters } from './filters.ts';
import { checkFitted } from './fitted.ts';
import { checkGates } from './gates/index.ts';
import type { MetricFacts } from './gates/intervals.ts';
import { checkLabels } from './labels.ts';
import { checkLeakage } from './leakage.ts';
import { checkOperations } from './operations/index.ts';
import { checkPersonal } from './personal.ts';
import { checkSplits } from './splits.ts';
import { checkViewRows } from './view-rows.ts';
import { checkWindows } from './windows.ts';

export type { MetricFacts } from './gates/intervals.ts';

export interface FlowInput {
  readonly draft: Draft;
  /** Same indices as `draft.positions`. */
  readonly places: readonly Place[];
  /** Ranges and directions of all metrics and service measures, by name. */
  readonly metrics: ReadonlyMap<string, MetricFacts>;
  /** The program behind the draft, for rules that point at parts of declarations; left out, those are not asked. */
  readonly program?: Program;
  /** The graph of the draft's values, if it was built already. */
  readonly graph?: ValueGraph;
}

/**
 * The rules over the graph of values: leakage, availability, personal data, time, and conditions that decide nothing. They look at a
 * plan in the making, so they speak of a spec that has errors elsewhere too.
 */
export const checkFlow = (input: FlowInput): readonly Diagnostic[] => atOnce(checkFlowInPieces(input));

/** The same, in pieces. */
export function* checkFlowInPieces(input: FlowInput): Pieces<readonly Diagnostic[]> {
  const { draft, places, metrics, program, graph } = input;
  const facts = yield* FlowFacts.inPieces(draft, graph ?? drawGraph(draft), places);
  const { cells, labels } = yield* checkLeakage(facts);
  yield* checkAvailability(facts, cells);
  yield* checkWindows(facts);
  yield* checkViewRows(facts);
  checkFitted(facts);
  yield;
  checkPersonal(facts);
  yield;
  checkSplits(facts);
  yield;
  checkLabels(facts, labels);
  yield;
  checkFilters(facts);
  yield;
  checkGates(facts, metrics);
  yield;
  if (program) yield* checkOperations(facts, program, metrics);
  return facts.diagnostics;
}
