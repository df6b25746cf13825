import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { tasksMessages } from '../../diagnostics/messages/tasks.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { replaceFix } from '../scope.ts';
import { describe, describeBound, isUnknown, unknown } from '../types.ts';
import { missing, only } from './clauses.ts';
import { constantOf } from './constant.ts';
import type { Binding, Checker, Env, Scope, Table } from './context.ts';
import { reportUnknownColumn } from './expression/names.ts';
import { type ViewInfo, viewInfo } from './features.ts';
import { resolveDeclaration } from './names.ts';
import { isForOtherTask } from './other-task.ts';
import { folded } from './same-but-case.ts';
import { knownTasks, labelsOf, proposedTask } from './task.ts';
import { constantEnv } from './type-expression.ts';

/** What a model is about: its views, the features it learns from, its label and task. */
export interface ModelInfo {
  readonly declaration: ast.ModelDeclaration;
  readonly views: readonly ViewInfo[];
  /** The features that it learns from: no labels, `without` taken off. */
  readonly features: ReadonlyMap<string, Binding>;
  readonly labelName: ast.Name | undefined;
  readonly labelType: Type;
  /** Undefined where the label is broken, or of another task than all else. */
  readonly task: string | undefined;
  /** The table of the rows. */
  readonly source: Table | undefined;
  /** Whatever is known of a row: features, labels, columns of the source. */
  readonly rowScope: Scope;
  readonly broken: boolean;
}

export function modelInfo(c: Checker, declaration: ast.ModelDeclaration): ModelInfo {
  return c.once(
    'model',
    declaration,
    () => makeModel(c, declaration),
    () => ({
      declaration,
      views: [],
      features: new Map(),
      labelName: undefined,
      labelType: unknown,
      task: undefined,
      source: undefined,
      rowScope: { find: () => undefined, names: () => [] },
      broken: true,
    }),
  );
}

function makeModel(c: Checker, declaration: ast.ModelDeclaration): ModelInfo {
  const env = constantEnv(c.home(declaration));
  const clause = only(declaration.items, 'ModelFeatures');
  const named = clause?.views ?? [];
  const views: ViewInfo[] = [];
  let broken = named.length === 0;
  for (const name of named) {
    const view = resolveDeclaration(c, env.module, name, ['Features']);
    if (!view) broken = true;
    else if (views.some(other => other.declaration === view)) {
      c.error(env.module, namesMessages.duplicateItem, { name: name.text, what: 'views' }, name.span);
    } else views.push(viewInfo(c, view));
  }
  for (const [i, view] of views.slice(1).entries())
    sameRows(c, env, named[i + 1] ?? declaration.name, views[0]!, view);
  const features = collectFeatures(c, env, clause, views, broken);
  const source = views[0]?.source;
  const rowScope = scopeOfRow(views, source);
  const predicted = predict(c, env, declaration, views, broken);
  return { declaration, views, features, ...predicted, source, rowScope, broken };
}

function scopeOfRow(views: readonly ViewInfo[], source: Table | undefined): Scope {
  return {
    find(name) {
      for (const view of views) {
        const found = view.features.get(name);
        if (found) return found;
      }
      return source?.columns.get(name);
    },
    *names() {
      for (const view of views) yield* view.features.keys();
      if (source) yield* source.columns.keys();
    },
  };
}

/** Several views of one model have the same source, key and moment. */
function sameRows(c: Checker, env: Env, at: ast.Name, first: ViewInfo, second: ViewInfo): void {
  if (first.source.kind === 'unknown' || second.source.kind === 'unknown') return;
  const moment = (view: ViewInfo) => {
    const clause = view.declaration.at;
    if (!clause) return '';
    const { file } = env.module;
    const text = c.fileOf(view.declaration).text ?? file.text;
    return text.slice(clause.span.start, clause.span.end).replace(/\s+/g, ' ');
  };
  const key = (view: ViewInfo) => view.table.key.join(', ');
  const what =
    first.source.symbol?.declaration !== second.source.symbol?.declaration
      ? 'their source'
      : key(first) !== key(second)
        ? 'their key'
        : moment(first) !== moment(second)
          ? 'their moment'
          : undefined;
  if (!what) return;
  const labels = [c.labelAt(first.declaration, 'one view'), c.labelAt(second.declaration, 'the other')];
  const facts = { first: first.declaration.name.text, second: second.declaration.name.text, what };
  c.error(env.module, declarationMessages.viewsDiffer, facts, at.span, { labels });
}

function collectFeatures(
  c: Checker,
  env: Env,
  clause: ast.ModelFeatures | undefined,
  views: readonly ViewInfo[],
  broken: boolean,
): Map<string, Binding> {
  const all = new Map<string, Binding>();
  const spellings = new Map<string, { readonly name: string; readonly view: ViewInfo }>();
  for (const view of views) {
    for (const [name, binding] of view.features) {
      const spelling = folded(name);
      const other = spellings.get(spelling);
      if (other === undefined) spellings.set(spelling, { name, view });
      else if (other.name !== name && other.view !== view) {
        const labels = [
          c.labelAt(other.view.declaration, 'one view'),
          c.labelAt(view.declaration, 'the other'),
        ];
        const facts = { name, other: other.name, what: 'features' };
        const at = clause?.span ?? view.declaration.name.span;
        c.error(env.module, declarationMessages.sameButCase, facts, at, { labels });
      }
      if (view.labels.has(name)) continue;
      if (all.has(name)) {
        const labels = [c.labelAt(view.declaration, 'in this view too')];
        const at = clause?.span ?? view.declaration.name.span;
        c.error(env.module, namesMessages.duplicateItem, { name, what: 'features' }, at, { labels });
      } else all.set(name, binding);
    }
  }
  const known = new Map(all);
  for (const name of clause?.without ?? []) {
    if (name.text === '') continue;
    const binding = known.get(name.text);
    if (binding) {
      c.bind(name, binding.symbol);
      all.delete(name.text);
    } else if (!broken) {
      const suggestion = suggest(name.text, known.keys());
      const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
      c.error(
        env.module,
        namesMessages.unknownName,
        { name: name.text, what: 'feature', suggestion },
        name.span,
        { fixes },
      );
    }
  }
  return all;
}

type Predicted = Pick<ModelInfo, 'labelName' | 'labelType' | 'task'>;

function predict(
  c: Checker,
  env: Env,
  declaration: ast.ModelDeclaration,
  views: readonly ViewInfo[],
  broken: boolean,
): Predicted {
  const clause = only(declaration.items, 'Predict');
  if (!clause || clause.label.text === '')
    return { labelName: clause?.label, labelType: unknown, task: undefined };
  const { label } = clause;
  const view = views.find(one => one.labels.has(label.text));
  const binding = view?.features.get(label.text);
  if (!binding) {
    if (!broken) notALabel(c, env, label, views);
    return { labelName: label, labelType: unknown, task: undefined };
  }
  c.bind(label, binding.symbol);
  const labelType = binding.type;
  checkVaries(c, env, label, binding);
  const task = taskOf(c, env, clause, labelType);
  const other = task !== undefined && !clause.task && isForOtherTask(c, env, declaration, binding, task);
  return { labelName: label, labelType, task: other ? undefined : task };
}

/** A label that has one value for every row: a constant, an enum of one member, a range of one number. */
function checkVaries(c: Checker, env: Env, label: ast.Name, { symbol, type }: Binding): void {
  const item = symbol.kind === 'feature' && symbol.item.kind === 'Feature' ? symbol.item : undefined;
  const constant = item && constantOf(c, item.value);
  const range = type.min !== undefined && type.min === type.max ? describeBound(type, type.min) : undefined;
  const one =
    type.members?.length === 1 ? type.members[0] : type.values?.length === 1 ? type.values[0] : range;
  const value = constant !== undefined && constant !== null ? constant : one;
  if (value === undefined || type.optional) return;
  const labels =
    item && symbol.kind === 'feature'
      ? [{ file: symbol.file, span: item.value.span, message: 'the same for every row' }]
      : [];
  const facts = { label: label.text, value: String(value) };
  c.error(env.module, tasksMessages.constantLabel, facts, label.span, { labels });
}

function notALabel(c: Checker, env: Env, label: ast.Name, views: readonly ViewInfo[]): void {
  const labels = views.flatMap(view => [...view.labels]);
  const near = suggest(label.text, labels);
  const fixes = near === undefined ? [] : [replaceFix(env.module, label, near)];
  const binding = views.map(view => view.features.get(label.text)).find(found => found !== undefined);
  const declared = binding?.symbol.kind === 'feature' ? binding.symbol : undefined;
  const more = declared
    ? [{ file: declared.file, span: declared.item.span, message: 'a feature, not a label' }]
    : views.slice(0, 1).map(view => c.labelAt(view.declaration, 'its labels are declared here'));
  c.error(env.module, declarationMessages.notALabel, { name: label.text, labels }, label.span, {
    labels: more,
    fixes,
  });
}

function taskOf(c: Checker, env: Env, clause: ast.Predict, type: Type): string | undefined {
  if (isUnknown(type)) return undefined;
  const label = clause.label.text;
  if (!clause.task) {
    const task = proposedTask(type);
    if (task !== undefined) notInGroups(c, env, clause, task);
    if (task === undefined) {
      c.error(env.module, tasksMessages.labelType, { label, type: describe(type) }, clause.label.span);
    }
    return task;
  }
  const task = clause.task.text;
  const known = knownTasks.filter(one => one !== 'service');
  if (!known.includes(task)) {
    const suggestion = suggest(task, known);
    const fixes = suggestion === undefined ? [] : [replaceFix(env.module, clause.task, suggestion)];
    if (task !== '')
      c.error(env.module, tasksMessages.unknownTask, { name: task, known, suggestion }, clause.task.span, {
        fixes,
      });
    return undefined;
  }
  if (!labelsOf[task]!.includes(type.kind)) {
    c.error(env.module, tasksMessages.labelType, { label, type: describe(type), task }, clause.label.span);
    return undefined;
  }
  if (task !== 'ranking') notInGroups(c, env, clause, task);
  else if (!clause.by) {
    missing(c, env, clause.label, 'by', 'a ranking is made within a group: `as ranking by query_id`');
  }
  return task;
}

function notInGroups(c: Checker, env: Env, { by }: ast.Predict, task: string): void {
  if (!by || by.text === '') return;
  const why = 'only a ranking is made within groups';
  c.error(env.module, declarationMessages.contradiction, { first: 'by', second: `as ${task}`, why }, by.span);
}

/** A column or feature that is known for a row of the model, bound. */
export function rowColumn(c: Checker, env: Env, model: ModelInfo, name: ast.Name): Type {
  if (name.text === '' || model.broken) return unknown;
  const binding = model.rowScope.find(name.text);
  if (binding) {
    c.bind(name, binding.symbol);
    return binding.type;
  }
  const view = model.views[0];
  if (!view || view.source.kind === 'unknown') return unknown;
  const columns = new Map([...view.source.columns, ...model.views.flatMap(one => [...one.features])]);
  reportUnknownColumn(c, env, { ...view.table, columns }, name, model.declaration.name.text);
  return unknown;
}
