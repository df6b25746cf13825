import type { Expr, Test } from '../../compiler/plan/plan.ts';
import { expressionText } from '../data/expression-text.ts';
import { MlpError } from '../engine/contract.ts';
import { type EvaluatedValue, evaluate } from '../features/functions/evaluate.ts';
import type { TeamFunctions } from '../features/functions/team.ts';
import type { Shown, TestFault } from './outcome.ts';
import { type Row, shown } from './values.ts';

/** Expectations that do not hold of these values, each with what it compared. */
export function expectationFaults(test: Test, values: Row, team?: TeamFunctions): TestFault[] {
  return test.expect.flatMap(({ condition, text, at }): TestFault[] => {
    const value = (expr: Expr): EvaluatedValue => evaluate(expr, leaf => readValue(leaf, values, at), team);
    const holds = value(condition);
    if (holds === true) return [];
    const outcome = holds === null ? 'is null' : 'is false';
    return [
      { kind: 'expectation', message: `\`${text}\` ${outcome}`, actual: compared(condition, value), at },
    ];
  });
}

function readValue(leaf: Expr, values: Row, at: number): EvaluatedValue {
  if (leaf.op === 'feature' && leaf.name in values) return values[leaf.name] as EvaluatedValue;
  if (leaf.op === 'column' && leaf.column in values) return values[leaf.column] as EvaluatedValue;
  throw new MlpError('MLP8599', `an expectation reads ${leaf.op}, which has no value here`, { at });
}

const joining = new Set(['and', 'or', 'not', 'is_null']);
const comparing = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in_range', 'in_set', 'matching']);

/**
 * What made a condition what it is: of the comparisons in it that decide it, both sides, then the features that those are
 * computed from. What was written as a value needs no telling, but as what `==` expected.
 */
function compared(condition: Expr, value: (expr: Expr) => EvaluatedValue): Shown[] {
  const told = new Map<string, string>();
  const tell = (expr: Expr): void => {
    const text = expressionText(expr);
    if (expr.op !== 'literal' && !told.has(text))
      told.set(
        text,
        attempt(() => shown(value(expr), expr.type)),
      );
  };
  const visit = (expr: Expr): void => {
    if (expr.op !== 'call') tell(expr);
    // Of `a and b` the sides that hold have no part in it.
    else if (expr.fn === 'and') {
      for (const side of expr.args) if (value(side) !== true) visit(side);
    } else if (joining.has(expr.fn)) for (const side of expr.args) visit(side);
    else if (comparing.has(expr.fn)) for (const side of expr.args) tell(bare(side));
    else tell(expr);
  };
  visit(condition);
  for (const leaf of leavesOf(condition)) if (told.size < 12) tell(leaf);
  return [...told].map(([name, text]) => ({ name, value: text }));
}

/** Without the conversion that the compiler put around it. */
const bare = (expr: Expr): Expr =>
  expr.op === 'call' && expr.fn === 'to_float_int' ? bare(expr.args[0]!) : expr;

function attempt(text: () => string): string {
  try {
    return text();
  } catch (error) {
    return `cannot be computed: ${(error as Error).message}`;
  }
}

function leavesOf(expr: Expr): Expr[] {
  if (expr.op === 'feature' || expr.op === 'column') return [expr];
  return expr.op === 'call' ? expr.args.flatMap(leavesOf) : [];
}
