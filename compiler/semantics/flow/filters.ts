import { labelMessages } from '../../diagnostics/messages/labels.ts';
import type { CallExpr, Expr, Model } from '../../plan/plan.ts';
import { children } from '../../plan/walk.ts';
import type { FlowFacts } from './facts.ts';
import { type Case, Reasoner, TooManyCases } from './gates/cases.ts';
import { intervalsFor } from './gates/intervals.ts';

/** Family 5: a model whose `where` leaves only rows with one value of the label. */
export function checkFilters(facts: FlowFacts): void {
  for (const [name, model] of Object.entries(facts.draft.models)) {
    if (!model.where) continue;
    try {
      checkFilter(name, model, model.where, facts);
    } catch (error) {
      // More cases than are worth looking at.
      if (!(error instanceof TooManyCases)) throw error;
    }
  }
}

function checkFilter(name: string, model: Model, where: Expr, facts: FlowFacts): void {
  const view = facts.view(model.label.view);
  const label = view?.features.find(f => f.name === model.label.name);
  const [filter, answer] = [unfolded(where, model, facts), label && unfolded(label.expr, model, facts)];
  if (!label || !filter || !answer) return;
  const reasoner = new Reasoner(intervalsFor(new Map()));
  const parts = conjuncts(filter).map(part => ({ part, yes: reasoner.truth(part).yes }));
  const rows = parts.map(({ yes }) => yes);
  // A filter that leaves no row is told where it is written.
  if (!reasoner.together(...rows)) return;
  for (const value of valuesOf(answer, filter)) {
    const other = otherThan(answer, value, reasoner);
    if (reasoner.together(...rows, other) || !reasoner.together(other)) continue;
    // As few of the conditions as fix it; the last of them is the one to point at.
    let needed = parts;
    for (const one of parts) {
      const fewer = needed.filter(part => part !== one);
      if (fewer.length > 0 && !reasoner.together(...fewer.map(({ yes }) => yes), other)) needed = fewer;
    }
    const { part } = needed.at(-1)!;
    const labels = [
      ...needed.slice(0, -1).map(one => facts.label(one.part.at, 'together with this')),
      facts.label(label.expr.at, `the label \`${label.name}\` is computed here`),
    ];
    const at = facts.at(part.at, labels);
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    if (at)
      facts.diagnostics.push(labelMessages.filtered({ model: name, label: label.name, value: shown }, at));
    return;
  }
}

type Value = string | number | boolean;

/** Values of the label that a filter may leave alone: of a text or a number those that the filter names. */
function valuesOf(answer: Expr, filter: Expr): readonly Value[] {
  const { kind, members } = answer.type;
  if (kind === 'bool') return [true, false];
  if (kind === 'enum') return members ?? [];
  const found = new Set<Value>();
  const visit = (expr: Expr): void => {
    if (expr.op === 'literal' && (typeof expr.value === 'string' || typeof expr.value === 'number'))
      found.add(expr.value);
    for (const child of children(expr)) visit(child);
  };
  visit(filter);
  visit(answer);
  return [...found].filter(value => (typeof value === 'string') === (kind === 'string')).slice(0, 20);
}

/** The cases in which the label has another value than this one. */
function otherThan(answer: Expr, value: Value, reasoner: Reasoner): readonly Case[] {
  if (typeof value === 'boolean') {
    const { yes, no } = reasoner.truth(answer);
    return value ? no : yes;
  }
  const { at } = answer;
  const required = { ...answer.type, optional: false };
  const literal: Expr = { op: 'literal', value, type: required, at };
  return reasoner.truth({
    op: 'call',
    fn: 'ne',
    args: [answer, literal],
    type: { kind: 'bool', optional: false },
    at,
  }).yes;
}

const conjuncts = (expr: Expr): readonly Expr[] =>
  expr.op === 'call' && expr.fn === 'and' ? expr.args.flatMap(conjuncts) : [expr];

/** What stays so large is no filter of an author. */
const most = 500;

/** The expression with the features that it reads put in; undefined where something in it is broken, or it is too large. */
function unfolded(expr: Expr, model: Model, facts: FlowFacts): Expr | undefined {
  let left = most;
  const put = (e: Expr): Expr | undefined => {
    if (left-- <= 0 || e.type.kind === 'unknown') return undefined;
    if (e.op === 'feature') {
      const feature = model.views.flatMap(v => facts.view(v)?.features ?? []).find(f => f.name === e.name);
      return feature && put(feature.expr);
    }
    if (e.op !== 'call') return e;
    const args: Expr[] = [];
    for (const arg of e.args) {
      const inside = put(arg);
      if (!inside) return undefined;
      args.push(inside);
    }
    return { ...e, args } satisfies CallExpr;
  };
  return put(expr);
}
