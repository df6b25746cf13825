import type * as ast from '../../syntax/ast/index.ts';
import type { ComponentUse } from '../plan.ts';
import { splitId, tableOf } from '../reads.ts';
import type { Draft } from '../steps.ts';
import { isMasking } from './call.ts';
import { checkTimes } from './component-times.ts';
import { foreignOf, parametersOf } from './constructs.ts';
import type { BuildContext } from './context.ts';
import { rootScope, tableNamed } from './scope.ts';

/** `let order_moods = moods(orders)`, `source moods: Mood = moods(orders)`: undefined if no component is called. */
export function buildComponent(
  declaration: ast.LetDeclaration | ast.SourceDeclaration,
  draft: Draft,
  context: BuildContext,
): ComponentUse | undefined {
  const call = declaration.value;
  if (call.kind !== 'Call') return undefined;
  const resolved = context.program.callOf(call);
  const component = resolved?.declaration;
  if (component?.kind !== 'Component') return undefined;
  const file = context.program.fileOf(declaration);
  const scope = rootScope(context, file, draft);

  const inputs: Record<string, string> = {};
  for (const parameter of component.parameters) {
    const written = resolved?.args.get(parameter.name.text);
    const table = written?.kind === 'NameExpression' ? tableNamed(written.name, scope) : undefined;
    if (parameter.type.body.kind === 'TableType' && table !== undefined) inputs[parameter.name.text] = table;
  }
  const { body } = component.result;
  const schema = body.kind === 'TableType' ? context.declared(body.row, 'Schema') : undefined;
  const derives = derivations(component, schema, inputs, draft, context);
  if (schema) checkTimes(declaration, component, schema, derives, draft, context);
  return {
    component: component.name.text,
    schema: schema ? context.nameOf(schema) : '',
    inputs,
    args: parametersOf(call, context),
    run: foreignOf(component, context),
    derives,
    ...(isMasking(component) ? { masks: true } : {}),
    at: context.at(file, declaration.name.span),
  };
}

/** Column to the input columns it derives from, as `table.column`; from everything where the component does not say. */
function derivations(
  component: ast.ComponentDeclaration,
  schema: ast.SchemaDeclaration | undefined,
  inputs: Readonly<Record<string, string>>,
  draft: Draft,
  context: BuildContext,
): Record<string, readonly string[]> {
  const everything = Object.values(inputs).flatMap(table =>
    [...(tableOf(draft, table)?.columns.keys() ?? [])].map(column => `${table}.${column}`),
  );
  const said = new Map(
    component.body.items
      .filter((item): item is ast.DerivationClause => item.kind === 'Derivation')
      .map(clause => [clause.column.text, clause.from.map(name => name.text)]),
  );
  const info = schema && context.program.schemaOf(schema.name.text);
  return Object.fromEntries(
    [...(info?.columns.keys() ?? [])].map(column => {
      const from = said.get(column);
      const origins = from ? everything.filter(id => from.includes(splitId(id).column)) : everything;
      return [column, origins];
    }),
  );
}
