/**
 * Runs the test files that it is given in this process, one after another: for most of them, starting node and loading the compiler
 * takes longer than the test. Only files that leave the process as they found it may be given.
 */
import path from 'node:path';
import { run } from 'uvu/run';

const files = process.argv.slice(2);
await run(files.map(name => ({ name, file: path.join(import.meta.dirname, name) })));
