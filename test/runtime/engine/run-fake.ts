/** `run-fake.js FOLDER RUNNERS`: runs the fake project there, cancels on SIGINT, exits with the outcome's code. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../../../runtime/engine/run.ts';
import { makeProgram } from './program.ts';

const root = process.argv[2]!;
const shape = JSON.parse(readFileSync(path.join(root, 'shape.json'), 'utf8'));
const cancel = new AbortController();
process.on('SIGINT', () => cancel.abort());
const outcome = await runProgram(makeProgram(shape), {
  root,
  goal: 'late',
  runners: process.argv[3]!,
  signal: cancel.signal,
});
console.log(JSON.stringify(outcome));
process.exitCode = outcome.exitCode;
