import type { Fix } from '../../diagnostics/diagnostic.ts';
import { tasksMessages } from '../../diagnostics/messages/tasks.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceText } from '../fixes.ts';
import { type NameSpace, peek } from '../scope.ts';
import { describe } from '../types.ts';
import { only } from './clauses.ts';
import type { Binding, Checker, Env } from './context.ts';

/** A trainer or a metric that a model names, and the tasks that it is for. */
interface Named {
  readonly name: ast.Name;
  readonly tasks: readonly string[];
}

/**
 * Whether all that a model names is for a task that its label is not: then the label's type is the mistake, told once
 * and where it stands, and not at every trainer and metric.
 */
export function isForOtherTask(
  c: Checker,
  env: Env,
  declaration: ast.ModelDeclaration,
  { symbol, type }: Binding,
  task: string,
): boolean {
  const named = namedBy(env, declaration);
  const misfits = named.filter(({ tasks }) => !tasks.includes(task));
  if (misfits.length < 2 || symbol.kind !== 'feature' || symbol.item.kind !== 'Feature') return false;
  const meant = named[0]!.tasks.find(one => named.every(({ tasks }) => tasks.includes(one)));
  if (meant === undefined) return false;
  const { file, item } = symbol;
  const labels = misfits.slice(0, SHOWN).map(({ name, tasks }) => ({
    file: env.module.file,
    span: name.span,
    message: `\`${name.text}\` is for ${tasks.join(', ')}`,
  }));
  const condition = meant === 'binary' ? choiceOf(item.value) : undefined;
  const instead = condition && file.text.slice(condition.span.start, condition.span.end);
  const fixes: Fix[] = instead === undefined ? [] : [replaceText({ file }, item.value.span, instead, false)];
  const facts = { label: item.name.text, type: describe(type), task, meant, ...(instead ? { instead } : {}) };
  c.report(tasksMessages.labelOfOtherTask(facts, { file, span: item.value.span, labels, fixes }));
  return true;
}

const SHOWN = 4;

/** `if late then 1 else 0`: the condition that is the label itself. */
function choiceOf(value: ast.Expression): ast.Expression | undefined {
  if (value.kind !== 'If') return undefined;
  const [yes, no] = [value.then, value.otherwise].map(one =>
    'value' in one ? Number(one.value) : Number.NaN,
  );
  return yes === 1 && no === 0 ? value.condition : undefined;
}

function namedBy({ module }: Env, { items }: ast.ModelDeclaration): Named[] {
  const found = (name: ast.Name, space: NameSpace): Named[] => {
    const declared = peek(module, space, name.text)?.declaration;
    return declared?.kind === 'Trainer' || declared?.kind === 'Metric'
      ? [{ name, tasks: declared.tasks.map(({ text }) => text) }]
      : [];
  };
  const called = (call: ast.Call | ast.MissingExpression | undefined): Named[] =>
    call?.kind === 'Call' ? found(call.callee, 'functions') : [];
  const tuned = only(items, 'Tune')?.metric;
  return [
    ...called(only(items, 'Train')?.trainer),
    ...called(only(items, 'Baseline')?.trainer),
    ...(tuned ? found(tuned, 'values') : []),
    ...(only(items, 'Evaluate')?.metrics ?? []).flatMap(use => found(use.name, 'values')),
  ];
}
