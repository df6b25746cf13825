import { format } from '../../../compiler/format/index.ts';
import { SourceFile, type Span } from '../../../compiler/source/text.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { parse } from '../../../compiler/syntax/parse.ts';
import { endOf, type Token } from '../../../compiler/syntax/tokens.ts';

/** An import with the comments that belong to it: those right above it, and the one behind it. */
interface Unit {
  readonly item: ast.Import;
  readonly above: readonly string[];
  readonly behind: string | undefined;
  /** Comments inside keep it as it is written. */
  readonly verbatim: boolean;
  /** All of its lines. */
  readonly lines: Span;
}

/**
 * The text with its imports in order: the library's first, then packages, then files, by path; one import a path, its names
 * in order; none that is unused or there twice. They stand in one block, laid out as `mlp fmt` does. Undefined where they
 * are in order already, or cannot be understood.
 */
export function organised(file: SourceFile, unused: ReadonlySet<number>): string | undefined {
  const { module, diagnostics, comments, tokens } = parse(file);
  if (module.imports.length === 0 || diagnostics.some(one => one.severity === 'error')) return undefined;
  const imports = [...module.imports].sort((a, b) => a.span.start - b.span.start);
  const units: Unit[] = [];
  for (const [i, item] of imports.entries()) {
    const unit = unitOf(file, item, i === 0, comments, tokens);
    if (!unit) return undefined;
    units.push(unit);
  }
  const block = merged(file, units, unused);
  const start = units[0]!.lines.start;
  const end = blockEnd(units, module);
  let text = file.text;
  for (const { lines } of [...units].reverse())
    if (lines.start > end) text = text.slice(0, lines.start) + text.slice(lines.end);
  text = text.slice(0, start) + block + text.slice(end);
  const laidOut = format(new SourceFile(file.path, text), { range: { start, end: start + block.length } });
  return 'refused' in laidOut || laidOut.text === file.text ? undefined : laidOut.text;
}

/** The imports at the top end where the first declaration begins. */
function blockEnd(units: readonly Unit[], { declarations }: ast.Module): number {
  const first = Math.min(...declarations.map(({ span }) => span.start), Infinity);
  return Math.max(
    ...units.filter((unit, i) => i === 0 || unit.item.span.end < first).map(unit => unit.lines.end),
  );
}

function unitOf(
  file: SourceFile,
  item: ast.Import,
  first: boolean,
  comments: readonly Token[],
  tokens: readonly Token[],
): Unit | undefined {
  const { text, lines } = file;
  const line = (offset: number): number => file.position(offset).line;
  let top = line(item.span.start);
  const bottom = line(item.span.end);
  const end = lines[bottom] ?? text.length;
  const others = tokens.some(
    ({ startOffset, image }) =>
      image !== '' &&
      (startOffset < item.span.start || startOffset >= item.span.end) &&
      startOffset >= lines[top - 1]! &&
      startOffset < end,
  );
  if (others) return undefined;
  const behind = comments.find(({ startOffset }) => startOffset >= item.span.end && startOffset < end);
  const above: string[] = [];
  // What stands at the top of a file is about the file.
  while (!first) {
    const comment = comments.find(one => line(one.startOffset) === top - 1);
    if (!comment || file.line(top - 1).trim() !== comment.image.trim()) break;
    above.unshift(comment.image.trim());
    top--;
  }
  const verbatim = comments.some(
    one => one.startOffset > item.span.start && endOf(one) < item.span.end && one !== behind,
  );
  return { item, above, behind: behind?.image.trim(), verbatim, lines: { start: lines[top - 1]!, end } };
}

const formOrder = ['library', 'package', 'file'] as const;
const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The imports of one path together, all in order; a comment above one that goes stays. */
function merged(file: SourceFile, units: readonly Unit[], unused: ReadonlySet<number>): string {
  const groups = new Map<string, Unit[]>();
  for (const [i, unit] of units.entries()) {
    const key = `${unit.item.form} ${unit.item.path} ${unit.verbatim ? i : ''}`;
    groups.set(key, [...(groups.get(key) ?? []), unit]);
  }
  const sorted = [...groups.values()].sort(
    ([a], [b]) =>
      formOrder.indexOf(a!.item.form) - formOrder.indexOf(b!.item.form) ||
      textOrder(a!.item.path, b!.item.path),
  );
  return sorted.map(group => written(file, group, unused)).join('');
}

function written(file: SourceFile, group: readonly Unit[], unused: ReadonlySet<number>): string {
  const of = ({ start, end }: Span): string => file.text.slice(start, end);
  const [{ item, verbatim }] = group as [Unit];
  const above = group.flatMap(unit => unit.above);
  const names = group
    .flatMap(unit => unit.item.names)
    .filter(name => !unused.has(name.span.start))
    .map(name => of(name.span));
  const unique = [...new Set(names)].sort(textOrder);
  const lines = (texts: readonly string[]): string => texts.map(text => `${text}\n`).join('');
  if (verbatim) return lines([...above, of(item.span) + behindOf(group)]);
  if (unique.length === 0) return lines(above);
  // An import may be a line that is too long; then it is broken where it is laid out.
  return lines([...above, `import ${of(item.pathSpan)} { ${unique.join(', ')} }${behindOf(group)}`]);
}

function behindOf(group: readonly Unit[]): string {
  const comments = group.flatMap(({ behind }) => behind ?? []);
  const words = comments.map(text => text.replace(/^\/\/\s*/, ''));
  return comments.length === 0 ? '' : ` // ${words.join('; ')}`;
}
