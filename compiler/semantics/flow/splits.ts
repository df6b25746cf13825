import { flowMessages } from '../../diagnostics/messages/flow.ts';
import { durationText } from '../../plan/build/text.ts';
import type { Feature, FeatureView, Model, WindowExpr } from '../../plan/plan.ts';
import { splitId, tableOf } from '../../plan/reads.ts';
import type { FlowFacts } from './facts.ts';
import { windowsIn } from './windows.ts';

/** Family 4: how the rows of a model are told apart must respect their time. */
export function checkSplits(facts: FlowFacts): void {
  for (const [name, model] of Object.entries(facts.draft.models)) {
    checkRandom(name, model, facts);
    checkDistance(model, facts);
  }
}

function checkRandom(name: string, model: Model, facts: FlowFacts): void {
  const { split } = model;
  const view = model.views.map(v => facts.view(v)).find(v => v !== undefined && v.moment !== null);
  if (split?.by !== 'hash' || !view) return;
  const column = view.moment?.kind === 'column' ? view.moment.column : 'time';
  const place = facts.place(split.at);
  if (!place) return;
  const eventTime = view.eventTime ?? column;
  const declared = tableOf(facts.draft, view.source)?.columns.get(eventTime)?.at;
  const fix = { title: `split by ${column}`, edits: [{ ...place, text: column }], safe: false };
  const at = facts.at(split.at, [facts.label(declared, 'the rows have a time')], { fixes: [fix] });
  if (at)
    facts.diagnostics.push(flowMessages.splitAtRandom({ model: name, column, source: view.source }, at));
}

/** The farthest that a label looks ahead, itself or through other features of its view. */
function farthest(
  name: string,
  view: FeatureView,
  feature: Feature,
  facts: FlowFacts,
): WindowExpr | undefined {
  const seen = new Set<string>();
  const search = (current: Feature): WindowExpr[] => {
    if (seen.has(current.name)) return [];
    seen.add(current.name);
    const own = windowsIn(current.expr).filter(window => window.direction === 'next');
    const read = facts
      .edgesInto(`${name}.${current.name}`)
      .filter(edge => edge.via === 'row' && edge.alias === undefined)
      .flatMap(edge => view.features.find(f => f.name === splitId(edge.from).column) ?? []);
    return [...own, ...read.flatMap(search)];
  };
  return search(feature).sort((a, b) => b.length - a.length)[0];
}

function checkDistance(model: Model, facts: FlowFacts): void {
  const view = facts.view(model.label.view);
  const label = view?.features.find(f => f.name === model.label.name);
  const window = view && label && farthest(model.label.view, view, label, facts);
  if (!label || !window) return;
  for (const part of model.split?.parts ?? []) {
    if (part.last === null || part.last >= window.length || part.at === undefined) continue;
    const at = facts.at(part.at, [
      facts.label(window.lengthAt ?? window.at, `the label \`${label.name}\` looks this far ahead`),
    ]);
    if (!at) continue;
    const args = {
      part: part.part,
      length: durationText(part.last),
      label: label.name,
      ahead: durationText(window.length),
    };
    facts.diagnostics.push(flowMessages.labelBeyondPart(args, at));
  }
}
