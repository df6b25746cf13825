import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { serveMessages } from '../../compiler/diagnostics/messages/serve.ts';
import { fault } from '../data/faults.ts';
import { MlpError, type Program } from '../engine/contract.ts';
import type { OpenOnlineFeatures } from '../features/online/contract.ts';
import { openOnlineFeatures } from '../features/online/open.ts';
import { championVersion, loadChampion } from './champion.ts';
import { openServedFeatures } from './features.ts';
import { Router } from './http/router.ts';
import { defaultHttpLimits, type HttpLimits, type HttpServer, httpServer } from './http/server.ts';
import { Metrics } from './metrics.ts';
import { RequestLog } from './request-log.ts';
import { routesOf } from './routes.ts';
import { notCarriedOut, type Served, servedOf } from './served.ts';
import { type Limits, Service } from './service.ts';

export interface ServeOptions {
  /** The project, whose store has the champion. */
  readonly root: string;
  /** Default: the only one. */
  readonly deployment?: string | undefined;
  /** Default: the loopback address, so that no other machine can ask. */
  readonly host?: string | undefined;
  /** Default 8080; 0 takes any that is free. */
  readonly port?: number | undefined;
  /** A line of JSON on standard error for each request. */
  readonly accessLog?: boolean;
  /** How often the registry is asked for a new champion, in milliseconds. */
  readonly pollMs?: number;
  readonly limits?: Partial<Limits>;
  readonly http?: Partial<HttpLimits>;
  /** Default: what `runtime/features/online` keeps. */
  readonly open?: OpenOnlineFeatures;
  /** What is worth telling: to people on standard output, troubles on standard error. */
  readonly tell?: (line: string) => void;
  readonly warn?: (line: string) => void;
}

export interface RunningService {
  readonly url: string;
  readonly service: Service;
  /** Finishes what is under way. */
  stop(): Promise<void>;
}

export const defaultPort = 8080;
const loopback = '127.0.0.1';
const graceMs = 10_000;

/**
 * Serves a deployment: loads its champion, opens its features, listens.
 * @throws MlpError where there is no deployment, no champion, no state, or no such address
 */
export async function serveProgram(program: Program, options: ServeOptions): Promise<RunningService> {
  const warn = options.warn ?? (line => process.stderr.write(`${line}\n`));
  const tell = options.tell ?? (line => process.stdout.write(`${line}\n`));
  const served = servedOf(program.plan, options.deployment);
  const missing = notCarriedOut(served);
  if (missing.length > 0)
    warn(
      `mlp serve does not carry out yet, of ${served.name}:\n${missing.map(one => `  ${one}`).join('\n')}`,
    );
  const champion = await loadChampion(program, served, options.root);
  const features = await openServedFeatures(program, served, options.open ?? openOnlineFeatures, {
    root: options.root,
    environment: served.environment,
  });
  const { log: share } = served.deployment;
  const troubles = (what: 'champion' | 'log', reason: string | null): void => {
    const before = service.health.troubles.get(what);
    if (reason === null) service.health.troubles.delete(what);
    else service.health.troubles.set(what, reason);
    if (reason !== (before ?? null)) warn(reason ?? `${what}: all is well again`);
  };
  const log = share ? openLog(served, options.root, share, reason => troubles('log', reason)) : undefined;
  const { limits } = options;
  const service = new Service({ served, champion, features, log, ...(limits ? { limits } : {}) });
  const http = listenable(service, log, options, warn);
  const url = await listen(http, options);
  const following = follow(program, service, options, reason => troubles('champion', reason), tell);
  greet(service, url, options, tell, warn);
  return {
    url,
    service,
    async stop() {
      service.health.stopping = true;
      clearInterval(following);
      await http.stop(graceMs);
      log?.close();
      await features.close();
    },
  };
}

function openLog(
  { environment, name, deployment }: Served,
  root: string,
  share: number,
  trouble: (reason: string | null) => void,
): RequestLog {
  try {
    return new RequestLog({
      store: path.join(root, '.mlp'),
      environment,
      deployment: name,
      share,
      onTrouble: reason =>
        trouble(reason === null ? null : serveMessages.unloggable.definition.message({ reason })),
    });
  } catch (error) {
    if (!(error instanceof MlpError) || deployment.logAt === undefined) throw error;
    const { code, message, hint } = error;
    throw new MlpError(code, message, { at: deployment.logAt, ...(hint ? { hint } : {}), cause: error });
  }
}

function listenable(
  service: Service,
  log: RequestLog | undefined,
  { accessLog, http }: ServeOptions,
  warn: (line: string) => void,
): HttpServer {
  const metrics = new Metrics(service, log);
  service.onPredictions = predictions => metrics.predicted(predictions);
  return httpServer({
    router: new Router(routesOf(service, metrics)),
    limits: { ...defaultHttpLimits, ...http },
    onAnswered(answered) {
      metrics.answered(answered);
      if (!accessLog) return;
      const { method, path: asked, status, seconds } = answered;
      const ms = Number((seconds * 1000).toFixed(3));
      warn(JSON.stringify({ time: new Date().toISOString(), method, path: asked, status, ms }));
    },
    onBroken: (id, error) =>
      warn(`fault of mlp in request ${id}: ${(error as Error)?.stack ?? String(error)}`),
  });
}

async function listen({ server }: HttpServer, { host = loopback, port = defaultPort }: ServeOptions) {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: NodeJS.ErrnoException) => {
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: 'another program listens there',
      EACCES: 'only an administrator may',
      EADDRNOTAVAIL: 'this machine has no such address',
      ENOTFOUND: 'there is no such host',
    };
    const reason = reasons[cause.code ?? ''] ?? cause.code ?? cause.message;
    throw fault(serveMessages.cannotListen, { host, port, reason }, { cause });
  });
  const address = server.address() as AddressInfo;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Takes up a new champion while requests go on; one that cannot be served leaves the old one, and is said. */
function follow(
  program: Program,
  service: Service,
  { root, pollMs = 2000 }: ServeOptions,
  trouble: (reason: string | null) => void,
  tell: (line: string) => void,
): NodeJS.Timeout {
  const { served } = service;
  let looking = false;
  const look = async (): Promise<void> => {
    const version = await championVersion(root, served);
    if (version === undefined) trouble(`the registry has no champion of ${served.modelName} any more`);
    else {
      if (version !== service.champion.version) {
        service.take(await loadChampion(program, served, root));
        tell(`${served.name} now answers with version ${service.champion.version} of ${served.modelName}`);
      }
      trouble(null);
    }
  };
  return setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error: Error & { code?: string }) => {
        // What is being written now is looked at again.
        if (!/BUSY/.test(error.code ?? '')) trouble(error.message);
      })
      .finally(() => {
        looking = false;
      });
  }, pollMs).unref();
}

function greet(
  service: Service,
  url: string,
  { host }: ServeOptions,
  tell: (line: string) => void,
  warn: (line: string) => void,
): void {
  const { served, reader, champion } = service;
  const names = [...reader.columns];
  const asked = names.flatMap(([name, { optional }]) => (optional ? [] : [name]));
  const may = names.flatMap(([name, { optional }]) => (optional ? [name] : []));
  tell(
    `${served.name} serves ${served.modelName} version ${champion.version} of ${served.environment} at ${url}`,
  );
  const fields = [
    ...(asked.length > 0 ? [asked.join(', ')] : []),
    ...(may.length > 0 ? [`[${may.join(', ')}]`] : []),
  ];
  tell(`  POST /predict  ${fields.join(' ')}`);
  tell('  GET /          all that it answers');
  const local = host === undefined || host === 'localhost' || host === '::1' || /^127\./.test(host);
  if (!local)
    warn(`it listens on ${host}: whoever reaches this machine there can ask it, as it knows no passwords`);
}
