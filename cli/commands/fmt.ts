import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { renderJson } from '../../compiler/diagnostics/render-json.ts';
import { renderText } from '../../compiler/diagnostics/render-text.ts';
import { format } from '../../compiler/format/index.ts';
import { decode } from '../../compiler/source/decode.ts';
import type { SourceFile, Span } from '../../compiler/source/text.ts';
import type { FmtDocument } from '../documents.ts';
import { CommandError, EXIT, usageError } from '../errors.ts';
import { nodeHost } from '../host.ts';
import { projectFolder } from '../project.ts';
import { countText, plural, print, printError, useColor } from '../terminal.ts';
import { replaceFile } from '../write-files.ts';

interface Options {
  readonly project?: string;
  readonly check?: boolean;
  readonly stdin?: boolean;
  readonly stdinPath?: string;
  readonly range?: string;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('[specs...]', 'spec files, or folders of them (default: all of the project)')
    .option(
      '-p, --project <folder>',
      'the project folder (default: the nearest with an mlp.json, else this one)',
    )
    .option(
      '--check',
      'write nothing; list the files that would change, and end with exit code 1 if there are any',
    )
    .option('--stdin', 'format standard input to standard output')
    .option('--stdin-path <name>', 'the name that messages give to standard input', 'stdin.mlp')
    .option('--range <lines>', 'format only the items on these lines, from:to, of one file')
    .option('--json', 'print what was done as JSON')
    .action((specs: string[], options: Options) =>
      options.stdin ? formatInput(specs, options) : formatFiles(specs, options),
    );
}

type Outcome =
  | { readonly state: 'changed'; readonly text: string }
  | { readonly state: 'unchanged' }
  | { readonly state: 'refused'; readonly diagnostics: readonly Diagnostic[] };

function formatBytes(
  name: string,
  bytes: Uint8Array,
  range: string | undefined,
): Outcome & { file: SourceFile } {
  const { file, diagnostics } = decode(name, bytes);
  if (diagnostics.some(({ severity }) => severity === 'error'))
    return { state: 'refused', diagnostics, file };
  const result = format(file, range === undefined ? {} : { range: spanOf(file, range) });
  if ('refused' in result) return { state: 'refused', diagnostics: result.refused, file };
  // A byte order mark is not in the text: a file that has one changes.
  const same = result.text === file.text && diagnostics.length === 0;
  return same ? { state: 'unchanged', file } : { state: 'changed', text: result.text, file };
}

/** The lines of `--range`, one-based and both included, as offsets. */
function spanOf(file: SourceFile, range: string): Span {
  const match = /^(\d+):(\d+)$/.exec(range);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || from < 1 || to < from) {
    throw usageError(
      `--range ${range} is not of the form from:to`,
      'write for example --range 10:20; lines count from 1',
    );
  }
  const start = file.lines[from - 1];
  if (start === undefined) throw usageError(`--range ${range} lies behind the end of ${file.path}`);
  return { start, end: start + Math.max(0, endOfLine(file, to) - start) };
}

const endOfLine = (file: SourceFile, line: number): number =>
  line >= file.lines.length ? file.text.length : file.lines[line - 1]! + file.line(line).length;

// --- Standard input ---

function formatInput(specs: readonly string[], options: Options): void {
  if (specs.length > 0) throw usageError('--stdin reads no files', 'leave out the files, or --stdin');
  if (options.json)
    throw usageError('--stdin prints the formatted text, so there is no --json', 'leave out one of them');
  const outcome = formatBytes(options.stdinPath ?? 'stdin.mlp', readFileSync(0), options.range);
  if (outcome.state === 'refused') {
    tell(outcome.diagnostics);
    process.exitCode = EXIT.fault;
  } else if (options.check) {
    if (outcome.state === 'changed') print(outcome.file.path);
    process.exitCode = outcome.state === 'changed' ? EXIT.fault : EXIT.ok;
  } else process.stdout.write(outcome.state === 'changed' ? outcome.text : outcome.file.text);
}

// --- Files ---

interface Report {
  readonly changed: string[];
  readonly unchanged: string[];
  /** Left alone, since they have mistakes. */
  readonly refused: string[];
  /** Could not be read or written. */
  readonly failed: { readonly file: string; readonly reason: string }[];
  readonly diagnostics: Diagnostic[];
}

function formatFiles(specs: readonly string[], options: Options): void {
  const names = namesOf(specs, options);
  if (options.range !== undefined && names.length !== 1) {
    throw usageError(`--range is of one file, and there are ${names.length}`, 'name the file');
  }
  const report: Report = { changed: [], unchanged: [], refused: [], failed: [], diagnostics: [] };
  for (const name of names) formatFile(name, options, report);
  if (options.json) printJson(report, options);
  else printReport(report, options);
  const fault =
    report.refused.length + report.failed.length > 0 || (options.check && report.changed.length > 0);
  process.exitCode = fault ? EXIT.fault : EXIT.ok;
}

/** The files as they are found from the working folder, each once. */
function namesOf(specs: readonly string[], options: Options): string[] {
  if (specs.length === 0) {
    const root = projectFolder(options.project);
    const names = below(path.relative('', root) || '.');
    if (names.length > 0) return names;
    throw new CommandError(`there is no .mlp file in ${root}`, { hint: 'name the folder with --project' });
  }
  const named = specs.flatMap(spec => (isFolder(spec) ? below(spec) : [path.normalize(spec)]));
  return [...new Map(named.map(name => [path.resolve(name), name])).values()];
}

const below = (folder: string): string[] =>
  nodeHost(folder)
    .specFiles()
    .map(name => path.join(folder, name));

const isFolder = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;

function formatFile(name: string, options: Options, report: Report): void {
  try {
    const outcome = formatBytes(name, readFileSync(name), options.range);
    if (outcome.state === 'refused') {
      report.refused.push(name);
      report.diagnostics.push(...outcome.diagnostics);
    } else if (outcome.state === 'changed') {
      if (!options.check) replaceFile(name, outcome.text);
      report.changed.push(name);
    } else report.unchanged.push(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof CommandError) throw error;
    report.failed.push({ file: name, reason: code === 'ENOENT' ? 'there is no such file' : message });
  }
}

function printReport({ changed, unchanged, refused, failed, diagnostics }: Report, { check }: Options): void {
  if (diagnostics.length > 0) tell(diagnostics);
  for (const { file, reason } of failed) printError(`error: ${file}: ${reason}`);
  if (check) for (const name of changed) print(name);
  const parts = [
    check ? `${plural(changed.length, 'file')} would change` : `${plural(changed.length, 'file')} formatted`,
    `${countText(unchanged.length)} unchanged`,
  ];
  if (refused.length > 0) parts.push(`${countText(refused.length)} left alone because of errors`);
  if (failed.length > 0) parts.push(`${countText(failed.length)} failed`);
  // With --check the list is for programs; the sum is for people.
  (check ? printError : print)(parts.join(', '));
}

function printJson({ changed, unchanged, refused, failed, diagnostics }: Report, { check }: Options): void {
  const { diagnostics: found, counts } = renderJson(diagnostics);
  const document: FmtDocument = {
    check: check === true,
    changed,
    unchanged,
    refused,
    failed,
    diagnostics: found,
    counts,
  };
  print(JSON.stringify(document, null, 2));
}

const tell = (diagnostics: readonly Diagnostic[]): void =>
  printError(renderText(diagnostics, { colour: useColor(process.stderr) }));
