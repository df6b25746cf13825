import { readFileSync } from 'node:fs';
import path from 'node:path';
import { commandOf, gallery, galleryPath, type Mistake } from './gallery.ts';
import { block, join } from './markdown.ts';

const INTRO = `Twelve specs, each of them whole and with one mistake of a kind that is otherwise found when a job fails at night, or never.
They stand in [examples/mistakes](../examples/mistakes), with what \`mlp\` says of each and with the spec after doing what
the hint says.`;

/** The families in the order of the language reference. */
const titles = [
  'Types, through joins',
  'Label leakage',
  'Availability',
  'Time',
  'Task',
  'First run',
  'Personal data',
  'Missing values',
  'Deployment',
  'Triggers',
  'Environments',
  'What callers rely on',
];

/** `docs/mistakes.md`: the gallery of mistakes. */
export function mistakesPage(generated: string): string {
  return `${join([generated, '# Mistakes that are found before anything runs', INTRO, ...gallery().flatMap(entry)])}\n`;
}

function entry(mistake: Mistake): string[] {
  const expected = readFileSync(path.join(galleryPath, mistake.folder, 'expected.txt'), 'utf8');
  return [
    `## ${mistake.number}. ${titles[mistake.number - 1]}`,
    mistake.story,
    block('mlp', withoutStory(mistake.main)),
    block('console', `$ ${commandOf(mistake)}\n${expected}`),
    'The repair:',
    block('diff', changes(mistake.main, mistake.fixed)),
  ];
}

const withoutStory = (text: string): string => text.replace(/^\/\/ .*\n+/, '');

/** The lines that were taken away and those that came, each run of them together. */
function changes(before: string, after: string): string {
  const [old, now] = [before, after].map(text => text.split('\n'));
  const shown: string[] = [];
  let [i, j] = [0, 0];
  while (i < old!.length || j < now!.length) {
    if (i < old!.length && old![i] === now![j]) {
      i += 1;
      j += 1;
      continue;
    }
    const next = nextCommon(old!, now!, i, j);
    if (shown.length > 0) shown.push('');
    shown.push(...old!.slice(i, next[0]).map(line => `- ${line}`.trimEnd()));
    shown.push(...now!.slice(j, next[1]).map(line => `+ ${line}`.trimEnd()));
    [i, j] = next;
  }
  return shown.join('\n');
}

/** Where the two texts meet again. */
function nextCommon(old: readonly string[], now: readonly string[], i: number, j: number): [number, number] {
  for (let skipped = 1; skipped < old.length + now.length; skipped++)
    for (let a = 0; a <= skipped; a++) {
      const [x, y] = [i + a, j + skipped - a];
      if (old[x] !== undefined && old[x] === now[y] && (old[x] !== '' || (x > i && y > j))) return [x, y];
    }
  return [old.length, now.length];
}
