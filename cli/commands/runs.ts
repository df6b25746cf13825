import type { Command } from 'commander';
import type { GarbageDocument } from '../documents.ts';
import { CommandError } from '../errors.ts';
import { projectFolder } from '../project.ts';
import { loadRuntime } from '../runtime.ts';
import { print, useColor } from '../terminal.ts';

interface RunsOptions {
  readonly project?: string;
  readonly limit: string;
  readonly json?: boolean;
  readonly gc?: boolean;
}

export function define(command: Command): void {
  command
    .argument('[run]', 'a run to show in full; the first characters of its name are enough')
    .option('-p, --project <folder>', 'the project folder')
    .option('-n, --limit <n>', 'how many to list', '20')
    .option('--gc', 'remove artifacts that no run needs any more')
    .option('--json', 'print as JSON')
    .action(run);
}

async function run(id: string | undefined, options: RunsOptions): Promise<void> {
  const root = projectFolder(options.project);
  const runtime = await loadRuntime(root);
  if (!runtime.hasStore(root)) throw new CommandError(`nothing was run in ${root} yet`, { hint: 'mlp run' });
  const store = await runtime.openStore(root);
  const rendering = { color: useColor(process.stdout), width: process.stdout.columns ?? 100 };
  try {
    if (options.gc) {
      const { artifacts, bytes } = await store.collectGarbage();
      const document: GarbageDocument = { version: 'garbage/1', artifacts, bytes };
      if (options.json) print(JSON.stringify(document, null, 2));
      else print(`${artifacts} artifacts removed, ${(bytes / 1024 ** 2).toFixed(1)} MiB freed`);
    } else if (id === undefined) {
      const runs = store.runs.list(Number(options.limit) || 20);
      print(options.json ? JSON.stringify(runs, null, 2) : runtime.renderRuns(runs, rendering));
    } else {
      const record = store.runs.get(id);
      if (!record) throw new CommandError(`there is no run ${id}`, { hint: 'mlp runs lists them' });
      const report = await runtime.loadRunReport(store, record);
      print(options.json ? JSON.stringify(report, null, 2) : runtime.renderRun(report, rendering));
    }
  } finally {
    store.close();
  }
}
