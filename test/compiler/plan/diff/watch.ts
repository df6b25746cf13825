import type { ChangeClass } from '../../../../compiler/plan/diff/change.ts';
import { planRules, recordRules } from '../../../../compiler/plan/diff/index.ts';
import { gateRules, trainerRules } from '../../../../compiler/plan/diff/models.ts';
import type { Rule } from '../../../../compiler/plan/diff/rule.ts';
import { columnRules, schemaRules } from '../../../../compiler/plan/diff/schemas.ts';
import { facetRules } from '../../../../compiler/plan/diff/types.ts';
import { featureRules } from '../../../../compiler/plan/diff/views.ts';

type Table = Readonly<Record<string, Rule<never, never>>>;
const table = (rules: object): Table => rules as unknown as Table;

/** The tables of rules by the definition of the plan's schema that they are for. */
export const tables: Readonly<Record<string, Table>> = {
  Plan: table(planRules),
  Param: table(recordRules.params.rules),
  Schema: table(schemaRules),
  SchemaColumn: table(columnRules),
  Source: table(recordRules.sources.rules),
  Sink: table(recordRules.sinks.rules),
  Construct: table(recordRules.connections.rules),
  Validation: table(recordRules.validations.rules),
  ComponentUse: table(recordRules.components.rules),
  FeatureView: table(recordRules.views.rules),
  Feature: table(featureRules),
  Model: table(recordRules.models.rules),
  TrainerUse: table(trainerRules),
  Gate: table(gateRules),
  Deployment: table(recordRules.deployments.rules),
  Monitor: table(recordRules.monitors.rules),
  Pipeline: table(recordRules.pipelines.rules),
  Environment: table(recordRules.environments.rules),
};
export const typeProperties = Object.keys(facetRules);

/** Classes that rules were seen to give, by `Definition.property`; those that nest count what is inside of them too. */
export function watch(): ReadonlyMap<string, Set<ChangeClass>> {
  const seen = new Map<string, Set<ChangeClass>>();
  for (const [definition, rules] of Object.entries(tables))
    for (const [property, rule] of Object.entries(rules)) {
      const given = new Set<ChangeClass>();
      seen.set(`${definition}.${property}`, given);
      const { compare } = rule;
      (rule as { compare: typeof compare }).compare = (values, whole, site, key) => {
        const before = site.in.changes.length;
        compare(values, whole, site, key);
        for (const change of site.in.changes.slice(before)) given.add(change.class);
      };
    }
  return seen;
}
