import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import type { Program } from '../../../runtime/engine/contract.ts';
import type { RunningService, ServeOptions } from '../../../runtime/serve/serve.ts';
import { serveProgram } from '../../../runtime/serve/serve.ts';
import { program as cli, mlp, project } from '../../cli/support.ts';

/** A spec with a column of every kind that a request carries, one of them personal. */
export const rides = (more = '', deployment = 'serve late', load = 'seats') => `import std.sources { csv }
import std.learn { gradient_boosting }
import std.metrics { auc }
import std.privacy { bucket }

enum Kind { solo, pool }

/// One ride, as the meter reports it.
schema Ride {
  id: int @key
  started: timestamp @event_time
  day: date
  seats: int in 1..8
  fare: float in 0..500 @unit("EUR")
  /// The zone it began in.
  zone: string matching r"[A-Z]{3}"
  kind: Kind
  tip: int? in 0..100
  shared: bool
  wait: duration in 0s..2h
  born: int in 1900..2020 @pii
  late: bool @known_after(1h)
}

source rides: Ride = csv("rides.csv")

features R from rides at started {
  hour = hour(started, "Europe/Berlin")
  weekday = weekday(day)
  cost = fare / ${load}
  use zone, kind, tip, shared
  waited = seconds(wait)
  mail = bucket(born, 10)
  ${more}
  label late = late
}

model late {
  features R
  predict late
  split by time { train 80%  test 20% }
  train gradient_boosting(rounds: 8, depth: 3)
  threshold 0.4
  evaluate auc
}

deployment ride_api { ${deployment} }
`;

/** Rows whose label follows from fare and zone, but for some noise. */
export function ridesCsv(rows = 600): string {
  const lines = ['id,started,day,seats,fare,zone,kind,tip,shared,wait,born,late'];
  for (let i = 0; i < rows; i++) {
    const noise = Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;
    const fare = (Math.abs(Math.sin(i * 78.233) * 12543.987) % 1) * 400;
    const started = new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString();
    const zone = ['ROM', 'OSL', 'LIM'][Math.floor(noise * 7919) % 3]!;
    const late = fare / 400 + 0.4 * noise + (zone === 'OSL' ? 0.2 : 0) > 0.7;
    const tip = i % 5 === 0 ? '' : String(Math.floor(noise * 100));
    lines.push(
      [
        i,
        started,
        started.slice(0, 10),
        (i % 8) + 1,
        fare.toFixed(2),
        zone,
        i % 3 ? 'solo' : 'pool',
        tip,
        i % 2 === 0,
        Math.floor(noise * 3_600_000),
        1950 + (i % 60),
        late,
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

export const ride = {
  started: '2024-02-01T08:15:00Z',
  day: '2024-02-01',
  seats: 2,
  fare: 120.5,
  zone: 'OSL',
  kind: 'solo',
  tip: 10,
  shared: true,
  wait: 60_000,
  born: 1987,
};

/** A project whose champion was trained by the built program. */
export async function trainedProject(files: Readonly<Record<string, string>>): Promise<string> {
  const root = project(files);
  const { code, out, err } = await mlp(['run'], { cwd: root });
  assert.is(code, 0, out + err);
  return root;
}

export const ridesProject = (spec = rides()): Promise<string> =>
  trainedProject({ 'rides.mlp': spec, 'rides.csv': ridesCsv() });

/** The program of a project, as `mlp` generates it. */
export async function programOf(root: string): Promise<Program> {
  const { generatedProgram } = await import('../../../cli/program.ts');
  const { planOf } = await import('../../../cli/compile.ts');
  return (await generatedProgram(root, planOf({ project: root }).plan)).program;
}

/** Serves in this process, from the sources, on a free port. What is told is kept. */
export async function serve(
  root: string,
  options: Partial<ServeOptions> = {},
): Promise<RunningService & { readonly told: string[]; readonly warned: string[] }> {
  const told: string[] = [];
  const warned: string[] = [];
  const running = await serveProgram(await programOf(root), {
    root,
    port: 0,
    tell: line => told.push(line),
    warn: line => warned.push(line),
    ...options,
  });
  return { ...running, told, warned };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says
  readonly body: any;
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export async function get(url: string): Promise<Answer> {
  const response = await fetch(url);
  const type = response.headers.get('content-type') ?? '';
  const body = type.startsWith('application/json') ? await response.json() : await response.text();
  return { status: response.status, headers: response.headers, body };
}

/** Starts the built program's `serve` as a process of its own; ready when it tells its address. */
export async function serveProcess(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(cli, ['serve', '--port', '0', ...args], {
    cwd,
    env: { ...process.env, MLP_SNAPSHOT: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stderr.on('data', chunk => {
    err += String(chunk);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      out += String(chunk);
      const found = /http:\/\/\S+/.exec(out);
      if (found) resolve(found[0]);
    });
    child.once('exit', code => reject(new Error(`serve ended with ${code}: ${out}${err}`)));
  });
  const exit = once(child, 'exit');
  return {
    url,
    child,
    output: () => ({ out, err }),
    async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
      child.kill(signal);
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}
