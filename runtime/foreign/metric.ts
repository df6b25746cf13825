/** Metrics of the team: all slices of an evaluation are measured by one process. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { foreignMessages } from '../../compiler/diagnostics/messages/foreign.ts';
import type { MetricUse } from '../../compiler/plan/plan.ts';
import { fault } from '../data/faults.ts';
import type { StepContext } from '../engine/contract.ts';
import type { MetricValue } from '../learn/metrics/index.ts';
import type { Target } from '../learn/types.ts';
import { languageOf } from './languages.ts';
import { type JobFacts, type Run, runJob, surroundingsOf, withScratch } from './run-job.ts';
import { type WrittenColumn, writeColumns } from './write-columns.ts';

/** Rows to measure: those of a slice, or all. */
export interface Measurement {
  readonly scores: Float64Array;
  readonly rows: Int32Array | undefined;
}

/**
 * The values of a metric on each of the measurements, in their order. Throws MLP8810 to MLP8815, and MLP8815 for a value
 * that is no number or lies outside of the metric's range.
 */
export const measureForeign: typeof measure = (context, use, given, folder) =>
  withScratch(folder, scratch => measure(context, use, given, scratch));

async function measure(
  context: StepContext,
  use: Pick<MetricUse, 'metric' | 'args' | 'run' | 'min' | 'max' | 'at'>,
  given: {
    readonly target: Target;
    readonly threshold: number;
    readonly measurements: readonly Measurement[];
  },
  folder: string,
): Promise<readonly MetricValue[]> {
  const { target, measurements, threshold } = given;
  const at = use.run.at ?? use.at;
  const what = `metric \`${use.metric}\` (${use.run.target})`;
  const run: Run = {
    around: surroundingsOf(context),
    run: use.run,
    what,
    wanted: 'a number for each slice',
    at,
  };
  const language = await languageOf(use.run, what, at);
  const file = path.join(folder, 'measurements.parquet');
  const { columns, rows } = longForm(target, measurements);
  await writeColumns(columns, rows, file, context.params);
  context.progress({ message: `measuring ${use.metric}` });
  const facts: JobFacts = {
    ...{
      kind: 'metric',
      name: use.metric,
      inputs: { measurements: file },
      columns: [],
      from: null,
      to: null,
    },
    args: { threshold, ...use.args },
    seed: null,
    measurements: measurements.length,
    model: { task: target.task, label: 'label', classes: target.classes, features: [] },
  };
  const values = await runJob(run, facts, language, folder, out =>
    readFile(path.join(out, 'values.json'), 'utf8').catch(() => {
      throw fault(foreignMessages.gaveNothing, { what, wanted: run.wanted, file: 'values.json' }, { at });
    }),
  );
  return checkedValues(values, measurements.length, use, run);
}

/** One row for each measurement and row of it: number of the measurement from 0, label, score or scores. */
function longForm(target: Target, measurements: readonly Measurement[]) {
  const width = target.task === 'multiclass' ? target.classes.length : 1;
  const all = target.values.length;
  const rows = measurements.reduce((sum, one) => sum + (one.rows?.length ?? all), 0);
  const measurement = new Float64Array(rows);
  const label = new Float64Array(rows);
  const scores = Array.from({ length: width }, () => new Float64Array(rows));
  let place = 0;
  measurements.forEach((one, number) => {
    const count = one.rows?.length ?? all;
    for (let i = 0; i < count; i++, place++) {
      const row = one.rows ? one.rows[i]! : i;
      measurement[place] = number;
      label[place] = target.values[row]!;
      for (let k = 0; k < width; k++) scores[k]![place] = one.scores[row * width + k]!;
    }
  });
  const whole = target.task === 'regression' ? {} : ({ as: 'BIGINT' } as const);
  const columns: WrittenColumn[] = [
    { name: 'measurement', numbers: measurement, as: 'INTEGER' },
    { name: 'label', numbers: label, ...whole },
    ...scores.map((numbers, k) => ({ name: width === 1 ? 'score' : `score_${k}`, numbers })),
  ];
  return { columns, rows };
}

/** `values.json`: a number or null for each measurement. */
function checkedValues(
  json: string,
  count: number,
  { min, max }: Pick<MetricUse, 'min' | 'max'>,
  { what, wanted, at }: Run,
): readonly MetricValue[] {
  const bad = (reason: string) => fault(foreignMessages.badResult, { what, wanted, reason }, { at });
  let values: unknown;
  try {
    values = JSON.parse(json);
  } catch {
    throw bad('values.json is not JSON');
  }
  if (!Array.isArray(values) || values.length !== count)
    throw bad(`values.json is not a list of ${count} numbers`);
  return values.map((value: unknown): MetricValue => {
    if (value === null) return { undefined: 'the metric has no value on these rows' };
    if (typeof value !== 'number' || !Number.isFinite(value)) throw bad(`it gave ${JSON.stringify(value)}`);
    if ((min !== null && value < min) || (max !== null && value > max))
      throw bad(`it gave ${value}, and its declared range is ${min ?? ''}..${max ?? ''}`);
    return { value };
  });
}
