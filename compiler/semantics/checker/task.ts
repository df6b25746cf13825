import type { Type } from '../../plan/type.ts';

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
