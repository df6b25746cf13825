import type { Label } from '../../../diagnostics/diagnostic.ts';
import { environmentsMessages } from '../../../diagnostics/messages/operations.ts';
import type { Environment } from '../../../plan/plan.ts';
import { isBelow, schemeOf } from '../../../plan/paths.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { itemOf, type Operations } from './facts.ts';
import { tablesRead } from './loops.ts';
import { checkStrictness } from './strictness.ts';

/** Family 11: what an environment cannot reach, what it connects otherwise, and what it lets through. */
export function checkEnvironments(facts: Operations): void {
  const { draft } = facts;
  if (Object.keys(draft.environments).length === 0) return;
  let read: readonly string[] | undefined;
  for (const [declaration, environment] of facts.each('Environment', draft.environments)) {
    checkConnections(facts, declaration);
    if (environment.target !== 'kubernetes') continue;
    read ??= sourcesRun(facts);
    checkReach(facts, declaration, environment, read);
  }
  checkStrictness(facts);
}

/** The sources that pipelines read; without pipelines those of all models. */
function sourcesRun({ draft }: Operations): readonly string[] {
  const pipelines = Object.values(draft.pipelines);
  const goals = pipelines.length > 0 ? pipelines.flatMap(({ goals: g }) => g) : Object.keys(draft.models);
  return [...tablesRead(draft, goals)].filter(table => draft.sources[table]);
}

/** Pods see the packages of their image, object stores, and the volume that the target mounts. */
function checkReach(
  facts: Operations,
  declaration: ast.EnvironmentDeclaration,
  { settings, sources, at: named }: Environment,
  read: readonly string[],
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
    const target = itemOf(declaration.items, 'Target');
    const cause: Label | undefined = target
      ? facts.label(declaration, target.name.span, 'the target')
      : flow.label(named, 'the environment');
    const at = flow.at(from.at, [cause]);
    const args = { source, path, environment, mount: volume ? mount : null };
    if (at) flow.diagnostics.push(environmentsMessages.unreachable(args, at));
  }
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
