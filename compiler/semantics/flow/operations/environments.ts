import { environmentsMessages } from '../../../diagnostics/messages/operations.ts';
import type { Place } from '../../../plan/build/context.ts';
import { isBelow, schemeOf } from '../../../plan/paths.ts';
import type { Environment } from '../../../plan/plan.ts';
import type { SourceFile } from '../../../source/text.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { itemOf, type Operations } from './facts.ts';
import { tablesRead } from './loops.ts';
import { checkStrictness } from './strictness.ts';

/** Family 11: what an environment cannot reach, what it connects otherwise, and what it lets through. */
export function checkEnvironments(facts: Operations): void {
  const { draft } = facts;
  if (Object.keys(draft.environments).length === 0) return;
  let work: AllWork | undefined;
  const found: Unreachable[] = [];
  for (const [declaration, environment] of facts.each('Environment', draft.environments)) {
    checkConnections(facts, declaration);
    checkOnline(facts, declaration);
    if (environment.target !== 'kubernetes') continue;
    work ??= workOf(facts);
    checkReach(facts, declaration, environment, sourcesRun(facts, declaration, environment, work), found);
  }
  tellEach(found);
  checkStrictness(facts);
}

/** What is run together, and the sources that it reads. */
interface Work {
  readonly file: SourceFile;
  readonly sources: readonly string[];
}

interface AllWork {
  readonly all: readonly Work[];
  /** By the sources that are read. */
  readonly reading: ReadonlyMap<string, readonly Work[]>;
}

function workOf(facts: Operations): AllWork {
  const all = eachWork(facts);
  const reading = new Map<string, Work[]>();
  for (const work of all)
    for (const source of work.sources) {
      const known = reading.get(source);
      if (known) known.push(work);
      else reading.set(source, [work]);
    }
  return { all, reading };
}

/** One for each pipeline; without pipelines one for each model. */
function eachWork({ draft, program }: Operations): readonly Work[] {
  const work = (declaration: ast.Declaration, goals: readonly string[]): Work => ({
    file: program.fileOf(declaration),
    sources: [...tablesRead(draft, goals)].filter(table => draft.sources[table]),
  });
  const pipelines = program.declarations('Pipeline');
  if (pipelines.length > 0)
    return pipelines.map(one => work(one, draft.pipelines[one.name.text]?.goals ?? []));
  return program.declarations('Model').map(one => work(one, [one.name.text]));
}

/**
 * The sources that are read in an environment. A project may have environments for several teams: one that replaces
 * sources is for what reads those, another one for what stands in its file, and if there is nothing, for everything.
 */
function sourcesRun(
  { program }: Operations,
  declaration: ast.EnvironmentDeclaration,
  { sources }: Environment,
  { all, reading }: AllWork,
): ReadonlySet<string> {
  const file = program.fileOf(declaration);
  const replaces = Object.keys(sources).flatMap(source => reading.get(source) ?? []);
  const beside = replaces.length > 0 ? replaces : all.filter(one => one.file === file);
  return new Set((beside.length > 0 ? beside : all).flatMap(one => one.sources));
}

/** Pods see the packages of their image, object stores, and the volume that the target mounts. */
function checkReach(
  facts: Operations,
  declaration: ast.EnvironmentDeclaration,
  { settings, sources }: Environment,
  read: ReadonlySet<string>,
  found: Unreachable[],
): void {
  const { draft, flow } = facts;
  const environment = declaration.name.text;
  // The sources of the plan are those of the environment it is made for.
  if (draft.environment !== null && draft.environment !== environment) return;
  const volume = settings['volume'] != null;
  const mount = typeof settings['mount'] === 'string' ? settings['mount'] : '/data';
  for (const source of read) {
    const from = sources[source] ?? draft.sources[source]!.from;
    const path = from.args['path'];
    if (typeof path !== 'string' || schemeOf(path) !== undefined || (volume && isBelow(path, mount)))
      continue;
    const args = { source, path, environment, mount: volume ? mount : null };
    // What the environment says itself is pointed at there, else where it says that it is a cluster.
    const replaced = sources[source] ? flow.place(from.at) : undefined;
    const cluster = placeOf(facts, declaration);
    const labels = replaced
      ? [{ ...cluster, message: 'a cluster' }]
      : [flow.label(from.at, 'a file of a machine')];
    const { file, span } = replaced ?? cluster;
    const tell = () => facts.report(environmentsMessages.unreachable, args, file, span, { labels });
    found.push({ declaration, source, tell });
  }
}

/** A source that cannot be reached in an environment, to be told or not. */
interface Unreachable {
  readonly declaration: ast.EnvironmentDeclaration;
  readonly source: string;
  readonly tell: () => void;
}

/** What an environment takes over from the one it extends is told there, and is repaired there for both. */
function tellEach(found: readonly Unreachable[]): void {
  const keys = new Set(found.map(({ declaration, source }) => `${declaration.name.text} ${source}`));
  for (const { declaration, source, tell } of found) {
    const own = declaration.items.some(item => item.kind === 'Replacement' && item.name.text === source);
    if (own || !keys.has(`${declaration.base?.text} ${source}`)) tell();
  }
}

/** Where an environment, or one that it extends, names its target. */
function placeOf({ program }: Operations, declaration: ast.EnvironmentDeclaration): Place {
  const target = itemOf(declaration.items, 'Target');
  return { file: program.fileOf(declaration), span: (target ?? declaration).name.span };
}

/** A connection replaced by another kind of store: the queries and tables that use it would find nothing. */
function checkConnections(facts: Operations, declaration: ast.EnvironmentDeclaration): void {
  for (const item of declaration.items) {
    if (item.kind !== 'Replacement' || item.what !== 'connection' || item.value.kind !== 'Call') continue;
    const symbol = facts.program.symbolOf(item.name);
    const connection = symbol?.kind === 'declaration' ? symbol.declaration : undefined;
    if (connection?.kind !== 'Connection' || connection.value.kind !== 'Call') continue;
    const [declared, found] = [connection.value.callee, item.value.callee];
    if (!facts.program.callOf(item.value) || declared.text === found.text) continue;
    const args = {
      connection: item.name.text,
      declared: declared.text,
      found: found.text,
      environment: declaration.name.text,
    };
    const labels = [facts.label(connection, declared.span, 'declared here')];
    const file = facts.program.fileOf(declaration);
    facts.report(environmentsMessages.otherConnection, args, file, found.span, { labels });
  }
}

/** Features are read online from a store of keys and values, which few connections are. */
function checkOnline(facts: Operations, declaration: ast.EnvironmentDeclaration): void {
  const setting = itemOf(declaration.items, 'Target')?.settings.find(arg => arg.name?.text === 'online');
  if (setting?.value.kind !== 'NameExpression') return;
  const symbol = facts.program.symbolOf(setting.value.name);
  const connection = symbol?.kind === 'declaration' ? symbol.declaration : undefined;
  if (connection?.kind !== 'Connection' || connection.value.kind !== 'Call') return;
  const { callee } = connection.value;
  if (!facts.program.callOf(connection.value) || callee.text === 'redis') return;
  const args = { connection: setting.value.name.text, found: callee.text };
  const labels = [facts.label(connection, callee.span, 'declared here')];
  facts.report(environmentsMessages.notOnline, args, facts.program.fileOf(declaration), setting.value.span, {
    labels,
  });
}
