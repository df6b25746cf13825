import type { Rule } from '../rule.ts';
import { integerLabel } from './integer-label.ts';
import { missingDocs } from './missing-docs.ts';
import { missingSeed } from './missing-seed.ts';
import { missingTimeout } from './missing-timeout.ts';
import { scheduleCadence } from './schedule-cadence.ts';
import { unpinnedPackage } from './unpinned-package.ts';
import { unusedDeclaration } from './unused-declaration.ts';

/** Every rule, in the order of their codes, which is the order in which they speak of one place. */
export const rules: readonly Rule[] = [
  unusedDeclaration,
  missingSeed,
  unpinnedPackage,
  integerLabel,
  missingDocs,
  missingTimeout,
  scheduleCadence,
];

export const rulesByName: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.name, rule]));
export const rulesByCode: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.code, rule]));

/** The rules' entries in the registry of diagnostics. */
export const ruleMessages: Readonly<Record<string, Rule['message']>> = Object.fromEntries(
  rules.map(rule => [rule.name, rule.message]),
);
