import { targetsMessages as messages } from '../../diagnostics/messages/targets.ts';
import type { Plan } from '../../plan/plan.ts';
import { resolveEnvironment } from '../environment.ts';
import { NOWHERE, type Refusal, refuse, type TargetOptions } from '../target.ts';
import { defaults } from './pins.ts';

/** The settings of `target github_actions { … }`, or their defaults: checking a spec needs no environment. */
export interface Settings {
  readonly runner: string;
  readonly node: string;
  readonly branch: string;
  /** The project's folder in the repository; empty: the repository itself. */
  readonly folder: string;
}

const target = 'github-actions';
const rules = {
  runner: { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/, expected: 'a runner’s label, such as "ubuntu-24.04"' },
  node: { pattern: /^[0-9]+(\.[0-9x]+){0,2}$/, expected: 'a Node version, such as "20" or "20.20.0"' },
  branch: { pattern: /^[A-Za-z0-9][A-Za-z0-9._/-]*$/, expected: 'the name of a branch' },
  folder: {
    pattern: /^([A-Za-z0-9_@][A-Za-z0-9._@ -]*(\/|$))*$/,
    expected: 'a folder inside the repository',
  },
} as const;

export function readSettings(
  plan: Plan,
  options: TargetOptions,
): { settings: Settings; refusals: readonly Refusal[] } {
  const environment = plan.environment === null ? undefined : resolveEnvironment(plan, plan.environment);
  const own = environment?.target === 'github_actions' ? environment.settings : {};
  const at = environment?.at ?? NOWHERE;
  const refusals: Refusal[] = [];
  const read = (name: keyof typeof rules, value: unknown, otherwise: string): string => {
    if (value == null) return otherwise;
    if (typeof value === 'string' && rules[name].pattern.test(value)) return value;
    const facts = { target, setting: name, value: JSON.stringify(value), expected: rules[name].expected };
    refusals.push(refuse(messages.badSetting, facts, at));
    return otherwise;
  };
  const settings = {
    runner: read('runner', own['runner'], defaults.runner),
    node: read('node', own['node'], defaults.node),
    branch: read('branch', own['branch'], defaults.branch),
    folder: read('folder', options.folder, '').replace(/\/$/, ''),
  };
  return { settings, refusals };
}
