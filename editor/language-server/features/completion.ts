import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import { importPath, libraryModules } from '../../../compiler/source/modules.ts';
import {
  declarationKeywords,
  type ItemKeyword,
  itemKeywords,
  namedItems,
} from '../../../compiler/syntax/keywords.ts';
import { positionOf } from '../places.ts';
import type { Understood } from '../workspace.ts';
import { type Expected, expectedAt } from './expected.ts';
import { exportsOf, keyword, plain } from './items.ts';
import { emptyText, literalsFor, textsFor } from './literals.ts';
import { namePlace } from './name-places.ts';
import { type Asked, annotationsAt, constants, offersFor, parameterAround } from './offers.ts';

/** What may stand at a place, the likeliest first: what the names there may be, then the words that the grammar allows. */
export function completion(known: Understood, offset: number): CompletionItem[] {
  const { text } = known.file;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  if (isComment(line)) return [];
  const seen = new Set<string>();
  const offered = isString(line) ? inText(known, offset, line) : suggestions(known, offset, line);
  return offered
    .filter(item => !seen.has(item.label) && seen.add(item.label))
    .map((item, i) => ({ ...item, sortText: String(i).padStart(4, '0') }));
}

const isComment = (line: string): boolean => line.replace(/"[^"]*"/g, '""').includes('//');
const isString = (line: string): boolean => (line.replace(/\\"/g, '').match(/"/g)?.length ?? 0) % 2 === 1;

function suggestions(known: Understood, offset: number, line: string): CompletionItem[] {
  const imported = /^\s*import\s+(std\.\w+|"[^"]+")\s*\{([^}]*)$/.exec(line);
  if (imported) return notListed(exportsOf(known, imported[1]!.replaceAll('"', '')), imported[2]!);
  if (/^\s*import\s+std\.\w*$/.test(line)) return modules();
  if (/^\s*import\s+\w*$/.test(line)) return origins(known);
  const expected = expectedAt(known.file, offset);
  const begin = /^\w*$/.test(line) ? declarationKeywords.map(keyword) : [];
  if (!expected) return begin;
  if (/^test\s+$/.test(line)) return [emptyText];
  const asked = { known, offset, before: expected.before };
  const offered = literal(asked, expected) ?? namesAt(asked, expected);
  const names = /,\s*\w*$/.test(line) && !/[=(]/.test(line) ? notListed(offered, line) : offered;
  // On a line of its own an annotation would go with the column above.
  const annotations = /^\s*\w*$/.test(line) ? [] : atSigns(asked, expected);
  const rest = [...items(expected, line), ...names, ...plainWords(expected), ...annotations];
  // At the margin a declaration begins, unless the one above is still open; what goes on with it comes after that.
  return isOpen(expected) ? [...rest, ...begin] : [...begin, ...rest];
}

function isOpen({ before }: Expected): boolean {
  const count = (image: string): number => before.filter(token => token.image === image).length;
  return count('{') > count('}');
}

/** Values of the only form that makes sense here, with the constants that have it. */
function literal(asked: Asked, { names, before }: Expected): CompletionItem[] | undefined {
  const found = literalsFor(before, names.flat());
  if (before.some(({ image }) => image === 'rollout') && /^[\d.]+%$/.test(before.at(-1)?.image ?? ''))
    return [];
  return found && [...found.items, ...constants(asked.known, undefined, found.type)];
}

const namesAt = (asked: Asked, expected: Expected): CompletionItem[] =>
  placesOf(expected).flatMap(place => offersFor(asked, place));

/** Without what the list before the cursor has already. */
function notListed(offered: CompletionItem[], list: string): CompletionItem[] {
  const words = new Set(list.replace(/\w*$/, '').match(/\w+/g));
  return offered.filter(({ label }) => !words.has(label));
}

const modules = (): CompletionItem[] =>
  libraryModules.filter(name => name !== 'prelude').map(name => plain(name, CompletionItemKind.Module));

/** Where an import may come from. */
const origins = (known: Understood): CompletionItem[] => [
  plain('std', CompletionItemKind.Module),
  ...importable(known).map(path => ({ label: JSON.stringify(path), kind: CompletionItemKind.File })),
];

const importable = ({ project, file }: Understood): string[] =>
  project
    .files()
    .filter(path => path !== file.path)
    .map(path => importPath(file.path, path));

/** Inside of quotation marks: files, times of a clock, whatever texts may stand there. */
function inText(known: Understood, offset: number, line: string): CompletionItem[] {
  const { text } = known.file;
  const quote = text.lastIndexOf('"', offset - 1);
  const before = text.slice(0, quote);
  const range = { start: positionOf(known.file, quote + 1), end: positionOf(known.file, offset) };
  const kind = /^\s*(import|run\s+(python|typescript|shell|sql))\s*"/.exec(line);
  const around = kind ? undefined : parameterAround(known, before);
  const texts: readonly (readonly [string, string?])[] = kind
    ? (kind[1] === 'import' ? importable(known) : codeFiles(known, kind[2]!)).map(path => [path])
    : around
      ? textsFor(known, around.owner, around.parameter)
      : [];
  return texts.map(([label, detail]) => ({
    label,
    kind: detail === undefined ? CompletionItemKind.File : CompletionItemKind.Text,
    ...(detail === undefined ? {} : { detail }),
    filterText: label,
    textEdit: { range, newText: label },
  }));
}

const extensions: Readonly<Record<string, RegExp>> = {
  python: /\.py$/,
  typescript: /\.[tj]s$/,
  shell: /\.sh$/,
  sql: /\.sql$/,
};
/** Files of a language; `:` and a function's name come behind them. */
const codeFiles = ({ project }: Understood, language: string): string[] =>
  project.dataFiles().filter(path => extensions[language]!.test(path));

/** The places that a name may have, each once. */
function placesOf({ names, before }: Expected) {
  const places = names.map(rules => namePlace(rules, before));
  return [...new Map(places.map(one => [JSON.stringify(one), one])).values()];
}

/** At the beginning of a line: the items of the block, with their forms. */
function items({ words, names }: Expected, line: string): CompletionItem[] {
  if (!/^\s*\w*$/.test(line)) return [];
  if (names.some(rules => rules.at(-1) === 'field'))
    return [keyword({ word: 'column', form: namedItems.schema! })];
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
const atSigns = ({ known, offset }: Asked, { annotation }: Expected): CompletionItem[] =>
  annotation
    ? annotationsAt(known, offset).map(one => ({
        ...one,
        label: `@${one.label}`,
        insertText: `@${one.insertText ?? one.label}`,
      }))
    : [];
