import type { TestedDocument, TestFaultDocument } from '../documents.ts';
import { plural, useColor } from '../terminal.ts';

/** One test for people: its mark and title, then each fault with its place, what was compared, the row and an example. */
export function testLines(outcome: TestedDocument, color = useColor(process.stdout)): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const marks = { passed: paint(32, '✓'), failed: paint(31, '✗'), unsupported: paint(33, '–') };
  const cached = outcome.cached ? paint(2, ' unchanged') : '';
  const head = `${marks[outcome.status]} ${outcome.title} ${paint(2, `(${outcome.of})`)}${cached}`;
  const faults = outcome.faults.flatMap(fault => faultLines(fault, text => paint(2, text)));
  return [head, ...faults, ...outcome.notes.map(note => `    ${paint(2, note)}`)].join('\n');
}

/** The same without colours, as JUnit's readers show it. */
export const faultText = (fault: TestFaultDocument): string =>
  faultLines(fault, text => text)
    .map(line => line.replace(/^ {4}/, ''))
    .join('\n');

function faultLines(fault: TestFaultDocument, dim: (text: string) => string): string[] {
  const width = Math.max(0, ...fault.actual.map(({ name }) => name.length));
  const aligned = fault.kind === 'engines' ? width : 0;
  return [
    `    ${fault.place}: ${fault.message}`,
    ...fault.actual.map(({ name, value }) => `      ${name.padEnd(aligned)} = ${value}`),
    ...(fault.row === undefined ? [] : [`      ${dim(`given ${fault.row}`)}`]),
    ...(fault.example === undefined
      ? []
      : ['', ...fault.example.split('\n').map(line => `      ${line}`), '']),
  ];
}

/** `4 tests passed, 1 failed, 1 not run; 3 unchanged`. */
export function summary(outcomes: readonly TestedDocument[]): string {
  const count = (status: TestedDocument['status']) =>
    outcomes.filter(outcome => outcome.status === status).length;
  const notRun = count('unsupported');
  const unchanged = outcomes.filter(outcome => outcome.cached).length;
  const parts = [
    `${plural(count('passed'), 'test')} passed`,
    `${count('failed')} failed`,
    ...(notRun ? [`${notRun} not run`] : []),
  ];
  return `${parts.join(', ')}${unchanged ? `; ${unchanged} of them unchanged and not run again` : ''}`;
}
