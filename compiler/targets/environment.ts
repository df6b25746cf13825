import type { Environment, Plan, Setting } from '../plan/plan.ts';

/** An environment with what it extends, key by key. */
export function resolveEnvironment(plan: Plan, name: string): Environment | undefined {
  const chain: Environment[] = [];
  const seen = new Set<string>();
  for (let next: string | null = name; next !== null && !seen.has(next); ) {
    seen.add(next);
    const environment: Environment | undefined = plan.environments[next];
    if (!environment) break;
    chain.unshift(environment);
    next = environment.extends;
  }
  const own = chain.at(-1);
  if (!own) return undefined;
  return {
    ...own,
    target: chain.reduce<string | null>((target, e) => e.target ?? target, null),
    settings: Object.assign({}, ...chain.map(e => e.settings)) as Readonly<Record<string, Setting>>,
  };
}
