import type { Plan } from '../../plan/plan.ts';
import { fittingSql } from '../../sql/fitting.ts';
import { componentProgram, sourceProgram } from '../../sql/source.ts';
import { validationSql } from '../../sql/validation.ts';
import { viewSql } from '../../sql/view.ts';
import type { OutputFile, TargetOptions } from '../target.ts';
import { clientFile } from './clients.ts';
import { httpFile } from './clients-http.ts';
import { featuresFile } from './features.ts';
import { copiedFiles, functionsFile, teamFiles } from './functions.ts';
import type { LiteralValue } from './literal.ts';
import { imageFiles, packageFile, readmeFile, tsconfigFile } from './package.ts';
import { componentsFile, graphFile, mainFile, planFile, sourcesFile, validationFile } from './parts.ts';
import { printFiles } from './print.ts';
import { type FileStructure, programNames } from './project.ts';
import { enumMembers, schemasFile } from './schemas.ts';

/** All files of the program. */
export async function emitProgram(plan: Plan, options: TargetOptions): Promise<readonly OutputFile[]> {
  const program = programNames(plan, [...enumMembers(plan).keys()]);
  const sources = Object.keys(plan.sources).map(name => [name, sourceProgram(plan, name)] as const);
  const components = Object.keys(plan.components).map(name => [name, componentProgram(plan, name)] as const);
  const team = program.functions.size === 0 ? [] : await teamFiles(plan, options.code ?? {});
  const files: FileStructure[] = [
    mainFile(program),
    graphFile(program),
    planFile(program),
    schemasFile(program),
    sourcesFile(program, Object.fromEntries(sources) as unknown as Readonly<Record<string, LiteralValue>>),
    ...(components.length === 0
      ? []
      : [
          componentsFile(
            program,
            Object.fromEntries(components) as unknown as Readonly<Record<string, LiteralValue>>,
          ),
        ]),
    ...(program.functions.size === 0 ? [] : [functionsFile(program, team)]),
    ...[...program.viewFiles.keys()].map(name =>
      featuresFile(program, name, plan.views[name]!, viewSql(plan, name), fittingSql(plan, name)),
    ),
    ...[...program.validationFiles.keys()].map(name =>
      validationFile(program, name, plan.validations[name]!, validationSql(plan, name)),
    ),
    ...[...program.clientFiles.keys()].map(name => clientFile(program, name)),
    ...(program.clientFiles.size > 0 ? [httpFile()] : []),
  ];
  return [
    ...printFiles(plan, files),
    { path: 'plan.json', text: `${JSON.stringify(plan, null, 2)}\n` },
    packageFile(plan, options),
    ...copiedFiles(plan, team),
    tsconfigFile(
      plan,
      team.some(({ path }) => /\.m?js$/.test(path)),
    ),
    readmeFile(plan, options, program),
    ...(await imageFiles(plan)),
  ];
}
