import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Type, Value } from '../plan/plan.ts';
import type { SourceFile } from '../source/text.ts';
import type * as ast from '../syntax/ast/index.ts';
import type { Suppression } from './checker/suppress.ts';

/**
 * The typed program: the syntax tree with every name bound and every expression typed. Later phases (flow, plan) look
 * things up here; they never bind or type by themselves. Broken parts have type `unknown` and no symbol.
 */
export interface Program {
  /** Project modules by path, in sorted order; then the library's. */
  readonly modules: ReadonlyMap<string, BoundModule>;
  readonly diagnostics: readonly Diagnostic[];
  /** All that matters is here, so that what nothing in it uses is used nowhere. */
  readonly whole: boolean;
  /** Whether there is a model in the project. */
  readonly models: boolean;
  /** Whether something is wrong in a file, or in what the diagnostics in it depend on. */
  isBroken(file: SourceFile): boolean;
  /** Warnings that its authors do not want, not taken off yet. */
  readonly suppressions: readonly Suppression[];
  /** What a written name refers to, wherever a name may stand (types, callees, columns, clauses). */
  symbolOf(name: ast.Name): Symbol | undefined;
  typeOf(expression: ast.Expression): Type;
  /** What a function takes, in the order of its parameters, and gives. */
  signatureOf(declaration: ast.FunctionDeclaration): {
    readonly parameters: readonly Type[];
    readonly result: Type;
  };
  /** The value of a constant expression (literals, lets, params, arithmetic on them), undefined if it is not constant. */
  constantOf(expression: ast.Expression): Value | undefined;
  /** For a `Call`/`Aggregate`: the declaration it resolved to (overload chosen) and arguments by parameter, defaults absent. */
  callOf(call: ast.Call | ast.Aggregate): ResolvedCall | undefined;
  /** Declarations of the project (not the library) of one kind, in order. */
  declarations<K extends ast.Declaration['kind']>(kind: K): readonly Extract<ast.Declaration, { kind: K }>[];
  /** The file a node lies in. */
  fileOf(declaration: ast.Declaration): SourceFile;
  schemaOf(name: string): SchemaInfo | undefined;
  /** The same program with params as another environment sets them: their values, and all constants that need them. */
  inEnvironment(name: string): Program;
  /** A param's declared type and the value that holds: set from outside, by the environment, or its default. */
  paramOf(declaration: ast.ParamDeclaration): { readonly type: Type; readonly value: Value | undefined };
}

export interface BoundModule {
  readonly file: SourceFile;
  readonly tree: ast.Module;
  readonly library: boolean;
  /** Names visible in the module: own declarations, imports, prelude. */
  readonly scope: ReadonlyMap<string, Symbol>;
}

export type Symbol =
  | {
      readonly kind: 'declaration';
      readonly name: string;
      readonly declaration: ast.Declaration;
      readonly file: SourceFile;
      readonly overloads?: readonly ast.Declaration[];
    }
  | {
      readonly kind: 'column';
      readonly name: string;
      readonly field: ast.Field;
      readonly schema: string;
      readonly of: string;
      readonly file: SourceFile;
    }
  /** A feature of a view, seen from the view itself, a model, a slice, a join. */
  | {
      readonly kind: 'feature';
      readonly name: string;
      readonly view: ast.FeaturesDeclaration;
      readonly item: ast.FeatureItem | ast.UseClause;
      readonly of: string;
      readonly file: SourceFile;
    }
  | {
      readonly kind: 'join';
      readonly name: string;
      readonly clause: ast.JoinClause;
      readonly file: SourceFile;
    }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly parameter: ast.Parameter;
      readonly file: SourceFile;
    }
  | {
      readonly kind: 'member';
      readonly name: string;
      readonly enum: ast.EnumDeclaration | ast.TypeExpression;
      readonly file: SourceFile;
    }
  /** `champion`, `baseline`, `previous`, and service measures: names the language itself gives. */
  | { readonly kind: 'special'; readonly name: string };

export interface ResolvedCall {
  readonly declaration: ast.Declaration;
  /** The key under which implementations are registered: the name, or `name_kind` for an overload. */
  readonly key: string;
  readonly args: ReadonlyMap<string, ast.Expression>;
  readonly rest: readonly ast.Expression[];
}

export interface SchemaInfo {
  readonly name: string;
  readonly declaration: ast.SchemaDeclaration;
  readonly columns: ReadonlyMap<
    string,
    { readonly type: Type; readonly field: ast.Field; readonly file: SourceFile }
  >;
  readonly eventTime: string | undefined;
  readonly key: readonly string[];
}
