import type { Type } from '../../plan/type.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { overloadKey } from '../overload-key.ts';
import { describe, unknown } from '../types.ts';
import type { Checker } from './context.ts';
import { type Reference, referenceOf, resolveType, withUnitOf } from './type-expression.ts';

/** Whatever is called with arguments, or takes parameters. */
export type Callable =
  | ast.FunctionDeclaration
  | ast.AggregateDeclaration
  | ast.ComponentDeclaration
  | ast.TrainerDeclaration
  | ast.MetricDeclaration
  | ast.PolicyDeclaration
  | ast.ConstructorDeclaration
  | ast.AnnotationDeclaration;

export interface SignatureParameter {
  readonly node: ast.Parameter;
  readonly name: string;
  /** Unknown for a reference. */
  readonly type: Type;
  readonly reference: Reference | undefined;
}
export interface Signature {
  readonly parameters: readonly SignatureParameter[];
  /** Undefined for what gives no value; unknown with `resultIsAny` for a result `any`. */
  readonly result: Type | undefined;
  readonly resultIsAny: boolean;
  readonly keepsUnit: boolean;
}

export function signatureOf(c: Checker, declaration: Callable): Signature {
  const known = c.signatures.get(declaration);
  if (known) return known;
  const signature = c.once(
    'signature',
    declaration,
    () => makeSignature(c, declaration),
    (): Signature | undefined => undefined,
  );
  if (signature) c.signatures.set(declaration, signature);
  return signature ?? inTheMaking;
}
const inTheMaking: Signature = { parameters: [], result: unknown, resultIsAny: false, keepsUnit: false };

function makeSignature(c: Checker, declaration: Callable): Signature {
  const module = c.home(declaration);
  const parameters = declaration.parameters.map((node): SignatureParameter => {
    const reference = module.library ? referenceOf(node.type) : undefined;
    const type = reference ? unknown : resolveType(c, module, node.type, { parameter: true });
    return { node, name: node.name.text, type, reference };
  });
  const written = 'result' in declaration ? declaration.result : undefined;
  const resultIsAny = module.library && written !== undefined && referenceOf(written) === 'any';
  const result =
    written && withUnitOf(resolveType(c, module, written, { parameter: true }), declaration.annotations);
  const keepsUnit = declaration.annotations.some(annotation => annotation.name.text === 'keeps_unit');
  return { parameters, result, resultIsAny, keepsUnit };
}

/** The kinds that an overload's key is made from. */
export function parameterKinds(c: Checker, declaration: Callable): string[] {
  return signatureOf(c, declaration).parameters.map(parameter => parameter.reference ?? parameter.type.kind);
}

/** The key under which plans and implementations know a declaration. */
export function keyOf(c: Checker, declaration: Callable, overloads: readonly ast.Declaration[]): string {
  const known = c.keys.get(declaration);
  if (known !== undefined) return known;
  const key = makeKey(c, declaration, overloads);
  c.keys.set(declaration, key);
  return key;
}

function makeKey(c: Checker, declaration: Callable, overloads: readonly ast.Declaration[]): string {
  const same = overloads.filter((other): other is Callable => other.kind === declaration.kind);
  const entry = (one: Callable) => ({ name: one.name.text, parameterKinds: parameterKinds(c, one) });
  return overloadKey(entry(declaration), same.map(entry));
}

/** A declaration as its author would quote it: `hour(at: datetime)`. */
export function describeSignature(c: Checker, declaration: Callable): string {
  const { parameters } = signatureOf(c, declaration);
  const list = parameters.map(({ name, type, reference, node }) => {
    const optional = node.default === undefined ? '' : ' = …';
    return `${name}: ${reference ?? describe(type)}${node.rest ? '...' : ''}${optional}`;
  });
  return `${declaration.name.text}(${list.join(', ')})`;
}
