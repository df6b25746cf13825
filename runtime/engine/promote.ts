import { runMessages } from '../../compiler/diagnostics/messages/run.ts';
import { fault } from '../data/faults.ts';
import { whoAmI } from '../store/processes.ts';
import type { Promotion } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface PromoteOptions {
  readonly environment: string;
  readonly model: string;
  readonly version: number;
  /** By default `champion`. */
  readonly alias?: 'champion' | 'candidate';
  /** The reason, for the log. */
  readonly why: string;
}

/** A person points an alias at a version: an approval that the gate asks for, or a step back. Logged like any other. */
export function promoteModel(store: Store, options: PromoteOptions): Promotion {
  const { environment, model, version, why, alias = 'champion' } = options;
  return store.transaction(() => {
    const versions = store.registry.versions(environment, model).map(known => known.version);
    const impossible = fault(runMessages.badPromotion, { model, version, environment, alias, versions });
    if (!versions.includes(version)) throw impossible;
    const promotion = store.registry.promote({
      environment,
      model,
      alias,
      to: version,
      who: whoAmI(),
      why,
      run: null,
    });
    if (!promotion) throw impossible;
    return promotion;
  });
}
