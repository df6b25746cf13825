import type { Plan } from './plan.ts';
import { dependenciesOf } from './steps.ts';
import { tablesOf } from './tables.ts';

/** What a schema cannot say: every name leads to a declaration, every step stands after those it builds on. */
export function linkFaults(plan: Plan): string[] {
  return [...declarationFaults(plan), ...stepFaults(plan), ...positionFaults(plan)];
}

function declarationFaults(plan: Plan): string[] {
  const faults: string[] = [];
  const has = (record: object, name: string): boolean => Object.hasOwn(record, name);
  const need = (where: string, what: string, record: object, name: string): void => {
    if (!has(record, name))
      faults.push(`${where} refers to the ${what} "${name}", which the plan does not have`);
  };
  const tables = { ...plan.sources, ...plan.components, ...plan.views };
  for (const [name, source] of Object.entries(plan.sources))
    need(`sources.${name}`, 'schema', plan.schemas, source.schema);
  for (const [name, use] of Object.entries(plan.components)) {
    need(`components.${name}`, 'schema', plan.schemas, use.schema);
    for (const table of Object.values(use.inputs)) need(`components.${name}`, 'table', tables, table);
  }
  for (const [name, validation] of Object.entries(plan.validations))
    need(`validations.${name}`, 'table', tables, validation.on);
  for (const [name, view] of Object.entries(plan.views))
    for (const table of tablesOf(view)) need(`views.${name}`, 'table', tables, table);
  for (const [name, model] of Object.entries(plan.models)) {
    for (const view of model.views) need(`models.${name}`, 'view', plan.views, view);
    for (const column of [model.label, ...model.features])
      if (!plan.views[column.view]?.features.some(f => f.name === column.name))
        faults.push(
          `models.${name} refers to the feature "${column.view}.${column.name}", which the plan does not have`,
        );
  }
  for (const [name, deployment] of Object.entries(plan.deployments))
    need(`deployments.${name}`, 'model', plan.models, deployment.serves);
  for (const [name, monitor] of Object.entries(plan.monitors))
    need(`monitors.${name}`, 'deployment', plan.deployments, monitor.deployment);
  return faults;
}

function stepFaults(plan: Plan): string[] {
  const faults: string[] = [];
  const done = new Map<string, ReadonlySet<string>>();
  const all = new Set(plan.steps.map(step => step.id));
  for (const step of plan.steps) {
    const where = `step ${step.id}`;
    if (done.has(step.id)) faults.push(`${where} is in the plan twice`);
    for (const id of dependenciesOf(step))
      if (!all.has(id)) faults.push(`${where} builds on the step "${id}", which the plan does not have`);
      else if (!done.has(id)) faults.push(`${where} stands before ${id}, on which it builds`);
    for (const input of step.inputs)
      if ('from' in input && done.get(input.from)?.has(input.output) === false)
        faults.push(`${where} reads "${input.output}" of ${input.from}, which has no such output`);
    done.set(step.id, new Set(step.outputs.map(output => output.name)));
  }
  return faults;
}

function positionFaults(plan: Plan): string[] {
  const count = plan.positions.length;
  const search = (value: unknown): boolean => {
    if (value === null || typeof value !== 'object') return false;
    if (Array.isArray(value)) return value.some(search);
    const record = value as Record<string, unknown>;
    if (typeof record['op'] === 'string' && typeof record['at'] === 'number' && record['at'] >= count)
      return true;
    return Object.values(record).some(search);
  };
  return search(plan) ? [`an expression points at a position beyond the ${count} that the plan has`] : [];
}
