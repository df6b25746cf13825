import { functionsOfPlan } from '../../plan/foreign.ts';
import type { Plan } from '../../plan/plan.ts';
import { dockerfile } from '../image/dockerfile.ts';
import { sourcePath } from '../local/capabilities.ts';
import { dnsLabel } from '../names.ts';
import { header, type OutputFile, place, projectName, type TargetOptions } from '../target.ts';
import { packageOf } from './packages.ts';
import type { ProgramNames } from './project.ts';
import { versions } from './versions.ts';

/** npm packages that sources read, with the versions that are installed beside the project, where they are known. */
export function dataPackages(
  plan: Plan,
  options: TargetOptions,
): Readonly<Record<string, string | undefined>> {
  const names = Object.values(plan.sources).flatMap(source => packageOf(sourcePath(source) ?? '') ?? []);
  return Object.fromEntries([...new Set(names)].sort().map(name => [name, options.packageVersions?.[name]]));
}

/** `left-pad@1.3.0`: a package and its version; any, where none is written. */
function splitVersion(text: string): [string, string] {
  const at = text.lastIndexOf('@');
  return at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, '*'];
}

export function packageFile(plan: Plan, options: TargetOptions): OutputFile {
  const needed = [...functionsOfPlan(plan).values()].flatMap(({ run }) => run.packages.map(splitVersion));
  const known = Object.entries(dataPackages(plan, options)).filter(([, version]) => version !== undefined);
  const document = {
    '//': header(plan).join(' '),
    name: dnsLabel(projectName(plan, options)),
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: versions.engine },
    scripts: {
      build: 'tsc -p .',
      start: 'node dist/main.js run',
      serve: 'node dist/main.js serve',
    },
    dependencies: { 'mlp-runtime': plan.compiler, ...Object.fromEntries([...known, ...needed]) },
    devDependencies: { '@types/node': versions.nodeTypes, typescript: versions.typescript },
  };
  return { path: 'package.json', text: `${JSON.stringify(document, null, 2)}\n` };
}

/** The image that runs and serves the program, and what is kept out of it. */
export async function imageFiles(plan: Plan): Promise<readonly OutputFile[]> {
  const options = { program: '', typescript: true, workFolder: '/project', user: 10_001 };
  const ignored = ['node_modules', 'dist', '.mlp', '.git', 'Dockerfile', '.dockerignore'];
  const head = header(plan).map(line => `# ${line}`);
  return [
    { path: 'Dockerfile', text: await dockerfile(plan, options) },
    { path: '.dockerignore', text: `${[...head, ...ignored].join('\n')}\n` },
  ];
}

export function tsconfigFile(plan: Plan, javaScript: boolean): OutputFile {
  const document = {
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      verbatimModuleSyntax: true,
      ...(functionsOfPlan(plan).size > 0 ? { rewriteRelativeImportExtensions: true } : {}),
      ...(javaScript ? { allowJs: true } : {}),
      resolveJsonModule: true,
      skipLibCheck: true,
      rootDir: '.',
      outDir: 'dist',
    },
    include: ['**/*.ts', 'plan.json'],
    exclude: ['dist', 'node_modules'],
  };
  const head = header(plan).map(line => `// ${line}\n`);
  return { path: 'tsconfig.json', text: `${head.join('')}${JSON.stringify(document, null, 2)}\n` };
}

export function readmeFile(plan: Plan, options: TargetOptions, program: ProgramNames): OutputFile {
  const unknown = Object.entries(dataPackages(plan, options)).filter(([, version]) => version === undefined);
  const views = [...program.viewFiles].map(
    ([name, file]) =>
      `| \`features/${file}.ts\` | \`features ${name}\` | ${place(plan, plan.views[name]!.at)} |`,
  );
  const validations = [...program.validationFiles].map(
    ([name, file]) =>
      `| \`validations/${file}.ts\` | \`validation ${name}\` | ${place(plan, plan.validations[name]!.at)} |`,
  );
  const clients = [...program.clientFiles].map(
    ([name, file]) =>
      `| \`clients/${file}.ts\` | a client of \`deployment ${name}\`, on \`fetch\` alone | ${place(plan, plan.deployments[name]!.at)} |`,
  );
  const text = [
    `# ${projectName(plan, options)}`,
    `${header(plan)[0]}\nPlan \`${plan.hash}\`.`,
    '```sh\nnpm install\nnpm run build\nnode dist/main.js run            # or: run GOAL\n```',
    ...(program.clientFiles.size > 0
      ? [
          'Answer requests with the champion that a run has promoted, in the project that `--root` names:',
          '```sh\nnode dist/main.js serve [DEPLOYMENT] --root DIR\n```',
        ]
      : []),
    'One step alone, on folders, as a pod or a CI job does it:',
    '```sh\nnode dist/main.js step NAME --in DIR --out DIR [--params FILE] [--root DIR]\n```',
    'In an image, which works in `/project`; pin its base by digest:',
    `\`\`\`sh\ndocker build --build-arg NODE_IMAGE=node@sha256:… -t ${dnsLabel(projectName(plan, options))} .\n` +
      `docker run -v "$PWD/..:/project" ${dnsLabel(projectName(plan, options))} run\n\`\`\``,
    ...(unknown.length
      ? [
          `Sources read files of npm packages; install them: \`npm install ${unknown.map(([name]) => name).join(' ')}\`.`,
        ]
      : []),
    [
      '| file | what it holds | from |',
      '|---|---|---|',
      '| `main.ts` | the program: `run`, `step` and `serve`, as functions and as commands | |',
      '| `graph.ts` | the steps, each after those it reads from | |',
      '| `schemas.ts` | an interface for every schema, and a reader that finds every fault of a row of JSON | |',
      '| `sources.ts` | casts and checks of every source | |',
      ...(Object.keys(plan.components).length > 0
        ? ['| `components.ts` | casts and checks of what components take and make | |']
        : []),
      ...(program.functions.size > 0
        ? [
            '| `functions.ts`, `team/` | functions of the team’s own code, and the files that they stand in | |',
          ]
        : []),
      ...views,
      ...validations,
      ...clients,
      '| `plan.json` | what the spec says, resolved | |',
    ].join('\n'),
  ];
  return { path: 'README.md', text: `${text.join('\n\n')}\n` };
}
