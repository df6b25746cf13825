import { startupSnapshot } from 'node:v8';
import { main } from './main.ts';
import { makeSnapshotLater } from './snapshot.ts';
import { warmUp } from './warm-up.ts';

function start(argv: readonly string[]): void {
  // A pipe that closes early (`mlp runs | head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  void main(argv).then(code => {
    process.exitCode = code;
    makeSnapshotLater();
  });
}

if (startupSnapshot.isBuildingSnapshot()) {
  warmUp();
  startupSnapshot.setDeserializeMainFunction(() => start(process.argv.slice(1)));
} else start(process.argv.slice(2));
