import {
  declarationKeywords,
  innerKeywords,
  itemKeywords,
  reservedWords,
} from '../compiler/syntax/keywords.ts';

/** Where the grammar for highlighting lies; the extension's build copies it. */
export const textmatePath = 'grammar/mlp.tmLanguage.json';

const either = (words: Iterable<string>): string =>
  [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|');
const constants: readonly string[] = ['true', 'false', 'null'];
const types = ['bool', 'int', 'float', 'string', 'date', 'datetime', 'timestamp', 'duration', 'size', 'rate']
  .concat(['vector', 'blob', 'table', 'model', 'metric'])
  .sort();
const special = ['champion', 'baseline', 'previous'];

/** `name =` and `name:` are names, whatever keyword the name may be elsewhere; so is what stands before a point. */
const notNamed = String.raw`(?!\s*[=:](?!=))(?!\s*\.)`;
/** The beginning of an item: of a line, or behind a bracket or comma. */
const begins = String.raw`(?:^|(?<=[{},]))\s*`;
const quotedName = '`[^`\\r\\n]+`';

const strings = {
  patterns: [
    { name: 'string.quoted.triple.mlp', begin: '"""', end: '"""' },
    { name: 'string.regexp.mlp', match: String.raw`\br"[^"\r\n]*"?` },
    {
      name: 'string.quoted.double.mlp',
      begin: '"',
      end: '"|(?=$)',
      patterns: [{ name: 'constant.character.escape.mlp', match: String.raw`\\(?:u\{[0-9a-fA-F]+\}|.)` }],
    },
  ],
};

const comments = {
  patterns: [
    { name: 'comment.line.documentation.mlp', match: '///(?!/).*$' },
    { name: 'comment.line.double-slash.mlp', match: '//.*$' },
    { name: 'comment.block.mlp', begin: String.raw`/\*`, end: String.raw`\*/` },
  ],
};

const imports = {
  begin: String.raw`^\s*(import)\b${notNamed}`,
  // The names may go on over several lines; one that is not closed ends where the next item begins.
  end: String.raw`\}|^(?=[^\s}])`,
  beginCaptures: { 1: { name: 'keyword.control.import.mlp' } },
  patterns: [
    { include: '#strings' },
    { match: String.raw`\bstd(?:\.\w+)+`, name: 'entity.name.namespace.mlp' },
    { match: String.raw`\bas\b`, name: 'keyword.control.as.mlp' },
    { match: String.raw`[A-Za-z_]\w*`, name: 'variable.other.mlp' },
  ],
};

const numbers = {
  patterns: [
    {
      name: 'constant.numeric.date.mlp',
      match: String.raw`\b\d{4}-\d{2}-\d{2}(?:T[\d:]+(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?`,
    },
    {
      name: 'constant.numeric.duration.mlp',
      match: String.raw`\b\d[\d_]*(?:\.\d[\d_]*)?(?:ms|s|min|h|d|B|KiB|MiB|GiB|TiB|rps)\b`,
    },
    { name: 'constant.numeric.percent.mlp', match: String.raw`\b\d[\d_]*(?:\.\d[\d_]*)?%` },
    { name: 'constant.numeric.mlp', match: String.raw`\b\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?\b` },
  ],
};

/** Inside of a block, `policy` uses one. */
const declarations = {
  match: String.raw`^(?!\s+policy\b)(\s*)(${either(
    declarationKeywords
      .map(({ word }) => word as string)
      .filter(word => word !== 'import' && word !== 'test'),
  )})\s+(?![=:])([A-Za-z_]\w*|${quotedName})(?=\s*(?:[:=({]|extends\b|from\b|on\b|for\b|in\b))`,
  captures: { 2: { name: 'keyword.declaration.mlp' }, 3: { name: 'entity.name.type.mlp' } },
};

const items = {
  patterns: [
    { match: String.raw`^(\s*)(test)(?=\s+")`, captures: { 2: { name: 'keyword.declaration.mlp' } } },
    {
      match: String.raw`${begins}\b(${either(
        Object.values(itemKeywords).flatMap(all => all.map(({ word }) => word as string)),
      )})\b${notNamed}`,
      captures: { 1: { name: 'keyword.control.mlp' } },
    },
  ],
};

const inner = {
  patterns: [
    { name: 'variable.language.mlp', match: String.raw`\b(?:${either(special)})\b(?=\s*[.(])` },
    {
      name: 'keyword.other.mlp',
      match: String.raw`(?<=[\w")%\]]\s)(?:${either([...innerKeywords, 'at', 'on'])})\b(?=\s+[\w"(\{]|\s*$)${notNamed}`,
    },
  ],
};

const names = {
  patterns: [
    { name: 'variable.other.mlp', match: quotedName },
    {
      match: String.raw`${begins}([A-Za-z_]\w*)(?=\s*[=:](?!=))`,
      captures: { 1: { name: 'variable.other.definition.mlp' } },
    },
  ],
};

/**
 * A TextMate grammar made from the language's one list of words. Colours say what a word most likely is; what it really
 * is the language server tells (semantic tokens).
 */
export function textmateGrammar(): unknown {
  const repository = {
    comments,
    strings,
    annotations: { match: String.raw`@[A-Za-z_]\w*`, name: 'entity.name.decorator.mlp' },
    imports,
    declarations,
    items,
    numbers,
    operators: { name: 'keyword.operator.mlp', match: String.raw`==|!=|<=|>=|=>|->|\?\?|\.\.|[-+*/<>=?]` },
    types: {
      match: String.raw`(?<=[:>\[])\s*(${either(types)})\b`,
      captures: { 1: { name: 'support.type.mlp' } },
    },
    constants: {
      name: 'constant.language.mlp',
      match: String.raw`(?<!\.)\b(?:${either(constants)})\b${notNamed}`,
    },
    words: {
      name: 'keyword.operator.word.mlp',
      match: String.raw`(?<!\.)\b(?:${either(reservedWords.filter(word => !constants.includes(word)))})\b`,
    },
    inner,
    calls: { name: 'entity.name.function.mlp', match: String.raw`\b[A-Za-z_]\w*(?=\()` },
    members: {
      match: String.raw`\b([A-Za-z_]\w*)(\.)([A-Za-z_]\w*)`,
      captures: { 1: { name: 'variable.other.object.mlp' }, 3: { name: 'variable.other.member.mlp' } },
    },
    names,
  };
  // `->` and `..` come before what begins with one of their characters; types stand right behind `:` and `->`.
  const order = [
    'comments',
    'strings',
    'annotations',
    'imports',
    'declarations',
    'items',
    'types',
    'numbers',
  ].concat(['operators', 'constants', 'words', 'inner', 'members', 'calls', 'names']);
  return {
    information_for_contributors: [
      'Made from compiler/syntax/keywords.ts by npm run generate; do not change this file.',
    ],
    name: 'mlp',
    scopeName: 'source.mlp',
    patterns: order.map(name => ({ include: `#${name}` })),
    repository,
  };
}

export const textmateText = (): string => `${JSON.stringify(textmateGrammar(), null, 2)}\n`;
