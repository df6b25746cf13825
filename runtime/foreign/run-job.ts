/** One run of the team's code, whatever its language: its job, its process, its answer or what went wrong. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { dataMessages } from '../../compiler/diagnostics/messages/data.ts';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { Foreign, Plan, Step } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { StepContext } from '../engine/contract.ts';
import { systemMemory } from '../engine/resources.ts';
import { type Answer, type Job, readAnswer, writeJob } from './job.ts';
import type { Command, Ended } from './process.ts';
import { withoutSecrets } from './secrets.ts';

/** What a step knows when it runs code of the team. */
export interface Surroundings {
  readonly plan: Plan;
  readonly step: Step;
  readonly root: string;
  readonly threads: number;
  /** What DuckDB may hold, such as `2GiB`. */
  readonly memory: string;
  readonly signal: AbortSignal;
  progress(message: string): void;
}

/** What runs code of the team: a step, or a test of what a step would do. */
export type Caller = Pick<StepContext, 'plan' | 'step' | 'root' | 'params' | 'signal' | 'progress'>;

export const surroundingsOf = (context: Caller): Surroundings => ({
  plan: context.plan,
  step: context.step,
  root: context.root,
  threads: context.params.threads,
  memory: context.params.memory,
  signal: context.signal,
  progress: message => context.progress({ message }),
});

export interface Run {
  readonly around: Surroundings;
  readonly run: Foreign;
  /** How messages call it: `` component `moods` (steps/moods.py:score) ``. */
  readonly what: string;
  /** What it has to give, in words: `a table of Note`. */
  readonly wanted: string;
  /** Where the spec names the code. */
  readonly at: number;
}

export type JobFacts = Omit<Job, 'version' | 'out' | 'threads'>;

/** How a language starts its process. */
export interface Language {
  command(
    run: Run,
    job: { readonly file: string; readonly job: Job; readonly folder: string },
  ): Promise<Pick<Command, 'program' | 'args' | 'env' | 'onKill'>>;
  /** It writes `answer.json`; otherwise the files that it leaves are the answer. */
  readonly answers: boolean;
}

/**
 * Runs the code in a scratch folder below `below` and hands the folder with its result to `body`; the folder is gone
 * afterwards. Throws MLP8810 to MLP8815 for what the code did.
 */
export async function runJob<T>(
  run: Run,
  facts: JobFacts,
  language: Language,
  below: string,
  body: (folder: string, answer: Answer | undefined) => Promise<T>,
): Promise<T> {
  return withScratch(below, async folder => {
    const out = path.join(folder, 'out');
    await mkdir(out);
    const job: Job = { version: 'job/1', ...facts, out, threads: run.around.threads };
    const file = await writeJob(folder, job);
    const ended = await start(run, language, { file, job, folder });
    const answer = language.answers ? await answerOf(run, folder, ended) : undefined;
    return body(out, answer);
  });
}

/** A folder below another for the time of `body`. */
export async function withScratch<T>(below: string, body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(below, '.foreign-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(run: Run, language: Language, given: { file: string; job: Job; folder: string }) {
  const { around, at, what } = run;
  const { runProcess } = await import('./process.ts');
  const command = await language.command(run, given);
  const limit = around.step.resources?.memory ?? 0.85 * systemMemory();
  const ended = await runProcess({
    ...command,
    env: { ...command.env, ...threadVariables(around.threads) },
    cwd: around.root,
    signal: around.signal,
    timeout: around.step.timeout,
    memory: limit,
    progress: around.progress,
  });
  const output = shownOutput(run, ended);
  if (ended.killed === 'timeout') {
    const seconds = (around.step.timeout ?? 0) / 1000;
    throw fault(foreignMessages.timedOut, { what, seconds, output }, { at });
  }
  if (ended.killed === 'memory')
    throw fault(foreignMessages.tooMuchMemory, { what, limit: sizeText(limit), output }, { at });
  if (ended.code !== 0) {
    const how = ended.signal ? `was killed by ${ended.signal}` : `ended with code ${ended.code}`;
    throw fault(foreignMessages.failed, { what, how, output }, { at });
  }
  return ended;
}

async function answerOf(run: Run, folder: string, ended: Ended): Promise<Answer> {
  const { what, at, wanted } = run;
  const output = shownOutput(run, ended);
  const answer = await readAnswer(folder, what, at);
  if (answer === undefined)
    throw fault(foreignMessages.noAnswer, { what, how: 'ended before it gave a result', output }, { at });
  if (answer.status === 'done') return answer;
  const secrets = withoutSecrets(run.around.plan);
  const message = secrets(answer.message);
  const where = answer.where === null ? '' : ` at ${answer.where}`;
  const failed = (how: string, hint?: string) =>
    fault(foreignMessages.failed, { what, how, output: hint === undefined ? output : '' }, { at, hint });
  switch (answer.kind) {
    case 'import':
      throw failed(`cannot be loaded: ${message}${where}`, importHint(answer.message));
    case 'function':
      throw failed(
        'names a function that the file does not have',
        message === '' ? 'the file defines no function' : `it has ${message}`,
      );
    case 'call':
      throw failed(
        `does not take what it is given: ${message}`,
        'it is called with each parameter of the declaration by its name',
      );
    case 'nothing':
      throw fault(foreignMessages.gaveNothing, { what, wanted, file: null }, { at });
    case 'result':
      throw fault(foreignMessages.badResult, { what, wanted, reason: message }, { at });
    case 'disk':
      throw fault(dataMessages.outOfDisk, { reason: null }, { at });
    default:
      throw failed(`failed${where}: ${message}`);
  }
}

function importHint(message: string): string | undefined {
  const missing = /No module named '([^'.]+)/.exec(message)?.[1];
  return missing === undefined
    ? undefined
    : `add the package that has it to \`packages\`, or put \`${missing}.py\` beside the file`;
}

const shownLines = 20;

/** The last lines of both streams, without the values of secrets. */
function shownOutput(run: Run, { stdout, stderr, printed }: Ended): string {
  const secrets = withoutSecrets(run.around.plan);
  const text = [stdout.trim(), stderr.trim()].filter(Boolean).join('\n');
  const lines = secrets(text).split('\n');
  const left = lines.length > shownLines || printed > text.length + 1024;
  return `${left ? '…\n' : ''}${lines.slice(-shownLines).join('\n')}`.slice(-4000);
}

export const sizeText = (bytes: number): string =>
  bytes >= 1024 ** 3
    ? `${Number((bytes / 1024 ** 3).toPrecision(3))} GiB`
    : `${Math.round(bytes / 1024 ** 2)} MiB`;

/** How many threads the usual libraries may start. */
function threadVariables(threads: number): Record<string, string> {
  const names = ['OMP', 'OPENBLAS', 'MKL', 'NUMEXPR', 'VECLIB', 'BLIS'];
  return {
    ...Object.fromEntries(names.map(name => [`${name}_NUM_THREADS`, String(threads)])),
    LOKY_MAX_CPU_COUNT: String(threads),
    MLP_THREADS: String(threads),
  };
}
