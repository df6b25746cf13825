import type { Rule } from '../rule.ts';
import { accuracyOfRareLabel } from './accuracy-of-rare-label.ts';
import { constantFeature } from './constant-feature.ts';
import { copiedDeclaration } from './copied-declaration.ts';
import { duplicateFeature } from './duplicate-feature.ts';
import { gateWithoutFloor } from './gate-without-floor.ts';
import { integerLabel } from './integer-label.ts';
import { keyAsFeature } from './key-as-feature.ts';
import { missingBaseline } from './missing-baseline.ts';
import { missingDocs } from './missing-docs.ts';
import { missingFreshness } from './missing-freshness.ts';
import { missingGate } from './missing-gate.ts';
import { missingMonitor } from './missing-monitor.ts';
import { missingRollback } from './missing-rollback.ts';
import { missingSeed } from './missing-seed.ts';
import { missingSlices } from './missing-slices.ts';
import { missingTest } from './missing-test.ts';
import { missingTimeout } from './missing-timeout.ts';
import { missingValidation } from './missing-validation.ts';
import { monitorGap } from './monitor-gap.ts';
import { naming } from './naming-convention.ts';
import { noisyThreshold } from './noisy-threshold.ts';
import { personalExample } from './personal-example.ts';
import { repeatedNumber } from './repeated-number.ts';
import { retryWithoutPause } from './retry-without-pause.ts';
import { scheduleCadence } from './schedule-cadence.ts';
import { secretName } from './secret-name.ts';
import { silentFailure } from './silent-failure.ts';
import { smallPart } from './small-part.ts';
import { smallSlice } from './small-slice.ts';
import { unheardAlert } from './unheard-alert.ts';
import { unmarkedPersonalColumn } from './unmarked-personal-column.ts';
import { unpinnedImage } from './unpinned-image.ts';
import { unpinnedPackage } from './unpinned-package.ts';
import { unusedDeclaration } from './unused-declaration.ts';
import { unusedJoin } from './unused-join.ts';
import { wideQuarantine } from './wide-quarantine.ts';

/** Every rule, in the order of their codes: 710x what is declared, 711x repeatable runs, 712x data, 713x features, 714x evaluation, 715x operation. */
export const rules: readonly Rule[] = [
  unusedDeclaration,
  unusedJoin,
  copiedDeclaration,
  repeatedNumber,
  missingDocs,
  naming,
  secretName,
  missingSeed,
  unpinnedPackage,
  unpinnedImage,
  missingValidation,
  wideQuarantine,
  scheduleCadence,
  missingFreshness,
  personalExample,
  unmarkedPersonalColumn,
  constantFeature,
  duplicateFeature,
  keyAsFeature,
  integerLabel,
  missingBaseline,
  missingGate,
  gateWithoutFloor,
  noisyThreshold,
  smallSlice,
  accuracyOfRareLabel,
  smallPart,
  missingSlices,
  missingTimeout,
  retryWithoutPause,
  missingRollback,
  missingMonitor,
  unheardAlert,
  monitorGap,
  silentFailure,
  missingTest,
];

export const rulesByName: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.name, rule]));
export const rulesByCode: ReadonlyMap<string, Rule> = new Map(rules.map(rule => [rule.code, rule]));

/** The rules' entries in the registry of diagnostics. */
export const ruleMessages: Readonly<Record<string, Rule['message']>> = Object.fromEntries(
  rules.map(rule => [rule.name, rule.message]),
);
