import { flowMessages } from '../../diagnostics/messages/flow.ts';
import type { Pieces } from '../../pieces.ts';
import type { Feature, FeatureView, ValueEdge } from '../../plan/plan.ts';
import { lateOf, splitId } from '../../plan/reads.ts';
import { type Reach, reachOf } from './cells.ts';
import type { FlowFacts } from './facts.ts';
import { instead } from './hints.ts';
import { knownText, predicts, stepLabel } from './words.ts';

/** A feature and a label that one model would be given. */
interface Pair {
  readonly feature: string;
  readonly label: string;
}

/** Every model's features with its label; where no model uses a view yet, all its features with all its labels. */
function pairsOf(facts: FlowFacts): Pair[] {
  const { draft } = facts;
  const models = Object.values(draft.models);
  const pairs: Pair[] = [];
  for (const model of models) {
    const label = `${model.label.view}.${model.label.name}`;
    for (const f of model.features) pairs.push({ feature: `${f.view}.${f.name}`, label });
  }
  const used = new Set(models.flatMap(model => model.views));
  for (const [name, view] of Object.entries(draft.views)) {
    if (used.has(name)) continue;
    const id = (f: Feature): string => `${name}.${f.name}`;
    const labels = view.features.filter(f => f.label);
    for (const f of view.features)
      if (!f.label) for (const l of labels) pairs.push({ feature: id(f), label: id(l) });
  }
  return pairs;
}

/** What a label is computed from. `decided`: nothing of it lies after the moment of prediction. */
interface LabelCells {
  readonly decided: boolean;
  readonly reaches: ReadonlyMap<string, Reach>;
  /** Everything that any of it flows into: only that can leak. */
  readonly touched: ReadonlySet<string>;
}

function labelCells(label: string, facts: FlowFacts): LabelCells {
  const { table, column } = splitId(label);
  const view = facts.view(table);
  const known = view?.features.find(f => f.name === column)?.known ?? { latest: [] };
  const reaches = new Map<string, Reach>([[`label ${label}`, { kind: 'label', id: label, path: [] }]]);
  for (const reach of reachOf(label, facts)) reaches.set(`${reach.kind} ${reach.id}`, reach);
  const touched = flowsFrom([label, ...[...reaches.values()].map(cellOf)], facts);
  return { decided: view !== undefined && lateOf(known, view, facts.draft).length === 0, reaches, touched };
}

/** All values that are computed from any of these in their own row, or through look-ups. */
function flowsFrom(ids: readonly string[], facts: FlowFacts): ReadonlySet<string> {
  const found = new Set(ids);
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop())
    for (const { to, via } of facts.edgesFrom(id))
      if (!elsewhere.has(via) && !found.has(to)) {
        found.add(to);
        queue.push(to);
      }
  return found;
}
/** Edges that lead to other rows, or out of the features. */
const elsewhere: ReadonlySet<ValueEdge['via']> = new Set(['window', 'ahead', 'fitted', 'model', 'label']);

/** The part of the label that a feature's reach hits. */
function hit(reach: Reach, { decided, reaches }: LabelCells): Reach | undefined {
  switch (reach.kind) {
    case 'own':
      // What a label is looked up by decides it as much as what it is computed from.
      return reaches.get(`own ${reach.id}`) ?? reaches.get(`lookup ${reach.id}`);
    case 'key':
    case 'lookup':
      return reaches.get(`own ${reach.id}`);
    case 'label':
      return reaches.get(`label ${reach.id}`);
    case 'other':
    case 'feature':
      // A label that is partly later is not decided by what it is compared with: `delay > recent_delay`.
      return decided ? reaches.get(`${reach.kind} ${reach.id}`) : undefined;
  }
}

/** What was reported, so that it is not reported again as something else. */
interface Reported {
  /** As `feature\0cell`. */
  readonly cells: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** Family 2: a feature that reads, in its own row and through any number of steps, a cell the label is computed from. */
export function* checkLeakage(facts: FlowFacts): Pieces<Reported> {
  const reported = new Set<string>();
  const labels = new Set<string>();
  const leaking = new Set<string>();
  const cells = new Map<string, LabelCells>();
  const touched: Pair[] = [];
  for (const pair of pairsOf(facts)) {
    let labelReach = cells.get(pair.label);
    if (!labelReach) {
      yield;
      labelReach = labelCells(pair.label, facts);
      cells.set(pair.label, labelReach);
    }
    if (labelReach.touched.has(pair.feature)) touched.push(pair);
  }
  yield;
  for (const { feature, label } of inOrder(touched, facts)) {
    yield;
    if (leaking.has(feature)) continue;
    const labelReach = cells.get(label)!;
    // A feature that leaks by itself is reported there, not again in all that read it.
    const reaches = reachOf(feature, facts, id => leaking.has(id));
    const self: Reach = { kind: 'feature', id: feature, path: [] };
    const leak = [...reaches, self]
      .filter(reach => !leaking.has(reach.id))
      .map(reach => ({ reach, target: hit(reach, labelReach) }))
      .find(({ target }) => target !== undefined);
    if (!leak?.target) continue;
    leaking.add(feature);
    labels.add(label);
    for (const reach of reaches)
      if (hit(reach, labelReach))
        for (const id of [cellOf(reach), reach.path[0]?.from]) reported.add(`${feature}\0${id}`);
    report(feature, label, leak.reach, leak.target, facts);
  }
  return { cells: reported, labels };
}

const cellOf = (reach: Reach): string => reach.path[reach.path.length - 1]?.from ?? reach.id;

/** A feature comes after those that it reads, so that the first one to leak is the one reported. */
function inOrder(pairs: readonly Pair[], facts: FlowFacts): Pair[] {
  const depth = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    // A circle, which is reported elsewhere, ends here.
    depth.set(id, 0);
    let below = -1;
    for (const edge of facts.edgesInto(id)) below = Math.max(below, depthOf(edge.from));
    depth.set(id, below + 1);
    return below + 1;
  };
  return pairs
    .map((pair, i) => ({ pair, i, depth: depthOf(pair.feature) }))
    .sort((a, b) => a.depth - b.depth || a.i - b.i)
    .map(({ pair }) => pair);
}

function report(feature: string, label: string, reach: Reach, target: Reach, facts: FlowFacts): void {
  const { table, column } = splitId(feature);
  const view = facts.view(table);
  const own = view?.features.find(f => f.name === column);
  if (!view || !own) return;
  const cell = facts.shown(cellOf(reach), table);
  const labelName = facts.shown(label, table);
  const direct = target.kind === 'label';
  const first = reach.path[0];
  const late = lateness(cellOf(reach), view, facts);
  const labels = [
    ...reach.path.slice(1).map(edge => stepLabel(edge, table, facts)),
    ...(direct
      ? [facts.label(facts.node(label)?.at, `\`${labelName}\` is the label`)]
      : labelSide(target, table, labelName, facts)),
    late,
  ];
  const at = facts.at(first?.at ?? own.at, labels);
  if (!at) return;
  const args = {
    feature: column,
    cell,
    label: labelName,
    through: through(reach, table, facts),
    instead: instead(cellOf(reach), view, facts),
    how: howOf(reach, target),
    without: late === undefined && !direct,
  };
  facts.diagnostics.push(flowMessages.leakage(args, at));
}

function howOf(reach: Reach, target: Reach): 'computed' | 'lookup' | 'label' | 'itself' {
  if (target.kind === 'label') return 'label';
  if (reach.kind === 'feature' && reach.path.length === 0) return 'itself';
  return target.kind === 'lookup' ? 'lookup' : 'computed';
}

/** The label's own path: from the cell up to the label. */
function labelSide(target: Reach, view: string, label: string, facts: FlowFacts) {
  const [first, ...rest] = target.path;
  if (!first) return [];
  const what = rest.length === 0 ? 'it' : `\`${facts.shown(first.from, view)}\``;
  const how = first.via === 'key' ? 'looked up by' : 'computed from';
  return [
    ...rest.map(edge => stepLabel(edge, view, facts)).reverse(),
    facts.label(first.at, `the label \`${label}\` is ${how} ${what}`),
  ];
}

/** When the cell is known, if that is after the prediction: the reason why it cannot be there. */
function lateness(cell: string, view: FeatureView, facts: FlowFacts) {
  if (splitId(cell).table !== view.source) return undefined;
  const node = facts.node(cell);
  const late = node ? lateOf(node.known, view, facts.draft) : [];
  const worst = late[late.length - 1];
  if (!worst) return undefined;
  const name = facts.shown(cell, view.source);
  return facts.label(
    worst.at ?? node?.at,
    `\`${name}\` is known ${knownText(worst, view.eventTime)}, and the prediction is made ${predicts(view)}`,
  );
}

/** Names on the way from the feature to the cell, nearest first. */
function through(reach: Reach, view: string, facts: FlowFacts): string[] {
  return reach.path.slice(0, -1).map(edge => facts.shown(edge.from, view));
}
