/** A real object store of the test's own: an S3 gateway before a scratch folder, on a free loopback port, stopped at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AwsClient } from 'aws4fetch';
import { freePort } from './postgres.ts';

/** `.ci/run` installs it into `.tools/`. */
function program(): string | undefined {
  const folders = [
    path.join(import.meta.dirname, '../../.tools/bin'),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.map(folder => path.join(folder, 'versitygw')).find(existsSync);
}

export const noObjectStore =
  program() === undefined ? 'there is no S3 gateway (versitygw) on this machine' : undefined;

export const keys = { accessKeyId: 'MLPTESTKEY', secretAccessKey: 'mlp-test/secret+key' };

export class ObjectStore {
  readonly port: number;
  readonly folder: string;
  private readonly process: ChildProcess;
  private readonly client = new AwsClient({ ...keys, region: 'us-east-1', service: 's3', retries: 0 });

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.process = child;
  }

  static async start(bucket: string): Promise<ObjectStore> {
    const folder = mkdtempSync(path.join(tmpdir(), 'mlp-objects-'));
    mkdirSync(path.join(folder, 'data', bucket), { recursive: true });
    mkdirSync(path.join(folder, 'meta'));
    const port = await freePort();
    const { accessKeyId, secretAccessKey } = keys;
    const child = spawn(
      program()!,
      [
        '--port',
        `127.0.0.1:${port}`,
        '--access',
        accessKeyId,
        '--secret',
        secretAccessKey,
        '--quiet',
        'posix',
        '--sidecar',
        path.join(folder, 'meta'),
        path.join(folder, 'data'),
      ],
      { stdio: 'ignore' },
    );
    const store = new ObjectStore(folder, port, child);
    for (const end = Date.now() + 20_000; !(await listens(port)); ) {
      if (Date.now() > end || child.exitCode !== null) throw new Error('the object store does not start');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    return store;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private url(name: string): string {
    const encoded = (part: string): string =>
      encodeURIComponent(part).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
    return `${this.endpoint}/${name.split('/').map(encoded).join('/')}`;
  }

  async put(name: string, content: string | Uint8Array): Promise<void> {
    const answer = await this.client.fetch(this.url(name), {
      method: 'PUT',
      body: content as string,
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  }

  async delete(name: string): Promise<void> {
    await this.client.fetch(this.url(name), { method: 'DELETE' });
  }

  async get(name: string): Promise<string> {
    const answer = await this.client.fetch(this.url(name));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.text();
  }

  async close(): Promise<void> {
    const gone = new Promise(resolve => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
