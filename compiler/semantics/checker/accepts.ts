import type { Fix, Label } from '../../diagnostics/diagnostic.ts';
import { tasksMessages } from '../../diagnostics/messages/tasks.ts';
import type { Type } from '../../plan/type.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { describe, isUnknown } from '../types.ts';
import type { Binding, Checker } from './context.ts';
import { sourceOfNull, whyOptional } from './expression/why-optional.ts';
import type { ModelInfo } from './model.ts';
import { libraryTrainers } from './task.ts';

type Accepted = 'missing' | 'categories';

const takes = (trainer: ast.TrainerDeclaration, what: Accepted): boolean =>
  trainer.body.items.some(item => item.kind === 'Accepts' && item.what.some(name => name.text === what));

/** Family 8: features that the trainer cannot take, missing values and categories, each told at the feature. */
export function checkAccepts(
  c: Checker,
  call: ast.Call,
  trainer: ast.TrainerDeclaration,
  model: ModelInfo,
): void {
  const missing = takes(trainer, 'missing');
  const categories = takes(trainer, 'categories');
  if (missing && categories) return;
  model.features.forEach((binding, name) => {
    const { type } = binding;
    if (isUnknown(type)) return;
    const category = type.kind === 'string' || type.kind === 'enum';
    if (type.optional && !missing && !followsFrom(c, binding, model))
      refuse(c, call, trainer, model, name, binding, 'missing');
    if (category && !categories) refuse(c, call, trainer, model, name, binding, 'categories');
  });
}

/** Null only because another feature of the model is: that one is told, and with it this one is repaired. */
function followsFrom(c: Checker, { symbol }: Binding, model: ModelInfo): boolean {
  if (symbol.kind !== 'feature' || symbol.item.kind !== 'Feature') return false;
  const source = sourceOfNull(c, symbol.item.value);
  if (source?.kind !== 'NameExpression') return false;
  const read = c.symbols.get(source.name);
  return (
    read?.kind === 'feature' && read.name !== symbol.name && model.features.get(read.name)?.symbol === read
  );
}

function refuse(
  c: Checker,
  call: ast.Call,
  trainer: ast.TrainerDeclaration,
  model: ModelInfo,
  feature: string,
  { symbol, type }: Binding,
  what: Accepted,
): void {
  const own = c.home(model.declaration);
  const at = symbol.kind === 'feature' ? symbol : undefined;
  const file = at?.file ?? own.file;
  const item = at?.item.kind === 'Feature' ? at.item : undefined;
  // A column keeps its name only as it is.
  const taken = !item || (item.value.kind === 'NameExpression' && item.value.name.text === feature);
  const used = at?.item.kind === 'Use' ? at.item.columns.find(name => name.text === feature) : undefined;
  const span = used?.span ?? item?.name.span ?? call.callee.span;
  const said = what === 'missing' ? 'missing values' : 'categories';
  const labels: Label[] = [
    ...(what === 'missing' && item && at ? whyOptional(c, item.value, at.file) : []),
    { file: own.file, span: call.callee.span, message: `\`${model.declaration.name.text}\` learns with it` },
    c.labelAt(trainer, `\`${trainer.name.text}\` does not declare that it accepts ${said}`),
  ];
  const facts = {
    trainer: trainer.name.text,
    feature,
    type: describe(type),
    value: defaultOf(type),
    taken,
    others: othersThatTake(c, what, model.task),
    own: trainer.body.items.some(item => item.kind === 'Run'),
  };
  const message = what === 'missing' ? tasksMessages.missingValues : tasksMessages.categories;
  const fixes = what === 'missing' && item && !taken ? [defaultFix(item.value, facts.value, file)] : [];
  c.report(message(facts, { file, span, labels, fixes }));
}

/** What binds tighter than `??` takes a default as it stands. */
const tight: ReadonlySet<ast.Expression['kind']> = new Set(['Member', 'NameExpression', 'Aggregate', 'Call']);

function defaultFix(value: ast.Expression, otherwise: string, file: SourceFile): Fix {
  const { start, end } = value.span;
  const after = { file, span: { start: end, end } };
  const edits = tight.has(value.kind)
    ? [{ ...after, text: ` ?? ${otherwise}` }]
    : [
        { file, span: { start, end: start }, text: '(' },
        { ...after, text: `) ?? ${otherwise}` },
      ];
  // Only the author knows what a missing value stands for.
  return { title: `take null as ${otherwise}`, edits, safe: false };
}

/** A value of the type, as an author would write it after `??`. */
function defaultOf(type: Type): string {
  switch (type.kind) {
    case 'bool':
      return 'false';
    case 'int':
      return String(typeof type.min === 'number' && type.min > 0 ? type.min : 0);
    case 'float':
      return typeof type.min === 'number' && type.min > 0 ? `${type.min}` : '0.0';
    case 'enum':
      return type.enum === undefined ? `"${type.members?.[0] ?? ''}"` : `${type.enum}.${type.members?.[0]}`;
    case 'string':
      return '"unknown"';
    default:
      return '…';
  }
}

/** Trainers of the library that take what this one does not. */
function othersThatTake(c: Checker, what: Accepted, task: string | undefined): string[] {
  return libraryTrainers(c, task)
    .filter(trainer => trainer.name.text !== 'constant' && takes(trainer, what))
    .map(trainer => trainer.name.text);
}
