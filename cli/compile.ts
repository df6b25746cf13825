import type { Command } from 'commander';
import { renderText } from '../compiler/diagnostics/render-text.ts';
import { type CompileOptions, type CompileResult, compile } from '../compiler/index.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { CommandError } from './errors.ts';
import { nodeHost } from './host.ts';
import { projectFolder, settings } from './project.ts';
import { printError, useColor } from './terminal.ts';

export interface ProjectOptions {
  readonly project?: string;
  readonly env?: string;
  readonly set?: readonly string[];
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** The options of every command that compiles a project. */
export const withProjectOptions = (command: Command): Command =>
  command
    .option(
      '-p, --project <folder>',
      'the project folder (default: the nearest with an mlp.json, else this one)',
    )
    .option('-e, --env <name>', 'resolve the spec for this environment')
    .option('--set <param=value>', 'set a param of the spec; may be repeated', collect, []);

export interface Compiled {
  readonly root: string;
  readonly result: CompileResult;
}

export const compileOptions = ({ set, env }: ProjectOptions): CompileOptions => ({
  set: settings(set ?? []),
  ...(env === undefined ? {} : { environment: env }),
});

export function compileProject(options: ProjectOptions): Compiled {
  const root = projectFolder(options.project);
  return { root, result: compile(nodeHost(root), compileOptions(options)) };
}

/** The plan, or the diagnostics on standard error and an end with exit code 1. */
export function planOf(options: ProjectOptions): { root: string; plan: Plan; warnings: string } {
  const { root, result } = compileProject(options);
  const rendered = result.diagnostics.length
    ? renderText(result.diagnostics, { colour: useColor(process.stderr) })
    : '';
  if (!result.plan) {
    if (rendered) printError(rendered);
    throw new CommandError('the spec has errors; nothing was run or written', {
      hint: 'mlp explain CODE tells more about each',
    });
  }
  return { root, plan: result.plan, warnings: rendered };
}
