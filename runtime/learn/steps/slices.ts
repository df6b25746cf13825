/** Rows of a part grouped by the columns of a slice. */
import { runMessages } from '../../../compiler/diagnostics/messages/run.ts';
import type { Model as ModelPlan } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import { sliceBy } from '../evaluate.ts';
import type { Part } from '../frames/read-part.ts';
import type { Column } from '../types.ts';

export interface RowGroup {
  /** A value for each column; null is missing. */
  readonly values: readonly (string | null)[];
  readonly rows: Int32Array;
}

/** The columns of a slice, out of the slices that the part was read with or its features. */
export function sliceColumns(part: Part, model: ModelPlan, by: readonly string[]): readonly Column[] {
  const known = new Map<string, Column>(part.frame.columns.map(column => [column.name, column]));
  for (const { columns } of part.slices) for (const column of columns) known.set(column.name, column);
  return by.map(name => {
    const column = known.get(name) ?? known.get(name.split('.').pop()!);
    if (column) return column;
    throw fault(runMessages.unknownSlice, { by, column: name }, { at: model.gate?.at ?? model.at });
  });
}

/** The groups that have rows, in the order of an enum's members or else of the values, missing last. */
export function groupRows(
  columns: readonly Column[],
  orders: readonly (readonly string[] | undefined)[],
): RowGroup[] {
  const sides = columns.map((column, i) => ordered(column, orders[i]));
  const rows = sides[0]?.codes.length ?? 0;
  const keys = new Float64Array(rows);
  for (const { codes, values } of sides)
    for (let row = 0; row < rows; row++)
      keys[row] = keys[row]! * (values.length + 1) + (codes[row]! < 0 ? values.length : codes[row]!);
  const members = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const group = members.get(keys[row]!);
    if (group) group.push(row);
    else members.set(keys[row]!, [row]);
  }
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([key, list]) => ({ values: valuesOf(key, sides), rows: Int32Array.from(list) }));
}

interface Side {
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

function ordered(column: Column, order: readonly string[] | undefined): Side {
  const { codes, values } = sliceBy([column]);
  if (!order) return { codes, values };
  const rank = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length);
  const sorted = [...values].sort((a, b) => rank(a) - rank(b));
  const place = values.map(value => sorted.indexOf(value));
  return { codes: codes.map(code => (code < 0 ? -1 : place[code]!)), values: sorted };
}

function valuesOf(key: number, sides: readonly Side[]): (string | null)[] {
  const values: (string | null)[] = [];
  let rest = key;
  for (const { values: names } of [...sides].reverse()) {
    const code = rest % (names.length + 1);
    rest = Math.floor(rest / (names.length + 1));
    values.unshift(names[code] ?? null);
  }
  return values;
}

/** The members of an enum column, in their order, for a slice's columns by name. */
export function memberOrder(model: ModelPlan, by: readonly string[]): (readonly string[] | undefined)[] {
  return by.map(name => {
    const feature = model.features.find(candidate => candidate.name === name);
    const slice = model.slices.find(candidate => candidate.columns.includes(name));
    const type = feature?.type ?? slice?.exprs[slice.columns.indexOf(name)]?.type;
    return type?.members;
  });
}
