import type { Hover } from 'vscode-languageserver';
import { knownText } from '../../../compiler/semantics/flow/words.ts';
import type { Symbol as Meaning } from '../../../compiler/semantics/program.ts';
import { describeFully } from '../../../compiler/semantics/types.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { nodesAt } from '../../../compiler/syntax/visit.ts';
import { meaningOf, nameAt } from '../names.ts';
import { rangeOf } from '../places.ts';
import type { Understood } from '../workspace.ts';

/** Type, range and unit, documentation, from when a value is known and what it derives from. */
export function hover(known: Understood, offset: number): Hover | undefined {
  const { file, tree, result } = known;
  const name = nameAt(tree, offset);
  if (!name) return undefined;
  const meaning = meaningOf(result.program, file, tree, name);
  if (!meaning) return undefined;
  const parts = [code(headOf(known, meaning, name)), docOf(meaning), ...factsOf(known, meaning)];
  return {
    range: rangeOf(file, name.span),
    contents: {
      kind: 'markdown',
      value: parts.filter(part => part !== undefined && part !== '').join('\n\n'),
    },
  };
}

const code = (text: string): string => `\`\`\`mlp\n${text}\n\`\`\``;

function headOf(known: Understood, meaning: Meaning, name: ast.Name): string {
  const { program } = known.result;
  switch (meaning.kind) {
    case 'column': {
      const type = program.schemaOf(meaning.schema)?.columns.get(meaning.name)?.type;
      return `${meaning.name}: ${type ? describeFully(type) : '…'}`;
    }
    case 'feature': {
      const { item } = meaning;
      const type = item.kind === 'Feature' ? program.typeOf(item.value) : typeHere(known, name);
      const label = item.kind === 'Feature' && item.label ? 'label ' : '';
      return `${label}${meaning.name}: ${type ? describeFully(type) : '…'}`;
    }
    case 'declaration':
      return declarationHead(known, meaning.declaration, meaning.file.text);
    case 'parameter':
      return meaning.file.text.slice(meaning.parameter.span.start, meaning.parameter.span.end);
    case 'join':
      return `join ${meaning.clause.table.text} as ${meaning.name}`;
    case 'member':
      return `${meaning.enum.kind === 'Enum' ? `${meaning.enum.name.text}.` : ''}${meaning.name}`;
    case 'special':
      return meaning.name;
  }
}

function typeHere({ tree, result }: Understood, name: ast.Name) {
  const path = nodesAt(tree, name.span.start);
  const expression = path.find(node => node.kind === 'NameExpression') as ast.NameExpression | undefined;
  return expression && result.program.typeOf(expression);
}

/** The first lines of a declaration, up to its block. */
function declarationHead({ result }: Understood, declaration: ast.Declaration, text: string): string {
  if (declaration.kind === 'Let') {
    const type = describeFully(result.program.typeOf(declaration.value));
    const value = result.program.constantOf(declaration.value);
    return `let ${declaration.name.text}: ${type}${value === undefined ? '' : ` = ${JSON.stringify(value)}`}`;
  }
  const written = text
    .slice(declaration.span.start, declaration.span.end)
    .replace(/^(\s*(\/\/[^\n]*|@[\w]+(\([^)]*\))?)\s*)*/, '');
  const block = blockIn(written);
  const head = block > 0 && !/^enum|^schema/.test(written) ? written.slice(0, block) : written;
  return head.length > 600 ? `${head.slice(0, 600)}…` : head;
}

/** Where the block begins, with the space before it; an enum among the parameters is none. */
function blockIn(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === '{' && depth === 0) return text.slice(0, i).trimEnd().length;
  }
  return -1;
}

function docOf(meaning: Meaning): string | undefined {
  switch (meaning.kind) {
    case 'declaration':
      return meaning.declaration.doc;
    case 'column':
      return meaning.field.doc;
    case 'feature':
      return meaning.item.kind === 'Feature' ? meaning.item.doc : undefined;
    case 'parameter':
      return (meaning.parameter as { readonly doc?: string }).doc;
    case 'member':
      return meaning.enum.kind === 'Enum'
        ? meaning.enum.members.find(member => member.name.text === meaning.name)?.doc
        : undefined;
    default:
      return undefined;
  }
}

/** K and origins, from the graph of values. */
function factsOf({ result }: Understood, meaning: Meaning): string[] {
  const { graph } = result;
  const id = nodeOf(meaning);
  if (id === undefined) return meaning.kind === 'column' ? columnFacts(result, meaning) : [];
  const node = graph.nodes.find(one => one.id === id);
  if (!node) return [];
  const view = result.plan?.views[meaning.kind === 'feature' ? meaning.view.name.text : ''];
  const facts: string[] = [];
  if (node.known.latest.length > 0) {
    const moments = node.known.latest.map(moment => knownText(moment, view?.eventTime ?? null));
    facts.push(`Known ${moments.join(' and ')}.`);
  }
  const origins = [...new Set(graph.edges.filter(edge => edge.to === id).map(edge => edge.from))];
  if (origins.length > 0) facts.push(`Derives from ${origins.map(one => `\`${one}\``).join(', ')}.`);
  if (node.tags.includes('pii')) facts.push('Personal data.');
  return facts;
}

function columnFacts(
  { graph, program }: Understood['result'],
  meaning: Extract<Meaning, { kind: 'column' }>,
): string[] {
  // A schema says of every source of its rows when a column is known; any of them tells.
  const tables = program
    .declarations('Source')
    .filter(({ row }) => row.text === meaning.schema)
    .map(({ name }) => name.text);
  const ids = new Set([meaning.of, ...tables].map(table => `${table}.${meaning.name}`));
  const node = graph.nodes.find(({ id }) => ids.has(id));
  if (!node) return [];
  const moments = node.known.latest.filter(moment => moment.base === 'column' || moment.offset > 0);
  const facts = moments.map(moment => `Known ${knownText(moment, null)}.`);
  if (node.tags.includes('pii')) facts.push('Personal data.');
  return facts;
}

const nodeOf = (meaning: Meaning): string | undefined =>
  meaning.kind === 'feature' ? `${meaning.view.name.text}.${meaning.name}` : undefined;
