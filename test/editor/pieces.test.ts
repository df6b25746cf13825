import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CancellationTokenSource,
  type CompletionItem,
  createConnection,
  createProtocolConnection,
  type Location,
  LSPErrorCodes,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { serve } from '../../editor/language-server/server.ts';
import { Workspace } from '../../editor/language-server/workspace.ts';

/**
 * A project of 200 files, and the server over its protocol on streams of this process: one event loop serves both sides, so
 * that pieces of work can be counted between a question and its answer.
 */
const FILES = 200;
const folder = mkdtempSync(path.join(tmpdir(), 'mlp-pieces-'));
const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;
const shared = `import std.sources { csv }\n\nschema Event {\n  at: datetime @event_time\n  place: string\n${Array.from({ length: 40 }, (_, i) => `  n${i}: float in 0..${100 + i}`).join('\n')}\n  outcome: bool @known_after(1d)\n}\n\nsource events: Event = csv("events.csv")\n`;
const part = (i: number): string =>
  `import "./shared.mlp" { events }\n\nfeatures View${i} from events at at {\n${Array.from({ length: 30 }, (_, f) => `  f${f} = log1p(n${f}) + n${f + 1} * 2.0`).join('\n')}\n  label bad = outcome\n}\n`;
const asks = { line: 3, character: 13 };

let client: ReturnType<typeof createProtocolConnection>;
const workspace = new Workspace();
const slices: string[] = [];
const waiting: (() => void)[] = [];
/** Resolves when the server tells that it did another slice of this. */
async function slicesOf(what: string, more: number): Promise<void> {
  for (const from = slices.length; slices.slice(from).filter(one => one.includes(what)).length < more; )
    await new Promise<void>(resolve => waiting.push(resolve));
}

test.before(async () => {
  writeFileSync(path.join(folder, 'mlp.json'), '{}');
  writeFileSync(path.join(folder, 'shared.mlp'), shared);
  for (let i = 0; i < FILES - 1; i++) writeFileSync(path.join(folder, `part${i}.mlp`), part(i));
  const [up, down] = [new PassThrough(), new PassThrough()];
  const connection = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(up),
    new StreamMessageWriter(down),
  );
  const sliced = (what: string): void => {
    slices.push(what);
    for (const wake of waiting.splice(0)) wake();
  };
  // A slice is a single piece.
  serve(connection, { version: 'test', workspace, sliceMs: 0, sliced });
  client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.onRequest('client/registerCapability', () => null);
  client.listen();
  await client.sendRequest('initialize', {
    processId: null,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'test' }],
    capabilities: {},
  });
  await client.sendNotification('initialized', {});
  const textDocument = { uri: uri('part7.mlp'), languageId: 'mlp', version: 1, text: part(7) };
  await client.sendNotification('textDocument/didOpen', { textDocument });
});
test.after(() => {
  client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const project = () => workspace.projects.get(folder)!;
const ofProject = (): number => slices.filter(one => one.endsWith('of the project')).length;
/** Until all has been looked at, and nothing is under way. */
async function rest(): Promise<void> {
  while (project().unfinished > 0 || !project().linting().done) await sleep(20);
}
let version = 1;
const change = (text: string) =>
  client.sendNotification('textDocument/didChange', {
    textDocument: { uri: uri('part7.mlp'), version: ++version },
    contentChanges: [{ text }],
  });
const at = { textDocument: { uri: uri('part7.mlp') }, position: { line: 3, character: 14 } };

test('a completion during a check of 200 files waits for a few pieces of it, not for the check', async () => {
  await slicesOf('of the project', 3);
  let most = 0;
  for (let n = 0; n < 5; n++) {
    const before = ofProject();
    const items = await client.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: uri('part7.mlp') },
      position: asks,
    });
    most = Math.max(most, ofProject() - before);
    assert.ok(items.some(({ label }) => label === 'n3'));
    await slicesOf('of the project', 1);
  }
  await rest();
  assert.ok(ofProject() > 1_000, `${ofProject()} pieces in all`);
  assert.ok(most <= 20, `waited for ${most} pieces`);
});

test('a keystroke ends the check that is under way', async () => {
  await change(part(7).replace('log1p(n3)', 'log1p(n35)'));
  await slicesOf('check of the project', 3);
  const running = project().compiling();
  assert.not.ok(running.done);
  await change(part(7).replace('log1p(n3)', 'log1p(n33)'));
  await slicesOf('check of the project', 3);
  assert.ok(running.isStale());
  assert.not.ok(running.done, 'it was gone on with');
  assert.is.not(project().compiling(), running);
});

const codeOf = (answer: Promise<unknown>): Promise<number | undefined> =>
  answer.then(
    () => undefined,
    (error: { code?: number }) => error.code,
  );

test('a cancelled request is answered as cancelled, and nothing of its work is left', async () => {
  await rest();
  // A state of its own for which nothing is under way: the request alone drives the check.
  await change(part(7));
  const source = new CancellationTokenSource();
  const context = { includeDeclaration: true };
  const answer = codeOf(client.sendRequest('textDocument/references', { ...at, context }, source.token));
  await slicesOf('project of file:', 2);
  const running = project().compiling();
  assert.not.ok(running.done);
  source.cancel();
  assert.is(await answer, LSPErrorCodes.RequestCancelled);
  assert.not.ok(running.done);
  assert.is.not(project().compiling(), running, 'the check is dropped');
  const again = await client.sendRequest<Location[]>('textDocument/references', { ...at, context });
  assert.is(again.length, FILES);
});

test('one that is cancelled at once does next to no work', async () => {
  await change(part(7).replace('log1p(n3)', 'log1p(n34)'));
  const before = slices.filter(one => one.includes('project of file:')).length;
  const source = new CancellationTokenSource();
  const context = { includeDeclaration: true };
  const answer = codeOf(client.sendRequest('textDocument/references', { ...at, context }, source.token));
  source.cancel();
  assert.is(await answer, LSPErrorCodes.RequestCancelled);
  assert.ok(slices.filter(one => one.includes('project of file:')).length <= before + 20);
});

test('one that the text overtakes says so', async () => {
  const context = { includeDeclaration: true };
  const answer = codeOf(client.sendRequest('textDocument/references', { ...at, context }));
  await slicesOf('project of file:', 1);
  await change(part(7));
  assert.is(await answer, LSPErrorCodes.ContentModified);
});

test.run();
