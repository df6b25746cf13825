import { hours, type Module, type Table, type View } from './project.ts';
import { isLabel, isTimed, type Read, ViewReads } from './reads.ts';

/**
 * When values are known, by trying: a row whose event is at hour 0, with every case of its other times. What holds in all
 * cases is proven, what holds in one may happen.
 */
export interface Case {
  /** Hours; columns that say when others are known lie at or after the row's arrival. */
  readonly times: ReadonlyMap<string, number>;
  /** T, in hours. */
  readonly at: number;
}

/** Hours that stand for no limit. */
const long = 1000;

export class Times {
  private readonly modules: readonly Module[];

  constructor(modules: readonly Module[]) {
    this.modules = modules;
  }

  /** Every case of a view's row. */
  cases(view: View): Case[] {
    const { source, declaration, module } = view;
    if (source.kind === 'view' || !declaration.at) return [];
    const lag = source.kind === 'source' ? source.lag : 0;
    const { columns, eventTime } = source.schema;
    const times = columns.map(c => c.name).filter(name => name === 'loaded' || name === 'seen');
    const { column, offset, each } = declaration.at;
    const shift = hours(offset?.duration, module, this.modules) * (offset?.negative ? -1 : 1);
    let all: ReadonlyMap<string, number>[] = [new Map(eventTime ? [[eventTime, 0]] : [])];
    for (const name of times) {
      const arrives = columns.some(c => c.knownAt === name);
      const values = arrives ? [0, 1, 2, 5, 13, 40, long].map(x => lag + x) : [-long, -1, 0, 1, 13, long];
      all = all.flatMap(given => values.map(value => new Map([...given, [name, value]])));
    }
    const moments = [0, 1, 5, 13, 40, long].map(x => lag + x);
    return all.flatMap(given =>
      each
        ? moments.map(at => ({ times: given, at }))
        : [{ times: given, at: given.get(column?.text ?? '')! + shift }],
    );
  }

  /** From when a cell of a row of this table is known, where its times are these. */
  cell(table: Table, column: string, times: ReadonlyMap<string, number>): number {
    if (table.kind === 'view' || !isTimed(table)) return -Infinity;
    const { after, knownAt } = table.schema.columns.find(c => c.name === column)!;
    const told = knownAt === undefined ? -Infinity : times.get(knownAt)!;
    return Math.max(this.least(table, column), after, told);
  }

  /** The least time after its row's event at which a value is known, whatever the row's other times are. */
  least(table: Table, column: string): number {
    if (!isTimed(table)) return 0;
    if (table.kind === 'source') {
      const found = table.schema.columns.find(c => c.name === column);
      return Math.max(table.lag, found?.after ?? 0);
    }
    if (table.kind === 'component') {
      const own = table.schema.columns.find(c => c.name === column)?.after ?? 0;
      return Math.max(0, own, ...originsOf(table, column).map(origin => this.least(...origin)));
    }
    if (!isLabel(table, column)) return 0;
    return Math.max(0, Math.min(...this.cases(table).map(c => this.value(table, column, c) - c.at)));
  }

  /** K of a feature or label in one case. */
  value(view: View, name: string, given: Case): number {
    const reads = new ViewReads(view, this.modules).ofFeature(name);
    return Math.max(-Infinity, ...reads.map(read => this.read(view, read, given)));
  }

  private read(view: View, read: Read, given: Case): number {
    switch (read.kind) {
      case 'own':
        return this.cell(view.source, read.column, given.times);
      case 'feature':
        return this.value(view, read.column, given);
      case 'joined':
        return isTimed(read.table!) ? given.at : -Infinity;
      case 'window': {
        if (!read.window?.window?.next) return given.at;
        const { length } = read.window.window;
        return (
          given.at +
          hours(length, view.module, this.modules) +
          this.delay(read.table!, windowColumns(view, read, this.modules))
        );
      }
      case 'fitted':
        return -Infinity;
    }
  }

  /** How long after the event all of these columns are known at the earliest. */
  delay(table: Table, columns: readonly string[]): number {
    return Math.max(0, ...columns.map(column => this.least(table, column)));
  }

  /** Known at T in every case; T itself is known at T. */
  inTime(view: View, column: string): boolean {
    const { at } = view.declaration;
    if (at?.column?.text === column && !at.offset?.negative) return true;
    return this.isThere(view, column);
  }

  /** Known at T in every case, to those too who only look for the row and do not know its T. */
  isThere(view: View, column: string): boolean {
    return this.cases(view).every(c => this.cell(view.source, column, c.times) <= c.at);
  }

  /** A label that is known at T in every case. */
  decided(view: View, label: string): boolean {
    return this.cases(view).every(c => this.value(view, label, c) <= c.at);
  }
}

import { origins as originsOf } from './project.ts';

/** The columns of other rows that a window waits for: what it reads of them, their time, and what they are grouped by. */
export function windowColumns(view: View, { window, table }: Read, modules: readonly Module[]): string[] {
  const reads = new ViewReads(view, modules);
  const all = reads.features().flatMap(f => reads.ofFeature(f.name));
  const read = all.filter(r => r.kind === 'window' && r.window === window && r.column !== '');
  const time = table?.kind === 'view' ? undefined : table?.schema.eventTime;
  return [...(time ? [time] : []), ...read.map(r => r.column), ...(window?.by ?? []).map(n => n.text)];
}
