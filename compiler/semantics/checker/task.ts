import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Checker } from './context.ts';

/** The tasks of the language; `service` is what measures of a running service are for. */
export const knownTasks: readonly string[] = [
  'binary',
  'multiclass',
  'regression',
  'ranking',
  'forecast',
  'multilabel',
  'service',
];

/** The task that a label's type proposes. */
export function proposedTask(label: Type): string | undefined {
  switch (label.kind) {
    case 'bool':
      return 'binary';
    case 'enum':
    case 'string':
      return 'multiclass';
    case 'int':
    case 'float':
      return 'regression';
    default:
      return undefined;
  }
}

/** What a label of each task may be. */
export const labelsOf: Readonly<Record<string, readonly Type['kind'][]>> = {
  binary: ['bool'],
  multiclass: ['enum', 'string'],
  regression: ['int', 'float'],
  ranking: ['int', 'float', 'bool'],
  forecast: ['int', 'float'],
  multilabel: ['list'],
};

/** The trainers of the library, of those that are loaded, for a task or for any. */
export function libraryTrainers(c: Checker, task: string | undefined): ast.TrainerDeclaration[] {
  return (c.modules.get('std/learn.mlp')?.tree.declarations ?? [])
    .filter(declaration => declaration.kind === 'Trainer')
    .filter(trainer => task === undefined || trainer.tasks.some(one => one.text === task));
}

/** What to take instead of a trainer or metric that is for other tasks; undefined where the library has nothing. */
export function fittingHint(c: Checker, task: string, what: 'Trainer' | 'Metric'): string | undefined {
  const module = what === 'Trainer' ? 'std/learn.mlp' : 'std/metrics.mlp';
  const names = (c.modules.get(module)?.tree.declarations ?? []).flatMap(declaration =>
    (declaration.kind === 'Trainer' || declaration.kind === 'Metric') &&
    declaration.tasks.some(one => one.text === task)
      ? [`\`${declaration.name.text}\``]
      : [],
  );
  if (names.length === 0) return undefined;
  return `for ${task} there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 6).join(', ')}`;
}
