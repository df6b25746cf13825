import { type Command, Option } from 'commander';
import {
  type Change,
  type ChangeClass,
  changeClasses,
  changeText,
  classTitles,
  diffPlans,
  severity,
  worst,
} from '../../compiler/plan/diff/index.ts';
import type { SourcePosition } from '../../compiler/plan/plan.ts';
import { compileOptions, type ProjectOptions, withProjectOptions } from '../compile.ts';
import type { DiffDocument, DiffSide } from '../documents.ts';
import { EXIT } from '../errors.ts';
import { versionOf } from '../operands.ts';
import { projectFolder } from '../project.ts';
import { plural, print, useColor } from '../terminal.ts';
import { folderVersion, type Version } from '../versions.ts';

const LEVELS = ['compatible', 'retrain', 'breaking'] as const;

interface DiffOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly failOn?: (typeof LEVELS)[number];
}

export function define(command: Command): void {
  withProjectOptions(command)
    .argument(
      '[old]',
      'a folder of specs, a spec, a plan as JSON, or a git revision: main, v1.2, HEAD~1, main:folder (default: HEAD)',
    )
    .argument('[new]', 'the same (default: the project as it is on disk)')
    .option('--all', 'list documentation, wording, tests and other changes of nothing that runs')
    .addOption(
      new Option('--fail-on <class>', 'end with exit code 1 if any change is this bad, or worse').choices(
        LEVELS,
      ),
    )
    .option('--json', 'print as JSON')
    .action(run);
}

async function run(old: string | undefined, now: string | undefined, options: DiffOptions): Promise<void> {
  const root = projectFolder(options.project);
  const settings = compileOptions(options);
  const before = await versionOf(old ?? 'HEAD', root, settings);
  const after = now === undefined ? folderVersion(root, '.', settings) : await versionOf(now, root, settings);
  const changes = diffPlans(before.plan, after.plan);
  if (options.json) print(JSON.stringify(document(before, after, changes), null, 2));
  else print(changesText(changes, options.all === true));
  const limit = options.failOn === 'breaking' ? 'producers' : options.failOn;
  const fails = limit !== undefined && changes.some(change => severity(change.class) >= severity(limit));
  process.exitCode = fails ? EXIT.fault : EXIT.ok;
}

const counts = (changes: readonly Change[]): Record<ChangeClass, number> => {
  const count: Record<ChangeClass, number> = { none: 0, compatible: 0, retrain: 0, producers: 0, callers: 0 };
  for (const change of changes) count[change.class]++;
  return count;
};

function document(old: Version, now: Version, changes: readonly Change[]): DiffDocument {
  const side = ({ name, plan }: Version): DiffSide => ({ name, hash: plan.hash, compiler: plan.compiler });
  return {
    version: 'diff/1',
    old: side(old),
    new: side(now),
    class: worst(changes.map(change => change.class)),
    counts: counts(changes),
    changes,
  };
}

const STYLES: Readonly<Record<ChangeClass, string>> = {
  callers: '1;31',
  producers: '1;31',
  retrain: '1;33',
  compatible: '1;32',
  none: '1',
};

function paint(style: string, shown: string): string {
  return useColor(process.stdout) ? `\u001b[${style}m${shown}\u001b[0m` : shown;
}

/** What `mlp diff` prints of changes. */
export function changesText(changes: readonly Change[], all: boolean): string {
  if (changes.length === 0) return 'no changes';
  const shown = [...changeClasses].reverse().filter(one => all || one !== 'none');
  const groups = shown.flatMap(one => {
    const own = changes.filter(change => change.class === one);
    return own.length === 0 ? [] : [group(one, own)];
  });
  return [...groups, sum(changes, all)].join('\n');
}

function group(one: ChangeClass, changes: readonly Change[]): string {
  const title = classTitles[one];
  const head = paint(STYLES[one], title.charAt(0).toUpperCase() + title.slice(1));
  const entries = changes.map(change => {
    const lines = [`  ${changeText(change)}`, `    ${change.reason}`];
    const at = place(change);
    return [...lines, ...(at === '' ? [] : [`    ${paint('2', at)}`])].join('\n');
  });
  return `${head}\n${entries.join('\n')}\n`;
}

const placeText = ({ file, line, column }: SourcePosition): string => `${file}:${line}:${column}`;

function place({ oldPlace, newPlace }: Change): string {
  if (newPlace) return placeText(newPlace);
  return oldPlace ? `was ${placeText(oldPlace)}` : '';
}

function sum(changes: readonly Change[], all: boolean): string {
  const count = counts(changes);
  const parts = [...changeClasses]
    .reverse()
    .filter(one => one !== 'none' && count[one] > 0)
    .map(one => `${count[one]} ${classTitles[one]}`);
  const silent =
    count.none === 0 ? '' : `${count.none} of nothing that runs${all ? '' : ' (--all lists them)'}`;
  return `${plural(changes.length, 'change')}: ${[...parts, ...(silent ? [silent] : [])].join(', ')}`;
}
