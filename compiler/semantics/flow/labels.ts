import type { Fix } from '../../diagnostics/diagnostic.ts';
import { labelMessages } from '../../diagnostics/messages/labels.ts';
import { durationText } from '../../plan/build/text.ts';
import type { Feature, FeatureView, ValueEdge, WindowExpr } from '../../plan/plan.ts';
import { splitId } from '../../plan/reads.ts';
import { joinOf } from './cells.ts';
import type { FlowFacts } from './facts.ts';
import { windowsIn } from './windows.ts';
import { predicts } from './words.ts';

/**
 * Family 4: a label that is computed from nothing but rows known before the prediction, by windows over the past and
 * look-ups as of T. `told`: labels of which a leak was reported, for the same reason.
 */
export function checkLabels(facts: FlowFacts, told: ReadonlySet<string>): void {
  for (const [name, view] of Object.entries(facts.draft.views)) {
    if (view.moment === null) continue;
    for (const feature of view.features) {
      const id = `${name}.${feature.name}`;
      if (!feature.label || told.has(id)) continue;
      const past = readsOfPast(feature, name, view, facts);
      if (past) report(feature, name, view, past, facts);
    }
  }
}

/** What a label reads itself, if all of it leads to rows of the past; else undefined. */
function readsOfPast(label: Feature, name: string, view: FeatureView, facts: FlowFacts): Past | undefined {
  const seen = new Set<string>();
  const isPast = (edge: ValueEdge): boolean => {
    if (edge.via === 'window') return true;
    if (edge.via === 'join' || edge.via === 'view') return Boolean(joinOf(edge, facts)?.asOf);
    const { table, column } = splitId(edge.from);
    const own = edge.via === 'row' && edge.alias === undefined && table === name;
    const feature = own ? view.features.find(f => f.name === column) : undefined;
    if (!feature) return false;
    return seen.has(column) || of(feature) !== undefined;
  };
  const of = (feature: Feature): Past | undefined => {
    seen.add(feature.name);
    const windows = windowsIn(feature.expr);
    if (windows.some(({ direction }) => direction === 'next')) return undefined;
    const reads = facts.edgesInto(`${name}.${feature.name}`).filter(({ via }) => via !== 'key');
    // A window that counts the rows of a view reads no value of theirs.
    if (windows.length === 0 && reads.length === 0) return undefined;
    return reads.every(isPast) ? { windows, reads } : undefined;
  };
  return of(label);
}

interface Past {
  readonly windows: readonly WindowExpr[];
  readonly reads: readonly ValueEdge[];
}

function report(
  feature: Feature,
  name: string,
  view: FeatureView,
  { windows, reads }: Past,
  facts: FlowFacts,
): void {
  const [first, ...others] = windows;
  const labels = [
    ...others.map(window => facts.label(window.lengthAt ?? window.at, 'this looks back too')),
    facts.label(view.at, `\`${name}\` predicts ${predicts(view)}`),
  ];
  const at = facts.at(first ? (first.lengthAt ?? first.at) : (reads[0]?.at ?? feature.at), labels, {
    fixes: turned(windows, reads, facts),
  });
  const args = {
    label: feature.name,
    moment: predicts(view),
    length: first && durationText(first.length),
    read: reads[0] ? facts.shown(reads[0].from, name) : '',
    ahead: reads[0] && aheadOf(reads[0], facts),
  };
  if (at) facts.diagnostics.push(labelMessages.ofThePast(args, at));
}

/** What a look-up as of T reads, aggregated over the rows that come after it. */
function aheadOf(read: ValueEdge, facts: FlowFacts): string | undefined {
  const join = joinOf(read, facts);
  const type = facts.node(read.from)?.type.kind;
  const { table, column } = splitId(read.from);
  const by = join?.on.map(({ own, other }) =>
    own.op === 'column' && own.column === other ? other : undefined,
  );
  if (!type || !by || by.length === 0 || by.includes(undefined)) return undefined;
  const aggregate = type === 'bool' ? 'any' : type === 'int' || type === 'float' ? 'sum' : 'last';
  const keys = by.length === 1 ? by[0] : `(${by.join(', ')})`;
  return `${aggregate}(${column} of ${table} over next 30d by ${keys})`;
}

/** The written windows with `next`, where the label reads nothing else. */
function turned(windows: readonly WindowExpr[], reads: readonly ValueEdge[], facts: FlowFacts): Fix[] {
  if (reads.some(({ via }) => via !== 'window')) return [];
  const edits = windows.flatMap(window => {
    const place = window.lengthAt === undefined ? undefined : facts.place(window.lengthAt);
    if (!place) return [];
    const { start } = place.span;
    return [{ file: place.file, span: { start, end: start }, text: 'next ' }];
  });
  return edits.length > 0 ? [{ title: 'look ahead: write `next`', edits, safe: false }] : [];
}
