import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import { fault } from '../data/faults.ts';
import { type Job, jobFile, writeJob } from './job.ts';
import { NotStarted, runProcess } from './process.ts';
import type { Language, Run } from './run-job.ts';

/** Where the container finds its inputs and its job, and leaves its result. */
const inside = { in: '/mlp/in', out: '/mlp/out', job: `/mlp/${jobFile}` } as const;

/**
 * `run container "image" args [ … ]`: the image with its own entry point. It reads `/mlp/job.json` and the Parquet files that
 * this names, read-only, and writes `rows.parquet`, `model.onnx` or `values.json` into `/mlp/out`.
 */
export const container: Language = {
  answers: false,
  async command(run, { job, folder }) {
    const engine = await findEngine(run);
    const inputs = Object.entries(job.inputs).map(([name, file]) => ({
      name,
      file,
      at: `${inside.in}/${name}.parquet`,
    }));
    const shown: Job = {
      ...job,
      inputs: Object.fromEntries(inputs.map(({ name, at }) => [name, at])),
      out: inside.out,
    };
    const jobs = path.join(folder, 'container');
    await import('node:fs/promises').then(({ mkdir }) => mkdir(jobs));
    const described = await writeJob(jobs, shown);
    const name = `mlp-${randomUUID()}`;
    const { resources } = run.around.step;
    const user = process.getuid ? [`--user=${process.getuid()}:${process.getgid!()}`] : [];
    return {
      program: engine,
      args: [
        ...['run', '--rm', `--name=${name}`, ...user],
        ...(resources?.memory ? [`--memory=${resources.memory}b`] : []),
        ...(resources?.cpu ? [`--cpus=${resources.cpu}`] : []),
        ...mount(described, inside.job, true),
        ...inputs.flatMap(({ file, at }) => mount(file, at, true)),
        ...mount(job.out, inside.out, false),
        ...[`--env=MLP_JOB=${inside.job}`, `--env=MLP_OUT=${inside.out}`, `--env=MLP_THREADS=${job.threads}`],
        run.run.target,
        ...run.run.args,
      ],
      env: process.env,
      // The engine's client is killed with its group; the container is the engine's own child.
      onKill: () =>
        spawn(engine, ['kill', name], { stdio: 'ignore', detached: true })
          .on('error', () => {})
          .unref(),
    };
  },
};

/** A bind mount. The engines read the option as a line of CSV, so each field is quoted. */
export function mount(source: string, target: string, readonly: boolean): readonly string[] {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readonly ? ['readonly'] : [])];
  return ['--mount', fields.map(field => `"${field.replaceAll('"', '""')}"`).join(',')];
}

const candidates = ['docker', 'podman'];

/** The program of an engine that answers. Throws MLP8820. */
async function findEngine({ around, what, at }: Run): Promise<string> {
  const named = process.env['MLP_CONTAINER_ENGINE'];
  let reason = 'neither docker nor podman is there';
  for (const program of named ? [named] : candidates) {
    try {
      const ended = await runProcess({
        program,
        args: ['ps', '--quiet'],
        cwd: around.root,
        env: process.env,
        signal: around.signal,
        timeout: 30_000,
      });
      if (ended.code === 0) return program;
      const said = ended.stderr.trim().split('\n').at(-1) ?? '';
      reason = `${program} does not answer${said === '' ? '' : `: ${said}`}`;
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      if (named) reason = `${program} is not there`;
    }
  }
  throw fault(foreignMessages.noEngine, { what, reason }, { at });
}
