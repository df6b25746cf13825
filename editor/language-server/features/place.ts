import type { Symbol as Meaning } from '../../../compiler/semantics/program.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { type BlockKind, itemKeywords } from '../../../compiler/syntax/keywords.ts';
import type { Understood } from '../workspace.ts';

/** What may stand where the cursor is. */
export type Where =
  | { readonly kind: 'nothing' | 'declaration' | 'module' | 'annotation' | 'type' | 'duration' }
  | { readonly kind: 'item'; readonly block: BlockKind }
  | { readonly kind: 'imported'; readonly path: string }
  | { readonly kind: 'name' | 'call'; readonly kinds: readonly ast.Declaration['kind'][] }
  | { readonly kind: 'member'; readonly object: string; readonly view: ast.FeaturesDeclaration | undefined }
  | { readonly kind: 'label'; readonly views: readonly string[] }
  | { readonly kind: 'metric'; readonly tasks: readonly string[] }
  | { readonly kind: 'column'; readonly view: ast.FeaturesDeclaration | undefined }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | {
      readonly kind: 'expression';
      readonly offset: number;
      readonly view: ast.FeaturesDeclaration | undefined;
      readonly table: ast.Name | undefined;
      readonly parameters: readonly ast.Parameter[];
      readonly call: { readonly callee: string; readonly given: readonly string[] } | undefined;
      readonly gate: boolean;
      readonly tasks: readonly string[];
      /** The kind of type that fits best. */
      readonly expected: string | undefined;
      /** Members of the enum that is compared with. */
      readonly members: readonly string[];
    };

/** A word that a clause begins with, and what stands behind it. */
const after: readonly (readonly [RegExp, (w: Context) => Where])[] = [
  [/\bimport\s+std\.\w*$/, () => ({ kind: 'module' })],
  [
    /\bimport\s+(std\.\w+|"[^"]+")\s*\{[^}]*$/,
    w => ({ kind: 'imported', path: /import\s+(std\.\w+|"[^"]+")/.exec(w.line)![1]!.replaceAll('"', '') }),
  ],
  [/@\w*$/, () => ({ kind: 'annotation' })],
  [/\bfeatures\s+\w+\s+from\s+\w*$/, () => names('Source', 'Features', 'Let')],
  [/^\s*join\s+\w*$/, () => names('Source', 'Features', 'Let')],
  [/^\s*features\s+(\w+\s*,\s*)*\w*$/, w => (w.block === 'model' ? names('Features') : { kind: 'nothing' })],
  [/^\s*predict\s+\w*$/, w => ({ kind: 'label', views: w.views })],
  [/^\s*(train|baseline)\s+\w*$/, () => ({ kind: 'call', kinds: ['Trainer'] })],
  [/^\s*evaluate\s+([\w.()]+\s*,\s*)*\w*$/, w => ({ kind: 'metric', tasks: w.tasks })],
  [/\b(maximize|minimize)\s+\w*$/, w => ({ kind: 'metric', tasks: w.tasks })],
  [/^\s*(serve|shadow)\s+\w*$/, () => names('Model')],
  [
    /^\s*run\s+(\w+\s*,\s*)*\w*$/,
    w =>
      w.block === 'pipeline'
        ? names('Model', 'Deployment', 'Features', 'Validation', 'Source')
        : { kind: 'words', words: ['python', 'shell', 'sql', 'typescript', 'container'] },
  ],
  [/^\s*monitor\s+\w+\s+on\s+\w*$/, () => names('Deployment')],
  [/^\s*validation\s+\w+\s+on\s+\w*$/, () => names('Source', 'Features', 'Let')],
  [/^\s*source\s+\w+\s*:\s*\w*$/, () => names('Schema')],
  [/^\s*sink\s+\w+\s*:\s*\w*$/, () => names('Schema')],
  [
    /^\s*(source|sink|connection)\s+\w+\s*(:\s*\w+\s*)?=\s*\w*$/,
    () => ({ kind: 'call', kinds: ['Constructor'] }),
  ],
  [/^\s*notify\s+\w*$/, () => ({ kind: 'call', kinds: ['Constructor'] })],
  [
    /^\s*split\s+by\s+\w*$/,
    w => (w.view ? { kind: 'column', view: w.view } : { kind: 'words', words: ['hash', 'time', 'group'] }),
  ],
  [
    /^\s*rollout\s+\w*$/,
    () => ({
      kind: 'words',
      words: ['canary { 5% for 10min, 25% for 30min, 100% }', 'blue_green', 'all_at_once'],
    }),
  ],
  [/^\s*concurrency\s+\w*$/, () => ({ kind: 'words', words: ['queue', 'replace', 'skip'] })],
  [/^\s*(use|key)\s+(\w+\s*,\s*)*\w*$/, w => ({ kind: 'column', view: w.view })],
  [/\bover\s+(next\s+)?\w*$/, () => ({ kind: 'duration' })],
  [/\bpolicy\s+\w*$/, () => ({ kind: 'call', kinds: ['Policy'] })],
];
const names = (...kinds: ast.Declaration['kind'][]): Where => ({ kind: 'name', kinds });

interface Context {
  readonly line: string;
  readonly block: BlockKind | 'file';
  readonly view: ast.FeaturesDeclaration | undefined;
  readonly views: readonly string[];
  readonly tasks: readonly string[];
}

export function whereIs(known: Understood, offset: number): Where {
  const { file, tree } = known;
  const before = file.text.slice(0, offset);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  if (/\/\/.*$/.test(line.replace(/"[^"]*"/g, '""'))) return { kind: 'nothing' };
  if ((line.replace(/\\"/g, '').match(/"/g)?.length ?? 0) % 2 === 1) return { kind: 'nothing' };
  const block = blockAt(before);
  const declaration =
    tree.declarations.find(one => one.span.start <= offset && offset <= one.span.end + 1) ??
    lastBefore(tree, offset);
  const view = declaration?.kind === 'Features' ? declaration : modelView(known, declaration);
  const context: Context = {
    line,
    block,
    view,
    views: viewsOf(declaration),
    tasks: tasksOf(known, declaration),
  };
  for (const [pattern, make] of after) if (pattern.test(line)) return make(context);
  const member = /([A-Za-z_]\w*)\.\w*$/.exec(line);
  if (member)
    return {
      kind: 'member',
      object: member[1]!,
      view: declaration?.kind === 'Features' ? declaration : undefined,
    };
  if (/^\s*\w*$/.test(line)) return itemOrExpression(block, before, known, offset, declaration, context);
  if (
    (block === 'schema' || /\b(param|function|component|policy|trainer)\b[^=]*$/.test(line)) &&
    /:\s*\w*$/.test(line)
  )
    return { kind: 'type' };
  return expression(known, offset, declaration, context, before);
}

function itemOrExpression(
  block: BlockKind | 'file',
  before: string,
  known: Understood,
  offset: number,
  declaration: ast.Declaration | undefined,
  context: Context,
): Where {
  // A line that goes on with the one before it: behind an operator, a comma or an opening bracket.
  if (/[-+*/=<>(,[]\s*\w*$/.test(before.replace(/\s+\w*$/, '')) && block !== 'schema')
    return expression(known, offset, declaration, context, before);
  if (block === 'file') return { kind: 'declaration' };
  return block === 'schema' ? { kind: 'nothing' } : { kind: 'item', block };
}

function expression(
  known: Understood,
  offset: number,
  declaration: ast.Declaration | undefined,
  { line, block, tasks }: Context,
  before: string,
): Where {
  const view = declaration?.kind === 'Features' ? declaration : undefined;
  const table = declaration?.kind === 'Validation' ? declaration.on : undefined;
  return {
    kind: 'expression',
    offset,
    view,
    table,
    parameters: declaration && 'parameters' in declaration ? declaration.parameters : [],
    call: callAround(before),
    gate: block === 'promote' || (declaration?.kind === 'Policy' && /\b(require|warn)\b/.test(line)),
    tasks,
    expected: /(?:[-+*/]|[<>]=?)\s*\w*$/.test(line) ? 'float' : undefined,
    members: comparedMembers(known, line, view),
  };
}

/** `plan == `: the members of the enum that the column has. */
function comparedMembers(
  { result }: Understood,
  line: string,
  view: ast.FeaturesDeclaration | undefined,
): string[] {
  const compared = /([A-Za-z_]\w*)\s*(?:==|!=)\s*\w*$/.exec(line)?.[1];
  const symbol = view && result.program.symbolOf(view.from);
  if (!compared || symbol?.kind !== 'declaration' || symbol.declaration.kind !== 'Source') return [];
  const type = result.program.schemaOf(symbol.declaration.row.text)?.columns.get(compared)?.type;
  return [...(type?.members ?? [])];
}

/** The call whose brackets are open at the end of the text. */
export function callAround(
  before: string,
): { readonly callee: string; readonly given: readonly string[]; readonly index: number } | undefined {
  let depth = 0;
  let commas = 0;
  for (let i = before.length - 1; i >= 0 && before.length - i < 2_000; i--) {
    const c = before[i]!;
    if (c === ')' || c === ']' || c === '}') depth++;
    else if (c === '(' || c === '[' || c === '{') {
      if (depth > 0) depth--;
      else if (c !== '(') return undefined;
      else {
        const callee = /([A-Za-z_]\w*)\s*$/.exec(before.slice(0, i))?.[1];
        if (callee === undefined) return undefined;
        const given = [...before.slice(i).matchAll(/([A-Za-z_]\w*)\s*:/g)].map(match => match[1]!);
        return { callee, given, index: commas };
      }
    } else if (c === ',' && depth === 0) commas++;
  }
  return undefined;
}

/** The kind of block that is open at the end of the text, by the word before its bracket. */
function blockAt(before: string): BlockKind | 'file' {
  const clean = before.replace(/\/\/[^\n]*/g, '').replace(/r?"(?:\\.|[^"\\\n])*"/g, '""');
  const open: number[] = [];
  for (let i = 0; i < clean.length; i++) {
    if (clean[i] === '{') open.push(i);
    else if (clean[i] === '}') open.pop();
  }
  const last = open[open.length - 1];
  if (last === undefined) return 'file';
  const head = clean.slice(open.length > 1 ? open[open.length - 2]! + 1 : 0, last);
  const word =
    [...head.matchAll(/(?:^|\n)\s*([a-z]+)\b[^\n]*$/g)].pop()?.[1] ?? /([a-z]+)[^\n]*$/.exec(head)?.[1];
  const inner = /\b(tune|split|promote|check|rollout|resources|import|match)\b[^\n{}]*$/.exec(
    head.slice(head.lastIndexOf('\n') + 1),
  )?.[1];
  return kindOf(inner ?? word);
}

const foreign = new Set(['component', 'trainer', 'metric', 'aggregate', 'function', 'constructor']);
function kindOf(word: string | undefined): BlockKind | 'file' {
  if (word === undefined) return 'file';
  if (word === 'resources') return 'settings';
  if (foreign.has(word)) return 'foreign';
  return word in itemKeywords ? (word as BlockKind) : 'file';
}

function lastBefore(tree: ast.Module, offset: number): ast.Declaration | undefined {
  return tree.declarations.filter(one => one.span.start <= offset).pop();
}

function viewsOf(declaration: ast.Declaration | undefined): readonly string[] {
  if (declaration?.kind !== 'Model') return [];
  return declaration.items.flatMap(item =>
    item.kind === 'ModelFeatures' ? item.views.map(view => view.text) : [],
  );
}

function modelView(
  { result }: Understood,
  declaration: ast.Declaration | undefined,
): ast.FeaturesDeclaration | undefined {
  const [first] = viewsOf(declaration);
  return first === undefined
    ? undefined
    : result.program.declarations('Features').find(view => view.name.text === first);
}

/** The task that a model's label proposes, or that is written. */
function tasksOf({ result }: Understood, declaration: ast.Declaration | undefined): readonly string[] {
  if (declaration?.kind !== 'Model') return [];
  const predict = declaration.items.find((item): item is ast.Predict => item.kind === 'Predict');
  if (!predict) return [];
  if (predict.task) return [predict.task.text];
  const symbol: Meaning | undefined = result.program.symbolOf(predict.label);
  if (symbol?.kind !== 'feature' || symbol.item.kind !== 'Feature') return [];
  const { kind } = result.program.typeOf(symbol.item.value);
  if (kind === 'bool') return ['binary'];
  return kind === 'enum' || kind === 'string' ? ['multiclass'] : kind === 'unknown' ? [] : ['regression'];
}
