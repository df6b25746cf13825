import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../compiler/index.ts';
import type { Feature, Plan, SchemaColumn } from '../../../compiler/plan/plan.ts';
import type { OutputFile } from '../../../compiler/targets/target.ts';
import { transpile, typescript } from '../../../compiler/targets/typescript/index.ts';
import { importModule, typeCheck } from '../../support/program-check.ts';
import { compileText, memoryHost, root, specsIn } from '../../support/specs.ts';
import { fixturePlan } from '../../support/target-plans.ts';

const penguins = fixturePlan('penguins');
const flights = fixturePlan('flights');

/** The programs of the repository's own examples. */
const examples = Object.fromEntries(
  ['flights', 'penguins', 'churn', 'levels/0', 'levels/2'].map(name => {
    const { plan } = compile(memoryHost(specsIn(path.join(root, 'examples', name))));
    return [name.replace('/', '-'), plan!] as const;
  }),
);

test('generated programs, hostile names among them, pass tsc --strict', async () => {
  const programs: Record<string, readonly OutputFile[]> = {
    hostile: await typescript.emit(hostilePlan(), {}),
    named: await typescript.emit(compileText(namesakes).plan!, {}),
  };
  for (const [name, plan] of Object.entries(examples)) programs[name] = await typescript.emit(plan, {});
  assert.is(await typeCheck(programs), '');
  const options = programs['flights']!.find(({ path }) => path === 'tsconfig.json')!.text;
  for (const option of ['strict', 'noUncheckedIndexedAccess', 'exactOptionalPropertyTypes'])
    assert.match(options, `"${option}": true`);
});

/** Schemas, columns and features that are called as what the runtime gives a file. */
const namesakes = `import std.sources { csv }
schema DAY { at: datetime @event_time  hour: duration  day: float  lift: int? }
schema JoinRead { at: datetime @event_time  x: float  DAY: float }
source days: DAY = csv("days.csv")
source others: JoinRead = csv("others.csv")
features WindowRead from days at at {
  HOUR = hour > 2h
  DAY = mean(x of others over 36h)
  functions = (lift + 1) * 2
}
`;

test('what is long is broken into lines, what is a duration is written as one', async () => {
  for (const [name, plan] of Object.entries(examples))
    for (const { path, text } of await typescript.emit(plan, {})) {
      if (!path.endsWith('.ts') || path === 'clients/http.ts') continue;
      const lines = text.replace(/^export const sql = `[\s\S]*?`;$/m, '').split('\n');
      const long = lines.filter(line => line.length > 120);
      assert.equal(long, [], `${name}: ${path}`);
      if (path.startsWith('features/'))
        assert.not.match(lines.join('\n'), /(after|length|within|every): \d{4}/, `${name}: ${path}`);
    }
  const { plan } = compileText(namesakes);
  const files = await typescript.emit(plan!, {});
  const { text } = files.find(({ path }) => path === 'features/window-read.ts')!;
  assert.match(text, 'const hour = row.hour > 2 * HOUR;');
  assert.match(text, 'length: 36 * HOUR,');
  // One function of what may be missing, not one within another.
  assert.match(text, 'lift(x => multiplyInt(addInt(x, 1), 2), row.lift)');
});

test('the graph of a program is what it does: a step that is changed there is another', async () => {
  const files = await typescript.emit(flights, {});
  const changed = files.map(file =>
    file.path === 'graph.ts'
      ? { ...file, text: file.text.replace('timeout: null', 'timeout: 60_000') }
      : file,
  );
  const planOf = async (of: readonly OutputFile[]) =>
    (await importModule<{ plan: Plan }>(of, 'plan.ts')).plan;
  assert.equal((await planOf(files)).steps, flights.steps);
  assert.equal(
    (await planOf(changed)).steps.map(({ timeout }) => timeout),
    [60_000, ...flights.steps.slice(1).map(({ timeout }) => timeout)],
  );
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
