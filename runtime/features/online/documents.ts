import type { State } from './states.ts';
import type { Address } from './store.ts';

/** What readers know of a state; written last by a materialisation, which thereby becomes visible. */
export interface StateMeta {
  readonly table: string;
  /** Raised by each materialisation that changed something. */
  readonly generation: number;
  /** Moments of prediction from here on can be answered, microseconds; null: all. */
  readonly from: number | null;
  /** When the rows were taken, microseconds: what is younger is not there. */
  readonly asOf: number;
  /** The newest event; null for a table without time, or without rows. */
  readonly upTo: number | null;
  readonly rows: number;
  /** When a materialisation last looked, microseconds by this machine's clock. */
  readonly renewed: number;
}

/** What a materialisation knows of a state: which rows are in it. */
export interface StateLedger {
  /** By partition (a day of event time, or a share of the keys), the number of rows and a fingerprint of them. */
  readonly partitions: Readonly<Record<string, string>>;
  readonly blocks: readonly number[];
  /** Asked for by `--from`; null: as windows need from now on. */
  readonly from: number | null;
  /** Partitions that a materialisation was writing when it ended; empty: it came to its end. */
  readonly unfinished: readonly number[];
}

export const metaAddress = (state: Pick<State, 'id'>): Address => ({ space: 'meta', field: state.id });
export const ledgerAddress = (state: Pick<State, 'id'>): Address => ({ space: 'ledger', field: state.id });
/** Rows of a state whose event lies in a block, by key. */
export const blockSpace = (id: string, block: number): string => `rows/${id}/${block}`;

export const encodeDocument = (document: StateMeta | StateLedger): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(document));
export const decodeDocument = <T extends StateMeta | StateLedger>(bytes: Uint8Array): T =>
  JSON.parse(new TextDecoder().decode(bytes)) as T;

/** The blocks that may hold rows with an event in [moment - reach, moment]. */
export function blocksAt({ block, reach }: State, moment: number): readonly [number, number] {
  if (block === null || reach === null) return [0, 0];
  return [Math.floor((moment - reach) / block), Math.floor(moment / block)];
}
export const blockOf = ({ block }: State, mark: number): number =>
  block === null ? 0 : Math.floor(mark / block);
