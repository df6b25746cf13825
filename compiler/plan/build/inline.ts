import { flowMessages } from '../../diagnostics/messages/flow.ts';
import { ChainTooLong, MAX_LINKS } from '../../semantics/chain.ts';
import type { ResolvedCall } from '../../semantics/program.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { At, Expr, Type } from '../plan.ts';
import { converted } from './call.ts';
import { maximumHeight } from './context.ts';
import { lower } from './expression.ts';
import { type Scope, unknown } from './scope.ts';
import { call, literal, toFloat } from './typed.ts';

/** The body of a user's function with the arguments put in, null where a strict parameter is given a null. */
export function inline(
  declaration: ast.FunctionDeclaration,
  body: ExpressionBody,
  resolved: ResolvedCall,
  type: Type,
  at: At,
  scope: Scope,
): Expr {
  const file = scope.context.program.fileOf(declaration);
  const argument = (parameter: ast.Parameter): Expr | undefined => {
    const written = resolved.args.get(parameter.name.text);
    if (written) return lower(written, scope);
    return parameter.default && lower(parameter.default, { ...scope, file });
  };
  return applied(declaration, body, argument, type, at, scope);
}
type ExpressionBody = Extract<ast.FunctionBody, { kind: 'ExpressionBody' }>;

/** Where a function's test stands: its parameters are what the test gives, its name is the result for them. */
export function testScope(
  declaration: ast.FunctionDeclaration,
  given: ast.RecordLiteral,
  scope: Scope,
): Scope {
  const { context } = scope;
  const parameters = new Map<ast.Parameter, Expr>();
  for (const parameter of declaration.parameters) {
    const written = given.fields.find(f => f.name.text === parameter.name.text)?.value ?? parameter.default;
    if (written) parameters.set(parameter, converted(lower(written, scope), parameter));
  }
  const { body } = declaration;
  if (body.kind !== 'ExpressionBody') return { ...scope, parameters };
  const at = context.at(scope.file, given.span);
  const type = context.program.typeOf(body.value);
  const result = applied(declaration, body, parameter => parameters.get(parameter), type, at, scope);
  return { ...scope, parameters, tested: { declaration, result } };
}

/** A function's body over its parameters as columns of a row; undefined for one that is foreign or the compiler's. */
export function functionBody(
  declaration: ast.FunctionDeclaration,
  scope: Scope,
): { parameters: { name: string; type: Type }[]; body: Expr; type: Type } | undefined {
  const { body } = declaration;
  if (body.kind !== 'ExpressionBody') return undefined;
  const { context } = scope;
  const file = context.program.fileOf(declaration);
  const signature = context.program.signatureOf(declaration);
  const typeOf = new Map(declaration.parameters.map((parameter, i) => [parameter, signature.parameters[i]!]));
  const argument = (parameter: ast.Parameter): Expr => ({
    op: 'column',
    of: 'row',
    column: parameter.name.text,
    type: typeOf.get(parameter)!,
    at: context.at(file, parameter.name.span),
  });
  const at = context.at(file, declaration.span);
  return {
    parameters: [...typeOf].map(([parameter, type]) => ({ name: parameter.name.text, type })),
    body: applied(declaration, body, argument, context.program.typeOf(body.value), at, scope),
    type: signature.result,
  };
}

function applied(
  declaration: ast.FunctionDeclaration,
  body: ExpressionBody,
  argumentOf: (parameter: ast.Parameter) => Expr | undefined,
  type: Type,
  at: At,
  scope: Scope,
): Expr {
  if (scope.inlining.has(declaration)) return literal(null, unknown, at);
  if (scope.inlining.size > MAX_LINKS) throw new ChainTooLong(declaration);
  const { context } = scope;
  const before = context.nodes;
  const parameters = new Map<ast.Parameter, Expr>();
  const nullable: Expr[] = [];
  for (const parameter of declaration.parameters) {
    const value = argumentOf(parameter);
    if (!value) continue;
    const argument = converted(value, parameter);
    parameters.set(parameter, argument);
    if (argument.type.optional && !parameter.type.optional) nullable.push(argument);
  }
  const result = lower(body.value, {
    ...scope,
    file: context.program.fileOf(declaration),
    parameters,
    inlining: new Set([...scope.inlining, declaration]),
  });
  // Nothing stands in its place, so that what calls it is not reported too.
  if (context.nodes - before > maximumHeight && context.height(result) > maximumHeight) {
    const { name } = declaration;
    const place = { file: context.program.fileOf(declaration), span: name.span };
    context.diagnostics.push(flowMessages.tooHigh({ name: name.text, limit: maximumHeight }, place));
    return literal(null, unknown, at);
  }
  const named = declaration.result.body;
  const asDeclared = named.kind === 'NamedType' && named.name.text === 'float' ? toFloat(result) : result;
  if (nullable.length === 0 || isStrict(asDeclared, new Set(nullable))) return asDeclared;
  const bool: Type = { kind: 'bool', optional: false };
  const isNull = nullable
    .map((argument): Expr => call('is_null', [argument], bool, at))
    .reduce((left, right) => call('or', [left, right], bool, at));
  const optional = { ...type, optional: true };
  return call('if', [isNull, literal(null, optional, at), asDeclared], optional, at);
}

const lenient = new Set(['coalesce', 'if', 'is_null', 'and', 'or', 'least', 'greatest']);
/** Does a null in any of these make the whole null? Then the body lifts by itself. */
function isStrict(body: Expr, nullable: ReadonlySet<Expr>): boolean {
  const gives = (expr: Expr): ReadonlySet<Expr> => {
    if (nullable.has(expr)) return new Set([expr]);
    if (expr.op !== 'call' || lenient.has(expr.fn)) return new Set();
    return new Set(expr.args.flatMap(arg => [...gives(arg)]));
  };
  return gives(body).size === nullable.size;
}
