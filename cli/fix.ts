import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { type AppliedFix, applyFixes, isSafe, type Texts } from '../compiler/diagnostics/fix.ts';
import { decode } from '../compiler/source/decode.ts';
import type { Host } from '../compiler/source/host.ts';
import { CommandError } from './errors.ts';
import { replaceFile } from './write-files.ts';

export interface FixFlags {
  readonly fix?: boolean;
  readonly unsafeFixes?: boolean;
}

export interface Fixed {
  readonly applied: readonly AppliedFix[];
  /** Project-relative paths of the files that were written. */
  readonly written: readonly string[];
  readonly left: readonly Diagnostic[];
}

/** The host with some texts changed, as `applyFixes` wants to look at them. */
export function withTexts(host: Host, texts: Texts): Host {
  if (texts.size === 0) return host;
  const encoder = new TextEncoder();
  return {
    ...host,
    readFile(file) {
      const text = texts.get(file);
      return text === undefined ? host.readFile(file) : encoder.encode(text);
    },
  };
}

/**
 * Repairs a project: applies the fixes of what `diagnose` finds, looks again, and writes the files at the end, each
 * whole. `covers` says which files may be changed.
 */
export function fixProject(
  root: string,
  host: Host,
  diagnose: (host: Host) => readonly Diagnostic[],
  flags: FixFlags,
  covers: (file: string) => boolean = () => true,
): Fixed {
  const { texts, applied, left } = applyFixes(changed => diagnose(withTexts(host, changed)), {
    accepts: fix =>
      (flags.unsafeFixes === true || isSafe(fix)) && fix.edits.every(({ file }) => covers(file.path)),
  });
  const written = [...texts.keys()].sort();
  for (const file of written) {
    const edits = applied.flatMap(({ fix }) => fix.edits);
    const original = edits.find(edit => edit.file.path === file)!.file.text;
    writeBack(path.join(root, file), file, original, texts.get(file)!);
  }
  return { applied, written, left };
}

/** Not over a file that is no UTF-8, as what could not be read would be lost, nor over one changed meanwhile. */
function writeBack(full: string, file: string, original: string, text: string): void {
  const bytes = readFileSync(full);
  const now = decode(file, bytes);
  if (now.diagnostics.some(({ severity }) => severity === 'error'))
    throw new CommandError(`${file} is not UTF-8 text, so --fix leaves it alone`);
  if (now.file.text !== original)
    throw new CommandError(`${file} was changed while it was being repaired, and is left as it is now`);
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? '\ufeff' : '';
  replaceFile(full, mark + text);
}
