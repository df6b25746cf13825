import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { changesText } from '../../cli/commands/diff.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { compile } from '../../compiler/index.ts';
import { diffPlans, isBreaking } from '../../compiler/plan/diff/index.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import type { Host } from '../../compiler/source/host.ts';
import { kubernetes } from '../../compiler/targets/kubernetes/index.ts';
import { toDiagnostics } from '../../compiler/targets/target.ts';

const root = path.join(import.meta.dirname, '../..');
export const galleryPath = path.join(root, 'examples/mistakes');

/** One mistake of the gallery: a spec, what is said of it, and the spec after doing what the hint says. */
export interface Mistake {
  readonly folder: string;
  /** Of the family in "What the types know", from 1. */
  readonly number: number;
  /** What the spec is about and what is wrong: the comment at its top. */
  readonly story: string;
  readonly main: string;
  readonly fixed: string;
  /** What was released before, where the mistake is a change. */
  readonly released: string | undefined;
}

export function gallery(): Mistake[] {
  return readdirSync(galleryPath, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
    .map(folder => {
      const read = (name: string): string => readFileSync(path.join(galleryPath, folder, name), 'utf8');
      const main = read('wrong/main.mlp');
      const released = existsSync(path.join(galleryPath, folder, 'released/main.mlp'))
        ? read('released/main.mlp')
        : undefined;
      const [, story = ''] = main.match(/^\/\/ (.*)\n/) ?? [];
      return {
        folder,
        number: Number.parseInt(folder, 10),
        story,
        main,
        fixed: read('right/main.mlp'),
        released,
      };
    });
}

/** The command that finds a mistake: a check, if need be of an environment, else what is built for it. */
export function commandOf({ released, main }: Mistake): string {
  if (released !== undefined) return 'mlp diff released wrong';
  const environment = targetEnvironment(main);
  const finds = (env: string | undefined): boolean =>
    compile(host(main), env === undefined ? {} : { environment: env }).diagnostics.length > 0;
  if (finds(undefined)) return 'mlp check -p wrong';
  return finds(environment)
    ? `mlp check -p wrong --env ${environment}`
    : `mlp build -p wrong --target kubernetes --env ${environment}`;
}

const targetEnvironment = (text: string): string | undefined =>
  text.match(/^environment (\w+) \{\n\s*target kubernetes/m)?.[1];

/** What is said of a spec of the gallery; empty where it is right. */
export function verdict(text: string, released: string | undefined): string {
  const environment = targetEnvironment(text);
  const { program, plan, diagnostics } = compile(
    host(text),
    environment === undefined ? {} : { environment },
  );
  const file = [...program.modules.values()].find(module => module.file.path === 'main.mlp')?.file;
  const beyond: Diagnostic[] =
    plan && environment !== undefined
      ? toDiagnostics(kubernetes.capabilities(plan, {}), plan, () => file).diagnostics
      : [];
  const said = renderText([...diagnostics, ...beyond]);
  if (said !== '' || released === undefined || !plan) return said;
  return differences(compile(host(released)).plan!, plan);
}

/** What is told of changes, if somebody outside must do something about one. */
function differences(before: Plan, now: Plan): string {
  const changes = diffPlans(before, now);
  return changes.some(isBreaking) ? `${changesText(changes, false)}\n` : '';
}

function host(text: string): Host {
  const encoder = new TextEncoder();
  return {
    readFile: file => {
      if (file === 'main.mlp') return encoder.encode(text);
      const library = path.join(root, 'stdlib', file.replace(/^std\//, ''));
      return file.startsWith('std/') && existsSync(library) ? readFileSync(library) : undefined;
    },
    specFiles: () => ['main.mlp'],
    resolvePackage: () => undefined,
  };
}
