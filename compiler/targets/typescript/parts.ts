import {
  type ImportDeclarationStructure,
  type StatementStructures,
  StructureKind,
  VariableDeclarationKind,
} from 'ts-morph';
import type { Condition, Validation } from '../../plan/plan.ts';
import { place } from '../target.ts';
import { camelCase, Names } from './identifiers.ts';
import { code, type LiteralValue, literal, templateLiteral } from './literal.ts';
import { docText, type FileStructure, from, Imports, type ProgramNames } from './project.ts';

/** `export const name: type = value`, with its documentation. */
export function constant(parts: {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly doc?: string;
  readonly trivia?: string;
  readonly exported?: boolean;
}): StatementStructures {
  return {
    kind: StructureKind.VariableStatement,
    isExported: parts.exported ?? true,
    declarationKind: VariableDeclarationKind.Const,
    ...(parts.trivia === undefined ? {} : { leadingTrivia: parts.trivia }),
    docs: parts.doc === undefined ? [] : [docText(parts.doc)],
    declarations: [
      {
        name: parts.name,
        initializer: parts.value,
        ...(parts.type === undefined ? {} : { type: parts.type }),
      },
    ],
  };
}

/** `validations/<name>.ts`: all rules on a table as one scan. */
export function validationFile(
  program: ProgramNames,
  name: string,
  validation: Validation,
  sql: string,
): FileStructure {
  const { plan } = program;
  const imports = new Imports(program, '../schemas.js');
  const rules = validation.rules.map(rule => `- ${ruleText(rule)} (${place(plan, rule.at)})`).join('\n');
  const doc = [
    ...(validation.doc ? [validation.doc] : []),
    `What must hold of \`${validation.on}\`:`,
    rules,
  ].join('\n');
  const value = constant({
    name: 'sql',
    value: templateLiteral(sql),
    trivia: from(plan, validation.at),
    doc,
  });
  return {
    path: `validations/${program.validationFiles.get(name)!}.ts`,
    imports: imports.structures(),
    statements: [value],
  };
}

const ruleText = ({ severity, text }: Condition): string =>
  `\`${severity} ${text.replace(/\s+/g, ' ').replace(/`/g, "'")}\``;

/** `sources.ts`: the casts and checks of every source. */
export function sourcesFile(
  program: ProgramNames,
  sources: Readonly<Record<string, LiteralValue>>,
): FileStructure {
  const imports = new Imports(program, './schemas.js');
  imports.add('Program', 'mlp-runtime');
  const value = constant({
    name: 'sources',
    type: "Program['sources']",
    value: literal(sources),
    doc: 'How the columns of each source are cast, and what each value must satisfy.\nA check is SQL; false violates it.',
  });
  return { path: 'sources.ts', imports: imports.structures(), statements: [value] };
}

/** `components.ts`: what the rows that components take and make must satisfy. */
export function componentsFile(
  program: ProgramNames,
  components: Readonly<Record<string, LiteralValue>>,
): FileStructure {
  const imports = new Imports(program, './schemas.js');
  imports.add('Program', 'mlp-runtime');
  const value = constant({
    name: 'components',
    type: "NonNullable<Program['components']>",
    value: literal(components),
    doc: 'How the rows that each component takes and makes are cast and checked,\nby the tables that they make.',
  });
  return { path: 'components.ts', imports: imports.structures(), statements: [value] };
}

/** `graph.ts`: the steps in the order in which they can be done. */
export function graphFile(program: ProgramNames): FileStructure {
  const { plan } = program;
  const imports = new Imports(program, './schemas.js');
  imports.add('Step', 'mlp-runtime');
  const ids = new Names(['steps']);
  const steps: StatementStructures[] = plan.steps.map(step =>
    constant({
      name: ids.of(step.id, camelCase(step.id)),
      value: `${literal(step as unknown as LiteralValue)} as const satisfies Step`,
      trivia: from(plan, step.at),
    }),
  );
  const all = constant({
    name: 'steps',
    value: literal(
      plan.steps.map(step => code(ids.of(step.id, camelCase(step.id)))),
      0,
      'export const steps: readonly Step[] = ;'.length,
    ),
    type: 'readonly Step[]',
    doc: 'All steps, each after those it reads from.',
  });
  return { path: 'graph.ts', imports: imports.structures(), statements: [...steps, all] };
}

/** `plan.ts`: the plan itself, read from the file beside it. */
export function planFile(program: ProgramNames): FileStructure {
  const imports = new Imports(program, './schemas.js');
  imports.add('Plan', 'mlp-runtime');
  imports.add('readFileSync', 'node:fs', { type: false });
  imports.add('steps', './graph.js', { type: false });
  const spec = constant({
    name: 'spec',
    value: "JSON.parse(readFileSync(new URL('./plan.json', import.meta.url), 'utf8')) as Plan",
    doc: 'What the spec says, resolved.',
    exported: false,
  });
  const plan = constant({
    name: 'plan',
    type: 'Plan',
    value: '{ ...spec, steps }',
    doc: 'The same, with the steps as `graph.ts` has them.\nThe runtime checks it against its schema before it uses it.',
  });
  return { path: 'plan.ts', imports: imports.structures(), statements: [spec, plan] };
}

/** `main.ts`: the program as a module (`run`, `step`, `serve`) and on the command line. */
export function mainFile(program: ProgramNames): FileStructure {
  const { plan } = program;
  const imports = new Imports(program, './schemas.js');
  imports.add('existsSync', 'node:fs', { type: false });
  imports.add('realpathSync', 'node:fs', { type: false });
  imports.add('fileURLToPath', 'node:url', { type: false });
  imports.add('defineProgram', 'mlp-runtime', { type: false });
  imports.add('main', 'mlp-runtime', { type: false });
  imports.add('plan', './plan.js', { type: false });
  imports.add('sources', './sources.js', { type: false });
  const composed = Object.keys(plan.components).length > 0;
  if (composed) imports.add('components', './components.js', { type: false });
  const calling = program.functions.size > 0;
  if (calling) imports.add('functions', './functions.js', { type: false });
  const names = new Names([
    'program',
    'run',
    'step',
    'serve',
    'plan',
    'sources',
    'components',
    'functions',
    'main',
    'defineProgram',
    'existsSync',
    'realpathSync',
    'started',
    'isFile',
    'fileURLToPath',
  ]);
  const aliases: ImportDeclarationStructure[] = [];
  const views = [...program.viewFiles].map(([name, file]) => {
    const alias = names.of(`view ${name}`, camelCase(name));
    aliases.push(namespaceImport(alias, `./features/${file}.js`));
    return [name, code(`${alias}.program`)] as const;
  });
  const validations = [...program.validationFiles].map(([name, file]) => {
    const alias = names.of(`validation ${name}`, camelCase(name));
    aliases.push(namespaceImport(alias, `./validations/${file}.js`));
    return [name, code(alias)] as const;
  });
  const parts = {
    plan: code('plan'),
    views: Object.fromEntries(views),
    validations: Object.fromEntries(validations),
    sources: code('sources'),
    ...(composed ? { components: code('components') } : {}),
    ...(calling ? { functions: code('functions') } : {}),
  };
  const value = literal(parts, 0, 'export const program = defineProgram();'.length);
  const statements: (StatementStructures | string)[] = [
    constant({
      name: 'program',
      value: `defineProgram(${value})`,
      doc: 'The plan with the code that was written for it.',
    }),
    constant({
      name: '{ run, step, serve }',
      value: 'program',
      doc: [
        '`run` does what a goal needs and keeps it in the store.',
        '`step` does one step on the folders that it is given.',
        '`serve` answers requests with the champion.',
      ].join('\n'),
    }),
  ];
  return {
    path: 'main.ts',
    imports: [...imports.structures(), ...aliases],
    statements: [...statements, commandLine],
  };
}

/** Imported, the module only offers `run`, `step` and `serve`; started, it is a command line of the process that is its own. */
const its = 'process';
const commandLine = `const started = ${its}.argv[1];
const isFile = started !== undefined && existsSync(started);
if (isFile && realpathSync(started) === fileURLToPath(import.meta.url)) {
  ${its}.exitCode = await main(program, ${its}.argv.slice(2));
}`;

const namespaceImport = (alias: string, moduleSpecifier: string): ImportDeclarationStructure => ({
  kind: StructureKind.ImportDeclaration,
  namespaceImport: alias,
  moduleSpecifier,
});
