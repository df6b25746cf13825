import type {
  ColumnRef,
  Expr,
  Feature,
  FeatureRef,
  FeatureView,
  Join,
  Known,
  Literal,
  Plan,
  Schema,
  SchemaColumn,
  Source,
  Type,
  TypeKind,
  Value,
  WindowExpr,
} from '../../compiler/plan/plan.ts';

/** Small builders of plans and typed expressions for tests that must not wait for a compiler. */

export const bool: Type = { kind: 'bool', optional: false };
export const int: Type = { kind: 'int', optional: false };
export const float: Type = { kind: 'float', optional: false };
export const string: Type = { kind: 'string', optional: false };
export const date: Type = { kind: 'date', optional: false };
export const datetime: Type = { kind: 'datetime', optional: false };
export const timestamp: Type = { kind: 'timestamp', optional: false };
export const duration: Type = { kind: 'duration', optional: false };

export const optional = (type: Type): Type => ({ ...type, optional: true });
export const enumOf = (name: string, ...members: string[]): Type => ({
  kind: 'enum',
  optional: false,
  enum: name,
  members,
});

export const DAY = 86_400_000;
export const HOUR = 3_600_000;

export const literal = (value: Value, type: Type = typeOfValue(value)): Literal => ({
  op: 'literal',
  value,
  type,
  at: 0,
});
export const column = (name: string, type: Type, of = 'row'): ColumnRef => ({
  op: 'column',
  of,
  column: name,
  type,
  at: 0,
});
export const feature = (name: string, type: Type): FeatureRef => ({ op: 'feature', name, type, at: 0 });
/** A call of an operator or library function. Optional arguments make a strict result optional: say so in `type`. */
export const call = (fn: string, type: Type, ...args: Expr[]): Expr => ({
  op: 'call',
  fn,
  args,
  type,
  at: 0,
});

export const always: Known = { latest: [] };
/** Known this long after the event. */
export const afterEvent = (offset = 0): Known => ({ latest: [{ base: 'event', offset }] });
export const atColumn = (name: string, offset = 0): Known => ({
  latest: [
    { base: 'event', offset: 0 },
    { base: 'column', column: name, offset },
  ],
});

export function window(
  aggregate: string,
  value: Expr | null,
  type: Type,
  rest: Pick<WindowExpr, 'table' | 'length' | 'by' | 'eventTime'> & Partial<WindowExpr>,
): WindowExpr {
  return {
    op: 'window',
    aggregate,
    value,
    type,
    at: 0,
    where: null,
    direction: 'past',
    known: afterEvent(),
    ...rest,
  };
}

export interface ColumnOptions {
  readonly known?: Known;
  readonly tags?: readonly string[];
}
export function schema(
  columns: Readonly<Record<string, Type | readonly [Type, ColumnOptions]>>,
  options: { readonly eventTime?: string; readonly key?: readonly string[] } = {},
): Schema {
  const known = options.eventTime === undefined ? always : afterEvent();
  return {
    columns: Object.entries(columns).map(([name, given]): SchemaColumn => {
      const [type, more] = Array.isArray(given) ? (given as [Type, ColumnOptions]) : [given as Type, {}];
      return { name, type, known: more.known ?? known, tags: more.tags ?? [], at: 0 };
    }),
    eventTime: options.eventTime ?? null,
    key: options.key ?? [],
    at: 0,
  };
}

export function source(schemaName: string, rest: Partial<Source> = {}): Source {
  return {
    schema: schemaName,
    from: { name: 'parquet', args: { path: 'data.parquet' }, at: 0 },
    violations: { action: 'fail', upTo: null },
    partition: null,
    watermark: null,
    freshWithin: null,
    lag: 0,
    at: 0,
    ...rest,
  };
}

export const featureOf = (name: string, expr: Expr, rest: Partial<Feature> = {}): Feature => ({
  name,
  label: false,
  type: expr.type,
  expr,
  known: { latest: [{ base: 'at', offset: 0 }] },
  tags: [],
  text: name,
  at: 0,
  ...rest,
});

export const join = (rest: Pick<Join, 'alias' | 'table' | 'on'> & Partial<Join>): Join => ({
  kind: 'source',
  asOf: null,
  at: 0,
  ...rest,
});

export function view(
  sourceName: string,
  features: readonly Feature[],
  rest: Partial<FeatureView> = {},
): FeatureView {
  return {
    source: sourceName,
    moment: null,
    key: [],
    eventTime: null,
    joins: [],
    features,
    request: [],
    materialize: null,
    stale: null,
    at: 0,
    ...rest,
  };
}

export function plan(rest: Partial<Plan>): Plan {
  return {
    version: 'plan/1',
    hash: '0'.repeat(64),
    compiler: '0.0.0',
    environment: null,
    files: ['test.mlp'],
    positions: [{ file: 'test.mlp', line: 1, column: 1, endLine: 1, endColumn: 1 }],
    params: {},
    schemas: {},
    connections: {},
    sources: {},
    sinks: {},
    validations: {},
    components: {},
    views: {},
    models: {},
    deployments: {},
    monitors: {},
    pipelines: {},
    environments: {},
    tests: [],
    graph: { nodes: [], edges: [] },
    steps: [],
    ...rest,
  };
}

function typeOfValue(value: Value): Type {
  if (value === null) return { kind: 'null', optional: true };
  const kinds: Record<string, TypeKind> = { string: 'string', boolean: 'bool' };
  const kind = kinds[typeof value] ?? (Number.isInteger(value) ? 'int' : 'float');
  return { kind, optional: false };
}
