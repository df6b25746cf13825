import { type ChildProcess, spawn } from 'node:child_process';
import autocannon from 'autocannon';
import { ride, ridesProject, serveProcess } from '../../test/runtime/serve/trained.ts';
import { type BenchResult, median } from '../result.ts';

/** What any service on Node can at most do with this: take the body, answer something of the same length. */
const bare = `
const answer = JSON.stringify({ id: '01a20dbe-1b11-7059-8057-4cb7ca41525e', model: 'late', version: 1,
  at: '2024-02-01T08:15:00Z', prediction: { late: true }, probability: 0.6887584650647922 });
require('node:http').createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', answer.length);
    response.end(answer);
  });
}).listen(0, '127.0.0.1', function () { console.log('http://127.0.0.1:' + this.address().port); });`;

async function bareServer(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', bare], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>(resolve => {
    child.stdout!.once('data', chunk => resolve(String(chunk).trim()));
  });
  return { url, child };
}

interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

async function load(url: string, body: unknown, connections: number, seconds: number): Promise<Load> {
  const result = await autocannon({
    url: `${url}/predict`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    connections,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were not 200, ${result.errors} requests failed`);
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** `POST /predict` on loopback beside a bare `node:http` server, in turns, so that both meet the same machine. */
export async function run(): Promise<readonly BenchResult[]> {
  const root = await ridesProject();
  const service = await serveProcess([], root);
  const hello = await bareServer();
  const rows = Array.from({ length: 100 }, (_, i) => ({ ...ride, fare: i * 4 }));
  const results: BenchResult[] = [];
  try {
    await load(service.url, ride, 20, 3);
    for (const [name, body, factor] of [
      ['one row', ride, 1],
      ['100 rows', { rows }, 100],
    ] as const) {
      const ours: Load[] = [];
      const theirs: Load[] = [];
      for (let turn = 0; turn < 3; turn++) {
        ours.push(await load(service.url, body, 20, 3));
        theirs.push(await load(hello.url, body, 20, 3));
      }
      const of = (loads: readonly Load[], key: keyof Load) => median(loads.map(one => one[key]));
      const [a, b] = [of(ours, 'perSecond'), of(theirs, 'perSecond')];
      results.push({
        name: `POST /predict with ${name}, beside a bare node:http server`,
        ours: a,
        theirs: b,
        unit: 'requests/s',
        ratio: a / b,
        note: `${Math.round(a * factor)} predictions/s; p50 ${of(ours, 'p50')} ms, p99 ${of(ours, 'p99')} ms (bare: ${of(theirs, 'p50')} and ${of(theirs, 'p99')} ms); 20 connections`,
      });
    }
  } finally {
    await service.stop();
    hello.child.kill();
  }
  return results;
}
