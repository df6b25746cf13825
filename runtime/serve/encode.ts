import type { Model as ModelPlan, Plan, Type } from '../../compiler/plan/plan.ts';
import { MICROSECONDS_A_DAY } from '../features/functions/values.ts';
import type { OnlineRow, OnlineValue } from '../features/online/contract.ts';
import { type PartColumn, partColumns } from '../features/part-columns.ts';
import { categoryColumn } from '../learn/frame.ts';
import type { Column, Frame, ModelFile } from '../learn/types.ts';

/** Online features as the frame that `learn/frames/read-part.ts` makes of the same rows in batch, value for value. */
export type Encoder = (rows: readonly OnlineRow[]) => Frame;

/** What of a plan and a model file does not fit together, in words. */
export class Misfit {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

type ColumnEncoder = (rows: readonly OnlineRow[]) => Column;

export function encoderOf(plan: Plan, model: ModelPlan, features: ModelFile['features']): Encoder | Misfit {
  const columns = partColumns(plan, model).features;
  const encoders: ColumnEncoder[] = [];
  for (const feature of features) {
    const encoder = columnEncoder(feature, columns);
    if (encoder instanceof Misfit) return encoder;
    encoders.push(encoder);
  }
  return rows => ({ rows: rows.length, columns: encoders.map(encode => encode(rows)) });
}

const categorical: ReadonlySet<Type['kind']> = new Set(['string', 'enum']);

function columnEncoder(
  feature: ModelFile['features'][number],
  columns: readonly PartColumn[],
): ColumnEncoder | Misfit {
  const { name, kind } = feature;
  const column = columns.find(one => one.name === name);
  if (!column) return vectorEncoder(feature, columns);
  if (categorical.has(column.type.kind) !== (kind === 'category') || column.type.kind === 'vector')
    return new Misfit(`its feature \`${name}\` was a ${kind}, and the spec's is a ${column.type.kind}`);
  const cellOf = valueIn(column);
  if (kind === 'category') return categoryEncoder(name, feature.vocabulary ?? [], cellOf);
  const number = numberOf[column.type.kind] ?? plainNumber;
  return rows => {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const value = cellOf(rows[i]!);
      values[i] = value === null ? Number.NaN : number(value);
    }
    return { kind: 'number', name, values };
  };
}

/** Two views may have a feature of one name; its record then has the name with the view's before it. */
function valueIn({ name, from }: PartColumn): (row: OnlineRow) => OnlineValue {
  return row => (Object.hasOwn(row, name) ? row[name] : row[from]) ?? null;
}

function vectorEncoder(
  { name, kind }: ModelFile['features'][number],
  columns: readonly PartColumn[],
): ColumnEncoder | Misfit {
  const match = /^(.*)\[(\d+)\]$/.exec(name);
  const column = match && columns.find(one => one.name === match[1] && one.type.kind === 'vector');
  if (!match || !column || kind !== 'number')
    return new Misfit(`it was trained on a feature \`${name}\`, which the spec does not have`);
  const place = Number(match[2]);
  const cellOf = valueIn(column);
  return rows => {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const vector = cellOf(rows[i]!) as readonly number[] | null;
      values[i] = vector?.[place] ?? Number.NaN;
    }
    return { kind: 'number', name, values };
  };
}

/** Codes in the model's own vocabulary, so that nothing needs to be coded anew: -1 missing, its length for "other". */
function categoryEncoder(
  name: string,
  vocabulary: readonly string[],
  cellOf: (row: OnlineRow) => OnlineValue,
): ColumnEncoder {
  const codeOf = new Map(vocabulary.map((value, code) => [value, code]));
  const other = vocabulary.length;
  // A graph that was loaded knows no vocabulary and takes the words themselves.
  if (other === 0)
    return rows =>
      categoryColumn(
        name,
        rows.map(row => cellOf(row) as string | null),
      );
  return rows => {
    const codes = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const value = cellOf(rows[i]!);
      codes[i] = value === null ? -1 : (codeOf.get(value as string) ?? other);
    }
    return { kind: 'category', name, codes, vocabulary };
  };
}

const plainNumber = (value: OnlineValue): number => Number(value);

/** Times as `epoch_ms` gives them: whole milliseconds, cut towards zero as an integer division is. */
const milliseconds = (micros: OnlineValue): number => Math.trunc(Number(micros) / 1000) + 0;
const numberOf: Partial<Record<Type['kind'], (value: OnlineValue) => number>> = {
  date: days => (Number(days) * MICROSECONDS_A_DAY) / 1000,
  datetime: milliseconds,
  timestamp: milliseconds,
};
