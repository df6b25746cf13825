/** Everything that must hold of a view on any rows that its schemas allow. */
import { fittedMessages } from '../../../compiler/diagnostics/messages/fitted.ts';
import type { Feature, Plan } from '../../../compiler/plan/plan.ts';
import type { Database } from '../../data/duckdb.ts';
import { MlpError, type Program } from '../../engine/contract.ts';
import type { Fitted } from '../../features/fitted.ts';
import { typeFault } from '../../features/type-fault.ts';
import { randomOf } from '../../learn/random.ts';
import { batchFitted, batchRows, type Computed, viewsBelow } from '../engines/batch.ts';
import { NothingToFit, type OnlineRow } from '../engines/online.ts';
import { servedRows } from '../engines/served.ts';
import { batchOrFault, engineFaults } from '../example-tests.ts';
import type { Shown, TestFault } from '../outcome.ts';
import { type Held, sameValue, shown, type Tables } from '../values.ts';
import { Pools, Times, textOf } from './draw.ts';
import { truncate } from './truncate.ts';

export interface Finding {
  readonly kind: TestFault['kind'];
  /** What tells it from others while it is made smaller. */
  readonly feature: string | null;
  readonly message: string;
  readonly actual: readonly Shown[];
  readonly at: number;
  readonly tables: Tables;
  /** Of the view's row: from 1, and its moment in microseconds. */
  readonly row: number;
  readonly moment: number | null;
  /** What a test of it would expect. */
  readonly expect: string;
}

export interface Examined {
  readonly database: Database;
  readonly program: Program;
  readonly view: string;
}

const nothingToFit = fittedMessages.nothingToFit.definition.code;

/** Rows that are put to the truncation test, of each draw. */
const truncations = 2;

/** The first thing that does not hold of these rows; null: all does. `seed` chooses the moments at which all is truncated. */
export async function examine(around: Examined, tables: Tables, seed: number): Promise<Finding | null> {
  const { program, view } = around;
  if (!toldApart(program, view, tables)) return null;
  const online = await onlineOrError(around, tables);
  let batch: readonly Computed[];
  let fitted: Fitted;
  try {
    fitted = await batchFitted(around.database, program, view, tables);
    batch = await batchRows(around.database, program, view, tables, fitted);
  } catch (error) {
    // Rows that nothing can be fitted on train no model.
    if (error instanceof MlpError && error.code === nothingToFit && online instanceof NothingToFit)
      return null;
    return refusal(around, tables, error, online);
  }
  return (
    disagreement(program.plan, view, tables, batch, online) ??
    outsideOfType(program.plan, view, tables, batch) ??
    (await unknownSeen(around, tables, batch, fitted, seed))
  );
}

/** Whether the store can tell a request from other rows of its source: a row that is not in its own window is told by columns. */
function toldApart(program: Program, view: string, tables: Tables): boolean {
  const windows: readonly { readonly self?: readonly string[] }[] = Object.values(
    program.views[view]?.reads?.windows ?? {},
  );
  const rows = tables[program.plan.views[view]!.source] ?? [];
  return windows.every(
    ({ self }) => self === undefined || new Set(rows.map(row => textOf(row, self))).size === rows.length,
  );
}

type Online = readonly OnlineRow[];

/** A view below may refuse a row, and then there are none. */
async function onlineOrError({ database, program, view }: Examined, tables: Tables): Promise<Online | Error> {
  try {
    return await servedRows(database, program, view, tables);
  } catch (error) {
    if (error instanceof MlpError || (error as Error).name === 'RowError') return error as Error;
    throw error;
  }
}

async function refusal(
  around: Examined,
  tables: Tables,
  error: unknown,
  online: Online | Error,
): Promise<Finding> {
  if (!(error instanceof MlpError)) throw error;
  const { program, view } = around;
  const refused = online instanceof Error ? undefined : online.find(row => 'refused' in row);
  const told = await batchOrFault(around.database, program, view, tables).then(
    () => error,
    (located: unknown) => located as MlpError,
  );
  const features = program.plan.views[view]!.features;
  const feature = features.find(({ at }) => at === told.at) ?? features[0]!;
  const place = refused ?? (online instanceof Error ? undefined : online[0]);
  const both = refused !== undefined || online instanceof Error;
  return {
    kind: both ? 'error' : 'engines',
    feature: feature.name,
    message: both
      ? `${told.message}: nothing in the types announces that`
      : `batch refuses what online computes: ${told.message}`,
    actual: [],
    at: told.at ?? feature.at,
    tables,
    row: place?.row ?? 1,
    moment: place?.at ?? null,
    expect: `${feature.name} is ${feature.type.optional ? '' : 'not '}null`,
  };
}

function disagreement(
  plan: Plan,
  view: string,
  tables: Tables,
  batch: readonly Computed[],
  online: Online | Error,
): Finding | null {
  const features = plan.views[view]!.features;
  const blank = { kind: 'engines', feature: null, actual: [], tables, at: plan.views[view]!.at } as const;
  const first = { row: batch[0]?.row ?? 1, moment: batch[0]?.at ?? null };
  const anything = expectValue(features[0]!, batch[0]?.values[features[0]!.name] ?? null);
  if (online instanceof Error)
    return {
      ...blank,
      ...first,
      message: `online refuses what batch computes: ${online.message}`,
      expect: anything,
    };
  if (online.length !== batch.length)
    return {
      ...blank,
      ...first,
      message: `${view} has ${batch.length} rows in batch and ${online.length} online`,
      expect: anything,
    };
  for (const [i, computed] of batch.entries()) {
    const own = online[i]!;
    const place = { row: computed.row, moment: computed.at };
    if (own.row !== computed.row || own.at !== computed.at)
      return {
        ...blank,
        ...place,
        message: `${view} has other moments in batch than online`,
        expect: anything,
      };
    const [fault] = engineFaults(plan, view, computed, own);
    if (!fault) continue;
    const feature = features.find(({ at }) => at === fault.at) ?? features[0]!;
    const expect = expectValue(feature, computed.values[feature.name] ?? null);
    return { ...blank, ...fault, ...place, tables, feature: feature.name, expect };
  }
  return null;
}

export const expectValue = ({ name, type }: Pick<Feature, 'name' | 'type'>, value: Held): string =>
  value === null ? `${name} is null` : `${name} == ${shown(value, type)}`;

function outsideOfType(plan: Plan, view: string, tables: Tables, batch: readonly Computed[]): Finding | null {
  for (const { row, at: moment, values } of batch)
    for (const { name, type, at } of plan.views[view]!.features) {
      const value = values[name] ?? null;
      const fault = typeFault(value, type);
      if (!fault) continue;
      return {
        kind: 'type',
        feature: name,
        message: `\`${name}\` ${fault.what}`,
        actual: [{ name, value: shown(value, type) }],
        at,
        tables,
        row,
        moment,
        expect: fault.condition(name),
      };
    }
  return null;
}

/** With the same fitted values, features at T of all data must be those of what was known by T. */
async function unknownSeen(
  { database, program, view }: Examined,
  tables: Tables,
  batch: readonly Computed[],
  fitted: Fitted,
  seed: number,
): Promise<Finding | null> {
  const { plan } = program;
  const declared = plan.views[view]!;
  const timed = batch.filter(({ at }) => at !== null);
  if (timed.length === 0) return null;
  const random = randomOf(seed);
  const views = [...viewsBelow(plan, view), view].map(name => plan.views[name]!);
  const draw = { random, pools: new Pools(plan, views, random), times: new Times(plan, views, random) };
  const keep = new Set(declared.moment?.kind === 'column' ? [declared.moment.column] : []);
  for (let i = 0; i < truncations; i++) {
    const { row, at, values } = timed[random.integer(0, timed.length - 1)]!;
    const known = truncate(plan, tables, at!, { table: declared.source, row, keep }, draw);
    const again = await rowsOrNull(database, program, view, known.tables, fitted);
    const now = again?.find(other => other.row === known.row && other.at === at);
    // A grid ends with the last event that is known, so its last moment may not be there yet.
    if (!now) continue;
    const feature = declared.features.find(
      ({ name, label }) => !label && !sameValue(values[name] ?? null, now.values[name] ?? null),
    );
    if (!feature) continue;
    const { name, type } = feature;
    return {
      kind: 'truncation',
      feature: name,
      message: `\`${name}\` sees what is not known at its moment`,
      actual: [
        { name: 'of all rows', value: shown(values[name] ?? null, type) },
        { name: 'of what was known', value: shown(now.values[name] ?? null, type) },
      ],
      at: feature.at,
      tables,
      row,
      moment: at,
      expect: expectValue(feature, now.values[name] ?? null),
    };
  }
  return null;
}

/** A cell that turns out otherwise may be one that cannot be computed; that is another matter. */
async function rowsOrNull(
  database: Database,
  program: Program,
  view: string,
  tables: Tables,
  fitted: Fitted,
) {
  try {
    return await batchRows(database, program, view, tables, fitted);
  } catch (error) {
    if (error instanceof MlpError) return null;
    throw error;
  }
}
