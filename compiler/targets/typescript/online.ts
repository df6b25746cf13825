import { type StatementStructures, StructureKind, VariableDeclarationKind } from 'ts-morph';
import type { Expr, Feature, FeatureView, Join, Known, WindowExpr } from '../../plan/plan.ts';
import { tableOf as readTable } from '../../plan/reads.ts';
import { aggregated } from '../../sql/aggregates.ts';
import { columnsOf, inlined, tieBreakers } from '../../sql/view/terms.ts';
import { durationCode } from './durations.ts';
import { type ExpressionNames, printExpression } from './expression.ts';
import { camelCase, type Names } from './identifiers.ts';
import { code, type LiteralValue, literal, property, propertyName } from './literal.ts';
import { docText, from, type Imports, type ProgramNames } from './project.ts';
import { joinOf, type Reads } from './reads.ts';
import type { RowTypes } from './row-types.ts';

/** What a file with a view's reads is made of. */
interface Place {
  readonly program: ProgramNames;
  readonly view: FeatureView;
  readonly imports: Imports;
  readonly types: RowTypes;
  /** Names of the file's declarations. */
  readonly names: Names;
}

/**
 * How the context of the features' function is found online, a constant for each join and window, and `reads`, which
 * names them all; none where the features read their own row alone.
 */
export function readsStatements(place: Place, reads: Reads): StatementStructures[] {
  const aliases = aliasesOf(place.view, reads);
  const joins = aliases.map(alias => new ReadWriter(place).join(alias, aliases, reads));
  const windows = reads.windows.map(read =>
    new ReadWriter(place).window(read.name, read.feature, read.window),
  );
  const { view } = place;
  place.imports.add('ViewReads', 'mlp-runtime');
  const value = literal({
    source: view.source,
    request: requestOf(place, [...reads.row, ...[...joins, ...windows].flatMap(({ row }) => row)]),
    joins: Object.fromEntries(joins.map(({ key, name }) => [key, code(name)])),
    windows: Object.fromEntries(windows.map(({ key, name }) => [key, code(name)])),
    every: duration(place, view.materialize),
    stale: view.stale === null ? null : { ...view.stale, after: duration(place, view.stale.after) },
  });
  return [
    ...[...joins, ...windows].map(({ statement }) => statement),
    declared('reads', 'ViewReads', value, 'How the context of the features is found online.', '', true),
  ];
}

/** Joins that features, and keys and windows of what they read, need; in the order of the spec. */
function aliasesOf(view: FeatureView, reads: Reads): string[] {
  const needed = new Set(reads.joins.keys());
  const all = view.joins.map(join => join.alias);
  for (const { window } of reads.windows)
    for (const alias of all) if (windowReads(view, window, alias).length > 0) needed.add(alias);
  // A key reads joins before its own, so going backwards finds all.
  for (const join of [...view.joins].reverse())
    if (needed.has(join.alias))
      for (const alias of all)
        if (join.on.some(({ own }) => columnsOf(inlined(own, view.features), alias).length > 0))
          needed.add(alias);
  return all.filter(alias => needed.has(alias));
}

/** Columns of the row, or of a join, that a window's key, value and condition read. */
const windowReads = (view: FeatureView, window: WindowExpr, of: string): string[] => [
  ...window.by.flatMap(({ own }) => columnsOf(inlined(own, view.features), of)),
  ...columnsOf(window.value, of),
  ...columnsOf(window.where, of),
];

/** What a request carries: the columns that features and keys read, and those by which the row is told in its windows. */
function requestOf({ program, view }: Place, own: readonly string[]): string[] {
  const told = view.features.flatMap(feature =>
    feature.label ? [] : windowsIn(feature.expr).flatMap(window => selfOf(view, window, program) ?? []),
  );
  const read = new Set([...view.request, ...view.key, ...own, ...told]);
  const columns = [...(readTable(program.plan, view.source)?.columns.keys() ?? [])];
  return columns.filter(column => read.has(column));
}

const windowsIn = (expr: Expr): WindowExpr[] =>
  expr.op === 'window' ? [expr] : expr.op === 'call' ? expr.args.flatMap(windowsIn) : [];

/** A row may lie in its own window where T is later than its event; the columns that tell it from others. */
function selfOf(view: FeatureView, window: WindowExpr, { plan }: ProgramNames): string[] | undefined {
  const { moment } = view;
  const never = moment?.kind === 'column' && moment.column === view.eventTime && moment.offset <= 0;
  if (window.table !== view.source || window.direction !== 'past' || never) return undefined;
  const key = readTable(plan, view.source)?.key ?? [];
  return key.length > 0 ? [...key] : [...new Set([window.eventTime, ...view.request, ...view.key])];
}

interface Written {
  /** Under which name the context has it. */
  readonly key: string;
  /** The constant's name. */
  readonly name: string;
  readonly statement: StatementStructures;
  /** Columns of the row itself that it reads. */
  readonly row: readonly string[];
}

class ReadWriter {
  private readonly place: Place;
  /** What the functions of this read take of the row itself, and of joined rows. */
  private readonly row = new Set<string>();
  private readonly joined = new Map<string, Set<string>>();

  constructor(place: Place) {
    this.place = place;
  }

  join(alias: string, aliases: readonly string[], reads: Reads): Written {
    const { view, imports, program, names } = this.place;
    const join = joinOf(view, alias);
    const key = this.key(join.on);
    const columns = joinColumns(view, alias, aliases, reads);
    const fields = {
      table: join.table,
      key,
      after: this.after(),
      columns,
      asOf: join.asOf === null ? null : this.asOf(join, join.asOf, columns),
    };
    imports.add('JoinRead', 'mlp-runtime');
    const name = names.of(`join ${alias}`, camelCase(`${alias} join`));
    const doc = `The row of \`${join.table}\` that \`${alias}\` stands for.`;
    const where = from(program.plan, join.at);
    const type = `JoinRead<${this.parameters()}>`;
    return {
      key: alias,
      name,
      row: [...this.row],
      statement: declared(name, type, literal(fields), doc, where),
    };
  }

  private asOf(join: Join, asOf: NonNullable<Join['asOf']>, columns: readonly string[]): LiteralValue {
    const known = asOf.known.latest.flatMap(m => (m.base === 'column' ? [m.column!] : []));
    const ties = tieBreakers(this.place.program.plan, join.table, asOf.known);
    return {
      eventTime: asOf.eventTime,
      known: knownReads(this.place, asOf.known, asOf.eventTime),
      within: duration(this.place, asOf.within),
      order: [...new Set([...known, ...ties, ...columns])],
    };
  }

  window(context: string, feature: Feature, window: WindowExpr): Written {
    const { view, imports, program, names, types } = this.place;
    const key = this.key(window.by);
    const value = window.value === null ? null : aggregated(window.aggregate, window.value);
    const [valueText, whereText] = [value, window.where].map(expr =>
      expr === null ? undefined : this.ofOther(expr),
    );
    const columns = [...new Set([...columnsOf(value, 'other'), ...columnsOf(window.where, 'other')])];
    const ordered = /^(first|last)$/.test(window.aggregate);
    const ties = ordered ? tieBreakers(program.plan, window.table, window.known) : [];
    const inside = [value, window.where].filter(expr => expr !== null);
    const readsRow = inside.some(expr => readsOther(expr));
    const fields = {
      table: window.table,
      key,
      after: this.after(),
      eventTime: window.eventTime,
      known: knownReads(this.place, window.known, window.eventTime),
      length: duration(this.place, window.length),
      aggregate: window.aggregate,
      args: window.args === undefined ? undefined : Object.values(window.args).map(Number),
      columns,
      value: valueText,
      where: whereText,
      readsRow: readsRow || undefined,
      order: ordered ? [...new Set([...ties, ...columnsOf(value, 'other')])] : undefined,
      self: selfOf(view, window, program),
    };
    imports.add('WindowRead', 'mlp-runtime');
    const name = names.of(`window ${context}`, camelCase(`${context} window`));
    const doc = `The window in \`${feature.name}\`.`;
    const [row, joined] = [this.rowType(), this.joinedType()];
    const type = `WindowRead<${row}, ${types.pick(window.table, columns)}${joined === 'object' ? '' : `, ${joined}`}>`;
    return {
      key: context,
      name,
      row: [...this.row],
      statement: declared(name, type, literal(fields), doc, from(program.plan, window.at)),
    };
  }

  private key(on: readonly { readonly own: Expr; readonly other: string }[]): LiteralValue {
    const { view } = this.place;
    return on.map(({ own, other }) => {
      const expr = inlined(own, view.features);
      const text = this.print(expr);
      return { own: code(`${this.parametersOf(expr, false)} => ${text}`), other };
    });
  }

  private ofOther(expr: Expr): LiteralValue {
    const text = this.print(expr);
    return code(`${this.parametersOf(expr, true)} => ${text}`);
  }

  /** `row`, `(row, joined)`: no more parameters than the body reads, an underscore before those that it does not. */
  private parametersOf(expr: Expr, other: boolean): string {
    const joined = this.place.view.joins.some(({ alias }) => columnsOf(expr, alias).length > 0);
    const row = columnsOf(expr, 'row').length > 0;
    const all: [string, boolean][] = [
      ...(other ? [['other', columnsOf(expr, 'other').length > 0] as [string, boolean]] : []),
      ['row', row],
      ['joined', joined],
    ];
    const last = all.findLastIndex(([, read]) => read);
    const names = all.slice(0, last + 1).map(([name, read]) => (read ? name : `_${name}`));
    return names.length === 1 ? names[0]! : `(${names.join(', ')})`;
  }

  private print(expr: Expr): string {
    const { imports } = this.place;
    const names: ExpressionNames = {
      column: ({ of, column }) => {
        if (of === 'other') return property('other', column);
        if (of === 'row') {
          this.row.add(column);
          return property('row', column);
        }
        this.joined.set(of, (this.joined.get(of) ?? new Set()).add(column));
        const dot = property(`${property('joined', of)}?`, column).replace(/\?\[/, '?.[');
        return `(${dot} ?? null)`;
      },
      feature: ref => {
        throw new Error(`the feature ${ref.name} is not written out`);
      },
      window: () => {
        throw new Error('a window has no place in a key');
      },
      team: fn => {
        imports.namespace('team', '../functions.js');
        return `team.${this.place.program.functions.get(fn)!}`;
      },
      use: name => {
        imports.add(name, 'mlp-runtime', { type: false });
        return name;
      },
    };
    const text = printExpression(expr, names);
    return text.startsWith('{') ? `(${text})` : text;
  }

  private after(): LiteralValue | undefined {
    return this.joined.size === 0 ? undefined : [...this.joined.keys()];
  }

  private rowType(): string {
    return this.place.types.pick(this.place.view.source, [...this.row]);
  }
  private joinedType(): string {
    const fields = [...this.joined].map(([alias, columns]) => {
      const row = this.place.types.pick(joinOf(this.place.view, alias).table, [...columns]);
      return `readonly ${propertyName(alias)}: (${row}) | null`;
    });
    return fields.length === 0 ? 'object' : `{ ${fields.join('; ')} }`;
  }
  private parameters(): string {
    const joined = this.joinedType();
    return joined === 'object' ? this.rowType() : `${this.rowType()}, ${joined}`;
  }
}

/** Columns of the joined row that features, other keys and windows read. */
function joinColumns(view: FeatureView, alias: string, aliases: readonly string[], reads: Reads): string[] {
  const ofKeys = view.joins
    .filter(join => aliases.includes(join.alias))
    .flatMap(join => join.on.flatMap(({ own }) => columnsOf(inlined(own, view.features), alias)));
  const ofWindows = reads.windows.flatMap(({ window }) => windowReads(view, window, alias));
  return [...new Set([...(reads.joins.get(alias) ?? []), ...ofKeys, ...ofWindows])];
}

function readsOther(expr: Expr): boolean {
  if (expr.op === 'column') return expr.of !== 'other';
  return expr.op === 'call' && expr.args.some(readsOther);
}

/** When a row of the other table is known, each moment once. */
function knownReads(place: Place, known: Known, eventTime: string): LiteralValue[] {
  const moments = known.latest.map(({ base, column, offset }) => ({
    column: base === 'column' ? column! : eventTime,
    after: offset,
  }));
  const each = new Map(moments.map(moment => [JSON.stringify(moment), moment]));
  return [...each.values()].map(({ column, after }) => ({ column, after: duration(place, after) }));
}

/** Milliseconds as they are read: `7 * DAY`. */
function duration({ imports }: Place, milliseconds: number | null): LiteralValue {
  if (milliseconds === null) return null;
  return code(
    durationCode(milliseconds, name => {
      imports.add(name, 'mlp-runtime', { type: false });
      return name;
    }),
  );
}

const declared = (
  name: string,
  type: string,
  initializer: string,
  doc: string,
  leadingTrivia: string,
  isExported = false,
): StatementStructures => ({
  kind: StructureKind.VariableStatement,
  isExported,
  declarationKind: VariableDeclarationKind.Const,
  leadingTrivia,
  docs: [docText(doc)],
  declarations: [{ name, type, initializer }],
});
