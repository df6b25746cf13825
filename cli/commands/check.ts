import path from 'node:path';
import type { Command } from 'commander';
import { renderJson } from '../../compiler/diagnostics/render-json.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { compileProject, type ProjectOptions, withProjectOptions } from '../compile.ts';
import { CommandError, EXIT } from '../errors.ts';
import { projectFolder } from '../project.ts';
import { plural, print, useColor } from '../terminal.ts';

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[specs...]', 'spec files to look at (default: all of the project)')
    .option('--json', 'print the diagnostics as JSON')
    .action((specs: string[], options: ProjectOptions & { json?: boolean }) => run(specs, options));
}

function run(specs: readonly string[], options: ProjectOptions & { json?: boolean }): void {
  const root = projectFolder(options.project);
  const files = specs.length
    ? specs.map(spec => path.relative(root, path.resolve(spec)).split(path.sep).join('/'))
    : undefined;
  const { result } = compileProject(options, files);
  const errors = result.diagnostics.filter(d => d.severity === 'error').length;
  const checked = [...result.program.modules.values()].filter(m => !m.library).length;
  if (checked === 0 && errors === 0) {
    throw new CommandError(`there is no .mlp file in ${root}`, {
      hint: 'name the folder with --project, or start one with mlp infer DATA',
    });
  }
  if (options.json) print(JSON.stringify(renderJson(result.diagnostics), null, 2));
  else if (result.diagnostics.length)
    print(renderText(result.diagnostics, { colour: useColor(process.stdout) }));
  else print(`${plural(checked, 'spec')} checked, no problems`);
  process.exitCode = errors ? EXIT.fault : EXIT.ok;
}
