import { runMessages } from '../../../compiler/diagnostics/messages/run.ts';
import type { Condition, MetricExpr } from '../../../compiler/plan/plan.ts';
import { fault } from '../../data/faults.ts';
import type { StepRunner } from '../../engine/contract.ts';
import {
  type ChampionState,
  type Evaluation,
  type MetricsDocument,
  metricKey,
  type RuleSlice,
  type RuleVerdict,
  type VerdictDocument,
} from '../../engine/documents.ts';
import { errorFacts } from '../../engine/execute.ts';
import { metricsIn } from '../../engine/metrics-needed.ts';
import { modelOf, readDocument, writeJson } from './common.ts';
import { judge, type MetricReader, metricName, numberText } from './condition.ts';

/** Judges the metrics by the model's rules; a rule that must hold and does not refuses the model. */
export const gateStep: StepRunner = async context => {
  const { gate } = modelOf(context);
  const metrics = await readDocument<MetricsDocument>(context, 'metrics', 'metrics/1', 'metrics.json');
  const rules = (gate?.rules ?? []).map(rule => judgeRule(rule, metrics));
  const failed = rules.filter(rule => rule.state === 'failed');
  const verdict: VerdictDocument = {
    version: 'verdict/1',
    model: context.step.of,
    passed: failed.length === 0,
    rules,
    approvals: gate?.approvals ?? [],
  };
  await writeJson(context, 'verdict', 'verdict.json', verdict);
  const warned = rules.filter(rule => rule.state === 'warned');
  const counts = { rules: rules.length, failed: failed.length, warned: warned.length };
  const notes = [...failed, ...warned].map(ruleText);
  if (verdict.passed)
    return {
      status: 'succeeded',
      metrics: counts,
      notes: [`${rules.length - warned.length} of ${rules.length} rules hold`, ...notes],
      snapshots: {},
    };
  const facts = {
    model: context.step.of,
    failed: failed.length,
    rules: rules.length,
    lines: failed.map(ruleText),
  };
  const error = errorFacts(fault(runMessages.gateRefused, facts, { at: failed[0]!.at }));
  return { status: 'refused', metrics: counts, notes, snapshots: {}, error };
};

export function ruleText(rule: RuleVerdict): string {
  const failing = rule.slices?.groups.filter(({ state }) => state === 'failed' || state === 'warned') ?? [];
  const where = failing.slice(0, 3).map(group => `${groupText(group)} ${actualText(group.actual)}`.trim());
  const more = failing.length > 3 ? ` and ${failing.length - 3} more` : '';
  const found = rule.slices ? where.join(', ') + more : actualText(rule.actual);
  return `${rule.text}: ${[found, rule.reason].filter(Boolean).join('; ')}`;
}

const groupText = (group: RuleSlice) => group.values.map(value => value ?? 'missing').join(' & ');
const actualText = (actual: RuleVerdict['actual']) =>
  actual.map(({ name, value }) => `${name} is ${numberText(value)}`).join(', ');

function judgeRule(rule: Condition, metrics: MetricsDocument): RuleVerdict {
  const severity = rule.severity === 'warn' ? 'warn' : 'require';
  const about = { text: rule.text, severity, policy: rule.policy, at: rule.at } as const;
  if (rule.forEach) return { ...about, ...judgeSlices(rule, rule.forEach, severity, metrics) };
  const { holds, actual, required, reason } = judge(
    rule.condition,
    readerOf(rule, metrics.overall, metrics.champion),
  );
  return { ...about, state: stateOf(holds, severity), actual, required, reason, slices: null };
}

const stateOf = (holds: boolean, severity: 'require' | 'warn') =>
  holds ? ('passed' as const) : severity === 'warn' ? ('warned' as const) : ('failed' as const);

type EachResult = Pick<RuleVerdict, 'state' | 'actual' | 'required' | 'reason' | 'slices'>;

function judgeSlices(
  rule: Condition,
  { by, minimum }: NonNullable<Condition['forEach']>,
  severity: 'require' | 'warn',
  metrics: MetricsDocument,
): EachResult {
  const table = metrics.slices.find(slice => slice.by.join('\0') === by.join('\0'));
  if (!table) throw new Error(`the metrics have no slices by ${by.join(', ')}`);
  let required: string | null = null;
  const groups = table.groups.map(({ values, evaluation }): RuleSlice => {
    const about = { values, rows: evaluation.rows };
    if (evaluation.rows < minimum) return { ...about, state: 'skipped', actual: [], reason: null };
    const judged = judge(rule.condition, readerOf(rule, evaluation, metrics.champion));
    required ??= judged.required;
    return { ...about, state: stateOf(judged.holds, severity), actual: judged.actual, reason: judged.reason };
  });
  const judged = groups.filter(({ state }) => state !== 'skipped');
  const problem =
    judged.length === 0
      ? `no ${by.join(', ')} has at least ${minimum} rows`
      : table.omitted.groups > 0
        ? `${table.omitted.groups} more values of ${by.join(', ')} were not measured`
        : null;
  const failing = judged.find(({ state }) => state !== 'passed');
  const state = failing ? failing.state : stateOf(problem === null, severity);
  return {
    state: state as RuleVerdict['state'],
    actual: [],
    required,
    reason: problem ?? failing?.reason ?? null,
    slices: { by, minimum, groups },
  };
}

/** A rule that reads the champion is judged on the rows that the champion was not trained on, all sides of it. */
function readerOf(rule: Condition, evaluation: Evaluation, champion: ChampionState): MetricReader {
  const readsChampion = metricsIn(rule.condition).some(metric => metric.of === 'champion');
  const rows = readsChampion && evaluation.champion ? evaluation.champion : evaluation;
  return metric => {
    if (metric.of === 'champion') return readChampion(metric, evaluation, champion);
    const scores = metric.of === 'baseline' ? rows.baseline : rows.model;
    const value = scores?.[metricKey(metric.metric, metric.args)] ?? null;
    return { value, problem: value === null ? `${metricName(metric)} is undefined on these rows` : null };
  };
}

function readChampion(metric: MetricExpr, evaluation: Evaluation, champion: ChampionState) {
  if (champion.state === 'none') return { value: null, problem: null };
  if (champion.state === 'unscorable')
    return { value: null, problem: `the champion cannot be scored: ${champion.reason}` };
  const value = evaluation.champion?.champion[metricKey(metric.metric, metric.args)] ?? null;
  const problem = `${metricName(metric)} is undefined on the rows that the champion was not trained on`;
  return { value, problem: value === null ? problem : null };
}
