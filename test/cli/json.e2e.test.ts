// What commands print with --json is what their schemas say: nothing lacks, and nothing is there that they do not name.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../cli/commands.mjs';
import { staleSchemas } from '../../scripts/json-schemas.ts';
import { example, mlp, project, repository } from './support.ts';

type Json = Readonly<Record<string, unknown>>;
const ajv = new Ajv({ allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

/** The same schema without room for properties that it does not name: what is undocumented is a fault. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return copy['type'] === 'object' && copy['properties'] && copy['additionalProperties'] === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

function validator(command: string): ValidateFunction {
  const known = validators.get(command);
  if (known) return known;
  const file = path.join(repository, 'docs/json', `${command}.schema.json`);
  const made = ajv.compile(closed(JSON.parse(readFileSync(file, 'utf8'))) as Json);
  validators.set(command, made);
  return made;
}

/** Runs a command and holds what it prints to its schema. */
async function prints(args: readonly string[], cwd: string, code = 0): Promise<Json> {
  const { out, err, code: ended } = await mlp([...args, '--json'], { cwd });
  assert.is(ended, code, `mlp ${args.join(' ')}: ${err}`);
  const document = JSON.parse(out) as Json;
  const validate = validator(args[0]!);
  const faults = validate(document)
    ? []
    : (validate.errors ?? []).map(fault => `${fault.instancePath} ${fault.message}`);
  assert.equal(faults, [], `mlp ${args.join(' ')}`);
  return document;
}

test('the schemas say what the types say', () => {
  assert.equal([...staleSchemas().keys()], [], 'run npm run generate');
});

test('every command that prints has a schema, or a reason', () => {
  const others = new Map([
    ['check', 'diagnostics.schema.json'],
    ['lint', 'diagnostics.schema.json'],
    ['step', 'result.json'],
    ['lsp', 'a protocol'],
    ['serve', 'a protocol'],
    ['prepare', 'an environment'],
  ]);
  const page = readFileSync(path.join(repository, 'docs/json.md'), 'utf8');
  for (const { name } of commands) {
    assert.match(page, `mlp ${name}`);
    if (!others.has(name)) assert.match(page, `json/${name}.schema.json`);
  }
});

test('a schema does find a fault', () => {
  const validate = validator('fmt');
  const document = { check: true, changed: [], unchanged: [], refused: [], failed: [], diagnostics: [] };
  assert.not.ok(validate(document), 'counts is missing');
  const counts = { error: 0, warning: 0, info: 0 };
  assert.ok(validate({ ...document, counts }));
  assert.not.ok(validate({ ...document, counts, more: 1 }));
  assert.not.ok(validate({ ...document, counts, changed: [1] }));
});

test('what only reads specs', async () => {
  const text = example('flights');
  const folder = project({
    'flights.mlp': text,
    'old/flights.mlp': text
      .replace('depth: 6,', 'depth: 7,')
      .replace('  use origin\n', '  use origin, destination\n'),
    'bad/bad.mlp': 'schema S { a: }\nmodel',
  });
  await prints(['fmt', 'flights.mlp'], folder);
  await prints(['fmt', '--check', 'bad/bad.mlp'], folder, 1);
  await prints(['diff', 'old/flights.mlp', 'flights.mlp'], folder);
  await prints(['diff', 'flights.mlp', 'flights.mlp'], folder);
  await prints(['graph', '-p', 'old'], folder);
  await prints(['graph', 'lateness', '-p', 'old'], folder);
  await prints(['graph', '--values', '-p', 'old'], folder);
  await prints(['explain'], folder);
  await prints(['explain', 'MLP4001'], folder);
  await prints(['debug', 'tokens', 'flights.mlp'], folder);
  await prints(['debug', 'tree', 'bad/bad.mlp'], folder, 1);
  const { modules } = await prints(['debug', 'symbols', '-p', 'old'], folder);
  assert.is((modules as Json[])[0]!['file'], 'flights.mlp');
  for (const target of ['typescript', 'github-actions'])
    await prints(['build', '--target', target, '-p', 'old', '--out', `out/${target}`], folder);
});

test('what runs', async () => {
  const folder = project({ 'penguins.mlp': example('penguins') });
  await prints(['infer', 'npm:vega-datasets/data/penguins.json'], folder);
  await prints(['run'], folder);
  await prints(['run'], folder);
  const runs = (await prints(['runs'], folder)) as unknown as readonly { id: string }[];
  await prints(['runs', runs[0]!.id], folder);
  await prints(['runs', '--gc'], folder);
  await prints(['models'], folder);
  await prints(['models', 'species'], folder);
  const tested = project({
    'a.mlp': `function twice(x: float) -> float = x * 2.0
test "good" of twice { expect twice(2.0) == 4.0 }
test "bad" of twice { expect twice(2.0) == 5.0 }
`,
  });
  await prints(['test'], tested, 1);
});

test.run();
