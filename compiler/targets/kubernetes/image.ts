import type { Plan } from '../../plan/plan.ts';
import { dnsLabel } from '../names.ts';
import { header, projectName, type TargetOptions } from '../target.ts';
import type { Settings } from './settings.ts';
import { defaults, paths, versions } from './versions.ts';

/** The image every step runs: the one of the settings, or the registry's with the plan's hash as its tag. */
export const imageOf = (plan: Plan, options: TargetOptions, settings: Settings): string =>
  settings.image ?? `${settings.registry}/${dnsLabel(projectName(plan, options))}:${plan.hash.slice(0, 16)}`;

/** Builds the image from `image/`. Nothing of the spec goes into it but through the header, a comment. */
export function dockerfile(plan: Plan): string {
  const lines = [
    ...header(plan).map(line => `# ${line}`),
    `FROM ${versions.node}`,
    'ENV NODE_ENV=production',
    `WORKDIR ${paths.app}`,
    '# With a lock file beside package.json the same bytes are installed every time.',
    'COPY app/package.json app/package-lock.jso[n] ./',
    'RUN if [ -f package-lock.json ]; then npm ci --omit=dev --ignore-scripts; else npm install --omit=dev --ignore-scripts; fi',
    'COPY app/ ./',
    `USER ${defaults.user}:${defaults.user}`,
    `ENTRYPOINT ["node", "${paths.app}/main.js"]`,
  ];
  return `${lines.join('\n')}\n`;
}
