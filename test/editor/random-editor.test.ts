import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { lint } from '../../compiler/lint/index.ts';
import { Random, rounds } from '../support/random.ts';
import { memoryHost, root } from '../support/specs.ts';
import { Client } from './client.ts';

const flights = readFileSync(`${root}/examples/flights/flights.mlp`, 'utf8');
const files: Record<string, string> = {
  'schemas.mlp': `import std.sources { csv }\nenum Plan { free, team }\nschema Visit {\n  day: datetime @event_time\n  site: string\n  plan: Plan\n  pages: int in 0..1000\n  bought: bool @known_after(1d)\n}\nsource visits: Visit = csv("visits.csv")\n`,
  'views.mlp': `import "./schemas.mlp" { visits, Plan }\nfeatures Daily from visits at day {\n  many = pages > 10\n  usual = mean(pages over 7d by site) ?? 0.0\n  paying = plan == Plan.team\n  label any = bought\n}\n`,
  'models.mlp': `import "./views.mlp" { Daily }\nimport std.learn { gradient_boosting }\nimport std.metrics { auc }\nmodel buyer {\n  features Daily\n  predict any\n  split by day { train 70%  test 30% }\n  train gradient_boosting(rounds: 100)\n  seed 1\n  evaluate auc\n}\n`,
  'flights.mlp': flights,
};
const methods = ['hover', 'definition', 'completion', 'signatureHelp', 'references', 'prepareRename'];
const wholes = ['documentSymbol', 'foldingRange', 'codeLens', 'semanticTokens/full', 'formatting'];

/** What a fresh run of the linter says, which says all that a check does, in the form in which the server tells it. */
function fresh(texts: Readonly<Record<string, string>>): string[] {
  return lint(memoryHost(texts))
    .diagnostics.map(d => {
      const { line, column } = d.file.position(d.span.start);
      return `${d.file.path}:${line}:${column} ${d.code}`;
    })
    .sort();
}

function told(client: Client): string[] {
  return Object.keys(client.texts)
    .flatMap(name =>
      (client.diagnostics.get(client.uri(name)) ?? []).map(
        d => `${name}:${d.range.start.line + 1}:${d.range.start.character + 1} ${d.code}`,
      ),
    )
    .sort();
}

/** Words of the specs, swapped, dropped, doubled, torn. */
function edited(random: Random, text: string): string {
  const at = random.int(0, text.length);
  const to = Math.min(text.length, at + random.int(0, random.chance(0.1) ? 80 : 6));
  const other = random.pick(Object.values(files));
  const from = random.int(0, other.length);
  const piece = random.pick([
    '',
    '',
    ' ',
    '}',
    '{',
    '"',
    '\n',
    'x',
    '// ',
    '🐧',
    other.slice(from, from + random.int(1, 30)),
  ]);
  return text.slice(0, at) + piece + text.slice(to);
}

async function ask(client: Client, random: Random, name: string): Promise<void> {
  const lines = client.texts[name]!.split('\n');
  const line = random.int(0, lines.length);
  const position = { line, character: random.int(0, 60) };
  const textDocument = { uri: client.uri(name) };
  const whole = random.chance(0.3);
  const method = random.pick(whole ? wholes : methods);
  const params = whole
    ? { textDocument, options: {} }
    : { textDocument, position, context: { includeDeclaration: true } };
  const source = new CancellationTokenSource();
  const answer = client.connection.sendRequest(`textDocument/${method}`, params, source.token);
  if (random.chance(0.2)) source.cancel();
  await answer.catch((error: Error & { code?: number }) => {
    // Cancelled, overtaken by an edit, or nothing to rename here.
    if (![-32_800, -32_801, -32_803].includes(error.code ?? 0)) throw error;
  });
}

test('a random editor: no exception, no leak, and never another state than that of a fresh check', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const client = new Client(files);
  const faults: string[] = [];
  client.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    if (message.includes('internal error')) faults.push(message);
  });
  try {
    await client.start();
    const total = rounds(240, 10_000);
    let memory = 0;
    for (let i = 1; i <= total; i++) {
      const name = random.pick(Object.keys(files));
      if (random.chance(0.5)) await ask(client, random, name);
      else {
        const whole = random.chance(0.1);
        await client.change(name, whole ? files[name]! : edited(random, client.texts[name]!));
      }
      if (i % 60 !== 0) continue;
      const expected = fresh(client.texts);
      const end = Date.now() + 30_000;
      while (Date.now() < end && JSON.stringify(told(client)) !== JSON.stringify(expected)) await sleep(50);
      assert.equal(
        told(client),
        expected,
        `after ${i} steps of seed ${random.seed}\n${JSON.stringify(client.texts)}`,
      );
      if (i === 600) memory = client.memory();
    }
    assert.equal(faults, []);
    if (total > 1_000)
      assert.ok(client.memory() < memory * 2 + 100e6, `${memory} became ${client.memory()} bytes`);
  } finally {
    await client.close();
  }
});

test.run();
