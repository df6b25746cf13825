import type { Pieces } from '../../../pieces.ts';
import type { Program } from '../../program.ts';
import type { FlowFacts } from '../facts.ts';
import type { MetricFacts } from '../gates/intervals.ts';
import { checkCanaries } from './canary.ts';
import { checkConnections } from './connections.ts';
import { checkDeadGates } from './dead-gates.ts';
import { checkEnvironments } from './environments.ts';
import { Operations } from './facts.ts';
import { checkLabels } from './labels.ts';
import { checkLoops } from './loops.ts';
import { checkMeasurable } from './measurable.ts';
import { checkSchedules } from './schedules.ts';
import { checkScoring } from './scoring.ts';
import { checkServiceTests } from './service-tests.ts';

/** Families 6, 9, 10 and 11: gates that hold nothing back, deployments, triggers, environments. */
export function* checkOperations(
  flow: FlowFacts,
  program: Program,
  metrics: ReadonlyMap<string, MetricFacts>,
): Pieces<void> {
  const facts = new Operations(flow, program, metrics);
  checkDeadGates(facts);
  yield;
  checkCanaries(facts);
  yield;
  checkMeasurable(facts);
  yield;
  checkLabels(facts);
  yield;
  checkServiceTests(facts);
  yield;
  checkScoring(facts);
  yield;
  checkConnections(facts);
  yield;
  checkSchedules(facts);
  yield;
  checkLoops(facts);
  yield;
  checkEnvironments(facts);
}
