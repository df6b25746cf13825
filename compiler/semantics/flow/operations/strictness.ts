import type { Label } from '../../../diagnostics/diagnostic.ts';
import { environmentsMessages } from '../../../diagnostics/messages/operations.ts';
import { lowerRules } from '../../../plan/build/conditions.ts';
import type * as ast from '../../../syntax/ast/index.ts';
import type { Program } from '../../program.ts';
import { Reasoner, TooManyCases } from '../gates/cases.ts';
import { type Block, blocksOf } from '../gates/index.ts';
import { intervalsFor, type MetricFacts } from '../gates/intervals.ts';
import type { Rule, Where } from '../gates/judge.ts';
import { fullShapeOf } from '../gates/shape.ts';
import type { Operations } from './facts.ts';

/**
 * Where models are promoted from one environment to the next, what is asked of them may not become less. A spec has one
 * set of conditions, so environments differ by params alone: conditions are read once with the values of each.
 */
export function checkStrictness(facts: Operations): void {
  const { draft, program } = facts;
  for (const [declaration, { models }] of facts.each('Environment', draft.environments)) {
    const before = models?.from;
    if (before == null || !draft.environments[before] || before === declaration.name.text) continue;
    const [here, there] = [program.inEnvironment(declaration.name.text), program.inEnvironment(before)];
    const params = program
      .declarations('Param')
      .filter(param => here.paramOf(param).value !== there.paramOf(param).value);
    if (params.length > 0) compare(facts, declaration, before, params, here, there);
  }
}

function compare(
  facts: Operations,
  declaration: ast.EnvironmentDeclaration,
  before: string,
  params: readonly ast.ParamDeclaration[],
  here: Program,
  there: Program,
): void {
  const { draft } = facts;
  const written = blocksOf(draft);
  const blocks = (program: Program): readonly Block[] => blocksOf(lowerRules(program, draft));
  const [later, earlier] = [blocks(here), blocks(there)];
  for (const [i, { where, name, rules }] of written.entries()) {
    const weaker = rules.findIndex((_, k) => {
      const [a, b] = [later[i]?.rules[k], earlier[i]?.rules[k]];
      return a && b && counts(a, where) && isWeaker(a, b, where, facts.metrics);
    });
    const rule = rules[weaker];
    if (rule) tell(facts, declaration, before, params, { where, name }, rule);
  }
}

const counts = ({ severity }: Rule, where: Where): boolean =>
  severity === 'require' || (severity === 'alert' && (where === 'monitor' || where === 'rollback'));

/** Whether a rule lets something through, or is silent about something, that the same rule elsewhere does not. */
function isWeaker(
  later: Rule,
  earlier: Rule,
  where: Where,
  metrics: ReadonlyMap<string, MetricFacts>,
): boolean {
  if (later.times > earlier.times) return true;
  if ((later.forEach?.minimum ?? 0) > (earlier.forEach?.minimum ?? 0)) return true;
  if ((later.load?.rate ?? 0) < (earlier.load?.rate ?? 0)) return true;
  if ((later.load?.duration ?? 0) < (earlier.load?.duration ?? 0)) return true;
  if (fullShapeOf(later.condition) === fullShapeOf(earlier.condition)) return false;
  const reasoner = new Reasoner(intervalsFor(metrics));
  try {
    const [a, b] = [reasoner.truth(later.condition), reasoner.truth(earlier.condition)];
    return where === 'monitor' || where === 'rollback'
      ? reasoner.together(b.yes, [...a.no, ...a.none])
      : reasoner.together(a.yes, [...b.no, ...b.none]);
  } catch (error) {
    if (error instanceof TooManyCases) return false;
    throw error;
  }
}

function tell(
  facts: Operations,
  declaration: ast.EnvironmentDeclaration,
  before: string,
  params: readonly ast.ParamDeclaration[],
  { where, name }: { readonly where: Where; readonly name: string },
  rule: Rule,
): void {
  // A condition names the params that it reads; where a constant stands between them, any may be meant.
  const named = params.filter(({ name: param }) => new RegExp(`\\b${param.text}\\b`).test(rule.text));
  const meant = named.length > 0 ? named : params;
  const [first] = meant;
  const setting = first && settingOf(facts.program, declaration, first);
  const labels: (Label | undefined)[] = [
    facts.flow.label(rule.policyAt ?? rule.at, 'lets more through with it'),
  ];
  const other = facts.program.declarations('Environment').find(one => one.name.text === before);
  const earlier = other && first && settingOf(facts.program, other, first);
  if (earlier) labels.push(facts.label(earlier.in, earlier.item.value.span, `set in \`${before}\``));
  else if (first?.value) labels.push(facts.label(first, first.value.span, `holds in \`${before}\``));
  const args = {
    environment: declaration.name.text,
    before,
    condition: rule.text,
    of: name,
    where,
    params: meant.map(param => param.name.text),
  };
  const file = facts.program.fileOf(setting?.in ?? declaration);
  const { span } = setting?.item.value ?? declaration.name;
  facts.report(environmentsMessages.weaker, args, file, span, { labels });
}

/** Where an environment, or one that it extends, sets a param. */
function settingOf(
  program: Program,
  environment: ast.EnvironmentDeclaration,
  param: ast.ParamDeclaration,
): { readonly in: ast.EnvironmentDeclaration; readonly item: ast.ParamSetting } | undefined {
  const seen = new Set<ast.Declaration>();
  for (let current: ast.EnvironmentDeclaration | undefined = environment; current && !seen.has(current); ) {
    seen.add(current);
    const item = current.items.find(
      (one): one is ast.ParamSetting => one.kind === 'ParamSetting' && one.name.text === param.name.text,
    );
    if (item) return { in: current, item };
    const base: ReturnType<Program['symbolOf']> = current.base && program.symbolOf(current.base);
    current =
      base?.kind === 'declaration' && base.declaration.kind === 'Environment' ? base.declaration : undefined;
  }
  return undefined;
}
