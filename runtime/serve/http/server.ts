import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as newId } from 'uuid';
import { serveMessages } from '../../../compiler/diagnostics/messages/serve.ts';
import { Refused, refused } from '../refusal.ts';
import { BodyBudget, Gone, parseBody, readBody, refuseHeaders } from './body.ts';
import { pathOf, type Reply, type Route, type Router } from './router.ts';

export interface HttpLimits {
  /** Of one body. */
  readonly bodyBytes: number;
  /** Of all bodies that are being received. */
  readonly heldBytes: number;
  /** Requests that are being answered. */
  readonly inFlight: number;
  readonly connections: number;
  /** Milliseconds until headers, and until the whole request, must have arrived. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Milliseconds that a connection may lie idle, between requests and in the midst of one. */
  readonly keepAliveMs: number;
  readonly idleMs: number;
}
export const defaultHttpLimits: HttpLimits = {
  bodyBytes: 1024 * 1024,
  heldBytes: 64 * 1024 * 1024,
  inFlight: 256,
  connections: 2048,
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 5_000,
  idleMs: 30_000,
};

/** One request that was answered, for the log and the metrics. */
export interface Answered {
  readonly method: string;
  /** The route's pattern where there is one: a bounded number of values. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly seconds: number;
}

export interface HttpOptions {
  readonly router: Router;
  readonly limits: HttpLimits;
  onAnswered(answered: Answered): void;
  /** An error that nobody expected; the request is answered with 500 and this id. */
  onBroken(id: string, error: unknown): void;
}

export interface HttpServer {
  readonly server: Server;
  /** Stops listening, answers what is under way, and ends; what takes longer than this is cut off. */
  stop(graceMs: number): Promise<void>;
}

export function httpServer({ router, limits, onAnswered, onBroken }: HttpOptions): HttpServer {
  const budget = new BodyBudget(limits.heldBytes);
  const state = { inFlight: 0, stopping: false };

  async function reply(route: Route, request: IncomingMessage, params: readonly string[]): Promise<Reply> {
    if (route.method !== 'POST') return route.answer({ params, json: undefined });
    const wrong = refuseHeaders(request, limits.bodyBytes);
    if (wrong) return wrong;
    const bytes = await readBody(request, limits.bodyBytes, budget);
    if (bytes instanceof Refused) return bytes;
    const parsed = parseBody(bytes);
    if (parsed instanceof Refused) return parsed;
    if (state.inFlight >= limits.inFlight) {
      const more = { headers: { 'retry-after': '1' } };
      return refused(503, serveMessages.overloaded, { limit: limits.inFlight }, more);
    }
    state.inFlight++;
    try {
      return await route.answer({ params, json: parsed.json });
    } finally {
      state.inFlight--;
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const path = pathOf(request.url ?? '/');
    const method = request.method ?? 'GET';
    const found = router.find(method, path);
    let result: Reply;
    let protocol = found instanceof Refused ? router.protocolOf(path) : found.route.protocol;
    try {
      result = found instanceof Refused ? found : await reply(found.route, request, found.params);
    } catch (error) {
      if (error instanceof Gone) return;
      const id = newId();
      onBroken(id, error);
      protocol = 'plain';
      const { code, message, hint } = brokeText(id);
      result = new Refused(500, { code, message, hint });
    }
    send(request, response, result, protocol, state.stopping);
    const route = found instanceof Refused ? 'none' : found.route.pattern;
    const status = response.statusCode;
    onAnswered({ method, route, path, status, seconds: (performance.now() - began) / 1000 });
  }

  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersMs / 4),
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => void handle(request, response),
  );
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMs, socket => socket.destroy());
  server.on('clientError', (error, socket) => answerMalformed(error, socket as Socket, limits));
  return {
    server,
    async stop(graceMs) {
      state.stopping = true;
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

const brokeText = (id: string) => {
  const { code, message, hint } = serveMessages.broke.definition;
  return { code, message: message({}), hint: `${hint?.({}) ?? ''} (${id})` };
};

function send(
  request: IncomingMessage,
  response: ServerResponse,
  result: Reply,
  protocol: Route['protocol'],
  stopping: boolean,
): void {
  if (response.destroyed || response.headersSent) return;
  const refusal = result instanceof Refused ? result : undefined;
  const body =
    result instanceof Refused
      ? JSON.stringify(protocol === 'inference' ? { error: result.toText() } : result)
      : typeof result.body === 'string'
        ? result.body
        : JSON.stringify(result.body);
  response.statusCode = result.status;
  response.setHeader(
    'content-type',
    refusal ? 'application/json' : ((result as { type?: string }).type ?? 'application/json'),
  );
  response.setHeader('content-length', Buffer.byteLength(body));
  response.setHeader('cache-control', 'no-store');
  for (const [name, value] of Object.entries(refusal?.headers ?? {})) response.setHeader(name, value);
  // What is left of a body that nobody reads would be taken for the next request.
  const unread = !request.complete && hasBody(request);
  if (unread || stopping) response.setHeader('connection', 'close');
  response.end(request.method === 'HEAD' ? undefined : body);
  if (unread) lingering(request);
}

/** Whether a body was announced: without one, a request ends with its headers. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** A client that is still sending reads no answer: it is given a moment before the connection ends. */
function lingering(request: IncomingMessage): void {
  request.on('error', () => {});
  request.resume();
  const timer = setTimeout(() => request.destroy(), 1000).unref();
  request.once('close', () => clearTimeout(timer));
}

/** Bytes that are no request, and requests that do not end. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket, limits: HttpLimits): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const long = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, words] = slow
    ? ([408, 'Request Timeout'] as const)
    : long
      ? ([431, 'Request Header Fields Too Large'] as const)
      : ([400, 'Bad Request'] as const);
  const seconds = Math.max(limits.headersMs, limits.requestMs) / 1000;
  const reason = long ? 'its headers are longer than 16 KiB' : 'its first line or a header is malformed';
  const told = slow
    ? refused(status, serveMessages.slow, { seconds })
    : refused(status, serveMessages.malformed, { reason });
  const body = JSON.stringify(told);
  socket.end(
    `HTTP/1.1 ${status} ${words}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
