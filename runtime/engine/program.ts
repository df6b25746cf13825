import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { validatePlan } from '../../compiler/plan/validate.ts';
import { fault } from '../data/faults.ts';
import { rendererFor } from '../report/progress.ts';
import { renderReport } from '../report/report.ts';
import { reportOf } from '../report/run-report.ts';
import { useColor } from '../report/style.ts';
import type { RunningService, ServeOptions } from '../serve/serve.ts';
import { type Parsed, parseArguments, usage } from './arguments.ts';
import { MlpError, type Program, type StepResult } from './contract.ts';
import type { RunOutcome } from './events.ts';
import { writeWhole } from './execute.ts';
import { NotBegun } from './pipeline.ts';
import { RunRefusal } from './preflight.ts';
import { type RunOptions, runProgram } from './run.ts';
import { cancelledBySignals } from './signals.ts';
import { runStep, type StepOptions, stepExitCode } from './step.ts';

export interface DefinedProgram extends Program {
  /** Does what a goal needs and keeps it in the store of `root`. */
  readonly run: (options: RunOptions) => Promise<RunOutcome>;
  /** Does one step on the folders that it is given. */
  readonly step: (id: string, options: StepOptions) => Promise<StepResult>;
  /** Answers requests to a deployment with the champion in the store of `root`, until it is stopped. */
  readonly serve: (options: ServeOptions) => Promise<RunningService>;
}

/** A plan with the code that was written for it, ready to run. The plan is checked against its schema at first use. */
export function defineProgram(program: Program): DefinedProgram {
  let checked = false;
  const check = async () => {
    if (checked) return;
    const result = await validatePlan(program.plan);
    if (!result.ok) throw fault(runMessages.badPlan, { reason: result.errors[0] ?? '' });
    checked = true;
  };
  return {
    ...program,
    run: async options => {
      await check();
      return runProgram(program, options);
    },
    step: async (id, options) => {
      await check();
      return runStep(program, id, options);
    },
    serve: async options => {
      await check();
      const { serveProgram } = await import('../serve/serve.ts');
      return serveProgram(program, options);
    },
  };
}

export interface MainOptions {
  /** Told of wrong usage before anything is printed: a command line that has its own usage throws its own error. */
  onWrongUsage?(message: string): void;
}

/**
 * The command line of a generated program: `run [GOAL]`, `step NAME --in DIR --out DIR` and `serve [DEPLOYMENT]`. Gives the exit code: 0 fine,
 * 1 at fault, 2 wrong usage, 3 refused, 130 cancelled.
 */
export async function main(
  program: DefinedProgram,
  argv: readonly string[],
  options: MainOptions = {},
): Promise<number> {
  const parsed = parseArguments(argv);
  if ('help' in parsed) {
    process.stdout.write(usage);
    return 0;
  }
  if ('wrong' in parsed) {
    options.onWrongUsage?.(parsed.wrong);
    process.stderr.write(`${parsed.wrong}\n\n${usage}`);
    return 2;
  }
  const { signal, release } = cancelledBySignals();
  process.stdout.on('error', ignoreClosedPipe);
  try {
    if (parsed.command === 'features') {
      const { featuresCommand } = await import('../features/command.ts');
      return await featuresCommand(program, parsed, signal);
    }
    if (parsed.command === 'prepare') {
      const { prepare } = await import('../foreign/prepare-command.ts');
      await prepare(program.plan, parsed.options, signal, line => process.stdout.write(`${line}\n`));
      return 0;
    }
    if (parsed.command === 'serve') return await serveCommand(program, parsed.options, signal);
    return await (parsed.command === 'run'
      ? runCommand(program, parsed, signal)
      : stepCommand(program, parsed.step, parsed.options, signal));
  } catch (error) {
    const unwritten = fileFault(error);
    if (unwritten !== undefined) {
      process.stderr.write(`error: ${unwritten}\n`);
      return 1;
    }
    if (!(error instanceof MlpError)) throw error;
    if (error instanceof NotBegun) {
      process.stderr.write(`${error.message}${error.hint ? `\n  hint: ${error.hint}` : ''}\n`);
      return error.exitCode;
    }
    for (const problem of error instanceof RunRefusal ? error.problems : [error])
      process.stderr.write(`${errorText(program, problem)}\n`);
    return 1;
  } finally {
    release();
    process.stdout.off('error', ignoreClosedPipe);
  }
}

/** A file that the system would not open or write, such as the one for the report. */
function fileFault(error: unknown): string | undefined {
  const { code, syscall, path: file, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (!code || !syscall || (!file && syscall !== 'write')) return undefined;
  const reason = /^[A-Z0-9]+: ([^,]+),/.exec(message)?.[1] ?? code;
  return `${file ?? 'a file cannot be written'}: ${reason}`;
}

/** Who reads through `head` has seen enough; the run goes on all the same. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

type RunCommand = Extract<Parsed, { command: 'run' }>;

async function runCommand(
  program: DefinedProgram,
  command: RunCommand,
  signal: AbortSignal,
): Promise<number> {
  const { options, json, html } = command;
  const renderer = json ? undefined : rendererFor(process.stdout);
  let outcome: RunOutcome;
  try {
    outcome = await program.run({ ...options, signal, ...(renderer ? { observer: renderer.observe } : {}) });
  } finally {
    renderer?.close();
  }
  const report = await reportOf(program.plan, outcome);
  if (html !== null) {
    const { renderHtml } = await import('../report/html/page.ts');
    writeWhole(html, renderHtml(report));
  }
  const { stdout } = process;
  const text = json
    ? JSON.stringify(outcome, null, 2)
    : `\n${renderReport(report, { width: stdout.columns ?? 100, color: useColor(stdout) })}`;
  stdout.write(`${text}\n`);
  return outcome.exitCode;
}

async function stepCommand(
  program: DefinedProgram,
  id: string,
  options: StepOptions,
  signal: AbortSignal,
): Promise<number> {
  const result = await program.step(id, {
    ...options,
    signal,
    progress: ({ done, total, message }) => {
      const share = done !== undefined && total ? `${Math.round((100 * done) / total)}% ` : '';
      if (share || message) process.stderr.write(`${share}${message ?? ''}\n`);
    },
  });
  for (const note of result.notes) process.stdout.write(`${note}\n`);
  if (result.error) {
    const { code, message, hint, at } = result.error;
    const error = new MlpError(code, message, {
      ...(hint ? { hint } : {}),
      ...(at === undefined ? {} : { at }),
    });
    process.stderr.write(`${errorText(program, error)}\n`);
  }
  return stepExitCode(result);
}

/** Until it is told to stop, which is no fault. */
async function serveCommand(
  program: DefinedProgram,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<number> {
  const running = await program.serve(options);
  if (!signal.aborted)
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
  await running.stop();
  return 0;
}

/** `flights.mlp:20:1: error MLP8001: …` and the hint below it. */
function errorText(program: Program, error: MlpError): string {
  const position = error.at === undefined ? undefined : program.plan.positions[error.at];
  const where = position ? `${position.file}:${position.line}:${position.column}: ` : '';
  return `${where}error ${error.code}: ${error.message}${error.hint ? `\n  hint: ${error.hint}` : ''}`;
}
