import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { children } from '../../../compiler/syntax/visit.ts';
import { annotated, declared, libraryName, type Module, type Table, tableOf, type View } from './project.ts';

/** What an expression of a view reads, found by walking its tree and the trees of all functions that it calls. */
export interface Read {
  readonly kind: 'own' | 'feature' | 'joined' | 'window' | 'fitted';
  readonly column: string;
  /** The joined table, or the window's. */
  readonly table?: Table;
  readonly join?: ast.JoinClause;
  readonly window?: ast.Aggregate;
  /** Only to choose other rows by: of a window, or of the join `by`. */
  readonly key: boolean;
  readonly by?: ast.JoinClause;
  /** Inside of a function that masks. */
  readonly masked: boolean;
}
/** Aggregates of the training rows that are declared to mask. */
const hiding: ReadonlySet<string> = new Set(['mean', 'stddev', 'sum', 'count', 'count_distinct']);

/** A parameter's reads where the function was called. */
type Parameters = ReadonlyMap<string, () => readonly Read[]>;

interface Place {
  readonly module: Module;
  readonly parameters: Parameters;
  /** The rows that plain names are columns of, inside a window. */
  readonly rows?: { readonly table: Table; readonly window: ast.Aggregate };
}

interface FeatureOf {
  readonly name: string;
  readonly label: boolean;
  readonly value: ast.Expression | undefined;
}

export class ViewReads {
  readonly view: View;
  readonly modules: readonly Module[];

  constructor(view: View, modules: readonly Module[]) {
    this.view = view;
    this.modules = modules;
  }

  get items(): readonly ast.FeaturesItem[] {
    return this.view.declaration.items;
  }

  get joins(): readonly ast.JoinClause[] {
    return this.items.filter((item): item is ast.JoinClause => item.kind === 'Join');
  }

  /** Features and labels by name: the expression, or the column that `use` takes over. */
  features(): FeatureOf[] {
    return this.items.flatMap((item): FeatureOf[] => {
      if (item.kind === 'Feature') return [{ name: item.name.text, label: item.label, value: item.value }];
      if (item.kind !== 'Use') return [];
      return item.columns.map(c => ({ name: c.text, label: false, value: undefined }));
    });
  }

  ofFeature(name: string): Read[] {
    const feature = this.features().find(f => f.name === name);
    if (!feature) return [];
    if (!feature.value) return [{ kind: 'own', column: name, key: false, masked: false }];
    return this.of(feature.value, { module: this.view.module, parameters: new Map() });
  }

  /** The own side of a join's condition. */
  ofKeys(join: ast.JoinClause): Read[] {
    return this.pairs(join).flatMap(({ own }) =>
      this.of(own, { module: this.view.module, parameters: new Map() }),
    );
  }

  pairs(join: ast.JoinClause): { own: ast.Expression; other: string }[] {
    const alias = (join.alias ?? join.table).text;
    const found: { own: ast.Expression; other: string }[] = [];
    const visit = (e: ast.Expression): void => {
      if (e.kind !== 'Binary') return;
      if (e.operator === 'and') {
        visit(e.left);
        visit(e.right);
        return;
      }
      const isOther = (x: ast.Expression): x is ast.Member =>
        x.kind === 'Member' && x.object.kind === 'NameExpression' && x.object.name.text === alias;
      if (isOther(e.left)) found.push({ own: e.right, other: e.left.member.text });
      else if (isOther(e.right)) found.push({ own: e.left, other: e.right.member.text });
    };
    visit(join.on);
    return found;
  }

  tableOf(join: ast.JoinClause): Table {
    return tableOf(join.table.text, this.view.module, this.modules)!;
  }

  private of(e: ast.Expression, place: Place): Read[] {
    switch (e.kind) {
      case 'NameExpression':
        return this.named(e.name.text, place);
      case 'Member': {
        if (e.object.kind !== 'NameExpression') return this.of(e.object, place);
        const alias = e.object.name.text;
        const join = this.joins.find(j => (j.alias ?? j.table).text === alias);
        if (!join || place.rows) return [];
        const table = this.tableOf(join);
        const read: Read = { kind: 'joined', column: e.member.text, table, join, key: false, masked: false };
        return [read, ...this.ofKeys(join).map(r => ({ ...r, key: true, by: join }))];
      }
      case 'Call':
        return this.called(e, place);
      case 'Aggregate':
        return this.aggregated(e, place);
      case 'Fitted':
        // One number of the training rows: no cell of the row shows, but what mixes all times or is personal still does.
        return this.of(e.call, place).map(read => ({
          ...read,
          kind: 'fitted',
          table: read.kind === 'own' ? this.view.source : read.kind === 'feature' ? this.view : read.table!,
          masked: read.masked || hiding.has(e.call.kind === 'Call' ? e.call.callee.text : ''),
        }));
      default:
        return children(e).flatMap(child => this.of(child as ast.Expression, place));
    }
  }

  private named(name: string, { parameters, rows }: Place): Read[] {
    const parameter = parameters.get(name);
    if (parameter) return [...parameter()];
    if (rows)
      return hasColumn(rows.table, name)
        ? [{ kind: 'window', column: name, ...rows, key: false, masked: false }]
        : [];
    if (hasColumn(this.view.source, name)) return [{ kind: 'own', column: name, key: false, masked: false }];
    if (this.features().some(f => f.name === name))
      return [{ kind: 'feature', column: name, key: false, masked: false }];
    return [];
  }

  private called(e: ast.Call, place: Place): Read[] {
    const args = (): Read[] => e.args.flatMap(({ value }) => this.of(value, place));
    const found = declared(e.callee.text, place.module, this.modules);
    if (found?.declaration.kind !== 'Function') {
      const masks = ['hash', 'bucket'].includes(libraryName(e.callee.text, place.module) ?? '');
      return args().map(read => (masks ? { ...read, masked: true } : read));
    }
    const { declaration, module } = found;
    const { body, parameters } = declaration;
    const masks = annotated(declaration, 'masks') !== undefined;
    const values = new Map<string, () => readonly Read[]>();
    parameters.forEach((parameter, i) => {
      const named = e.args.find(arg => arg.name?.text === parameter.name.text);
      const argument = named ?? e.args.filter(arg => !arg.name)[i];
      values.set(parameter.name.text, () => (argument ? this.of(argument.value, place) : []));
    });
    const reads =
      body.kind === 'ExpressionBody' ? this.of(body.value, { module, parameters: values }) : args();
    return masks ? reads.map(read => ({ ...read, masked: true })) : reads;
  }

  private aggregated(window: ast.Aggregate, place: Place): Read[] {
    const { table, counts } = this.rowsOf(window, place.module);
    const inside: Place = { module: place.module, parameters: new Map(), rows: { table, window } };
    const time: Read = { kind: 'window', column: '', table, window, key: false, masked: false };
    const keys = window.by.flatMap(({ text }) =>
      this.named(text, { module: place.module, parameters: new Map() }).map(read => ({ ...read, key: true })),
    );
    return [
      time,
      ...(counts ? [] : this.of(window.value, inside)),
      ...(window.where ? this.of(window.where, inside) : []),
      ...keys,
    ];
  }

  private rowsOf({ of, value, callee }: ast.Aggregate, module: Module): { table: Table; counts: boolean } {
    const { source } = this.view;
    const own = { table: source, counts: false };
    if (of) return { table: tableOf(of.text, module, this.modules)!, counts: false };
    if (value.kind !== 'NameExpression' || hasColumn(source, value.name.text)) return own;
    const table = tableOf(value.name.text, module, this.modules);
    return table && callee.text === 'count' ? { table, counts: true } : own;
  }
}

export function hasColumn(table: Table, name: string): boolean {
  if (table.kind !== 'view') return table.schema.columns.some(c => c.name === name);
  return keyOf(table).includes(name) || isFeature(table, name);
}

export const isFeature = ({ declaration }: View, name: string): boolean =>
  declaration.items.some(
    item =>
      (item.kind === 'Feature' && item.name.text === name) ||
      (item.kind === 'Use' && item.columns.some(c => c.text === name)),
  );
export const isLabel = ({ declaration }: View, name: string): boolean =>
  declaration.items.some(item => item.kind === 'Feature' && item.label && item.name.text === name);

export function keyOf(table: Table): readonly string[] {
  if (table.kind !== 'view') return table.schema.key;
  const clause = table.declaration.items.find(item => item.kind === 'Key');
  return clause ? clause.columns.map(c => c.text) : keyOf(table.source);
}

/** Does the table have a time at which its rows are there? */
export function isTimed(table: Table): boolean {
  return table.kind === 'view' ? table.declaration.at !== undefined : table.schema.eventTime !== undefined;
}
