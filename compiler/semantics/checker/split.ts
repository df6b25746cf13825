import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceText } from '../fixes.ts';
import { describe, duration, isUnknown } from '../types.ts';
import type { Checker, Env } from './context.ts';
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

const partName = (part: ast.SplitPart): string =>
  part.part.text === 'validate' ? 'validation' : part.part.text;

function checkParts(c: Checker, env: Env, split: ast.Split): void {
  const problem = (text: string, at: ast.Node) =>
    c.error(env.module, declarationMessages.splitParts, { problem: text }, at.span);
  const names = split.parts.map(partName);
  for (const [i, part] of split.parts.entries()) {
    const name = names[i]!;
    if (name === '') continue;
    if (!['train', 'validation', 'test'].includes(name))
      problem(`a split has no part \`${part.part.text}\``, part.part);
    else if (names.indexOf(name) < i) problem(`there are two parts \`${name}\``, part.part);
  }
  if (names.includes('')) return;
  const missing = ['train', 'test'].filter(name => !names.includes(name));
  if (missing.length)
    problem(`this split has no part \`${missing.join('` and no part `')}\``, {
      kind: '',
      span: split.bySpan,
    });
}

function checkSizes(c: Checker, env: Env, split: ast.Split): void {
  const lasting = split.parts.filter(part => part.last);
  if (lasting.length > 0 && lasting.length < split.parts.length) {
    const problem = 'the parts of a split are all shares, or all stretches of time with `last`';
    c.error(env.module, declarationMessages.splitParts, { problem }, lasting[0]!.span);
  } else if (lasting.length > 0 && split.by !== 'time') {
    const problem = '`last` is for a split by time';
    c.error(env.module, declarationMessages.splitParts, { problem }, lasting[0]!.span);
  }
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
  const first = split.parts[0]!.span.start;
  const span = { start: first, end: split.parts.at(-1)!.span.end };
  c.error(env.module, declarationMessages.splitShares, { sum: percent }, span);
}
