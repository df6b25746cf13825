import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

/** What was fetched from outside and not asked for in so long is fetched again if need be. */
const keptMs = 7 * 86_400_000;

/** Removes objects and partitions that no run has asked for in a week; a run touches what it uses. The bytes freed. */
export async function forgetFetched(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const before = Date.now() - keptMs;
  let freed = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.mtimeMs > before) continue;
    await rm(file, { force: true });
    freed += stat.size;
  }
  return freed;
}
