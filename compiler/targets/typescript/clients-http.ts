import type { FileStructure } from './project.ts';

/** `clients/http.ts`: what all clients share. It needs nothing but `fetch`, so that a browser can use it too. */
export function httpFile(): FileStructure {
  return { path: 'clients/http.ts', imports: [], statements: [source] };
}

/** The same for every spec. */
const source = `/** One fault of one field of a request. */
export interface FieldFault {
  /** \`mlp explain CODE\` tells more. */
  readonly code: string;
  /** The row's place among those of the request, from 0. */
  readonly row: number;
  readonly field: string;
  readonly message: string;
  readonly given: string;
  /** As the spec writes it. */
  readonly expected: string;
  readonly hint?: string;
  /** Where the spec says so: a file, a line and a column. */
  readonly spec?: string;
}

/** The service refused. */
export class ServiceError extends Error {
  /** The status of HTTP. */
  readonly status: number;
  /** \`mlp explain CODE\` tells more. */
  readonly code: string;
  readonly hint: string | undefined;
  /** Everything that is wrong with the request; empty where it is not the request's fault. */
  readonly faults: readonly FieldFault[];

  constructor(status: number, told: Refusal) {
    super(told.error);
    this.name = 'ServiceError';
    this.status = status;
    this.code = told.code;
    this.hint = told.hint;
    this.faults = told.faults ?? [];
  }

  /** Whether the same request may be answered later. */
  get temporary(): boolean {
    return this.status === 503;
  }
}

/** The service did not answer, or not as one of this kind does. */
export class ServiceUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServiceUnreachable';
  }
}

export interface ClientOptions {
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds after which a request is given up; 10,000 by default. */
  readonly timeout?: number;
  /** In the place of the global one. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

interface Refusal {
  readonly error: string;
  readonly code: string;
  readonly hint?: string;
  readonly faults?: readonly FieldFault[];
}

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'error' in value && 'code' in value;

/** A whole number beyond 2^53 is sent as text, as a number of JSON would not be exact. */
const inJson = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** Asks one service; the clients of deployments say what. */
export class ServiceClient {
  readonly #url: string;
  readonly #options: ClientOptions;

  /** \`url\` is where the service listens, such as \`http://127.0.0.1:8080\`. */
  constructor(url: string | URL, options: ClientOptions = {}) {
    this.#url = String(url).replace(/\\/+$/, '');
    this.#options = options;
  }

  /** Whether the service can answer now. */
  async ready({ signal }: CallOptions = {}): Promise<boolean> {
    const response = await this.#fetch('/health/ready', {}, signal);
    return response.ok;
  }

  protected async post<Answer>(path: string, body: unknown, { signal }: CallOptions): Promise<Answer> {
    const text = JSON.stringify(body, inJson);
    const response = await this.#fetch(path, { method: 'POST', body: text }, signal);
    const answer: unknown = await response.json().catch((cause: unknown) => {
      throw new ServiceUnreachable(\`\${this.#url}\${path} did not answer with JSON\`, { cause });
    });
    if (response.ok) return answer as Answer;
    if (isRefusal(answer)) throw new ServiceError(response.status, answer);
    throw new ServiceUnreachable(\`\${this.#url}\${path} answered with status \${response.status}\`);
  }

  async #fetch(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    const { headers, timeout = 10_000, fetch: ask = fetch } = this.#options;
    const late = AbortSignal.timeout(timeout);
    try {
      return await ask(\`\${this.#url}\${path}\`, {
        ...init,
        headers: { 'content-type': 'application/json', ...headers },
        signal: signal === undefined ? late : AbortSignal.any([late, signal]),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const why = late.aborted ? \`did not answer within \${timeout} ms\` : 'cannot be reached';
      throw new ServiceUnreachable(\`\${this.#url} \${why}\`, { cause });
    }
  }
}`;
