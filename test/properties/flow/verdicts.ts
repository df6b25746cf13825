import type { Diagnostic } from '../../../compiler/diagnostics/diagnostic.ts';
import { type Files, parsed } from './project.ts';

/** What each diagnostic of the flow speaks of: `Main.f`, `Main join j0`, or the file where it is none of these. */
export function spokenOf({ file, span, message }: Diagnostic, files: Files): string {
  const module = parsed({ [file.path]: files[file.path]! })[0]!;
  const holds = (s: { readonly start: number; readonly end: number }): boolean =>
    s.start <= span.start && span.end <= s.end;
  for (const view of module.tree.declarations) {
    if (view.kind !== 'Features' || !holds(view.span)) continue;
    for (const item of view.items) {
      if (!holds(item.span)) continue;
      if (item.kind === 'Feature') return `${view.name.text}.${item.name.text}`;
      // A feature that is looked up by a late value is told where the join says by what.
      const feature = message.match(/^(?:feature|label) `(\w+)`/)?.[1];
      if (item.kind === 'Join' && feature) return `${view.name.text}.${feature}`;
      if (item.kind === 'Join') return `${view.name.text} join ${(item.alias ?? item.table).text}`;
      const used = item.kind === 'Use' ? item.columns.find(c => holds(c.span)) : undefined;
      if (used) return `${view.name.text}.${used.text}`;
    }
  }
  return file.path;
}
