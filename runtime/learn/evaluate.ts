/** Metrics over all rows and over slices of them. */

import { LearnError } from './errors.ts';
import { type MetricOptions, type MetricValue, metricByName } from './metrics/index.ts';
import type { Column, Target } from './types.ts';

/** Rows by the value that they have: row r belongs to `values[codes[r]]`; -1 belongs to the slice of missing. */
export interface SliceBy {
  readonly name: string;
  readonly codes: Int32Array;
  readonly values: readonly string[];
  /** A slice with fewer rows is listed as skipped, without metrics. Default 1. */
  readonly minRows?: number;
}

export interface Evaluated {
  readonly rows: number;
  /** Rows whose label is true; for two classes only. */
  readonly positives?: number;
  readonly metrics: Readonly<Record<string, MetricValue>>;
}

export interface EvaluatedSlice extends Evaluated {
  readonly by: string;
  /** Null is the slice of rows where the column is missing. */
  readonly value: string | null;
  /** Why there are no metrics. */
  readonly skipped?: string;
}

export interface Evaluation {
  readonly overall: Evaluated;
  /** In the order of `slices`, then of their values, missing last; values without a row are left out. */
  readonly slices: readonly EvaluatedSlice[];
}

/**
 * @param scores as `Model.predict` gives them
 * @param names metrics of the target's task
 * @throws LearnError `unknown-metric`, `bad-arguments`
 */
export function evaluate(
  scores: Float64Array,
  target: Target,
  names: readonly string[],
  slices: readonly SliceBy[] = [],
  options: MetricOptions = {},
): Evaluation {
  const width = target.task === 'multiclass' ? target.classes.length : 1;
  const rows = target.values.length;
  if (scores.length !== rows * width)
    throw new LearnError('bad-arguments', `${scores.length} scores for ${rows} rows of ${width}`, { rows });
  const compute = (index?: Int32Array): Evaluated => ({
    ...sizeOf(target, index),
    metrics: Object.fromEntries(
      names.map(name => [name, metricByName(name, target.task).compute(scores, target, index, options)]),
    ),
  });
  return { overall: compute(), slices: slices.flatMap(by => evaluateSlice(by, target, compute)) };
}

function sizeOf(target: Target, index?: Int32Array): { rows: number; positives?: number } {
  const rows = index?.length ?? target.values.length;
  if (target.task !== 'binary') return { rows };
  let positives = 0;
  for (let i = 0; i < rows; i++) positives += target.values[index?.[i] ?? i]!;
  return { rows, positives };
}

function evaluateSlice(
  by: SliceBy,
  target: Target,
  compute: (index: Int32Array) => Evaluated,
): EvaluatedSlice[] {
  if (by.codes.length !== target.values.length)
    throw new LearnError(
      'bad-arguments',
      `Slice '${by.name}' has ${by.codes.length} rows, not ${target.values.length}`,
      {
        name: by.name,
      },
    );
  const minRows = by.minRows ?? 1;
  return rowsByCode(by).flatMap((index, code): EvaluatedSlice[] => {
    if (index.length === 0) return [];
    const value = by.values[code] ?? null;
    if (index.length >= minRows) return [{ by: by.name, value, ...compute(index) }];
    const skipped = `${index.length} of at least ${minRows} rows`;
    return [{ by: by.name, value, ...sizeOf(target, index), metrics: {}, skipped }];
  });
}

/** One list of rows for each value, and a last one for missing: a counting sort over one array. */
function rowsByCode({ name, codes, values }: SliceBy): Int32Array[] {
  const counts = new Int32Array(values.length + 2);
  const place = (code: number): number => (code < 0 ? values.length : code);
  for (const code of codes) {
    if (code >= values.length)
      throw new LearnError('bad-arguments', `Slice '${name}' has no value ${code}`, { name });
    counts[place(code) + 1]!++;
  }
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
  const sorted = new Int32Array(codes.length);
  const next = counts.slice();
  for (let row = 0; row < codes.length; row++) sorted[next[place(codes[row]!)]!++] = row;
  return Array.from({ length: values.length + 1 }, (_, code) =>
    sorted.subarray(counts[code]!, counts[code + 1]!),
  );
}

/** What a value outside of the vocabulary is called in a slice. */
const OTHER = 'other';

/**
 * Slices by a column, or by the cross of several, whose values are then joined with ` & `. A number's slices are its
 * distinct values, so it should have few. A row where any of the columns is missing is in the slice of missing.
 */
export function sliceBy(columns: readonly Column[], minRows?: number): SliceBy {
  const [first, ...rest] = columns.map(labelled);
  if (first === undefined) throw new LearnError('bad-arguments', 'a slice needs a column');
  const crossed = rest.reduce(cross, first);
  return minRows === undefined ? crossed : { ...crossed, minRows };
}

function labelled(column: Column): SliceBy {
  if (column.kind === 'category') {
    const unseen = column.vocabulary.length;
    const values = column.codes.includes(unseen) ? [...column.vocabulary, OTHER] : column.vocabulary;
    return { name: column.name, codes: column.codes, values };
  }
  const distinct = [...new Set(column.values)].filter(value => !Number.isNaN(value)).sort((a, b) => a - b);
  const codeOf = new Map(distinct.map((value, code) => [value, code]));
  const codes = Int32Array.from(column.values, value => codeOf.get(value) ?? -1);
  return { name: column.name, codes, values: distinct.map(String) };
}

/** Only the pairs that occur become values, in the order of both. */
function cross(a: SliceBy, b: SliceBy): SliceBy {
  const width = b.values.length;
  const keys = a.codes.map((code, row) =>
    code < 0 || b.codes[row]! < 0 ? -1 : code * width + b.codes[row]!,
  );
  const distinct = [...new Set(keys)].filter(key => key >= 0).sort((x, y) => x - y);
  const codeOf = new Map(distinct.map((key, code) => [key, code]));
  return {
    name: `${a.name} & ${b.name}`,
    codes: keys.map(key => codeOf.get(key) ?? -1),
    values: distinct.map(key => `${a.values[Math.floor(key / width)]} & ${b.values[key % width]}`),
  };
}
