import { featureStoreMessages } from '../../../compiler/diagnostics/messages/feature-store.ts';
import { tableOf } from '../../../compiler/plan/reads.ts';
import { fault } from '../../data/faults.ts';
import type { Program } from '../../engine/contract.ts';
import { OnlineComputation } from './compute.ts';
import type { OnlineFeatures, OnlineOptions, OpenOnlineFeatures } from './contract.ts';
import { metaAddress } from './documents.ts';
import { openStoreFor } from './place.ts';
import { onlineView, type State, statesOf } from './states.ts';

/** Opens what the views read. @throws MlpError where something that they need was never materialised */
export const openOnlineFeatures: OpenOnlineFeatures = async (program, views, options) => {
  const planned = views.map(name => onlineView(program, name));
  const states = statesOf(planned);
  const store = await openStoreFor(program.plan, options, { readOnly: true });
  try {
    const metas =
      store === undefined ? states.map(() => undefined) : await store.read(states.map(metaAddress));
    const absent = states.filter((_, i) => metas[i] === undefined);
    if (absent.length > 0) throw notThere(program, views, absent, options);
  } catch (error) {
    await store?.close();
    throw error;
  }
  const computation = new OnlineComputation(planned, states, store);
  const read = new Set(planned.flatMap(view => view.reads.request));
  const source = planned[0]?.reads.source ?? '';
  const columns = [...(tableOf(program.plan, source)?.columns.keys() ?? [])];
  return {
    compute: (requests, fitted) => computation.compute(requests, fitted),
    requestColumns: columns.filter(column => read.has(column)),
    freshness: at => computation.freshness(at),
    close: async () => {
      await store?.close();
    },
  } satisfies OnlineFeatures;
};

function notThere(
  program: Program,
  views: readonly string[],
  absent: readonly State[],
  options: OnlineOptions,
): Error {
  const facts = {
    views,
    tables: [...new Set(absent.map(({ table }) => table))],
    place: options.store === undefined ? 'embedded, .mlp/online' : 'the one of the environment',
    environment: program.plan.environment,
  };
  const at = program.plan.views[views[0] ?? '']?.at;
  return fault(featureStoreMessages.notMaterialized, facts, at === undefined ? {} : { at });
}
