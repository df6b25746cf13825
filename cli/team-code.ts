import { readFileSync } from 'node:fs';
import path from 'node:path';
import { functionsOfPlan } from '../compiler/plan/foreign.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { MlpError } from '../runtime/engine/contract.ts';
import { codeFiles, requireFile } from '../runtime/foreign/code.ts';
import { CommandError } from './errors.ts';

/** The project's files that functions of the team's code may stand in or import, by path: those of their folders. */
export function teamCode(root: string, plan: Plan): Readonly<Record<string, string>> {
  const files = new Map<string, string>();
  for (const { name, run } of functionsOfPlan(plan).values()) {
    if (run.language !== 'typescript') continue;
    try {
      requireFile(`the function \`${name}\``, run, root, run.at ?? 0);
    } catch (error) {
      throw error instanceof MlpError ? told(plan, error) : error;
    }
    for (const file of codeFiles(run, root)) files.set(file.name, file.path);
  }
  const texts = [...files].map(([name, file]) => [name, readFileSync(path.resolve(file), 'utf8')] as const);
  return Object.fromEntries(texts);
}

function told({ positions }: Plan, { at, code, message, hint }: MlpError): CommandError {
  const position = at === undefined ? undefined : positions[at];
  const where = position ? `${position.file}:${position.line}:${position.column}: ` : '';
  return new CommandError(`${where}error ${code}: ${message}`, hint === undefined ? {} : { hint });
}

/** What keeps a program with functions of the team's code from being loaded, in words of the team's files. */
export function notLoaded(plan: Plan, error: unknown): CommandError | undefined {
  const functions = [...functionsOfPlan(plan).values()];
  if (functions.length === 0) return undefined;
  // Errors of the runtime come from its own bundle.
  if ((error as Error).name === 'MlpError') {
    const { name, code, message, hint } = error as MlpError;
    const options = hint === undefined ? {} : { hint };
    const at = functions.find(({ run }) => message.startsWith(run.target))?.run.at;
    return told(
      plan,
      Object.assign(new MlpError(code, message, options), { name, ...(at === undefined ? {} : { at }) }),
    );
  }
  const reason = String((error as Error).message ?? error).split('\n', 1)[0]!;
  const files = [...new Set(functions.map(({ run }) => run.target.replace(/:[^:]*$/, '')))].join(', ');
  return new CommandError(
    `error MLP8832: the team's functions in ${files} cannot be loaded: ${reason.replace(/\S*\/team\//g, '')}`,
    {
      hint: 'a file may import files of its own folder and below, by their whole names, and packages that are installed beside the project',
    },
  );
}
