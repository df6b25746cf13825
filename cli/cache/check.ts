import type { Diagnostic, Suppressed } from '../../compiler/diagnostics/diagnostic.ts';
import { compile, sortDiagnostics } from '../../compiler/index.ts';
import { readConfig } from '../../compiler/source/config.ts';
import { decode } from '../../compiler/source/decode.ts';
import type { Host } from '../../compiler/source/host.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import { type PackedDiagnostic, pack, unpack } from './diagnostics.ts';
import type { ProjectCache } from './project.ts';

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
  /** The files whose diagnostics these are. */
  readonly files: readonly string[];
  /** How many of them had to be looked at again. */
  readonly compiled: number;
}

const TOOL = 'check';

/**
 * The diagnostics of a whole project, or, given files, of these and of all that depends on them: the same that a check of the
 * whole project finds there. What is the same as the last time, with all that it depends on, is not looked at again.
 */
export function checkWithCache(cache: ProjectCache, files?: readonly string[]): Checked {
  return files === undefined ? checkAll(cache) : checkSome(cache, files);
}

function checkAll(cache: ProjectCache): Checked {
  const { host } = cache;
  const files = [...cache.files.keys()];
  const key = cache.projectKey();
  const known = cache.get(TOOL, '*', key) as PackedDiagnostic[] | undefined;
  if (known) return { ...unpacked(known, host), files, compiled: 0 };
  const result = compile(host);
  const packed = packAll(result.diagnostics, result.suppressed);
  cache.put(TOOL, '*', key, packed);
  const byFile = groupByFile(packed);
  for (const file of files) cache.put(TOOL, file, cache.keyOf(file), byFile.get(file) ?? []);
  return { diagnostics: result.diagnostics, suppressed: result.suppressed, files, compiled: files.length };
}

function checkSome(cache: ProjectCache, named: readonly string[]): Checked {
  const { host } = cache;
  const files = [...cache.graph.dependents(named)].filter(file => cache.files.has(file)).sort();
  const keys = new Map(files.map(file => [file, cache.keyOf(file)]));
  const stale = files.filter(file => cache.get(TOOL, file, keys.get(file)!) === undefined);
  const context = new Set(stale.flatMap(file => [...cache.graph.context(file)]));
  const inside = [...context].filter(file => cache.files.has(file)).sort();
  const result = stale.length > 0 ? compile(host, cache.only(inside)) : undefined;
  if (result) {
    const byFile = groupByFile(packAll(result.diagnostics, result.suppressed));
    for (const file of stale) cache.put(TOOL, file, keys.get(file)!, byFile.get(file) ?? []);
  }
  const all = files.flatMap(file => cache.get(TOOL, file, keys.get(file)!) as PackedDiagnostic[]);
  const { diagnostics, suppressed } = unpacked(all, host);
  // Which of the project's suppressions are useless only a check of all of it can tell.
  const config = readConfig(host).diagnostics;
  return {
    diagnostics: sortDiagnostics([...config, ...diagnostics]),
    suppressed,
    files,
    compiled: stale.length,
  };
}

export function packAll(
  diagnostics: readonly Diagnostic[],
  suppressed: readonly Suppressed[],
): PackedDiagnostic[] {
  return [...diagnostics.map(one => pack(one)), ...suppressed.map(one => pack(one.diagnostic, one))];
}

export function groupByFile(packed: readonly PackedDiagnostic[]): Map<string, PackedDiagnostic[]> {
  const groups = new Map<string, PackedDiagnostic[]>();
  for (const one of packed) {
    const group = groups.get(one.at[0]);
    if (group) group.push(one);
    else groups.set(one.at[0], [one]);
  }
  return groups;
}

export function unpacked(
  packed: readonly PackedDiagnostic[],
  host: Host,
): { diagnostics: readonly Diagnostic[]; suppressed: readonly Suppressed[] } {
  const files = new Map<string, SourceFile>();
  const fileOf = (path: string): SourceFile => {
    let file = files.get(path);
    if (!file) {
      const bytes = host.readFile(path);
      file = bytes === undefined ? new SourceFile(path, '') : decode(path, bytes).file;
      files.set(path, file);
    }
    return file;
  };
  const diagnostics: Diagnostic[] = [];
  const suppressed: Suppressed[] = [];
  for (const one of packed) {
    const diagnostic = unpack(one, fileOf);
    if (one.suppressed) suppressed.push({ diagnostic, ...one.suppressed });
    else diagnostics.push(diagnostic);
  }
  return { diagnostics: sortDiagnostics(diagnostics), suppressed };
}
