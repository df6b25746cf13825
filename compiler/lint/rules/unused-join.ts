import { plannedAlias } from '../../plan/expression.ts';
import type { Expr } from '../../plan/plan.ts';
import { children } from '../../plan/walk.ts';
import { removeItem } from '../../semantics/fixes.ts';
import { ruleOfMl } from '../references.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const more = `/// A page of the shop.
schema Site {
  site: string @key
  language: string
}

source sites: Site = csv("data/sites.csv")`;
const joined = (features: string): string => project({ features, more });
const join = 'join sites as s on s.site == site';

export const unusedJoin = defineRule({
  name: 'unused-join',
  code: 'MLP7102',
  level: 'warn',
  title: 'a join that nothing reads',
  message: ({ alias, view }: { alias: string; view: string }) =>
    `no feature of \`${view}\` reads \`${alias}\``,
  hint: () => 'remove the join: it looks up a row for every row, and in serving for every request',
  why: `A join finds at most one row and takes none away, so one that no feature reads changes nothing but what it costs: in training
a join of two tables, in serving a look-up in the online store for every request. Mostly the feature it was made for has gone.`,
  reference: ruleOfMl(22, 'clean up features that are no longer used'),
  wrong: joined(`${join}\n  use site, pages, seconds`),
  right: joined(`${join}\n  use site, pages, seconds\n  language = s.language ?? "unknown"`),
  create: context => ({
    Features(view) {
      const plan = context.draft.views[view.name.text];
      if (!plan || plan.at === undefined) return;
      const read = new Set<string>();
      const look = (expr: Expr): void => {
        if (expr.op === 'column') read.add(expr.of);
        for (const child of children(expr)) look(child);
      };
      for (const { expr } of plan.features) look(expr);
      for (const { on } of plan.joins) for (const { own } of on) look(own);
      for (const item of view.items) {
        if (item.kind !== 'Join') continue;
        const alias = item.alias ?? item.table;
        const planned = plannedAlias(alias.text);
        const known = plan.joins.some(one => one.alias === planned);
        if (!known || read.has(planned)) continue;
        const fixes = [{ ...removeItem(context, item.span), title: 'remove the join' }];
        context.report({ alias: alias.text, view: view.name.text }, { span: alias.span, fixes });
      }
    },
  }),
});
