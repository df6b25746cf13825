import type { Expr, FeatureView, Join, ValueEdge } from '../../plan/plan.ts';
import { splitId, tableOf } from '../../plan/reads.ts';
import type { FlowFacts } from './facts.ts';

/** Edges from a value back to a cell, the nearest first: the first edge is what the value reads itself. */
export type Path = readonly ValueEdge[];

/** How a value reaches a cell of a row. */
export interface Reach {
  /**
   * `own`: a cell of the row itself; `key`: such a cell, but only to look something up; `lookup`: the same by a look-up
   * that depends on nothing else; `other`: a cell of a joined row, `id` then tells the join too; `feature`: a feature
   * on the way; `label`: a label on the way.
   */
  readonly kind: 'own' | 'key' | 'lookup' | 'other' | 'feature' | 'label';
  readonly id: string;
  /** Empty for the value itself. */
  readonly path: Path;
}

/** An expression without the places where it is written, to tell whether two joins look up the same row. */
const shape = (expr: Expr): string =>
  JSON.stringify(expr, (key, value) =>
    key === 'at' || key === 'lengthAt' || key === 'type' ? undefined : value,
  );

function joinedCell(edge: ValueEdge, join: Join): string {
  const on = join.on.map(({ own, other }) => `${other}=${shape(own)}`).sort();
  return `${edge.from} by ${on.join(',')}`;
}

/** Tables whose rows come, through components alone, from a source: any of its rows may be in any of theirs. */
function derivesFrom(table: string, source: string, facts: FlowFacts, seen = new Set<string>()): boolean {
  const use = facts.draft.components[table];
  if (!use || seen.has(table)) return false;
  seen.add(table);
  return Object.values(use.inputs).some(input => input === source || derivesFrom(input, source, facts, seen));
}

/** Without time a component's value is that of all rows, the row itself among them. */
const mixesRows = (table: string, source: string, facts: FlowFacts): boolean =>
  tableOf(facts.draft, table)?.eventTime === null && derivesFrom(table, source, facts);

/**
 * Every cell of the row itself, and every joined cell, that a value of a view is computed from, each by a shortest path.
 * Windows lead to other rows and end the search; so does a look-up as of T, which sees only what is known by then.
 */
export function reachOf(
  start: string,
  facts: FlowFacts,
  stopAt: (feature: string) => boolean = () => false,
): readonly Reach[] {
  const home = facts.view(splitId(start).table);
  if (!home) return [];
  const found: Reach[] = [];
  const seen = new Set<string>();
  const queue: { node: string; path: Path; key: 'key' | 'lookup' | undefined }[] = [
    { node: start, path: [], key: undefined },
  ];
  for (let item = queue.shift(); item; item = queue.shift()) {
    for (const edge of facts.edgesInto(item.node)) {
      const step = follow(edge, home, facts);
      if (!step) continue;
      const key = item.key ?? step.key;
      const path = [...item.path, edge];
      const mark = `${step.id}\0${key ?? ''}\0${step.kind}`;
      if (seen.has(mark)) continue;
      seen.add(mark);
      if (step.kind === 'own') found.push({ kind: key ?? 'own', id: step.id, path });
      else if (step.kind === 'other') found.push({ kind: 'other', id: step.id, path });
      else {
        if (step.kind !== 'through' && !key) found.push({ kind: step.kind, id: step.id, path });
        if (!stopAt(step.id)) queue.push({ node: step.id, path, key });
      }
    }
  }
  return found;
}

interface Step {
  readonly kind: 'own' | 'other' | 'through' | 'feature' | 'label';
  readonly id: string;
  readonly key?: 'key' | 'lookup';
}

/** Where an edge leads: to a cell of the row, to a joined cell, or to a value that is computed from further ones. */
function follow(edge: ValueEdge, home: FeatureView, facts: FlowFacts): Step | undefined {
  const { table } = splitId(edge.from);
  const join = joinOf(edge, facts);
  switch (edge.via) {
    case 'row':
      return own(edge.from, table, home, facts);
    case 'component':
      return table === home.source ? { kind: 'own', id: edge.from } : { kind: 'through', id: edge.from };
    case 'key': {
      // The value of another row: what that tells of this one is the matter of when it is known.
      if (edge.joined && !mixesRows(table, home.source, facts)) return undefined;
      const step = own(edge.from, table, home, facts);
      return step && { ...step, key: join && !join.asOf ? 'lookup' : 'key' };
    }
    case 'join':
    case 'view':
      if (!join) return undefined;
      if (mixesRows(table, home.source, facts)) return { kind: 'through', id: edge.from };
      return { kind: 'other', id: joinedCell(edge, join) };
    default:
      return undefined;
  }
}

function own(id: string, table: string, home: FeatureView, facts: FlowFacts): Step {
  if (table === home.source) return { kind: 'own', id };
  const feature = facts.view(table)?.features.find(f => f.name === splitId(id).column);
  if (!feature) return { kind: 'through', id };
  return { kind: feature.label ? 'label' : 'feature', id };
}

/** The join that an edge reads through. */
export function joinOf(edge: ValueEdge, facts: FlowFacts): Join | undefined {
  if (edge.alias === undefined) return undefined;
  return facts.view(splitId(edge.to).table)?.joins.find(join => join.alias === edge.alias);
}
