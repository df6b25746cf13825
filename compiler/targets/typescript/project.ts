import { type ImportDeclarationStructure, type StatementStructures, StructureKind } from 'ts-morph';
import type { At, Plan } from '../../plan/plan.ts';
import { servedNames } from '../../plan/serving.ts';
import { ofValidation, ofView } from '../local/capabilities.ts';
import { place } from '../target.ts';
import { functionNames } from './functions.ts';
import { camelCase, fileName, namesFor, pascalCase } from './identifiers.ts';
import { WIDTH } from './literal.ts';
import type { TypeNames } from './types.ts';

/** Names that every file of one generated program agrees on. */
export interface ProgramNames {
  readonly plan: Plan;
  /** Interface names by schema. */
  readonly schemas: ReadonlyMap<string, string>;
  /** Functions that read a row out of JSON, by schema. */
  readonly readers: ReadonlyMap<string, string>;
  /** Type names by enum. */
  readonly enums: ReadonlyMap<string, string>;
  /** File names, without extension, by view and validation that all of can be written. */
  readonly viewFiles: ReadonlyMap<string, string>;
  readonly validationFiles: ReadonlyMap<string, string>;
  /** What functions of the team's code are called, by the name under which expressions call them. */
  readonly functions: ReadonlyMap<string, string>;
  /** By deployment that answers requests. */
  readonly clientFiles: ReadonlyMap<string, string>;
}

/** Types of `mlp-runtime` that stand beside the spec's own in one file, so that no declaration of the spec takes them. */
const runtimeNames = [
  ...['Int', 'CalendarDate', 'Datetime', 'Timestamp', 'Duration', 'DAY', 'HOUR', 'MINUTE', 'SECOND'],
  ...['JoinRead', 'ViewReads', 'WindowRead'],
];

export function programNames(plan: Plan, enums: readonly string[]): ProgramNames {
  const declared = namesFor(
    [...Object.keys(plan.schemas).map(name => `schema ${name}`), ...enums.map(name => `enum ${name}`)],
    name => pascalCase(name.slice(name.indexOf(' ') + 1)),
    runtimeNames,
  );
  const pick = (kind: string, names: readonly string[]) =>
    new Map(names.map(name => [name, declared.get(`${kind} ${name}`)!]));
  return {
    plan,
    schemas: pick('schema', Object.keys(plan.schemas)),
    readers: namesFor(Object.keys(plan.schemas), name => camelCase(`read ${name}`), [
      ...declared.values(),
      'read',
    ]),
    enums: pick('enum', enums),
    viewFiles: namesFor(written(plan, plan.views, ofView), fileName, ['index']),
    validationFiles: namesFor(written(plan, plan.validations, ofValidation), fileName, ['index']),
    functions: functionNames(plan),
    clientFiles: namesFor(servedNames(plan), fileName, ['index', 'http']),
  };
}

/** Those that all of can be written. A goal that needs another is refused before it runs, and so is a build. */
const written = (
  plan: Plan,
  declared: Readonly<Record<string, unknown>>,
  refusals: (plan: Plan, name: string) => readonly unknown[],
): string[] => Object.keys(declared).filter(name => refusals(plan, name).length === 0);

/** Collects what a file has to import while its types are written. */
export class Imports {
  private readonly names = new Map<string, Set<string>>();
  private readonly namespaces = new Map<string, string>();
  private readonly program: ProgramNames;
  private readonly schemasPath: string;
  constructor(program: ProgramNames, schemasPath: string) {
    this.program = program;
    this.schemasPath = schemasPath;
  }
  add(name: string, from: string, { type = true } = {}): void {
    const key = type ? `type ${from}` : from;
    this.names.set(key, (this.names.get(key) ?? new Set()).add(name));
  }
  /** All that a module of the program exports, under one name. */
  namespace(alias: string, from: string): void {
    this.namespaces.set(from, alias);
  }
  /** For `typeText`: how enums and schemas are called here. */
  get types(): TypeNames {
    const { schemas, enums } = this.program;
    return {
      enumName: name => enums.get(name),
      schemaName: name => schemas.get(name),
      use: (name, from) => {
        const path = from === 'schemas' ? this.schemasPath : from;
        if (path !== '') this.add(name, path);
      },
    };
  }
  /** Values and types of one module in one declaration: Node's modules, then packages, then the program's own. */
  structures(): ImportDeclarationStructure[] {
    const paths = new Set([...this.names.keys()].map(key => key.replace(/^type /, '')));
    const rank = (path: string): string =>
      (path.startsWith('node:') ? '0' : path.startsWith('.') ? '2' : '1') + path;
    const modules = [...paths].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
    const whole = [...this.namespaces].map(([moduleSpecifier, namespaceImport]) => ({
      kind: StructureKind.ImportDeclaration as const,
      moduleSpecifier,
      namespaceImport,
    }));
    const named = modules.map((moduleSpecifier): ImportDeclarationStructure => {
      const values = [...(this.names.get(moduleSpecifier) ?? [])].sort();
      const types = [...(this.names.get(`type ${moduleSpecifier}`) ?? [])].sort();
      const typeOnly = values.length === 0;
      const words = [...values, ...types.map(name => `${typeOnly ? '' : 'type '}${name}`)].join(', ');
      const line = `import ${typeOnly ? 'type ' : ''}{ ${words} } from '${moduleSpecifier}';`;
      const broken = line.length > WIDTH ? { leadingTrivia: '\n' } : {};
      return {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier,
        isTypeOnly: typeOnly,
        namedImports: [
          ...values.map(name => ({ name, ...broken })),
          ...types.map(name => ({ name, isTypeOnly: !typeOnly, ...broken })),
        ],
      };
    });
    return [...named, ...whole];
  }
}

/** One file as a structure; printed by `printFiles` with all others. */
export interface FileStructure {
  readonly path: string;
  readonly imports: readonly ImportDeclarationStructure[];
  readonly statements: readonly (StatementStructures | string)[];
}

/** The comment lines above a statement: where in the spec it comes from. */
export const from = (plan: Plan, at: At): string => `// ${commentText(place(plan, at))}\n`;

export const commentText = (text: string): string => text.replace(/[\r\n\u2028\u2029]+/g, ' ');

/** Text inside a doc comment: nothing in it may end the comment. */
export const docText = (text: string): string =>
  text.replace(/\*\//g, '*\\/').replace(/\r\n?|[\u2028\u2029]/g, '\n');
