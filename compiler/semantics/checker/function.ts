import { namesMessages } from '../../diagnostics/messages/names.ts';
import type * as ast from '../../syntax/ast/index.ts';
import type { Module } from '../scope.ts';
import { checkSignatureAnnotations } from './annotations.ts';
import type { Binding, Checker, Env, Scope } from './context.ts';
import { expectWithin, inferAs } from './expression/expect.ts';
import { checkForeign } from './foreign.ts';
import { checkMaskClaim } from './masks.ts';
import { distinct } from './names.ts';
import { type Callable, type Signature, signatureOf } from './signature.ts';
import { constantEnv } from './type-expression.ts';

export function checkFunction(c: Checker, declaration: ast.FunctionDeclaration): void {
  const module = c.home(declaration);
  checkParameters(c, module, declaration);
  checkSignatureAnnotations(c, module, declaration.parameters, declaration.result);
  if (declaration.body.kind === 'ForeignBody') checkForeign(c, declaration, declaration.body);
  checkFunctionBody(c, declaration);
  checkMaskClaim(c, declaration);
}

/** Parameters of anything that is called: distinct names, and defaults that fit. */
export function checkParameters(c: Checker, module: Module, declaration: Callable): void {
  distinct(c, module, declaration.parameters, 'parameters');
  const env = constantEnv(module);
  for (const { node, type, reference, name } of signatureOf(c, declaration).parameters) {
    if (!node.default || reference) continue;
    const cause = { file: module.file, span: node.type.span, message: 'declared here' };
    inferAs(c, env, node.default, type, `the default of \`${name}\``, {
      constant: type.kind !== 'secret',
      cause,
    });
  }
}

/** The body of a function, once; functions that call each other in a circle are reported at the call that closes it. */
export function checkFunctionBody(
  c: Checker,
  declaration: ast.FunctionDeclaration,
  from?: { readonly module: Module; readonly name: ast.Name },
): void {
  const { body } = declaration;
  if (body.kind !== 'ExpressionBody') return;
  c.once(
    'function body',
    declaration,
    () => {
      const module = c.home(declaration);
      const signature = signatureOf(c, declaration);
      const env: Env = { module, place: 'function', scopes: [parameterScope(c, declaration, signature)] };
      const cause = { file: module.file, span: declaration.result.span, message: 'declared here' };
      c.functionStack.push(declaration.name.text);
      if (signature.result) {
        const found = inferAs(c, env, body.value, signature.result, 'the result', { cause });
        expectWithin(c, env, body.value, found, signature.result, 'the result', cause);
      }
      c.functionStack.pop();
    },
    () => {
      if (!from) return;
      const start = c.functionStack.indexOf(declaration.name.text);
      const path = [...c.functionStack.slice(Math.max(0, start)), declaration.name.text];
      const facts = { what: path.length > 2 ? 'functions call each other' : 'calls', path };
      c.error(from.module, namesMessages.circular, facts, from.name.span);
    },
  );
}

export function parameterScope(
  c: Checker,
  declaration: Callable,
  signature = signatureOf(c, declaration),
): Scope {
  const file = c.fileOf(declaration);
  const bindings = new Map<string, Binding>();
  for (const { name, node, type } of (signature as Signature).parameters) {
    if (name !== '') bindings.set(name, { symbol: { kind: 'parameter', name, parameter: node, file }, type });
  }
  return { find: name => bindings.get(name), names: () => bindings.keys() };
}
