import { declarationMessages } from '../../diagnostics/messages/declarations.ts';
import { namesMessages } from '../../diagnostics/messages/names.ts';
import { personalMessages } from '../../diagnostics/messages/personal.ts';
import { typesMessages } from '../../diagnostics/messages/types.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import type { Type } from '../../plan/type.ts';
import type { SourceFile } from '../../source/text.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { lookup, replaceFix } from '../scope.ts';
import { describe, describeFully, int, isUnknown, unknown } from '../types.ts';
import { missing, singles } from './clauses.ts';
import type { Binding, Checker, Env, Scope, Table } from './context.ts';
import { condition, inferAs } from './expression/expect.ts';
import { infer } from './expression/infer.ts';
import { type ViewInfo, viewInfo } from './features.ts';
import { parameterScope } from './function.ts';
import { servedModel } from './monitor.ts';
import { distinct, kindNames, resolveDeclaration } from './names.ts';
import { looksReal } from './real-data.ts';
import { annotationsOf } from './schema.ts';
import { signatureOf } from './signature.ts';
import { resolveTable, rowsOfType } from './tables.ts';
import { constantEnv } from './type-expression.ts';
import { positive } from './values.ts';

const kinds = ['Features', 'Function', 'Model', 'Pipeline', 'Component', 'Deployment'] as const;
type Tested = Extract<ast.Declaration, { kind: (typeof kinds)[number] }>;

/** Examples of features, functions and components; training tests of models; a pipeline on a sample. */
export function checkTest(c: Checker, declaration: ast.TestDeclaration): void {
  const module = c.home(declaration);
  const env = constantEnv(module);
  const tested = testedBy(c, env, declaration);
  singles(c, env, declaration.items, {
    AtMoment: 'at',
    Converges: 'converges',
    Overfits: 'overfits',
    StaysFinite: 'stays finite',
    RunsOn: 'runs on',
  });
  // Rows are given once for each table, and once for the row itself.
  const given = declaration.items.filter((item): item is ast.Given => item.kind === 'Given');
  for (const name of new Set(given.map(item => item.source?.text))) {
    const same = given.filter(item => item.source?.text === name);
    singles(c, env, same, { Given: name === undefined ? 'given' : `given ${name}` });
  }
  if (declaration.items.length === 0) missing(c, env, declaration.name, 'something to check');
  if (!tested) return;
  const place = placeOf(c, env, tested);
  for (const item of declaration.items) checkItem(c, env, tested, place, item);
  checkRowGiven(c, env, declaration, tested);
}

function testedBy(c: Checker, env: Env, declaration: ast.TestDeclaration): Tested | undefined {
  const name = declaration.of;
  const value = lookup(env.module, 'values', name.text);
  const called = value ? undefined : lookup(env.module, 'functions', name.text);
  return resolveDeclaration(c, env.module, name, kinds, called ? 'functions' : 'values');
}

/** What a test's items refer to. */
interface TestPlace {
  /** Columns of the row that is given: of the view's source, or a function's parameters. */
  readonly row: ReadonlyMap<string, RowColumn> | undefined;
  readonly rowOf: string;
  /** Tables that go before those of the spec: what a component's parameters take. */
  readonly tables?: ReadonlyMap<string, GivenTable>;
  /** Where `expect` stands. */
  readonly env: Env;
  readonly view: ViewInfo | undefined;
}
interface GivenTable {
  readonly binding: Binding;
  readonly table: Table;
}
interface RowColumn {
  readonly type: Type;
  readonly needed: boolean;
  readonly binding: Binding;
  readonly at: { readonly file: SourceFile; readonly span: ast.Node['span'] } | undefined;
}

function placeOf(c: Checker, env: Env, tested: Tested): TestPlace {
  if (tested.kind === 'Features') {
    const view = viewInfo(c, tested);
    const scope: Scope = {
      find: name => view.features.get(name) ?? view.source.columns.get(name),
      *names() {
        yield* view.features.keys();
        yield* view.source.columns.keys();
      },
    };
    const broken = view.source.kind === 'unknown';
    const inside: Env = { ...env, place: 'test', scopes: [scope], ...(broken ? { open: true } : {}) };
    return { row: rowColumns(view.source), rowOf: `\`${view.source.name}\``, env: inside, view };
  }
  if (tested.kind === 'Deployment') return servicePlace(c, env, tested);
  if (tested.kind === 'Component') return componentPlace(c, env, tested);
  if (tested.kind !== 'Function') {
    return { row: undefined, rowOf: '', env: { ...env, place: 'test', open: true }, view: undefined };
  }
  const parameters = parameterScope(c, tested);
  const signature = signatureOf(c, tested);
  const symbol = {
    kind: 'declaration',
    name: tested.name.text,
    declaration: tested,
    file: c.fileOf(tested),
  } as const;
  const result: Binding = { symbol, type: signature.result ?? unknown };
  const scope: Scope = {
    // The function's own name is its result for the arguments given.
    find: name => parameters.find(name) ?? (name === tested.name.text ? result : undefined),
    *names() {
      yield* parameters.names();
      yield tested.name.text;
    },
  };
  return {
    row: parameterRow(c, tested),
    rowOf: `\`${tested.name.text}\``,
    env: { ...env, place: 'test', scopes: [scope] },
    view: undefined,
  };
}

/** Parameters that take one value, as the columns of a row. */
function parameterRow(
  c: Checker,
  tested: ast.FunctionDeclaration | ast.ComponentDeclaration,
): Map<string, RowColumn> {
  const parameters = parameterScope(c, tested);
  const row = new Map<string, RowColumn>();
  for (const { name, node, type } of signatureOf(c, tested).parameters) {
    const binding = parameters.find(name);
    if (!binding || node.type.body.kind === 'TableType') continue;
    const at = { file: c.fileOf(tested), span: node.span };
    row.set(name, { type, needed: node.default === undefined, binding, at });
  }
  return row;
}

/** Of a component the rows of its tables may be given, and other values for its parameters; `expect` is about what it makes. */
function componentPlace(c: Checker, env: Env, tested: ast.ComponentDeclaration): TestPlace {
  const signature = signatureOf(c, tested);
  const parameters = parameterScope(c, tested, signature);
  const tables = new Map<string, GivenTable>();
  for (const { name, node } of signature.parameters) {
    const binding = parameters.find(name);
    if (!binding || node.type.body.kind !== 'TableType') continue;
    tables.set(name, { binding, table: rowsOfType(c, tested, name, node.type) });
  }
  const made = rowsOfType(c, tested, tested.name.text, tested.result);
  // What a parameter is without the test, the spec says where it uses the component.
  const row = new Map(
    [...parameterRow(c, tested)].map(([name, column]) => [name, { ...column, needed: false }]),
  );
  return {
    row,
    rowOf: `\`${tested.name.text}\``,
    tables,
    env: {
      ...env,
      place: 'test',
      scopes: [],
      ...(made.kind === 'unknown' ? { open: true } : { rows: made }),
    },
    view: undefined,
  };
}

/**
 * A request: columns of the rows that the served model is about, and the answer by the label's name. Which of them a
 * request needs is known once it is known what the features read.
 */
function servicePlace(c: Checker, env: Env, tested: ast.DeploymentDeclaration): TestPlace {
  const model = servedModel(c, tested);
  const known = model && !model.broken && model.source ? model : undefined;
  const label = known?.labelName?.text;
  const answer = label === undefined ? undefined : known?.rowScope.find(label);
  const scope: Scope = {
    find: name => (name === label ? answer : undefined),
    names: () => (label === undefined ? [] : [label]),
  };
  const columns = known?.source && rowColumns(known.source);
  const row = columns && new Map([...columns].map(([name, column]) => [name, { ...column, needed: false }]));
  const open = answer ? {} : { open: true };
  const rowOf = `a request to \`${tested.name.text}\``;
  return { row, rowOf, env: { ...env, place: 'test', scopes: [scope], ...open }, view: undefined };
}

function rowColumns(table: Table): ReadonlyMap<string, RowColumn> | undefined {
  if (table.kind === 'unknown') return undefined;
  const row = new Map<string, RowColumn>();
  for (const [name, binding] of table.columns) {
    const field = binding.symbol.kind === 'column' ? binding.symbol : undefined;
    const at = field && { file: field.file, span: field.field.name.span };
    row.set(name, { type: binding.type, needed: !binding.type.optional, binding, at });
  }
  return row;
}

const itemNames = {
  Given: 'given',
  AtMoment: 'at',
  Expect: 'expect',
  Converges: 'converges',
  Overfits: 'overfits',
  StaysFinite: 'stays finite',
  RunsOn: 'runs on',
} as const;
const allowed: Readonly<Record<Tested['kind'], readonly ast.TestItem['kind'][]>> = {
  Features: ['Given', 'AtMoment', 'Expect'],
  Function: ['Given', 'Expect'],
  Component: ['Given', 'Expect'],
  Model: ['Converges', 'Overfits', 'StaysFinite'],
  Pipeline: ['RunsOn'],
  Deployment: ['Given', 'AtMoment', 'Expect'],
};

function checkItem(c: Checker, env: Env, tested: Tested, place: TestPlace, item: ast.TestItem): void {
  if (!allowed[tested.kind].includes(item.kind)) {
    const what = kindNames[tested.kind];
    const why = `${what} is tested with ${allowed[tested.kind].map(kind => `\`${itemNames[kind]}\``).join(', ')}`;
    const facts = { item: itemNames[item.kind], of: what, why };
    c.error(env.module, declarationMessages.testShape, facts, item.span);
    return;
  }
  switch (item.kind) {
    case 'Given':
      checkGiven(c, env, place, item);
      return;
    case 'AtMoment': {
      const at = place.view?.declaration.at;
      const column = at?.column && place.view?.source.columns.get(at.column.text);
      const type = infer(c, env, item.value);
      if (column)
        inferAs(c, env, item.value, { ...column.type, optional: false }, 'the moment', { constant: true });
      else if (!isUnknown(type) && !['date', 'datetime', 'timestamp'].includes(type.kind)) {
        const facts = { expected: 'a time', found: describe(type), what: 'the moment' };
        c.error(env.module, typesMessages.mismatch, facts, item.value.span);
      }
      return;
    }
    case 'Expect':
      condition(c, place.env, item.condition);
      return;
    case 'Converges':
    case 'Overfits':
    case 'RunsOn':
      positive(c, env, item.rows, int, 'the number of rows');
      return;
  }
}

function checkGiven(c: Checker, env: Env, place: TestPlace, item: ast.Given): void {
  if (item.value.kind === 'Missing') return;
  let row = place.row;
  let of = place.rowOf;
  if (item.source) {
    const own = place.tables?.get(item.source.text);
    if (own) c.bind(item.source, own.binding.symbol);
    const table = own ? own.table : resolveTable(c, env.module, item.source);
    row = table && rowColumns(table);
    of = `\`${item.source.text}\``;
  }
  const rows = item.value.kind === 'Record' ? [item.value] : item.value.items;
  if (!item.source && item.value.kind === 'List') {
    const facts = { expected: 'one row, in braces', found: 'a list', what: 'this' };
    c.error(env.module, typesMessages.mismatch, facts, item.value.span);
    return;
  }
  if (!row) return;
  for (const one of rows) {
    if (one.kind === 'Record') checkRow(c, env, one, row, of);
    else if (one.kind !== 'Missing') {
      const facts = { expected: 'a row, in braces', found: 'another value', what: 'this' };
      c.error(env.module, typesMessages.mismatch, facts, one.span);
    }
  }
}

/** A whole row: only what may be null can be left out. */
function checkRow(
  c: Checker,
  env: Env,
  record: ast.RecordLiteral,
  row: ReadonlyMap<string, RowColumn>,
  of: string,
): void {
  const given = distinct(c, env.module, record.fields, 'values for');
  for (const { name, value } of record.fields) {
    const column = row.get(name.text);
    if (!column) {
      infer(c, env, value);
      if (name.text === '') continue;
      const suggestion = suggest(name.text, row.keys());
      const fixes = suggestion === undefined ? [] : [replaceFix(env.module, name, suggestion)];
      c.error(env.module, namesMessages.unknownColumn, { column: name.text, of, suggestion }, name.span, {
        fixes,
      });
      continue;
    }
    c.bind(name, column.binding.symbol);
    const { at, type } = column;
    const cause = at && (() => ({ ...at, message: `declared as ${describeFully(type)}` }));
    inferAs(c, env, value, column.type, `\`${name.text}\``, { constant: true, ...(cause ? { cause } : {}) });
    checkMadeUp(c, env, value, column);
  }
  const lacking = [...row].filter(([name, { needed }]) => needed && !given.has(name)).map(([name]) => name);
  if (lacking.length === 0) return;
  const span = { start: record.span.start, end: record.span.start + 1 };
  c.error(env.module, declarationMessages.rowIncomplete, { columns: lacking, of }, span);
}

/** Whatever stands in a spec is read by everybody: values of personal columns are made up, and look it. */
function checkMadeUp(c: Checker, env: Env, value: ast.Expression, { binding }: RowColumn): void {
  const { symbol } = binding;
  if (value.kind !== 'String' || symbol.kind !== 'column') return;
  const marked = annotationsOf(symbol.field).find(annotation => annotation.name.text === 'pii');
  const what = marked && looksReal(value.value);
  if (!marked || what === undefined) return;
  const labels = [{ file: symbol.file, span: marked.span, message: 'declared personal data here' }];
  c.error(env.module, personalMessages.example, { column: symbol.name, what }, value.span, { labels });
}

/** An example of features needs the row that they are of. */
function checkRowGiven(c: Checker, env: Env, declaration: ast.TestDeclaration, tested: Tested): void {
  if (tested.kind === 'Deployment') oneAnswersRequests(c, env, declaration, tested);
  if (tested.kind !== 'Features' && tested.kind !== 'Deployment') return;
  const expects = declaration.items.some(item => item.kind === 'Expect');
  const given = declaration.items.some(item => item.kind === 'Given' && !item.source);
  if (expects && !given) missing(c, env, declaration.name, 'a row', 'write the row: `given { … }`');
}

/** What scores rows in batches is not asked anything. */
function oneAnswersRequests(
  c: Checker,
  env: Env,
  declaration: ast.TestDeclaration,
  tested: ast.DeploymentDeclaration,
): void {
  const score = tested.items.find(item => item.kind === 'ScoreInto');
  const given = declaration.items.find(item => item.kind === 'Given');
  if (!score || !given) return;
  const labels = [c.labelAt(tested, 'scores rows in batches', score.span)];
  const facts = {
    item: itemNames.Given,
    of: `\`${tested.name.text}\``,
    why: 'it scores rows in batches and answers no requests',
  };
  c.error(env.module, declarationMessages.testShape, facts, given.span, { labels });
}
