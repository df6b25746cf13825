import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { featureStoreMessages } from '../../../compiler/diagnostics/messages/feature-store.ts';
import { fault } from '../../data/faults.ts';
import type { Address, Change, OnlineStore, Values } from './store.ts';

export interface RedisOptions {
  readonly url: string;
  /** What its keys begin with. */
  readonly prefix: string;
  readonly environment: string;
}

/** A writer that has died is given up after this long; a living one says that it lives three times as often. */
const lockMs = 30_000;
const connectMs = 5_000;
const commandMs = 10_000;
const closeMs = 1_000;

/**
 * Features in Redis: a space is a hash. What is read at once goes out as one pipeline, and its answers come back together.
 * A connection that is lost is made again; what is asked meanwhile fails at once, so that a service can say so.
 */
export async function openRedis({ url, prefix, environment }: RedisOptions): Promise<OnlineStore> {
  const { createClient, RESP_TYPES } = await import('@redis/client');
  const place = placeOf(url);
  const client = createClient({
    url,
    socket: { connectTimeout: connectMs, reconnectStrategy: retries => Math.min(2000, 50 * 2 ** retries) },
    commandOptions: { timeout: commandMs },
    disableOfflineQueue: true,
  });
  // Each command tells of its own failure.
  client.on('error', () => {});
  const failed = (error: unknown): Error =>
    fault(featureStoreMessages.onlineStore, { place, reason: reasonOf(error) }, { cause: error });
  try {
    await within(client.connect(), connectMs);
  } catch (error) {
    client.destroy();
    throw failed(error);
  }
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const named = (space: string): string => `${prefix}:${environment}:${space}`;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw failed(error);
    }
  };

  return {
    near: false,
    place,
    read: addresses =>
      guarded(async () => {
        const spaces = bySpace(addresses);
        // Sent in one tick, commands share one write to the socket.
        const found = await Promise.all(
          [...spaces].map(([space, places]) =>
            bytes.hmGet(
              named(space),
              places.map(i => addresses[i]!.field),
            ),
          ),
        );
        const values: (Uint8Array | undefined)[] = new Array(addresses.length);
        for (const [s, places] of [...spaces.values()].entries())
          for (const [i, place] of places.entries())
            values[place] = (found[s]![i] as Buffer | null) ?? undefined;
        return values as Values;
      }),
    write: changes =>
      guarded(async () => {
        if (changes.length === 0) return;
        const transaction = client.multi();
        for (const [space, places] of bySpace(changes)) {
          const put = places.map(i => changes[i]! as Change).filter(({ value }) => value !== null);
          const gone = places.map(i => changes[i]! as Change).filter(({ value }) => value === null);
          if (put.length > 0)
            transaction.hSet(named(space), new Map(put.map(({ field, value }) => [field, bufferOf(value!)])));
          if (gone.length > 0)
            transaction.hDel(
              named(space),
              gone.map(({ field }) => field),
            );
        }
        await transaction.exec();
      }),
    fields: space => guarded(() => client.hKeys(named(space))),
    drop: space => guarded(async () => void (await client.unlink(named(space)))),
    lock: () => guarded(() => lock()),
    close: async () => {
      // What is still asked of a server that hangs would be waited for without end.
      if (client.isOpen) await within(client.close(), closeMs).catch(() => client.destroy());
    },
  };

  async function lock(): Promise<{ release(): Promise<void> } | { readonly holder: string }> {
    const key = named('lock');
    const mine = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() });
    const taken = await client.set(key, mine, { condition: 'NX', expiration: { type: 'PX', value: lockMs } });
    if (taken === null) {
      const holder = await client.get(key);
      const { pid, host } = JSON.parse(String(holder ?? '{}')) as { pid?: number; host?: string };
      return { holder: `process ${pid} on ${host}` };
    }
    const timer = setInterval(() => void client.pExpire(key, lockMs).catch(() => {}), lockMs / 3);
    timer.unref();
    const release = async (): Promise<void> => {
      clearInterval(timer);
      // Only what is still ours: after a long pause it may be another's.
      const script =
        "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";
      await guarded(() => client.eval(script, { keys: [key], arguments: [mine] }));
    };
    return { release };
  }
}

const bufferOf = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength);

function bySpace(addresses: readonly Address[]): Map<string, number[]> {
  const spaces = new Map<string, number[]>();
  for (const [i, { space }] of addresses.entries()) {
    const places = spaces.get(space);
    if (places === undefined) spaces.set(space, [i]);
    else places.push(i);
  }
  return spaces;
}

/** The address without what must not be shown. */
export function placeOf(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
  } catch {
    return 'a Redis URL that cannot be read';
  }
}

/** The first line of an error, without an address that may hold a password. */
function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code ?? (message ?? 'no answer').split('\n', 1)[0]!.replace(/rediss?:\/\/\S+/g, '(address)');
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no connection in time')), milliseconds);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
