import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, meaning, type Rule } from './grammar.ts';

/** `monitor lateness_watch on lateness_api { … }` */
export interface MonitorRules {
  readonly monitorDeclaration: Rule<ast.MonitorDeclaration>;
  readonly monitorItem: Rule<ast.MonitorItem>;
  readonly every: Rule<ast.Every>;
  readonly labelsFrom: Rule<ast.LabelsFrom>;
  readonly watch: Rule<ast.ConditionRule>;
}

export function installMonitor(p: Grammar): void {
  p.RULE('monitorDeclaration', (): ast.MonitorDeclaration => {
    p.CONSUME(kw.monitor);
    const name = p.nameOf(p.CONSUME1(t.Identifier, { ERR_MSG: 'the name of the monitor' }));
    p.CONSUME(kw.on);
    const on = p.nameOf(p.CONSUME2(t.Identifier, { ERR_MSG: 'the name of a deployment' }));
    const items = braces(p, 'monitor', () => p.SUBRULE(p.monitorItem));
    return { kind: 'Monitor', ...p.declared(name), on, items };
  });
  const items: readonly Alternative<ast.MonitorItem>[] = [
    { ALT: () => p.SUBRULE(p.every) },
    { ALT: () => p.SUBRULE(p.labelsFrom) },
    { ALT: () => p.SUBRULE(p.watch) },
    { ALT: () => p.SUBRULE(p.notify) },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('monitorItem', () => p.OR(items));

  p.RULE('every', (): ast.Every => {
    const start = p.CONSUME(kw.every).startOffset;
    const every = p.SUBRULE1(p.expression);
    const over = p.OPTION(() => {
      p.CONSUME(kw.over);
      return p.SUBRULE2(p.expression);
    });
    const span = p.from(start);
    return over === undefined ? { kind: 'Every', every, span } : { kind: 'Every', every, over, span };
  });
  p.RULE('labelsFrom', (): ast.LabelsFrom => {
    const start = p.CONSUME(kw.labels).startOffset;
    p.CONSUME(kw.from);
    const source = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of a source or view' }));
    p.CONSUME(kw.on);
    const on = p.SUBRULE(p.columns).columns;
    return { kind: 'LabelsFrom', source, on, span: p.from(start) };
  });

  const severities: readonly Alternative<ast.ConditionRule['severity']>[] = [
    { ALT: () => meaning(p.CONSUME(kw.warn), 'warn') },
    { ALT: () => meaning(p.CONSUME(kw.alert), 'alert') },
  ];
  p.RULE('watch', (): ast.ConditionRule => {
    const start = p.start();
    const severity = p.OR(severities);
    const condition = p.SUBRULE1(p.expression);
    const times = p.OPTION(() => {
      p.CONSUME(kw.for);
      const count = p.SUBRULE2(p.expression);
      p.CONSUME(kw.times);
      return count;
    });
    const span = p.from(start);
    return { kind: 'Condition', severity, condition, ...(times === undefined ? {} : { times }), span };
  });
}
