import type { Plan } from '../../../compiler/plan/plan.ts';
import type { OnlineOptions } from './contract.ts';
import { openEmbedded } from './embedded.ts';
import type { OnlineStore } from './store.ts';

/** The store that the environment names, else the embedded one; undefined: read only, and there is none. */
export async function openStoreFor(
  plan: Plan,
  options: OnlineOptions,
  { readOnly }: { readonly readOnly: boolean },
): Promise<OnlineStore | undefined> {
  const environment = options.environment ?? plan.environment ?? 'local';
  return openEmbedded(options.root, environment, { readOnly });
}
