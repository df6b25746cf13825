import path from 'node:path';
import type { Command } from 'commander';
import type { Plan, Test } from '../../compiler/plan/plan.ts';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import type { TestedDocument } from '../documents.ts';
import { CommandError, EXIT } from '../errors.ts';
import { generatedProgram } from '../program.ts';
import { loadRuntime, type Runtime } from '../runtime.ts';
import { print } from '../terminal.ts';
import { junit } from '../testing/junit.ts';
import { progressLine } from '../testing/progress.ts';
import { summary, testLines } from '../testing/render.ts';
import { writeWhole } from '../write-files.ts';

interface TestOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly junit?: string;
}

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[patterns...]', 'only tests whose title or subject holds one of these texts; * is any text')
    .option('--json', 'print the outcomes as JSON')
    .option('--junit <file>', 'also write the outcomes as JUnit XML, for CI services')
    .action(run);
}

async function run(patterns: readonly string[], options: TestOptions): Promise<void> {
  const { root, plan } = planOf(options);
  const tests = chosen(plan, patterns);
  const runtime = await loadRuntime(root);
  const outcomes = await tested(runtime, root, plan, tests, options);
  if (options.junit !== undefined) writeWhole(options.junit, { path: options.junit, text: junit(outcomes) });
  if (options.json) print(JSON.stringify(outcomes, null, 2));
  else print(`\n${summary(outcomes)}`);
  process.exitCode = outcomes.some(({ status }) => status === 'failed') ? EXIT.fault : EXIT.ok;
}

function chosen(plan: Plan, patterns: readonly string[]): readonly Test[] {
  const wanted = patterns.map(patternOf);
  const tests = plan.tests.filter(
    ({ title, of }) => wanted.length === 0 || wanted.some(pattern => pattern.test(title) || pattern.test(of)),
  );
  if (tests.length > 0) return tests;
  throw new CommandError(
    patterns.length === 0 ? 'the spec has no tests' : `no test is called ${patterns.join(' or ')}`,
    { hint: 'a test is written as: test "what it shows" of Features { given { … } expect … }' },
  );
}

/** A part of the text, in which `*` stands for any. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(
    pattern
      .split('*')
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
    's',
  );

async function tested(
  runtime: Runtime,
  root: string,
  plan: Plan,
  tests: readonly Test[],
  options: TestOptions,
): Promise<readonly TestedDocument[]> {
  const progress = progressLine(process.stderr);
  const outcomes: TestedDocument[] = [];
  try {
    await runtime.runTests(plan, {
      tests,
      root,
      program: async () => (await generatedProgram(root, plan)).program,
      observe(event) {
        progress.clear();
        if (event.kind === 'begun') {
          progress.show(`testing ${event.number} of ${event.total}: ${event.title}`);
          return;
        }
        const outcome = placed(plan, event.outcome);
        outcomes.push(outcome);
        if (!options.json) print(testLines(outcome));
      },
    });
  } finally {
    progress.clear();
  }
  return outcomes;
}

type Outcome = Awaited<ReturnType<Runtime['runTests']>>[number];

function placed(plan: Plan, outcome: Outcome): TestedDocument {
  const place = (at: number): string => {
    const p = plan.positions[at];
    return p ? `${p.file.split(path.sep).join('/')}:${p.line}:${p.column}` : '';
  };
  const faults = outcome.faults.map(fault => ({ ...fault, place: place(fault.at) }));
  return { ...outcome, faults, place: place(outcome.at) };
}
