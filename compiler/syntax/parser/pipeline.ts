import type * as ast from '../ast/index.ts';
import * as t from '../tokens.ts';
import { kw } from '../tokens.ts';
import { type Alternative, braces, type Grammar, type Rule } from './grammar.ts';

/** `pipeline nightly { … }` */
export interface PipelineRules {
  readonly pipelineDeclaration: Rule<ast.PipelineDeclaration>;
  readonly pipelineItem: Rule<ast.PipelineItem>;
  readonly scheduling: Rule<ast.PipelineItem>;
}

export function installPipeline(p: Grammar): void {
  p.RULE('pipelineDeclaration', (): ast.PipelineDeclaration => {
    p.CONSUME(kw.pipeline);
    const name = p.nameOf(p.CONSUME(t.Identifier, { ERR_MSG: 'the name of the pipeline' }));
    const items = braces(p, 'pipeline', () => p.SUBRULE(p.pipelineItem));
    return { kind: 'Pipeline', ...p.declared(name), items };
  });
  const items: readonly Alternative<ast.PipelineItem>[] = [
    {
      ALT: () => {
        const start = p.CONSUME(kw.run).startOffset;
        const goals = p.SUBRULE(p.names);
        return { kind: 'RunGoals', goals, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.on).startOffset;
        const condition = p.SUBRULE(p.expression);
        return { kind: 'Trigger', condition, span: p.from(start) };
      },
    },
    { ALT: () => p.SUBRULE(p.scheduling) },
    { ALT: () => p.SUBRULE(p.notify) },
    { ALT: () => p.SUBRULE(p.resourceItem) },
  ];
  p.RULE('pipelineItem', () => p.OR(items));

  const limits: readonly Alternative<ast.PipelineItem>[] = [
    {
      ALT: () => {
        const start = p.CONSUME(kw.cooldown).startOffset;
        const duration = p.SUBRULE1(p.expression);
        return { kind: 'Cooldown', duration, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.concurrency).startOffset;
        const policy = p.nameOf(
          p.CONSUME1(t.Identifier, { ERR_MSG: 'what a second run does, such as `replace`' }),
        );
        return { kind: 'Concurrency', policy, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.budget).startOffset;
        const amount = p.SUBRULE2(p.expression);
        const of = p.nameOf(p.CONSUME2(t.Identifier, { ERR_MSG: 'what is counted, such as `cpu`' }));
        return { kind: 'Budget', amount, of, span: p.from(start) };
      },
    },
    {
      ALT: () => {
        const start = p.CONSUME(kw.interval).startOffset;
        const length = p.SUBRULE3(p.expression);
        return { kind: 'Interval', length, span: p.from(start) };
      },
    },
  ];
  p.RULE('scheduling', () => p.OR(limits));
}
