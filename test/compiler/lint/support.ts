import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { applyEdits } from '../../../compiler/diagnostics/fix.ts';
import { type LintResult, lint } from '../../../compiler/lint/index.ts';
import type { Host } from '../../../compiler/source/host.ts';
import { memoryHost } from '../../support/specs.ts';

export type Files = Readonly<Record<string, string>>;

/** A project in memory; `mlp.json` and other files that are no specs may be among its files. */
export function lintHost(files: Files): Host {
  const specs = Object.keys(files)
    .filter(name => name.endsWith('.mlp') && !name.startsWith('../') && !name.includes('node_modules/'))
    .sort();
  return { ...memoryHost(files), specFiles: () => specs };
}

/** Lints one spec, or a project; `settings` are those of `mlp.json` under `lint`. */
export function lintText(text: string | Files, settings?: unknown): LintResult {
  const files = typeof text === 'string' ? { 'main.mlp': text } : text;
  const config = settings === undefined ? {} : { 'mlp.json': JSON.stringify({ lint: settings }) };
  return lint(lintHost({ ...files, ...config }));
}

export const STRICT = { extends: 'mlp:strict' };
export const codesOf = ({ diagnostics }: LintResult): string[] => diagnostics.map(({ code }) => code);

/** The text after a diagnostic's fix. */
export function repaired(text: string, { fixes }: Diagnostic, index = 0): string {
  return applyEdits(text, fixes[index]!.edits);
}
