import type { Plan } from '../../../compiler/plan/plan.ts';
import { secretOf } from '../../data/secrets.ts';
import type { OnlineOptions } from './contract.ts';
import { openEmbedded } from './embedded.ts';
import type { OnlineStore } from './store.ts';

/**
 * The store that was given, or that the environment's setting `online` names, else the embedded one; undefined: it is to
 * be read only, and there is none.
 */
export async function openStoreFor(
  plan: Plan,
  options: OnlineOptions,
  { readOnly }: { readonly readOnly: boolean },
): Promise<OnlineStore | undefined> {
  const environment = options.environment ?? plan.environment ?? 'local';
  const redis = await redisOf(plan, options);
  if (redis === undefined) return openEmbedded(options.root, environment, { readOnly });
  const { openRedis } = await import('./redis.ts');
  return openRedis({ ...redis, environment });
}

async function redisOf(
  plan: Plan,
  { store }: OnlineOptions,
): Promise<{ url: string; prefix: string } | undefined> {
  if (store === 'embedded') return undefined;
  if (store !== undefined) return { url: store, prefix: 'mlp' };
  const environment = plan.environments[plan.environment ?? ''];
  const setting = environment?.settings['online'];
  if (setting === null || typeof setting !== 'object' || !('ref' in setting)) return undefined;
  const connection = environment?.connections[setting.ref] ?? plan.connections[setting.ref];
  if (connection === undefined) throw new Error(`the plan has no connection ${setting.ref}`);
  const url = await secretOf({ name: setting.ref, construct: connection }, 'url');
  if (url === undefined) throw new Error(`url of the connection ${setting.ref} is no secret`);
  return { url, prefix: String(connection.args['prefix'] ?? 'mlp') };
}
