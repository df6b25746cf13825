import type { Command } from 'commander';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { CommandError, EXIT } from '../errors.ts';
import { loadRuntime, type Runtime } from '../runtime.ts';
import { plural, print, useColor } from '../terminal.ts';

type Outcome = Awaited<ReturnType<Runtime['runTests']>>[number];

export function define(command: Command): void {
  withProjectOptions(command)
    .argument('[name]', 'only tests whose title or subject holds this text')
    .option('--json', 'print the outcomes as JSON')
    .action(run);
}

async function run(name: string | undefined, options: ProjectOptions & { json?: boolean }): Promise<void> {
  const { root, plan } = planOf(options);
  const tests = plan.tests.filter(t => name === undefined || t.title.includes(name) || t.of === name);
  if (tests.length === 0) {
    throw new CommandError(name === undefined ? 'the spec has no tests' : `no test is called ${name}`, {
      hint: 'a test is written as: test "what it shows" of Features { given { … } expect … }',
    });
  }
  const runtime = await loadRuntime(root);
  const outcomes = await runtime.runTests(plan, tests, root);
  const place = (at: number): string => {
    const p = plan.positions[at];
    return p ? `${p.file}:${p.line}:${p.column}` : '';
  };
  print(options.json ? JSON.stringify(outcomes, null, 2) : outcomes.map(o => lines(o, place)).join('\n'));
  const count = (status: Outcome['status']) => outcomes.filter(o => o.status === status).length;
  const failed = count('failed');
  const notRun = count('unsupported');
  if (!options.json) {
    print(
      `\n${plural(count('passed'), 'test')} passed, ${failed} failed${notRun ? `, ${notRun} not run` : ''}`,
    );
  }
  process.exitCode = failed ? EXIT.fault : EXIT.ok;
}

function lines(outcome: Outcome, place: (at: number) => string): string {
  const paint = (code: number, text: string) =>
    useColor(process.stdout) ? `\u001b[${code}m${text}\u001b[0m` : text;
  const marks = { passed: paint(32, '✓'), failed: paint(31, '✗'), unsupported: paint(33, '–') };
  const mark = marks[outcome.status];
  const head = `${mark} ${outcome.title} ${paint(2, `(${outcome.of})`)}`;
  const faults = outcome.faults.map(fault => {
    const actual = fault.actual.map(a => `\n      ${a.name} = ${a.value}`).join('');
    return `    ${place(fault.at)}: ${fault.message}${actual}`;
  });
  return [head, ...faults, ...outcome.notes.map(note => `    ${paint(2, note)}`)].join('\n');
}
