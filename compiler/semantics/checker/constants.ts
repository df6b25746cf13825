import { namesMessages } from '../../diagnostics/messages/names.ts';
import { projectMessages } from '../../diagnostics/messages/project.ts';
import type { Type } from '../../plan/type.ts';
import { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { parse } from '../../syntax/parse.ts';
import { describeFully, unknown } from '../types.ts';
import { constantOf } from './constant.ts';
import type { Checker, Constant, Env } from './context.ts';
import { inferAs } from './expression/expect.ts';
import { infer } from './expression/infer.ts';
import { constantEnv, resolveType } from './type-expression.ts';

/** The type of a `let`: the declared one, or that of its value. */
export function letType(c: Checker, declaration: ast.LetDeclaration): Type {
  return c.once(
    'let',
    declaration,
    () => {
      const module = c.home(declaration);
      const env = constantEnv(module);
      c.letStack.push(declaration.name.text);
      try {
        if (!declaration.type) return infer(c, env, declaration.value);
        const type = resolveType(c, module, declaration.type);
        const cause = { file: module.file, span: declaration.type.span, message: 'declared here' };
        inferAs(c, env, declaration.value, type, `\`${declaration.name.text}\``, { cause });
        return type;
      } finally {
        c.letStack.pop();
      }
    },
    () => {
      const { module, name } = { module: c.home(declaration), name: declaration.name };
      const path = [...c.letStack.slice(Math.max(0, c.letStack.indexOf(name.text))), name.text];
      c.error(
        module,
        namesMessages.circular,
        { what: path.length > 2 ? 'constants need each other' : 'needs', path },
        name.span,
      );
      return unknown;
    },
  );
}

export function paramType(c: Checker, declaration: ast.ParamDeclaration): Type {
  return c.once(
    'param',
    declaration,
    () => {
      const module = c.home(declaration);
      return resolveType(c, module, declaration.type);
    },
    () => unknown,
  );
}

/** The value that a param has in this check: set from outside, by the environment, or its default. */
export function paramConstant(c: Checker, declaration: ast.ParamDeclaration): Constant | undefined {
  return c.once(
    'param value',
    declaration,
    () => {
      const module = c.home(declaration);
      const type = paramType(c, declaration);
      const name = declaration.name.text;
      const cause = {
        file: module.file,
        span: declaration.type.span,
        message: `declared as ${describeFully(type)}`,
      };
      const fallback =
        declaration.value && checked(c, constantEnv(module), declaration.value, type, name, cause);
      const text = c.options.set && Object.hasOwn(c.options.set, name) ? c.options.set[name] : undefined;
      if (text !== undefined) return fromOutside(c, declaration, text, type, cause);
      const chosen = c.environmentParams.get(declaration);
      if (chosen) return checked(c, constantEnv(chosen.module), chosen.value, type, name, cause);
      if (!declaration.value) {
        c.error(module, projectMessages.paramWithoutValue, { name }, declaration.name.span);
      }
      return fallback;
    },
    () => undefined,
  );
}

type Cause = { file: SourceFile; span: { start: number; end: number }; message: string };

function checked(
  c: Checker,
  env: Env,
  value: ast.Expression,
  type: Type,
  name: string,
  cause: Cause,
): Constant | undefined {
  inferAs(c, env, value, type, `\`${name}\``, { constant: true, cause });
  const constant = constantOf(c, value);
  return typeof constant === 'bigint' && type.kind === 'float' ? Number(constant) : constant;
}

/** `--set horizon=60d`: a literal of the language; text needs no quotes. */
function fromOutside(
  c: Checker,
  declaration: ast.ParamDeclaration,
  text: string,
  type: Type,
  cause: Cause,
): Constant | undefined {
  const name = declaration.name.text;
  const isText = type.kind === 'string' && !/^\s*r?"/.test(text);
  const prefix = 'let value = ';
  const file = new SourceFile(`--set ${name}`, `${prefix}${isText ? JSON.stringify(text) : text}`);
  const { module: tree, diagnostics } = parse(file);
  const parsed = tree.declarations[0];
  if (diagnostics.length > 0 || tree.declarations.length !== 1 || parsed?.kind !== 'Let') {
    const span = { start: prefix.length, end: file.text.length };
    const facts = { name, text, type: describeFully(type) };
    c.report(projectMessages.setNotAValue(facts, { file, span, labels: [cause] }));
    return undefined;
  }
  const home = c.home(declaration);
  return checked(c, constantEnv({ ...home, file, scope: home.scope }), parsed.value, type, name, cause);
}

/** Checks a constant that nothing may have asked for yet. */
export function checkLet(c: Checker, declaration: ast.LetDeclaration): void {
  letType(c, declaration);
}

export function checkParam(c: Checker, declaration: ast.ParamDeclaration): void {
  paramType(c, declaration);
  paramConstant(c, declaration);
}

/** Names given with `--set` that no param has. */
export function unknownSettings(c: Checker): void {
  const names = new Set<string>();
  for (const module of c.modules.values()) {
    for (const declaration of module.tree.declarations)
      if (declaration.kind === 'Param') names.add(declaration.name.text);
  }
  for (const [name, text] of Object.entries(c.options.set ?? {})) {
    if (names.has(name)) continue;
    const file = new SourceFile('--set', `${name}=${text}`);
    const facts = { name, known: [...names] };
    c.report(projectMessages.unknownParam(facts, { file, span: { start: 0, end: name.length } }));
  }
}
