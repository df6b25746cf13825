import type * as ast from '../../../compiler/syntax/ast/index.ts';
import {
  declared,
  type Files,
  hours,
  type Module,
  origins,
  parsed,
  type Table,
  tableOf,
  type View,
} from './project.ts';
import { isFeature, isLabel, isTimed, keyOf, type Read, ViewReads } from './reads.ts';
import { Times, windowColumns } from './times.ts';

/** `Main.f` → the codes that its flow deserves, by the definitions of the language reference and no graph. */
export type Verdict = ReadonlyMap<string, ReadonlySet<string>>;

export function judge(files: Files): Verdict {
  return new Judge(parsed(files)).verdict();
}

class Judge {
  private readonly modules: readonly Module[];
  private readonly times: Times;
  private readonly codes = new Map<string, Set<string>>();
  /** Labels of which a feature tells. */
  private readonly told = new Set<string>();

  constructor(modules: readonly Module[]) {
    this.modules = modules;
    this.times = new Times(modules);
  }

  verdict(): Verdict {
    const views = this.modules.flatMap(module =>
      module.tree.declarations
        .filter((d): d is ast.FeaturesDeclaration => d.kind === 'Features')
        .map(d => tableOf(d.name.text, module, this.modules) as View),
    );
    for (const [view, feature] of this.leaks(views)) this.add(`${view.name}.${feature}`, 'MLP4001');
    for (const view of views) {
      const reads = new ViewReads(view, this.modules);
      for (const join of reads.joins) this.judgeJoin(join, view, reads);
      for (const { name, label } of reads.features()) this.judgeFeature(name, label, view, reads);
    }
    return this.codes;
  }

  private add(what: string, code: string): void {
    this.codes.set(what, (this.codes.get(what) ?? new Set()).add(code));
  }

  private judgeFeature(name: string, label: boolean, view: View, reads: ViewReads): void {
    const id = `${view.name}.${name}`;
    const direct = reads.ofFeature(name);
    if (direct.some(read => !read.masked && !read.key && this.tellsPersonal(read, view)))
      this.add(id, 'MLP4201');
    if (!isTimed(view)) return;
    for (const read of direct.filter(r => r.kind === 'window' && r.column === ''))
      this.judgeWindow(id, label, read, view);
    if (label) {
      if (!this.told.has(id) && this.isPast(view, name, new Set())) this.add(id, 'MLP4103');
      return;
    }
    for (const read of direct) {
      const late =
        (read.kind === 'own' && !this.times.inTime(view, read.column)) ||
        (read.kind === 'feature' && isLabel(view, read.column) && !this.times.decided(view, read.column));
      // What is one value for all times is wrong whenever it is known, so that is told alone.
      if (this.mixes(...cellOf(read, view))) this.add(id, 'MLP4007');
      else if (late) this.add(id, 'MLP4002');
    }
  }

  /** Does all that a label or feature reads lead to rows of the past, and is there such a row? */
  private isPast(view: View, name: string, seen: Set<string>): boolean {
    seen.add(name);
    const views = new ViewReads(view, this.modules);
    const reads = views.ofFeature(name).filter(read => !read.key);
    const past = (read: Read): boolean => {
      switch (read.kind) {
        case 'window':
          return read.window?.window?.next !== true;
        case 'joined':
          return isTimed(read.table!) && !this.findsOwnRow(read, view, views);
        case 'feature':
          return seen.has(read.column) || this.isPast(view, read.column, seen);
        default:
          return false;
      }
    };
    return reads.length > 0 && reads.every(past);
  }

  private judgeWindow(id: string, label: boolean, read: Read, view: View): void {
    const { window, table } = read;
    if (!window?.window || !table) return;
    const length = hours(window.window.length, view.module, this.modules);
    if (window.window.next) {
      if (!label) this.add(id, 'MLP4004');
    } else {
      const delay = this.times.delay(table, windowColumns(view, read, this.modules));
      if (delay > 0 && length <= delay) this.add(id, 'MLP4003');
    }
    if (this.notThere(table)) this.add(id, 'MLP4009');
  }

  private judgeJoin(join: ast.JoinClause, view: View, reads: ViewReads): void {
    const alias = (join.alias ?? join.table).text;
    const id = `${view.name} join ${alias}`;
    const table = reads.tableOf(join);
    if (!isTimed(view) || !isTimed(table)) return;
    const pairs = reads.pairs(join);
    if (table.kind === 'view' && keyOf(table).some(key => !pairs.some(({ other }) => other === key)))
      this.add(id, 'MLP4008');
    if (this.notThere(table)) this.add(id, 'MLP4009');
    if (!join.within) return;
    const read = [
      ...reads.features().flatMap(f => reads.ofFeature(f.name)),
      ...reads.joins.flatMap(other => reads.ofKeys(other)),
    ].filter(r => r.join && aliasOf(r.join) === alias && r.table!.name === table.name);
    const columns = [...pairs.map(({ other }) => other), ...read.map(r => r.column)];
    const time = table.kind === 'view' ? [] : [table.schema.eventTime!];
    const delay = this.times.delay(table, [...columns, ...time]);
    if (hours(join.within, view.module, this.modules) < delay) this.add(id, 'MLP4005');
  }

  /** A view whose rows may not have arrived at its T, or whose T or key may not be known then. */
  private notThere(table: Table): boolean {
    if (table.kind !== 'view' || !isTimed(table) || table.source.kind === 'view') return false;
    const time = table.source.schema.eventTime;
    if (time === undefined) return false;
    const moment = table.declaration.at?.column?.text;
    return [time, ...(moment ? [moment] : []), ...keyOf(table)].some(
      column => !this.times.isThere(table, column),
    );
  }

  /** Is the value computed from all rows of a table with a time, by a component that makes rows without one? */
  private mixes(table: Table, column: string): boolean {
    if (table.kind === 'source') return false;
    if (table.kind === 'component') {
      const from = column === '' ? table.schema.eventTime! : column;
      return origins(table, from).some(origin =>
        isTimed(origin[0]) ? !isTimed(table) : this.mixes(...origin),
      );
    }
    if (isTimed(table)) return false;
    if (!isFeature(table, column)) return this.mixes(table.source, column);
    const reads = new ViewReads(table, this.modules).ofFeature(column);
    return reads.some(read => this.mixes(...cellOf(read, table)));
  }

  /** Declared personal, or made by a component from what is; features are judged where they are computed. */
  private tellsPersonal(read: Read, view: View): boolean {
    const [table, column] = cellOf(read, view);
    return read.kind !== 'feature' && this.isPersonal(table, column);
  }

  private isPersonal(table: Table, column: string): boolean {
    if (table.kind === 'view') return !isFeature(table, column) && this.isPersonal(table.source, column);
    if (table.schema.columns.some(c => c.name === column && c.personal)) return true;
    if (table.kind === 'source' || table.masks || column === '') return false;
    return origins(table, column).some(origin => this.isPersonal(...origin));
  }

  /** Features that read a cell the label is computed from; the first one on the way, not those that read it again. */
  private leaks(views: readonly View[]): [View, string][] {
    const pairs = this.pairs(views);
    const leaking = new Set<string>();
    const judged = new Set<string>();
    const judgeOne = (view: View, name: string): void => {
      const id = `${view.name}.${name}`;
      if (judged.has(id)) return;
      judged.add(id);
      const reads = new ViewReads(view, this.modules).ofFeature(name);
      // What it reads is judged before it.
      for (const read of reads) {
        const [table, column] = cellOf(read, view);
        if (table.kind === 'view' && isFeature(table, column)) judgeOne(table, column);
      }
      for (const [labelView, label] of pairs.get(id) ?? [])
        if (!leaking.has(id) && this.leaksTo(view, name, labelView, label, leaking)) {
          leaking.add(id);
          this.told.add(`${labelView.name}.${label}`);
        }
    };
    for (const view of views)
      for (const { name } of new ViewReads(view, this.modules).features()) judgeOne(view, name);
    return views.flatMap(view =>
      new ViewReads(view, this.modules)
        .features()
        .filter(({ name }) => leaking.has(`${view.name}.${name}`))
        .map(({ name }): [View, string] => [view, name]),
    );
  }

  /** The labels that a feature is told beside: of the models that take it, or of its view where no model takes that. */
  private pairs(views: readonly View[]): Map<string, [View, string][]> {
    const pairs = new Map<string, [View, string][]>();
    const used = new Set<string>();
    const pair = (view: View, feature: string, labelView: View, label: string): void => {
      const id = `${view.name}.${feature}`;
      pairs.set(id, [...(pairs.get(id) ?? []), [labelView, label]]);
    };
    const of = (view: View) => new ViewReads(view, this.modules).features();
    for (const module of this.modules)
      for (const model of module.tree.declarations) {
        if (model.kind !== 'Model') continue;
        const takes = model.items.find(item => item.kind === 'ModelFeatures')!;
        const predicts = model.items.find(item => item.kind === 'Predict')!.label.text;
        const taken = takes.views.map(
          name => views.find(v => v.declaration === declared(name.text, module, this.modules)?.declaration)!,
        );
        const labelView = taken.find(view => isLabel(view, predicts))!;
        for (const view of taken) {
          used.add(view.name);
          for (const { name, label } of of(view))
            if (!label && !takes.without.some(left => left.text === name))
              pair(view, name, labelView, predicts);
        }
      }
    for (const view of views)
      if (!used.has(view.name))
        for (const { name, label } of of(view))
          for (const other of of(view)) if (!label && other.label) pair(view, name, view, other.name);
    return pairs;
  }

  private leaksTo(
    view: View,
    name: string,
    labelView: View,
    label: string,
    leaking: ReadonlySet<string>,
  ): boolean {
    const cells = this.cells(view, name, 'value', view, leaking);
    const answer = this.cells(labelView, label, 'value', labelView, new Set());
    const decided = !isTimed(labelView) || this.times.decided(labelView, label);
    for (const cell of [...cells, `feature ${view.name}.${name}`]) {
      const [kind, what] = split(cell);
      if (kind === 'feature' && leaking.has(what)) continue;
      const hits =
        kind === 'own'
          ? answer.has(cell) || answer.has(`lookup ${what}`)
          : kind === 'key' || kind === 'lookup'
            ? answer.has(`own ${what}`)
            : kind === 'label'
              ? what === `${labelView.name}.${label}` || answer.has(cell)
              : decided && answer.has(cell);
      if (hits) return true;
    }
    return false;
  }

  /**
   * All cells of the row itself that a feature reads through features, components and look-ups of the row itself; cells of
   * other rows by how they are looked up. `key`: only to look something up; `lookup`: in a table without time.
   */
  private cells(
    view: View,
    name: string,
    mode: 'value' | 'key' | 'lookup',
    home: View,
    leaking: ReadonlySet<string>,
    depth = 0,
  ): Set<string> {
    const found = new Set<string>();
    if (depth > 30) return found;
    const add = (cells: Iterable<string>): void => {
      for (const cell of cells) found.add(cell);
    };
    const reads = new ViewReads(view, this.modules);
    for (const read of reads.ofFeature(name)) {
      if (read.kind === 'window' || read.kind === 'fitted') continue;
      const timed = !read.by || (isTimed(view) && isTimed(reads.tableOf(read.by)));
      const keyed = timed ? 'key' : 'lookup';
      const how = mode !== 'value' ? mode : read.key ? keyed : 'value';
      add(this.cellsOf(read, how, view, reads, home, leaking, depth));
    }
    return found;
  }

  private cellsOf(
    read: Read,
    how: 'value' | 'key' | 'lookup',
    view: View,
    reads: ViewReads,
    home: View,
    leaking: ReadonlySet<string>,
    depth: number,
  ): Set<string> {
    const [table, column] = cellOf(read, view);
    if (read.kind === 'joined') {
      const own = this.findsOwnRow(read, view, reads);
      if (!own && !(this.made(table, view.source) && !isTimed(table))) {
        // Another row's value by which a further one is looked up.
        if (read.key) return new Set();
        const by = reads.pairs(read.join!).map(({ own: e, other }) => `${other}=${text(e)}`);
        return new Set([`other ${table.name}.${column} by ${by.sort().join()}`]);
      }
    }
    return this.through(table, column, how, home, leaking, depth);
  }

  /** The cells behind a value of the row itself. */
  private through(
    table: Table,
    column: string,
    how: 'value' | 'key' | 'lookup',
    home: View,
    leaking: ReadonlySet<string>,
    depth: number,
  ): Set<string> {
    if (table.name === home.source.name) return new Set([`${how === 'value' ? 'own' : how} ${column}`]);
    if (table.kind === 'component') {
      const all = origins(table, column).flatMap(origin => [
        ...this.through(...origin, how, home, leaking, depth + 1),
      ]);
      return new Set(all);
    }
    if (table.kind === 'source') return new Set();
    if (!isFeature(table, column)) return this.through(table.source, column, how, home, leaking, depth + 1);
    const id = `${table.name}.${column}`;
    const found = new Set<string>();
    if (how === 'value') found.add(`${isLabel(table, column) ? 'label' : 'feature'} ${id}`);
    if (!leaking.has(id))
      for (const cell of this.cells(table, column, how, home, leaking, depth + 1)) found.add(cell);
    return found;
  }

  /** Are the rows of a table made, by components alone, from those of another? */
  private made(table: Table, from: Table): boolean {
    if (table.kind !== 'component') return false;
    return table.inputs.some(input => input.name === from.name || this.made(input, from));
  }

  /** Does a join lead back to the row itself, by its source's whole key, and may that be there at T? */
  private findsOwnRow(read: Read, view: View, reads: ViewReads): boolean {
    const table = read.table!;
    const { source } = view;
    const key = keyOf(source);
    const same =
      table.name === source.name ||
      this.made(table, source) ||
      (table.kind === 'view' && table.source.name === source.name);
    if (key.length === 0 || !same) return false;
    const pairs = reads.pairs(read.join!);
    const whole = key.every(name =>
      pairs.some(
        ({ own, other }) => other === name && own.kind === 'NameExpression' && own.name.text === name,
      ),
    );
    if (!whole) return false;
    if (!isTimed(view) || !isTimed(table)) return true;
    // Both rows have the same times, so each case of one is one of the other.
    return this.times.cases(view).some(given => this.seenAt(table, read.column, given));
  }

  private seenAt(
    table: Table,
    column: string,
    given: { times: ReadonlyMap<string, number>; at: number },
  ): boolean {
    if (table.kind === 'component') return this.times.least(table, column) <= given.at;
    if (table.kind === 'source') return Math.max(0, this.times.cell(table, column, given.times)) <= given.at;
    const cases = this.times
      .cases(table)
      .filter(c => [...c.times].every(([name, time]) => given.times.get(name) === time));
    return cases.some(c => {
      const known = isLabel(table, column) ? this.times.value(table, column, c) : c.at;
      return Math.max(c.at, known) <= given.at;
    });
  }
}

/** The table and column of what is read; the column is empty for a window's time. */
function cellOf(read: Read, view: View): [Table, string] {
  if (read.kind === 'own') return [view.source, read.column];
  if (read.kind === 'feature') return [view, read.column];
  return [read.table!, read.column];
}

const aliasOf = (join: ast.JoinClause): string => (join.alias ?? join.table).text;

function split(cell: string): [string, string] {
  const space = cell.indexOf(' ');
  return [cell.slice(0, space), cell.slice(space + 1)];
}

/** An expression as text, wherever it is written. */
const text = (e: ast.Expression): string =>
  JSON.stringify(e, (key, value: unknown) =>
    /span/i.test(key) ? undefined : typeof value === 'bigint' ? String(value) : value,
  );
