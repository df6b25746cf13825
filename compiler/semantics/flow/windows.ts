import type { Fix } from '../../diagnostics/diagnostic.ts';
import { flowMessages } from '../../diagnostics/messages/flow.ts';
import type { Pieces } from '../../pieces.ts';
import { durationText } from '../../plan/build/text.ts';
import { writtenAlias } from '../../plan/expression.ts';
import { delayOf } from '../../plan/known.ts';
import type { Expr, Feature, FeatureView, Join, Known, WindowExpr } from '../../plan/plan.ts';
import { tableOf } from '../../plan/reads.ts';
import { children } from '../../plan/walk.ts';
import type { FlowFacts } from './facts.ts';
import { originLabels } from './origin.ts';

export function windowsIn(expr: Expr): readonly WindowExpr[] {
  const inside = children(expr);
  let found: WindowExpr[] | undefined = expr.op === 'window' ? [expr] : undefined;
  for (let i = 0; i < inside.length; i++) {
    const deeper = windowsIn(inside[i]!);
    if (deeper.length > 0) found = found ? [...found, ...deeper] : [...deeper];
  }
  return found ?? noWindows;
}
const noWindows: readonly WindowExpr[] = [];

/** Family 3, other rows: what can never be known in time, what looks ahead where it must not, what has no T. */
export function* checkWindows(facts: FlowFacts): Pieces<void> {
  for (const [name, view] of Object.entries(facts.draft.views)) {
    yield;
    for (const join of view.joins) checkJoin(join, name, view, facts);
    for (const feature of view.features)
      for (const window of windowsIn(feature.expr)) checkWindow(window, feature, name, view, facts);
  }
}

function checkWindow(
  window: WindowExpr,
  feature: Feature,
  name: string,
  view: FeatureView,
  facts: FlowFacts,
): void {
  if (view.moment === null) {
    noMoment(window.at, 'window', window.table, name, view, facts);
    return;
  }
  if (window.direction === 'next') {
    if (!feature.label) ahead(window, feature, facts);
    return;
  }
  const delay = delayOf(window.known);
  // A length of nothing is told as such.
  if (delay === 0 || window.length === 0 || window.length > delay) return;
  const value = lateColumn(window, delay, facts);
  const longer = durationText(longerThan(delay));
  const causes = causesOf(window.known, value, window.table, name, facts);
  const at = facts.at(window.lengthAt ?? window.at, causes, {
    fixes: lengthened(window.lengthAt, longer, facts),
  });
  if (!at) return;
  facts.diagnostics.push(
    flowMessages.emptyWindow(
      {
        value: value === undefined ? `a row of \`${window.table}\`` : `\`${value}\``,
        length: durationText(window.length),
        delay: durationText(delay),
        longer,
      },
      at,
    ),
  );
}

/** A length that leaves most of the window filled: a week, or for longer delays some of them. */
const longerThan = (delay: number): number => {
  const day = 86_400_000;
  return delay * 3 <= 7 * day ? 7 * day : Math.ceil((3 * delay) / day) * day;
};

/** The column that is known last, as it is written. */
function lateColumn(window: WindowExpr, delay: number, facts: FlowFacts): string | undefined {
  const table = tableOf(facts.draft, window.table);
  const names = (expr: Expr): string[] =>
    expr.op === 'column' ? [expr.column] : children(expr).flatMap(names);
  const read = [window.value, window.where].flatMap(expr => (expr ? names(expr) : []));
  return read.find(name => delayOf(table?.columns.get(name)?.known ?? { latest: [] }) === delay);
}

/** The written length, made longer. Only the author knows how far back the question goes. */
function lengthened(at: number | undefined, longer: string, facts: FlowFacts): Fix[] {
  const place = at === undefined ? undefined : facts.place(at);
  return place ? [{ title: `write ${longer}`, edits: [{ ...place, text: longer }], safe: false }] : [];
}

/** Why the rows of a table are known so late: the way back from the column that is known last, if one is. */
function causesOf(known: Known, column: string | undefined, table: string, view: string, facts: FlowFacts) {
  const moment = known.latest.find(m => m.base === 'event');
  const cell = column === undefined ? undefined : tableOf(facts.draft, table)?.columns.get(column);
  const own = cell?.known.latest.find(m => m.base === 'event' && m.offset === moment?.offset);
  if (cell && own) return originLabels(cell.id, own, view, facts);
  const source = facts.draft.sources[table];
  if (source && source.lag > 0)
    return [facts.label(source.at, `rows of \`${table}\` arrive up to ${durationText(source.lag)} late`)];
  return [facts.label(moment?.at ?? tableOf(facts.draft, table)?.at, `\`${table}\` is known so late`)];
}

function ahead(window: WindowExpr, feature: Feature, facts: FlowFacts): void {
  const at = facts.at(window.at, [
    facts.label(feature.at, `\`${feature.name}\` is a feature, known when the prediction is made`),
  ]);
  if (at)
    facts.diagnostics.push(
      flowMessages.looksAhead({ feature: feature.name, length: durationText(window.length) }, at),
    );
}

function checkJoin(join: Join, name: string, view: FeatureView, facts: FlowFacts): void {
  const other = tableOf(facts.draft, join.table);
  if (!other) return;
  if (other.eventTime !== null && view.moment === null) {
    noMoment(join.at, 'join', join.table, name, view, facts);
    return;
  }
  if (join.asOf && other.kind === 'view') checkViewKey(join, other.key, facts);
  if (!join.asOf || join.asOf.within === null) return;
  const delay = delayOf(join.asOf.known);
  if (join.asOf.within >= delay) return;
  const longer = durationText(longerThan(delay));
  const late = [...other.columns.keys()].filter(
    column => delayOf(other.columns.get(column)!.known) === delay,
  );
  const latest =
    late.find(name => name !== other.eventTime && !join.on.some(on => on.other === name)) ?? late[0];
  const causes = causesOf(join.asOf.known, latest, join.table, name, facts);
  const { withinAt } = join.asOf;
  const at = facts.at(withinAt ?? join.at, causes, { fixes: lengthened(withinAt, longer, facts) });
  if (!at) return;
  facts.diagnostics.push(
    flowMessages.emptyJoin(
      {
        alias: writtenAlias(join.alias),
        within: durationText(join.asOf.within),
        delay: durationText(delay),
        longer,
      },
      at,
    ),
  );
}

/** At one moment a view has a row for every key, so a join on less than its key may match several. */
function checkViewKey(join: Join, key: readonly string[], facts: FlowFacts): void {
  const rest = key.filter(column => !join.on.some(on => on.other === column));
  if (rest.length === 0 || join.on.length === 0) return;
  const at = facts.at(join.at, [
    facts.label(
      facts.view(join.table)?.at,
      `a row of \`${join.table}\` is told by ${key.map(k => `\`${k}\``).join(', ')}`,
    ),
  ]);
  if (at)
    facts.diagnostics.push(
      flowMessages.joinsPartOfKey({ view: join.table, alias: writtenAlias(join.alias), rest }, at),
    );
}

function noMoment(
  where: number,
  what: 'window' | 'join',
  table: string,
  name: string,
  view: FeatureView,
  facts: FlowFacts,
): void {
  const at = facts.at(where, [facts.label(view.at, `\`${name}\` has no moment of prediction`)]);
  if (at) facts.diagnostics.push(flowMessages.noMoment({ what, table, view: name, source: view.source }, at));
}
