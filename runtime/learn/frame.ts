/** Making frames, choosing their rows, and giving them the columns and vocabularies that a model knows. */

import { LearnError } from './errors.ts';
import type { CategoryColumn, Column, Frame, ModelFile, Target } from './types.ts';

export type Feature = ModelFile['features'][number];
export type Strings = readonly (string | null | undefined)[];

/** The distinct values of the training rows, in code-unit order, so that it depends on no row order. */
export function vocabularyOf(values: Strings): string[] {
  const distinct = new Set<string>();
  for (const value of values) if (value !== null && value !== undefined) distinct.add(value);
  return [...distinct].sort();
}

/** Codes of `values` in `vocabulary`: -1 where missing, `vocabulary.length` where unseen. */
export function categoryColumn(
  name: string,
  values: Strings,
  vocabulary: readonly string[] = vocabularyOf(values),
): CategoryColumn {
  const codeOf = new Map(vocabulary.map((value, code) => [value, code]));
  const codes = new Int32Array(values.length);
  for (let row = 0; row < codes.length; row++) {
    const value = values[row];
    codes[row] = value === null || value === undefined ? -1 : (codeOf.get(value) ?? vocabulary.length);
  }
  return { kind: 'category', name, codes, vocabulary };
}

/** Checks that all columns have `rows` rows and names of their own. */
export function frameOf(columns: readonly Column[], rows = lengthOf(columns[0])): Frame {
  const names = new Set<string>();
  for (const column of columns) {
    if (lengthOf(column) !== rows)
      throw new LearnError(
        'bad-arguments',
        `Column '${column.name}' has ${lengthOf(column)} rows, not ${rows}`,
        {
          name: column.name,
        },
      );
    if (names.has(column.name))
      throw new LearnError('bad-arguments', `Two columns are called '${column.name}'`, { name: column.name });
    names.add(column.name);
  }
  return { rows, columns };
}

function lengthOf(column: Column | undefined): number {
  if (column === undefined) return 0;
  return column.kind === 'number' ? column.values.length : column.codes.length;
}

/** The rows `index` of the frame, in that order; a row may come twice. */
export function selectRows(frame: Frame, index: Int32Array): Frame {
  const columns = frame.columns.map((column): Column => {
    if (column.kind === 'number')
      return { ...column, values: gather(column.values, index, new Float64Array(index.length)) };
    return { ...column, codes: gather(column.codes, index, new Int32Array(index.length)) };
  });
  return { rows: index.length, columns };
}

export function selectTarget(target: Target, index: Int32Array): Target {
  return { ...target, values: gather(target.values, index, new Float64Array(index.length)) };
}

function gather<A extends Float64Array | Int32Array>(from: A, index: Int32Array, to: A): A {
  for (let i = 0; i < index.length; i++) to[i] = from[index[i]!]!;
  return to;
}

/** What a model keeps of the columns that it was trained on. */
export function featuresOf(frame: Frame): Feature[] {
  return frame.columns.map(column =>
    column.kind === 'number'
      ? { name: column.name, kind: column.kind }
      : { name: column.name, kind: column.kind, vocabulary: column.vocabulary },
  );
}

/**
 * The frame as a model sees it: its columns in its order, categories re-coded to its vocabulary (what it has not
 * seen becomes "other"). Columns that the model does not use are left out. Throws `columns-differ`.
 */
export function alignFrame(frame: Frame, features: readonly Feature[]): Frame {
  const byName = new Map(frame.columns.map(column => [column.name, column]));
  const columns = features.map(feature => {
    const column = byName.get(feature.name);
    if (column?.kind === feature.kind)
      return column.kind === 'number' ? column : recode(column, feature.vocabulary ?? []);
    const found = column === undefined ? 'no such column' : `a ${column.kind}`;
    throw new LearnError(
      'columns-differ',
      `The model needs the ${feature.kind} '${feature.name}', the data has ${found}`,
      {
        name: feature.name,
        expected: feature.kind,
        found,
        advice: 'Score with the features that the model was trained on, or train it again',
      },
    );
  });
  return { rows: frame.rows, columns };
}

/** The column in another vocabulary; the same column when the vocabularies agree. */
export function recode(column: CategoryColumn, vocabulary: readonly string[]): CategoryColumn {
  if (sameStrings(column.vocabulary, vocabulary)) return column;
  const codeOf = new Map(vocabulary.map((value, code) => [value, code]));
  // One entry more than the old vocabulary: its own "other" stays "other".
  const map = new Int32Array(column.vocabulary.length + 1).fill(vocabulary.length);
  for (let code = 0; code < column.vocabulary.length; code++)
    map[code] = codeOf.get(column.vocabulary[code]!) ?? vocabulary.length;
  const codes = column.codes.map(code => (code < 0 ? -1 : (map[code] ?? vocabulary.length)));
  return { ...column, codes, vocabulary };
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
