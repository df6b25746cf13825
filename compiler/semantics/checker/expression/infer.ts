import { namesMessages } from '../../../diagnostics/messages/names.ts';
import { typesMessages } from '../../../diagnostics/messages/types.ts';
import { suggest } from '../../../diagnostics/suggest.ts';
import type { Type } from '../../../plan/type.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describe, isUnknown, join, nothing, plain, unknown } from '../../types.ts';
import { fitsInt } from '../constant.ts';
import type { Checker, Env } from '../context.ts';
import { inferAggregate, inferFitted } from './aggregates.ts';
import { inferCall } from './calls.ts';
import { inferIf, inferMatch } from './choices.ts';
import { inferMember, inferName } from './names.ts';
import { inferBinary, inferIn, inferIsNull, inferMatching, inferUnary } from './operators.ts';

/**
 * The type of an expression, written down for it and all its parts. `expected` only helps to read it: members of an
 * enum may be written bare where the enum is expected. Whether the type fits is the caller's question (`expect.ts`).
 */
export function infer(c: Checker, env: Env, expression: ast.Expression, expected?: Type): Type {
  return c.typed(expression, inferNew(c, env, expression, expected));
}

function inferNew(c: Checker, env: Env, e: ast.Expression, expected: Type | undefined): Type {
  switch (e.kind) {
    case 'Int':
      if (fitsInt(e.value)) return plain('int');
      tooLarge(c, env, e);
      return unknown;
    case 'Float':
      return plain('float');
    case 'Duration':
      return plain('duration');
    case 'Size':
      return plain('size');
    case 'Rate':
      return plain('rate');
    case 'String':
      return inferString(c, env, e, expected);
    case 'Time':
      return plain(e.form);
    case 'Bool':
      return plain('bool');
    case 'Null':
      return nothing;
    case 'NameExpression':
      return inferName(c, env, e, expected);
    case 'Member':
      return inferMember(c, env, e);
    case 'Unary':
      return inferUnary(c, env, e);
    case 'Binary':
      return inferBinary(c, env, e, expected);
    case 'InRange':
    case 'InSet':
      return inferIn(c, env, e);
    case 'Matching':
      return inferMatching(c, env, e);
    case 'IsNull':
      return inferIsNull(c, env, e);
    case 'Call':
      return inferCall(c, env, e, expected);
    case 'Aggregate':
      return inferAggregate(c, env, e);
    case 'Fitted':
      return inferFitted(c, env, e);
    case 'If':
      return inferIf(c, env, e, expected);
    case 'Match':
      return inferMatch(c, env, e, expected);
    case 'List':
      return inferList(c, env, e, expected);
    case 'Record':
      return notHere(c, env, e, 'a record', 'records are the rows of tests');
    case 'EachFeature':
      return notHere(c, env, e, '`each feature`', 'it is what a drift measure of a monitor takes');
    case 'Missing':
      return unknown;
  }
}

export function notHere(c: Checker, env: Env, e: ast.Node, what: string, why: string): Type {
  c.error(env.module, typesMessages.notHere, { what, why }, e.span);
  return unknown;
}

function tooLarge(c: Checker, env: Env, e: ast.IntLiteral): void {
  const facts = { what: 'this int', found: `${e.value} does not fit 64 bits` };
  c.error(env.module, typesMessages.literalTooLarge, facts, e.span);
}

/** Text, or a member of the enum that is expected. */
function inferString(c: Checker, env: Env, e: ast.StringLiteral, expected: Type | undefined): Type {
  if (expected?.kind !== 'enum' || isUnknown(expected)) return plain('string');
  const members = expected.members ?? [];
  if (!members.includes(e.value)) unknownMember(c, env, e, e.value, expected, text => JSON.stringify(text));
  return { ...expected, optional: false };
}

export function unknownMember(
  c: Checker,
  env: Env,
  at: ast.Node,
  member: string,
  type: Type,
  write: (text: string) => string,
): void {
  const members = type.members ?? [];
  const suggestion = suggest(member, members);
  const fixes =
    suggestion === undefined
      ? []
      : [
          {
            title: `change it to \`${suggestion}\``,
            edits: [{ file: env.module.file, span: at.span, text: write(suggestion) }],
          },
        ];
  const facts = { member, of: describe(type), members, suggestion };
  c.error(env.module, namesMessages.unknownMember, facts, at.span, { fixes });
}

function inferList(c: Checker, env: Env, e: ast.ListLiteral, expected: Type | undefined): Type {
  const wanted = expected?.kind === 'list' ? expected.element : undefined;
  let element: Type | undefined;
  for (const item of e.items) {
    const type = infer(c, env, item, wanted);
    const joined = element === undefined ? type : join(element, type);
    if (joined === undefined) {
      const facts = { left: describe(element!), right: describe(type), what: 'items of a list' };
      c.error(env.module, typesMessages.noCommonType, facts, item.span);
    }
    element = joined ?? element;
  }
  const floats = wanted?.kind === 'float' && element?.kind === 'int';
  const held = floats ? { ...element!, kind: 'float' as const } : element;
  return { kind: 'list', optional: false, element: held ?? wanted ?? unknown };
}
