import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { Diagnostic, Suppressed } from '../compiler/diagnostics/diagnostic.ts';
import type { AppliedFix } from '../compiler/diagnostics/fix.ts';
import { renderGithub } from '../compiler/diagnostics/render-github.ts';
import { renderJson } from '../compiler/diagnostics/render-json.ts';
import { renderSarif } from '../compiler/diagnostics/render-sarif.ts';
import { renderText } from '../compiler/diagnostics/render-text.ts';
import { compilerVersion } from '../compiler/index.ts';
import { SourceFile } from '../compiler/source/text.ts';
import { usageError } from './errors.ts';
import { plural, print, useColor } from './terminal.ts';

/** What `check` and `lint` print: one set of diagnostics in the form that was asked for. */

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];
const LIMIT = 50;

export interface OutputOptions {
  readonly format?: Format;
  readonly json?: boolean;
  readonly maxDiagnostics?: number;
}

/** What was found in one project. */
export interface Findings {
  /** The project's folder; the files of its diagnostics are relative to it. */
  readonly root: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed?: readonly Suppressed[];
  readonly applied?: readonly AppliedFix[];
}

export interface Report {
  readonly projects: readonly Findings[];
  /** What is said in text where nothing was found, such as `3 specs checked, no problems`. */
  readonly fine: string;
  /** Whether `--fix` can be given, and was. */
  readonly fixing?: { readonly command: string; readonly asked: boolean };
}

export const withOutputOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--format <format>',
        'how to print: text; json; sarif, for code scanning; github, for a workflow',
      )
        .choices(FORMATS)
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option(
      '--max-diagnostics <n>',
      'how many are shown in text before the rest is counted; 0 for all',
      count,
    );

function count(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw usageError(
    `--max-diagnostics ${text} is not a number`,
    'write for example --max-diagnostics 200, or 0 for all',
  );
}

export const withFixOptions = (command: Command): Command =>
  command
    .option('--fix', 'repair what has one evident repair, and tell what is left')
    .option('--unsafe-fixes', 'with --fix: also make repairs that may not be what was meant');

export function formatOf({ format, json }: OutputOptions): Format {
  if (json && format !== undefined && format !== 'text' && format !== 'json')
    throw usageError(`--json and --format ${format} are two forms of one output`, 'leave one of them out');
  return json ? 'json' : (format ?? 'text');
}

/** Prints a report on standard output. */
export function printReport(report: Report, options: OutputOptions): void {
  const format = formatOf(options);
  // What people read is named as seen from where they are, what services read as seen from the repository.
  const base = format === 'text' || format === 'json' ? process.cwd() : baseFolder(report);
  const shown = new Shown(base);
  const all = report.projects.map(project => shown.findings(project));
  const diagnostics = all.flatMap(found => found.diagnostics);
  const suppressed = all.flatMap(found => found.suppressed ?? []);
  const applied = all.flatMap(found => found.applied ?? []);
  if (format === 'json') print(JSON.stringify(renderJson(diagnostics, { suppressed, applied }), null, 2));
  else if (format === 'sarif')
    print(JSON.stringify(renderSarif(diagnostics, { version: compilerVersion, suppressed }), null, 2));
  else if (format === 'github') process.stdout.write(renderGithub(diagnostics));
  else printText(report, diagnostics, applied, options);
}

function printText(
  report: Report,
  diagnostics: readonly Diagnostic[],
  applied: readonly AppliedFix[],
  options: OutputOptions,
): void {
  const limit = options.maxDiagnostics ?? LIMIT;
  if (applied.length > 0) print(fixedText(applied));
  if (diagnostics.length === 0) {
    print(report.fine);
    return;
  }
  const text = renderText(diagnostics, {
    colour: useColor(process.stdout),
    limit: limit === 0 ? Number.POSITIVE_INFINITY : limit,
    more: '--max-diagnostics 0 shows all',
    ...(process.stdout.isTTY && process.stdout.columns > 40 ? { width: process.stdout.columns - 8 } : {}),
  });
  print(text);
  const repairs = repairsText(report, diagnostics);
  if (repairs !== undefined) print(repairs);
}

/** One line for each repair, as `a.mlp:3:7: change it to x (MLP2011)`. */
function fixedText(applied: readonly AppliedFix[]): string {
  const lines = applied.map(({ diagnostic: { file, span, code }, fix }) => {
    const { line, column } = file.position(span.start);
    return `${file.path}:${line}:${column}: ${fix.title} (${code})`;
  });
  const files = new Set(applied.flatMap(({ fix }) => fix.edits.map(({ file }) => file.path))).size;
  return `${lines.join('\n')}\n${plural(applied.length, 'problem')} repaired in ${plural(files, 'file')}\n`;
}

function repairsText({ fixing }: Report, diagnostics: readonly Diagnostic[]): string | undefined {
  if (!fixing) return undefined;
  const fixes = diagnostics.map(one => one.fixes).filter(list => list.length > 0);
  const safe = fixes.filter(list => list.some(fix => fix.safe !== false)).length;
  if (!fixing.asked) return safe === 0 ? undefined : `${safe} can be repaired by ${fixing.command} --fix`;
  const unsafe = fixes.length - safe;
  return unsafe === 0
    ? undefined
    : `${unsafe} can be repaired, perhaps not as you mean it, by ${fixing.command} --fix --unsafe-fixes`;
}

/** The repository that the first project lies in, or else the working folder. */
function baseFolder({ projects }: Report): string {
  const start = projects[0]?.root ?? process.cwd();
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return process.cwd();
  }
}

/** Diagnostics with their files named as seen from a folder. */
class Shown {
  private readonly base: string;
  private readonly files = new Map<SourceFile, SourceFile>();

  constructor(base: string) {
    this.base = base;
  }

  findings(found: Findings): Findings {
    if (path.relative(this.base, found.root) === '') return found;
    const moved = <T extends { readonly file: SourceFile }>(at: T): T => ({
      ...at,
      file: this.file(at.file, found.root),
    });
    const diagnostic = (one: Diagnostic): Diagnostic => ({
      ...moved(one),
      labels: one.labels.map(moved),
      fixes: one.fixes.map(fix => ({ ...fix, edits: fix.edits.map(moved) })),
    });
    return {
      root: found.root,
      diagnostics: found.diagnostics.map(diagnostic),
      suppressed: (found.suppressed ?? []).map(one => ({ ...one, diagnostic: diagnostic(one.diagnostic) })),
      applied: (found.applied ?? []).map(one => ({
        diagnostic: diagnostic(one.diagnostic),
        fix: { ...one.fix, edits: one.fix.edits.map(moved) },
      })),
    };
  }

  private file(file: SourceFile, root: string): SourceFile {
    if (file.path.startsWith('std/')) return file;
    let known = this.files.get(file);
    if (!known) {
      const name = path.relative(this.base, path.join(root, file.path)).split(path.sep).join('/');
      known = new SourceFile(name, file.text);
      this.files.set(file, known);
    }
    return known;
  }
}
