import type { Diagnostic, Label } from '../../../compiler/diagnostics/diagnostic.ts';
import { type Files, parsed } from './project.ts';

/**
 * What a diagnostic of the flow speaks of: `Main.f`, `Main join j0`, or the file where it is none of these; several where
 * one reason makes all of them wrong.
 */
export function spokenOf(diagnostic: Diagnostic, files: Files): string[] {
  const places = [diagnostic, ...diagnostic.labels.filter(({ beside }) => beside)].map(at =>
    placeOf(at, files),
  );
  // Features that look up by one key have one place.
  const [view] = places[0]!.split(/[. ]/);
  const named = diagnostic.message.match(/^rows of .*?: (.*)/)?.[1]?.match(/\w+(?=`)/g) ?? [];
  return [...new Set([...places, ...named.map(feature => `${view}.${feature}`)])];
}

function placeOf({ file, span, message }: Label, files: Files): string {
  const module = parsed({ [file.path]: files[file.path]! })[0]!;
  const holds = (s: { readonly start: number; readonly end: number }): boolean =>
    s.start <= span.start && span.end <= s.end;
  for (const view of module.tree.declarations) {
    if (view.kind !== 'Features' || !holds(view.span)) continue;
    for (const item of view.items) {
      if (!holds(item.span)) continue;
      if (item.kind === 'Feature') return `${view.name.text}.${item.name.text}`;
      // A feature that is looked up by a late value is told where the join says by what.
      const told = message.match(/^(?:(?:feature|label|rows of [^:]*:) `(\w+)`|`(\w+)` is looked up by)/);
      const feature = told?.[1] ?? told?.[2];
      if (item.kind === 'Join' && feature) return `${view.name.text}.${feature}`;
      if (item.kind === 'Join') return `${view.name.text} join ${(item.alias ?? item.table).text}`;
      const used = item.kind === 'Use' ? item.columns.find(c => holds(c.span)) : undefined;
      if (used) return `${view.name.text}.${used.text}`;
    }
  }
  return file.path;
}
