import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Expr, Plan, Test } from '../../compiler/plan/plan.ts';
import { withDatabase } from '../data/duckdb.ts';
import { MlpError } from '../engine/contract.ts';
import { type EvaluatedValue, evaluate } from '../features/functions/evaluate.ts';
import { givenView, type Values } from './given-view.ts';

export interface TestOutcome {
  readonly title: string;
  readonly of: string;
  /** `unsupported`: the runtime cannot carry this test out yet; it was not run, and is told so. */
  readonly status: 'passed' | 'failed' | 'unsupported';
  readonly seconds: number;
  /** One a failed expectation, or the reason why nothing could be tried. */
  readonly faults: readonly TestFault[];
  readonly at: number;
}

export interface TestFault {
  readonly message: string;
  /** What the expectation read, by name, as text of the language. */
  readonly actual: readonly { readonly name: string; readonly value: string }[];
  readonly at: number;
}

/** Runs the examples of features and functions that a plan carries, in order; one fault ends no other test. */
export async function runTests(plan: Plan, tests: readonly Test[] = plan.tests): Promise<TestOutcome[]> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'mlp-test-'));
  const options = {
    threads: 1,
    memory: '512MiB',
    scratch,
    folders: [],
    signal: new AbortController().signal,
  };
  const needsData = tests.some(test => test.kind === 'features');
  if (!needsData) return Promise.all(tests.map(test => timed(test, async () => functionFaults(test))));
  return withDatabase(options, async database => {
    const outcomes: TestOutcome[] = [];
    for (const test of tests) {
      const faults = async () =>
        test.kind === 'features'
          ? viewFaults(test, await givenView(database, plan, test))
          : functionFaults(test);
      outcomes.push(await timed(test, faults));
    }
    return outcomes;
  });
}

async function timed(test: Test, run: () => Promise<readonly TestFault[]>): Promise<TestOutcome> {
  const start = performance.now();
  const { title, of, at } = test;
  const outcome = (status: TestOutcome['status'], faults: readonly TestFault[]): TestOutcome => ({
    title,
    of,
    status,
    seconds: (performance.now() - start) / 1000,
    faults,
    at,
  });
  const missing = notCarriedOut(test);
  if (missing) return outcome('unsupported', [{ message: missing, actual: [], at }]);
  try {
    const faults = await run();
    return outcome(faults.length ? 'failed' : 'passed', faults);
  } catch (error) {
    if (!(error instanceof MlpError) && (error as Error).name !== 'RowError') throw error;
    return outcome('failed', [{ message: (error as Error).message, actual: [], at }]);
  }
}

/** What a test asks for that is not there yet, in words. */
function notCarriedOut(test: Test): string | undefined {
  const wants = [
    test.converges === null ? '' : '`converges`',
    test.overfits === null ? '' : '`overfits`',
    test.finite ? '`stays finite`' : '',
    test.rows === null ? '' : '`runs on`',
  ].filter(Boolean);
  if (wants.length)
    return `${wants.join(', ')} cannot be tried yet: only examples with \`given\` and \`expect\` can`;
  if (test.kind !== 'features' && test.kind !== 'function')
    return `a test of a ${test.kind} cannot be tried yet`;
  return undefined;
}

const functionFaults = (test: Test): TestFault[] => viewFaults(test, {});

function viewFaults(test: Test, values: Values): TestFault[] {
  return test.expect.flatMap(({ condition, text, at }) => {
    const holds = evaluate(condition, expr => {
      if (expr.op === 'feature' && expr.name in values) return values[expr.name]!.value;
      throw new MlpError('MLP8599', `an expectation reads ${expr.op}, which has no value here`, { at });
    });
    if (holds === true) return [];
    const read = [...new Set(featuresIn(condition))];
    const actual = read.map(name => ({ name, value: values[name]!.text }));
    const outcome = holds === null ? 'is null' : 'is false';
    return [{ message: `\`${text}\` ${outcome}`, actual, at }];
  });
}

function featuresIn(expr: Expr): string[] {
  if (expr.op === 'feature') return [expr.name];
  return expr.op === 'call' ? expr.args.flatMap(featuresIn) : [];
}

export type { EvaluatedValue };
