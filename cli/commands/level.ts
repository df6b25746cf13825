import type { Command } from 'commander';
import { type LevelReport, type LevelRow, levelOf } from '../../compiler/level/index.ts';
import { type ProjectOptions, planOf, withProjectOptions } from '../compile.ts';
import { bold, dim, print, useColor } from '../terminal.ts';

interface LevelOptions extends ProjectOptions {
  readonly json?: boolean;
}

export function define(command: Command): void {
  withProjectOptions(command).option('--json', 'print the rows as JSON').action(run);
}

function run(options: LevelOptions): void {
  const { plan } = planOf(options);
  const report = levelOf(plan);
  print(options.json ? JSON.stringify(report, null, 2) : levelText(report));
}

const titles = {
  0: 'Level 0: by hand',
  1: 'Level 1: the pipeline trains by itself',
  2: 'Level 2: the pipeline itself is tested and delivered',
} as const;

function levelText(report: LevelReport): string {
  const levels = ([0, 1, 2] as const).map(level => {
    const rows = report.rows.filter(row => row.level === level);
    const filled = rows.filter(({ state }) => state !== 'open').length;
    return [bold(`${titles[level]}  ${filled} of ${rows.length}`), ...rows.map(rowText)].join('\n');
  });
  const reached =
    report.reached === null ? 'level 0 is not reached yet' : `this spec reaches level ${report.reached}`;
  return [...levels, `${reached}${nextText(report)}`].join('\n\n');
}

function rowText({ state, title, by, place }: LevelRow): string {
  const paint = (code: number, text: string) =>
    useColor(process.stdout) ? `\u001b[${code}m${text}\u001b[0m` : text;
  const marks = { filled: paint(32, '✓'), open: paint(33, '·'), 'not needed': paint(2, '–') };
  const where = place ? `  ${place.file}:${place.line}:${place.column}` : '';
  const told = state === 'not needed' ? 'not needed here' : by === null ? '' : `${by}${where}`;
  return `  ${marks[state]} ${title.padEnd(56)}${told === '' ? '' : `  ${dim(told)}`}`.trimEnd();
}

/** The declaration that comes next, as it can be pasted. */
function nextText({ next, rows }: LevelReport): string {
  if (!next) return '';
  const row = rows.find(({ id }) => id === next.row)!;
  const into = next.into === null ? '' : `, into ${next.into}`;
  const lines = next.text.split('\n').map(line => `    ${line}`);
  const imports = dim('(`mlp check --fix` adds the imports that it lacks)');
  return `; next comes ${JSON.stringify(row.title)}${into}:\n\n${lines.join('\n')}\n\n${imports}`;
}
