import { namesMessages } from '../../diagnostics/messages/names.ts';
import type { LibraryModule } from '../../source/modules.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { type DeclarationSymbol, lookup } from '../scope.ts';
import { bindArguments, checkArguments } from './arguments.ts';
import type { Checker, Env } from './context.ts';
import { recordCall, typeAll } from './expression/calls.ts';
import { kindNames, noteDeprecated, reportUnknown } from './names.ts';

/** Modules whose constructors a clause sees without an import, by what they make. */
const contextual: Readonly<Record<string, LibraryModule>> = {
  loader: 'loaders',
  trigger: 'triggers',
  deploy: 'triggers',
  target: 'targets',
};

/** `parquet("data.parquet")` where a source is made: resolved, its arguments checked. */
export function checkConstruct(
  c: Checker,
  env: Env,
  call: ast.Call | ast.MissingExpression,
  makes: string,
): ast.ConstructorDeclaration | undefined {
  if (call.kind !== 'Call') return undefined;
  const symbol = constructorNamed(c, env, call.callee, makes);
  if (symbol?.declaration.kind !== 'Constructor') {
    typeAll(c, env, call.args);
    return undefined;
  }
  const { declaration } = symbol;
  const bound = bindArguments(c, env, call.callee, call.args, declaration);
  checkArguments(c, env, bound, declaration, { free: new Set() });
  recordCall(c, call, declaration, bound, undefined);
  return declaration;
}

/** The constructor that a name means; another declaration, or one that makes something else, is reported. */
export function constructorNamed(
  c: Checker,
  env: Env,
  name: ast.Name,
  makes: string,
): DeclarationSymbol | undefined {
  if (name.text === '') return undefined;
  const part = contextual[makes];
  const visible = lookup(env.module, 'functions', name.text);
  const right = (symbol: DeclarationSymbol | undefined) =>
    symbol?.declaration.kind === 'Constructor' && symbol.declaration.makes.text === makes;
  const extra = part && !right(visible) ? c.contextual(part) : undefined;
  const symbol = right(visible) ? visible : (extra?.own.functions.get(name.text) ?? visible);
  if (!symbol) {
    reportUnknown(
      c,
      env.module,
      name,
      'functions',
      makes === 'deploy' ? 'deploy trigger' : makes,
      ['Constructor'],
      extra,
    );
    return undefined;
  }
  c.bind(name, symbol);
  if (right(symbol)) {
    noteDeprecated(c, env.module, name, symbol);
    return symbol;
  }
  const { declaration } = symbol;
  const found =
    declaration.kind === 'Constructor'
      ? `what makes a ${declaration.makes.text}`
      : kindNames[declaration.kind];
  const labels = [{ file: symbol.file, span: declaration.name.span, message: 'declared here' }];
  const facts = { name: name.text, found, expected: `what makes a ${makes}` };
  c.error(env.module, namesMessages.wrongKind, facts, name.span, { labels });
  return undefined;
}
