/** The rows of a view as a service computes them: the online store is filled, and asked as of each row's moment. */
import type { FeatureView } from '../../../compiler/plan/plan.ts';
import type { Database } from '../../data/duckdb.ts';
import type { Program } from '../../engine/contract.ts';
import type { Fitted } from '../../features/fitted.ts';
import { RowError } from '../../features/functions/values.ts';
import { OnlineComputation } from '../../features/online/compute.ts';
import { type OnlineRow as RequestRow, StaleState } from '../../features/online/contract.ts';
import { moveState } from '../../features/online/materialize.ts';
import {
  MILLISECOND,
  type OnlineView,
  onlineView,
  type State,
  statesOf,
} from '../../features/online/states.ts';
import type { Tables } from '../values.ts';
import { fillAll } from './batch.ts';
import { MemoryStore } from './memory-store.ts';
import { type OnlineRow, type Place, ReadByTheWord } from './online.ts';

/**
 * The rows of a view by what serving uses: rows of other tables are moved into an online store, joins and windows are read
 * out of it by `runtime/features/online`, and the generated function computes the features of what a request carries.
 * Labels, which no service computes, are looked up word by word, and so is all of a view of another view's rows. With `only`,
 * the rows of one row of the source, counted from 1. Throws MlpError where a view below has no rows.
 */
export async function servedRows(
  database: Database,
  program: Program,
  name: string,
  tables: Tables,
  { only, fitted }: { readonly only?: number; readonly fitted?: Fitted | undefined } = {},
): Promise<readonly OnlineRow[]> {
  const words = new ReadByTheWord(program, tables, fitted);
  const view = program.plan.views[name]!;
  const states = servedStates(program, view, name);
  if (states === undefined) return words.rows(name, only);
  const places = words.places(name, only);
  const values = words.fittedOf(name);
  await fillAll(database, program, name, tables);
  const online = onlineView(program, name);
  const store = new MemoryStore();
  await fillStore(store, database, states, online, places);
  const computation = new OnlineComputation([online], states, store);
  const rows: OnlineRow[] = [];
  for (const place of places) {
    // A row without its moment is no request.
    const asked = place.at !== null || view.moment === null;
    rows.push(
      asked ? await answered(computation, online, place, words, values) : words.row(name, place, values),
    );
  }
  return rows;
}

/** What a view reads of the store; undefined: it is not served. */
function servedStates(program: Program, view: FeatureView, name: string): State[] | undefined {
  const { compute, reads } = program.views[name]!;
  if (program.plan.views[view.source] !== undefined || !compute || !reads) return undefined;
  return statesOf([onlineView(program, name)]);
}

/** Moves the tables as a materialisation would that answers for the earliest of these moments and comes after the last. */
async function fillStore(
  store: MemoryStore,
  database: Database,
  states: readonly State[],
  { reads: { every } }: OnlineView,
  places: readonly Place[],
): Promise<void> {
  const period = every === null ? 1 : every * MILLISECOND;
  const moments = places.flatMap(({ at }) => (at === null ? [] : [Math.floor(at / period) * period, at]));
  const [first = 0, last = 0] = [
    moments.reduce((a, b) => Math.min(a, b), moments[0]!),
    moments.reduce((a, b) => Math.max(a, b), moments[0]!),
  ];
  for (const state of states)
    await moveState(store, database, state, {
      ...{ from: first, to: null, asOf: last, progress: () => {} },
      signal: new AbortController().signal,
    });
}

/** One request, which carries of the row what the view's reads say. */
async function answered(
  computation: OnlineComputation,
  { name, reads }: OnlineView,
  place: Place,
  words: ReadByTheWord,
  values: Fitted[string],
): Promise<OnlineRow> {
  const { row, own, at } = place;
  const carried = Object.fromEntries(
    reads.request.map(column => [column, own[column] ?? null]),
  ) as RequestRow;
  try {
    const [features] = await computation.compute([{ row: carried, at: at ?? 0 }], { [name]: values });
    return words.row(name, place, values, features!);
  } catch (error) {
    if (error instanceof StaleState) return { row, at, refused: new RowError(error.message) };
    if (error instanceof RowError) return { row, at, refused: error };
    throw error;
  }
}
