import { runMessages } from '../../../compiler/diagnostics/messages/run.ts';
import { fault } from '../../data/faults.ts';
import type { StepContext, StepRunner } from '../../engine/contract.ts';
import type {
  ChampionState,
  Evaluation,
  MetricsDocument,
  Scores,
  SliceTable,
} from '../../engine/documents.ts';
import { metricUses, type NeededMetric, neededSlices } from '../../engine/metrics-needed.ts';
import { fittedOf, readFitted, viewsFitted } from '../../features/fitted.ts';
import type { Part } from '../frames/read-part.ts';
import { metricByName } from '../metrics/index.ts';
import { openModel } from '../open-model.ts';
import type { Task } from '../types.ts';
import { folderOf, modelOf, partOf, rowsByPart, writeJson } from './common.ts';
import { ForeignMeasures } from './foreign-measures.ts';
import { readTrainingRows, rowHashes, rowsNotIn } from './identity.ts';
import { groupRows, memberOrder, sliceColumns } from './slices.ts';

/** More groups than this are no slices but an identifier; the smallest are left out, and counted. */
const mostGroups = 5_000;

interface Judged {
  readonly part: Part;
  readonly metrics: readonly NeededMetric[];
  readonly threshold: number;
  /** Metrics of the team, measured beforehand. */
  readonly foreign: ForeignMeasures;
  readonly model: Float64Array;
  readonly baseline: Float64Array | null;
  /** Its scores, and by row whether it was trained on it. */
  readonly champion: { readonly scores: Float64Array; readonly rows: Int32Array } | null;
}

/** Scores the test rows with the model, its baseline and the champion, and measures them, overall and by slice. */
export const evaluateStep: StepRunner = async context => {
  const plan = modelOf(context);
  context.output('metrics');
  context.progress({ message: 'reading the test rows' });
  const part = await partOf(context, 'test', 'metrics');
  if (!part) throw new Error('the split declares no test part');
  const model = await openModel(folderOf(context, 'model'));
  const hasBaseline = context.step.inputs.some(input => input.name === 'baseline');
  const baselineFolder = hasBaseline ? context.input('baseline') : undefined;
  context.progress({ message: `scoring ${part.frame.rows.toLocaleString('en-US')} test rows` });
  const champion = await scoreChampion(context, part);
  const judged: Judged = {
    part,
    metrics: metricUses(plan),
    threshold: plan.threshold,
    foreign: new ForeignMeasures(plan),
    model: await model.predict(part.frame),
    baseline:
      baselineFolder === undefined ? null : await (await openModel(baselineFolder)).predict(part.frame),
    champion: champion.scored,
  };
  const evaluateAll = (given: Judged) => ({
    overall: evaluateRows(given),
    slices: neededSlices(plan).map(slice => evaluateSlice(context, given, slice.by, slice.minimum)),
  });
  const snapshots = judged.foreign.snapshots(context);
  await judged.foreign.measure(context, judged.metrics, part.target, metrics =>
    evaluateAll({ ...judged, metrics }),
  );
  const document: MetricsDocument = {
    version: 'metrics/1',
    model: context.step.of,
    task: plan.task,
    label: plan.label.name,
    classes: part.target.classes,
    trainer: plan.trainer?.trainer ?? model.trainer,
    baseline: plan.baseline?.trainer ?? null,
    threshold: plan.threshold,
    parts: await rowsByPart(context),
    metrics: judged.metrics.map(({ key, metric, args, direction, listed }) => ({
      key,
      metric,
      args,
      direction:
        direction ?? judged.foreign.directionOf(metric) ?? metricByName(metric, part.target.task).direction,
      listed,
    })),
    champion: champion.state,
    ...evaluateAll(judged),
    importance: model.importance?.() ?? [],
  };
  await writeJson(context, 'metrics', 'metrics.json', document);
  return { status: 'succeeded', metrics: numbersOf(document), notes: notesOf(document), snapshots };
};

type Champion = { readonly state: ChampionState; readonly scored: Judged['champion'] };

/** The champion on the rows that it was not trained on; whatever keeps it from being scored is a state and no fault. */
async function scoreChampion(context: StepContext, part: Part): Promise<Champion> {
  const folder = context.step.inputs.some(input => input.name === 'champion')
    ? context.input('champion')
    : undefined;
  if (folder === undefined) return { state: { state: 'none' }, scored: null };
  const unscorable = (reason: string): Champion => ({ state: { state: 'unscorable', reason }, scored: null });
  try {
    const model = await openModel(folder);
    const { target } = part;
    if (model.task !== target.task)
      return unscorable(`it is a ${model.task} model, this one is ${target.task}`);
    if (model.classes.join('\0') !== target.classes.join('\0'))
      return unscorable(
        `its classes are ${model.classes.join(', ')}, now they are ${target.classes.join(', ')}`,
      );
    const own = await partFor(context, part, folder);
    if (typeof own === 'string') return unscorable(own);
    const { frame } = own;
    const scores = await model.predict(frame);
    const trained = await readTrainingRows(folder);
    if (!trained) return unscorable('which rows it was trained on is not known');
    const rows = rowsNotIn(rowHashes(own, model.toJSON().features), trained);
    if (rows.length === 0) return unscorable(`it was trained on all ${frame.rows} test rows`);
    const excluded = frame.rows - rows.length;
    return { state: { state: 'scored', rows: rows.length, excluded }, scored: { scores, rows } };
  } catch (error) {
    const { code, name, message } = error as Error & { code?: string };
    if (code === 'ENOENT') return unscorable('its artifact has gone from the store');
    if (name === 'LearnError') return unscorable(message);
    throw error;
  }
}

/** The test rows as another model sees them: with the values that were fitted on its training rows. Else why not. */
async function partFor(context: StepContext, part: Part, folder: string): Promise<Part | string> {
  const { views } = modelOf(context);
  if (viewsFitted(context.plan, views).length === 0) return part;
  const { fitted, missing } = fittedOf(context.plan, views, await readFitted(folder));
  if (missing.length > 0)
    return `it has no value for ${missing.join(', ')}, which its features did not read when it was trained`;
  return (await partOf(context, 'test', 'metrics', fitted))!;
}

/** All rows, or those of a slice. */
function evaluateRows(judged: Judged, rows?: Int32Array): Evaluation {
  const { part, champion } = judged;
  const measure = (scores: Float64Array, index = rows) => measureScores(judged, scores, index);
  const common = champion && (rows ? intersect(rows, champion.rows) : champion.rows);
  return {
    rows: rows?.length ?? part.frame.rows,
    model: measure(judged.model),
    baseline: judged.baseline && measure(judged.baseline),
    champion: champion &&
      common && {
        rows: common.length,
        model: measure(judged.model, common),
        baseline: judged.baseline && measure(judged.baseline, common),
        champion: measure(champion.scores, common),
      },
  };
}

/** Of two ascending lists of rows. */
function intersect(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(Math.min(a.length, b.length));
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; )
    if (a[i] === b[j]) {
      both[count++] = a[i]!;
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  return both.slice(0, count);
}

function measureScores(judged: Judged, scores: Float64Array, rows: Int32Array | undefined): Scores {
  const { part, metrics, threshold } = judged;
  return Object.fromEntries(
    metrics.map(({ key, metric, args }) => {
      const measured = judged.foreign.take(key, scores, rows);
      if (measured !== undefined) return [key, 'value' in measured ? measured.value : null];
      const options = { threshold, ...thresholdOf(metric, args) };
      const value = metricByName(metric, part.target.task as Task).compute(
        scores,
        part.target,
        rows,
        options,
      );
      return [key, 'value' in value ? value.value : null];
    }),
  );
}

/** The metrics of the library take no argument but a threshold of their own. */
function thresholdOf(metric: string, args: NeededMetric['args']): { threshold?: number } {
  for (const name of Object.keys(args))
    if (name !== 'threshold') throw fault(runMessages.metricArgument, { metric, argument: name });
  return typeof args['threshold'] === 'number' ? { threshold: args['threshold'] } : {};
}

function evaluateSlice(
  context: StepContext,
  judged: Judged,
  by: readonly string[],
  minimum: number,
): SliceTable {
  const plan = modelOf(context);
  const all = groupRows(sliceColumns(judged.part, plan, by), memberOrder(plan, by));
  const least =
    all.length > mostGroups ? all.map(({ rows }) => rows.length).sort((a, b) => b - a)[mostGroups - 1]! : 0;
  const kept = all.filter(({ rows }) => rows.length >= least).slice(0, mostGroups);
  const counted = kept.reduce((sum, { rows }) => sum + rows.length, 0);
  const none: Scores = {};
  return {
    by,
    minimum,
    groups: kept.map(({ values, rows }) => ({
      values,
      evaluation:
        rows.length >= minimum
          ? evaluateRows(judged, rows)
          : { rows: rows.length, model: none, baseline: null, champion: null },
    })),
    omitted: { groups: all.length - kept.length, rows: judged.part.frame.rows - counted },
  };
}

function numbersOf({ overall, metrics }: MetricsDocument): Record<string, number> {
  const numbers: Record<string, number> = { rows: overall.rows };
  const add = (prefix: string, scores: Scores | null | undefined) => {
    for (const { key } of metrics) {
      const value = scores?.[key];
      if (typeof value === 'number') numbers[`${prefix}${key}`] = value;
    }
  };
  add('', overall.model);
  add('baseline.', overall.baseline);
  add('champion.', overall.champion?.champion);
  return numbers;
}

function notesOf({ overall, metrics, champion }: MetricsDocument): string[] {
  const values = metrics
    .filter(({ listed }) => listed)
    .map(({ key }) => `${key} ${scoreText(overall.model[key])}`);
  const notes = [`${values.join(', ')} on ${overall.rows.toLocaleString('en-US')} test rows`];
  if (champion.state === 'unscorable') notes.push(`the champion cannot be scored: ${champion.reason}`);
  if (champion.state === 'scored' && champion.excluded > 0)
    notes.push(
      `the champion is compared on ${champion.rows.toLocaleString('en-US')} rows: it was trained on the other ${champion.excluded.toLocaleString('en-US')}`,
    );
  return notes;
}

function scoreText(value: number | null | undefined): string {
  return typeof value === 'number' ? value.toFixed(4) : 'undefined';
}
