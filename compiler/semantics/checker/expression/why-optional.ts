import type { Label } from '../../../diagnostics/diagnostic.ts';
import type { Span } from '../../../source/text.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describe } from '../../types.ts';
import type { Checker } from '../context.ts';

/** The first part of an expression that brings null in: a window, a look-up, an optional column or function. */
export function whyOptional(c: Checker, e: ast.Expression, file: Label['file']): Label[] {
  const label = (span: Span, message: string): Label[] => [{ file, span, message }];
  if (!c.typeOf(e).optional) return [];
  const text = file.text.slice(e.span.start, e.span.end).replace(/\s+/g, ' ');
  switch (e.kind) {
    case 'Aggregate':
      return label(e.span, 'null where the window has no rows');
    case 'Member':
      return label(e.span, 'null where the look-up finds no row');
    case 'NameExpression':
      return label(e.span, `\`${text}\` is ${describe(c.typeOf(e))}`);
    case 'Null':
      return label(e.span, 'null here');
    default: {
      const inner = operands(e).flatMap(one => whyOptional(c, one, file));
      if (inner.length > 0) return inner.slice(0, 1);
      return e.kind === 'Call' ? label(e.span, `\`${e.callee.text}\` may give null`) : [];
    }
  }
}

function operands(e: ast.Expression): readonly ast.Expression[] {
  switch (e.kind) {
    case 'Unary':
      return [e.operand];
    case 'Binary':
      return e.operator === '??' ? [e.right] : [e.left, e.right];
    case 'InRange':
    case 'InSet':
    case 'Matching':
      return [e.operand];
    case 'If':
      return [e.then, e.otherwise];
    case 'Match':
      return e.arms.map(arm => arm.value);
    case 'Call':
      return e.args.map(arg => arg.value);
    default:
      return [];
  }
}
