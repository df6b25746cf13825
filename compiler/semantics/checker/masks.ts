import { personalMessages } from '../../diagnostics/messages/personal.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Checker } from './context.ts';

/** Functions of the library after which a value can still be read, or worked back. */
const readable: ReadonlySet<string> = new Set(
  ['lower', 'upper', 'trim', 'concat', 'to_string', 'to_float', 'to_int']
    .concat(['abs', 'least', 'greatest', 'clamp'])
    .concat(['local', 'date']),
);

type Arguments = ReadonlyMap<ast.Parameter, ast.Expression>;

/** A function that says `@masks` must not give back what it is given. What a foreign one does, nobody can see here. */
export function checkMaskClaim(c: Checker, declaration: ast.FunctionDeclaration): void {
  const claim = declaration.annotations.find(annotation => annotation.name.text === 'masks');
  if (!claim || declaration.body.kind !== 'ExpressionBody') return;
  const back = givenBack(c, declaration.body.value, new Map(), new Set([declaration]));
  if (!back) return;
  const module = c.home(declaration);
  const labels = [{ file: module.file, span: claim.span, message: 'declared to mask here' }];
  const facts = {
    function: declaration.name.text,
    parameter: back.name.text,
    type: back.type.body.kind === 'NamedType' ? back.type.body.name.text : '',
  };
  c.error(module, personalMessages.maskGivesBack, facts, declaration.body.value.span, { labels });
}

/** The parameter whose value an expression may give back as it is, or so that it can be worked back. */
function givenBack(
  c: Checker,
  e: ast.Expression | ast.MissingExpression,
  args: Arguments,
  inside: ReadonlySet<ast.Declaration>,
): ast.Parameter | undefined {
  const first = (...all: readonly ast.Expression[]): ast.Parameter | undefined => {
    for (const one of all) {
      const found = givenBack(c, one, args, inside);
      if (found) return found;
    }
    return undefined;
  };
  switch (e.kind) {
    case 'NameExpression': {
      const symbol = c.symbols.get(e.name);
      if (symbol?.kind !== 'parameter') return undefined;
      const argument = args.get(symbol.parameter);
      return argument ? givenBack(c, argument, new Map(), inside) : symbol.parameter;
    }
    case 'Unary':
      return e.operator === '-' ? first(e.operand) : undefined;
    case 'Binary':
      if (e.operator === '??') return first(e.left, e.right);
      return ['+', '-', '*', '/'].includes(e.operator) ? shifted(c, e, args, inside) : undefined;
    case 'If':
      return first(e.then, e.otherwise);
    case 'Match':
      return first(...e.arms.map(arm => arm.value));
    case 'Call':
      return ofCall(c, e, args, inside);
    default:
      return undefined;
  }
}

/** `x + 1` is worked back; a difference of two values is not. */
function shifted(
  c: Checker,
  e: ast.Binary,
  args: Arguments,
  inside: ReadonlySet<ast.Declaration>,
): ast.Parameter | undefined {
  const left = givenBack(c, e.left, args, inside);
  const right = givenBack(c, e.right, args, inside);
  if (left && right) return undefined;
  const other = left ? e.right : e.left;
  const constant = other.kind === 'Int' || other.kind === 'Float' || other.kind === 'Duration';
  return constant ? (left ?? right) : undefined;
}

function ofCall(
  c: Checker,
  e: ast.Call,
  args: Arguments,
  inside: ReadonlySet<ast.Declaration>,
): ast.Parameter | undefined {
  const resolved = c.calls.get(e);
  if (resolved?.declaration.kind !== 'Function') return undefined;
  const { declaration } = resolved;
  if (declaration.annotations.some(annotation => annotation.name.text === 'masks')) return undefined;
  const { body, parameters } = declaration;
  if (body.kind !== 'ExpressionBody') {
    if (!readable.has(declaration.name.text)) return undefined;
    for (const argument of [...resolved.args.values(), ...resolved.rest]) {
      const found = givenBack(c, argument, args, inside);
      if (found) return found;
    }
    return undefined;
  }
  if (inside.has(declaration)) return undefined;
  // What is put in belongs to the caller, whose own arguments are put in at once.
  const put = new Map<ast.Parameter, ast.Expression>();
  for (const parameter of parameters) {
    const written = resolved.args.get(parameter.name.text);
    if (written) put.set(parameter, substituted(c, written, args));
  }
  return givenBack(c, body.value, put, new Set([...inside, declaration]));
}

/** A plain parameter is replaced by what it stands for; anything else is looked at as it is. */
function substituted(c: Checker, e: ast.Expression, args: Arguments): ast.Expression {
  if (e.kind !== 'NameExpression') return e;
  const symbol = c.symbols.get(e.name);
  return (symbol?.kind === 'parameter' && args.get(symbol.parameter)) || e;
}
