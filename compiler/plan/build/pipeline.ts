import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Pipeline, PlanTrigger } from '../plan.ts';
import { constructOf } from './constructs.ts';
import { type BuildContext, docOf } from './context.ts';
import { notificationsOf } from './monitor.ts';
import { needsOf } from './needs.ts';

type Item<K extends ast.PipelineItem['kind']> = Extract<ast.PipelineItem, { kind: K }>;

export function buildPipeline(declaration: ast.PipelineDeclaration, context: BuildContext): Pipeline {
  const file = context.program.fileOf(declaration);
  const all = <K extends ast.PipelineItem['kind']>(kind: K): Item<K>[] =>
    declaration.items.filter((item): item is Item<K> => item.kind === kind);
  const needs = needsOf(declaration.items, context);
  const budget = all('Budget')[0];
  const policy = all('Concurrency')[0]?.policy.text;
  return {
    goals: all('RunGoals').flatMap(item => item.goals.map(goal => goalName(goal, context))),
    triggers: all('Trigger').flatMap(item => triggerOf(item, file, context) ?? []),
    cooldown: context.number(all('Cooldown')[0]?.duration) ?? null,
    timeout: needs?.timeout ?? null,
    retry: needs?.retry ?? null,
    interval: context.number(all('Interval')[0]?.length) ?? null,
    concurrency: policy === 'replace' || policy === 'skip' ? policy : 'queue',
    budget: budget ? { amount: context.number(budget.amount) ?? 0, of: budget.of.text } : null,
    notify: notificationsOf(declaration.items, file, context),
    ...docOf(declaration),
    at: context.at(file, declaration.name.span),
  };
}

function goalName(name: ast.Name, context: BuildContext): string {
  const symbol = context.program.symbolOf(name);
  return symbol?.kind === 'declaration' ? context.nameOf(symbol.declaration) : name.text;
}

/** `schedule("…")`, `new_rows(flights) >= 50_000`, `alert(watch)`, `request`. */
function triggerOf(trigger: ast.Trigger, file: SourceFile, context: BuildContext): PlanTrigger | undefined {
  const at = context.at(file, trigger.condition.span);
  const e = trigger.condition;
  if (e.kind === 'NameExpression') return e.name.text === 'request' ? { kind: 'request', at } : undefined;
  if (e.kind === 'Binary' && e.left.kind === 'Call') {
    const { args } = constructOf(e.left, file, context);
    const rows = context.number(e.right);
    const source = nameIn(args['source']);
    return source !== undefined && rows !== undefined ? { kind: 'new_rows', source, rows, at } : undefined;
  }
  if (e.kind !== 'Call') return undefined;
  const { name, args } = constructOf(e, file, context);
  if (name === 'request') return { kind: 'request', at };
  if (name === 'alert') {
    const monitor = nameIn(args['monitor']);
    return monitor === undefined ? undefined : { kind: 'alert', monitor, at };
  }
  if (name === 'new_rows') {
    const source = nameIn(args['source']);
    return source === undefined ? undefined : { kind: 'new_rows', source, rows: 1, at };
  }
  const { cron, zone, missed } = args;
  if (name !== 'schedule' || typeof cron !== 'string') return undefined;
  return {
    kind: 'schedule',
    cron,
    zone: typeof zone === 'string' ? zone : 'UTC',
    missed: missed === 'once' || missed === 'all' ? missed : 'skip',
    at,
  };
}

const nameIn = (setting: unknown): string | undefined =>
  setting !== null && typeof setting === 'object' && 'ref' in setting ? String(setting.ref) : undefined;
