import type { Plan } from '../../plan/plan.ts';
import { dockerfile } from '../image/dockerfile.ts';
import { dnsLabel } from '../names.ts';
import { projectName, type TargetOptions } from '../target.ts';
import type { Settings } from './settings.ts';
import { defaults } from './versions.ts';

/** The image every step runs: the one of the settings, or the registry's with the plan's hash as its tag. */
export const imageOf = (plan: Plan, options: TargetOptions, settings: Settings): string =>
  settings.image ?? `${settings.registry}/${dnsLabel(projectName(plan, options))}:${plan.hash.slice(0, 16)}`;

/** Builds the image from `image/`, where the program is JavaScript already. */
export const imageFile = (plan: Plan): Promise<string> =>
  dockerfile(plan, { program: 'app/', typescript: false, workFolder: null, user: defaults.user });
