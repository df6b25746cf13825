import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Facts, factsOf } from '../../cli/cache/facts.ts';
import { FileGraph } from '../../cli/cache/graph.ts';
import { nodeHost } from '../../cli/host.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { type CompileResult, compile } from '../../compiler/index.ts';
import type { Host } from '../../compiler/source/host.ts';
import { libraryModules, parseOnce } from '../../compiler/source/modules.ts';
import type { SourceFile } from '../../compiler/source/text.ts';
import { libraryFile } from './library-files.ts';

const encoder = new TextEncoder();

/** A check of a file, and the texts that it was made from. */
interface Check {
  readonly context: readonly (readonly [file: string, bytes: Uint8Array | undefined])[];
  readonly result: CompileResult;
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
  private readonly facts = new Map<string, { readonly bytes: Uint8Array; readonly facts: Facts }>();
  private drawn: FileGraph | undefined;
  /** Files whose text is not the one that the graph was drawn with. */
  private readonly edited = new Set<string>();
  private readonly checks = new Map<string, Check>();
  private whole: CompileResult | undefined;
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
    this.whole = undefined;
  }

  /** Something on disk changed. */
  forget(): void {
    this.read.clear();
    this.listed = undefined;
    this.drawn = undefined;
    this.whole = undefined;
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

  /** The file and all that its diagnostics depend on, checked. The same as a check of the whole project says of it. */
  check(file: string): CompileResult {
    const context = [...this.graph().context(file)]
      .sort()
      .map(one => [one, this.host.readFile(one)] as const);
    context.push(['mlp.json', this.host.readFile('mlp.json')]);
    const kept = this.checks.get(file);
    this.checks.delete(file);
    if (
      kept &&
      kept.context.length === context.length &&
      context.every(([one, bytes], i) => kept.context[i]![0] === one && kept.context[i]![1] === bytes)
    ) {
      this.checks.set(file, kept);
      return kept.result;
    }
    const files = context
      .filter(([one, bytes]) => one !== 'mlp.json' && bytes !== undefined)
      .map(([one]) => one);
    const result = compile(this.host, { files });
    this.checks.set(file, { context, result });
    if (this.checks.size > keptChecks) this.checks.delete(this.checks.keys().next().value!);
    return result;
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

  /** Everything, checked; for what asks about the whole project. */
  checkAll(): CompileResult {
    this.whole ??= compile(this.host);
    return this.whole;
  }

  /** What the file says by itself and with what it imports: right but for what is declared for the whole project. */
  alone(file: string): readonly Diagnostic[] {
    const { diagnostics } = compile(this.host, { files: [file] });
    return diagnostics.filter(one => one.file.path === file);
  }

  /** Whether a file with another text would have no problem that it does not have now. */
  staysSound(file: string, text: string): boolean {
    const known = new Set(this.diagnosticsOf(file).map(({ code, message }) => `${code} ${message}`));
    const bytes = encoder.encode(text);
    const files = [...this.graph().context(file)].sort();
    const readFile: Host['readFile'] = path => (path === file ? bytes : this.host.readFile(path));
    return compile({ ...this.host, readFile }, { files }).diagnostics.every(
      one => one.file.path !== file || known.has(`${one.code} ${one.message}`),
    );
  }

  /** What is wrong with the text alone. */
  syntaxOf(file: string): readonly Diagnostic[] {
    const bytes = this.host.readFile(file);
    return bytes ? parseOnce(file, bytes).diagnostics : [];
  }

  diagnosticsOf(file: string): readonly Diagnostic[] {
    return this.check(file).diagnostics.filter(one => one.file.path === file);
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
