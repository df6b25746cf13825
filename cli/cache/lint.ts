import { compile, sortDiagnostics } from '../../compiler/index.ts';
import { lint, lintCompiled } from '../../compiler/lint/index.ts';
import type { Settings } from '../../compiler/lint/settings.ts';
import { wordsOf } from '../../compiler/semantics/files/facts.ts';
import { readConfig } from '../../compiler/source/config.ts';
import { type Checked, groupByFile, packAll, unpacked } from './check.ts';
import type { PackedDiagnostic } from './diagnostics.ts';
import type { ProjectCache } from './project.ts';
import { hashOf } from './store.ts';

const TOOL = 'lint';

export interface LintInput {
  readonly settings: Settings;
  /** `mlp.json` of folders above the project. */
  readonly above: readonly string[];
  /** These, and what depends on them; all of the project if left out. */
  readonly files?: readonly string[];
}

/**
 * What `mlp lint` finds in a whole project, or in some files and all that depends on them; what is the same as the last time,
 * with all that it depends on, is not looked at again. Rules that compare unrelated files speak only of a whole project.
 */
export function lintWithCache(cache: ProjectCache, input: LintInput): Checked {
  const { files } = input.settings;
  const stamp = hashOf(JSON.stringify(files.map(file => hashOf(cache.host.readFile(file) ?? ''))));
  return input.files === undefined
    ? lintAll(cache, input, stamp)
    : lintSome(cache, input, input.files, stamp);
}

function lintAll(cache: ProjectCache, { above }: LintInput, stamp: string): Checked {
  const { host } = cache;
  const files = [...cache.files.keys()];
  const key = `${cache.projectKey()} ${stamp}`;
  const known = cache.get(TOOL, '*', key) as PackedDiagnostic[] | undefined;
  if (known) return { ...unpacked(known, host), files, compiled: 0 };
  const { diagnostics, suppressed } = lint(host, { above });
  cache.put(TOOL, '*', key, packAll(diagnostics, suppressed));
  return { diagnostics, suppressed, files, compiled: files.length };
}

function lintSome(
  cache: ProjectCache,
  { settings }: LintInput,
  named: readonly string[],
  stamp: string,
): Checked {
  const { host } = cache;
  const files = [...cache.graph.dependents(named)].filter(file => cache.files.has(file)).sort();
  const around = new Map(files.map(file => [file, surroundings(cache, file)]));
  const keys = new Map(files.map(file => [file, keyOf(cache, file, around.get(file)!, stamp)]));
  const stale = files.filter(file => cache.get(TOOL, file, keys.get(file)!) === undefined);
  if (stale.length > 0) {
    const inside = new Set(stale.flatMap(file => around.get(file)!));
    const compiled = compile(host, cache.only([...inside].sort()));
    const found = lintCompiled(compiled, settings, false);
    const byFile = groupByFile([
      ...packAll(compiled.diagnostics, compiled.suppressed),
      ...packAll(found.diagnostics, found.suppressed),
    ]);
    for (const file of stale) cache.put(TOOL, file, keys.get(file)!, byFile.get(file) ?? []);
  }
  const all = files.flatMap(file => cache.get(TOOL, file, keys.get(file)!) as PackedDiagnostic[]);
  const { diagnostics, suppressed } = unpacked(all, host);
  const config = readConfig(host).diagnostics;
  return {
    diagnostics: sortDiagnostics([...config, ...settings.diagnostics, ...diagnostics]),
    suppressed,
    files,
    compiled: stale.length,
  };
}

/**
 * All that rules may look at for a file: what its diagnostics depend on, who uses what it declares, since some rules ask whether
 * anybody does, and what is validated of the tables that all of these read.
 */
function surroundings(cache: ProjectCache, file: string): string[] {
  const { graph, files } = cache;
  const near = graph.needs([...graph.context(file), ...graph.dependents([file])]);
  const declared = new Set([...near].flatMap(one => files.get(one)?.declares ?? []));
  const watching = [...files].filter(
    ([, facts]) => facts.watches && wordsOf(facts).some(word => declared.has(word)),
  );
  const all = new Set([...near, ...graph.needs(watching.map(([one]) => one))]);
  return [...all].filter(one => files.has(one)).sort();
}

function keyOf(cache: ProjectCache, file: string, around: readonly string[], stamp: string): string {
  return hashOf(
    JSON.stringify([cache.keyOf(file), stamp, ...around.map(one => [one, cache.files.get(one)!.hash])]),
  );
}
