import { flowMessages } from '../../diagnostics/messages/flow.ts';
import type { ValueEdge } from '../../plan/plan.ts';
import { splitId, tableOf } from '../../plan/reads.ts';
import type { Path } from './cells.ts';
import type { FlowFacts } from './facts.ts';
import { stepLabel } from './words.ts';

/**
 * A component that makes rows without a time out of rows with one gives one value for all times, computed from later
 * rows too. Whatever is made of that, by components or by views without a moment, is no better.
 */
export class Mixing {
  private readonly facts: FlowFacts;
  private readonly paths = new Map<string, Path | undefined>();
  private readonly reported = new Set<string>();

  constructor(facts: FlowFacts) {
    this.facts = facts;
  }

  /** True if the feature reads such a value; it is reported once for each component that mixes. */
  check(edge: ValueEdge, feature: string): boolean {
    const { facts } = this;
    const path = this.pathTo(edge.from);
    const mixed = path?.[path.length - 1];
    if (!path || !mixed) return false;
    const made = splitId(mixed.to).table;
    const mark = `${edge.to}\0${made}`;
    if (this.reported.has(mark)) return true;
    this.reported.add(mark);
    const { table, column } = splitId(edge.from);
    const view = splitId(edge.to).table;
    const input = splitId(mixed.from).table;
    const rows = tableOf(facts.draft, input);
    const labels = [
      ...path.slice(0, -1).map(step => stepLabel(step, view, facts)),
      facts.label(mixed.at, `\`${made}\` is computed from all rows of \`${input}\`, later ones too`),
      facts.label(rows?.columns.get(rows.eventTime ?? '')?.at, `the rows of \`${input}\` have a time`),
    ];
    const at = facts.at(edge.at, labels);
    if (!at) return false;
    facts.diagnostics.push(flowMessages.timelessComponent({ feature, table, column, made, input }, at));
    return true;
  }

  /** The way back to where a component reads rows with a time and makes rows without; undefined if there is none. */
  private pathTo(id: string): Path | undefined {
    if (this.paths.has(id)) return this.paths.get(id);
    // A circle, which is reported elsewhere, ends here.
    this.paths.set(id, undefined);
    const path = this.search(id);
    this.paths.set(id, path);
    return path;
  }

  private search(id: string): Path | undefined {
    const { facts } = this;
    const own = tableOf(facts.draft, splitId(id).table);
    // The features of a view with a moment are judged where they are computed.
    if (!own || own.kind === 'source' || (own.kind === 'view' && own.eventTime !== null)) return undefined;
    for (const edge of facts.edgesInto(id)) {
      const from = tableOf(facts.draft, splitId(edge.from).table);
      if (edge.via === 'component' && from?.eventTime && own.eventTime === null) return [edge];
      const further = from?.eventTime ? undefined : this.pathTo(edge.from);
      if (further) return [edge, ...further];
    }
    return undefined;
  }
}
