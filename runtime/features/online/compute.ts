import { durationText } from '../../../compiler/plan/build/text.ts';
import type { Fitted } from '../fitted.ts';
import { RowError } from '../functions/values.ts';
import {
  type OnlineRequest,
  type OnlineRow,
  type OnlineValue,
  StaleState,
  type TableFreshness,
} from './contract.ts';
import { blockSpace, blocksAt, decodeDocument, metaAddress, type StateMeta } from './documents.ts';
import { StoredRows } from './rows.ts';
import { type Joined, keyText, type Level, MILLISECOND, type OnlineView, type State } from './states.ts';
import type { Address, OnlineStore, Values } from './store.ts';
import { JoinReader, WindowReader } from './windows.ts';

/** How many bytes of stored rows stay decoded. */
const keptBytes = 256 * 1024 ** 2;

/** A read of one level as it is carried out: where its rows are, and what is made of them. */
interface Reading {
  readonly name: string;
  readonly held: HeldState;
  keyOf(row: OnlineRow, joined: Joined): string | null;
  /** Of no key there are no rows. */
  at(blocks: readonly StoredRows[], moment: number, row: OnlineRow, joined: Joined): unknown;
}
interface ReadingLevel {
  readonly joins: readonly Reading[];
  readonly windows: readonly Reading[];
}

/** A state that is read, with the rows of it that are decoded: by key, then by block. */
class HeldState {
  readonly state: State;
  meta: StateMeta | undefined;
  metaBytes: Uint8Array | undefined;
  rows = new Map<string, Map<number, StoredRows | null>>();

  constructor(state: State) {
    this.state = state;
  }

  /** The key's rows around a moment; null: not all of them are decoded. */
  held(key: string, moment: number): readonly StoredRows[] | null {
    const kept = this.rows.get(key);
    if (kept === undefined) return null;
    const [first, last] = blocksAt(this.state, moment);
    const found: StoredRows[] = [];
    for (let block = first; block <= last; block++) {
      const rows = kept.get(block);
      if (rows === undefined) return null;
      if (rows !== null) found.push(rows);
    }
    return found;
  }
}

interface Task {
  readonly view: number;
  readonly request: OnlineRequest;
  /** The moment whose state is seen: T, or that of the last materialisation before. */
  readonly moment: number;
  readonly joined: Record<string, OnlineRow | null>;
  readonly context: Record<string, unknown>;
  /** By reading of the level, the key under which its rows are. */
  keys: (string | null)[];
}

/** Computes views for requests; one round trip to the store a level, and one level unless keys are read through joins. */
export class OnlineComputation {
  readonly #views: readonly OnlineView[];
  readonly #levels: readonly (readonly ReadingLevel[])[];
  readonly #held: ReadonlyMap<string, HeldState>;
  readonly #store: OnlineStore | undefined;
  #bytes = 0;

  constructor(views: readonly OnlineView[], states: readonly State[], store: OnlineStore | undefined) {
    this.#views = views;
    this.#store = store;
    this.#held = new Map(states.map(state => [state.id, new HeldState(state)]));
    this.#levels = views.map(view => view.levels.map(level => this.#reading(level)));
  }

  #reading(level: Level): ReadingLevel {
    return {
      joins: level.joins.map(({ name, read, state }) => {
        const reader = new JoinReader(read, state);
        return {
          name,
          held: this.#held.get(state.id)!,
          keyOf: (row, joined) => keyText(read.key, row, joined),
          at: (blocks, moment) => reader.at(blocks, moment),
        };
      }),
      windows: level.windows.map(({ name, read, state }) => {
        const reader = new WindowReader(read, state);
        return {
          name,
          held: this.#held.get(state.id)!,
          keyOf: (row, joined) => keyText(read.key, row, joined),
          at: (blocks, moment, row, joined) => reader.at(blocks, moment, row, joined),
        };
      }),
    };
  }

  async compute(requests: readonly OnlineRequest[], fitted: Fitted = {}): Promise<readonly OnlineRow[]> {
    const tasks = this.#views.map((view, i) => requests.map(request => taskOf(view, i, request)));
    const depth = Math.max(0, ...this.#levels.map(levels => levels.length));
    for (let level = 0; level < depth; level++) await this.#readLevel(tasks.flat(), level);
    return requests.map((request, i) => {
      const results = this.#views.map((view, v) =>
        view.compute(request.row, tasks[v]![i]!.context, fitted[view.name]),
      );
      return results.length === 1 ? results[0]! : (Object.assign({}, ...results) as OnlineRow);
    });
  }

  async #readLevel(tasks: readonly Task[], level: number): Promise<void> {
    const store = this.#store!;
    if (!store.near) this.#forget();
    for (;;) {
      const missing = this.#missing(tasks, level);
      const states = [...this.#held.values()];
      const answer = store.read([
        ...states.map(({ state }) => metaAddress(state)),
        ...missing.map(({ address }) => address),
      ]);
      const values = answer instanceof Promise ? await answer : answer;
      const changed = this.#renew(states, values);
      this.#take(missing, values.slice(states.length));
      // What was decoded before is of an older materialisation: once more.
      if (!changed || !store.near) break;
    }
    for (const task of tasks) this.#fill(task, level);
    if (this.#bytes > keptBytes) this.#forget();
  }

  /** Rows that are not decoded yet, each once. */
  #missing(tasks: readonly Task[], level: number): Missing[] {
    const asked = new Map<string, Missing>();
    for (const task of tasks) {
      const readings = this.#readingsOf(task, level);
      task.keys = readings.map(reading => reading.keyOf(task.request.row, task.joined));
      for (const [i, { held }] of readings.entries()) {
        const key = task.keys[i];
        if (key == null || held.held(key, task.moment) !== null) continue;
        const [first, last] = blocksAt(held.state, task.moment);
        for (let block = first; block <= last; block++) {
          if (held.rows.get(key)?.has(block)) continue;
          const address = { space: blockSpace(held.state.id, block), field: key };
          asked.set(`${address.space}\n${key}`, { held, block, address });
        }
      }
    }
    return [...asked.values()];
  }

  #readingsOf({ view }: Task, level: number): readonly Reading[] {
    const found = this.#levels[view]![level];
    return found === undefined ? [] : [...found.joins, ...found.windows];
  }

  #renew(states: readonly HeldState[], values: Values): boolean {
    let changed = false;
    for (const [i, held] of states.entries()) {
      const bytes = values[i];
      if (bytes !== undefined && held.metaBytes !== undefined && Buffer.compare(bytes, held.metaBytes) === 0)
        continue;
      const meta = bytes === undefined ? undefined : decodeDocument<StateMeta>(bytes);
      if (held.meta !== undefined && held.meta.generation !== meta?.generation) {
        held.rows = new Map();
        changed = true;
      }
      held.meta = meta;
      held.metaBytes = bytes;
    }
    return changed;
  }

  #take(missing: readonly Missing[], values: Values): void {
    for (const [i, { held, block, address }] of missing.entries()) {
      const bytes = values[i];
      const rows = bytes === undefined ? null : new StoredRows(bytes);
      // Decoded, a value takes eight bytes and more, and running totals as many again.
      this.#bytes += 100 + (rows === null ? 0 : rows.length * 40);
      const kept = held.rows.get(address.field);
      if (kept === undefined) held.rows.set(address.field, new Map([[block, rows]]));
      else kept.set(block, rows);
    }
  }

  #forget(): void {
    for (const held of this.#held.values()) held.rows = new Map();
    this.#bytes = 0;
  }

  #fill(task: Task, level: number): void {
    const found = this.#levels[task.view]![level];
    if (found === undefined) return;
    const { reads } = this.#views[task.view]!;
    let place = 0;
    for (const reading of found.joins) {
      const row = this.#value(reading, task, task.keys[place++]!, reads.stale);
      task.joined[reading.name] = row as OnlineRow | null;
      task.context[reading.name] = row;
    }
    for (const reading of found.windows)
      task.context[reading.name] = this.#value(reading, task, task.keys[place++]!, reads.stale);
  }

  #value(reading: Reading, task: Task, key: string | null, stale: Stale): unknown {
    const { meta, state } = reading.held;
    if (meta === undefined) throw new StaleState(isGone(state));
    if (state.eventTime !== null && meta.from !== null && task.moment < meta.from)
      throw new RowError(
        `the online store answers for moments from ${text(meta.from)} on, not for ${text(task.moment)}; \`mlp features materialize --from\` goes further back`,
      );
    const seen = tooOld(state, meta, stale, task.moment, task.request.at);
    if (seen !== null) {
      if (stale!.otherwise === 'null') return null;
      throw new StaleState(isTooOld(state, seen, stale!));
    }
    const blocks = key === null ? [] : reading.held.held(key, task.moment)!;
    return reading.at(blocks, task.moment, task.request.row, task.joined);
  }

  async freshness(at: number): Promise<readonly TableFreshness[]> {
    const states = [...this.#held.values()].map(({ state }) => state);
    if (this.#store === undefined) return [];
    const values = await this.#store.read(states.map(metaAddress));
    const tables = new Map<string, TableFreshness>();
    for (const [i, state] of states.entries()) {
      const bytes = values[i];
      const meta = bytes === undefined ? undefined : decodeDocument<StateMeta>(bytes);
      const one = {
        table: state.table,
        asOf: meta?.asOf ?? null,
        upTo: meta?.upTo ?? null,
        rows: meta?.rows ?? 0,
        refused: this.#refused(state, meta, at),
      };
      const before = tables.get(state.table);
      tables.set(state.table, before === undefined ? one : leastOf(before, one));
    }
    return [...tables.values()];
  }

  /** Why a request as of `at` is refused by what a state is now; the views that read it may differ in what they allow. */
  #refused(state: State, meta: StateMeta | undefined, at: number): string | null {
    if (meta === undefined) return isGone(state);
    for (const { reads, levels } of this.#views) {
      const { stale } = reads;
      const isRead = levels.some(({ joins, windows }) =>
        [...joins, ...windows].some(found => found.state.id === state.id),
      );
      const seen = isRead ? tooOld(state, meta, stale, momentOf(reads, at), at) : null;
      if (seen !== null && stale!.otherwise === 'fail') return isTooOld(state, seen, stale!);
    }
    return null;
  }
}

/** Of several states of one table: what is true of all of them. */
const leastOf = (a: TableFreshness, b: TableFreshness): TableFreshness => ({
  table: a.table,
  asOf: least(a.asOf, b.asOf),
  upTo: least(a.upTo, b.upTo),
  rows: Math.max(a.rows, b.rows),
  refused: a.refused ?? b.refused,
});
const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.min(a, b);

type Stale = OnlineView['reads']['stale'];

/** As of when a state is seen, if that is longer before `at` than the view allows; null: it is not. */
function tooOld(state: State, meta: StateMeta, stale: Stale, moment: number, at: number): number | null {
  if (state.eventTime === null || stale === null) return null;
  const seen = Math.min(moment, meta.asOf);
  return seen < at - stale.after * MILLISECOND ? seen : null;
}

const isGone = ({ table }: State): string => `the rows of ${table} are no longer in the online store`;
const isTooOld = ({ table }: State, seen: number, { after, otherwise }: NonNullable<Stale>): string =>
  `the last materialisation of ${table} is too old: ${text(seen)}, and the spec says \`stale after ${durationText(after)} else ${otherwise}\``;

interface Missing {
  readonly held: HeldState;
  readonly block: number;
  readonly address: Address;
}

function taskOf({ reads }: OnlineView, view: number, request: OnlineRequest): Task {
  return { view, request, moment: momentOf(reads, request.at), joined: {}, context: {}, keys: [] };
}

/** The moment whose state a request as of T sees. */
function momentOf({ every }: OnlineView['reads'], at: number): number {
  const period = every === null ? null : every * MILLISECOND;
  return period === null ? at : Math.floor(at / period) * period;
}

const text = (micros: number): string => new Date(micros / 1000).toISOString().replace('.000Z', 'Z');

export type { OnlineValue };
