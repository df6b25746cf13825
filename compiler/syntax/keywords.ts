/**
 * The one list of the language's words: reserved words, the keyword of every declaration, and for every kind of
 * block the items that may stand in it. Parser, messages, completion and highlighting read it here.
 */

/** A line of a block, as help text shows it. */
export interface ItemKeyword {
  readonly word: string;
  /** How the item is written, in a few words. */
  readonly form: string;
}

export const reservedWords = [
  'and',
  'or',
  'not',
  'in',
  'is',
  'null',
  'true',
  'false',
  'if',
  'then',
  'else',
  'match',
  'matching',
  'over',
  'by',
] as const;

/** What begins an item of a file. */
export const declarationKeywords = [
  { word: 'import', form: 'import std.sources { csv }' },
  { word: 'schema', form: 'schema Name { column: type }' },
  { word: 'enum', form: 'enum Name { a, b }' },
  { word: 'param', form: 'param name: type = value' },
  { word: 'let', form: 'let name = value' },
  { word: 'connection', form: 'connection name = postgres(…)' },
  { word: 'source', form: 'source name: Row = csv("…")' },
  { word: 'sink', form: 'sink name: Row = table(…)' },
  { word: 'validation', form: 'validation name on source { require … }' },
  { word: 'function', form: 'function name(x: type) -> type = …' },
  { word: 'aggregate', form: 'aggregate name(x: type) -> type builtin' },
  { word: 'component', form: 'component name(x: table Row) -> table Row { run … }' },
  { word: 'trainer', form: 'trainer name(x: type) for task { run … }' },
  { word: 'metric', form: 'metric name for task in low..high higher is better { run … }' },
  { word: 'policy', form: 'policy name(m: metric) { require … }' },
  { word: 'constructor', form: 'constructor name(x: type) for source builtin' },
  { word: 'annotation', form: 'annotation name(x: type) on column' },
  { word: 'features', form: 'features Name from source at column { … }' },
  { word: 'model', form: 'model name { features … predict … }' },
  { word: 'deployment', form: 'deployment name { serve model }' },
  { word: 'monitor', form: 'monitor name on deployment { … }' },
  { word: 'pipeline', form: 'pipeline name { run … }' },
  { word: 'environment', form: 'environment name { target … }' },
  { word: 'test', form: 'test "title" of Name { … }' },
] as const satisfies readonly ItemKeyword[];

const resources = [
  { word: 'resources', form: 'resources { cpu: 1, memory: 2GiB }' },
  { word: 'timeout', form: 'timeout 20min' },
  { word: 'retry', form: 'retry 2 times after 30s' },
] as const;

const rules = [
  { word: 'require', form: 'require condition' },
  { word: 'warn', form: 'warn condition' },
  { word: 'policy', form: 'policy name(…)' },
] as const;

/** The items of each kind of block that begin with a keyword of their own. */
export const itemKeywords = {
  schema: [],
  enum: [],
  source: [
    { word: 'partitioned', form: 'partitioned by column daily' },
    { word: 'watermark', form: 'watermark column' },
    { word: 'fresh', form: 'fresh within 26h' },
    { word: 'lag', form: 'lag 2h' },
    { word: 'drop', form: 'drop up to 1%' },
    { word: 'quarantine', form: 'quarantine up to 1%' },
    ...resources,
  ],
  validation: rules,
  foreign: [
    { word: 'run', form: 'run python "file.py:function"' },
    { word: 'packages', form: 'packages "name==1.0"' },
    { word: 'accepts', form: 'accepts missing, categories' },
    ...resources,
  ],
  policy: rules,
  features: [
    { word: 'key', form: 'key column' },
    { word: 'join', form: 'join table as t on t.key == column' },
    { word: 'use', form: 'use column, column' },
    { word: 'label', form: 'label name = …' },
    { word: 'materialize', form: 'materialize every 1h' },
    { word: 'stale', form: 'stale after 3h else null' },
    ...resources,
  ],
  model: [
    { word: 'features', form: 'features View without { column }' },
    { word: 'predict', form: 'predict label' },
    { word: 'where', form: 'where condition' },
    { word: 'split', form: 'split by time { train 80%  test 20% }' },
    { word: 'sample', form: 'sample 10_000 rows' },
    { word: 'train', form: 'train trainer(…)' },
    { word: 'load', form: 'load onnx("…")' },
    { word: 'tune', form: 'tune { depth: 4..8 } maximize auc with 20 trials' },
    { word: 'baseline', form: 'baseline trainer(…)' },
    { word: 'seed', form: 'seed 42' },
    { word: 'threshold', form: 'threshold 0.5' },
    { word: 'evaluate', form: 'evaluate auc, log_loss by column' },
    { word: 'promote', form: 'promote { require … }' },
    ...resources,
  ],
  promote: [...rules, { word: 'approval', form: 'approval("team")' }],
  split: [],
  tune: [],
  deployment: [
    { word: 'serve', form: 'serve model' },
    { word: 'score', form: 'score source into sink' },
    { word: 'shadow', form: 'shadow model' },
    { word: 'traffic', form: 'traffic 50rps' },
    { word: 'replicas', form: 'replicas 2..10 at 70% cpu' },
    { word: 'check', form: 'check { require … }' },
    { word: 'rollout', form: 'rollout canary { 5% for 10min, 100% }' },
    { word: 'rollback', form: 'rollback when condition' },
    { word: 'log', form: 'log 20% of requests' },
    ...resources,
  ],
  check: [{ word: 'load', form: 'load within 60s' }, ...rules],
  rollout: [],
  monitor: [
    { word: 'every', form: 'every 1d over 7d' },
    { word: 'labels', form: 'labels from source on column' },
    { word: 'warn', form: 'warn condition' },
    { word: 'alert', form: 'alert condition for 2 times' },
    { word: 'notify', form: 'notify slack(…) on event' },
    ...resources,
  ],
  pipeline: [
    { word: 'run', form: 'run goal, goal' },
    { word: 'on', form: 'on schedule("0 3 * * *")' },
    { word: 'cooldown', form: 'cooldown 6h' },
    { word: 'concurrency', form: 'concurrency replace' },
    { word: 'budget', form: 'budget 20h cpu' },
    { word: 'interval', form: 'interval 1d' },
    { word: 'notify', form: 'notify slack(…) on failure' },
    ...resources,
  ],
  environment: [
    { word: 'target', form: 'target kubernetes { namespace: "ml" }' },
    { word: 'source', form: 'source name = csv("…")' },
    { word: 'sink', form: 'sink name = table(…)' },
    { word: 'connection', form: 'connection name = postgres(…)' },
    { word: 'models', form: 'models promoted from staging' },
    { word: 'deploy', form: 'deploy after approval("team")' },
    { word: 'param', form: 'param name = value' },
  ],
  test: [
    { word: 'given', form: 'given { column: value }' },
    { word: 'at', form: 'at 2024-03-05T00:00:00Z' },
    { word: 'expect', form: 'expect condition' },
    { word: 'converges', form: 'converges on 2_000 rows' },
    { word: 'overfits', form: 'overfits 64 rows' },
    { word: 'stays', form: 'stays finite' },
    { word: 'runs', form: 'runs on 1_000 rows' },
  ],
  import: [],
  settings: [],
  record: [],
  set: [],
  match: [],
  names: [],
} as const satisfies Record<string, readonly ItemKeyword[]>;

/** The kinds of `{ }`. */
export type BlockKind = keyof typeof itemKeywords;

/** In these blocks an item may also be a named one; the text says how it is written. */
export const namedItems: Partial<Record<BlockKind, string>> = {
  schema: 'column: type',
  foreign: 'column: type from (a, b)',
  features: 'name = expression',
  tune: 'parameter: low..high',
  settings: 'name: value',
  record: 'column: value',
};

/** How people name a block's items in a sentence. */
export const blockNames: Record<BlockKind, string> = {
  schema: '`schema`',
  enum: '`enum`',
  source: '`source`',
  validation: '`validation`',
  foreign: 'this definition',
  policy: '`policy`',
  features: '`features`',
  model: '`model`',
  promote: '`promote`',
  split: '`split`',
  tune: '`tune`',
  deployment: '`deployment`',
  check: '`check`',
  rollout: '`rollout`',
  monitor: '`monitor`',
  pipeline: '`pipeline`',
  environment: '`environment`',
  test: '`test`',
  import: 'an import',
  settings: 'these settings',
  record: 'a record',
  set: 'a set',
  match: '`match`',
  names: 'this list',
};

/** Words that are keywords only inside an item, after its beginning. */
export const innerKeywords = [
  'extends',
  'as',
  'from',
  'of',
  'for',
  'to',
  'up',
  'within',
  'with',
  'without',
  'when',
  'unless',
  'after',
  'into',
  'each',
  'least',
  'times',
  'rows',
  'next',
  'last',
  'feature',
  'except',
  'fitted',
  'builtin',
  'python',
  'shell',
  'sql',
  'typescript',
  'container',
  'args',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'hour',
  'day',
  'week',
  'month',
  'fail',
  'time',
  'group',
  'hash',
  'random',
  'maximize',
  'minimize',
  'trials',
  'requests',
  'request',
  'trained',
  'here',
  'promoted',
  'finite',
  'higher',
  'lower',
  'better',
  'table',
  'vector',
] as const;

type Words<T> = T extends readonly (infer Item)[]
  ? Item extends { readonly word: infer W }
    ? W
    : never
  : never;
export type ReservedWord = (typeof reservedWords)[number];
export type ContextualWord =
  | Words<typeof declarationKeywords>
  | { [K in BlockKind]: Words<(typeof itemKeywords)[K]> }[BlockKind]
  | (typeof innerKeywords)[number];

/** Every contextual keyword once. */
export const contextualWords: readonly ContextualWord[] = [
  ...new Set<ContextualWord>([
    ...declarationKeywords.map(({ word }) => word),
    ...Object.values(itemKeywords).flatMap(items => items.map(({ word }) => word)),
    ...innerKeywords,
  ]),
];
