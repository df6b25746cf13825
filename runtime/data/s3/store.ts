import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AwsClient } from 'aws4fetch';
import { connectionMessages } from '../../../compiler/diagnostics/messages/connections.ts';
import type { MlpError } from '../../engine/contract.ts';
import { fault } from '../faults.ts';
import { type Connection, secretOf, withoutSecrets } from '../secrets.ts';

/** An object as a listing shows it. */
export interface StoredObject {
  readonly key: string;
  /** What the store calls this content of the key; another content has another one. */
  readonly etag: string;
  readonly bytes: number;
}

/** The part of the S3 protocol that sources and sinks need, by signed requests (signature version 4). */
export interface ObjectStore {
  /** As messages call it. */
  readonly name: string;
  /** Its address, which no message shows. */
  readonly address: string;
  /** All objects whose keys begin with the prefix, in the order of their keys. */
  list(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  /** Writes an object into a file. Throws MLP8121 where it is not the one that was listed, MLP8122 where it ends early. */
  download(bucket: string, object: StoredObject, file: string): Promise<void>;
  /** Whether an object has this content: by the SHA-256 that `upload` has noted, and by what the store itself says. */
  holds(bucket: string, key: string, content: Content): Promise<boolean>;
  /** Stores a file whole: others see the old object or the new one. */
  upload(
    bucket: string,
    key: string,
    file: string,
    of: { readonly type: string; readonly hash: string },
  ): Promise<void>;
}

/** What tells a file's content. */
export interface Content {
  readonly hash: string;
  readonly md5: string;
  readonly bytes: number;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the store is and with which keys: those of the connection, else the variables that all S3 clients read. */
export async function openStore(
  connection: Connection | null,
  at: number,
  signal: AbortSignal,
): Promise<ObjectStore> {
  const args = connection?.construct.args ?? {};
  const text = (name: string): string | undefined =>
    typeof args[name] === 'string' ? (args[name] as string) : undefined;
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const region = text('region') ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1';
  const endpoint =
    text('endpoint') ??
    (connection ? undefined : (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL)) ??
    `https://s3.${region}.amazonaws.com`;
  const keys = await keysOf(connection, at);
  const { AwsClient } = await import('aws4fetch');
  const client = new AwsClient({ ...keys, region, service: 's3', retries: 2 });
  return new Store(
    connection?.name ?? 'the object store',
    client,
    endpoint.replace(/\/+$/, ''),
    keys,
    at,
    signal,
  );
}

async function keysOf(connection: Connection | null, at: number): Promise<Keys> {
  const own =
    connection &&
    (await Promise.all([secretOf(connection, 'access_key'), secretOf(connection, 'secret_key')]));
  if (own?.[0] !== undefined && own[1] !== undefined) return { accessKeyId: own[0], secretAccessKey: own[1] };
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY)
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    };
  const secret = AWS_ACCESS_KEY_ID ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID';
  throw fault(
    connectionMessages.secretMissing,
    { secret, connection: connection?.name ?? 'to the object store' },
    { at: connection?.construct.at ?? at },
  );
}

/** Metadata of an object: the SHA-256 of its content. */
const hashHeader = 'x-amz-meta-mlp-sha256';

class Store implements ObjectStore {
  readonly name: string;
  readonly address: string;
  readonly #client: AwsClient;
  readonly #keys: Keys;
  readonly #at: number;
  readonly #signal: AbortSignal;

  constructor(
    name: string,
    client: AwsClient,
    endpoint: string,
    keys: Keys,
    at: number,
    signal: AbortSignal,
  ) {
    this.name = name;
    this.#client = client;
    this.address = endpoint;
    this.#keys = keys;
    this.#at = at;
    this.#signal = signal;
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ 'list-type': '2', 'encoding-type': 'url', prefix });
      if (token !== undefined) query.set('continuation-token', token);
      const answer = await this.#ask(
        `${this.#url(bucket)}?${query}`,
        {},
        `a list of s3://${bucket}/${prefix}`,
      );
      const xml = await answer.text();
      found.push(...listedObjects(xml));
      token = element(xml, 'IsTruncated') === 'true' ? element(xml, 'NextContinuationToken') : undefined;
    } while (token !== undefined);
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async download(bucket: string, object: StoredObject, file: string): Promise<void> {
    const path = `s3://${bucket}/${object.key}`;
    const answer = await this.#ask(
      this.#url(bucket, object.key),
      { headers: { 'if-match': object.etag } },
      path,
      path,
    );
    const changed = (): MlpError =>
      fault(connectionMessages.objectChanged, { path, how: 'changed' }, { at: this.#at });
    const etag = answer.headers.get('etag');
    if (etag !== null && bare(etag) !== bare(object.etag)) throw changed();
    let got = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        got += chunk.length;
        done(null, chunk);
      },
    });
    const short = (): MlpError =>
      fault(connectionMessages.objectTruncated, { path, expected: object.bytes, got }, { at: this.#at });
    try {
      const body = answer.body === null ? Readable.from([]) : Readable.fromWeb(answer.body as never);
      await pipeline(body, counted, createWriteStream(file), { signal: this.#signal });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (typeof (error as NodeJS.ErrnoException).syscall === 'string' && got === object.bytes) throw error;
      throw short();
    }
    if (got !== object.bytes) throw short();
  }

  async holds(bucket: string, key: string, content: Content): Promise<boolean> {
    const url = this.#url(bucket, key);
    const answer = await this.#ask(
      url,
      { method: 'HEAD' },
      `to look at s3://${bucket}/${key}`,
      undefined,
      [404],
    );
    if (!answer.ok || answer.headers.get(hashHeader) !== content.hash) return false;
    // Some stores keep the notes of an object that was replaced. Of a plain upload the tag is the MD5.
    const etag = bare(answer.headers.get('etag') ?? '');
    const same = !/^[0-9a-f]{32}$/.test(etag) || etag === content.md5;
    return same && Number(answer.headers.get('content-length')) === content.bytes;
  }

  async upload(
    bucket: string,
    key: string,
    file: string,
    of: { readonly type: string; readonly hash: string },
  ): Promise<void> {
    const body = await readFile(file);
    const headers = { 'content-type': of.type, [hashHeader]: of.hash };
    await this.#ask(
      this.#url(bucket, key),
      { method: 'PUT', headers, body },
      `to store s3://${bucket}/${key}`,
    );
  }

  #url(bucket: string, key?: string): string {
    const path = key === undefined ? [bucket] : [bucket, ...key.split('/')];
    return `${this.address}/${path.map(encoded).join('/')}`;
  }

  /** A signed request; `object` is the path of the one object that it reads, `fine` what is an answer and no error. */
  async #ask(
    url: string,
    init: RequestInit,
    what: string,
    object?: string,
    fine: readonly number[] = [],
  ): Promise<Response> {
    const at = this.#at;
    let answer: Response;
    try {
      answer = await this.#client.fetch(url, { ...init, redirect: 'manual', signal: this.#signal });
    } catch (error) {
      this.#signal.throwIfAborted();
      const facts = {
        connection: this.name,
        reason: reasonOf(error),
        setting: '`endpoint` of the connection',
      };
      throw fault(connectionMessages.unreachable, facts, { at });
    }
    if (answer.ok || fine.includes(answer.status)) return answer;
    const xml = await answer.text().catch(() => '');
    const code = element(xml, 'Code') ?? `HTTP ${answer.status}`;
    if (object !== undefined && (answer.status === 404 || answer.status === 412) && code !== 'NoSuchBucket')
      throw fault(
        connectionMessages.objectChanged,
        { path: object, how: answer.status === 404 ? 'vanished' : 'changed' },
        { at },
      );
    const { accessKeyId, secretAccessKey, sessionToken } = this.#keys;
    const message = withoutSecrets(element(xml, 'Message') ?? '', [
      accessKeyId,
      secretAccessKey,
      sessionToken,
    ]);
    const reason = [code, message].filter(Boolean).join(': ');
    if (answer.status === 401 || answer.status === 403 || /AccessKey|Signature|Token|User/.test(code))
      throw fault(connectionMessages.denied, { connection: this.name, reason, setting: 'its keys' }, { at });
    throw fault(connectionMessages.storeRefused, { connection: this.name, what, reason }, { at });
  }
}

const bare = (etag: string): string => etag.replace(/^W\//, '').replaceAll('"', '');

const encoded = (segment: string): string =>
  encodeURIComponent(segment).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (xml: string): string =>
  xml.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) =>
    hex
      ? String.fromCodePoint(Number.parseInt(hex, 16))
      : decimal
        ? String.fromCodePoint(Number(decimal))
        : (entities[name] ?? all),
  );

/** The text of the first element of a name; those of the protocol's answers have no attributes. */
function element(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? undefined : unescaped(found);
}

function listedObjects(xml: string): StoredObject[] {
  const decoded =
    element(xml, 'EncodingType') === 'url'
      ? (key: string) => decodeURIComponent(key.replaceAll('+', ' '))
      : (key: string) => key;
  return [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, entry = '']) => ({
    key: decoded(element(entry, 'Key') ?? ''),
    etag: element(entry, 'ETag') ?? '',
    bytes: Number(element(entry, 'Size') ?? 0),
  }));
}

/** What a failed fetch means, without the address. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens at the address',
    ENOTFOUND: 'there is no host of that name',
    EAI_AGAIN: 'the name of the host cannot be looked up now',
    ECONNRESET: 'the server broke off',
    UND_ERR_CONNECT_TIMEOUT: 'no answer in 10 s',
    UND_ERR_SOCKET: 'the server broke off',
  };
  return words[cause?.code ?? ''] ?? cause?.code ?? (error as Error).message;
}
