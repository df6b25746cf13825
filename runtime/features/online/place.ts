import { featureStoreMessages } from '../../../compiler/diagnostics/messages/feature-store.ts';
import type { Construct, Plan } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
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
  const redis = redisOf(plan, options);
  if (redis === undefined) return openEmbedded(options.root, environment, { readOnly });
  const { openRedis } = await import('./redis.ts');
  return openRedis({ ...redis, environment });
}

function redisOf(plan: Plan, { store }: OnlineOptions): { url: string; prefix: string } | undefined {
  if (store === 'embedded') return undefined;
  if (store !== undefined) return { url: store, prefix: 'mlp' };
  const environment = plan.environments[plan.environment ?? ''];
  const setting = environment?.settings['online'];
  if (setting === null || typeof setting !== 'object' || !('ref' in setting)) return undefined;
  const connection = environment?.connections[setting.ref] ?? plan.connections[setting.ref];
  if (connection === undefined) throw new Error(`the plan has no connection ${setting.ref}`);
  return {
    url: secretOf(connection, setting.ref, 'url'),
    prefix: String(connection.args['prefix'] ?? 'mlp'),
  };
}

function secretOf(connection: Construct, of: string, name: string): string {
  const value = connection.args[name];
  if (value === null || typeof value !== 'object' || !('secret' in value))
    throw new Error(`${name} of the connection ${of} is no secret`);
  const found = process.env[value.secret];
  if (found === undefined || found === '')
    throw fault(
      featureStoreMessages.secretMissing,
      { name: value.secret, of: `the connection ${of}` },
      { at: connection.at },
    );
  return found;
}
