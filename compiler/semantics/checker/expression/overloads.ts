import { typesMessages } from '../../../diagnostics/messages/types.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describe, fits, isScalar, isUnknown } from '../../types.ts';
import type { Checker, Env } from '../context.ts';
import { type Callable, describeSignature, type SignatureParameter, signatureOf } from '../signature.ts';
import { infer } from './infer.ts';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * The declaration of a name that fits the arguments best: equal types before int as float before `any`; of equals the
 * first declared. Undefined if none fits (reported) or if an argument is broken (reported already).
 */
export function chooseOverload<D extends Callable>(
  c: Checker,
  env: Env,
  argumentEnv: Env,
  callee: ast.Name,
  args: readonly ast.Arg[],
  candidates: readonly D[],
): D | undefined {
  const [only, ...others] = candidates;
  if (only === undefined || others.length === 0) return only;
  const types = args.map(arg => infer(c, argumentEnv, arg.value));
  if (types.some(isUnknown)) return undefined;
  let best: D | undefined;
  let least = NEVER;
  for (const candidate of candidates) {
    const cost = costOf(signatureOf(c, candidate).parameters, args, types);
    if (cost < least) {
      best = candidate;
      least = cost;
    }
  }
  if (best) return best;
  const found = types.length === 0 ? 'no arguments' : types.map(type => describe(type)).join(', ');
  const facts = { name: callee.text, found, candidates: candidates.map(one => describeSignature(c, one)) };
  c.error(env.module, typesMessages.noOverload, facts, argumentSpan(callee, args));
  return undefined;
}

function argumentSpan(callee: ast.Name, args: readonly ast.Arg[]) {
  const [first] = args;
  const last = args.at(-1);
  return first && last ? { start: first.span.start, end: last.span.end } : callee.span;
}

function costOf(
  parameters: readonly SignatureParameter[],
  args: readonly ast.Arg[],
  types: readonly Type[],
): number {
  const filled = new Set<SignatureParameter>();
  let cost = 0;
  let position = 0;
  for (const [i, arg] of args.entries()) {
    const parameter = arg.name ? parameters.find(one => one.name === arg.name!.text) : parameters[position++];
    if (!parameter || filled.has(parameter)) return NEVER;
    if (parameter.node.rest) position--;
    else filled.add(parameter);
    cost += argumentCost(parameter, types[i]!);
  }
  const missing = parameters.some(
    one => !one.node.rest && one.node.default === undefined && !filled.has(one),
  );
  return missing ? NEVER : cost;
}

function argumentCost(parameter: SignatureParameter, type: Type): number {
  if (parameter.reference === 'any') return isScalar(type) ? 100 : NEVER;
  if (!fits(type, parameter.type)) return NEVER;
  return type.kind === parameter.type.kind ? 0 : 1;
}
