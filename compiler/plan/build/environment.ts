import type * as ast from '../../syntax/ast/index.ts';
import type { Construct, Environment, Setting, Value } from '../plan.ts';
import { constructOf, settingOf } from './constructs.ts';
import type { BuildContext } from './context.ts';

type Item<K extends ast.EnvironmentItem['kind']> = Extract<ast.EnvironmentItem, { kind: K }>;

/** All environments with what they extend merged in: key by key, but for the lines `deploy` and `models`. */
export function buildEnvironments(context: BuildContext): Record<string, Environment> {
  const declarations = context.program.declarations('Environment');
  const built = new Map<ast.EnvironmentDeclaration, Environment>();
  const build = (
    declaration: ast.EnvironmentDeclaration,
    below: ReadonlySet<ast.Declaration>,
  ): Environment => {
    const known = built.get(declaration);
    if (known) return known;
    const parent = context.declared(declaration.base, 'Environment');
    const inside = new Set([...below, declaration]);
    const base = parent && !inside.has(parent) ? build(parent, inside) : undefined;
    const environment = merge(declaration, base, parent ? context.nameOf(parent) : null, context);
    built.set(declaration, environment);
    return environment;
  };
  return Object.fromEntries(declarations.map(d => [context.nameOf(d), build(d, new Set())]));
}

function merge(
  declaration: ast.EnvironmentDeclaration,
  base: Environment | undefined,
  parent: string | null,
  context: BuildContext,
): Environment {
  const file = context.program.fileOf(declaration);
  const all = <K extends ast.EnvironmentItem['kind']>(kind: K): Item<K>[] =>
    declaration.items.filter((item): item is Item<K> => item.kind === kind);
  const target = all('Target')[0];
  const models = all('Models')[0];
  const deploy = all('Deploy')[0];
  const replaced = (what: ast.Replacement['what']): Record<string, Construct> =>
    Object.fromEntries(
      all('Replacement')
        .filter(item => item.what === what)
        .map(item => [replacedName(item, context), constructOf(item.value, file, context)]),
    );
  const name = target?.name.text ?? base?.target ?? null;
  const inherited = base && base.target === name ? base.settings : {};
  const params = all('ParamSetting').flatMap(item => {
    const value = context.program.constantOf(item.value);
    return value === undefined ? [] : [[item.name.text, value] as const];
  });
  const settings = { ...inherited, ...(target ? settingsOf(target, context) : {}) };
  return {
    extends: parent,
    target: name,
    settings: name === null ? settings : { ...defaultsOf(name, context), ...settings },
    sources: { ...base?.sources, ...replaced('source') },
    sinks: { ...base?.sinks, ...replaced('sink') },
    connections: { ...base?.connections, ...replaced('connection') },
    params: { ...base?.params, ...(Object.fromEntries(params) as Record<string, Value>) },
    models: models ? { from: models.from?.text ?? null } : (base?.models ?? null),
    deploy: deploy ? deployOf(deploy, context) : (base?.deploy ?? null),
    at: context.at(file, declaration.name.span),
  };
}

function replacedName(item: ast.Replacement, context: BuildContext): string {
  const symbol = context.program.symbolOf(item.name);
  return symbol?.kind === 'declaration' ? context.nameOf(symbol.declaration) : item.name.text;
}

function settingsOf(target: ast.Target, context: BuildContext): Record<string, Setting> {
  const settings: Record<string, Setting> = {};
  for (const arg of target.settings) {
    const value = settingOf(arg.value, context);
    if (arg.name && value !== undefined) settings[arg.name.text] = value;
  }
  return settings;
}

/** What the library says of a target's settings that nobody wrote. */
function defaultsOf(target: string, context: BuildContext): Record<string, Setting> {
  const settings: Record<string, Setting> = {};
  for (const module of context.program.modules.values())
    for (const declaration of module.tree.declarations)
      if (
        declaration.kind === 'Constructor' &&
        declaration.makes.text === 'target' &&
        declaration.name.text === target
      )
        for (const parameter of declaration.parameters) {
          const value = parameter.default && settingOf(parameter.default, context);
          if (value !== undefined) settings[parameter.name.text] = value;
        }
  return settings;
}

/** `deploy on push("main")`, `deploy after approval("ml-owners")`. */
function deployOf(deploy: ast.DeployClause, context: BuildContext): Environment['deploy'] {
  const { trigger } = deploy;
  const what = trigger.kind === 'Call' && trigger.args[0] ? context.text(trigger.args[0].value) : undefined;
  return { when: deploy.when === 'on' ? 'push' : 'approval', what: what ?? '' };
}
