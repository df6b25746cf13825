import { graphlib, layout } from '@dagrejs/dagre';
import type { Plan, StepKind, ValueEdge } from './plan.ts';
import { knownText } from './print-graph.ts';
import type { GoalSteps } from './steps.ts';

/**
 * Graphs as SVG without scripts: laid out by dagre, so the same plan gives the same picture. Colours are classes that
 * follow the reader's light or dark theme. Import it only when a picture is asked for.
 */

interface Box {
  readonly id: string;
  /** First line, the larger. */
  readonly title: string;
  readonly note: string;
  readonly group: string;
  readonly faded: boolean;
  /** What hovering tells. */
  readonly about: string;
}
interface Line {
  readonly from: string;
  readonly to: string;
  readonly style: 'solid' | 'dashed';
  readonly text: string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text inside elements and attributes; what XML cannot hold at all becomes a replacement character. */
export const escapeXml = (text: string): string =>
  text.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd').replace(/[&<>"']/g, c => escapes[c]!);

const characterWidth = 7.2;
const height = 46;
const widthOf = ({ title, note }: Box): number =>
  Math.max(96, Math.ceil(Math.max(title.length * characterWidth, note.length * characterWidth * 0.84)) + 28);

/** Plain colours, no variables: many viewers of SVG know only those. */
const palette = {
  light: { ink: '#1b1f24', soft: '#59636e', line: '#8c959f', paper: '#ffffff' },
  dark: { ink: '#e6edf3', soft: '#9198a1', line: '#6e7681', paper: '#0d1117' },
} as const;
const groupColours = {
  light: { data: '#ddf4ff', work: '#f0f3f6', model: '#dafbe1', gate: '#fff1d6', serve: '#fbefff' },
  dark: { data: '#0c2d4a', work: '#1e252e', model: '#0f3a1d', gate: '#42300a', serve: '#34194f' },
} as const;

function theme(name: 'light' | 'dark'): string {
  const { ink, soft, line, paper } = palette[name];
  const groups = Object.entries(groupColours[name]).map(([group, fill]) => `.${group} { fill: ${fill}; }`);
  return [
    `.mlp-graph { background: ${paper}; } .paper { fill: ${paper}; } .box { stroke: ${line}; } text { fill: ${ink}; } text.note { fill: ${soft}; }`,
    `.line { stroke: ${line}; } .tip { fill: ${line}; } ${groups.join(' ')}`,
  ].join('\n');
}
const style = `
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; } text.note { font-size: 10px; }
.box { stroke-width: 1; } .line { fill: none; stroke-width: 1.25; } .dashed { stroke-dasharray: 5 4; } .faded { opacity: 0.45; }
${theme('light')}
@media (prefers-color-scheme: dark) {
${theme('dark')}
}`;

const round = (x: number): number => Math.round(x * 10) / 10;

interface Point {
  readonly x: number;
  readonly y: number;
}
/** A smooth curve through the points that dagre found: bends are rounded at the middles between them. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first || rest.length === 0) return '';
  const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`;
  const parts = [`M${at(first)}`];
  for (const [i, point] of rest.entries()) {
    const next = rest[i + 1];
    if (!next) parts.push(`L${at(point)}`);
    else parts.push(`Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`);
  }
  return parts.join(' ');
}

function draw(title: string, boxes: readonly Box[], lines: readonly Line[]): string {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 18,
    ranksep: 64,
    marginx: 20,
    marginy: 20,
  });
  for (const box of boxes) graph.setNode(box.id, { width: widthOf(box), height });
  for (const [i, line] of lines.entries()) graph.setEdge(line.from, line.to, {}, String(i));
  layout(graph);
  const size = graph.graph() as { width?: number; height?: number };
  const finite = (x: number | undefined): number =>
    x !== undefined && Number.isFinite(x) ? Math.ceil(x) : 40;
  const [w, h] = [finite(size.width), finite(size.height)];

  const drawnLines = lines.map((line, i) => {
    const { points } = graph.edge({ v: line.from, w: line.to, name: String(i) }) as unknown as {
      points: Point[];
    };
    const dashed = line.style === 'dashed' ? ' dashed' : '';
    return `<path class="line${dashed}" d="${curve(points)}" marker-end="url(#tip)"><title>${escapeXml(line.text)}</title></path>`;
  });
  const drawnBoxes = boxes.map(box => {
    const { x, y, width } = graph.node(box.id) as unknown as { x: number; y: number; width: number };
    const left = round(x - width / 2);
    const top = round(y - height / 2);
    return [
      `<g${box.faded ? ' class="faded"' : ''}><title>${escapeXml(box.about)}</title>`,
      `<rect class="box ${box.group}" x="${left}" y="${top}" width="${width}" height="${height}" rx="7"/>`,
      `<text x="${round(x)}" y="${top + 20}" text-anchor="middle">${escapeXml(box.title)}</text>`,
      `<text class="note" x="${round(x)}" y="${top + 35}" text-anchor="middle">${escapeXml(box.note)}</text></g>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="mlp-graph" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}\n</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0,0.5 L8,4 L0,7.5 z"/></marker></defs>',
    `<rect class="paper" width="${w}" height="${h}"/>`,
    ...drawnLines,
    ...drawnBoxes,
    '</svg>\n',
  ].join('\n');
}

const groups: Readonly<Record<StepKind, string>> = {
  ingest: 'data',
  validate: 'gate',
  component: 'work',
  features: 'work',
  split: 'work',
  tune: 'model',
  train: 'model',
  load: 'model',
  baseline: 'model',
  evaluate: 'gate',
  gate: 'gate',
  register: 'serve',
  score: 'serve',
  write: 'serve',
  deploy: 'serve',
  monitor: 'serve',
};

/** The work: a box a step, an arrow an artifact, dashed where only success is waited for. */
export function stepGraphSvg(plan: Plan, goal?: GoalSteps): string {
  const wanted = goal && new Set([...goal.needed, ...goal.beyond].map(step => step.id));
  const faded = new Set(goal?.beyond.map(step => step.id));
  const steps = plan.steps.filter(step => !wanted || wanted.has(step.id));
  const ids = new Set(steps.map(step => step.id));
  const boxes = steps.map((step): Box => {
    const outside = step.inputs.flatMap(input =>
      'external' in input ? [`${input.external} of ${input.of}`] : [],
    );
    return {
      id: step.id,
      title: step.of,
      note: step.kind,
      group: groups[step.kind],
      faded: faded.has(step.id),
      about: [step.id, ...outside.map(text => `reads ${text}`)].join('\n'),
    };
  });
  const lines = steps.flatMap(step => [
    ...step.inputs.flatMap((input): Line[] =>
      'from' in input && ids.has(input.from)
        ? [{ from: input.from, to: step.id, style: 'solid', text: `${input.output} of ${input.from}` }]
        : [],
    ),
    ...step.after
      .filter(id => ids.has(id))
      .map((id): Line => ({ from: id, to: step.id, style: 'dashed', text: `after ${id}` })),
  ]);
  return draw('Steps', boxes, lines);
}

const dashedEdges: ReadonlySet<ValueEdge['via']> = new Set(['key', 'label']);

/** The values: a box a column, feature or prediction, an arrow what is computed from what. */
export function valueGraphSvg(plan: Plan): string {
  const read = new Set(plan.graph.edges.flatMap(edge => [edge.from, edge.to]));
  const nodes = plan.graph.nodes.filter(node => read.has(node.id));
  const boxes = nodes.map((node): Box => {
    const [table] = node.id.split('.');
    const group = plan.models[node.id] ? 'model' : plan.views[table!] ? 'work' : 'data';
    return {
      id: node.id,
      title: node.id,
      note: [`known ${knownText(node)}`, ...node.tags].join(' · '),
      group: node.tags.includes('label') ? 'gate' : group,
      faded: false,
      about: `${node.id}: ${node.type.kind}${node.type.optional ? '?' : ''}`,
    };
  });
  const lines = plan.graph.edges.map(
    (edge): Line => ({
      from: edge.from,
      to: edge.to,
      style: dashedEdges.has(edge.via) ? 'dashed' : 'solid',
      text: `${edge.via}${edge.alias ? ` ${edge.alias}` : ''}`,
    }),
  );
  return draw('Values', boxes, lines);
}
