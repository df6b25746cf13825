import type { At } from '../../diagnostics/define.ts';
import { personalMessages } from '../../diagnostics/messages/personal.ts';
import type { Expr, Model } from '../../plan/plan.ts';
import { children } from '../../plan/walk.ts';
import type { Span } from '../../source/text.ts';
import type { FlowFacts } from './facts.ts';
import { declaredLabel, isPersonal, maskingText } from './personal-words.ts';

/** A read of personal data that nothing masks. */
interface Read {
  /** `customers.email`. */
  readonly id: string;
  readonly at: number;
  /** The aggregate, drift measure or call around it; the read itself where there is none. */
  readonly inside: number;
}

/** Everything personal that an expression over the rows of one table reads unmasked. */
function personalReads(expr: Expr, table: string, facts: FlowFacts): Read[] {
  const reads: Read[] = [];
  const visit = (e: Expr, inside: number): void => {
    if (e.masks) return;
    if (e.op === 'column' && isPersonal(`${table}.${e.column}`, facts))
      reads.push({ id: `${table}.${e.column}`, at: e.at, inside });
    for (const child of children(e)) visit(child, e.op === 'call' ? inside : e.at);
  };
  visit(expr, expr.at);
  return reads;
}

/** A slice's values stand in the report of the model, in its gate's verdict and in alerts. */
export function checkSlices(facts: FlowFacts): void {
  for (const [name, model] of Object.entries(facts.draft.models)) {
    const source = facts.view(model.views[0] ?? '')?.source;
    if (source === undefined) continue;
    for (const expr of model.slices.flatMap(slice => slice.exprs)) {
      // A feature that is personal is told where it is defined.
      for (const { id, at } of personalReads(expr, source, facts)) {
        const place = facts.at(at, [declaredLabel(id, facts.shown(id, model.views[0] ?? ''), facts)]);
        if (!place) continue;
        const written = place.file.text.slice(place.span.start, place.span.end);
        const mask = maskingText(written, facts.node(id)?.type);
        facts.diagnostics.push(personalMessages.slice({ model: name, column: written, mask }, place));
      }
    }
  }
}

/** What a validation measures stands in its report, and what it holds against the last snapshot in the profile. */
export function checkReports(facts: FlowFacts): void {
  for (const [name, { on, rules }] of Object.entries(facts.draft.validations)) {
    for (const { condition } of rules) {
      for (const { id, at, inside } of personalReads(condition, on, facts)) {
        const column = id.slice(on.length + 1);
        const place = facts.at(at, [declaredLabel(id, column, facts)]);
        const around = facts.place(inside);
        if (!place || !around) continue;
        const written = place.file.text.slice(place.span.start, place.span.end);
        const measure = around.file.text.slice(around.span.start, around.span.end);
        const mask = maskingText(written, facts.node(id)?.type);
        facts.diagnostics.push(
          personalMessages.report({ validation: name, measure, column: written, mask }, place),
        );
      }
    }
  }
}

/** A sink is filled with the row's own columns of the same names, beside prediction, version and moment. */
export function checkSinks(facts: FlowFacts): void {
  const { draft } = facts;
  for (const { score } of Object.values(draft.deployments)) {
    const sink = score && draft.sinks[score.sink];
    const schema = sink && draft.schemas[sink.schema];
    if (!score || score.sinkAt === undefined || !schema) continue;
    for (const { name, at } of schema.columns) {
      const id = `${score.source}.${name}`;
      if (!isPersonal(id, facts)) continue;
      const place = facts.at(score.sinkAt, [
        facts.label(at, `this column would be filled with it`),
        declaredLabel(id, id, facts),
      ]);
      if (place)
        facts.diagnostics.push(
          personalMessages.sink({ sink: score.sink, column: name, source: score.source }, place),
        );
    }
  }
}

/** The request log has the key, the features and the answer, and what labels are matched by; no other column. */
export function checkLogs(facts: FlowFacts): void {
  const { draft } = facts;
  for (const [name, deployment] of Object.entries(draft.deployments)) {
    const model = draft.models[deployment.serves];
    if (!model || deployment.log === null || deployment.log === 0 || deployment.logAt === undefined) continue;
    for (const { id, column } of personalKeys(model, facts)) {
      const place = facts.at(deployment.logAt, [declaredLabel(id, id, facts)]);
      if (place)
        facts.diagnostics.push(personalMessages.log({ deployment: name, column, why: 'key' }, place));
    }
  }
  for (const { deployment, labels } of Object.values(draft.monitors)) {
    if (labels?.onAt === undefined) continue;
    for (const column of labels.on) {
      const id = `${labels.from}.${column}`;
      const place = isPersonal(id, facts) && facts.at(labels.onAt, [declaredLabel(id, id, facts)]);
      if (!place) continue;
      const args = { deployment, column, why: 'labels' } as const;
      facts.diagnostics.push(personalMessages.log(args, { ...place, span: within(place, column) }));
    }
  }
}

/** Where a name stands in a list of names. */
function within({ file, span }: At, name: string): Span {
  const found = file.text.slice(span.start, span.end).search(new RegExp(`\\b${name}\\b`));
  const start = span.start + Math.max(0, found);
  return found < 0 ? span : { start, end: start + name.length };
}

/** The columns by which a model's rows are told apart, as far as they are personal. */
function personalKeys(model: Model, facts: FlowFacts): { id: string; column: string }[] {
  const keys = model.views.flatMap(name => {
    const view = facts.view(name);
    return (view?.key ?? []).map(column => ({ id: `${view?.source}.${column}`, column }));
  });
  const personal = keys.filter(({ id }) => isPersonal(id, facts));
  return [...new Map(personal.map(key => [key.id, key])).values()];
}
