/** Projects whose steps run real code of the team, step by step, without a command line. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { viewCode } from '../../../compiler/sql/fitting.ts';
import { componentProgram, sourceProgram } from '../../../compiler/sql/source.ts';
import { validationSql } from '../../../compiler/sql/validation.ts';
import type { Program, StepResult } from '../../../runtime/engine/contract.ts';
import { runStep, type StepOptions } from '../../../runtime/engine/step.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { compileText, root as repository } from '../../support/specs.ts';

/** Where the tests' Python environments are kept from one run to the next. */
const shared = path.join(repository, '.tools', 'mlp-python');

/** Why nothing of Python can be tested here, or undefined. */
export const withoutPython: string | undefined = (() => {
  try {
    execFileSync(process.env['MLP_PYTHON'] || 'python3', ['-c', 'import venv, ensurepip'], {
      stdio: 'ignore',
    });
    return undefined;
  } catch {
    return 'there is no python3 with venv';
  }
})();

/** Lets a project use the environments that earlier tests have made. */
export function sharePython(folder: string): void {
  mkdirSync(shared, { recursive: true });
  mkdirSync(path.join(folder, '.mlp'), { recursive: true });
  symlinkSync(shared, path.join(folder, '.mlp', 'python'));
}

export class ForeignProject {
  readonly root = temporaryFolder();
  readonly program: Program;
  private runs = 0;
  private readonly made = new Map<string, string>();

  constructor(spec: string, files: Readonly<Record<string, string | Uint8Array>>) {
    sharePython(this.root);
    for (const [name, content] of Object.entries(files)) this.write(name, content);
    const { plan, diagnostics } = compileText(spec);
    if (!plan) throw new Error(diagnostics.map(d => `${d.code} ${d.message}`).join('\n'));
    this.program = programOf(plan);
  }

  write(name: string, content: string | Uint8Array): void {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Runs a step on what those before it have made; they are run once. */
  async step(id: string, options: Partial<StepOptions> = {}): Promise<StepResult & { folder: string }> {
    const step = this.program.plan.steps.find(one => one.id === id)!;
    const inputs = path.join(this.root, `in-${++this.runs}`);
    const out = path.join(this.root, `out-${this.runs}`);
    mkdirSync(inputs);
    for (const input of step.inputs) {
      if (!('from' in input)) continue;
      if (!this.made.has(input.from)) {
        const before = await this.step(input.from);
        if (before.status !== 'succeeded') throw new Error(`${input.from}: ${before.error?.message}`);
        this.made.set(input.from, before.folder);
      }
      symlinkSync(path.join(this.made.get(input.from)!, input.output), path.join(inputs, input.name));
    }
    const result = await runStep(this.program, id, { in: inputs, out, root: this.root, ...options });
    return { ...result, folder: out };
  }

  /** The error of a step as a command line prints it: place, code, message, hint. */
  async failure(id: string, options: Partial<StepOptions> = {}): Promise<string> {
    const { error, status } = await this.step(id, options);
    if (!error) throw new Error(`step ${id} ${status}`);
    const place = error.at === undefined ? undefined : this.program.plan.positions[error.at];
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : '';
    return `${where}${error.code}: ${error.message}${error.hint ? `\nhint: ${error.hint}` : ''}`;
  }
}

export function programOf(plan: Plan): Program {
  const each = <T>(record: object, make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(Object.keys(record).map(name => [name, make(name)]));
  return {
    plan,
    views: each(plan.views, name => viewCode(plan, name)),
    validations: each(plan.validations, name => ({ sql: validationSql(plan, name) })),
    sources: each(plan.sources, name => sourceProgram(plan, name)),
    components: each(plan.components, name => componentProgram(plan, name)),
  };
}

/** Process ids whose command line has this text. */
export function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid=,args=']).toString();
  return all.split('\n').filter(line => line.includes(text) && !line.includes('ps -eo'));
}
