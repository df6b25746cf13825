import type { Symbol as Meaning, Program } from '../../../compiler/semantics/program.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import type { Understood } from '../workspace.ts';

/** The declaration around an offset, or the last one before it, which may not be finished. */
export const declarationAt = ({ tree }: Understood, offset: number): ast.Declaration | undefined =>
  tree.declarations.find(one => one.span.start <= offset && offset <= one.span.end + 1) ??
  tree.declarations.filter(one => one.span.start <= offset).pop();

/** `plan == `: the members of the enum that the column has. */
export function comparedMembers(
  { result }: Understood,
  line: string,
  view: ast.FeaturesDeclaration | undefined,
): string[] {
  const made = /\b([A-Za-z_]\w*)\([^()]*\)\s*(?:==|!=)\s*\w*$/.exec(line)?.[1];
  if (made !== undefined) return membersMadeBy(result.program, made);
  const compared = /([A-Za-z_]\w*)\s*(?:==|!=)\s*\w*$/.exec(line)?.[1];
  const symbol = view && result.program.symbolOf(view.from);
  if (!compared || symbol?.kind !== 'declaration' || symbol.declaration.kind !== 'Source') return [];
  const type = result.program.schemaOf(symbol.declaration.row.text)?.columns.get(compared)?.type;
  return [...(type?.members ?? [])];
}

/** `weekday(date) == `: those of the enum that a function makes. */
function membersMadeBy(program: Program, name: string): string[] {
  const all = [...program.modules.values()].flatMap(({ tree }) => tree.declarations);
  const made = all.find(
    (one): one is ast.FunctionDeclaration => one.kind === 'Function' && one.name.text === name,
  )?.result?.body;
  const of = made?.kind === 'NamedType' ? made.name.text : undefined;
  return all.flatMap(one =>
    one.kind === 'Enum' && one.name.text === of ? one.members.map(member => member.name.text) : [],
  );
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

export function viewsOf(declaration: ast.Declaration | undefined): readonly string[] {
  if (declaration?.kind !== 'Model') return [];
  return declaration.items.flatMap(item =>
    item.kind === 'ModelFeatures' ? item.views.map(view => view.text) : [],
  );
}

export function modelView(
  { result }: Understood,
  declaration: ast.Declaration | undefined,
): ast.FeaturesDeclaration | undefined {
  const [first] = viewsOf(declaration);
  return first === undefined
    ? undefined
    : result.program.declarations('Features').find(view => view.name.text === first);
}

/** The task that a model's label proposes, or that is written. */
export function tasksOf({ result }: Understood, declaration: ast.Declaration | undefined): readonly string[] {
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
