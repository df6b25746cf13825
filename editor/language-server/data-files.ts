import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isPassedOver } from '../../cli/host.ts';

/** So many are offered, and so deep is looked. */
const most = 500;
const deepest = 5;
const data = /\.(csv|tsv|json|jsonl|ndjson|parquet|onnx|py|sh|sql|ts|js)(\.gz)?$/;

/** Files of a project that a spec may name: data, models and the team's own code, by path. */
export function dataFilesIn(root: string): readonly string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number): void => {
    if (found.length >= most || depth > deepest) return;
    const folders: string[] = [];
    try {
      for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
        if (entry.isDirectory() && !isPassedOver(entry.name)) folders.push(`${folder}${entry.name}/`);
        else if (entry.isFile() && data.test(entry.name)) found.push(folder + entry.name);
      }
    } catch {
      // What cannot be read offers nothing.
    }
    for (const one of folders.sort()) look(one, depth + 1);
  };
  look('', 0);
  return found.slice(0, most).sort();
}
