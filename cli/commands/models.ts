import type { Command } from 'commander';
import { CommandError, usageError } from '../errors.ts';
import { projectFolder } from '../project.ts';
import { loadRuntime } from '../runtime.ts';
import { print, useColor } from '../terminal.ts';

interface ModelsOptions {
  readonly project?: string;
  readonly env?: string;
  readonly promote?: string;
  readonly why: string;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('[model]', 'a model to show with its versions and promotions')
    .option('-p, --project <folder>', 'the project folder')
    .option('-e, --env <name>', 'the environment whose models are shown (default: local)')
    .option('--promote <version>', 'point the alias champion at this version')
    .option('--why <reason>', 'why, for the promotion log', 'by hand')
    .option('--json', 'print as JSON')
    .action(run);
}

async function run(model: string | undefined, options: ModelsOptions): Promise<void> {
  const root = projectFolder(options.project);
  const runtime = await loadRuntime(root);
  if (!runtime.hasStore(root)) throw new CommandError(`nothing was run in ${root} yet`, { hint: 'mlp run' });
  const store = await runtime.openStore(root);
  const environment = options.env ?? 'local';
  const rendering = { color: useColor(process.stdout), width: process.stdout.columns ?? 100 };
  try {
    if (options.promote !== undefined) {
      if (model === undefined || !/^\d+$/.test(options.promote))
        throw usageError('--promote needs a model and a version number', 'mlp models lateness --promote 3');
      runtime.promoteModel(store, { environment, model, version: Number(options.promote), why: options.why });
    }
    const versions = store.registry.versions(environment, model);
    if (model === undefined) {
      print(options.json ? JSON.stringify(versions, null, 2) : runtime.renderModels(versions, rendering));
      return;
    }
    if (versions.length === 0)
      throw new CommandError(`no version of ${model} is registered`, { hint: 'mlp models lists what is' });
    const promotions = store.registry.promotions(environment, model);
    print(
      options.json
        ? JSON.stringify({ versions, promotions }, null, 2)
        : runtime.renderModel(versions, promotions, rendering),
    );
  } finally {
    store.close();
  }
}
