import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CompileOptions } from '../../compiler/index.ts';
import { type Facts, factsOf } from '../../compiler/semantics/files/facts.ts';
import { FileGraph } from '../../compiler/semantics/files/graph.ts';
import type { Host } from '../../compiler/source/host.ts';
import { parseOnce } from '../../compiler/source/modules.ts';
import { build, cacheFile, type Document, hashOf, readDocument, type Seen, writeDocument } from './store.ts';

/** A file that changed this shortly before it was read may change again without its times telling so. */
const YOUNG_MS = 2000;

/**
 * What is known of a project's files from the last run, and results by file for the tools (`check`, `lint`). Opened, it
 * knows which files there are now and what each says: only files that changed are read.
 *
 * A result for a file is kept under a key that is made of the contents of all files that it may depend on
 * (`keyOf`), so that nothing ever has to be thrown away by rule: what depends on something that changed has another key.
 */
export class ProjectCache {
  readonly root: string;
  /** The project as it was when it was opened: a file is judged by what its key was made of, and read once. */
  readonly host: Host;
  /** All spec files, and those of packages that they import. */
  readonly files: ReadonlyMap<string, Seen>;
  /** How many of them had to be read. */
  readonly read: number;
  private readonly target: string | undefined;
  private readonly before: Document;
  private readonly stamp: string;
  private readonly config: string;
  private readonly entries: Document['entries'];
  private changed: boolean;
  private drawn: FileGraph | undefined;
  private models: boolean | undefined;

  /** @param stamp tells the compiler's builds apart; nothing is kept without one. */
  constructor(root: string, host: Host, stamp: string | undefined = build) {
    this.root = root;
    this.target = stamp === undefined ? undefined : cacheFile(root);
    this.stamp = stamp ?? '';
    this.before = readDocument(this.target, this.stamp);
    const reader = new Reader(root, host, this.before.files);
    this.files = reader.all();
    this.read = reader.read.size;
    this.host = { ...host, readFile: file => reader.read.get(file) ?? host.readFile(file) };
    this.config = hashOf(host.readFile('mlp.json') ?? '');
    this.entries = this.before.entries;
    this.changed = this.read > 0 || this.files.size !== Object.keys(this.before.files).length;
  }

  get graph(): FileGraph {
    this.drawn ??= new FileGraph(this.files);
    return this.drawn;
  }

  /** Of all that a file's results depend on: the contents of its context, the project's settings, the compiler. */
  keyOf(file: string): string {
    const context = [...this.graph.context(file)].sort();
    const settings = [this.config, this.files.get(file)?.guards.length === 0 || this.hasModels];
    return hashOf(JSON.stringify([...settings, ...context.map(one => [one, this.files.get(one)?.hash])]));
  }

  private get hasModels(): boolean {
    this.models ??= [...this.files.values()].some(({ models }) => models);
    return this.models;
  }

  /** How to compile these, which are all that matters for the files in question. */
  only(files: readonly string[]): CompileOptions {
    return files.length === this.files.size ? {} : { files, elsewhere: { models: this.hasModels } };
  }

  /** Of the whole project. */
  projectKey(): string {
    const all = [...this.files].map(([file, { hash }]) => [file, hash]);
    return hashOf(JSON.stringify([this.config, ...all]));
  }

  get(tool: string, file: string, key: string): unknown {
    const entry = this.entries[tool]?.[file];
    return entry?.key === key ? entry.value : undefined;
  }

  put(tool: string, file: string, key: string, value: unknown): void {
    this.entries[tool] ??= {};
    this.entries[tool][file] = { key, value };
    this.changed = true;
  }

  save(): void {
    if (!this.changed) return;
    for (const entries of Object.values(this.entries))
      for (const file of Object.keys(entries))
        if (file !== '*' && !this.files.has(file)) delete entries[file];
    const files = Object.fromEntries(this.files);
    writeDocument(this.target, { build: this.stamp, files, entries: this.entries });
  }
}

/** Undefined for what is not there or cannot be reached, such as links in a circle: whoever reads it says why. */
function statsOf(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}

/** Follows the files of a project, and reads those that are not as they were. */
class Reader {
  readonly read = new Map<string, Uint8Array>();
  private readonly root: string;
  private readonly host: Host;
  private readonly before: Readonly<Record<string, Seen>>;

  constructor(root: string, host: Host, before: Readonly<Record<string, Seen>>) {
    this.root = root;
    this.host = host;
    this.before = before;
  }

  all(): Map<string, Seen> {
    const found = new Map<string, Seen>();
    const queue = new Set(this.host.specFiles());
    for (const file of queue) {
      const seen = this.seen(file);
      if (!seen) continue;
      found.set(file, seen);
      for (const other of seen.imports) queue.add(other);
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private seen(file: string): Seen | undefined {
    const full = path.resolve(this.root, file);
    const stats = statsOf(full);
    if (!stats?.isFile()) return undefined;
    const known = Object.hasOwn(this.before, file) ? this.before[file] : undefined;
    const stat = signature(stats);
    if (known && known.stat !== '' && known.stat === stat) return known;
    return this.readAgain(file, full, stats, known);
  }

  private readAgain(
    file: string,
    full: string,
    stats: BigIntStats,
    known: Seen | undefined,
  ): Seen | undefined {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(full);
    } catch {
      // It vanished meanwhile.
      return undefined;
    }
    this.read.set(file, bytes);
    const young = Date.now() - Number(stats.ctimeMs) < YOUNG_MS;
    const stat = young ? '' : signature(stats);
    const hash = hashOf(bytes);
    if (known?.hash === hash) return { ...known, stat };
    return { ...this.factsOf(file, bytes), stat, hash };
  }

  private factsOf(file: string, bytes: Uint8Array): Facts {
    // The tree is kept: whoever compiles the file has it already.
    return factsOf(parseOnce(file, bytes), this.host.resolvePackage);
  }
}

const signature = ({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string =>
  `${size}-${mtimeNs}-${ctimeNs}-${ino}`;
