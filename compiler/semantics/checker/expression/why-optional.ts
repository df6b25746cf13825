import type { Label } from '../../../diagnostics/diagnostic.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import { describe } from '../../types.ts';
import type { Checker } from '../context.ts';

/** The first part of an expression that brings null in: a window, a look-up, an optional column or function. */
export function sourceOfNull(c: Checker, e: ast.Expression): ast.Expression | undefined {
  if (!c.typeOf(e).optional) return undefined;
  if (['Aggregate', 'Member', 'NameExpression', 'Null'].includes(e.kind)) return e;
  for (const operand of operands(e)) {
    const source = sourceOfNull(c, operand);
    if (source) return source;
  }
  return e.kind === 'Call' ? e : undefined;
}

/** A label at what brings null in; none where it cannot be told. */
export function whyOptional(c: Checker, e: ast.Expression, file: Label['file']): Label[] {
  const source = sourceOfNull(c, e);
  if (!source) return [];
  const text = file.text.slice(source.span.start, source.span.end).replace(/\s+/g, ' ');
  const label = (message: string): Label[] => [{ file, span: source.span, message }];
  switch (source.kind) {
    case 'Aggregate':
      return label(
        /^count/.test(source.callee.text)
          ? 'null where the state is too old: it may be older than `stale … else null` allows'
          : 'null where the window has no rows',
      );
    case 'Member':
      return label('null where the look-up finds no row');
    case 'NameExpression':
      return label(`${text.startsWith('`') ? text : `\`${text}\``} is ${describe(c.typeOf(source))}`);
    case 'Call':
      return label(`\`${source.callee.text}\` may give null`);
    default:
      return label('null here');
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
