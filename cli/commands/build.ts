import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { renderJson } from '../../compiler/diagnostics/render-json.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import { githubActions } from '../../compiler/targets/github-actions/index.ts';
import { kubernetes } from '../../compiler/targets/kubernetes/index.ts';
import { python } from '../../compiler/targets/python/index.ts';
import { isRefused, type Target, type TargetOptions, toDiagnostics } from '../../compiler/targets/target.ts';
import { typescript } from '../../compiler/targets/typescript/index.ts';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import type { BuildDocument } from '../documents.ts';
import { CommandError, usageError } from '../errors.ts';
import { packageVersions } from '../program.ts';
import { teamCode } from '../team-code.ts';
import { plural, print, printError, useColor } from '../terminal.ts';
import { writeFiles } from '../write-files.ts';

const targets: readonly Target[] = [typescript, kubernetes, githubActions, python];

interface BuildOptions extends ProjectOptions {
  readonly target: string;
  readonly out?: string;
  readonly goal?: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

export function define(command: Command): void {
  withProjectOptions(command)
    .requiredOption('-t, --target <name>', targets.map(t => `${t.name} (${t.summary})`).join('; '))
    .option('-o, --out <folder>', 'where to write (default: dist/TARGET in the project)')
    .option('--goal <name>', 'a declaration or pipeline to emit; may be repeated', collect, [])
    .option('--force', 'overwrite files that mlp did not write')
    .option('--json', 'print what was written as JSON')
    .action(run);
}

async function run(options: BuildOptions): Promise<void> {
  const target = targets.find(t => t.name === options.target);
  if (!target)
    throw usageError(
      `there is no target ${options.target}`,
      `the targets are ${targets.map(t => t.name).join(', ')}`,
    );
  const { root, plan, warnings } = planOf(options);
  if (warnings) printError(warnings);
  const targetOptions: TargetOptions = {
    ...packageVersions(root, plan),
    ...(target.name === 'python' ? {} : { code: teamCode(root, plan) }),
    ...(options.goal?.length ? { goals: options.goal } : {}),
    ...repositoryFolder(root),
  };
  const diagnostics = report(target, plan, targetOptions, root, options.json === true);
  const files = await target.emit(plan, targetOptions);
  const out = path.resolve(options.out ?? path.join(root, 'dist', target.name));
  const { written, unchanged, removed } = writeFiles(out, files, { force: options.force ?? false });
  const shown = path.relative(process.cwd(), out) || '.';
  if (options.json) {
    const document: BuildDocument = {
      version: 'build/1',
      target: target.name,
      plan: plan.hash,
      folder: shown.split(path.sep).join('/'),
      files: files.map(file => file.path),
      written,
      unchanged,
      removed,
      diagnostics: renderJson(diagnostics).diagnostics,
    };
    print(JSON.stringify(document, null, 2));
    return;
  }
  const rest = [unchanged ? `${unchanged} unchanged` : '', removed ? `${removed} removed` : '']
    .filter(Boolean)
    .join(', ');
  print(`${shown}: ${plural(written, 'file')} written${rest ? `, ${rest}` : ''}`);
}

/** Says what the target leaves out; ends here, before anything is written, if it cannot express something. */
function report(
  target: Target,
  plan: Plan,
  options: TargetOptions,
  root: string,
  quiet: boolean,
): readonly Diagnostic[] {
  const refusals = target.capabilities(plan, options);
  if (refusals.length === 0) return [];
  const read = (file: string) => new SourceFile(file, readFileSync(path.join(root, file), 'utf8'));
  const { diagnostics, unplaced } = toDiagnostics(refusals, plan, read);
  const refused = isRefused(refusals);
  if (diagnostics.length && (refused || !quiet))
    printError(renderText(diagnostics, { colour: useColor(process.stderr) }));
  for (const { severity, code, message, hint } of unplaced)
    printError(`${severity} ${code}: ${message}${hint ? `\n  hint: ${hint}` : ''}`);
  if (refused)
    throw new CommandError(`the target ${target.name} cannot express this spec; nothing was written`);
  return diagnostics;
}

/** Where the project lies in its repository, if it is in one and not its root. */
function repositoryFolder(root: string): Pick<TargetOptions, 'folder'> {
  for (let folder = root; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      readFileSync(path.join(folder, '.git', 'HEAD'));
    } catch {
      continue;
    }
    const inside = path.relative(folder, root).split(path.sep).join('/');
    return inside === '' ? {} : { folder: inside };
  }
  return {};
}
