import type { Name, Node } from './base.ts';

export type Expression =
  | IntLiteral
  | FloatLiteral
  | DurationLiteral
  | SizeLiteral
  | RateLiteral
  | StringLiteral
  | TimeLiteral
  | BoolLiteral
  | NullLiteral
  | NameExpression
  | Member
  | Unary
  | Binary
  | InRange
  | InSet
  | Matching
  | IsNull
  | Call
  | Aggregate
  | Fitted
  | If
  | Match
  | ListLiteral
  | RecordLiteral
  | EachFeature
  | MissingExpression;

export interface IntLiteral extends Node {
  readonly kind: 'Int';
  readonly value: bigint;
}
/** `5%` is a Float with value 0.05 and `percent: true`. */
export interface FloatLiteral extends Node {
  readonly kind: 'Float';
  readonly value: number;
  readonly percent: boolean;
}
export interface DurationLiteral extends Node {
  readonly kind: 'Duration';
  readonly milliseconds: number;
}
export interface SizeLiteral extends Node {
  readonly kind: 'Size';
  readonly bytes: number;
}
export interface RateLiteral extends Node {
  readonly kind: 'Rate';
  readonly perSecond: number;
}
export interface StringLiteral extends Node {
  readonly kind: 'String';
  readonly value: string;
  readonly raw: boolean;
  readonly block: boolean;
}
/** A date (`2001-03-01`), wall-clock time (`2001-03-01T18:15`) or instant (`…Z`, `…+01:00`); `value` is as written. */
export interface TimeLiteral extends Node {
  readonly kind: 'Time';
  readonly value: string;
  readonly form: 'date' | 'datetime' | 'timestamp';
}
export interface BoolLiteral extends Node {
  readonly kind: 'Bool';
  readonly value: boolean;
}
export interface NullLiteral extends Node {
  readonly kind: 'Null';
}
export interface NameExpression extends Node {
  readonly kind: 'NameExpression';
  readonly name: Name;
}
export interface Member extends Node {
  readonly kind: 'Member';
  readonly object: Expression;
  readonly member: Name;
}
export interface Unary extends Node {
  readonly kind: 'Unary';
  readonly operator: '-' | 'not';
  readonly operand: Expression;
}
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'and'
  | 'or'
  | '??';
export interface Binary extends Node {
  readonly kind: 'Binary';
  readonly operator: BinaryOperator;
  readonly operatorSpan: { readonly start: number; readonly end: number };
  readonly left: Expression;
  readonly right: Expression;
}
/** `x in 1..5` or `x not in 1..5`; both ends inclusive. */
export interface InRange extends Node {
  readonly kind: 'InRange';
  readonly negated: boolean;
  readonly operand: Expression;
  readonly range: Range;
}
export interface Range extends Node {
  readonly kind: 'Range';
  readonly low: Expression;
  readonly high: Expression;
}
/** `x in {"a", "b"}` */
export interface InSet extends Node {
  readonly kind: 'InSet';
  readonly negated: boolean;
  readonly operand: Expression;
  readonly items: readonly Expression[];
}
/** `x matching r"…"` (whole match) */
export interface Matching extends Node {
  readonly kind: 'Matching';
  readonly negated: boolean;
  readonly operand: Expression;
  readonly pattern: StringLiteral | MissingExpression;
}
export interface IsNull extends Node {
  readonly kind: 'IsNull';
  readonly negated: boolean;
  readonly operand: Expression;
}
export interface Arg extends Node {
  readonly kind: 'Arg';
  readonly name?: Name;
  readonly value: Expression;
}
/** `callee` is a name or a dotted path such as `champion(m)` or `std.x`. */
export interface Call extends Node {
  readonly kind: 'Call';
  readonly callee: Name;
  readonly args: readonly Arg[];
}
/**
 * A call whose first argument is followed by a window or a table:
 * `mean(delay over 7d by origin)`, `sum(amount of orders where paid over 30d by (a, b))`, `count(orders over next 30d by k)`.
 */
export interface Aggregate extends Node {
  readonly kind: 'Aggregate';
  readonly callee: Name;
  readonly value: Expression;
  /** The table after `of`, if written. */
  readonly of?: Name;
  readonly where?: Expression;
  readonly window?: Window;
  readonly by: readonly Name[];
  readonly args: readonly Arg[];
}
export interface Window extends Node {
  readonly kind: 'Window';
  readonly next: boolean;
  readonly length: Expression;
}
/** `fitted mean(x)` */
export interface Fitted extends Node {
  readonly kind: 'Fitted';
  readonly call: Call | Aggregate | MissingExpression;
}
export interface If extends Node {
  readonly kind: 'If';
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}
export interface Match extends Node {
  readonly kind: 'Match';
  readonly subject: Expression;
  readonly arms: readonly MatchArm[];
}
/** `pattern` undefined is `_`. */
export interface MatchArm extends Node {
  readonly kind: 'MatchArm';
  readonly pattern?: Expression;
  readonly value: Expression;
}
export interface ListLiteral extends Node {
  readonly kind: 'List';
  readonly items: readonly Expression[];
}
export interface RecordField extends Node {
  readonly kind: 'RecordField';
  readonly name: Name;
  readonly value: Expression;
}
export interface RecordLiteral extends Node {
  readonly kind: 'Record';
  readonly fields: readonly RecordField[];
}
/** `each feature [except a, b]`, an argument of drift measures. */
export interface EachFeature extends Node {
  readonly kind: 'EachFeature';
  readonly except: readonly Name[];
}
/** What recovery puts where an expression should have been. Its span is where it was expected. */
export interface MissingExpression extends Node {
  readonly kind: 'Missing';
}
