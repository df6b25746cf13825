/** A real PostgreSQL server of the test's own: in a scratch folder, on a free loopback port, stopped at the end. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

/** Where Debian puts the server, or what the path has. */
function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map(version => path.join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find(
    folder => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'postgres')),
  );
}

export const noPostgres =
  binaries() === undefined ? 'there is no PostgreSQL server on this machine' : undefined;

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A password with what addresses and SQL must escape, so that it is found wherever it leaks. */
export const password = "s3cr;et'p@ss/word";

/** The server refuses to run as root: then it runs as the machine's user for it, or as nobody. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'));
  const [, , uid, gid] =
    lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody')!;
  return { uid: Number(uid), gid: Number(gid) };
}

export class Postgres {
  readonly port: number;
  readonly folder: string;
  /** Further settings, `name=value`, from the next start on. */
  settings: readonly string[] = [];
  private process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(path.join(tmpdir(), 'mlp-postgres-'));
    const server = new Postgres(folder, await freePort());
    const user = owner();
    const secret = path.join(folder, 'password');
    writeFileSync(secret, password);
    if (user) for (const file of [folder, secret]) chownSync(file, user.uid, user.gid);
    const data = path.join(folder, 'data');
    execFileSync(
      path.join(binaries()!, 'initdb'),
      [
        '-D',
        data,
        '-U',
        'mlp',
        '--auth=scram-sha-256',
        `--pwfile=${secret}`,
        '--no-sync',
        '-E',
        'UTF8',
        '--locale=C',
      ],
      { ...user, cwd: folder, stdio: 'pipe' },
    );
    await server.run();
    return server;
  }

  /** Starts the server on its data, also again after `stop`. */
  async run(): Promise<void> {
    const settings = [
      `port=${this.port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'max_connections=20',
      ...this.settings,
    ];
    this.process = spawn(
      path.join(binaries()!, 'postgres'),
      ['-D', path.join(this.folder, 'data'), ...settings.flatMap(setting => ['-c', setting])],
      { ...owner(), cwd: this.folder, stdio: 'ignore' },
    );
    for (const end = Date.now() + 20_000; ; ) {
      const error = await this.sql('select 1').then(
        () => undefined,
        (e: Error) => e,
      );
      if (error === undefined) return;
      if (Date.now() > end) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  /** The address that a spec's secret holds. */
  get url(): string {
    return `postgres://mlp:${encodeURIComponent(password)}@127.0.0.1:${this.port}/postgres`;
  }

  /** Writes a file that belongs to the server. */
  write(name: string, content: string): string {
    const [file, user] = [path.join(this.folder, name), owner()];
    writeFileSync(file, content, { mode: 0o600 });
    if (user) chownSync(file, user.uid, user.gid);
    return file;
  }

  /** Runs statements as the owner; the rows of the last. */
  async sql(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => {});
    await client.connect();
    try {
      const result: unknown = await client.query(text);
      const last = (Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult;
      return last.rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  /** Ends the server at once, in the midst of what it does. */
  async stop(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await gone;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
