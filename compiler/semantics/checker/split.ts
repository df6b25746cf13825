import type { Fix } from '../../diagnostics/diagnostic.ts';
import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceText } from '../fixes.ts';
import { describe, duration, isUnknown } from '../types.ts';
import { constantOf, numberOf } from './constant.ts';
import type { Checker, Env } from './context.ts';
import { infer } from './expression/infer.ts';
import { type ModelInfo, rowColumn } from './model.ts';
import { constantNumber, positive } from './values.ts';

const timeKinds: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

/** `split by time { train 70%  validation 15%  test 15% }` */
export function checkSplit(c: Checker, env: Env, split: ast.Split, model: ModelInfo): void {
  checkBy(c, env, split, model);
  checkParts(c, env, split);
  checkSizes(c, env, split);
}

function checkBy(c: Checker, env: Env, split: ast.Split, model: ModelInfo): void {
  if (split.by === 'random') {
    // Rows that have a time are told of as those of any other split at random (MLP4101).
    if (hasMoment(model)) return;
    const fixes = [replaceText(env.module, split.bySpan, 'hash', false)];
    c.error(env.module, declarationMessages.splitRandom, {}, split.bySpan, { fixes });
    return;
  }
  if (split.column) {
    const type = rowColumn(c, env, model, split.column);
    if (split.by !== 'time' || isUnknown(type) || timeKinds.has(type.kind)) return;
    const facts = {
      expected: 'a date, datetime or timestamp',
      found: describe(type),
      what: `\`${split.column.text}\``,
    };
    const hint = `write \`by group ${split.column.text}\` to keep rows of one value together, or \`by hash\``;
    c.error(env.module, typesMessages.mismatch, facts, split.column.span, { hint });
    return;
  }
  const view = model.views[0];
  if (split.by !== 'time' || model.broken || !view || view.source.kind === 'unknown') return;
  if (view.table.eventTime === undefined && view.source.eventTime === undefined) {
    const facts = { table: `\`${view.source.name}\``, what: 'a split by time' };
    c.error(env.module, typesMessages.noEventTime, facts, split.bySpan);
  }
}

/** Whether the graph of values tells when the rows are predicted, as `checkSplits` asks it. */
const hasMoment = (model: ModelInfo): boolean =>
  !model.broken &&
  model.views.some(
    ({ declaration, source }) => declaration.at !== undefined || source.eventTime !== undefined,
  );

export const partName = (part: ast.SplitPart): string =>
  part.part.text === 'validate' ? 'validation' : part.part.text;

function checkParts(c: Checker, env: Env, split: ast.Split): void {
  const problem = (text: string, at: ast.Node, more?: { hint: string; fixes?: Fix[] }) =>
    c.error(env.module, declarationMessages.splitParts, { problem: text }, at.span, more);
  const names = split.parts.map(partName);
  for (const [i, part] of split.parts.entries()) {
    const name = names[i]!;
    if (name === '') continue;
    if (!partNames.includes(name)) {
      const meant = partSynonyms.get(name.toLowerCase()) ?? suggest(name, partNames);
      const fixes = meant === undefined ? [] : [replaceText(env.module, part.part.span, meant, false)];
      const more = meant === undefined ? undefined : { hint: `did you mean \`${meant}\`?`, fixes };
      problem(`a split has no part \`${part.part.text}\``, part.part, more);
    } else if (names.indexOf(name) < i) problem(`there are two parts \`${name}\``, part.part);
  }
  // A part of an unknown name may be the one that is missing.
  if (!names.every(name => partNames.includes(name))) return;
  const missing = ['train', 'test'].filter(name => !names.includes(name));
  if (missing.length)
    problem(`this split has no part \`${missing.join('` and no part `')}\``, {
      kind: '',
      span: split.bySpan,
    });
}

export const partNames: readonly string[] = ['train', 'validation', 'test'];
const partSynonyms: ReadonlyMap<string, string> = new Map([
  ...['val', 'valid', 'dev', 'development', 'eval', 'evaluation', 'tune', 'tuning'].map(
    word => [word, 'validation'] as const,
  ),
  ...['holdout', 'hold_out', 'heldout'].map(word => [word, 'test'] as const),
  ...['fit', 'training', 'learn'].map(word => [word, 'train'] as const),
]);

function checkSizes(c: Checker, env: Env, split: ast.Split): void {
  const lasting = split.parts.filter(part => part.last);
  if (lasting.length > 0 && lasting.length < split.parts.length) {
    const problem = 'the parts of a split are all shares, or all stretches of time with `last`';
    c.error(env.module, declarationMessages.splitParts, { problem }, lasting[0]!.span);
  } else if (lasting.length > 0 && split.by !== 'time') {
    const problem = '`last` is for a split by time';
    c.error(env.module, declarationMessages.splitParts, { problem }, lasting[0]!.span);
  }
  if (lasting.length === 0 && reportWholeNumbers(c, env, split)) return;
  let sum = 0;
  let known = lasting.length === 0;
  for (const part of split.parts) {
    if (part.last) {
      positive(c, env, part.size, duration, 'the length of a part');
      continue;
    }
    const type = { kind: 'float', optional: false, min: 0, max: 1 } as const;
    const size = constantNumber(c, env, part.size, type, 'the share of a part');
    if (size === undefined) known = false;
    else if (size === 0)
      positive(c, env, part.size, { kind: 'float', optional: false }, 'the share of a part');
    sum += size ?? 0;
  }
  if (!known || split.parts.length === 0 || Math.abs(sum - 1) < 1e-9) return;
  const percent = `${Number((sum * 100).toFixed(6))}%`;
  c.error(env.module, declarationMessages.splitShares, { sum: percent }, partsSpan(split));
}

const partsSpan = ({ parts }: ast.Split): Span => ({
  start: parts[0]!.span.start,
  end: parts.at(-1)!.span.end,
});

/** `train 70  validation 15  test 15`, which are meant as percentages. */
function reportWholeNumbers(c: Checker, env: Env, split: ast.Split): boolean {
  const sizes = split.parts.map(part => part.size);
  const numbers = sizes.map(size => (size.kind === 'Int' ? numberOf(constantOf(c, size)) : undefined));
  if (sizes.length === 0 || !numbers.every(size => size !== undefined && size > 1)) return false;
  for (const size of sizes) infer(c, env, size);
  const sum = numbers.reduce<number>((all, size) => all + size!, 0);
  const edits = sizes.map(({ span: { end } }) => ({
    file: env.module.file,
    span: { start: end, end },
    text: '%',
  }));
  const problem = 'the parts of a split are shares of the rows, and these are whole numbers';
  const written = split.parts.map((part, i) => `${part.part.text} ${numbers[i]}%`).join('  ');
  const fixes = sum === 100 ? [{ title: 'write `%` behind each', edits }] : [];
  const hint = sum === 100 ? `write them with \`%\`: \`${written}\`` : 'write them with `%`, 100% in all';
  c.error(env.module, declarationMessages.splitParts, { problem }, partsSpan(split), { hint, fixes });
  return true;
}
