import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { renderText } from '../compiler/diagnostics/render-text.ts';
import { type CompileOptions, compile } from '../compiler/index.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { decode } from '../compiler/source/decode.ts';
import type { Host } from '../compiler/source/host.ts';
import { SourceFile } from '../compiler/source/text.ts';
import { CommandError } from './errors.ts';
import { type Revision, revisionHost } from './git.ts';
import { nodeHost } from './host.ts';
import { printError, useColor } from './terminal.ts';

/** One side of a comparison: a plan, and the texts that its positions are in. */
export interface Version {
  /** As a person would name it: `main`, `v1.json`, `.`. */
  readonly name: string;
  readonly plan: Plan;
  /** The text of a spec, if it is known; a plan alone does not have it. */
  readonly source: (file: string) => SourceFile | undefined;
}

/** The file of another version, told from today's by the version's name: `flights.mlp@main`. */
export function sourceIn(host: Host, name: string): Version['source'] {
  const known = new Map<string, SourceFile | undefined>();
  return file => {
    if (!known.has(file)) {
      const bytes = host.readFile(file);
      known.set(file, bytes && new SourceFile(`${file}@${name}`, decode(file, bytes).file.text));
    }
    return known.get(file);
  };
}

/** Compiles one side; its errors are shown, as nothing can be compared then. */
export function compiled(host: Host, name: string, options: CompileOptions): Version {
  const { plan, diagnostics } = compile(host, options);
  if (plan) return { name, plan, source: sourceIn(host, name) };
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(of(name));
  printError(renderText(errors, { colour: useColor(process.stderr) }));
  throw new CommandError(`the spec of ${name} has errors, so it cannot be compared`, {
    hint: 'it is checked by this version of mlp; compare plans of released versions as JSON instead',
  });
}

/** Places in another version say so. */
const of =
  (name: string) =>
  (diagnostic: Diagnostic): Diagnostic => {
    const moved = <T extends { readonly file: SourceFile }>(at: T): T =>
      at.file.path.startsWith('std/')
        ? at
        : { ...at, file: new SourceFile(`${at.file.path}@${name}`, at.file.text) };
    return { ...moved(diagnostic), labels: diagnostic.labels.map(moved), fixes: [] };
  };

export function folderVersion(folder: string, name: string, options: CompileOptions): Version {
  const host = nodeHost(folder);
  if (host.specFiles().length === 0)
    throw new CommandError(`there is no .mlp file in ${name}`, { hint: 'name the folder of a project' });
  return compiled(host, name, options);
}

/** The project as it was; undefined if there was none. */
export function inRevision(revision: Revision, options: CompileOptions): Version | undefined {
  const host = revisionHost(revision);
  return host.specFiles().length === 0 ? undefined : compiled(host, revision.name, options);
}
