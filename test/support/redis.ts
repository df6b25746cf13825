import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** A real Redis on the port or a free one, in a scratch folder; undefined where it is not installed. */
export async function startRedis(wanted?: number): Promise<
  | {
      readonly url: string;
      readonly port: number;
      /** Lets it hang, with its connections open. */
      pause(): void;
      resume(): void;
      stop(): Promise<void>;
    }
  | undefined
> {
  const found = await execa('redis-server', ['--version'], { reject: false });
  if (found.exitCode !== 0) {
    console.log('skipped: redis-server is not installed (apt-get install redis-server)');
    return undefined;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-redis-'));
  const port = wanted ?? (await freePort());
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = execa('redis-server', args, { reject: false });
  for (let i = 0; ; i++) {
    if (await answers(port)) break;
    if (i > 200) throw new Error(`redis-server does not answer: ${(await server).stdout}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async stop() {
      server.kill('SIGKILL');
      await server;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', data => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.on('error', () => resolve(false));
  });

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Passes on what is sent to a server, and counts: a question that follows an answer is a round trip more. */
export async function countingProxy(
  to: number,
): Promise<{ readonly port: number; trips(): number; reset(): void; stop(): void }> {
  let trips = 0;
  let asking = false;
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer(client => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', data => {
      if (!asking) trips++;
      asking = true;
      upstream.write(data);
    });
    upstream.on('data', data => {
      asking = false;
      client.write(data);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    trips: () => trips,
    reset: () => {
      trips = 0;
      asking = false;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
