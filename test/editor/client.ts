import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  type Position,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { root } from '../support/specs.ts';

/** A position in a file of the test's project. */
export interface Mark {
  readonly file: string;
  readonly uri: string;
  readonly position: Position;
}

/**
 * The server as a process of its own, over its real protocol, on a project of these files. `‸` in a text is where a
 * request asks; `‸name‸` gives the place a name.
 */
export class Client {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'mlp-editor-'));
  readonly texts: Record<string, string> = {};
  readonly marks = new Map<string, Mark>();
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  private readonly child;
  readonly connection;
  private waiting: (() => void)[] = [];
  private version = 1;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, marked] of Object.entries(files)) this.place(name, marked);
    const entry = path.join(root, 'cli/bin.ts');
    this.child = spawn(process.execPath, ['--import', 'tsx', entry, 'lsp', '--stdio'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.child.stdout!),
      new StreamMessageWriter(this.child.stdin!),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
      this.diagnostics.set(uri, diagnostics);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
  }

  private place(name: string, marked: string): void {
    const file = path.join(this.folder, name);
    const uri = pathToFileURL(file).href;
    let text = '';
    for (const [i, part] of marked.split(/(‸\w*‸?)/).entries()) {
      if (i % 2 === 0) text += part;
      else {
        const lines = text.split('\n');
        const position = { line: lines.length - 1, character: lines[lines.length - 1]!.length };
        this.marks.set(part.replaceAll('‸', ''), { file: name, uri, position });
      }
    }
    this.texts[name] = text;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  async start(): Promise<unknown> {
    const rootUri = pathToFileURL(this.folder).href;
    const workspaceFolders = [{ uri: rootUri, name: 'test' }];
    const told = await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders,
      capabilities: {},
    });
    await this.connection.sendNotification('initialized', {});
    for (const name of Object.keys(this.texts)) await this.open(name);
    return told;
  }

  async open(name: string): Promise<void> {
    const textDocument = { uri: this.uri(name), languageId: 'mlp', version: 1, text: this.texts[name]! };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  async change(name: string, text: string): Promise<void> {
    this.texts[name] = text;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri(name), version: ++this.version },
      contentChanges: [{ text }],
    });
  }

  /** A request at a mark. */
  ask<T>(method: string, mark = '', more: object = {}): Promise<T> {
    const at = this.marks.get(mark);
    if (!at) throw new Error(`there is no mark ${mark}`);
    const { uri, position } = at;
    return this.connection.sendRequest(method, { textDocument: { uri }, position, ...more });
  }
  askFile<T>(method: string, name: string, more: object = {}): Promise<T> {
    return this.connection.sendRequest(method, { textDocument: { uri: this.uri(name) }, ...more });
  }

  /** Waits until the diagnostics of a file are as asked for. */
  async until(name: string, test: (found: readonly Diagnostic[]) => boolean, ms = 8_000): Promise<void> {
    const end = Date.now() + ms;
    const now = () => this.diagnostics.get(this.uri(name));
    while (!(now() && test(now()!))) {
      if (Date.now() > end) throw new Error(`waited in vain; found ${JSON.stringify(now())}`);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, 200);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** What the server's process holds, in bytes. */
  memory(): number {
    const pages = readFileSync(`/proc/${this.child.pid}/statm`, 'utf8').split(' ')[1];
    return Number(pages) * 4096;
  }

  async close(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await new Promise(resolve => this.child.once('exit', resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
