import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeHost } from '../../cli/host.ts';
import { settingsAbove } from '../../cli/project.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { type CompileOptions, type CompileResult, compile, compileInPieces } from '../../compiler/index.ts';
import { lintInPieces } from '../../compiler/lint/index.ts';
import { rulesByCode } from '../../compiler/lint/rules/index.ts';
import { readSettings, type Settings } from '../../compiler/lint/settings.ts';
import type { Pieces } from '../../compiler/pieces.ts';
import { type Facts, factsOf } from '../../compiler/semantics/files/facts.ts';
import { FileGraph } from '../../compiler/semantics/files/graph.ts';
import type { Host } from '../../compiler/source/host.ts';
import { libraryModules, parseOnce } from '../../compiler/source/modules.ts';
import type { SourceFile } from '../../compiler/source/text.ts';
import { dataFilesIn } from './data-files.ts';
import { Job } from './job.ts';
import { libraryFile } from './library-files.ts';

const encoder = new TextEncoder();

/** A check of a file, and the texts that it was made from. */
interface Check {
  readonly context: readonly (readonly [file: string, bytes: Uint8Array | undefined])[];
  readonly elsewhere: CompileOptions['elsewhere'];
  readonly job: Job<CompileResult>;
}

/** What is said of a whole project. */
export interface Findings {
  readonly compiler: readonly Diagnostic[];
  /** By the rules of the linter. */
  readonly rules: readonly Diagnostic[];
}

type LibraryTree = Pick<ReturnType<typeof parseOnce>, 'file' | 'tree'>;

/** So many checks of single files are kept: those of documents that are looked at by turns. */
const keptChecks = 16;

/**
 * One project folder: its files as they are on disk, with the texts of open documents in their place. A file is checked
 * with what its diagnostics may depend on and nothing else, so a keystroke costs what it touches.
 */
export class Project {
  readonly root: string;
  private readonly disk: Host;
  private readonly open = new Map<string, Uint8Array>();
  private readonly texts = new Map<string, string>();
  /** What was read from disk; forgotten when something there changes. */
  private readonly read = new Map<string, Uint8Array | undefined>();
  private listed: readonly string[] | undefined;
  private data: readonly string[] | undefined;
  private readonly facts = new Map<string, { readonly bytes: Uint8Array; readonly facts: Facts }>();
  private drawn: FileGraph | undefined;
  /** Files whose text is not the one that the graph was drawn with. */
  private readonly edited = new Set<string>();
  private readonly checks = new Map<string, Check>();
  /** Counts states: a job on an earlier one is not gone on with. */
  private version = 0;
  private whole: Job<CompileResult> | undefined;
  private linted: Job<Findings> | undefined;
  private settings: Settings | undefined;
  private libraryTrees: readonly LibraryTree[] | undefined;

  constructor(root: string) {
    this.root = root;
    this.disk = nodeHost(root);
  }

  /** The text of an open document; undefined when it is closed. */
  setText(file: string, text: string | undefined): void {
    if (this.texts.get(file) === text) return;
    if (text === undefined) {
      this.texts.delete(file);
      this.open.delete(file);
      this.read.delete(file);
    } else {
      this.texts.set(file, text);
      this.open.set(file, encoder.encode(text));
    }
    this.edited.add(file);
    this.changed();
  }

  /** Something on disk changed. */
  forget(): void {
    this.read.clear();
    this.listed = undefined;
    this.data = undefined;
    this.drawn = undefined;
    this.settings = undefined;
    this.changed();
  }

  private changed(): void {
    this.version++;
    this.whole = undefined;
    this.linted = undefined;
  }

  private readonly host: Host = {
    readFile: file => {
      const open = this.open.get(file);
      if (open || file.startsWith('std/')) return open ?? this.disk.readFile(file);
      if (!this.read.has(file)) this.read.set(file, this.disk.readFile(file));
      return this.read.get(file);
    },
    specFiles: () => {
      this.listed ??= this.disk.specFiles();
      return [...new Set([...this.listed, ...this.open.keys()])].sort();
    },
    resolvePackage: (specifier, from) => this.disk.resolvePackage(specifier, from),
  };

  files(): readonly string[] {
    return this.host.specFiles();
  }
  /** Data, models and code that lie in the project. */
  dataFiles(): readonly string[] {
    this.data ??= dataFilesIn(this.root);
    return this.data;
  }
  isOpen(file: string): boolean {
    return this.open.has(file);
  }

  /** Which files may depend on which. A keystroke that declares nothing new changes the edges of its own file alone. */
  private graph(): FileGraph {
    if (this.drawn) for (const file of this.edited) if (!this.replaced(file)) this.drawn = undefined;
    this.edited.clear();
    this.drawn ??= this.draw();
    return this.drawn;
  }

  /** Looks into every file, so that the first keystroke does not have to. */
  drawing(): Job<void> {
    return this.job(this.look());
  }
  private *look(): Pieces<void> {
    for (const file of this.files()) {
      this.factsFor(file);
      yield;
    }
    this.graph();
  }

  private replaced(file: string): boolean {
    const facts = this.factsFor(file);
    return facts !== undefined && this.drawn?.replace(file, facts) === true;
  }

  private draw(): FileGraph {
    const all = new Map<string, Facts>();
    const queue = new Set(this.files());
    for (const file of queue) {
      const facts = this.factsFor(file);
      if (!facts) continue;
      all.set(file, facts);
      for (const other of facts.imports) queue.add(other);
    }
    return new FileGraph(all);
  }

  /** Only a file that changed is looked into again. */
  private factsFor(file: string): Facts | undefined {
    const bytes = this.host.readFile(file);
    if (!bytes) return undefined;
    let known = this.facts.get(file);
    if (known?.bytes !== bytes) {
      known = { bytes, facts: factsOf(parseOnce(file, bytes), this.host.resolvePackage) };
      this.facts.set(file, known);
    }
    return known.facts;
  }

  /**
   * A check of the file and all that its diagnostics depend on, which says the same of it as one of the whole project; it is that
   * one where they depend on everything.
   */
  checking(file: string): Job<CompileResult> {
    return this.checkOf(file, this.graph().context(file), { models: this.hasModels() });
  }

  /** A check of the file and what it names: what is right about every place in it, and quick also where all is watched. */
  understanding(file: string): Job<CompileResult> {
    if (this.whole?.done) return this.whole;
    return this.checkOf(file, this.graph().needs([file]));
  }

  private hasModels(): boolean {
    return this.files().some(file => this.factsFor(file)?.models);
  }

  private checkOf(
    file: string,
    files: ReadonlySet<string>,
    elsewhere?: CompileOptions['elsewhere'],
  ): Job<CompileResult> {
    if (this.files().every(one => files.has(one))) return this.compiling();
    const context = [...files].sort().map(one => [one, this.host.readFile(one)] as const);
    context.push(['mlp.json', this.host.readFile('mlp.json')]);
    const kept = this.checks.get(file);
    this.checks.delete(file);
    const same =
      kept?.elsewhere?.models === elsewhere?.models &&
      kept?.context.length === context.length &&
      context.every(([one, bytes], i) => kept.context[i]![0] === one && kept.context[i]![1] === bytes);
    const job =
      kept && same && (kept.job.done || !kept.job.isStale())
        ? kept.job
        : this.newCheck(file, context, elsewhere);
    this.checks.set(file, { context, elsewhere, job });
    if (this.checks.size > keptChecks) this.checks.delete(this.checks.keys().next().value!);
    return job;
  }

  private newCheck(
    file: string,
    context: Check['context'],
    elsewhere: Check['elsewhere'],
  ): Job<CompileResult> {
    const files = context
      .filter(([one, bytes]) => one !== 'mlp.json' && bytes !== undefined)
      .map(([one]) => one);
    const options = { files, ...(elsewhere ? { elsewhere } : {}) };
    const job: Job<CompileResult> = this.job(compileInPieces(this.host, options), () => {
      if (this.checks.get(file)?.job === job) this.checks.delete(file);
    });
    return job;
  }

  /** A job on the project as it is now. */
  job<T>(pieces: Pieces<T>, dropped?: () => void): Job<T> {
    const { version } = this;
    return new Job(pieces, () => this.version !== version, dropped);
  }

  /** How many checks are under way that nobody finished. */
  get unfinished(): number {
    const jobs = [...[...this.checks.values()].map(({ job }) => job), this.whole, this.linted];
    return jobs.filter(job => job && !job.done).length;
  }

  /** The library's modules, also those that nothing imports yet. */
  library(): readonly LibraryTree[] {
    this.libraryTrees ??= libraryModules.flatMap(name => {
      const path = `std/${name}.mlp`;
      const bytes = this.host.readFile(path);
      return bytes ? [parseOnce(path, bytes)] : [];
    });
    return this.libraryTrees;
  }

  /** A check of everything. */
  compiling(): Job<CompileResult> {
    this.whole ??= this.job(compileInPieces(this.host), () => {
      this.whole = undefined;
    });
    return this.whole;
  }

  /** All that `mlp lint` says of the project. */
  linting(): Job<Findings> {
    this.linted ??= this.job(this.lint(), () => {
      this.linted = undefined;
      if (!this.whole?.done) this.whole = undefined;
    });
    return this.linted;
  }

  private *lint(): Pieces<Findings> {
    const compiled = yield* this.compiling().rest();
    const settings = this.lintSettings();
    const found = yield* lintInPieces(compiled, settings, true);
    return {
      compiler: [...compiled.diagnostics, ...settings.diagnostics],
      rules: found.diagnostics,
    };
  }

  private lintSettings(): Settings {
    this.settings ??= readSettings(this.host, settingsAbove(this.root));
    return this.settings;
  }

  /** Whether it is the code of a rule that no spec may suppress. */
  isLocked(code: string): boolean {
    const rule = rulesByCode.get(code);
    return rule !== undefined && this.lintSettings().locked.has(rule.name);
  }

  /** What the file says by itself and with what it imports: right but for what is declared for the whole project. */
  alone(file: string): Job<CompileResult> {
    return this.job(compileInPieces(this.host, { files: [file] }));
  }

  /** Whether a file with another text would have no problem that it does not have now. */
  staysSound(file: string, text: string): boolean {
    const { diagnostics } = this.understanding(file).finish();
    const known = new Set(diagnostics.map(({ code, message }) => `${code} ${message}`));
    const bytes = encoder.encode(text);
    const files = [...this.graph().needs([file])].sort();
    const readFile: Host['readFile'] = path => (path === file ? bytes : this.host.readFile(path));
    return compile({ ...this.host, readFile }, { files }).diagnostics.every(
      one => one.file.path !== file || known.has(`${one.code} ${one.message}`),
    );
  }

  /** A file's tree, from its text alone. */
  parsed(file: string): ReturnType<typeof parseOnce> | undefined {
    const bytes = this.host.readFile(file);
    return bytes && parseOnce(file, bytes);
  }

  /** What is wrong with the text alone. */
  syntaxOf(file: string): readonly Diagnostic[] {
    return this.parsed(file)?.diagnostics ?? [];
  }

  /** Files whose diagnostics may be others when one of these changes, themselves left out. */
  dependents(files: Iterable<string>): string[] {
    const own = new Set(files);
    return [...this.graph().dependents(own)].filter(file => !own.has(file)).sort();
  }

  uriOf(file: SourceFile): string {
    return file.path.startsWith('std/') ? pathToFileURL(libraryFile(file)).href : this.uri(file.path);
  }
  uri(file: string): string {
    return pathToFileURL(path.resolve(this.root, file)).href;
  }
}
