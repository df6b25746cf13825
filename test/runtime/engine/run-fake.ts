/** `run-fake.js FOLDER RUNNERS`: runs the fake project there, cancels on signals, exits with the outcome's code. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../../../runtime/engine/run.ts';
import { cancelledBySignals } from '../../../runtime/engine/signals.ts';
import { makeProgram } from './program.ts';

const root = process.argv[2]!;
const shape = JSON.parse(readFileSync(path.join(root, 'shape.json'), 'utf8'));
const { signal } = cancelledBySignals();
try {
  const outcome = await runProgram(makeProgram(shape), {
    root,
    goal: shape.goal ?? 'late',
    runners: process.argv[3]!,
    signal,
    observer: event => event.kind === 'run-waiting' && console.log('waiting'),
  });
  console.log(JSON.stringify(outcome));
  process.exitCode = outcome.exitCode;
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = (error as { exitCode?: number }).exitCode ?? 1;
}
