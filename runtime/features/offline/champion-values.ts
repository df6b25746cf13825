import path from 'node:path';
import { fittedMessages } from '../../../compiler/diagnostics/messages/fitted.ts';
import { fittingOf } from '../../../compiler/plan/fitted.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import { openDatabase } from '../../store/driver.ts';
import { openRegistry } from '../../store/registry.ts';
import { hasStore } from '../../store/store.ts';
import { type Fitted, requireFitted } from '../fitted.ts';

/**
 * The values with which a model's champion sees a view; none for a view without fitted values. `named` is a model or a
 * deployment. @throws MlpError where no model is named that is given the view, or it has no champion
 */
export async function championValues(plan: Plan, view: string, named: string, root: string): Promise<Fitted> {
  const declared = plan.views[view]!;
  const { finished } = fittingOf(declared);
  if (finished.size === 0) return {};
  const model = plan.deployments[named]?.serves ?? named;
  if (!plan.models[model]?.views.includes(view)) {
    const models = Object.keys(plan.models).filter(name => plan.models[name]!.views.includes(view));
    throw fault(
      fittedMessages.noModel,
      { view, features: [...finished.keys()], models },
      { at: declared.at },
    );
  }
  const environment = plan.environment ?? 'local';
  const artifact = hasStore(root) ? await championOf(root, environment, model) : undefined;
  const { at } = plan.models[model]!;
  if (artifact === undefined) throw fault(fittedMessages.noChampion, { model, environment }, { at });
  const folder = path.join(root, '.mlp', 'artifacts', artifact.slice(0, 2), artifact);
  return requireFitted(plan, [view], folder, { model: `the champion of ${model}`, at });
}

async function championOf(root: string, environment: string, model: string): Promise<string | undefined> {
  const db = await openDatabase(path.join(root, '.mlp', 'store.db'), { reader: true });
  try {
    return openRegistry(db).holder(environment, model, 'champion')?.artifact;
  } finally {
    db.close();
  }
}
