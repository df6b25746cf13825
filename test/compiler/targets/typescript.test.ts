import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Feature, Plan, SchemaColumn } from '../../../compiler/plan/plan.ts';
import { transpile, typescript } from '../../../compiler/targets/typescript/index.ts';
import { importModule, typeCheck } from '../../support/program-check.ts';
import { fixturePlan } from '../../support/target-plans.ts';

const penguins = fixturePlan('penguins');
const flights = fixturePlan('flights');

test('generated programs, hostile names among them, pass tsc --strict', async () => {
  const programs = {
    penguins: await typescript.emit(penguins, {}),
    flights: await typescript.emit(flights, {}),
    hostile: await typescript.emit(hostilePlan(), {}),
  };
  assert.is(await typeCheck(programs), '');
});

test('tsc does find a fault', async () => {
  const files = await typescript.emit(penguins, {});
  const broken = files.map(f =>
    f.path === 'features/measured.ts' ? { ...f, text: f.text.replace('row.Island', 'row.Isle') } : f,
  );
  assert.match(await typeCheck({ broken }), /Property 'Isle' does not exist/);
});

test('nothing is any, every declaration names its place in the spec, every file names the plan', async () => {
  for (const file of await typescript.emit(flights, {})) {
    if (file.path === 'plan.json') continue;
    assert.ok(file.text.includes(flights.hash), file.path);
    if (!file.path.endsWith('.ts')) continue;
    assert.not.ok(
      /(?<!\.)\bany\b|@ts-|as unknown/.test(file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
      file.path,
    );
    if (/^(features|validations)\/|^(schemas|graph)\.ts$/.test(file.path))
      assert.match(file.text, /\/\/ flights\.mlp:\d+/, file.path);
  }
});

test('the same plan gives the same bytes', async () => {
  assert.equal(await typescript.emit(flights, {}), await typescript.emit(structuredClone(flights), {}));
});

test('a feature function computes one row', async () => {
  type Departure = { departure(row: object, context: object): object; departureLabels(row: object): object };
  const { departure, departureLabels } = await importModule<Departure>(
    await typescript.emit(flights, {}),
    'features/departure.ts',
  );
  const row = { origin: 'ORD', distance: 1846, date: Date.UTC(2001, 2, 1, 18, 15) * 1000 };
  const expected = {
    origin: 'ORD',
    hour: 18,
    peak: true,
    miles: Math.log1p(1846),
    state: 'IL',
    recent_delay: 31,
  };
  const { weekday, ...got } = departure(row, { home: { state: 'IL' }, recentDelay: 31 }) as Record<
    string,
    unknown
  >;
  assert.equal(got, expected);
  assert.match(String(weekday), /^thursday$/i);
  const none = departure(row, { home: null, recentDelay: null }) as Record<string, unknown>;
  assert.equal([none['state'], none['recent_delay']], ['unknown', 0]);
  assert.equal(
    [departureLabels({ delay: 15 }), departureLabels({ delay: 16 })],
    [{ late: false }, { late: true }],
  );
});

test('as JavaScript, the program has no types left and the same documentation', async () => {
  const files = await transpile(await typescript.emit(penguins, {}));
  const measured = files.find(f => f.path === 'features/measured.js')!.text;
  assert.not.match(measured, /interface|: Measured/);
  assert.match(measured, /The features of `Measured`/);
  assert.match(files.find(f => f.path === 'main.js')!.text, /from 'mlp-runtime'/);
  assert.ok(files.some(f => f.path === 'plan.json') && files.some(f => f.path === 'package.json'));
  assert.not.ok(files.some(f => f.path.endsWith('.ts') || f.path === 'tsconfig.json'));
});

test('packages that sources read are dependencies, in the version that is installed', async () => {
  const read = async (options: object) =>
    JSON.parse((await typescript.emit(penguins, options)).find(f => f.path === 'package.json')!.text) as {
      dependencies: Record<string, string>;
    };
  assert.is(
    (await read({ packageVersions: { 'vega-datasets': '3.2.1', other: '1.0.0' } })).dependencies[
      'vega-datasets'
    ],
    '3.2.1',
  );
  assert.equal(Object.keys((await read({})).dependencies), ['mlp-runtime']);
});

/** The penguins with every name, member and comment that could end a literal, a comment or a line. */
function hostilePlan(): Plan {
  const awkward = [
    "it's",
    ['a`b$', '{c}'].join(''),
    '*/ x',
    'class',
    'row',
    'new\nline',
    '__proto__',
    'constructor',
    '\u2028',
    '7',
    'x',
    '',
  ];
  const schema = penguins.schemas['Penguin']!;
  const view = penguins.views['Measured']!;
  const string = { kind: 'string', optional: false } as const;
  const members = { kind: 'enum', optional: true, enum: 'a`b*/', members: awkward } as const;
  const columns: SchemaColumn[] = awkward.map((name, i) => ({
    ...{
      name,
      type: i % 2 ? members : string,
      known: { latest: [] },
      tags: [name],
      doc: `${name} */ end\r\n${name}`,
      at: 0,
    },
  }));
  const features: Feature[] = awkward.map((name, i) => ({
    ...{
      name,
      label: i === 0,
      type: i % 2 ? members : string,
      known: { latest: [] },
      tags: [],
      text: `${name}\n*/`,
      doc: `*/ ${name}`,
      at: 0,
    },
    expr: { op: 'column', of: 'row', column: name, type: i % 2 ? members : string, at: 0 },
  }));
  const validation = penguins.validations['penguins_sound']!;
  const deployment = {
    ...flights.deployments['lateness_api']!,
    serves: 'species',
    doc: '*/ process.exit(1)',
  };
  return {
    ...penguins,
    files: ['a\nb */.mlp'],
    positions: [{ file: 'a\nprocess.exit(1) */', line: 1, column: 1, endLine: 1, endColumn: 2 }],
    schemas: { ...penguins.schemas, 'Pen`guin */': { ...schema, columns, doc: '*/ process.exit(1) /*' } },
    sources: {
      ...penguins.sources,
      'pen`guins\n': { ...penguins.sources['penguins']!, schema: 'Pen`guin */' },
    },
    views: {
      ...penguins.views,
      'default */': { ...view, source: 'pen`guins\n', features, request: awkward, doc: '*/' },
    },
    deployments: Object.fromEntries(
      ['client`s */', 'http', 'service_client', 'call_options', '', '7'].map(name => [name, deployment]),
    ),
    validations: {
      ...penguins.validations,
      'in\n`*/': {
        ...validation,
        on: 'pen`guins\n',
        rules: validation.rules.map(r => ({ ...r, text: ['*/ `$', '{x}'].join('') })),
      },
    },
  };
}

test.run();
