import type { CallExpr, ComponentUse, Foreign, Plan, Step, TeamFunction } from './plan.ts';

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

/**
 * Whether a requirement of pip names one version for ever: `name==1.2.3`, perhaps with extras, or a file by its address and
 * hash. Only such are installed.
 */
export const isExactPackage = (requirement: string): boolean =>
  /^[A-Za-z0-9._-]+(\[[A-Za-z0-9._,-]+\])?(==[A-Za-z0-9.!+_-]+| @ https:\/\/\S+#sha256=[0-9a-f]{64})$/.test(
    requirement,
  );

const TEAM = 'team:';

/** What a call of the team's own function is called, so that none is taken for a function of the library. */
export const ofTeam = (name: string): string => `${TEAM}${name}`;

/** `steps/clean.ts:clean` taken apart; undefined for what is written otherwise. */
export function splitTarget(target: string): { readonly file: string; readonly name: string } | undefined {
  const match = /^(?:\.\/)?(.+):([A-Za-z_$][\w$]*)$/.exec(target);
  return match ? { file: match[1]!, name: match[2]! } : undefined;
}

/** All functions of the team that something in a part of a plan calls, by the name under which it does. */
export function teamFunctions(part: unknown): ReadonlyMap<string, TeamFunction> {
  const found = new Map<string, TeamFunction>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const { op, fn, team } = value as Partial<CallExpr>;
    if (op === 'call' && team !== undefined && fn !== undefined) found.set(fn, team);
    for (const inside of Object.values(value)) visit(inside);
  };
  visit(part);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same of the expressions of a whole plan. */
export const functionsOfPlan = ({
  views,
  validations,
  models,
  tests,
}: Plan): ReadonlyMap<string, TeamFunction> => teamFunctions([views, validations, models, tests]);
