import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import {
  createProtocolConnection,
  type Diagnostic,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { BenchResult } from '../result.ts';
import { mlpWorkspace, typespecWorkspace, type Workspace } from './workspaces.ts';

const root = path.join(import.meta.dirname, '../..');
const KEYSTROKES = 60;
/** Of the other server, which takes seconds for each. */
const THEIR_KEYSTROKES = 8;
/** The last version that runs on Node 20. */
const TYPESPEC = '@typespec/compiler@1.10.0';

interface Measured {
  readonly first: number;
  readonly whole: number;
  readonly leaf: number;
  readonly shared: number;
  readonly completion: number;
  readonly memory: number;
}

const p95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)]!;

/** Drives one server through the protocol, as an editor would. Times are milliseconds, memory is bytes. */
async function measure(
  command: readonly string[],
  language: string,
  workspace: Workspace,
  times: number,
): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command[0]!, command.slice(1), {
    cwd: workspace.folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout!),
    new StreamMessageWriter(child.stdin!),
  );
  const waiting = new Map<string, (found: readonly Diagnostic[]) => void>();
  const seen = new Set<string>();
  let last = 0;
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    seen.add(uri);
    last = performance.now();
    waiting.get(uri)?.(diagnostics);
  });
  for (const method of [
    'client/registerCapability',
    'workspace/configuration',
    'window/workDoneProgress/create',
  ])
    connection.onRequest(method, () => null);
  connection.listen();
  const uri = (name: string): string => pathToFileURL(path.join(workspace.folder, name)).href;
  const rootUri = pathToFileURL(workspace.folder).href;
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'bench' }],
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  const versions = new Map<string, number>();
  const told = (name: string, broken: boolean): Promise<number> =>
    new Promise(resolve => {
      waiting.set(uri(name), found => {
        if (broken !== found.some(d => d.severity === 1)) return;
        waiting.delete(uri(name));
        resolve(performance.now());
      });
    });
  const open = (name: string, text: string) =>
    connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: uri(name), languageId: language, version: 1, text },
    });
  const type = async (name: string, n: number): Promise<number> => {
    const version = (versions.get(name) ?? 1) + 1;
    versions.set(name, version);
    const done = told(name, n % 2 === 1);
    const start = performance.now();
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri(name), version },
      contentChanges: [{ text: workspace.edit(name, n) }],
    });
    return (await done) - start;
  };
  // A mistake from the beginning, so that the first diagnostics can be told from none.
  const firstTold = told(workspace.leaf, true);
  await open(workspace.leaf, workspace.edit(workspace.leaf, 1));
  const first = (await firstTold) - began;
  await new Promise(resolve => setTimeout(resolve, 3_000));
  const whole = last - began;
  const keystrokes = async (name: string): Promise<number> => {
    const taken: number[] = [];
    for (let n = 2; n < times + 2; n++) {
      taken.push(await type(name, n));
      await new Promise(resolve => setTimeout(resolve, 25));
    }
    return p95(taken);
  };
  const leaf = await keystrokes(workspace.leaf);
  const completions: number[] = [];
  for (let n = 0; n < times; n++) {
    const start = performance.now();
    const textDocument = { uri: uri(workspace.leaf) };
    await connection.sendRequest('textDocument/completion', { textDocument, position: workspace.asks });
    completions.push(performance.now() - start);
  }
  await open(workspace.shared, workspace.edit(workspace.shared, 0));
  await new Promise(resolve => setTimeout(resolve, 500));
  const shared = await keystrokes(workspace.shared);
  const memory = memoryOf(child);
  child.kill('SIGKILL');
  rmSync(workspace.folder, { recursive: true, force: true });
  return { first, whole, leaf, shared, completion: p95(completions), memory };
}

const memoryOf = ({ pid }: ChildProcess): number =>
  Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;

/** TypeSpec's server, installed beside the project's other tools when it is first asked for. */
async function typespecServer(): Promise<readonly string[] | undefined> {
  const folder = path.join(root, '.tools/typespec');
  const server = path.join(folder, 'node_modules/@typespec/compiler/cmd/tsp-server.js');
  if (!existsSync(server)) {
    mkdirSync(folder, { recursive: true });
    await execa('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, TYPESPEC], {
      reject: false,
    });
  }
  return existsSync(server) ? [process.execPath, server, '--stdio'] : undefined;
}

export async function run(): Promise<BenchResult[]> {
  const workspace = mlpWorkspace();
  const size = `200 files, ${workspace.lines} lines`;
  const ours = await measure(
    [path.join(root, 'cli/bin/mlp'), 'lsp', '--stdio'],
    'mlp',
    workspace,
    KEYSTROKES,
  );
  const server = await typespecServer();
  const theirs = server && (await measure(server, 'typespec', typespecWorkspace(), THEIR_KEYSTROKES));
  const result = (
    name: string,
    of: (measured: Measured) => number,
    limit?: number,
    unit = 'ms',
  ): BenchResult => ({
    name: `${name} (${size})`,
    ours: of(ours),
    unit,
    ...(theirs ? { theirs: of(theirs), ratio: of(ours) / of(theirs) } : {}),
    ...(limit === undefined ? {} : { target: `under ${limit} ${unit}`, ok: of(ours) < limit }),
  });
  return [
    result('keystroke in a leaf to its diagnostics, p95', m => m.leaf, 30),
    result('keystroke in the shared schema to its diagnostics, p95', m => m.shared),
    result('completion, p95', m => m.completion, 30),
    result('start to the first diagnostics of the open file', m => m.first, 1_000),
    result('start to the diagnostics of the workspace', m => m.whole, 3_000),
    result('memory', m => m.memory / 2 ** 20, 300, 'MiB'),
  ];
}
