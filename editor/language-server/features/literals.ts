import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Token } from '../../../compiler/syntax/tokens.ts';
import type { Understood } from '../workspace.ts';
import { plain } from './items.ts';

/** What a value may look like where only some make sense: durations, shares, rates, ranges, times of a clock, units. */
export interface Literals {
  readonly items: readonly CompletionItem[];
  /** The type of the params and constants that may stand there too. */
  readonly type: string;
}

const written = (text: string, detail?: string): CompletionItem =>
  plain(text, CompletionItemKind.Value, detail, undefined);
/** As it is, without the back-ticks that a name would need. */
const value = (text: string, detail?: string): CompletionItem => ({
  ...written(text, detail),
  insertText: text,
});
const values = (...texts: string[]): CompletionItem[] => texts.map(text => value(text));
/** With a place to fill in. */
const form = (label: string, snippet: string, detail?: string): CompletionItem => ({
  ...value(label, detail),
  insertText: snippet,
  insertTextFormat: InsertTextFormat.Snippet,
});

const durations = {
  short: values('30s', '1min', '10min', '1h', '6h', '1d'),
  long: values('1h', '6h', '1d', '7d', '28d', '90d'),
  wait: values('10min', '1h', '12h', '1d', '7d'),
};
const percents = (...shares: number[]): CompletionItem[] => shares.map(share => value(`${share}%`));

/** Words behind which a duration stands. */
const spans: Readonly<Record<string, readonly CompletionItem[]>> = {
  within: durations.wait,
  over: durations.long,
  every: durations.long,
  after: durations.wait,
  lag: durations.wait,
  timeout: durations.short,
  cooldown: durations.long,
  interval: durations.long,
};

const parts: Readonly<Record<string, readonly CompletionItem[]>> = {
  train: percents(60, 70, 80),
  validate: percents(10, 15, 20),
  validation: percents(10, 15, 20),
  test: percents(10, 15, 20),
};

/** Whole items of which a number comes first. */
const counts: Readonly<Record<string, readonly CompletionItem[]>> = {
  retry: values('2 times after 30s', '3 times after 1min'),
  seed: values('1', '42'),
  sample: values('10_000 rows', '100_000 rows'),
  overfits: values('64 rows'),
  traffic: values('10rps', '100rps', '1000rps'),
  replicas: values('2', '2..10 at 70% cpu'),
  threshold: values('0.5'),
  budget: values('20h cpu'),
};

/** What is expected by the words right before; undefined where anything may be. */
export function literalsFor(before: readonly Token[], rules: readonly string[]): Literals | undefined {
  const [last = '', other = ''] = [before.at(-1)?.image, before.at(-2)?.image];
  const found = (items: readonly CompletionItem[] | undefined, type: string): Literals | undefined =>
    items && { items, type };
  if (rules.includes('splitPart') && parts[last]) return found(parts[last], 'float');
  if (rules.includes('rollout')) {
    if (last === 'for') return found(durations.short, 'duration');
    if (last === '{' || last === ',') return found(percents(1, 5, 25, 50, 100), 'float');
  }
  if (last === 'to' && other === 'up') return found(percents(0.1, 1, 5), 'float');
  if (last === 'least' && other === 'at') return found(values('100 rows', '500 rows'), 'int');
  if (last === 'log' && rules.includes('deploymentItem')) return found(percents(1, 20, 100), 'float');
  if (last === 'with' && before.some(({ image }) => /^m(ax|in)imize$/.test(image)))
    return found(values('20 trials'), 'int');
  if (counts[last]) return found(counts[last], 'int');
  if (last === 'after' && other === 'deploy') return undefined;
  if (spans[last]) return found(spans[last], 'duration');
  if (last !== 'in') return undefined;
  return boundsOf(other === '?' ? (before.at(-3)?.image ?? '') : other);
}

/** `float in …` */
function boundsOf(type: string): Literals | undefined {
  switch (type) {
    case 'float':
      return { items: [form('0.0..1.0', `\${1:0.0}..\${2:1.0}`)], type };
    case 'int':
      return { items: [form('0..100', `\${1:0}..\${2:100}`)], type };
    case 'string':
      return { items: [form('{"a", "b"}', '{"$1", "$2"}')], type };
    case 'duration':
      return { items: [form('1h..7d', `\${1:1h}..\${2:7d}`)], type };
    default:
      return undefined;
  }
}

/** Values of a type, as messages write it: what a param begins with, what a test gives. */
export function valuesOfType(known: Understood, type: string): CompletionItem[] {
  const base = /^\w+/.exec(type)?.[0] ?? '';
  const range = / in (-?[\d._]+)\.\.(-?[\d._]+)/.exec(type);
  const optional = /^\w+\?/.test(type) ? values('null') : [];
  const texts = / in \{([^}]*)\}/.exec(type)?.[1]?.split(', ') ?? [];
  const bounds = range ? [value(range[1]!, 'the least'), value(range[2]!, 'the greatest')] : [];
  const of: Readonly<Record<string, readonly CompletionItem[]>> = {
    bool: values('true', 'false'),
    duration: durations.long,
    datetime: values('2024-01-31T12:00'),
    date: values('2024-01-31'),
    timestamp: values('2024-01-31T12:00:00Z'),
    string: texts.length > 0 ? texts.map(text => value(text)) : [form('"…"', '"$1"')],
    int: bounds,
    float: bounds,
  };
  const members = known.result.program
    .declarations('Enum')
    .find(({ name }) => name.text === base)
    ?.members.map(({ name, doc }) => plain(name.text, CompletionItemKind.EnumMember, base, doc));
  return [...(members ?? of[base] ?? []), ...optional];
}

const fileKinds: Readonly<Record<string, RegExp>> = {
  csv: /\.(csv|tsv)(\.gz)?$/,
  parquet: /\.parquet$/,
  json: /(?<!(^|\/)(mlp|package|package-lock|tsconfig))\.(json|jsonl|ndjson)(\.gz)?$/,
  onnx: /\.onnx$/,
};
const units = ['s', 'min', 'h', 'm', 'km', 'kg', 'g', 'degC', 'EUR', 'USD', '%'];
const crons: readonly (readonly [string, string])[] = [
  ['0 3 * * *', 'every day at 3:00'],
  ['0 * * * *', 'every hour'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['0 3 * * 1', 'on Mondays at 3:00'],
  ['0 3 1 * *', 'on the first of each month at 3:00'],
];
const zones = ['UTC', 'Europe/Berlin', 'Europe/London', 'America/New_York', 'Asia/Tokyo'];

/** Texts that a parameter of type string may have, with what they mean. */
export function textsFor(
  { project }: Understood,
  owner: ast.Declaration,
  parameter: ast.Parameter,
): readonly (readonly [text: string, detail?: string])[] {
  const name = parameter.name.text;
  const makes = owner.kind === 'Constructor' ? owner.makes.text : '';
  if (name === 'path' && (makes === 'source' || makes === 'loader')) {
    const fits = fileKinds[owner.name.text];
    return project
      .dataFiles()
      .filter(path => fits?.test(path))
      .map(path => [path]);
  }
  if (name === 'cron') return crons;
  if (name === 'zone') return zones.map(zone => [zone]);
  if (name === 'name' && owner.kind === 'AnnotationDeclaration' && owner.name.text === 'unit')
    return units.map(unit => [unit]);
  return textsIn(parameter).map(text => [text]);
}

const textsIn = ({ type }: ast.Parameter): readonly string[] =>
  type.refinements.flatMap(one =>
    one.kind === 'SetRefinement'
      ? one.items.flatMap(item => (item.kind === 'String' ? [item.value] : []))
      : [],
  );

/** A text with its quotation marks. */
export const quoted = ([text, detail]: readonly [string, string?]): CompletionItem => ({
  ...value(JSON.stringify(text), detail),
  kind: CompletionItemKind.Text,
});
export const standardValue = (text: string): CompletionItem => value(text, 'the default');
export const emptyText: CompletionItem = form('"…"', '"$1"');
