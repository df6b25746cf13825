import { EOF } from 'chevrotain';
import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, listed, meaning, type Rule } from './grammar.ts';

/** What several constructs share: requirements, policies, resources, lists of columns. */
export interface RuleRules {
  readonly columns: Rule<ast.Slice>;
  readonly names: Rule<readonly ast.Name[]>;
  readonly settings: Rule<readonly ast.Arg[]>;
  readonly setting: Rule<ast.Arg>;
  readonly requirement: Rule<ast.Rule>;
  readonly requireOrWarn: Rule<ast.Rule>;
  readonly requireOrWarnUnderLoad: Rule<ast.Rule>;
  readonly policyUse: Rule<ast.PolicyUse>;
  readonly approval: Rule<ast.ApprovalRule>;
  readonly forEachSlice: Rule<ast.ForEach>;
  readonly resourceItem: Rule<ast.ResourceClause>;
  readonly notify: Rule<ast.Notify>;
}

const COLUMN = { ERR_MSG: 'the name of a column' };
const NAME = { ERR_MSG: 'a name' };

export function installRules(p: Grammar): void {
  installNames(p);
  installConditions(p);
  installResources(p);
}

function installNames(p: Grammar): void {
  // One column, or several in brackets.
  const columns: readonly Alternative<readonly ast.Name[]>[] = [
    { ALT: () => [p.nameOf(p.CONSUME1(t.Identifier))] },
    {
      ALT: () => {
        const open = p.CONSUME(t.LParen);
        const names = [p.nameOf(p.CONSUME2(t.Identifier, COLUMN))];
        p.MANY(() => {
          p.CONSUME(t.Comma);
          names.push(p.nameOf(p.CONSUME3(t.Identifier, COLUMN)));
        });
        p.recovery?.skipToClosing(open, t.RParen);
        p.CONSUME(t.RParen);
        return names;
      },
    },
  ];
  const either = { DEF: columns, ERR_MSG: 'the name of a column, or several in brackets' };
  p.RULE('columns', (): ast.Slice => {
    const start = p.start();
    const names = p.OR(either) ?? [];
    return { kind: 'Slice', columns: names, span: p.from(start) };
  });

  p.RULE('names', () =>
    listed(
      p,
      () => p.nameOf(p.CONSUME1(t.Identifier, NAME)),
      () => p.nameOf(p.CONSUME2(t.Identifier, NAME)),
    ),
  );

  p.RULE('settings', () => braces(p, 'settings', () => p.SUBRULE(p.setting)));
  p.RULE('setting', (): ast.Arg => {
    const name = p.nameOf(p.CONSUME(t.Identifier));
    p.CONSUME(t.Colon);
    const value = p.SUBRULE(p.expression);
    return { kind: 'Arg', name, value, span: p.from(name.span.start) };
  });
}

function installConditions(p: Grammar): void {
  const severities: readonly Alternative<ast.ConditionRule['severity']>[] = [
    { ALT: () => meaning(p.CONSUME(kw.require), 'require') },
    { ALT: () => meaning(p.CONSUME(kw.warn), 'warn') },
  ];
  p.RULE('requireOrWarn', (): ast.ConditionRule => {
    const start = p.start();
    const severity = p.OR(severities);
    const condition = p.SUBRULE(p.expression);
    const forEach = p.OPTION(() => p.SUBRULE(p.forEachSlice));
    const span = p.from(start);
    return { kind: 'Condition', severity, condition, ...(forEach === undefined ? {} : { forEach }), span };
  });

  // In a deployment's `check`.
  p.RULE('requireOrWarnUnderLoad', (): ast.ConditionRule => {
    const start = p.start();
    const severity = p.OR(severities);
    const condition = p.SUBRULE(p.expression);
    const load = p.OPTION(() => {
      p.CONSUME(kw.at);
      const rate = p.SUBRULE1(p.arithmetic);
      p.CONSUME(kw.for);
      const duration = p.SUBRULE2(p.arithmetic);
      return { rate, duration };
    });
    const span = p.from(start);
    return { kind: 'Condition', severity, condition, ...(load === undefined ? {} : { load }), span };
  });

  p.RULE('forEachSlice', (): ast.ForEach => {
    const start = p.CONSUME(kw.for).startOffset;
    p.CONSUME(kw.each);
    const by = p.SUBRULE(p.columns).columns;
    const minimum = p.OPTION(() => {
      p.CONSUME(kw.with);
      p.CONSUME(kw.at);
      p.CONSUME(kw.least);
      const rows = p.SUBRULE(p.arithmetic);
      p.CONSUME(kw.rows);
      return rows;
    });
    const span = p.from(start);
    return minimum === undefined ? { kind: 'ForEach', by, span } : { kind: 'ForEach', by, minimum, span };
  });

  p.RULE('policyUse', (): ast.PolicyUse => {
    const start = p.CONSUME(kw.policy).startOffset;
    const call = p.SUBRULE(p.call);
    return { kind: 'PolicyUse', call, span: p.from(start) };
  });
  p.RULE('approval', (): ast.ApprovalRule => {
    const start = p.CONSUME(kw.approval).startOffset;
    const open = p.CONSUME(t.LParen);
    const who = p.SUBRULE(p.expression);
    p.recovery?.skipToClosing(open, t.RParen);
    p.CONSUME(t.RParen);
    return { kind: 'Approval', who, span: p.from(start) };
  });

  // The items of `validation` and `policy`.
  const rules: readonly Alternative<ast.Rule>[] = [
    { ALT: () => p.SUBRULE(p.requireOrWarn) },
    { ALT: () => p.SUBRULE(p.policyUse) },
  ];
  p.RULE('requirement', () => p.OR(rules));
}

/** Whether the token after next continues an expression, so that the name before it is not a whole one. */
function goesOn(p: Grammar): boolean {
  const type = p.LA(3).tokenType;
  return !(p.isName(3) || type === t.Comma || type === t.RCurly || type === EOF);
}

function installResources(p: Grammar): void {
  const alternatives: readonly Alternative<ast.ResourceClause>[] = [
    {
      ALT: () => {
        const start = p.CONSUME(kw.resources).startOffset;
        const settings = p.SUBRULE(p.settings);
        return { kind: 'Resources', settings, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.timeout).startOffset;
        const duration = p.SUBRULE1(p.expression);
        return { kind: 'Timeout', duration, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.retry).startOffset;
        const times = p.SUBRULE2(p.arithmetic);
        p.CONSUME(kw.times);
        const after = p.OPTION({
          GATE: () => p.tail(kw.after),
          DEF: () => {
            p.CONSUME(kw.after);
            return p.SUBRULE3(p.expression);
          },
        });
        const span = p.from(start);
        return after === undefined ? { kind: 'Retry', times, span } : { kind: 'Retry', times, after, span };
      },
    },
  ];
  p.RULE('resourceItem', () => p.OR(alternatives));

  p.RULE('notify', (): ast.Notify => {
    const start = p.CONSUME(kw.notify).startOffset;
    const notifier = p.SUBRULE(p.call);
    // In a pipeline `on request`, `on schedule(…)` and `on a > b` begin the next item, whatever the line breaks are.
    const events = p.OPTION({
      GATE: () => p.isName(2) && !p.is(kw.request, 2) && !goesOn(p),
      DEF: () => {
        p.CONSUME(kw.on);
        return p.SUBRULE(p.names);
      },
    });
    return { kind: 'Notify', notifier, events: events ?? [], span: p.from(start) };
  });
}
