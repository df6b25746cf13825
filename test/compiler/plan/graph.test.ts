import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeXml, stepGraphSvg, valueGraphSvg } from '../../../compiler/plan/graph-svg.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { layersOf, stepGraphText, valueGraphText } from '../../../compiler/plan/print-graph.ts';
import { goalSteps } from '../../../compiler/plan/steps.ts';
import { plan, schema, source, string } from '../../support/plan.ts';

const flights: Plan = JSON.parse(
  readFileSync(new URL('../../fixtures/plans/flights.plan.json', import.meta.url), 'utf8'),
);

/** Reads XML strictly enough to find what is not well-formed; gives the texts of elements by name. */
function readXml(xml: string): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  const open: string[] = [];
  let rest = xml.trimEnd();
  while (rest !== '') {
    const tag = rest.match(/^<(\/?)([a-z][\w-]*)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/i);
    const text = rest.match(/^[^<]+/);
    const at = rest.slice(0, 60);
    if (tag) {
      const [whole, end, name, attributes, alone] = tag;
      assert.not.match(attributes!, /&(?!(amp|lt|gt|quot|#39);)/, at);
      if (end) assert.is(open.pop(), name, at);
      else if (!alone) open.push(name!);
      rest = rest.slice(whole.length);
    } else if (text) {
      assert.not.match(text[0], /&(?!(amp|lt|gt|quot|#39);)/, at);
      const name = open[open.length - 1] ?? '';
      texts.set(name, [...(texts.get(name) ?? []), text[0]]);
      rest = rest.slice(text[0].length);
    } else assert.unreachable(at);
  }
  assert.equal(open, []);
  return texts;
}

test('layers: what runs at once', () => {
  assert.equal(
    layersOf(flights.steps).map(layer => layer.map(s => s.id)),
    [
      ['ingest-flights', 'ingest-airports'],
      ['validate-flights-sound'],
      ['features-departure'],
      ['split-lateness'],
      ['tune-lateness', 'baseline-lateness'],
      ['train-lateness'],
      ['evaluate-lateness'],
      ['gate-lateness'],
      ['register-lateness'],
      ['deploy-lateness-api'],
      ['monitor-lateness-watch'],
    ],
  );
});

test('steps as text', () => {
  const text = stepGraphText(flights, goalSteps(flights, 'lateness'));
  assert.ok(
    text.includes(
      'features-departure\n  <- ingest-flights.rows\n  <- ingest-airports.rows\n  after validate-flights-sound\n',
    ),
  );
  assert.ok(text.includes('  <- champion of lateness\n'));
  assert.ok(text.includes('deploy-lateness-api  (beyond the goal)\n'));
  const short = stepGraphText(flights, goalSteps(flights, 'airports'));
  assert.ok(short.startsWith('ingest-airports\n'));
  assert.not.ok(short.includes('ingest-flights\n'));
  assert.is(stepGraphText(plan({})), 'the spec has no steps\n');
});

test('values as text', () => {
  const text = valueGraphText(flights);
  assert.ok(text.includes('flights.delay  known event + 12h\n'));
  assert.ok(
    text.includes(
      'Departure.state  known event\n  <- airports.state  join home\n  <- flights.origin  key home\n',
    ),
  );
  assert.ok(text.includes('Departure.late  known event + 12h  [label]\n  <- flights.delay\n'));
});

test('pictures are well-formed, complete and the same each time', () => {
  const steps = stepGraphSvg(flights, goalSteps(flights, 'lateness'));
  assert.is(steps, stepGraphSvg(structuredClone(flights), goalSteps(flights, 'lateness')));
  const titles = readXml(steps).get('text')!;
  assert.is(titles.filter(t => t === 'lateness').length, 7);
  assert.ok(titles.includes('flights_sound'));
  assert.is(steps.match(/class="faded"/g)?.length, 2);
  assert.is(steps.match(/class="line dashed"/g)?.length, 2);

  const values = valueGraphSvg(flights);
  assert.is(values, valueGraphSvg(structuredClone(flights)));
  assert.ok(readXml(values).get('text')!.includes('Departure.recent_delay'));
  assert.not.match(values, /NaN|undefined|Infinity/);
});

test('names cannot break out of a picture', () => {
  const names = [
    '</text><script>alert(1)</script>',
    `" onload='x' & "`,
    'a\u0000b\ud800',
    '😀 & 日本',
    ']]>',
  ];
  const column = { k: string };
  const drawn = plan({
    schemas: Object.fromEntries(names.map(n => [n, schema(column)])),
    sources: Object.fromEntries(names.map(n => [n, source(n)])),
    graph: {
      nodes: names.map(id => ({ id, type: string, known: { latest: [] }, tags: [], at: 0 })),
      edges: names.map(id => ({ from: id, to: names[0]!, via: 'row', alias: id, at: 0 })),
    },
    steps: names.map((name, i) => ({
      id: `ingest-${i}`,
      kind: 'ingest',
      of: name,
      inputs: [],
      outputs: [],
      after: [],
      resources: null,
      timeout: null,
      retry: null,
      at: 0,
    })),
  });
  for (const svg of [stepGraphSvg(drawn), valueGraphSvg(drawn)]) {
    readXml(svg);
    assert.not.match(svg, /<script|onload='/);
    assert.not.match(svg, /\0/);
  }
  assert.is(escapeXml('a\u0000\ud800b\t😀<'), 'a\ufffd\ufffdb\t😀&lt;');
  assert.match(stepGraphSvg(plan({})), /<svg .*width="40"/);
});

test.run();
