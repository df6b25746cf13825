import { always, atMoment, delayOf, delivered, later, latest, notKnownBy } from './known.ts';
import type {
  At,
  ComponentUse,
  Expr,
  FeatureView,
  Join,
  Known,
  Moment,
  Schema,
  SchemaColumn,
  Source,
  Type,
  ValueEdge,
  WindowExpr,
} from './plan.ts';
import type { Draft } from './steps.ts';

/** The time column under which a view's rows are read by others: its T. */
export const viewTime = '__at';
/** From when a row's labels are known, in a view's table. */
export const viewLabelKnown = '__label_known';

export interface TableColumn {
  /** Of its node in the graph of values: `flights.delay`. */
  readonly id: string;
  readonly type: Type;
  /** In the table's own terms: `event` is its event time. */
  readonly known: Known;
  readonly tags: readonly string[];
  readonly at: At;
}
/** A source, a component's value or a view, seen by who joins it or aggregates over it. */
export interface Table {
  readonly kind: Join['kind'];
  readonly eventTime: string | null;
  readonly key: readonly string[];
  readonly columns: ReadonlyMap<string, TableColumn>;
  readonly at: At;
}

/** Sources are looked at again and again; their tables are kept for as long as source and schema are the same. */
const sourceTables = new WeakMap<Source, { readonly schema: Schema; readonly table: Table }>();

function sourceTable(draft: Draft, name: string): Table | undefined {
  const source = draft.sources[name];
  const schema = source && draft.schemas[source.schema];
  if (!source || !schema) return undefined;
  const kept = sourceTables.get(source);
  if (kept?.schema === schema) return kept.table;
  const columns = schema.columns.map(
    ({ name: column, type, known, tags, at }) =>
      [column, { id: `${name}.${column}`, type, known: delivered(source, schema, known), tags, at }] as const,
  );
  const table: Table = {
    kind: 'source',
    eventTime: schema.eventTime,
    key: schema.key,
    columns: new Map(columns),
    at: source.at,
  };
  sourceTables.set(source, { schema, table });
  return table;
}

/** A derived value is as personal as what it derives from, and is known no earlier, after its row's event time, than what it derives from is after its own. */
function componentTable(draft: Draft, name: string, visited: ReadonlySet<string>): Table | undefined {
  const use = draft.components[name];
  const schema = use && draft.schemas[use.schema];
  if (!use || !schema) return undefined;
  const origins = (column: string): (TableColumn | undefined)[] =>
    (use.derives[column] ?? []).map(id => {
      const origin = splitId(id);
      const table = visited.has(origin.table) ? undefined : tableOf(draft, origin.table, visited);
      return table?.columns.get(origin.column);
    });
  const tags = ({ name: column, tags: own }: SchemaColumn): readonly string[] =>
    !use.masks && !own.includes('pii') && origins(column).some(origin => origin?.tags.includes('pii'))
      ? [...own, 'pii']
      : own;
  const inherited = (column: string): Known => {
    if (schema.eventTime === null) return always;
    const delays = origins(column).map(origin => delayOf(origin?.known ?? always));
    return { latest: [{ base: 'event', offset: Math.max(0, ...delays), at: use.at }] };
  };
  const columns = schema.columns.map(
    column =>
      [
        column.name,
        {
          id: `${name}.${column.name}`,
          type: column.type,
          known: latest(column.known, inherited(column.name)),
          tags: tags(column),
          at: column.at,
        },
      ] as const,
  );
  return {
    kind: 'component',
    eventTime: schema.eventTime,
    key: schema.key,
    columns: new Map(columns),
    at: use.at,
  };
}

const atEvent: Known = { latest: [{ base: 'event', offset: 0 }] };

/** Tables of views, kept until the view has grown. */
const viewTables = new WeakMap<
  FeatureView,
  { readonly features: number; readonly source: Table | undefined; readonly table: Table }
>();

function viewTable(draft: Draft, name: string): Table | undefined {
  const view = draft.views[name];
  if (!view) return undefined;
  const source = rowsOf(draft, view.source);
  const kept = viewTables.get(view);
  if (kept?.features === view.features.length && kept.source === source) return kept.table;
  const table = makeViewTable(name, view, source);
  viewTables.set(view, { features: view.features.length, source, table });
  return table;
}

/** A feature is computed at T; a label is known later, by a constant or by the row's own column. */
function makeViewTable(name: string, view: FeatureView, source: Table | undefined): Table {
  const timed = view.moment !== null;
  const labelKnown = (known: Known): Known => {
    const moments = known.latest.map((m): Moment => {
      if (m.base === 'at') return { ...m, base: 'event' };
      const column = m.base === 'event' ? view.eventTime : m.column;
      if (view.moment?.kind === 'column' && column === view.moment.column)
        return { ...m, base: 'event', offset: m.offset - view.moment.offset };
      return {
        base: 'column',
        column: viewLabelKnown,
        offset: 0,
        ...(m.at === undefined ? {} : { at: m.at }),
      };
    });
    return latest(atEvent, { latest: moments });
  };
  const early = labelKnown(always);
  const columns = new Map<string, TableColumn>();
  for (const key of view.key) {
    const column = source?.columns.get(key);
    if (column) columns.set(key, { ...column, id: `${name}.${key}`, known: timed ? atEvent : always });
  }
  for (const feature of view.features) {
    const known = !timed ? always : feature.label ? labelKnown(feature.known) : early;
    const id = `${name}.${feature.name}`;
    columns.set(feature.name, { id, type: feature.type, known, tags: feature.tags, at: feature.at });
  }
  return { kind: 'view', eventTime: timed ? viewTime : null, key: view.key, columns, at: view.at };
}

export const tableOf = (draft: Draft, name: string, visited: ReadonlySet<string> = none): Table | undefined =>
  rowsOf(draft, name, visited) ?? viewTable(draft, name);
const none: ReadonlySet<string> = new Set();

/** What a component makes never changes, once its inputs are there. */
const componentTables = new WeakMap<ComponentUse, Table>();

/** The tables that views take their rows from. */
function rowsOf(draft: Draft, name: string, visited: ReadonlySet<string> = none): Table | undefined {
  const use = draft.components[name];
  if (!use) return sourceTable(draft, name);
  const kept = componentTables.get(use);
  if (kept) return kept;
  const table = componentTable(draft, name, new Set([...visited, name]));
  if (table && visited.size === 0) componentTables.set(use, table);
  return table;
}

/** `flights.delay` taken apart; names of tables have no point, columns may. */
export function splitId(id: string): { table: string; column: string } {
  const point = id.indexOf('.');
  return point < 0 ? { table: id, column: '' } : { table: id.slice(0, point), column: id.slice(point + 1) };
}

/** Are a table's rows those of a source: itself, a view of it, or what components make of it? */
function hasRowsOf(
  draft: Draft,
  table: string,
  source: string,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (table === source || draft.views[table]?.source === source) return true;
  const use = draft.components[table];
  if (!use || seen.has(table)) return false;
  const inside = new Set([...seen, table]);
  return Object.values(use.inputs).some(input => hasRowsOf(draft, input, source, inside));
}

/**
 * Does a join lead back to the row itself? When the other table has the rows of the same source and the source's whole
 * key is equated with the columns of that name.
 */
export function joinsOwnRow(draft: Draft, view: FeatureView, join: Join): boolean {
  const key = tableOf(draft, view.source)?.key ?? [];
  if (key.length === 0 || !hasRowsOf(draft, join.table, view.source)) return false;
  const isOwn = (own: Expr, name: string): boolean =>
    own.op === 'column' && own.of === 'row' && own.column === name;
  return key.every(name => join.on.some(on => on.other === name && isOwn(on.own, name)));
}

/** The latest K of the columns that a join finds its row by and that are read through it: what it waits for. */
export function joinKnown(draft: Draft, view: FeatureView, alias: string): Known {
  const join = view.joins.find(j => j.alias === alias);
  const table = join && tableOf(draft, join.table);
  if (!table) return always;
  const read = new Set(join.on.map(({ other }) => other));
  const visit = (expr: Expr): void => {
    if (expr.op === 'column' && expr.of === alias) read.add(expr.column);
    for (const child of inside(expr)) visit(child);
  };
  for (const feature of view.features) visit(feature.expr);
  for (const other of view.joins) for (const on of other.on) visit(on.own);
  // A row is found by its time, so that must be known too.
  const event = table.eventTime === null ? always : atEvent;
  const time = table.columns.get(table.eventTime ?? '')?.known ?? always;
  return latest(event, time, ...[...read].map(column => table.columns.get(column)?.known ?? always));
}
const inside = (expr: Expr): readonly Expr[] =>
  expr.op === 'window'
    ? expr.by.map(b => b.own)
    : 'args' in expr && Array.isArray(expr.args)
      ? expr.args
      : [];

/** One value that an expression reads directly. */
export type Read = Omit<ValueEdge, 'to'>;

export interface RowContext {
  readonly draft: Draft;
  readonly name: string;
  readonly view: FeatureView;
}

/** Everything that a feature's expression reads directly, in the order in which it is written. */
export function readsOf(expr: Expr, context: RowContext): Read[] {
  const reads: Read[] = [];
  collect(expr, context, reads);
  return reads;
}

function collect(expr: Expr, context: RowContext, reads: Read[]): void {
  const before = reads.length;
  switch (expr.op) {
    case 'column':
      if (expr.of === 'row')
        reads.push({ from: idOf(context.view.source, expr.column, context.draft), via: 'row', at: expr.at });
      else joinedRead(expr.of, expr.column, expr.at, context, reads);
      break;
    case 'feature':
      reads.push({ from: idOf(context.name, expr.name, context.draft), via: 'row', at: expr.at });
      break;
    case 'window':
      windowRead(expr, context, reads);
      break;
    case 'fitted':
    case 'call':
    case 'table_aggregate':
      for (let i = 0; i < expr.args.length; i++) collect(expr.args[i]!, context, reads);
      if (expr.op === 'fitted') fits(reads, before);
      break;
    case 'drift':
      collect(expr.value, context, reads);
      break;
  }
  if (expr.masks) change(reads, before, { masked: true });
}

/** Tells more of the reads that were added since. */
function change(reads: Read[], since: number, more: Partial<Read>): void {
  for (let i = since; i < reads.length; i++) reads[i] = { ...reads[i]!, ...more };
}

/** The reads that were added since are of training rows. What those are looked up by does not show in the value. */
function fits(reads: Read[], since: number): void {
  for (let i = since; i < reads.length; i++) {
    const read = reads[i]!;
    reads[i] = { ...read, via: 'fitted', ...(read.via === 'key' ? { masked: true } : {}) };
  }
}

/** The reads that were added since only choose the rows of a window, or of a join. */
function chooses(reads: Read[], since: number, alias?: string): void {
  for (let i = since; i < reads.length; i++) {
    const read = reads[i]!;
    const other = read.joined || read.via === 'join' || read.via === 'view';
    const named = alias === undefined ? {} : { alias };
    reads[i] = { ...read, via: 'key', ...named, ...(other ? { joined: true } : {}) };
  }
}

function windowRead(expr: WindowExpr, context: RowContext, reads: Read[]): void {
  const via = expr.direction === 'past' ? 'window' : 'ahead';
  for (const e of [expr.value, expr.where])
    for (const { column, at, masked } of e ? otherColumns(e) : [])
      reads.push({
        from: idOf(expr.table, column, context.draft),
        via,
        ...(masked ? { masked } : {}),
        at,
      });
  reads.push({ from: idOf(expr.table, expr.eventTime, context.draft), via, at: expr.at });
  const before = reads.length;
  for (const { own } of expr.by) collect(own, context, reads);
  chooses(reads, before);
}

/** The name of a node, the one text for all that speak of it where there is such a column. */
export const idOf = (table: string, column: string, draft: Draft): string =>
  tableOf(draft, table)?.columns.get(column)?.id ?? `${table}.${column}`;

function joinedRead(alias: string, column: string, at: At, context: RowContext, reads: Read[]): void {
  const join = context.view.joins.find(j => j.alias === alias);
  if (!join) return;
  const known = tableOf(context.draft, join.table)?.columns.get(column)?.known ?? always;
  const own = joinsOwnRow(context.draft, context.view, join) && seesOwnRow(join, column, known, context);
  const via = own ? 'row' : join.kind === 'view' ? 'view' : 'join';
  reads.push({ from: idOf(join.table, column, context.draft), via, alias, at });
  const before = reads.length;
  for (const on of join.on) collect(on.own, context, reads);
  chooses(reads, before, alias);
}

/**
 * A join that leads back to the row itself may find it, unless all that it finds lies after T for certain: its moment, and
 * from when the value is known.
 */
function seesOwnRow(join: Join, column: string, known: Known, { draft, view }: RowContext): boolean {
  const { moment, eventTime } = view;
  if (!join.asOf || moment === null || moment.kind !== 'column') return true;
  const lag = draft.sources[view.source]?.lag ?? 0;
  const arrivals = arrivalsOf(tableOf(draft, view.source));
  const after = (name: string | null | undefined, offset: number): boolean => {
    if (name === moment.column) return offset > moment.offset;
    const arrives = typeof name === 'string' && arrivals.has(name) && moment.column === eventTime;
    return arrives && offset + lag > moment.offset;
  };
  const other = draft.views[join.table];
  // What is no view has the times of the row. A grid begins when the row arrives.
  if (!other) return ![...atEvent.latest, ...known.latest].some(m => after(m.column ?? eventTime, m.offset));
  const from = other.moment?.kind === 'column' ? other.moment : { column: eventTime, offset: lag };
  if (after(from.column, from.offset + delayOf(known))) return false;
  // A label of the same row is there when what it is computed from is.
  const label = other.features.find(feature => feature.label && feature.name === column);
  return !label?.known.latest.some(m => m.base !== 'at' && after(m.column ?? eventTime, m.offset));
}

function otherColumns(expr: Expr, hidden = false): { column: string; at: At; masked: boolean }[] {
  const masked = hidden || expr.masks === true;
  if (expr.op === 'column') return [{ column: expr.column, at: expr.at, masked }];
  return 'args' in expr && Array.isArray(expr.args)
    ? expr.args.flatMap(arg => otherColumns(arg, masked))
    : [];
}

/** Moments of a known time of a view's row that are not provably by T. */
export function lateOf(known: Known, view: FeatureView, draft: Draft): readonly Moment[] {
  if (known.latest.length === 0 || view.moment === null) return known.latest.length === 0 ? known.latest : [];
  const lag = draft.sources[view.source]?.lag ?? 0;
  const onEvent = view.moment.kind !== 'column' || view.moment.column === view.eventTime;
  const arrivals = onEvent ? none : arrivalsOf(tableOf(draft, view.source));
  return notKnownBy(known, view.moment, { eventTime: view.eventTime, lag, arrivals });
}

/** Is any of the moments not provably by T? */
export const isLate = (known: Known, view: FeatureView, draft: Draft): boolean =>
  known.latest.length > 0 && lateOf(known, view, draft).length > 0;

/** Columns that say when others are known. */
function arrivalsOf(table: Table | undefined): ReadonlySet<string> {
  const arrivals = new Set<string>();
  for (const column of table?.columns.values() ?? [])
    for (const m of column.known.latest) if (m.column !== undefined && m.offset === 0) arrivals.add(m.column);
  return arrivals;
}

/** K of an expression in a view's terms: the latest of what it reads. */
export function knownOf(expr: Expr, context: RowContext): Known {
  const { draft, view } = context;
  switch (expr.op) {
    case 'column': {
      if (expr.of === 'row') return tableOf(draft, view.source)?.columns.get(expr.column)?.known ?? always;
      const join = view.joins.find(j => j.alias === expr.of);
      if (!join) return always;
      return latest(join.asOf ? atMoment() : always, ...join.on.map(on => knownOf(on.own, context)));
    }
    case 'feature':
      return view.features.find(f => f.name === expr.name)?.known ?? always;
    case 'window': {
      const ahead = expr.direction === 'next' ? expr.length + delayOf(expr.known) : 0;
      return latest(atMoment(ahead, expr.at), ...expr.by.map(({ own }) => knownOf(own, context)));
    }
    case 'call': {
      let known = always;
      for (let i = 0; i < expr.args.length; i++) known = later(known, knownOf(expr.args[i]!, context));
      return known;
    }
    default:
      return always;
  }
}
