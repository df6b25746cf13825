import type { Plan } from '../../compiler/plan/plan.ts';

/** Shorter values would be found in words that have nothing to do with them. */
const shortest = 5;

/** Takes the values of the plan's secrets out of a text that may be shown: what the team's code prints is its own. */
export function withoutSecrets(plan: Plan): (text: string) => string {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one);
    else if (value !== null && typeof value === 'object') {
      const { secret } = value as { secret?: unknown };
      if (typeof secret === 'string') names.add(secret);
      for (const one of Object.values(value)) visit(one);
    }
  };
  visit([plan.connections, plan.sources, plan.sinks, plan.monitors, plan.pipelines, plan.environments]);
  const values = [...names].flatMap(name => {
    const value = process.env[name];
    return value !== undefined && value.length >= shortest ? [[name, value] as const] : [];
  });
  // The longest first: one may be part of another.
  values.sort(([, a], [, b]) => b.length - a.length);
  return text => values.reduce((rest, [name, value]) => rest.replaceAll(value, `(secret ${name})`), text);
}
