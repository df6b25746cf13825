import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { type CompileOptions, compile } from '../compiler/index.ts';
import { changeDiagnostics } from '../compiler/plan/diff/diagnostics.ts';
import { diffPlans } from '../compiler/plan/diff/index.ts';
import type { Host } from '../compiler/source/host.ts';
import { SourceFile } from '../compiler/source/text.ts';
import { findRevision } from './git.ts';
import { plural, printError } from './terminal.ts';
import { inRevision } from './versions.ts';

/** What a project's specs change against a revision of its repository. Nothing where the specs have errors. */
export function changesAgainst(
  name: string,
  root: string,
  host: Host,
  options: CompileOptions,
): readonly Diagnostic[] {
  const revision = findRevision(name, root);
  const { plan, program } = compile(host, options);
  if (!plan) return [];
  const released = inRevision(revision, options);
  if (!released) {
    printError(
      `${name} has no specs in this folder, so there is nothing that ${plural(plan.files.length, 'spec')} could break`,
    );
    return [];
  }
  const [first = ''] = plan.files;
  const today = (file: string): SourceFile | undefined => program.modules.get(file)?.file;
  return changeDiagnostics(diffPlans(released.plan, plan), {
    against: name,
    old: released.source,
    new: today,
    plans: { old: released.plan, new: plan },
    otherwise: today(first) ?? new SourceFile(first, ''),
  });
}
