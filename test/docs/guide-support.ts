import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import * as assert from 'uvu/assert';

export interface Block {
  readonly language: string;
  /** `exit=1`, `file=penguins.mlp` behind the language. */
  readonly settings: Readonly<Record<string, string>>;
  readonly text: string;
  /** The line of the page on which it begins. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\S+)(.*)\n([\s\S]*?)^```$/gm)].map(match => ({
    language: match[1]!,
    settings: Object.fromEntries(
      match[2]!
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .map(pair => pair.split('=') as [string, string]),
    ),
    text: match[3]!,
    line: markdown.slice(0, match.index).split('\n').length,
  }));
}

/**
 * Does `actual` read as the page shows it? `…` in a line stands for anything in that line, a line `…` for any number of
 * lines. White space at the ends of lines does not count.
 */
export function reads(shown: string, actual: string): boolean {
  const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = shown
    .trimEnd()
    .split('\n')
    .map(line =>
      line.trim() === '…' ? '(?:.*\\n)*?' : `${line.trimEnd().split('…').map(quote).join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(`${actual.replace(/[ \t]+$/gm, '').trimEnd()}\n`);
}

/** Writes a block into its file: whole, at the end, or as a change of the lines that a diff names. */
export function applyToFile(block: Block, folder: string): void {
  const name = block.settings['file'] ?? block.settings['append'];
  if (name === undefined) throw new Error(`line ${block.line}: a ${block.language} block names no file`);
  const file = path.join(folder, name);
  if (block.language === 'diff') writeFileSync(file, patched(readFileSync(file, 'utf8'), block));
  else if (block.settings['append']) writeFileSync(file, `${readFileSync(file, 'utf8')}\n${block.text}`);
  else writeFileSync(file, block.text);
}

function patched(text: string, { text: diff, line: at }: Block): string {
  const lines = diff.trimEnd().split('\n');
  const side = (other: string): string =>
    lines
      .filter(line => !line.startsWith(other))
      .map(line => `${line.slice(1)}\n`)
      .join('');
  const before = side('+');
  if (text.split(before).length !== 2) throw new Error(`line ${at}: the file has not once:\n${before}`);
  return text.replace(before, () => side('-'));
}

/** A shell that keeps its folder and variables from one block to the next, as a terminal does. */
export class Shell {
  private folder: string;
  private environment: Record<string, string | undefined>;

  constructor(folder: string, environment: Record<string, string | undefined>) {
    this.folder = folder;
    this.environment = environment;
  }

  get cwd(): string {
    return this.folder;
  }

  async run(script: string): Promise<{ readonly output: string; readonly exitCode: number }> {
    const state = `\nstatus=$?; { pwd; printf '%s\\n' "$PATH"; } >&3; exit $status`;
    // What goes on in the background must not hold the way by which the shell's state is told.
    const { stdio, exitCode } = await execa('bash', ['-c', `exec 2>&1\n{ ${script}\n} 3>&-${state}`], {
      cwd: this.folder,
      env: this.environment,
      extendEnv: false,
      reject: false,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [folder, searched] = String(stdio[3] ?? '').split('\n');
    if (folder) this.folder = folder;
    if (searched) this.environment = { ...this.environment, PATH: searched };
    return { output: String(stdio[1] ?? ''), exitCode: exitCode ?? 1 };
  }
}

const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Does what a page says, in a folder, and compares what is printed. Gives the number of outputs that were compared. */
export async function followPage(page: string, text: string, folder: string): Promise<number> {
  const { PATH, HOME } = process.env;
  const shell = new Shell(folder, { PATH, HOME, NO_COLOR: '1', MLP_SNAPSHOT: 'off', LC_ALL: 'C.UTF-8' });
  const blocks = blocksOf(text);
  let compared = 0;
  for (const [i, block] of blocks.entries()) {
    const place = `${page}:${block.line}`;
    if (block.language === 'text') assert.is(blocks[i - 1]?.language, 'sh', `${place}: output of no command`);
    else if (block.settings['shown'] === 'only') continue;
    else if (block.language !== 'sh') applyToFile(block, shell.cwd);
    else if (block.settings['needs'] && !has(block.settings['needs']))
      console.log(`skipped: ${place} needs ${block.settings['needs']}, which is not here`);
    else {
      const { output, exitCode } = await shell.run(block.text);
      const shown = blocks[i + 1];
      assert.is(exitCode, Number(block.settings['exit'] ?? 0), `${place}: exit code ${exitCode}\n${output}`);
      if (shown?.language !== 'text') continue;
      assert.ok(
        reads(shown.text, output),
        `${page}:${shown.line} shows\n${shown.text}\nbut it is\n${output}`,
      );
      compared++;
    }
  }
  return compared;
}

/** Ends a service that a page has started, if it failed half-way: the file has its process. */
export function stopLeft(file: string): void {
  if (!existsSync(file)) return;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  } catch {
    // It has ended.
  }
}
