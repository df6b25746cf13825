import { whoAmI } from '../store/processes.ts';
import type { Promotion } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { MlpError } from './contract.ts';

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
    if (!versions.includes(version))
      throw new MlpError('MLP8516', `${model} has no version ${version} in ${environment}`, {
        hint:
          versions.length > 0
            ? `It has ${versions.join(', ')}`
            : `No version of ${model} is registered there`,
      });
    const promotion = store.registry.promote({
      environment,
      model,
      alias,
      to: version,
      who: whoAmI(),
      why,
      run: null,
    });
    if (!promotion) throw new MlpError('MLP8516', `version ${version} of ${model} is ${alias} already`);
    return promotion;
  });
}
