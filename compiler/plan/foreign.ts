import type { ComponentUse, Foreign, Plan, Step } from './plan.ts';

export interface ForeignCode {
  /** The table or the definition that it is the code of, under which its snapshot is known. */
  readonly name: string;
  readonly what: 'component' | 'trainer' | 'metric';
  readonly run: Foreign;
}

/** The team's code that a step runs. */
export function foreignCode(plan: Plan, step: Step): readonly ForeignCode[] {
  const codes: ForeignCode[] = [];
  const add = (name: string, what: ForeignCode['what'], run: Foreign | undefined): void => {
    if (run && run.language !== 'builtin') codes.push({ name, what, run });
  };
  if (step.kind === 'component') add(step.of, 'component', plan.components[step.of]?.run);
  const model = plan.models[step.of];
  if (step.kind === 'train' || step.kind === 'tune')
    add(model?.trainer?.trainer ?? '', 'trainer', model?.trainer?.run);
  if (step.kind === 'baseline') add(model?.baseline?.trainer ?? '', 'trainer', model?.baseline?.run);
  if (step.kind === 'evaluate') for (const use of model?.metrics ?? []) add(use.metric, 'metric', use.run);
  return codes;
}

/** The values that a component makes in a plan, by name. */
export const usesOfComponent = (
  plan: Plan,
  component: string,
): readonly (readonly [string, ComponentUse])[] =>
  Object.entries(plan.components).filter(([, use]) => use.component === component);

/** Does a step run code of the team? */
export const runsForeign = (plan: Plan, step: Step): boolean => foreignCode(plan, step).length > 0;

const TEAM = 'team:';

/** What a call of the team's own function is called, so that none is taken for a function of the library. */
export const ofTeam = (name: string): string => `${TEAM}${name}`;

/** The name of the team's own function that is called; undefined for the library's and for operators. */
export const teamFunction = (fn: string): string | undefined =>
  fn.startsWith(TEAM) ? fn.slice(TEAM.length) : undefined;
