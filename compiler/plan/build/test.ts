import type * as ast from '../../syntax/ast/index.ts';
import type { Test, Value } from '../plan.ts';
import type { Draft } from '../steps.ts';
import { settingOf } from './constructs.ts';
import type { BuildContext } from './context.ts';
import { lower } from './expression.ts';
import { functionBody, testScope } from './inline.ts';
import { rootScope, type Scope, tableNamed } from './scope.ts';
import { textOf } from './text.ts';

type Item<K extends ast.TestItem['kind']> = Extract<ast.TestItem, { kind: K }>;
type Row = Readonly<Record<string, Value>>;

const kinds: Partial<Record<ast.Declaration['kind'], Test['kind']>> = {
  Features: 'features',
  Function: 'function',
  Model: 'model',
  Pipeline: 'pipeline',
  Component: 'component',
  Deployment: 'deployment',
};

export function buildTest(
  declaration: ast.TestDeclaration,
  draft: Draft,
  context: BuildContext,
): Test | undefined {
  const file = context.program.fileOf(declaration);
  const symbol = context.program.symbolOf(declaration.of);
  const tested = symbol?.kind === 'declaration' ? symbol.declaration : undefined;
  const kind = tested && kinds[tested.kind];
  if (!tested || !kind) return undefined;
  const all = <K extends ast.TestItem['kind']>(wanted: K): Item<K>[] =>
    declaration.items.filter((item): item is Item<K> => item.kind === wanted);
  const root = rootScope(context, file, draft);
  const row = all('Given').find(item => item.source === undefined && item.value.kind === 'Record');
  const record = row?.value.kind === 'Record' ? row.value : undefined;
  const scope: Scope =
    tested.kind === 'Function' && record
      ? testScope(tested, record, root)
      : { ...root, source: draft.views[context.nameOf(tested)]?.source ?? '' };
  const moment = all('AtMoment')[0];
  const body = tested.kind === 'Function' ? functionBody(tested, root) : undefined;
  return {
    title: declaration.title,
    kind,
    of: context.nameOf(tested),
    row: record ? rowOf(record, context) : null,
    tables: tablesOf(all('Given'), root),
    moment: context.text(moment?.value) ?? null,
    expect: all('Expect').map(({ condition }) => ({
      condition: lower(condition, scope),
      text: textOf(condition),
      at: context.at(file, condition.span),
    })),
    ...(body ? { function: body } : {}),
    converges: context.number(all('Converges')[0]?.rows) ?? null,
    overfits: context.number(all('Overfits')[0]?.rows) ?? null,
    finite: all('StaysFinite').length > 0,
    rows: context.number(all('RunsOn')[0]?.rows) ?? null,
    at: context.at(file, declaration.span),
  };
}

function rowOf(record: ast.RecordLiteral, context: BuildContext): Row {
  const fields = record.fields.flatMap(field => {
    const value = settingOf(field.value, context);
    return value === null || ['string', 'number', 'boolean'].includes(typeof value)
      ? [[field.name.text, value as Value] as const]
      : [];
  });
  return Object.fromEntries(fields);
}

function tablesOf(given: readonly ast.Given[], scope: Scope): Record<string, readonly Row[]> {
  const tables: Record<string, readonly Row[]> = {};
  for (const { source, value } of given) {
    // Of a component its parameters take tables, by their own names.
    const parameter = source && scope.context.program.symbolOf(source)?.kind === 'parameter';
    const table = parameter ? source.text : source && tableNamed(source, scope);
    if (table === undefined || value.kind !== 'List') continue;
    tables[table] = value.items.flatMap(item => (item.kind === 'Record' ? [rowOf(item, scope.context)] : []));
  }
  return tables;
}
