import { changeClasses, classTitles } from '../../compiler/plan/diff/change.ts';
import { planRules, recordRules } from '../../compiler/plan/diff/index.ts';
import { gateRules, trainerRules } from '../../compiler/plan/diff/models.ts';
import type { Coming, Rule } from '../../compiler/plan/diff/rule.ts';
import { columnRules } from '../../compiler/plan/diff/schemas.ts';
import { featureRules } from '../../compiler/plan/diff/views.ts';
import { join, table } from './markdown.ts';

const BEGIN = '<!-- rules of changes: generated -->';
const END = '<!-- end -->';

type Table = Readonly<Record<string, Rule<never, never>>>;
type Whole = Readonly<Record<'added' | 'removed' | 'renamed', Coming<never>>>;

/** In the order of the chain, each with the rules for its properties. */
const constructs: readonly (readonly [string, object, Whole | undefined])[] = [
  ['Params', recordRules.params.rules, recordRules.params],
  ['Schemas', recordRules.schemas.rules, recordRules.schemas],
  ['Columns of a schema', columnRules, undefined],
  ['Connections', recordRules.connections.rules, recordRules.connections],
  ['Sources', recordRules.sources.rules, recordRules.sources],
  ['Sinks', recordRules.sinks.rules, recordRules.sinks],
  ['Validations', recordRules.validations.rules, recordRules.validations],
  ['Values of components', recordRules.components.rules, recordRules.components],
  ['Features', recordRules.views.rules, recordRules.views],
  ['One feature or label', featureRules, undefined],
  ['Models', recordRules.models.rules, recordRules.models],
  ['Trainers', trainerRules, undefined],
  ['Gates', gateRules, undefined],
  ['Deployments', recordRules.deployments.rules, recordRules.deployments],
  ['Monitors', recordRules.monitors.rules, recordRules.monitors],
  ['Pipelines', recordRules.pipelines.rules, recordRules.pipelines],
  ['Environments', recordRules.environments.rules, recordRules.environments],
  ['The rest', planRules, undefined],
];

const classes = (gives: readonly (typeof changeClasses)[number][]): string =>
  changeClasses
    .filter(one => gives.includes(one))
    .map(one => classTitles[one])
    .join(', ');

function rows(rules: Table, whole: Whole | undefined): string[][] {
  const coming = whole
    ? (['added', 'removed', 'renamed'] as const).map(action => [
        action,
        classes(whole[action].gives),
        whole[action].why,
      ])
    : [];
  const properties = Object.values(rules)
    .filter(rule => rule.gives.length > 0)
    .map(({ what, gives, why }) => [what, classes(gives), why]);
  return [...coming, ...properties];
}

/** `docs/compatibility.md` with what each kind of change means put in anew. */
export function compatibility(page: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`docs/compatibility.md: no "${BEGIN}" with "${END}" after it`);
  const sections = constructs.flatMap(([title, rules, whole]) => [
    `### ${title}`,
    table(['what changes', 'is', 'because'], rows(rules as Table, whole)),
  ]);
  return page.slice(0, from) + join([BEGIN, ...sections, END]) + page.slice(to + END.length);
}
