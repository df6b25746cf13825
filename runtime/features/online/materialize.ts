import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { featureStoreMessages } from '../../../compiler/diagnostics/messages/feature-store.ts';
import { type Database, withDatabase } from '../../data/duckdb.ts';
import { fault } from '../../data/faults.ts';
import { identifier, literal } from '../../data/sql.ts';
import { tableFile } from '../../data/write.ts';
import {
  blockOf,
  blockSpace,
  decodeDocument,
  encodeDocument,
  ledgerAddress,
  metaAddress,
  type StateLedger,
  type StateMeta,
} from './documents.ts';
import { cut, inBlocks, mergedRows, oldestRead } from './merging.ts';
import { type Bounds, type Inventory, type KeyedRows, movedRows, takeInventory } from './moving.ts';
import { encodeRows, type Rows, StoredRows } from './rows.ts';
import { DAY, type State } from './states.ts';
import type { Address, Change, OnlineStore } from './store.ts';
import { knownAt, momentColumns } from './windows.ts';

export interface MoveOptions {
  /** Folder of each table's rows, by table. */
  readonly folders: ReadonlyMap<string, string>;
  /** Moments of prediction from here on can be answered, microseconds; null: as before, or from now on. */
  readonly from: number | null;
  /** Rows with an event before; null: all. */
  readonly to: number | null;
  /** When the rows were taken, microseconds. */
  readonly asOf: number;
  readonly threads: number;
  readonly memory: string;
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly progress: (state: State, rows: number) => void;
}

/** What became of one state. */
export interface Moved {
  readonly table: string;
  readonly state: string;
  /** Rows that were written; 0: nothing was new. */
  readonly moved: number;
  readonly rows: number;
  readonly from: number | null;
  readonly upTo: number | null;
  readonly isNew: boolean;
}

/** Moves what is new of each state's table into the store. What it is killed in, it does again. */
export async function moveStates(
  store: OnlineStore,
  states: readonly State[],
  options: MoveOptions,
): Promise<readonly Moved[]> {
  const scratch = await mkdtemp(path.join(options.scratch, 'materialize-'));
  try {
    return await withDatabase(
      {
        threads: options.threads,
        memory: options.memory,
        scratch: path.join(scratch, 'spill'),
        folders: [...new Set(options.folders.values())],
        signal: options.signal,
      },
      async database => {
        const moved: Moved[] = [];
        for (const state of states) {
          const file = path.join(options.folders.get(state.table)!, tableFile);
          await database.execute(
            `CREATE OR REPLACE TEMP VIEW ${identifier(state.relation)} AS SELECT * FROM read_parquet(${literal(file)})`,
          );
          moved.push(await moveState(store, database, state, options));
        }
        return moved;
      },
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Moves what is new of a state's table, which the database has under the state's relation. */
export const moveState = (
  store: OnlineStore,
  database: Database,
  state: State,
  options: Pick<MoveOptions, 'from' | 'to' | 'asOf' | 'signal' | 'progress'>,
): Promise<Moved> => new Move(store, database, state, options).run();

/** Bytes and rows that are written at once. */
const batchBytes = 8 * 1024 ** 2;
const batchKeys = 5000;

class Move {
  readonly #store: OnlineStore;
  readonly #database: Database;
  readonly #state: State;
  readonly #options: Parameters<typeof moveState>[3];

  constructor(
    store: OnlineStore,
    database: Database,
    state: State,
    options: Parameters<typeof moveState>[3],
  ) {
    this.#store = store;
    this.#database = database;
    this.#state = state;
    this.#options = options;
  }

  async run(): Promise<Moved> {
    const state = this.#state;
    const [metaBytes, ledgerBytes] = await this.#store.read([metaAddress(state), ledgerAddress(state)]);
    const meta = metaBytes && decodeDocument<StateMeta>(metaBytes);
    const ledger = ledgerBytes && decodeDocument<StateLedger>(ledgerBytes);
    const { from, bounds } = await this.#bounds(ledger);
    const inventory = await takeInventory(this.#database, state, bounds);
    const plan = this.#changes(inventory, ledger, meta, from);
    const done = (moved: number) => ({
      table: state.table,
      state: state.id,
      moved,
      rows: inventory.rows,
      from,
      upTo: inventory.upTo,
      isNew: meta === undefined,
    });
    const next: StateMeta = {
      table: state.table,
      generation: (meta?.generation ?? 0) + (plan.changed.length > 0 || plan.expired.length > 0 ? 1 : 0),
      from,
      asOf: this.#options.to ?? this.#options.asOf,
      upTo: inventory.upTo,
      rows: inventory.rows,
      renewed: this.#options.asOf,
    };
    const asked = this.#options.from ?? ledger?.from ?? null;
    if (plan.changed.length === 0 && plan.expired.length === 0 && meta !== undefined) {
      await this.#publish(next, { ...ledger!, from: asked });
      return done(0);
    }
    const blocks = new Set([
      ...(ledger?.blocks ?? []),
      ...plan.changed.flatMap(partition => this.#blockOf(partition)),
    ]);
    // From here to the end, whoever comes after a kill knows that these partitions may be there in part.
    await this.#write([
      this.#ledgerChange({
        partitions: ledger?.partitions ?? {},
        blocks: [...blocks],
        from: asked,
        unfinished: plan.changed,
      }),
    ]);
    const moved = await this.#rewrite(bounds, inventory, plan, ledger, from);
    const kept = { partitions: inventory.partitions, from: asked, unfinished: [] };
    await this.#publish(next, { ...kept, blocks: [...blocks] });
    // Only now does nobody ask for them any more.
    for (const block of plan.expired) await this.#store.drop(blockSpace(state.id, block));
    if (plan.expired.length > 0)
      await this.#write([
        this.#ledgerChange({ ...kept, blocks: [...blocks].filter(block => !plan.expired.includes(block)) }),
      ]);
    return done(moved);
  }

  /** Meta and ledger change together: only then is what was written seen to be there. */
  async #publish(meta: StateMeta, ledger: StateLedger): Promise<void> {
    await this.#write([
      { ...metaAddress(this.#state), value: encodeDocument(meta) },
      this.#ledgerChange(ledger),
    ]);
  }

  #ledgerChange(ledger: StateLedger): Change {
    return { ...ledgerAddress(this.#state), value: encodeDocument(ledger) };
  }

  async #write(changes: readonly Change[]): Promise<void> {
    this.#options.signal.throwIfAborted();
    await this.#store.write(changes);
  }

  /** Which rows belong online: those that some T from `from` on may read. */
  async #bounds(ledger: StateLedger | undefined): Promise<{ from: number | null; bounds: Bounds }> {
    const { eventTime, relation } = this.#state;
    const { to, asOf } = this.#options;
    if (eventTime === null) return { from: null, bounds: { from: null, to: null } };
    let from = this.#options.from ?? ledger?.from ?? null;
    if (from === null) {
      const column = identifier(eventTime.name);
      const before = to === null ? '' : ` WHERE epoch_us(CAST(${column} AS TIMESTAMP)) < ${to}`;
      const [row] = await this.#database.rows(
        `SELECT epoch_us(max(CAST(${column} AS TIMESTAMP))) AS last FROM ${identifier(relation)}${before}`,
      );
      const last = row!['last'] === null ? asOf : Number(row!['last']);
      // A day back, so that a request that was under way, or of a clock that is late, finds its rows.
      from = Math.min(last, asOf, to ?? Number.POSITIVE_INFINITY) - DAY;
    }
    return { from, bounds: { from: oldestRead(this.#state, from), to } };
  }

  #changes(
    inventory: Inventory,
    ledger: StateLedger | undefined,
    meta: StateMeta | undefined,
    from: number | null,
  ) {
    const state = this.#state;
    const before = ledger?.partitions ?? {};
    const all = new Set([
      ...Object.keys(inventory.partitions),
      ...Object.keys(before),
      ...(ledger?.unfinished ?? []).map(String),
    ]);
    const oldest = oldestRead(state, from);
    const isOld = (partition: string): boolean => oldest !== null && Number(partition) * DAY < oldest;
    const unfinished = new Set((ledger?.unfinished ?? []).map(String));
    let changed = [...all].filter(
      partition =>
        !isOld(partition) &&
        (unfinished.has(partition) || inventory.partitions[partition] !== before[partition]),
    );
    const corrected = changed.some(partition => partition in before);
    const further = meta?.from != null && (from === null || from < meta.from);
    // Rows that a later one made needless were left out; should that one go, they are needed again.
    if (state.latest !== null && state.reach === null && meta !== undefined && (corrected || further))
      changed = [...all];
    const lowest = oldest === null || state.block === null ? null : Math.floor(oldest / state.block);
    return {
      changed: changed.map(Number).sort((a, b) => a - b),
      /** Partitions of which there may be rows in the store. */
      known: new Set((further ? changed : [...Object.keys(before), ...unfinished]).map(Number)),
      expired: lowest === null ? [] : (ledger?.blocks ?? []).filter(block => block < lowest),
    };
  }

  #blockOf(partition: number): number[] {
    const { eventTime, block } = this.#state;
    if (eventTime === null || block === null) return [0];
    // A day may lie across two blocks.
    const [first, last] = [
      blockOf(this.#state, partition * DAY),
      blockOf(this.#state, (partition + 1) * DAY - 1),
    ];
    return first === last ? [first] : [first, last];
  }

  /** Replaces the rows of changed partitions, key by key. */
  async #rewrite(
    bounds: Bounds,
    inventory: Inventory,
    { changed, known }: { readonly changed: readonly number[]; readonly known: ReadonlySet<number> },
    ledger: StateLedger | undefined,
    from: number | null,
  ): Promise<number> {
    const state = this.#state;
    const gone = new Set(changed);
    const everything = ledger === undefined;
    const replaced = changed.filter(partition => known.has(partition));
    const toStrip = new Set(replaced.flatMap(partition => this.#blockOf(partition)));
    const written = new Map<number, Set<string>>();
    const filled = new Set(ledger?.blocks ?? []);
    const batch: { block: number; rows: KeyedRows }[] = [];
    let [bytes, total] = [0, 0];
    const flush = async (): Promise<void> => {
      await this.#merge(batch, gone, filled, from);
      batch.length = 0;
      bytes = 0;
    };
    for await (const rows of movedRows(
      this.#database,
      state,
      bounds,
      inventory,
      everything ? null : changed,
    )) {
      total += rows.marks.length;
      for (const part of inBlocks(state, rows)) {
        batch.push(part);
        bytes += part.rows.marks.length * 8 * (1 + part.rows.columns.length);
        if (toStrip.has(part.block))
          written.set(part.block, (written.get(part.block) ?? new Set()).add(part.rows.key));
      }
      if (bytes < batchBytes && batch.length < batchKeys) continue;
      await flush();
      this.#options.progress(state, total);
    }
    await flush();
    // Keys that have lost all their rows of a partition.
    for (const block of toStrip) {
      const kept = written.get(block) ?? new Set();
      const space = blockSpace(state.id, block);
      const others = (await this.#store.fields(space)).filter(field => !kept.has(field));
      for (let i = 0; i < others.length; i += batchKeys) {
        const empty = others
          .slice(i, i + batchKeys)
          .map(key => ({ block, rows: { key, marks: [], columns: state.columns.map(() => []) } }));
        await this.#merge(empty, gone, filled, from);
      }
    }
    return total;
  }

  /** Puts new rows among those of other partitions that are there. */
  async #merge(
    batch: readonly { readonly block: number; readonly rows: KeyedRows }[],
    gone: ReadonlySet<number>,
    filled: ReadonlySet<number>,
    from: number | null,
  ): Promise<void> {
    if (batch.length === 0) return;
    const state = this.#state;
    const addresses = batch.map(
      ({ block, rows }): Address => ({ space: blockSpace(state.id, block), field: rows.key }),
    );
    const there = batch.map(({ block }) => filled.has(block));
    const found = await this.#store.read(addresses.filter((_, i) => there[i]));
    let next = 0;
    const changes: Change[] = [];
    for (const [i, { rows }] of batch.entries()) {
      const bytes = there[i] ? found[next++] : undefined;
      const merged = this.#pruned(
        bytes === undefined ? rows : mergedRows(state, new StoredRows(bytes), rows, gone),
        from,
      );
      if (merged.marks.length > 0) changes.push({ ...addresses[i]!, value: encodeRows(merged) });
      else if (bytes !== undefined) changes.push({ ...addresses[i]!, value: null });
    }
    await this.#write(changes);
  }

  /** A join reads one row: of a look-up the greatest, else those that are the latest known at some T from `from` on. */
  #pruned(rows: Rows, from: number | null): Rows {
    const { eventTime, latest, reach } = this.#state;
    const { length } = rows.marks;
    if (eventTime === null) return cut(rows, length - 1);
    if (latest === null || reach !== null || from === null) return rows;
    const moments = momentColumns(this.#state, latest, eventTime.name);
    let first = length - 1;
    while (first > 0) {
      const place = first;
      const known = knownAt(
        moments,
        latest,
        eventTime.name,
        rows.marks[place]!,
        column => rows.columns[column]![place]!,
      );
      if (rows.marks[place]! <= from && known <= from) break;
      first--;
    }
    return cut(rows, first);
  }
}

/** Refuses a second writer. */
export async function asOnlyWriter<T>(store: OnlineStore, work: () => Promise<T>): Promise<T> {
  const lock = await store.lock();
  if ('holder' in lock)
    throw fault(featureStoreMessages.beingFilled, { place: store.place, holder: lock.holder });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
