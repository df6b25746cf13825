import type { Plan, Step, StepInput, ValueNode } from './plan.ts';
import { dependenciesOf, type GoalSteps } from './steps.ts';

/** Steps by the earliest layer in which they can run: all that a step reads lies in earlier ones. */
export function layersOf(steps: readonly Step[]): Step[][] {
  const layer = new Map<string, number>();
  const layers: Step[][] = [];
  for (const step of steps) {
    const own = Math.max(0, ...dependenciesOf(step).map(id => (layer.get(id) ?? -1) + 1));
    layer.set(step.id, own);
    while (layers.length <= own) layers.push([]);
    layers[own]!.push(step);
  }
  return layers;
}

const inputText = (input: StepInput): string =>
  'from' in input ? `${input.from}.${input.output}` : `${input.external} of ${input.of}`;

/** The work as text: layer by layer, under each step what it reads and what it waits for. */
export function stepGraphText(plan: Plan, goal?: GoalSteps): string {
  const beyond = new Set(goal?.beyond.map(step => step.id));
  const steps = goal
    ? plan.steps.filter(s => beyond.has(s.id) || goal.needed.some(n => n.id === s.id))
    : plan.steps;
  const lines: string[] = [];
  for (const [i, layer] of layersOf(steps).entries()) {
    if (i > 0) lines.push('');
    for (const step of layer) {
      lines.push(`${step.id}${beyond.has(step.id) ? '  (beyond the goal)' : ''}`);
      for (const input of step.inputs) lines.push(`  <- ${inputText(input)}`);
      for (const id of step.after) lines.push(`  after ${id}`);
    }
  }
  return lines.length === 0 ? 'the spec has no steps\n' : `${lines.join('\n')}\n`;
}

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
] as const;
function durationText(milliseconds: number): string {
  const [factor, unit] =
    units.find(([f]) => Math.abs(milliseconds) >= f && milliseconds % f === 0) ?? units[4];
  return `${milliseconds / factor}${unit}`;
}

/** From when a value is known: `event + 12h`. */
export function knownText(node: ValueNode): string {
  const moments = node.known.latest.map(({ base, column, offset }) => {
    const name = base === 'column' ? (column ?? '') : base === 'at' ? 'T' : 'event';
    return offset === 0 ? name : `${name} ${offset < 0 ? '-' : '+'} ${durationText(Math.abs(offset))}`;
  });
  return moments.length === 0
    ? 'always'
    : moments.length === 1
      ? moments[0]!
      : `latest of ${moments.join(', ')}`;
}

/** Every value as text: from when it is known, its tags, and what it is computed from. */
export function valueGraphText(plan: Plan): string {
  const lines: string[] = [];
  let table = '';
  for (const node of plan.graph.nodes) {
    const own = node.id.split('.')[0]!;
    if (own !== table && lines.length > 0) lines.push('');
    table = own;
    const tags = node.tags.length > 0 ? `  [${node.tags.join(', ')}]` : '';
    lines.push(`${node.id}  known ${knownText(node)}${tags}`);
    for (const edge of plan.graph.edges)
      if (edge.to === node.id)
        lines.push(
          `  <- ${edge.from}${edge.via === 'row' ? '' : `  ${edge.via}`}${edge.alias ? ` ${edge.alias}` : ''}`,
        );
  }
  return lines.length === 0 ? 'the spec has no values\n' : `${lines.join('\n')}\n`;
}
