import type { Name, Node } from './base.ts';
import type * as data from './data.ts';
import type * as learning from './learning.ts';
import type * as library from './library.ts';
import type * as operations from './operations.ts';

export * from './base.ts';
export * from './data.ts';
export * from './expression.ts';
export * from './learning.ts';
export * from './library.ts';
export * from './operations.ts';
export * from './types.ts';

export type Declaration =
  | data.SchemaDeclaration
  | data.EnumDeclaration
  | data.ParamDeclaration
  | data.LetDeclaration
  | data.ConnectionDeclaration
  | data.SourceDeclaration
  | data.SinkDeclaration
  | data.ValidationDeclaration
  | library.FunctionDeclaration
  | library.AggregateDeclaration
  | library.ComponentDeclaration
  | library.TrainerDeclaration
  | library.MetricDeclaration
  | library.PolicyDeclaration
  | library.ConstructorDeclaration
  | library.AnnotationDeclaration
  | learning.FeaturesDeclaration
  | learning.ModelDeclaration
  | operations.DeploymentDeclaration
  | operations.MonitorDeclaration
  | operations.PipelineDeclaration
  | operations.EnvironmentDeclaration
  | operations.TestDeclaration;

/** `import std.x { a, b as c }` (path `std.x`), `import "./x.mlp" { A }`, `import "@acme/x" { A }`. */
export interface Import extends Node {
  readonly kind: 'Import';
  /** Dotted library path (`std.sources`) or the text of the string. */
  readonly path: string;
  readonly form: 'library' | 'file' | 'package';
  readonly pathSpan: Node['span'];
  readonly names: readonly ImportName[];
}
export interface ImportName extends Node {
  readonly kind: 'ImportName';
  readonly name: Name;
  readonly alias?: Name;
}

export interface Module extends Node {
  readonly kind: 'Module';
  readonly doc?: string;
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
}
