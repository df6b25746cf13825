import type { StatementStructures } from 'ts-morph';
import { functionsOfPlan, splitTarget } from '../../plan/foreign.ts';
import type { Foreign, Plan, TeamFunction, Type } from '../../plan/plan.ts';
import { sha256 } from '../../plan/sha256.ts';
import { header, type OutputFile } from '../target.ts';
import { camelCase, Names } from './identifiers.ts';
import { code, type LiteralValue, literal } from './literal.ts';
import { constant } from './parts.ts';
import { type FileStructure, from, Imports, type ProgramNames } from './project.ts';
import { typeText } from './types.ts';

/** Where the team's files stand in a program, under the paths that they have in the project. */
const folder = 'team/';

/** What the functions of the team's code are called in `functions.ts`, by the name under which expressions call them. */
export function functionNames(plan: Plan): ReadonlyMap<string, string> {
  const names = new Names(['functions', 'teamFunction']);
  const called = [...functionsOfPlan(plan)].filter(([, { run }]) => isCalled(run));
  return new Map(called.map(([fn, { name }]) => [fn, names.of(fn, camelCase(name))]));
}

/** What runs otherwise is refused where it is needed, and the rest of the program does without. */
const isCalled = ({ language, target }: Foreign): boolean =>
  language === 'typescript' && splitTarget(target) !== undefined;

/** `functions.ts`: the team's functions, each typed and checked as the spec declares it. */
export function functionsFile(program: ProgramNames, copies: readonly TeamFile[]): FileStructure {
  const { plan } = program;
  const imports = new Imports(program, './schemas.js');
  imports.add('teamFunction', 'mlp-runtime', { type: false });
  const hash = sha256(copies.map(({ path, text }) => `${path}\0${text}`).join('\0')).slice(0, 16);
  const modules = new Names(['functions', 'teamFunction', ...program.functions.values()]);
  const all = [...functionsOfPlan(plan)].filter(([fn]) => program.functions.has(fn));
  const statements: StatementStructures[] = all.map(([fn, team]) => {
    const target = splitTarget(team.run.target)!;
    const alias = modules.of(
      target.file,
      camelCase(`${target.file.replace(/\.\w+$/, '').replace(/^.*\//, '')} code`),
    );
    imports.namespace(alias, `./${folder}${target.file.replace(/\.(m?)ts$/, '.$1js')}`);
    return constant({
      name: program.functions.get(fn)!,
      value: `teamFunction<${signatures(team, imports)}>(${alias}.${target.name}, ${literal(declared(team, hash))})`,
      doc: `\`${team.name}\` of \`${team.run.target}\`: what it gives is held to its type.`,
      trivia: from(plan, team.run.at ?? 0),
    });
  });
  const named = [...program.functions].map(([fn, name]) => [fn, code(name)] as const);
  statements.push(
    constant({
      name: 'functions',
      value: literal(Object.fromEntries(named)),
      doc: 'By the name under which SQL calls them.',
    }),
  );
  return { path: 'functions.ts', imports: imports.structures(), statements };
}

/** As expressions call it, and, where that is another, as the team may write it. */
function signatures({ parameters, type }: TeamFunction, imports: Imports): string {
  const text = (typed: (of: Type) => string): string =>
    `(${parameters.map(({ name, type: of }) => `${camelCase(name)}: ${typed(of)}`).join(', ')}) => ${typed(type)}`;
  const [called, written] = [
    text(of => typeText(of, imports.types)),
    text(of => small(of) ?? typeText(of, imports.types)),
  ];
  return called === written ? called : `${called}, ${written}`;
}

/** An int whose range says that it is no larger than 2^53 may be taken for a plain number. */
function small({ kind, min, max, optional }: Type): string | undefined {
  const safe = [min, max].every(bound => typeof bound === 'number' && Number.isSafeInteger(bound));
  return kind === 'int' && safe ? `number${optional ? ' | null' : ''}` : undefined;
}

const declared = ({ name, parameters, type, run }: TeamFunction, hash: string): LiteralValue => ({
  name,
  target: run.target,
  parameters: parameters.map(parameter => plain(parameter.type)),
  result: plain(type),
  code: hash,
  module: code('import.meta.url'),
});
const plain = (type: Type): LiteralValue => type as unknown as LiteralValue;

export interface TeamFile {
  readonly path: string;
  readonly text: string;
}

/** The files of the team that its functions stand in, and those that they import, out of the project's. */
export async function teamFiles(
  plan: Plan,
  project: Readonly<Record<string, string>>,
): Promise<readonly TeamFile[]> {
  const { ts } = await import('ts-morph');
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    const text = project[path];
    if (text === undefined || found.has(path)) return;
    found.set(path, text);
    if (path.endsWith('.json')) return;
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles)
      if (/^\.\.?\//.test(fileName)) for (const one of written(joined(path, fileName))) visit(one);
  };
  for (const { run } of functionsOfPlan(plan).values())
    if (isCalled(run)) visit(splitTarget(run.target)?.file ?? '');
  return [...found].map(([path, text]) => ({ path, text })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A file that is imported as JavaScript may be written in TypeScript. */
const written = (path: string): string[] => [path, path.replace(/\.(m?)js$/, '.$1ts'), `${path}.ts`];

/** A relative path from a file; one that leads out of the project is no file of it. */
function joined(file: string, relative: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The team's files in the program: as they are, for the team's own rules are theirs and not the program's. */
export function copiedFiles(plan: Plan, files: readonly TeamFile[]): OutputFile[] {
  const [first = ''] = header(plan);
  return files.map(({ path, text }) => {
    if (path.endsWith('.json')) return { path: `${folder}${path}`, text };
    const head = `// Copied from ${path}: change it there.\n// ${first.replace(/[\r\n]+/g, ' ')}\n// @ts-nocheck\n`;
    return { path: `${folder}${path}`, text: `${/\.m?ts$/.test(path) ? head : ''}${text}` };
  });
}
