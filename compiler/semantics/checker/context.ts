import type { At, Message } from '../../diagnostics/define.ts';
import type { Diagnostic, Label } from '../../diagnostics/diagnostic.ts';
import type { Type } from '../../plan/type.ts';
import type { Host } from '../../source/host.ts';
import { type LibraryModule, ModuleLoader } from '../../source/modules.ts';
import type { SourceFile, Span } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { ChainTooLong, MAX_LINKS } from '../chain.ts';
import type { Symbol as Meaning, ResolvedCall, SchemaInfo } from '../program.ts';
import { bindImports, bindModule, type DeclarationSymbol, type Module } from '../scope.ts';
import { unknown } from '../types.ts';
import { declaringModule } from './names.ts';
import type { Callable, Signature } from './signature.ts';

export interface CheckOptions {
  /** Values of params, as text of the language: `{ horizon: '60d' }`. */
  readonly set?: Record<string, string>;
  /** The environment whose params hold. */
  readonly environment?: string;
  /** Only these spec files and what they import; all of the project if left out. */
  readonly files?: readonly string[];
  /** What the project has beside `files`, where these are all that matters to who asks: then what none of them uses is used nowhere. */
  readonly elsewhere?: { readonly models: boolean };
  /** Check the bodies of the library's declarations too: for the library's own tests. */
  readonly library?: boolean;
}

/** What a plain name means in an expression. A joined table has members instead of a value. */
export interface Binding {
  readonly symbol: Meaning;
  readonly type: Type;
  readonly table?: Table;
  /** The metric that a policy's parameter stands for. */
  readonly metric?: ast.MetricDeclaration;
}
export interface Scope {
  find(name: string): Binding | undefined;
  names(): Iterable<string>;
}

/** Something with rows: a source, a view, the table that a component makes. */
export interface Table {
  readonly name: string;
  readonly kind: 'source' | 'view' | 'component' | 'unknown';
  readonly symbol: DeclarationSymbol | undefined;
  /** Schema of its rows; a view has none. */
  readonly schema: SchemaInfo | undefined;
  readonly columns: ReadonlyMap<string, Binding>;
  /** Name of its event time; a view's is its moment. */
  readonly eventTime: string | undefined;
  /** Columns that together name one row; empty if nothing says so. */
  readonly key: readonly string[];
}

export type Place =
  | 'constant'
  | 'function'
  | 'features'
  | 'where'
  | 'validation'
  | 'gate'
  | 'service'
  | 'monitor'
  | 'test';

/** What `champion`, `baseline` and metrics refer to. */
export interface GateContext {
  readonly metrics: boolean;
  readonly baseline: boolean;
  /** Called with every metric that a condition reads, and from where. */
  readonly onMetric?: (
    metric: ast.MetricDeclaration,
    name: ast.Name,
    of: 'model' | 'champion' | 'baseline',
  ) => void;
  readonly onBaseline?: (name: ast.Name) => void;
  /** Service measures may be read. */
  readonly service: boolean;
}

/** Where an expression stands. */
export interface Env {
  readonly module: Module;
  readonly place: Place;
  /** Innermost first; behind them come the module's own values. */
  readonly scopes: readonly Scope[];
  /** The table that whole-table aggregates and drift measures take. */
  readonly rows?: Table;
  /** The table of the view in which windows may stand. */
  readonly windows?: Table;
  /** Even the youngest state may be too old, and is null then: `stale after 3h else null`, but `materialize every 6h`. */
  readonly ages?: boolean;
  readonly gate?: GateContext;
  /** Features that `each feature` stands for. */
  readonly features?: readonly string[];
  /** Unknown names are no errors: the body of a policy that nothing uses. */
  readonly open?: boolean;
  /** Names of features that are defined further down. */
  readonly below?: ReadonlyMap<string, ast.Name>;
  /** The labels among them, for features, which may not read them. */
  readonly answers?: ReadonlySet<string>;
  /** The feature that is being defined. */
  readonly feature?: string;
}

export type Constant = number | bigint | string | boolean | null;

/** Where an environment sets a param. */
export interface ParamSource {
  readonly module: Module;
  readonly value: ast.Expression;
}

/** The state of one check. Nothing here is global, so checks do not see each other. */
export class Checker {
  readonly host: Host;
  readonly options: CheckOptions;
  readonly loader: ModuleLoader;
  readonly modules = new Map<string, Module>();
  readonly diagnostics: Diagnostic[] = [];
  readonly symbols = new Map<ast.Name, Meaning>();
  readonly types = new Map<ast.Expression, Type>();
  readonly calls = new Map<ast.Call | ast.Aggregate, ResolvedCall>();
  readonly constants = new Map<ast.Expression, Constant | undefined>();
  /** What every call asks for, kept apart from the other results. */
  readonly signatures = new Map<Callable, Signature>();
  readonly keys = new Map<Callable, string>();
  /** Results that are worked out when first asked for, by kind and declaration. */
  /** How many things are being worked out, each for the one before it. */
  private links = 0;
  private readonly memos = new Map<string, Map<object, { value: unknown; busy: boolean }>>();
  private readonly homes = new Map<ast.Declaration, Module>();
  private readonly seen = new Set<string>();
  /** Environments and pipelines of the whole project, by name. */
  readonly projectWide = new Map<string, DeclarationSymbol>();
  /** What the chosen environment sets params to. */
  readonly environmentParams = new Map<ast.ParamDeclaration, ParamSource>();
  /** Functions whose bodies are being checked, outermost first. */
  readonly functionStack: string[] = [];
  /** The same of views and constants. */
  readonly viewStack: string[] = [];
  readonly letStack: string[] = [];
  readonly policyStack: ast.PolicyDeclaration[] = [];
  readonly usedPolicies = new Set<ast.PolicyDeclaration>();
  /** Labels that every diagnostic gets: where a policy is used. */
  private readonly context: Label[] = [];
  /** Set while an expression is only tried. */
  private silent = 0;

  constructor(host: Host, options: CheckOptions) {
    this.host = host;
    this.options = options;
    this.loader = new ModuleLoader(host);
  }

  readonly report = (diagnostic: Diagnostic): void => {
    if (this.silent > 0) return;
    const { code, file, span } = diagnostic;
    const key = `${code} ${file.path} ${span.start} ${span.end} ${diagnostic.message}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.diagnostics.push(
      this.context.length ? { ...diagnostic, labels: [...diagnostic.labels, ...this.context] } : diagnostic,
    );
  };

  /** Does something whose diagnostics get a label more. */
  within<T>(label: Label, work: () => T): T {
    this.context.push(label);
    try {
      return work();
    } finally {
      this.context.pop();
    }
  }

  error<A>(module: Module, message: Message<A>, args: A, span: Span, more: Partial<At> = {}): void {
    this.report(message(args, { file: module.file, span, ...more }));
  }

  bind(name: ast.Name, symbol: Meaning | undefined): void {
    if (symbol) this.symbols.set(name, symbol);
  }

  typed(expression: ast.Expression, type: Type): Type {
    this.types.set(expression, type);
    return type;
  }
  typeOf(expression: ast.Expression): Type {
    return this.types.get(expression) ?? unknown;
  }

  /** Does something whose diagnostics do not count. */
  quietly<T>(work: () => T): T {
    this.silent++;
    try {
      return work();
    } finally {
      this.silent--;
    }
  }

  /** Binds the modules that were loaded since the last call, imports included. */
  bindLoaded(): void {
    const fresh: Module[] = [];
    const prelude = this.prelude();
    for (const loaded of this.loader.modules.values()) {
      if (this.modules.has(loaded.path)) continue;
      const module = bindModule(loaded, loaded === prelude?.loaded ? undefined : prelude, this.report);
      this.modules.set(loaded.path, module);
      fresh.push(module);
    }
    for (const module of fresh) {
      for (const declaration of module.tree.declarations) this.adopt(declaration, module);
      const bind = (name: ast.Name, symbol: Meaning): void => {
        this.symbols.set(name, symbol);
      };
      bindImports(module, this.modules, bind, this.report, name => declaringModule(this, module, name));
    }
  }

  private adopt(declaration: ast.Declaration, module: Module): void {
    this.homes.set(declaration, module);
    if (declaration.kind === 'Test') return;
    const name = declaration.name;
    if (name.text === '') return;
    const symbol: DeclarationSymbol = {
      kind: 'declaration',
      name: name.text,
      declaration,
      file: module.file,
    };
    const callable = module.own.functions.get(name.text);
    this.symbols.set(name, callable?.overloads?.includes(declaration) ? callable : symbol);
  }

  prelude(): Module | undefined {
    const path = 'std/prelude.mlp';
    const known = this.modules.get(path);
    if (known) return known;
    const loaded = this.loader.library('prelude');
    if (!loaded) return undefined;
    const module = bindModule(loaded, undefined, this.report);
    this.modules.set(path, module);
    for (const declaration of module.tree.declarations) this.adopt(declaration, module);
    return module;
  }

  /** A module of the library whose names a construct sees without an import; loaded when first needed. */
  contextual(name: LibraryModule): Module | undefined {
    const path = `std/${name}.mlp`;
    if (!this.modules.has(path) && this.loader.library(name)) this.bindLoaded();
    return this.modules.get(path);
  }

  /** The module a declaration lies in. */
  home(declaration: ast.Declaration): Module {
    const module = this.homes.get(declaration);
    if (!module) throw new Error(`${declaration.kind} ${declaration.name.text} belongs to no module`);
    return module;
  }
  fileOf(declaration: ast.Declaration): SourceFile {
    return this.home(declaration).file;
  }

  labelAt(declaration: ast.Declaration, message: string, span: Span = declaration.name.span): Label {
    return { file: this.fileOf(declaration), span, message };
  }

  /** After something was thrown in the midst of it all: what is asked for later is worked out as from the start. */
  leave(): void {
    this.links = 0;
    this.silent = 0;
  }

  /** The same check with other values of params: constants are worked out anew and quietly, everything else is shared. */
  with(params: ReadonlyMap<ast.ParamDeclaration, ParamSource>): Checker {
    const own = new Map<object, unknown>();
    const once = <T>(kind: string, key: object, make: () => T, circle: () => T): T => {
      if (kind !== 'param value') return this.once(kind, key, make, circle);
      if (!own.has(key)) own.set(key, this.quietly(make));
      return own.get(key) as T;
    };
    const parts = { constants: new Map(), environmentParams: params, once };
    return Object.assign(Object.create(this) as Checker, parts);
  }

  /** Works something out once; asked for while it is being worked out, it answers `circle()`. */
  once<T>(kind: string, key: object, make: () => T, circle: () => T): T {
    let memo = this.memos.get(kind);
    if (!memo) {
      memo = new Map();
      this.memos.set(kind, memo);
    }
    const known = memo.get(key);
    if (known) return known.busy ? circle() : (known.value as T);
    const entry = { value: undefined as unknown, busy: true };
    memo.set(key, entry);
    // What is asked for inside a trial is still worked out in full, and its mistakes are its own.
    const silent = this.silent;
    this.silent = 0;
    if (++this.links > MAX_LINKS) throw new ChainTooLong();
    const value = make();
    this.links--;
    this.silent = silent;
    entry.value = value;
    entry.busy = false;
    return value;
  }
}
