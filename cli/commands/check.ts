import type { Command } from 'commander';
import { compile } from '../../compiler/index.ts';
import { unreadable } from '../../compiler/semantics/check.ts';
import type { Host } from '../../compiler/source/host.ts';
import { changesAgainst } from '../against.ts';
import { checkWithCache } from '../cache/check.ts';
import { ProjectCache } from '../cache/project.ts';
import { compileOptions, type ProjectOptions, withProjectOptions } from '../compile.ts';
import { CommandError, EXIT, usageError } from '../errors.ts';
import { type FixFlags, fixProject } from '../fix.ts';
import { nodeHost } from '../host.ts';
import {
  type Findings,
  type OutputOptions,
  printReport,
  withFixOptions,
  withOutputOptions,
} from '../output.ts';
import { type Target, targetsOf } from '../targets.ts';
import { plural } from '../terminal.ts';

type Options = ProjectOptions & OutputOptions & FixFlags & { readonly against?: string };

export function define(command: Command): void {
  const described = withProjectOptions(command).argument(
    '[specs...]',
    'spec files, or folders of them: these and what depends on them are looked at (default: all of the project)',
  );
  described.option(
    '--against <revision>',
    'also tell what would break callers or data producers of this version, such as main or v1.2',
  );
  withOutputOptions(withFixOptions(described)).action(run);
}

function run(specs: readonly string[], options: Options): void {
  if (options.unsafeFixes && !options.fix)
    throw usageError('--unsafe-fixes says which repairs --fix makes', 'write --fix --unsafe-fixes');
  const found = targetsOf(specs, options.project)
    .map(target => checkTarget(target, options))
    .map(one => (options.against === undefined ? one : compared(one, options.against, options)));
  const checked = found.reduce((sum, one) => sum + one.checked, 0);
  const diagnostics = found.flatMap(one => one.diagnostics);
  if (checked === 0 && diagnostics.length === 0) {
    throw new CommandError(`there is no .mlp file in ${found.map(({ root }) => root).join(', ')}`, {
      hint: 'name the folder with --project, or start one with mlp infer DATA',
    });
  }
  const fine = `${plural(checked, 'spec')} checked, no problems`;
  const fixing = { command: 'mlp check', asked: options.fix === true };
  printReport({ projects: found, fine, fixing }, options);
  process.exitCode = diagnostics.some(d => d.severity === 'error') ? EXIT.fault : EXIT.ok;
}

type Found = Findings & { readonly checked: number };

function checkTarget(target: Target, options: Options): Found {
  const host = nodeHost(target.root);
  const settings = compileOptions(options);
  // What holds with other values, or in an environment, is asked for too seldom to be kept.
  const plain = settings.environment === undefined && Object.keys(settings.set ?? {}).length === 0;
  if (!plain) return checkPlainly(target, host, options);
  const cache = new ProjectCache(target.root, host);
  const covered = target.files && new Set(cache.graph.dependents(target.files));
  const fixed = options.fix ? fix(target, host, options, covered) : undefined;
  const current = fixed?.written.length ? new ProjectCache(target.root, host) : cache;
  const missing = missingFiles(target, current, host);
  const { diagnostics, suppressed, files } = checkWithCache(current, target.files);
  current.save();
  return {
    root: target.root,
    diagnostics: [...missing, ...diagnostics],
    suppressed,
    checked: files.length,
    ...(fixed ? { applied: fixed.applied } : {}),
  };
}

/** With what the whole project changes; errors come first, and are told alone. */
function compared(found: Found, against: string, options: Options): Found {
  if (found.diagnostics.some(({ severity }) => severity === 'error')) return found;
  const changes = changesAgainst(against, found.root, nodeHost(found.root), compileOptions(options));
  return { ...found, diagnostics: [...found.diagnostics, ...changes] };
}

/** Only what was named, or depends on it, is changed. */
function fix(target: Target, host: Host, options: Options, covered: ReadonlySet<string> | undefined) {
  const diagnose = (changed: Host) => compile(changed, compileOptions(options)).diagnostics;
  return fixProject(target.root, host, diagnose, options, file => covered?.has(file) ?? true);
}

function checkPlainly(target: Target, host: Host, options: Options): Found {
  const settings = compileOptions(options);
  const graph = target.files && new ProjectCache(target.root, host).graph;
  const covered = graph && target.files && new Set(graph.dependents(target.files));
  const fixed = options.fix ? fix(target, host, options, covered) : undefined;
  const { program, diagnostics, suppressed } = compile(host, settings);
  const files = [...program.modules].filter(([, module]) => !module.library).map(([file]) => file);
  // What is wrong with the settings themselves is no file's.
  const own = (file: string) => covered === undefined || covered.has(file) || !files.includes(file);
  return {
    root: target.root,
    diagnostics: diagnostics.filter(({ file }) => own(file.path)),
    suppressed: suppressed.filter(({ diagnostic }) => own(diagnostic.file.path)),
    checked: files.filter(own).length,
    ...(fixed ? { applied: fixed.applied } : {}),
  };
}

function missingFiles({ files }: Target, cache: ProjectCache, host: Host) {
  return (files ?? [])
    .filter(file => !cache.files.has(file) && host.readFile(file) === undefined)
    .map(path => unreadable(host, path));
}
