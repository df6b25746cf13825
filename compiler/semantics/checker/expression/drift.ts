import { namesMessages } from '../../../diagnostics/messages/names.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import { suggest } from '../../../diagnostics/suggest.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { replaceFix } from '../../scope.ts';
import { optional, unknown } from '../../types.ts';
import { bindArguments, checkArguments } from '../arguments.ts';
import { constantOf } from '../constant.ts';
import type { Checker, Env } from '../context.ts';
import { rowEnv } from './aggregates.ts';
import { recordCall, typeAll } from './calls.ts';
import { notHere } from './infer.ts';
import { findBinding } from './names.ts';

/** A measure against a reference: of a column in a validation, of the features in a monitor. */
export function inferDrift(c: Checker, env: Env, e: ast.Call, declaration: ast.ConstructorDeclaration): Type {
  // A test knows no rows but those that it tries.
  if (env.place === 'test' || (!env.rows && !env.features)) {
    typeAll(c, env, e.args);
    return notHere(
      c,
      env,
      e,
      `the drift measure \`${e.callee.text}\``,
      'it belongs to validations and monitors',
    );
  }
  if (env.rows?.kind === 'unknown') {
    typeAll(c, env, e.args);
    return unknown;
  }
  const bound = bindArguments(c, env, e.callee, e.args, declaration);
  const value = bound.args.get('value')?.value;
  if (value?.kind === 'EachFeature') {
    c.typed(value, unknown);
    eachFeature(c, env, value);
  }
  const args = new Map([...bound.args].filter(([, arg]) => arg.value.kind !== 'EachFeature'));
  const rows = env.rows ? rowEnv(env, env.rows) : env;
  const rules = { lifts: true, free: new Set(['value']), freeEnv: rows };
  checkArguments(c, env, { args, rest: bound.rest }, declaration, rules);
  recordCall(c, e, declaration, bound, undefined);
  const type: Type = { kind: 'float', optional: false, min: 0 };
  const against = againstOf(c, bound.args.get('against')?.value, declaration);
  if (env.rows && against === 'training') {
    const hint = 'write `against: previous`: the last accepted state of the source';
    const facts = { what: 'a comparison with the training rows', why: 'a validation knows no model' };
    c.error(env.module, typesMessages.notHere, facts, e.span, { hint });
  }
  // The first run has no reference; in a validation the null rule makes the author say what holds then.
  return against === 'previous' || env.rows ? optional(type) : type;
}

function againstOf(
  c: Checker,
  value: ast.Expression | undefined,
  declaration: ast.ConstructorDeclaration,
): string {
  const given = value && constantOf(c, value);
  if (typeof given === 'string') return given;
  const parameter = declaration.parameters.find(one => one.name.text === 'against');
  const fallback = parameter?.default;
  return fallback?.kind === 'NameExpression' ? fallback.name.text : 'none';
}

function eachFeature(c: Checker, env: Env, e: ast.EachFeature): void {
  if (!env.features) {
    notHere(c, env, e, '`each feature`', 'a validation is about the columns of a source; name one');
    return;
  }
  for (const name of e.except) {
    if (name.text === '') continue;
    if (env.features.includes(name.text)) {
      c.bind(name, findBinding(env, name.text)?.symbol);
      continue;
    }
    const suggestion = suggest(name.text, env.features);
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
