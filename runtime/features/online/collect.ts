import {
  blockSpace,
  decodeDocument,
  ledgerAddress,
  metaAddress,
  type StateLedger,
  type StateMeta,
} from './documents.ts';
import type { OnlineStore } from './store.ts';

/**
 * Removes states of versions that no materialisation has renewed since a moment (microseconds). Their meta goes first, so
 * that no reader sees half a state. Gives their tables.
 */
export async function collectStates(
  store: OnlineStore,
  current: ReadonlySet<string>,
  before: number,
): Promise<readonly string[]> {
  const known = new Set([...(await store.fields('meta')), ...(await store.fields('ledger'))]);
  const collected: string[] = [];
  for (const id of known) {
    if (current.has(id)) continue;
    const [metaBytes, ledgerBytes] = await store.read([metaAddress({ id }), ledgerAddress({ id })]);
    const meta = metaBytes && decodeDocument<StateMeta>(metaBytes);
    if (meta !== undefined && meta.renewed > before) continue;
    const ledger = ledgerBytes && decodeDocument<StateLedger>(ledgerBytes);
    await store.write([{ ...metaAddress({ id }), value: null }]);
    for (const block of ledger?.blocks ?? []) await store.drop(blockSpace(id, block));
    await store.write([{ ...ledgerAddress({ id }), value: null }]);
    if (meta !== undefined) collected.push(meta.table);
  }
  return collected;
}
