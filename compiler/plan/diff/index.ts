import type { Plan } from '../plan.ts';
import { type Change, severity } from './change.ts';
import { components, connections, params, sinks, sources, validations } from './data.ts';
import { models } from './models.ts';
import { type DeclarationKind, declarationKinds, findRenames, type Rename, withNames } from './names.ts';
import { environments, monitors, pipelines } from './operations.ts';
import { readersOf } from './readers.ts';
import {
  type Coming,
  type Comparison,
  compareBy,
  compared,
  compareRecords,
  derived,
  fixed,
  position,
  type RecordRules,
  type Rule,
  type Rules,
  report,
  type Site,
} from './rule.ts';
import { schemas } from './schemas.ts';
import { deployments } from './serving.ts';
import { compareTests } from './tests.ts';
import { views } from './views.ts';
import { compareDerived, compareNeeds } from './work.ts';

export * from './change.ts';
export { interfaceOf } from './interface.ts';

/** The rules for declarations, by their place in the plan. */
export const recordRules: {
  readonly [K in DeclarationKind]: RecordRules<Plan[K][string]>;
} = {
  params,
  schemas,
  connections,
  sources,
  sinks,
  validations,
  components,
  views,
  models,
  deployments,
  monitors,
  pipelines,
  environments,
};

const declarations = <K extends DeclarationKind>(kind: K): Rule<Plan[K], Plan> =>
  compared(recordRules[kind].kind, [], 'Told one by one.', (values, _whole, site) =>
    compareRecords(recordRules[kind] as unknown as RecordRules<{ at: number }>, values as never, site),
  );

/** A rule for every property of a plan. */
export const planRules: Rules<Plan> = {
  version: derived('version', 'the program, which reads no other'),
  hash: derived('hash', 'everything else'),
  compiler: fixed('compiler', 'compatible', 'Another version of mlp made the plan.'),
  environment: fixed(
    'environment',
    'compatible',
    'The plans are resolved for different environments: compare like with like.',
  ),
  files: fixed('spec files', 'none', 'It does not matter in which file something stands.'),
  positions: position,
  params: declarations('params'),
  schemas: declarations('schemas'),
  connections: declarations('connections'),
  sources: declarations('sources'),
  sinks: declarations('sinks'),
  validations: declarations('validations'),
  components: declarations('components'),
  views: declarations('views'),
  models: declarations('models'),
  deployments: declarations('deployments'),
  monitors: declarations('monitors'),
  pipelines: declarations('pipelines'),
  environments: declarations('environments'),
  tests: compared(
    'tests',
    ['none'],
    'Tests look at what is there; nothing that runs sees them.',
    (values, _whole, site) => compareTests(values, site),
  ),
  graph: derived('graph of values', 'the declarations'),
  steps: compared(
    'resources, time-outs and retries',
    ['compatible'],
    'The same is computed, with other means.',
    (values, _whole, site) => compareNeeds(values, site),
  ),
};

/**
 * Everything that is different between two plans, worst first, then in the order of the plan; nothing if they say the
 * same in the same words. Where things stand in the spec does not matter, nor in which order declarations do.
 */
export function diffPlans(old: Plan, now: Plan): Change[] {
  const renames = findRenames(old, now);
  const plans = { old: withNames(old, renames), new: now };
  const comparison: Comparison = { ...plans, readers: readersOf(plans), changes: [] };
  const site: Site = { in: comparison, path: [], subject: 'plan', old: undefined, new: undefined };
  for (const kind of declarationKinds)
    for (const rename of renames) if (rename.kind === kind) tellRename(rename, old, site);
  compareBy(planRules, plans, site);
  if (renames.length === 0 && comparison.changes.every(change => change.class === 'none'))
    compareDerived(plans, site, comparison.changes.length === 0);
  const { changes } = comparison;
  return changes
    .map((change, i) => ({ change, i }))
    .sort((a, b) => severity(b.change.class) - severity(a.change.class) || a.i - b.i)
    .map(({ change }) => change);
}

function tellRename({ kind, from, to }: Rename, before: Plan, site: Site): void {
  const { kind: word, renamed } = recordRules[kind];
  const old = before[kind][from]!;
  const place: Site = {
    ...site,
    path: [kind, to],
    subject: word,
    old: old.at,
    new: site.in.new[kind][to]!.at,
  };
  const { class: given, reason = renamed.why } = (renamed as Coming<unknown>).classify(old, place, to);
  report(place, { class: given, action: 'renamed', old: from, new: to, reason });
}
