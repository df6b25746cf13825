import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import { libraryModules } from '../../../compiler/source/modules.ts';
import { declarationKeywords, type ItemKeyword, itemKeywords } from '../../../compiler/syntax/keywords.ts';
import type { Understood } from '../workspace.ts';
import { type Expected, expectedAt } from './expected.ts';
import { exportsOf, keyword, ofKinds, plain } from './items.ts';
import { namePlace } from './name-places.ts';
import { offersFor } from './offers.ts';

/** What may stand at a place, the likeliest first: what the names there may be, then the words that the grammar allows. */
export function completion(known: Understood, offset: number): CompletionItem[] {
  const { text } = known.file;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  if (isComment(line) || isString(line)) return [];
  const seen = new Set<string>();
  return suggestions(known, offset, line)
    .filter(item => !seen.has(item.label) && seen.add(item.label))
    .map((item, i) => ({ ...item, sortText: String(i).padStart(4, '0') }));
}

const isComment = (line: string): boolean => line.replace(/"[^"]*"/g, '""').includes('//');
const isString = (line: string): boolean => (line.replace(/\\"/g, '').match(/"/g)?.length ?? 0) % 2 === 1;

function suggestions(known: Understood, offset: number, line: string): CompletionItem[] {
  const imported = /^\s*import\s+(std\.\w+|"[^"]+")\s*\{[^}]*$/.exec(line);
  if (imported) return exportsOf(known, imported[1]!.replaceAll('"', ''));
  if (/^\s*import\s+std\.\w*$/.test(line)) return modules();
  if (/^\s*import\s+\w*$/.test(line)) return origins(known);
  const expected = expectedAt(known.file, offset);
  // At the margin a declaration begins; what goes on with the one above comes after that.
  const begin = /^\w*$/.test(line) ? declarationKeywords.map(keyword) : [];
  if (!expected) return begin;
  const asked = { known, offset, before: expected.before };
  const names = placesOf(expected).flatMap(place => offersFor(asked, place));
  // On a line of its own an annotation would go with the column above.
  const annotations = /^\s*\w*$/.test(line) ? [] : atSigns(known, expected);
  return [...begin, ...items(expected, line), ...names, ...plainWords(expected), ...annotations];
}

const modules = (): CompletionItem[] =>
  libraryModules.filter(name => name !== 'prelude').map(name => plain(name, CompletionItemKind.Module));

/** Where an import may come from. */
const origins = ({ project, file }: Understood): CompletionItem[] => [
  plain('std', CompletionItemKind.Module),
  ...project
    .files()
    .filter(path => path !== file.path)
    .map(path => ({ label: `"./${path}"`, kind: CompletionItemKind.File })),
];

/** The places that a name may have, each once. */
function placesOf({ names, before }: Expected) {
  const places = names.map(rules => namePlace(rules, before));
  return [...new Map(places.map(one => [JSON.stringify(one), one])).values()];
}

/** At the beginning of a line: the items of the block, with their forms. */
function items({ words, names }: Expected, line: string): CompletionItem[] {
  if (!/^\s*\w*$/.test(line)) return [];
  const forms = blockOf(words)
    .filter(({ word }) => words.includes(word))
    .map(keyword);
  const named = names.some(rules => rules.at(-1) === 'feature');
  return named ? [...forms, keyword({ word: 'name', form: 'name = expression' })] : forms;
}

/** The items of the block whose words these are. */
function blockOf(words: readonly string[]): readonly ItemKeyword[] {
  const count = (items: readonly ItemKeyword[]): number =>
    items.filter(({ word }) => words.includes(word)).length;
  const blocks: readonly (readonly ItemKeyword[])[] = Object.values(itemKeywords);
  return blocks.reduce((best, items) => (count(items) > count(best) ? items : best), []);
}

const plainWords = ({ words }: Expected): CompletionItem[] =>
  words.map(word => plain(word, CompletionItemKind.Keyword));

/** Annotations with their sign. */
const atSigns = (known: Understood, { annotation }: Expected): CompletionItem[] =>
  annotation
    ? ofKinds(known, ['AnnotationDeclaration']).map(one => ({
        ...one,
        label: `@${one.label}`,
        insertText: `@${one.insertText ?? one.label}`,
      }))
    : [];
