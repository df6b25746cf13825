/** Declarations that fill a row, made of the spec's own names, so that they can be pasted as they are. */
import type { FeatureView, Model, Plan, SchemaColumn, Type } from '../plan/plan.ts';
import { nameText } from '../syntax/written-name.ts';
import type { Advice } from './rows.ts';

const own = (text: string): Advice => ({ into: null, text });
const firstName = (record: object, otherwise: string): string => Object.keys(record)[0] ?? otherwise;

export const source = (): Advice =>
  own('schema Row {\n  id: int @key\n}\n\nsource rows: Row = csv("data/rows.csv")');

/** The model that is gone on with: the first. */
const modelName = (plan: Plan): string => firstName(plan.models, 'prediction');
const viewName = (plan: Plan): string =>
  plan.models[modelName(plan)]?.views[0] ?? firstName(plan.views, 'Features');

/** The source whose rows the model learns from. */
export const sourceOf = (plan: Plan): string =>
  plan.views[viewName(plan)]?.source ?? firstName(plan.sources, 'rows');

export function model(plan: Plan): Advice {
  const view = viewName(plan);
  const label = plan.views[view]?.features.find(feature => feature.label);
  const name = firstName(plan.models, '');
  const metric =
    label && ['bool'].includes(label.type.kind) ? 'auc' : isClass(label?.type) ? 'accuracy' : 'rmse';
  if (name !== '') return { into: `model ${name}`, text: `evaluate ${metric}` };
  const lines = [
    ...(plan.views[view]
      ? []
      : [`features ${view} from ${firstName(plan.sources, 'rows')} {`, '  label y = …', '}', '']),
    `model ${label ? `${label.name}_model` : 'prediction'} {`,
    `  features ${nameText(view)}`,
    `  predict ${nameText(label?.name ?? 'y')}`,
    `  split by ${plan.views[view]?.moment ? 'time' : 'hash'} { train 70%  validation 15%  test 15% }`,
    '  train gradient_boosting()',
    `  evaluate ${metric}`,
    '}',
  ];
  return own(lines.join('\n'));
}
const isClass = (type: Type | undefined): boolean => type?.kind === 'enum' || type?.kind === 'string';

export const inModel = (plan: Plan, text: string): Advice => ({ into: `model ${modelName(plan)}`, text });

export const bound = (plan: Plan): Advice => {
  const open = Object.entries(plan.sources).find(([, { violations }]) => violations.upTo === null);
  return { into: `source ${open?.[0] ?? sourceOf(plan)}`, text: 'quarantine up to 0.1%' };
};

export function validation(plan: Plan, rule: string): Advice {
  const of = sourceOf(plan);
  const name = Object.entries(plan.validations).find(([, { on }]) => on === of)?.[0];
  if (name !== undefined) return { into: `validation ${name}`, text: rule };
  return own(`validation ${of}_sound on ${nameText(of)} {\n  ${rule}\n}`);
}

export function drift(plan: Plan): Advice {
  const column = columnsOf(plan, sourceOf(plan)).find(
    ({ type, tags }) =>
      (type.kind === 'float' || type.kind === 'int') && !tags.includes('pii') && !tags.includes('key'),
  );
  const rule = `warn (psi(${nameText(column?.name ?? 'x')}, against: previous) ?? 0.0) < 0.25`;
  return validation(plan, rule);
}

const columnsOf = (plan: Plan, name: string): readonly SchemaColumn[] =>
  plan.schemas[plan.sources[name]?.schema ?? plan.components[name]?.schema ?? '']?.columns ?? [];

/** A threshold that is neither sure to hold nor sure not to: a little better than chance, where it is known what that is. */
function threshold({ metrics }: Model): {
  readonly metric: string;
  readonly sign: string;
  readonly value: number;
} {
  const use = metrics.find(({ direction }) => direction !== null) ?? metrics[0];
  const [low, high] = [use?.min ?? 0, use?.max ?? null];
  const higher = use?.direction !== 'lower';
  const value = high === null ? low + 1 : low + (high - low) * (higher ? 0.6 : 0.4);
  return { metric: use?.metric ?? 'auc', sign: higher ? '>=' : '<=', value: Number(value.toPrecision(3)) };
}

export function gate(plan: Plan, kind: 'floor' | 'champion' | 'segments'): Advice {
  const name = modelName(plan);
  const trained = plan.models[name];
  if (!trained) return inModel(plan, 'promote { require auc >= 0.6 }');
  const { metric, sign, value } = threshold(trained);
  const slack = `${sign === '>=' ? '-' : '+'} 0.05`;
  const rule = {
    floor: `require ${metric} ${sign} ${value}`,
    champion: `require ${metric} ${sign} (champion.${metric} ?? ${value}) ${slack}`,
    segments: `require ${metric} ${sign} ${value} for each ${segment(plan, trained)} with at least 100 rows`,
  }[kind];
  if (trained.gate) return { into: `promote of model ${name}`, text: rule };
  return { into: `model ${name}`, text: `promote {\n  ${rule}\n}` };
}

/** A feature with few values, or a slice that is measured anyway. */
function segment(plan: Plan, { slices, features }: Model): string {
  const measured = slices[0]?.columns;
  if (measured)
    return measured.length === 1 ? nameText(measured[0]!) : `(${measured.map(nameText).join(', ')})`;
  const kinds = ['enum', 'bool', 'string'];
  const few = kinds.flatMap(kind => features.filter(({ type }) => type.kind === kind))[0];
  return nameText(few?.name ?? firstName(plan.views[viewName(plan)]?.features ?? {}, 'segment'));
}

const deploymentName = (plan: Plan): string => firstName(plan.deployments, `${modelName(plan)}_api`);

export const deployment = (plan: Plan): Advice =>
  own(
    [
      `deployment ${deploymentName(plan)} {`,
      `  serve ${nameText(modelName(plan))}`,
      '  resources { cpu: 0.5, memory: 512MiB }',
      '  check { load within 60s }',
      '  rollout canary { 10% for 10min, 100% }',
      '  rollback when error_rate > 1%',
      '}',
    ].join('\n'),
  );
export const inDeployment = (plan: Plan, text: string): Advice => ({
  into: `deployment ${deploymentName(plan)}`,
  text,
});
export const inCheck = (plan: Plan, text: string): Advice =>
  plan.deployments[deploymentName(plan)]?.check
    ? { into: `check of deployment ${deploymentName(plan)}`, text }
    : inDeployment(plan, `check {\n  ${text}\n}`);

const pipelineName = (plan: Plan): string => firstName(plan.pipelines, 'nightly');

export function inPipeline(plan: Plan, trigger: string): Advice {
  const name = pipelineName(plan);
  if (plan.pipelines[name]) return { into: `pipeline ${name}`, text: trigger };
  const goal = Object.keys(plan.deployments)[0] ?? modelName(plan);
  // Without it what it starts could start it again and again.
  return own(
    [`pipeline ${name} {`, `  run ${nameText(goal)}`, `  ${trigger}`, '  cooldown 6h', '}'].join('\n'),
  );
}

/** A monitor that alerts, or the alert that it lacks, or the trigger that hears it. */
export function monitor(plan: Plan, kind: 'drift' | 'metric'): Advice {
  const trained = plan.models[modelName(plan)];
  const { metric, sign, value } = trained ? threshold(trained) : { metric: 'auc', sign: '>=', value: 0.6 };
  const alert =
    kind === 'drift'
      ? 'alert psi(each feature) > 0.25'
      : `alert ${metric} ${sign === '>=' ? '<' : '>'} ${value}`;
  const [name, existing] = Object.entries(plan.monitors)[0] ?? [];
  if (name === undefined || !existing) {
    const of = sourceOf(plan);
    const lines = [
      `monitor ${modelName(plan)}_watch on ${nameText(deploymentName(plan))} {`,
      '  every 1d over 30d',
      `  labels from ${nameText(of)} on (${keysOf(plan, of).map(nameText).join(', ')})`,
      `  ${alert}`,
      '}',
    ];
    return own(lines.join('\n'));
  }
  const asked = Object.values(plan.pipelines).some(({ triggers }) =>
    triggers.some(trigger => trigger.kind === 'alert' && trigger.monitor === name),
  );
  const speaks = existing.rules.some(
    ({ severity, text }) => severity === 'alert' && text.includes(kind === 'drift' ? 'each feature' : metric),
  );
  if (speaks && !asked) return inPipeline(plan, `on alert(${nameText(name)})`);
  return { into: `monitor ${name}`, text: alert };
}

/** What tells a row from another, and its label may be found by. */
function keysOf(plan: Plan, name: string): readonly string[] {
  const schema = plan.schemas[plan.sources[name]?.schema ?? ''];
  if (!schema) return ['id'];
  if (schema.key.length > 0) return schema.key;
  // Without a key or a time, all that a request tells.
  return schema.eventTime === null ? (plan.views[viewName(plan)]?.request ?? []) : [schema.eventTime];
}

export function featureTest(plan: Plan): Advice {
  const name = viewName(plan);
  const view = plan.views[name];
  if (!view) return own(`test "an example" of ${name} {\n  given { … }\n  expect …\n}`);
  const copied = view.features.find(({ expr, label }) => !label && expr.op === 'column' && expr.of === 'row');
  const shown = copied ?? view.features[0]!;
  const expr = shown.expr;
  const value =
    expr.op === 'column' && expr.of === 'row'
      ? columnsOf(plan, view.source).find(column => column.name === expr.column)
      : undefined;
  const expected = `${nameText(shown.name)} == ${example(value?.type ?? shown.type)}`;
  const lines = [
    `test "an example of ${name}" of ${nameText(name)} {`,
    `  given ${row(columnsOf(plan, view.source))}`,
    ...(view.moment?.kind === 'each' ? ['  at 2024-01-01T00:00:00Z'] : []),
    `  expect ${value?.type.optional ? `(${nameText(shown.name)} ?? ${example(value.type)}) == ${example(value.type)}` : expected}`,
    '}',
  ];
  return own(lines.join('\n'));
}

const row = (columns: readonly SchemaColumn[]): string =>
  `{ ${columns.map(({ name, type }) => `${nameText(name)}: ${example(type)}`).join(', ')} }`;

/** A value of a type, as plain as it can be. */
function example(type: Type): string {
  const allowed = type.values?.[0] ?? type.members?.[0];
  if (allowed !== undefined) return typeof allowed === 'string' ? JSON.stringify(allowed) : String(allowed);
  const number =
    type.min === undefined || Number(type.min) <= 1 ? Math.min(1, Number(type.max ?? 1)) : Number(type.min);
  switch (type.kind) {
    case 'bool':
      return 'true';
    case 'int':
      return String(Math.ceil(number));
    case 'float':
      return Number.isInteger(number) ? `${number}.0` : String(number);
    case 'date':
      return '2024-01-01';
    case 'datetime':
      return '2024-01-01T00:00';
    case 'timestamp':
      return '2024-01-01T00:00:00Z';
    case 'duration':
      return '1d';
    default:
      return '"ABC"';
  }
}

/** One test of the model for all three, or the line that an existing one lacks. */
export function modelTest(plan: Plan, item: string): Advice {
  const existing = plan.tests.find(({ kind }) => kind === 'model');
  if (existing) return { into: `test "${existing.title}"`, text: item };
  const items = ['converges on 1_000 rows', 'overfits 50 rows', 'stays finite'];
  return own(
    `test "it can learn" of ${nameText(modelName(plan))} {\n${items.map(one => `  ${one}\n`).join('')}}`,
  );
}

export function componentTest(plan: Plan): Advice {
  const used = Object.values(plan.components);
  const open = used.find(
    ({ component }) => !plan.tests.some(test => test.kind === 'component' && test.of === component),
  );
  const inputs = Object.values(open?.inputs ?? {}).filter(table => plan.sources[table]);
  const given = inputs.map(table => `  given ${nameText(table)} [${row(columnsOf(plan, table))}]\n`).join('');
  return own(
    `test "what ${open?.component} yields" of ${nameText(open?.component ?? 'component')} {\n${given}}`,
  );
}

export const pipelineTest = (plan: Plan): Advice =>
  own(`test "a small run" of ${nameText(pipelineName(plan))} { runs on 1_000 rows }`);

export function serviceTest(plan: Plan): Advice {
  const name = deploymentName(plan);
  const serves = plan.models[plan.deployments[name]?.serves ?? ''] ?? plan.models[modelName(plan)];
  const asked = new Set((serves?.views ?? []).flatMap(view => plan.views[view]?.request ?? []));
  const view: FeatureView | undefined = plan.views[serves?.views[0] ?? ''];
  const columns = columnsOf(plan, view?.source ?? '').filter(
    column =>
      asked.has(column.name) || (view?.moment?.kind === 'column' && view.moment.column === column.name),
  );
  const label = serves?.label;
  const expected =
    label?.type.kind === 'bool'
      ? `not ${nameText(label.name)}`
      : `${nameText(label?.name ?? 'y')} ${label && isClass(label.type) ? '==' : '>='} ${label ? (serves?.classes?.[0] === undefined ? example(label.type) : JSON.stringify(serves.classes[0])) : '…'}`;
  return own(`test "a request" of ${nameText(name)} {\n  given ${row(columns)}\n  expect ${expected}\n}`);
}

export function staging(plan: Plan): Advice {
  const replaced = Object.entries(plan.sources).flatMap(([name, { from }]) =>
    typeof from.args['path'] === 'string' && !/^[a-z0-9]+:\/\//.test(from.args['path'])
      ? [`  source ${nameText(name)} = ${from.name}("s3://acme-data/${name}/*.${from.name}")`]
      : [],
  );
  return own(
    [
      'environment staging {',
      '  target kubernetes { namespace: "ml-staging", registry: "ghcr.io/acme/ml", artifacts: "s3://acme-ml-staging" }',
      ...replaced,
      '  models trained here',
      '  deploy on push("main")',
      '}',
    ].join('\n'),
  );
}

export function production(plan: Plan): Advice {
  const before = firstName(plan.environments, 'staging');
  return own(
    [
      `environment production extends ${before} {`,
      '  target kubernetes { namespace: "ml", artifacts: "s3://acme-ml" }',
      `  models promoted from ${before}`,
      '  deploy after approval("ml-owners")',
      '}',
    ].join('\n'),
  );
}
