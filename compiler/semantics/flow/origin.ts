import { durationText } from '../../plan/build/text.ts';
import type { Moment, ValueEdge } from '../../plan/plan.ts';
import { splitId } from '../../plan/reads.ts';
import type { Path } from './cells.ts';
import type { FlowFacts } from './facts.ts';
import { stepLabel } from './words.ts';

/** What hands on when a value is known: its own row, and rows that a component made of others. */
const handsOn: ReadonlySet<ValueEdge['via']> = new Set(['row', 'component']);

/** From a late value back to the one whose declaration makes it so late, nearest first; empty where it is its own. */
function pathToOrigin(id: string, moment: Moment, facts: FlowFacts): Path {
  const path: ValueEdge[] = [];
  const seen = new Set([id]);
  for (let cell = id; ; ) {
    const edge = facts
      .edgesInto(cell)
      .find(({ from, via }) => handsOn.has(via) && !seen.has(from) && isAsLate(from, moment, via, facts));
    if (!edge) return path;
    path.push(edge);
    seen.add(edge.from);
    cell = edge.from;
  }
}

/** A component's rows have a moment of their own, as late after their event as what they are made of is after its. */
function isAsLate(id: string, moment: Moment, via: ValueEdge['via'], facts: FlowFacts): boolean {
  const known = facts.node(id)?.known.latest ?? [];
  return known.some(
    ({ base, offset, at }) =>
      base === moment.base && offset === moment.offset && (via === 'component' || at === moment.at),
  );
}

/**
 * The labels that lead from a late value to the annotation, else the lag of the source, else the column, that makes it so:
 * every step between, with its line. `view` is whose names are shown.
 */
export function originLabels(id: string, moment: Moment, view: string, facts: FlowFacts) {
  const path = pathToOrigin(id, moment, facts);
  const origin = path.at(-1)?.from ?? id;
  const { table } = splitId(origin);
  const known = facts.node(origin)?.known.latest ?? [];
  const declared = path.length === 0 ? moment : known.find(m => m.offset === moment.offset);
  const source = facts.draft.sources[table];
  const cell = facts.shown(origin, view);
  const last =
    declared?.at !== undefined
      ? facts.label(declared.at, `\`${cell}\` is known no earlier than this says`)
      : source && source.lag > 0 && moment.offset === source.lag
        ? facts.label(source.at, `rows of \`${table}\` arrive up to ${durationText(source.lag)} late`)
        : facts.label(facts.node(origin)?.at, `\`${cell}\` is declared here`);
  return [...path.map(edge => stepLabel(edge, view, facts)), last];
}
