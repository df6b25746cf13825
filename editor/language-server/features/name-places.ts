import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Token } from '../../../compiler/syntax/tokens.ts';

/** What a name at a place of the grammar may be. */
export type NamePlace =
  /** A name that the author gives. */
  | { readonly kind: 'free' }
  | { readonly kind: 'declared'; readonly kinds: readonly ast.Declaration['kind'][] }
  | { readonly kind: 'called'; readonly kinds: readonly ast.Declaration['kind'][] }
  | { readonly kind: 'constructed'; readonly makes: string }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Columns of a table or schema that is named in the declaration's head, or of the table before the cursor. */
  | { readonly kind: 'columns'; readonly of: 'row' | 'named' }
  | { readonly kind: 'slices' | 'label' | 'metric' | 'type' | 'annotation' | 'member' | 'left out' }
  | { readonly kind: 'trainer parameter' | 'argument' | 'record field' }
  /** Keys of the settings of what is constructed before the bracket. */
  | { readonly kind: 'settings' }
  | { readonly kind: 'expression'; readonly in: Container };

/** What surrounds an expression, which decides what it may read. */
export type Container =
  | 'row'
  | 'table'
  | 'gate'
  | 'service'
  | 'trigger'
  | 'release'
  | 'test'
  | 'constant'
  | 'argument';

const TABLES = declared('Source', 'Features', 'Let');
const FREE: NamePlace = { kind: 'free' };

function declared(...kinds: ast.Declaration['kind'][]): NamePlace {
  return { kind: 'declared', kinds };
}
const words = (...list: string[]): NamePlace => ({ kind: 'words', words: list });

/** Where a name stands in its rule: what was written before it, nearest last, and the rules around. */
interface Standing {
  readonly before: readonly Token[];
  readonly rules: readonly string[];
}
type Maker = NamePlace | ((standing: Standing) => NamePlace);

const word = ({ before }: Standing, back = 1): string => before.at(-back)?.image ?? '';
/** The first word of the item: the last one that begins a line. */
const first = ({ before }: Standing, among: readonly string[]): string =>
  [...before].reverse().find(token => among.includes(token.image))?.image ?? '';

/** In a list of its own: `use a, b`, `features A, B`, `on failure, success`. */
const lists: Readonly<Record<string, Maker>> = {
  modelFeatures: declared('Features'),
  pipelineItem: declared('Deployment', 'Model', 'Features', 'Validation', 'Source'),
  keywordFeaturesItem: { kind: 'columns', of: 'row' },
  notify: ({ rules }) =>
    rules.includes('monitorDeclaration')
      ? words('alert', 'warning', 'recovery', 'failure')
      : words('failure', 'success', 'promotion', 'refusal', 'start'),
  trainerDeclaration: words('binary', 'multiclass', 'regression', 'ranking', 'forecast', 'multilabel'),
  metricDeclaration: words('binary', 'multiclass', 'regression', 'ranking', 'forecast', 'multilabel'),
  foreignItem: words('missing', 'categories'),
};

/** What is called, by the item around the call. */
const calls: Readonly<Record<string, Maker>> = {
  sourceDeclaration: { kind: 'constructed', makes: 'source' },
  sinkDeclaration: { kind: 'constructed', makes: 'sink' },
  connectionDeclaration: { kind: 'constructed', makes: 'connection' },
  replacement: standing => ({
    kind: 'constructed',
    makes: first(standing, ['source', 'sink', 'connection']),
  }),
  modelItem: standing =>
    word(standing) === 'load'
      ? { kind: 'constructed', makes: 'loader' }
      : { kind: 'called', kinds: ['Trainer'] },
  policyUse: { kind: 'called', kinds: ['Policy'] },
  notify: { kind: 'constructed', makes: 'notifier' },
};

const makers: Readonly<Record<string, Maker>> = {
  call: ({ rules, ...rest }) => made(calls[rules.at(-2) ?? ''], { rules, ...rest }),
  names: ({ rules, ...rest }) => made(lists[rules.at(-2) ?? ''], { rules, ...rest }),
  typeBody: { kind: 'type' },
  annotationUse: { kind: 'annotation' },
  argument: { kind: 'argument' },
  primary: { kind: 'member' },
  columns: ({ rules }) =>
    rules.includes('slices') || rules.includes('forEachSlice')
      ? { kind: 'slices' }
      : { kind: 'columns', of: rules.includes('labelsFrom') ? 'named' : 'row' },
  aggregateTail: TABLES,
  moment: { kind: 'columns', of: 'row' },
  join: standing => (word(standing) === 'join' ? TABLES : FREE),
  sourceDeclaration: standing => (word(standing) === ':' ? declared('Schema') : FREE),
  sinkDeclaration: standing => (word(standing) === ':' ? declared('Schema') : FREE),
  schemaDeclaration: standing => (word(standing) === 'extends' ? declared('Schema') : FREE),
  sourceItem: { kind: 'columns', of: 'row' },
  partition: { kind: 'columns', of: 'row' },
  validationDeclaration: standing => (word(standing) === 'on' ? TABLES : FREE),
  featuresDeclaration: standing => (word(standing) === 'from' ? TABLES : FREE),
  predict: standing =>
    word(standing) === 'as'
      ? words('ranking', 'forecast', 'multilabel', 'binary', 'multiclass', 'regression')
      : word(standing) === 'by'
        ? { kind: 'columns', of: 'row' }
        : { kind: 'label' },
  split: { kind: 'columns', of: 'row' },
  splitPart: words('train', 'validate', 'validation', 'test'),
  tuneParameter: { kind: 'trainer parameter' },
  tune: { kind: 'metric' },
  metricUse: { kind: 'metric' },
  without: { kind: 'left out' },
  eachFeature: { kind: 'left out' },
  deploymentItem: declared('Model'),
  scoreInto: standing => (word(standing) === 'into' ? declared('Sink') : TABLES),
  replicas: words('cpu', 'memory'),
  rollout: words('canary', 'blue_green', 'all_at_once'),
  setting: ({ rules }) =>
    rules.includes('resourceItem') ? words('cpu', 'memory', 'gpu', 'workers') : { kind: 'settings' },
  monitorDeclaration: standing => (word(standing) === 'on' ? declared('Deployment') : FREE),
  labelsFrom: TABLES,
  scheduling: words('queue', 'replace', 'skip'),
  environmentDeclaration: standing => (word(standing) === 'extends' ? declared('Environment') : FREE),
  target: { kind: 'constructed', makes: 'target' },
  replacement: standing =>
    ({ source: declared('Source'), sink: declared('Sink'), connection: declared('Connection') })[
      word(standing)
    ] ?? declared('Param'),
  environmentItem: declared('Param'),
  models: declared('Environment'),
  testDeclaration: declared('Features', 'Model', 'Deployment', 'Let', 'Pipeline', 'Function'),
  given: declared('Source', 'Features', 'Let'),
  recordField: { kind: 'record field' },
  nameOrCall: standing => ({ kind: 'expression', in: containerOf(standing) }),
};

function containerOf({ rules }: Standing): Container {
  const has = (...names: string[]): boolean => names.some(name => rules.includes(name));
  if (has('plainArguments')) return 'argument';
  if (has('monitorDeclaration', 'deploymentDeclaration')) return 'service';
  if (has('pipelineItem')) return 'trigger';
  if (has('deploy')) return 'release';
  if (has('testDeclaration')) return 'test';
  if (has('promote', 'policyDeclaration')) return 'gate';
  if (has('validationDeclaration')) return 'table';
  return has('featuresDeclaration', 'modelDeclaration', 'functionDeclaration') ? 'row' : 'constant';
}

const made = (maker: Maker | undefined, standing: Standing): NamePlace =>
  typeof maker === 'function' ? maker(standing) : (maker ?? FREE);

/** What a name may be that stands in these rules, the innermost last, behind these tokens. */
export function namePlace(rules: readonly string[], before: readonly Token[]): NamePlace {
  return made(makers[rules.at(-1) ?? ''], { rules, before });
}
