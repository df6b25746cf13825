import type { Annotation, Name, Node } from './base.ts';
import type { Expression, Range, StringLiteral } from './expression.ts';

export type TypeBody = NamedType | ListType | VectorType | TableType | EnumType | MissingType;

/** `string? matching r"…" @unit("miles")`: body, optional mark, refinements, annotations. */
export interface TypeExpression extends Node {
  readonly kind: 'Type';
  readonly body: TypeBody;
  readonly optional: boolean;
  readonly refinements: readonly Refinement[];
  readonly annotations: readonly Annotation[];
}
export interface NamedType extends Node {
  readonly kind: 'NamedType';
  readonly name: Name;
}
export interface ListType extends Node {
  readonly kind: 'ListType';
  readonly element: TypeExpression;
}
export interface VectorType extends Node {
  readonly kind: 'VectorType';
  readonly length: Expression;
}
export interface TableType extends Node {
  readonly kind: 'TableType';
  readonly row: Name;
}
export interface EnumType extends Node {
  readonly kind: 'EnumType';
  readonly members: readonly Name[];
}
export interface MissingType extends Node {
  readonly kind: 'MissingType';
}
export type Refinement = InRangeRefinement | InSetRefinement | MatchingRefinement;
export interface InRangeRefinement extends Node {
  readonly kind: 'RangeRefinement';
  readonly range: Range;
}
export interface InSetRefinement extends Node {
  readonly kind: 'SetRefinement';
  readonly items: readonly Expression[];
}
export interface MatchingRefinement extends Node {
  readonly kind: 'MatchingRefinement';
  readonly pattern: StringLiteral | { readonly kind: 'Missing'; readonly span: Node['span'] };
}
