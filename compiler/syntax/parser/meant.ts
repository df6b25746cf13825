import { suggest } from '../../diagnostics/suggest.ts';
import { type BlockKind, type ContextualWord, declarationKeywords, itemKeywords } from '../keywords.ts';

/** What a word was meant to be, where a declaration or an item begins: by spelling, or from other tools' languages. */

type DeclarationWord = (typeof declarationKeywords)[number]['word'];

const DECLARATION_SYNONYMS: Readonly<Record<string, DeclarationWord>> = {
  class: 'schema',
  table: 'schema',
  struct: 'schema',
  type: 'schema',
  record: 'schema',
  interface: 'schema',
  entity: 'schema',
  dataset: 'source',
  const: 'let',
  var: 'let',
  val: 'let',
  parameter: 'param',
  def: 'function',
  fn: 'function',
  func: 'function',
  fun: 'function',
  feature: 'features',
  feature_view: 'features',
  step: 'component',
  task: 'component',
  service: 'deployment',
  endpoint: 'deployment',
  workflow: 'pipeline',
  dag: 'pipeline',
  job: 'pipeline',
  env: 'environment',
  include: 'import',
  using: 'import',
  output: 'sink',
  validate: 'validation',
};

/** Where a word means something else in one block than elsewhere. */
const OF_BLOCK: Partial<Readonly<Record<BlockKind, Readonly<Record<string, ContextualWord>>>>> = {
  features: { target: 'label', outcome: 'label', response: 'label' },
};

const ITEM_SYNONYMS: Readonly<Record<string, ContextualWord>> = {
  assert: 'require',
  ensure: 'require',
  must: 'require',
  expects: 'expect',
  should: 'expect',
  target: 'predict',
  label: 'predict',
  metrics: 'evaluate',
  evaluation: 'evaluate',
  trainer: 'train',
  tuning: 'tune',
  filter: 'where',
  gate: 'promote',
  input: 'given',
  columns: 'use',
  schedule: 'on',
  trigger: 'on',
  retries: 'retry',
  scale: 'replicas',
  select: 'use',
};

const lookUp = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

export function meantDeclaration(word: string): DeclarationWord | undefined {
  const words = declarationKeywords.map(keyword => keyword.word);
  const lower = word.toLowerCase();
  return lookUp(DECLARATION_SYNONYMS, lower) ?? (suggest(word, words) as DeclarationWord | undefined);
}

export function meantItem(word: string, block: BlockKind): ContextualWord | undefined {
  const words: readonly ContextualWord[] = itemKeywords[block].map(keyword => keyword.word);
  const synonym =
    lookUp(OF_BLOCK[block] ?? {}, word.toLowerCase()) ?? lookUp(ITEM_SYNONYMS, word.toLowerCase());
  if (synonym !== undefined && words.includes(synonym)) return synonym;
  if (word === 'return') return undefined;
  return suggest(word, words) as ContextualWord | undefined;
}

/** The block that a word is an item of, for one that stands in the wrong block. */
export function homeOf(word: string): BlockKind | undefined {
  const blocks = Object.keys(itemKeywords) as BlockKind[];
  return blocks.find(block =>
    (itemKeywords[block] as readonly { word: string }[]).some(item => item.word === word),
  );
}
