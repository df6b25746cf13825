import path from 'node:path';
import type { Command } from 'commander';
import type { Plan, Test } from '../../compiler/plan/plan.ts';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import type { TestedDocument } from '../documents.ts';
import { CommandError, EXIT, usageError } from '../errors.ts';
import { buildStamp, generatedProgram } from '../program.ts';
import { projectFolder } from '../project.ts';
import { loadRuntime, type Runtime, runtimeStamp } from '../runtime.ts';
import { print } from '../terminal.ts';
import { junit } from '../testing/junit.ts';
import { progressLine } from '../testing/progress.ts';
import { summary, testLines } from '../testing/render.ts';
import { writeWhole } from '../write-files.ts';

interface TestOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly junit?: string;
  readonly random?: string;
  readonly seed?: string;
  readonly force?: boolean;
  readonly watch?: boolean;
}

/** Draws for what has tests, if nothing else is said: cheap enough for every run. */
const usualDraws = 3;

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[patterns...]', 'only tests whose title or subject holds one of these texts; * is any text')
    .option('--json', 'print the outcomes as JSON')
    .option(
      '--random <n>',
      `random examples: so many draws of every view, and of functions with tests; 0: none (default: ${usualDraws}, of what has tests)`,
    )
    .option('--seed <n>', 'what the random examples are drawn from (default: as what is tested has it)')
    .option('--force', 'run what passed before, too, though nothing that it depends on has changed')
    .option('--watch', 'run again what a change of a file touches, until Ctrl-C')
    .option('--junit <file>', 'also write the outcomes as JUnit XML, for CI services')
    .action(run);
}

async function run(patterns: readonly string[], options: TestOptions): Promise<void> {
  if (!options.watch) {
    await once(patterns, options);
    return;
  }
  if (options.json) throw usageError('--watch prints for people: it does not go with --json');
  const { watchProject } = await import('../testing/watch.ts');
  await watchProject(projectFolder(options.project), signal => once(patterns, options, signal));
  process.exitCode = EXIT.ok;
}

async function once(patterns: readonly string[], options: TestOptions, signal?: AbortSignal): Promise<void> {
  const { root, plan } = planOf(options);
  const random = randomOptions(options);
  const what = chosen(plan, patterns, options.random !== undefined && random.draws > 0);
  const runtime = await loadRuntime(root);
  const outcomes = await tested(runtime, root, plan, { ...what, random }, options, signal);
  if (options.junit !== undefined) writeWhole(options.junit, { path: options.junit, text: junit(outcomes) });
  if (options.json) print(JSON.stringify(outcomes, null, 2));
  else print(`\n${summary(outcomes)}`);
  process.exitCode = outcomes.some(({ status }) => status === 'failed') ? EXIT.fault : EXIT.ok;
}

interface Chosen {
  readonly tests: readonly Test[];
  /** Whose examples are drawn though nothing tests them. */
  readonly views: readonly string[];
}

/** What the patterns name; with `--random`, views without tests too. */
function chosen(plan: Plan, patterns: readonly string[], all: boolean): Chosen {
  const wanted = patterns.map(patternOf);
  const matches = (...texts: string[]) =>
    wanted.length === 0 || wanted.some(pattern => texts.some(text => pattern.test(text)));
  const tests = plan.tests.filter(({ title, of }) => matches(title, of));
  const views = all ? Object.keys(plan.views).filter(view => matches(view)) : [];
  if (tests.length + views.length > 0) return { tests, views };
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
  { tests, views, random }: Chosen & { readonly random: Draws },
  options: TestOptions,
  signal?: AbortSignal,
): Promise<readonly TestedDocument[]> {
  const progress = progressLine(process.stderr);
  const outcomes: TestedDocument[] = [];
  try {
    await runtime.runTests(plan, {
      tests,
      root,
      stamp: `${buildStamp()} ${runtimeStamp(root)}`,
      force: options.force ?? false,
      ...(signal ? { signal } : {}),
      ...(random.draws > 0 ? { random: { ...random, views } } : {}),
      program: async () => (await generatedProgram(root, plan)).program,
      observe(event) {
        progress.clear();
        if (event.kind === 'begun') {
          progress.show(`testing ${event.number} of ${event.total}: ${event.title}`);
          return;
        }
        const outcome = placed(plan, event.outcome);
        outcomes.push(outcome);
        // Who watches wants to see what the change did.
        if (!options.json && !(options.watch && outcome.cached)) print(testLines(outcome));
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

interface Draws {
  readonly draws: number;
  readonly seed?: number;
}

const randomOptions = ({ random, seed }: TestOptions): Draws => ({
  draws: random === undefined ? usualDraws : wholeNumber('--random', random),
  ...(seed === undefined ? {} : { seed: wholeNumber('--seed', seed) }),
});

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(`${option} takes a whole number, not ${JSON.stringify(text)}`);
}
