/**
 * A process that moves rows online and may be killed in it: `FOLDER SPEC PARQUET [REDIS]`. Tells of each batch that is
 * written, and of the end.
 */
import { readFileSync } from 'node:fs';
import { compile } from '../../compiler/index.ts';
import { openEmbedded } from '../../runtime/features/online/embedded.ts';
import { asOnlyWriter, moveStates } from '../../runtime/features/online/materialize.ts';
import { openRedis } from '../../runtime/features/online/redis.ts';
import { onlineView, statesOf } from '../../runtime/features/online/states.ts';
import { generatedProgram } from './online.ts';
import { memoryHost } from './specs.ts';

const [folder, spec, rows, redis] = process.argv.slice(2) as [string, string, string, string | undefined];
const { plan } = compile(memoryHost({ 'main.mlp': readFileSync(spec, 'utf8') }));
const program = await generatedProgram(plan!);
const store =
  redis === undefined
    ? (await openEmbedded(folder, 'killed'))!
    : await openRedis({ url: redis, prefix: 'mlp', environment: 'killed' });
await asOnlyWriter(store, () =>
  moveStates(store, statesOf(Object.keys(plan!.views).map(name => onlineView(program, name))), {
    folders: new Map(Object.keys(plan!.sources).map(source => [source, rows])),
    from: 0,
    to: null,
    asOf: Date.now() * 1000,
    threads: 1,
    memory: '512MiB',
    scratch: folder,
    signal: new AbortController().signal,
    progress: (_, moved) => process.stdout.write(`${moved}\n`),
  }),
);
await store.close();
process.stdout.write('done\n');
