import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { libraryModules } from '../../compiler/source/modules.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import type * as ast from '../../compiler/syntax/ast/index.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { anchor, block, code, join, table } from './markdown.ts';

const root = path.join(import.meta.dirname, '../..');

/** Modules whose names are there without an import, and where. */
const AMBIENT: Readonly<Record<string, string>> = {
  prelude: 'No import is needed.',
  loaders: 'No import is needed after `load`.',
  drift: 'No import is needed in `validation` and `monitor`.',
  service: 'No import is needed in `check`, `rollback when` and `monitor`.',
  targets: 'No import is needed after `target`.',
  triggers: 'No import is needed after `on` and `deploy`.',
};

const INTRO = `The standard library is written in the language, under \`stdlib/\`; this page is made from its documentation comments.
A parameter without a default must be given; parameters are given by position or by name: \`hour(at, zone: "Europe/Rome")\`.`;

/** What is in the library, in the words of this page. */
const KINDS: Readonly<Record<string, string>> = {
  AnnotationDeclaration: 'annotation',
  AggregateFunction: 'aggregate',
  Function: 'function',
  Enum: 'enum',
  Trainer: 'trainer',
  Metric: 'metric',
  Constructor: 'constructor',
};

type Callable =
  | ast.FunctionDeclaration
  | ast.AggregateDeclaration
  | ast.TrainerDeclaration
  | ast.ConstructorDeclaration
  | ast.AnnotationDeclaration;

interface LibraryFile {
  readonly name: string;
  readonly text: string;
  readonly declarations: readonly ast.Declaration[];
}

/** `docs/library.md`: every declaration of `stdlib/` by module and section, with its parameters. */
export function libraryReference(generated: string): string {
  const files = readFiles();
  return `${join([
    generated,
    '# The standard library',
    INTRO,
    table(
      ['module', 'holds'],
      files.map(file => [`[std.${file.name}](#std.${file.name})`, names(file)]),
    ),
    ...files.map(moduleChapter),
  ])}\n`;
}

function readFiles(): readonly LibraryFile[] {
  const folder = path.join(root, 'stdlib');
  const present = readdirSync(folder).filter(file => file.endsWith('.mlp'));
  const inOrder = libraryModules.map(name => `${name}.mlp`).filter(file => present.includes(file));
  const strangers = present.filter(file => !inOrder.includes(file)).sort();
  return [...inOrder, ...strangers].map(file => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const { module, diagnostics } = parse(new SourceFile(`std/${file}`, text));
    if (diagnostics.length > 0)
      throw new Error(`std/${file} does not parse: ${JSON.stringify(diagnostics[0])}`);
    return { name: file.slice(0, -'.mlp'.length), text, declarations: module.declarations };
  });
}

const names = (file: LibraryFile): string =>
  groups(file, file.declarations)
    .map(([first]) => `[${code(shown(first))}](#${idOf(file, first)})`)
    .join(', ');

const shown = (declared: ast.Declaration): string =>
  `${declared.kind === 'AnnotationDeclaration' ? '@' : ''}${declared.name.text}`;

/** A name may stand for a function and an aggregate, or for an annotation too: the kind is a part of the place's name. */
const idOf = (file: LibraryFile, declared: ast.Declaration): string =>
  `std.${file.name}.${KINDS[declared.kind] === 'annotation' ? '@' : ''}${declared.name.text}`;

type Group = readonly [ast.Declaration, ...ast.Declaration[]];

/** Overloads come together under their name, at the place of the first. */
function groups(file: LibraryFile, declarations: readonly ast.Declaration[]): readonly Group[] {
  const found = new Map<string, [ast.Declaration, ...ast.Declaration[]]>();
  for (const declared of declarations) {
    if (declared.name.text.startsWith('_')) continue;
    const group = found.get(idOf(file, declared));
    if (group) group.push(declared);
    else found.set(idOf(file, declared), [declared]);
  }
  return [...found.values()];
}

function moduleChapter(file: LibraryFile): string {
  const imports = `import std.${file.name} { ${publicNames(file).slice(0, 3).join(', ')} }`;
  return join([
    `${anchor(`std.${file.name}`)}\n\n## std.${file.name}`,
    leadingRemark(file.text).replace(/ *No import is needed\./, ''),
    AMBIENT[file.name] ?? block('mlp', imports),
    ...sections(file).flatMap(({ title, remark, declarations }, _, all) => [
      title === '' ? '' : `### ${title}`,
      remark,
      ...entries(file, declarations, all.length > 1 && title !== '' ? '####' : '###'),
    ]),
  ]);
}

const publicNames = (file: LibraryFile): string[] => [
  ...new Set(file.declarations.map(d => d.name.text).filter(name => !name.startsWith('_'))),
];

/** The `//` lines at the top of a file; they are Markdown, but for the empty line that a list wants before it. */
function leadingRemark(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex(line => !/^\/\/(?!\/)/.test(line));
  return prose(lines.slice(0, end));
}

function prose(comment: readonly string[]): string {
  const lines = comment.map(line => line.replace(/^\/\/ ?/, ''));
  const spaced = lines.flatMap((line, i) =>
    line.startsWith('- ') && !/^( {2}|- )/.test(lines[i - 1] ?? '- ') ? ['', line] : [line],
  );
  return spaced.join('\n').trim();
}

interface Section {
  readonly title: string;
  readonly remark: string;
  readonly declarations: readonly ast.Declaration[];
}

/** A line `// ---- Title ---` begins a section; the `//` lines below it are about the section. */
function sections(file: LibraryFile): readonly Section[] {
  const heads = [...file.text.matchAll(/^\/\/ -{4} (.+?) -+\n((?:\/\/(?!\/).*\n)*)/gm)];
  const starts = [0, ...heads.map(head => head.index)];
  return starts
    .map((start, i) => ({
      title: i === 0 ? '' : heads[i - 1]![1]!,
      remark: i === 0 ? '' : prose(heads[i - 1]![2]!.trimEnd().split('\n')),
      declarations: file.declarations.filter(
        ({ span }) => span.start >= start && span.start < (starts[i + 1] ?? Number.POSITIVE_INFINITY),
      ),
    }))
    .filter(section => section.declarations.length > 0);
}

/** Metrics make one table; everything else has a heading of its own. */
function entries(file: LibraryFile, declarations: readonly ast.Declaration[], level: string): string[] {
  const metrics = declarations.filter((d): d is ast.MetricDeclaration => d.kind === 'Metric');
  const others = groups(
    file,
    declarations.filter(d => d.kind !== 'Metric'),
  );
  return [
    ...(metrics.length > 0 ? [metricTable(file, metrics)] : []),
    ...others.map(group => groupEntry(file, group, level)),
  ];
}

function metricTable(file: LibraryFile, metrics: readonly ast.MetricDeclaration[]): string {
  return table(
    ['metric', 'tasks', 'range', 'better', 'means'],
    metrics.map(metric => [
      `${anchor(idOf(file, metric))}${code(metric.name.text)}`,
      metric.tasks
        .map(task => task.text)
        .filter(task => task !== 'service')
        .join(', '),
      metric.range === undefined ? '' : code(source(file, metric.range)),
      metric.direction ?? '',
      metric.doc ?? '',
    ]),
  );
}

function groupEntry(file: LibraryFile, group: Group, level: string): string {
  const [first] = group;
  const heading = `${anchor(idOf(file, first))}\n\n${level} ${shown(first)}`;
  if (first.kind === 'Enum') {
    const members = first.members.map(member => code(member.name.text)).join(', ');
    return join([heading, first.doc?.trim() ?? '', `Members: ${members}.`]);
  }
  const callables = group.filter(isCallable);
  if (callables.length !== group.length)
    throw new Error(`no page shows a ${first.kind} yet: ${first.name.text}`);
  return join([
    heading,
    block('mlp', callables.map(one => signature(file, one)).join('\n')),
    documentation(callables),
    callables.map(facts).find(text => text !== '') ?? '',
    parameterTable(file, callables),
  ]);
}

const isCallable = (declared: ast.Declaration): declared is Callable =>
  ['Function', 'AggregateFunction', 'Trainer', 'Constructor', 'AnnotationDeclaration'].includes(
    declared.kind,
  );

/** The declaration on one line, without its documentation and without what the table below it says of its parameters. */
function signature(file: LibraryFile, declared: Callable): string {
  const parameters = declared.parameters.map(parameter => {
    const type = baseType(file, parameter.type);
    const value = parameter.default === undefined ? '' : ` = ${source(file, parameter.default)}`;
    return `${parameter.name.text}: ${type}${parameter.rest ? '...' : ''}${value}`;
  });
  const list = parameters.join(', ');
  switch (declared.kind) {
    case 'Function':
    case 'AggregateFunction':
      return `${declared.name.text}(${list}) -> ${source(file, declared.result)}`;
    case 'AnnotationDeclaration':
      return `@${declared.name.text}${list === '' ? '' : `(${list})`}`;
    default:
      return `${declared.name.text}(${list})`;
  }
}

/** One text for all overloads, or each overload with its own. */
function documentation(callables: readonly Callable[]): string {
  const texts = new Set(callables.map(one => one.doc?.trim() ?? ''));
  if (texts.size === 1) return [...texts][0]!;
  return callables
    .map(one => {
      const types = one.parameters.map(parameter => typeName(parameter.type)).join(', ');
      return `- ${types === '' ? 'without parameters' : code(types)}: ${one.doc?.trim() ?? ''}`;
    })
    .join('\n');
}

const typeName = (type: ast.TypeExpression): string =>
  `${type.body.kind === 'NamedType' ? type.body.name.text : type.body.kind}${type.optional ? '?' : ''}`;

/** What else is declared: of a trainer its tasks and what it accepts, of a constructor and an annotation its place. */
function facts(declared: Callable): string {
  const list = (all: readonly ast.Name[]): string => all.map(name => name.text).join(', ');
  const marks = declared.annotations.map(annotation => code(`@${annotation.name.text}`));
  switch (declared.kind) {
    case 'Trainer': {
      const accepts = declared.body.items.flatMap(item => (item.kind === 'Accepts' ? [list(item.what)] : []));
      return `Tasks: ${list(declared.tasks)}. Accepts: ${accepts.join(', ') || 'numbers only'}.`;
    }
    case 'Constructor':
      return `For ${code(declared.makes.text)}.`;
    case 'AnnotationDeclaration':
      return `On: ${list(declared.targets)}.`;
    default:
      return marks.length === 0 ? '' : `Annotations: ${marks.join(', ')}.`;
  }
}

/** The parameters of all overloads, what is said twice once. */
function parameterTable(file: LibraryFile, callables: readonly Callable[]): string {
  const rows = new Map<string, string[]>();
  for (const parameter of callables.flatMap(one => one.parameters)) {
    const row = [
      code(parameter.name.text),
      code(`${baseType(file, parameter.type)}${parameter.rest ? '...' : ''}`),
      parameter.type.refinements.map(refinement => code(range(file, refinement))).join(' '),
      parameter.default === undefined ? '' : code(source(file, parameter.default)),
      parameter.doc?.trim() ?? '',
    ];
    rows.set(row.join('\0'), row);
  }
  return rows.size === 0 ? '' : table(['parameter', 'type', 'range', 'default', 'means'], [...rows.values()]);
}

/** The text of a node on one line, as its author wrote it. */
const source = (file: LibraryFile, node: ast.Node): string =>
  file.text.slice(node.span.start, node.span.end).replace(/\s+/g, ' ');

const baseType = (file: LibraryFile, type: ast.TypeExpression): string =>
  `${source(file, type.body)}${type.optional ? '?' : ''}`;

const range = (file: LibraryFile, refinement: ast.Refinement): string =>
  source(file, refinement).replace(/^in\s+/, '');
