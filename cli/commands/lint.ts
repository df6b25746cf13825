import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { applyFixes, isSafe } from '../../compiler/diagnostics/fix.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { lint } from '../../compiler/lint/index.ts';
import { rules } from '../../compiler/lint/rules/index.ts';
import { readSettings, type Settings } from '../../compiler/lint/settings.ts';
import { unreadable } from '../../compiler/semantics/check.ts';
import { decode } from '../../compiler/source/decode.ts';
import type { Host } from '../../compiler/source/host.ts';
import { lintWithCache } from '../cache/lint.ts';
import { ProjectCache } from '../cache/project.ts';
import { CommandError, EXIT, usageError } from '../errors.ts';
import { type FixFlags, fixProject, withTexts } from '../fix.ts';
import { nodeHost } from '../host.ts';
import {
  type Findings,
  type OutputOptions,
  printReport,
  withFixOptions,
  withOutputOptions,
} from '../output.ts';
import { settingsAbove } from '../project.ts';
import { type Target, targetsOf } from '../targets.ts';
import { dim, plural, print, printError, useColor } from '../terminal.ts';

interface Options extends OutputOptions, FixFlags {
  readonly project?: string;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
  readonly maxWarnings?: number;
  readonly rules?: boolean;
}

export function define(command: Command): void {
  command
    .argument(
      '[specs...]',
      'spec files, or folders of them: these and what depends on them are looked at (default: all of the project)',
    )
    .option(
      '-p, --project <folder>',
      'the project folder (default: the nearest with an mlp.json, else this one)',
    )
    .option('--max-warnings <n>', 'end with exit code 1 if there are more warnings than this', wholeNumber)
    .option('--stdin', 'lint standard input; with --fix, print the repaired text')
    .option('--stdin-filename <name>', 'the file that standard input stands for (default: stdin.mlp)')
    .option('--rules', 'list the rules with their levels here, and lint nothing');
  withOutputOptions(withFixOptions(command)).action(run);
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw usageError(`--max-warnings ${text} is not a number`, 'write for example --max-warnings 0');
}

function run(specs: readonly string[], options: Options): void {
  if (options.unsafeFixes && !options.fix)
    throw usageError('--unsafe-fixes says which repairs --fix makes', 'write --fix --unsafe-fixes');
  if (options.stdinFilename !== undefined && !options.stdin)
    throw usageError('--stdin-filename names standard input', 'write --stdin too');
  if (options.rules) listRules(options);
  else if (options.stdin) lintInput(specs, options);
  else lintFiles(specs, options);
}

/** 1 for errors, or for more warnings than are allowed. */
function exitCode(found: readonly Findings[], { maxWarnings }: Options): number {
  const all = found.flatMap(one => one.diagnostics);
  const count = (severity: string) => all.filter(one => one.severity === severity).length;
  const warnings = count('warning');
  const tooMany = maxWarnings !== undefined && warnings > maxWarnings;
  if (tooMany && count('error') === 0)
    printError(`${plural(warnings, 'warning')}, and --max-warnings allows ${maxWarnings}`);
  return count('error') > 0 || tooMany ? EXIT.fault : EXIT.ok;
}

// --- Files ---

type Found = Findings & { readonly looked: number };

function lintFiles(specs: readonly string[], options: Options): void {
  const found = targetsOf(specs, options.project).map(target => lintTarget(target, options));
  const looked = found.reduce((sum, one) => sum + one.looked, 0);
  if (looked === 0 && found.every(one => one.diagnostics.length === 0)) {
    throw new CommandError(`there is no .mlp file in ${found.map(({ root }) => root).join(', ')}`, {
      hint: 'name the folder with --project, or start one with mlp infer DATA',
    });
  }
  const fine = `${plural(looked, 'spec')} linted, nothing to say`;
  printReport(
    { projects: found, fine, fixing: { command: 'mlp lint', asked: options.fix === true } },
    options,
  );
  process.exitCode = exitCode(found, options);
}

function lintTarget(target: Target, options: Options): Found {
  const { root, files } = target;
  const host = nodeHost(root);
  const above = settingsAbove(root);
  let cache = new ProjectCache(root, host);
  let applied: Findings['applied'];
  if (options.fix) {
    const covered = files && new Set(cache.graph.dependents(files));
    const diagnose = (changed: Host) => lint(changed, { above }).diagnostics;
    const fixed = fixProject(root, host, diagnose, options, file => covered?.has(file) ?? true);
    applied = fixed.applied;
    if (fixed.written.length > 0) cache = new ProjectCache(root, host);
  }
  const settings = readSettings(host, above);
  const checked = lintWithCache(cache, { settings, above, ...(files ? { files } : {}) });
  cache.save();
  return {
    root,
    diagnostics: [...missingFiles(target, cache, host), ...checked.diagnostics],
    suppressed: checked.suppressed,
    looked: checked.files.length,
    ...(applied ? { applied } : {}),
  };
}

function missingFiles({ files }: Target, cache: ProjectCache, host: Host) {
  return (files ?? [])
    .filter(file => !cache.files.has(file) && host.readFile(file) === undefined)
    .map(file => unreadable(host, file));
}

// --- Standard input ---

function lintInput(specs: readonly string[], options: Options): void {
  if (specs.length > 0) throw usageError('--stdin reads no files', 'leave out the files, or --stdin');
  if (options.fix && (options.json || (options.format !== undefined && options.format !== 'text')))
    throw usageError('--stdin --fix prints the repaired text, so it has no other format', 'leave one out');
  const bytes = readFileSync(0);
  const [{ root, files }] = targetsOf([options.stdinFilename ?? 'stdin.mlp'], options.project) as [Target];
  const name = files?.[0];
  if (name === undefined) throw usageError('--stdin-filename names a spec', 'write for example views.mlp');
  // Without a name it stands for itself; with one, for that file among the others of its project.
  const alone = options.stdinFilename === undefined;
  const host = withInput(nodeHost(root), name, bytes, alone);
  const above = settingsAbove(root);
  const own = (path: string) => path === name;
  if (options.fix) {
    const { texts, left } = applyFixes(changed => lint(withTexts(host, changed), { above }).diagnostics, {
      accepts: fix =>
        (options.unsafeFixes === true || isSafe(fix)) && fix.edits.every(({ file }) => own(file.path)),
    });
    process.stdout.write(texts.get(name) ?? decode(name, bytes).file.text);
    const diagnostics = left.filter(({ file }) => own(file.path));
    if (diagnostics.length > 0) printError(renderText(diagnostics, { colour: useColor(process.stderr) }));
    process.exitCode = exitCode([{ root, diagnostics }], options);
    return;
  }
  const { diagnostics, suppressed } = lint(host, { above });
  const found = {
    root,
    diagnostics: diagnostics.filter(({ file }) => own(file.path)),
    suppressed: suppressed.filter(({ diagnostic }) => own(diagnostic.file.path)),
  };
  printReport({ projects: [found], fine: 'nothing to say' }, options);
  process.exitCode = exitCode([found], options);
}

function withInput(host: Host, name: string, bytes: Uint8Array, alone: boolean): Host {
  return {
    ...host,
    readFile: file => (file === name ? bytes : host.readFile(file)),
    specFiles: () => (alone ? [name] : [...new Set([...host.specFiles(), name])].sort()),
  };
}

// --- The list of rules ---

function listRules(options: Options): void {
  const [{ root }] = targetsOf([], options.project) as [Target];
  const settings = readSettings(nodeHost(root), settingsAbove(root));
  if (options.json || options.format === 'json')
    print(
      JSON.stringify(
        rules.map(rule => facts(rule, settings)),
        null,
        2,
      ),
    );
  else print(rules.map(rule => line(rule, settings)).join('\n'));
  const { diagnostics } = settings;
  if (diagnostics.length > 0) printError(renderText(diagnostics, { colour: useColor(process.stderr) }));
  process.exitCode = diagnostics.length > 0 ? EXIT.fault : EXIT.ok;
}

type Rule = (typeof rules)[number];

function facts(rule: Rule, settings: Settings) {
  const { level, options } = settings.rules.get(rule.name)!;
  const { title, explanation } = rule.message.definition;
  const lock = settings.locked.get(rule.name);
  return {
    name: rule.name,
    code: rule.code,
    title,
    level,
    options,
    ...(lock === undefined ? {} : { locked: lock }),
    reference: rule.reference,
    ...explanation,
  };
}

function line(rule: Rule, settings: Settings): string {
  const { level, options } = settings.rules.get(rule.name)!;
  const lock = settings.locked.has(rule.name) ? ', locked' : '';
  const chosen = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const more = chosen.length > 0 ? dim(` { ${chosen.join(', ')} }`) : '';
  return `${rule.code}  ${`${level}${lock}`.padEnd(5)}  ${rule.name.padEnd(24)} ${rule.message.definition.title}${more}`;
}
