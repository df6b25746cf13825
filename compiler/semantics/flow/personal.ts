import type { At } from '../../diagnostics/define.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { personalMessages } from '../../diagnostics/messages/personal.ts';
import type { Feature, ValueEdge } from '../../plan/plan.ts';
import { splitId } from '../../plan/reads.ts';
import type { Path } from './cells.ts';
import type { FlowFacts } from './facts.ts';
import { checkLogs, checkReports, checkSinks, checkSlices } from './personal-ends.ts';
import { declaredLabel, isDeclaredPersonal, isPersonal, maskingText } from './personal-words.ts';
import { windowsIn } from './windows.ts';
import { stepLabel } from './words.ts';

/**
 * Family 7: a column that is declared personal reaches nothing that is kept or shown, but through what is declared to
 * mask it. What rows are looked up, grouped or joined by does not show in the values found.
 */
export function checkPersonal(facts: FlowFacts): void {
  for (const [name, view] of Object.entries(facts.draft.views))
    for (const feature of view.features) if (feature.tags.includes('pii')) checkFeature(name, feature, facts);
  checkSlices(facts);
  checkReports(facts);
  checkSinks(facts);
  checkLogs(facts);
}

/** A feature that is personal because of another feature is right as soon as that one is: only the first is told. */
function checkFeature(view: string, feature: Feature, facts: FlowFacts): void {
  const path = personalPath(view, feature, facts);
  const [first, ...rest] = path ?? [];
  const last = path?.[path.length - 1];
  if (!path || !first || !last) return;
  const at = facts.at(first.at, [
    ...rest.map(edge => stepLabel(edge, view, facts)),
    declaredLabel(last.from, facts.shown(last.from, view), facts),
  ]);
  if (!at) return;
  const written = at.file.text.slice(at.span.start, at.span.end);
  const taken = feature.expr.op === 'column' && feature.text === feature.name && feature.at === first.at;
  const mask = maskingText(written, facts.node(first.from)?.type);
  const made = path.find(edge => edge.via === 'component');
  const args = {
    feature: feature.name,
    label: feature.label,
    cell: facts.shown(last.from, view),
    through: path.slice(0, -1).map(edge => facts.shown(edge.from, view)),
    taken,
    written,
    mask,
    component: made && componentOf(made, facts),
  };
  const whole = feature.expr.op === 'column' && !taken && !made && mask !== undefined;
  const fixes = whole ? [maskFix(mask, at)] : [];
  facts.diagnostics.push(personalMessages.feature(args, { ...at, fixes }));
}

/** Puts the function in that masks, and imports it where it is not. */
function maskFix(mask: string, { file, span }: At): Fix {
  const name = mask.slice(0, mask.indexOf('('));
  const imported = new RegExp(`\\bstd\\.privacy\\s*\\{[^}]*\\b${name}\\b`).test(file.text);
  const start = file.text.match(/^import\b/m)?.index ?? 0;
  const line = { file, span: { start, end: start }, text: `import std.privacy { ${name} }\n` };
  return {
    title: `write \`${mask}\``,
    edits: [...(imported ? [] : [line]), { file, span, text: mask }],
    safe: false,
  };
}

function componentOf(edge: ValueEdge, facts: FlowFacts): { name: string; column: string; from: string } {
  const { table, column } = splitId(edge.to);
  return { name: facts.draft.components[table]?.component ?? table, column, from: splitId(edge.from).column };
}

/** A shortest way from a value back to a column that is declared personal, by way of no other feature. */
function personalPath(view: string, feature: Feature, facts: FlowFacts): Path | undefined {
  const start = `${view}.${feature.name}`;
  const times = new Set(windowsIn(feature.expr).map(window => window.at));
  const seen = new Set([start]);
  const queue: { node: string; path: Path }[] = [{ node: start, path: [] }];
  for (let item = queue.shift(); item; item = queue.shift()) {
    for (const edge of facts.edgesInto(item.node)) {
      const { from, via, masked } = edge;
      if (via === 'key' || masked || seen.has(from) || !isPersonal(from, facts)) continue;
      // By its time a row is only chosen.
      if (item.node === start && times.has(edge.at)) continue;
      seen.add(from);
      const path = [...item.path, edge];
      if (isDeclaredPersonal(from, facts)) return path;
      const { table, column } = splitId(from);
      if (!facts.view(table)?.features.some(f => f.name === column)) queue.push({ node: from, path });
    }
  }
  return undefined;
}
