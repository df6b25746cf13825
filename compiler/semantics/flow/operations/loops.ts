import type { Label } from '../../../diagnostics/diagnostic.ts';
import { triggersMessages } from '../../../diagnostics/messages/operations.ts';
import type { Pipeline, PlanTrigger, Setting } from '../../../plan/plan.ts';
import { tableOf } from '../../../plan/reads.ts';
import { tablesOf } from '../../../plan/tables.ts';
import type { Operations } from './facts.ts';

/** One step from what a pipeline does to what starts the next one. */
interface Link {
  readonly to: string;
  /** From the pipeline to what starts the other: `lateness_api`, `lateness_watch`. */
  readonly through: readonly string[];
  readonly trigger: PlanTrigger;
}

/** Pipelines that start themselves, or each other in a circle, with no pause in it; and triggers that never come. */
export function checkLoops(facts: Operations): void {
  const pipelines = Object.entries(facts.draft.pipelines);
  if (pipelines.length === 0) return;
  for (const [, pipeline] of pipelines) neverAlerts(facts, pipeline);
  const waiting = pipelines.filter(
    ([, { cooldown, triggers }]) => cooldown === null && triggers.some(starts),
  );
  if (waiting.length === 0) return;
  const links = new Map(waiting.map(([name, pipeline]) => [name, linksFrom(facts, pipeline, waiting)]));
  const told = new Set<string>();
  for (const [name] of waiting) {
    const circle = circleFrom(name, links);
    const key = circle && [...new Set(circle.map(link => link.to))].sort().join('\0');
    if (!circle || !key || told.has(key)) continue;
    told.add(key);
    tell(facts, name, circle);
  }
}

const starts = ({ kind }: PlanTrigger): boolean => kind === 'alert' || kind === 'new_rows';

function neverAlerts(facts: Operations, { triggers }: Pipeline): void {
  for (const trigger of triggers) {
    const monitor = trigger.kind === 'alert' ? facts.draft.monitors[trigger.monitor] : undefined;
    if (trigger.kind !== 'alert' || !monitor || monitor.rules.length === 0) continue;
    if (monitor.rules.some(rule => rule.severity === 'alert')) continue;
    const cause = facts.flow.label(monitor.rules[0]!.at, 'only a warning');
    const at = facts.flow.at(trigger.at, [cause]);
    if (at) facts.flow.diagnostics.push(triggersMessages.neverAlerts({ monitor: trigger.monitor }, at));
  }
}

function linksFrom(
  { draft }: Operations,
  pipeline: Pipeline,
  waiting: readonly (readonly [string, Pipeline])[],
): readonly Link[] {
  return waiting.flatMap(([to, { triggers }]) =>
    triggers.flatMap((trigger): Link[] => {
      const through =
        trigger.kind === 'alert'
          ? watchedBy(draft, pipeline, trigger.monitor)
          : trigger.kind === 'new_rows'
            ? writtenBy(draft, pipeline, trigger.source)
            : undefined;
      return through ? [{ to, through, trigger }] : [];
    }),
  );
}

type Draft = Operations['draft'];

/** A pipeline makes what a monitor watches: it deploys it, or trains the model that is served there. */
function watchedBy(draft: Draft, { goals }: Pipeline, name: string): readonly string[] | undefined {
  const monitor = draft.monitors[name];
  const deployment = monitor && draft.deployments[monitor.deployment];
  if (!monitor || !deployment) return undefined;
  if (goals.includes(monitor.deployment)) return [monitor.deployment, name];
  return goals.includes(deployment.serves) ? [deployment.serves, monitor.deployment, name] : undefined;
}

/** A pipeline writes the rows that it waits for: a sink and a source at one address. */
function writtenBy(draft: Draft, { goals }: Pipeline, name: string): readonly string[] | undefined {
  const from = addressOf(draft.sources[name]?.from.args);
  if (from === undefined) return undefined;
  for (const goal of goals) {
    const sink = draft.deployments[goal]?.score?.sink;
    if (sink !== undefined && addressOf(draft.sinks[sink]?.to.args) === from) return [goal, sink, name];
  }
  return undefined;
}

const addressOf = (args: Readonly<Record<string, Setting>> | undefined): string | undefined =>
  typeof args?.['path'] === 'string' ? args['path'] : undefined;

/** The shortest way from a pipeline back to itself. */
function circleFrom(name: string, links: ReadonlyMap<string, readonly Link[]>): readonly Link[] | undefined {
  const seen = new Set<string>();
  let front: readonly (readonly Link[])[] = [[]];
  while (front.length > 0) {
    const next: (readonly Link[])[] = [];
    for (const way of front)
      for (const link of links.get(way.at(-1)?.to ?? name) ?? []) {
        if (link.to === name) return [...way, link];
        if (seen.has(link.to)) continue;
        seen.add(link.to);
        next.push([...way, link]);
      }
    front = next;
  }
  return undefined;
}

function tell(facts: Operations, name: string, circle: readonly Link[]): void {
  const { draft, flow } = facts;
  const path = [name, ...circle.flatMap(({ through, to }) => [...through, to])];
  const steps: (Label | undefined)[] = path.slice(1, -1).map((step, i) => {
    const at = draft.monitors[step]?.at ?? draft.deployments[step]?.at ?? draft.models[step]?.at;
    const other = draft.sinks[step]?.at ?? draft.sources[step]?.at ?? draft.pipelines[step]?.at;
    return flow.label(at ?? other, i === 0 ? `made by \`${name}\`` : `follows \`${path[i]}\``);
  });
  const last = circle.at(-1)!.trigger;
  const at = flow.at(last.at, steps);
  if (at) flow.diagnostics.push(triggersMessages.loop({ path }, at));
}

/** Tables that the goals of a pipeline, or any goals, read. */
export function tablesRead(draft: Draft, goals: readonly string[]): ReadonlySet<string> {
  const read = new Set<string>();
  const table = (name: string): void => {
    if (read.has(name) || !tableOf(draft, name)) return;
    read.add(name);
    const view = draft.views[name];
    for (const other of view ? tablesOf(view) : Object.values(draft.components[name]?.inputs ?? {}))
      table(other);
  };
  for (const goal of goals) {
    const deployment = draft.deployments[goal];
    const models = [deployment?.serves, deployment?.shadow, goal];
    for (const model of models) for (const view of draft.models[model ?? '']?.views ?? []) table(view);
    if (deployment?.score) table(deployment.score.source);
    table(goal);
  }
  return read;
}
