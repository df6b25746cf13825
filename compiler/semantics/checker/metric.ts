import { namesMessages } from '../../diagnostics/messages/names.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { lookup } from '../scope.ts';
import { isNumber, plain, unknown } from '../types.ts';
import { constantOf } from './constant.ts';
import type { Checker, Env } from './context.ts';
import { infer } from './expression/infer.ts';
import { findBinding } from './expression/names.ts';
import { resolveDeclaration } from './names.ts';
import { boundOf, checkRangeOrder, constantEnv } from './type-expression.ts';

/** The type of a metric's value: that of its range's bounds (a latency is a duration), else a float. */
export function metricType(c: Checker, declaration: ast.MetricDeclaration): Type {
  return c.once(
    'metric',
    declaration,
    () => makeType(c, declaration),
    () => unknown,
  );
}

function makeType(c: Checker, declaration: ast.MetricDeclaration): Type {
  const { range } = declaration;
  if (!range) return plain('float');
  const module = c.home(declaration);
  const env = constantEnv(module);
  const low = infer(c, env, range.low);
  const high = infer(c, env, range.high);
  const kinds = [low.kind, high.kind];
  const kind = isNumber(low) && isNumber(high) ? 'float' : low.kind;
  const allowed = kind === 'float' || kind === 'duration' || kind === 'rate';
  if (kinds.includes('unknown')) return unknown;
  if (!allowed || (kind !== 'float' && high.kind !== kind)) {
    const facts = {
      expected: 'numbers, durations or rates',
      found: `${low.kind} and ${high.kind}`,
      what: 'a metric’s range',
    };
    c.error(module, typesMessages.mismatch, facts, range.span);
    return unknown;
  }
  const min = boundOf(constantOf(c, range.low));
  const max = boundOf(constantOf(c, range.high));
  if (min === undefined || max === undefined) {
    c.error(module, typesMessages.notConstant, { what: 'a bound' }, range.span);
    return plain(kind);
  }
  checkRangeOrder(c, module, range, min, max);
  return { kind, optional: false, min, max };
}

/** The metric that an argument names, directly or through a policy's parameter. */
export function metricNamed(
  c: Checker,
  env: Env,
  value: ast.Expression,
): ast.MetricDeclaration | 'open' | undefined {
  if (value.kind !== 'NameExpression') return undefined;
  const binding = findBinding(env, value.name.text);
  if (binding) {
    c.bind(value.name, binding.symbol);
    return binding.metric ?? (env.open ? 'open' : undefined);
  }
  const symbol = lookup(env.module, 'values', value.name.text);
  return symbol?.declaration.kind === 'Metric' ? symbol.declaration : undefined;
}

/** An argument for a parameter of type `metric`. */
export function metricArgument(c: Checker, env: Env, value: ast.Expression): Type {
  if (value.kind === 'Missing') return c.typed(value, unknown);
  if (value.kind !== 'NameExpression') {
    const facts = { expected: 'the name of a metric', found: 'an expression', what: 'this' };
    c.error(env.module, typesMessages.mismatch, facts, value.span);
    return c.typed(value, unknown);
  }
  const binding = findBinding(env, value.name.text);
  if (binding) {
    c.bind(value.name, binding.symbol);
    if (!binding.metric && !env.open) {
      const facts = { name: value.name.text, found: 'a value', expected: 'a metric' };
      c.error(env.module, namesMessages.wrongKind, facts, value.span);
    }
    return c.typed(value, binding.metric ? { kind: 'metric', optional: false } : unknown);
  }
  const service = env.gate?.service ? c.contextual('service') : undefined;
  const metric = resolveDeclaration(c, env.module, value.name, ['Metric'], 'values', service);
  return c.typed(value, metric ? { kind: 'metric', optional: false } : unknown);
}
