import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { namesMessages } from '../diagnostics/messages/names.ts';
import { projectMessages } from '../diagnostics/messages/project.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { atOnce, type Pieces } from '../pieces.ts';
import { readConfig } from '../source/config.ts';
import type { Host } from '../source/host.ts';
import { parseOnce } from '../source/modules.ts';
import { SourceFile } from '../source/text.ts';
import type * as ast from '../syntax/ast/index.ts';
import { endedTooDeep } from './chain.ts';
import { checkAnnotations, checkColumnAnnotations, targetOf } from './checker/annotations.ts';
import { checkModel } from './checker/check-model.ts';
import { constantOf, planValue } from './checker/constant.ts';
import { checkLet, checkParam, paramConstant, paramType, unknownSettings } from './checker/constants.ts';
import { Checker, type CheckOptions } from './checker/context.ts';
import { checkDeployment } from './checker/deployment.ts';
import { checkEnvironment, chooseEnvironment, paramsOf } from './checker/environment.ts';
import { viewInfo } from './checker/features.ts';
import {
  checkAggregate,
  checkAnnotationDeclaration,
  checkComponent,
  checkConstructor,
  checkMetric,
  checkTrainer,
} from './checker/foreign.ts';
import { checkFunction } from './checker/function.ts';
import { checkMonitor } from './checker/monitor.ts';
import { checkPipeline } from './checker/pipeline.ts';
import { checkPolicy, checkUnusedPolicy } from './checker/policy.ts';
import { Spellings } from './checker/same-but-case.ts';
import { checkEnum, checkSchema, schemaInfo } from './checker/schema.ts';
import { checkSecrets } from './checker/secrets.ts';
import { signatureOf } from './checker/signature.ts';
import { checkConnection, checkSink, checkSource } from './checker/source.ts';
import { type Suppression, suppressionsIn } from './checker/suppress.ts';
import { checkTest } from './checker/test.ts';
import { checkValidation } from './checker/validation.ts';
import { type Facts, factsOf, wordsOf } from './files/facts.ts';
import { FileGraph } from './files/graph.ts';
import type { BoundModule, Program } from './program.ts';
import { type Module, unusedImports } from './scope.ts';
import { unknown } from './types.ts';

export type { CheckOptions } from './checker/context.ts';

/**
 * Loads, binds and types a project: all its spec files, or those in `options.files`, with what they import. Broken
 * input gives diagnostics and a program that is unknown in the broken places; only a bug throws.
 */
export const check = (host: Host, options: CheckOptions = {}): Program =>
  atOnce(checkInPieces(host, options));

/** The same, in pieces. */
export function* checkInPieces(host: Host, options: CheckOptions = {}): Pieces<Program> {
  const c = new Checker(host, options);
  yield* loadProject(c);
  c.bindLoaded();
  const config = readConfig(host);
  for (const diagnostic of config.diagnostics) c.report(diagnostic);
  // Both are looked into once more below: constructs load modules of the library when they need them.
  for (const diagnostic of c.loader.diagnostics) c.report(diagnostic);
  const project = [...c.modules.values()].filter(module => !module.library || options.library === true);
  project.sort((a, b) => (a.path < b.path ? -1 : 1));
  uniqueInProject(c, project);
  chooseEnvironment(c);
  const whole = yield* checkDeclarations(c, project);
  const unread = withSyntaxErrors(c);
  if (whole) checkUnusedPolicies(c, project, unread);
  for (const module of project) if (!module.library) checkSecrets(c, module);
  unknownSettings(c);
  for (const diagnostic of c.loader.diagnostics) c.report(diagnostic);
  if (whole) for (const module of project) if (!unread.has(module.path)) unusedImports(module, c.report);
  const suppressions = suppressionsIn(project, config, c.report);
  return programOf(c, project, suppressions);
}

function checkUnusedPolicies(c: Checker, project: readonly Module[], unread: ReadonlySet<string>): void {
  const policies = project.flatMap(module =>
    module.tree.declarations.flatMap(one => (one.kind === 'Policy' ? [{ module, policy: one }] : [])),
  );
  if (policies.length === 0) return;
  const own = isWhole(c) ? new Set(c.host.specFiles()) : undefined;
  const words = new Set([...unread].flatMap(path => wordsOf(factsAt(c, path))));
  for (const { module, policy } of policies)
    if (!words.has(policy.name.text)) checkUnusedPolicy(c, policy, own?.has(module.path) === true);
}

const isWhole = ({ options }: Checker): boolean =>
  options.files === undefined || options.elsewhere !== undefined;

/** Of a file that was loaded. */
const factsAt = (c: Checker, path: string): Facts =>
  factsOf(parseOnce(path, c.host.readFile(path)!), c.host.resolvePackage);

/** Files in which something may be used that could not be read: nothing there is called unused. */
function withSyntaxErrors(c: Checker): ReadonlySet<string> {
  const errors = c.loader.diagnostics.filter(
    ({ code, severity }) => severity === 'error' && code.startsWith('MLP1'),
  );
  return new Set(errors.map(({ file }) => file.path));
}

function* loadProject(c: Checker): Pieces<void> {
  const files = c.options.files ?? c.host.specFiles();
  c.loader.library('prelude');
  for (const path of files) {
    if (!c.loader.load(path)) c.report(unreadable(c.host, path));
    yield;
  }
  if (c.options.files === undefined)
    for (const path of c.host.unreadable?.() ?? []) c.report(unreadable(c.host, path));
}

/** A spec that is not there, or a file or folder that cannot be read. */
export function unreadable(host: Host, path: string): Diagnostic {
  const reason = host.problemOf?.(path);
  const suggestion = reason === undefined ? suggest(path, host.specFiles()) : undefined;
  const facts = { path, reason, suggestion };
  return projectMessages.missingFile(facts, { file: new SourceFile(path, ''), span: { start: 0, end: 0 } });
}

/** What runs, tables, models and reports know by name alone. */
const namedInProject: ReadonlySet<ast.Declaration['kind']> = new Set<ast.Declaration['kind']>([
  'Schema',
  'Connection',
  'Source',
  'Sink',
  'Validation',
  'Param',
  'Features',
  'Model',
  'Deployment',
  'Monitor',
  'Pipeline',
  'Environment',
]);

/** What lies as a table in an engine, which does not tell capital letters from small ones. */
const tableKinds: Readonly<Partial<Record<ast.Declaration['kind'], string>>> = {
  Source: 'sources',
  Features: 'views',
};

function uniqueInProject(c: Checker, project: readonly Module[]): void {
  const spellings = new Map<string, Spellings>();
  for (const module of project) {
    if (module.library) continue;
    for (const symbol of module.own.values.values()) {
      const { declaration, name } = symbol;
      if (!namedInProject.has(declaration.kind)) continue;
      const first = c.projectWide.get(name);
      if (!first) {
        c.projectWide.set(name, symbol);
        const what = tableKinds[declaration.kind];
        if (what === undefined) continue;
        if (!spellings.has(what)) spellings.set(what, new Spellings());
        spellings.get(what)!.add(c, module, declaration.name, what);
        continue;
      }
      const labels = [
        { file: first.file, span: first.declaration.name.span, message: 'first declared here' },
      ];
      const hint = 'names of what a project runs and stores are unique in the project; rename or import it';
      c.error(module, namesMessages.duplicateDeclaration, { name }, declaration.name.span, { labels, hint });
    }
  }
}

/** True if nothing was nested too deeply to be followed to its end. */
function* checkDeclarations(c: Checker, project: readonly Module[]): Pieces<boolean> {
  for (const module of project)
    for (const declaration of module.tree.declarations) {
      try {
        checkDeclaration(c, declaration);
      } catch (error) {
        if (!endedTooDeep(error)) throw error;
        c.leave();
        const { text: name } = declaration.name;
        c.error(module, namesMessages.chainTooLong, { name }, declaration.name.span);
        return false;
      }
      yield;
    }
  return true;
}

function checkDeclaration(c: Checker, declaration: ast.Declaration): void {
  const module = c.home(declaration);
  checkAnnotations(c, module, declaration.annotations, targetOf(declaration));
  switch (declaration.kind) {
    case 'Schema':
      checkSchema(c, declaration);
      checkColumnAnnotations(c, module, schemaInfo(c, declaration));
      return;
    case 'Enum':
      checkEnum(c, declaration);
      return;
    case 'Param':
      checkAnnotations(c, module, declaration.type.annotations, 'param');
      checkParam(c, declaration);
      return;
    case 'Let':
      if (declaration.type) checkAnnotations(c, module, declaration.type.annotations, 'param');
      checkLet(c, declaration);
      return;
    case 'Connection':
      checkConnection(c, declaration);
      return;
    case 'Source':
      checkSource(c, declaration);
      return;
    case 'Sink':
      checkSink(c, declaration);
      return;
    case 'Validation':
      checkValidation(c, declaration);
      return;
    case 'Features':
      viewInfo(c, declaration);
      return;
    case 'Model':
      checkModel(c, declaration);
      return;
    case 'Deployment':
      checkDeployment(c, declaration);
      return;
    case 'Monitor':
      checkMonitor(c, declaration);
      return;
    case 'Pipeline':
      checkPipeline(c, declaration);
      return;
    case 'Environment':
      checkEnvironment(c, declaration);
      return;
    case 'Test':
      checkTest(c, declaration);
      return;
    default:
      checkDefinition(c, declaration);
      return;
  }
}

function checkDefinition(c: Checker, declaration: ast.Declaration): void {
  switch (declaration.kind) {
    case 'Function':
      checkFunction(c, declaration);
      return;
    case 'AggregateFunction':
      checkAggregate(c, declaration);
      return;
    case 'Component':
      checkComponent(c, declaration);
      return;
    case 'Trainer':
      checkTrainer(c, declaration);
      return;
    case 'Metric':
      checkMetric(c, declaration);
      return;
    case 'Policy':
      checkPolicy(c, declaration);
      return;
    case 'Constructor':
      checkConstructor(c, declaration);
      return;
    case 'AnnotationDeclaration':
      checkAnnotationDeclaration(c, declaration);
      return;
  }
}

const order = (a: { path: string }, b: { path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

function programOf(c: Checker, project: readonly Module[], suppressions: readonly Suppression[]): Program {
  const own = project.filter(module => !module.library);
  const library = [...c.modules.values()].filter(module => module.library).sort(order);
  const modules = new Map<string, BoundModule>([...own, ...library].map(module => [module.path, module]));
  const byKind = new Map<string, ast.Declaration[]>();
  for (const module of own) {
    for (const declaration of module.tree.declarations) {
      const list = byKind.get(declaration.kind);
      if (list) list.push(declaration);
      else byKind.set(declaration.kind, [declaration]);
    }
  }
  let schemas: ReadonlyMap<string, ast.SchemaDeclaration> | undefined;
  const diagnostics = [...c.diagnostics].sort(
    (a, b) => order(a.file, b.file) || a.span.start - b.span.start || a.span.end - b.span.end,
  );
  const program: Program = {
    modules,
    diagnostics,
    whole: isWhole(c),
    models: c.options.elsewhere?.models === true || byKind.has('Model'),
    isBroken: brokenFiles(c, own, diagnostics),
    suppressions,
    symbolOf: name => c.symbols.get(name),
    typeOf: expression => c.typeOf(expression),
    signatureOf: declaration => {
      const { parameters, result } = signatureOf(c, declaration);
      return { parameters: parameters.map(({ type }) => type), result: result ?? unknown };
    },
    ...constantsOf(c),
    inEnvironment: name => ({ ...program, ...constantsOf(c.with(paramsOf(c, name))) }),
    callOf: call => c.calls.get(call),
    declarations: <K extends ast.Declaration['kind']>(kind: K) =>
      (byKind.get(kind) ?? []) as unknown as readonly Extract<ast.Declaration, { kind: K }>[],
    fileOf: declaration => c.fileOf(declaration),
    schemaOf(name) {
      schemas ??= schemasByName([...own, ...library]);
      const declaration = schemas.get(name);
      return declaration && schemaInfo(c, declaration);
    },
  };
  return program;
}

/** Where nothing is wrong anywhere, files are not looked into. */
function brokenFiles(
  c: Checker,
  own: readonly Module[],
  diagnostics: readonly Diagnostic[],
): Program['isBroken'] {
  const broken = new Set<string>();
  for (const { severity, file } of diagnostics) if (severity === 'error') broken.add(file.path);
  let graph: FileGraph | undefined;
  return file => {
    if (broken.size === 0) return false;
    graph ??= new FileGraph(new Map(own.map(({ path }) => [path, factsAt(c, path)])));
    return [...graph.context(file.path)].some(path => broken.has(path));
  };
}

/** What depends on the values of params. */
function constantsOf(c: Checker): Pick<Program, 'constantOf' | 'paramOf'> {
  return {
    constantOf(expression) {
      const constant = constantOf(c, expression);
      return constant === undefined ? undefined : planValue(constant);
    },
    paramOf(declaration) {
      const constant = paramConstant(c, declaration);
      const value = constant === undefined ? undefined : planValue(constant);
      return { type: paramType(c, declaration), value };
    },
  };
}

/** Schemas of the project and the library by name; where two files use one name, the project's first. */
function schemasByName(modules: readonly Module[]): ReadonlyMap<string, ast.SchemaDeclaration> {
  const schemas = new Map<string, ast.SchemaDeclaration>();
  for (const module of modules)
    for (const [name, { declaration }] of module.own.values)
      if (declaration.kind === 'Schema' && !schemas.has(name)) schemas.set(name, declaration);
  return schemas;
}
