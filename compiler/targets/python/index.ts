import type { Plan, Schema, Type, Value } from '../../plan/plan.ts';
import { header, type OutputFile, type Target } from '../target.ts';

/** Types for the team's Python: what a checker such as mypy reads, and nothing that runs. */
export const python: Target = {
  name: 'python',
  summary: 'typed stubs for the Python of components, trainers and metrics',
  capabilities: () => [],
  emit: async plan => [stubs(plan)],
};

/** The types of the language as Python values: in a row, and in a column of pandas, where a missing number is nan. */
const scalars: Partial<Record<Type['kind'], readonly [value: string, column: string, optional?: string]>> = {
  bool: ['bool', 'bool', 'Any'],
  int: ['int', 'int', 'float'],
  duration: ['int', 'int', 'float'],
  size: ['int', 'int', 'float'],
  float: ['float', 'float'],
  rate: ['float', 'float'],
  string: ['str', 'str'],
  enum: ['str', 'str'],
  date: ['datetime.date', 'Any'],
  datetime: ['datetime.datetime', 'pd.Timestamp'],
  timestamp: ['datetime.datetime', 'pd.Timestamp'],
  blob: ['bytes', 'Any'],
};

function valueType(type: Type): string {
  const base =
    type.kind === 'list' || type.kind === 'vector'
      ? `list[${type.element ? valueType(type.element) : 'float'}]`
      : type.kind === 'enum' && type.members?.length
        ? `Literal[${type.members.map(text).join(', ')}]`
        : (scalars[type.kind]?.[0] ?? 'Any');
  return type.optional ? `${base} | None` : base;
}

function columnType({ kind, optional }: Type): string {
  const [, column, missing] = scalars[kind] ?? ['Any', 'Any'];
  return `pd.Series[${optional ? (missing ?? column) : column}]`;
}

/** The one place where text of the spec becomes a literal of Python. */
export const text = (value: string): string =>
  `"${value.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/gu, one => escaped(one.codePointAt(0)!))}"`;
const escaped = (point: number): string =>
  point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;

const reserved = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);
const className = (name: string): string => {
  const camel = name.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_all, _gap, first: string) =>
    first.toUpperCase(),
  );
  const plain = camel.replace(/[^A-Za-z0-9]/g, '');
  return /^[A-Za-z]/.test(plain) && !reserved.has(plain) ? plain : `T${plain}`;
};
/** Class names by what they stand for; no two are alike, and none is one that the stubs use themselves. */
class Names {
  readonly #known = new Map<string, string>();
  readonly #taken = new Set(
    'Any ArrowTable Feature Iterable Literal NotRequired Protocol Self TypedDict datetime overload pd'.split(
      ' ',
    ),
  );

  /** `ending` tells a component from a schema of its name. */
  of(kind: 'table' | 'row' | 'result' | 'component', name: string, ending: string): string {
    const key = `${kind} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const wanted = kind === 'row' || kind === 'result' ? `${className(name)}${ending}` : className(name);
    let free = this.#taken.has(wanted) ? `${className(name)}${ending}` : wanted;
    while (this.#taken.has(free)) free += '_';
    this.#taken.add(free);
    this.#known.set(key, free);
    return free;
  }
  table = (schema: string): string => this.of('table', schema, 'Table');
  row = (schema: string): string => this.of('row', schema, 'Row');
  result = (schema: string): string => this.of('result', schema, 'Result');
  component = (name: string): string => this.of('component', name, 'Function');
}
const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name);

function stubs(plan: Plan): OutputFile {
  const components = Object.values(plan.components).filter(use => use.run.language === 'python');
  const tableSchema = (table: string): string | undefined =>
    (plan.sources[table] ?? plan.components[table])?.schema;
  const taken = new Set(
    components.flatMap(use => Object.values(use.inputs).flatMap(table => tableSchema(table) ?? [])),
  );
  const made = new Set(components.map(use => use.schema));
  const seen = new Set<string>();
  const names = new Names();
  // Schemas have their names first.
  for (const name of taken) names.table(name);
  for (const name of made) names.row(name);
  const lines = [
    ...header(plan).map(line => `# ${line}`),
    'import datetime',
    'from collections.abc import Iterable',
    'from typing import Any, Literal, Protocol, TypedDict, overload',
    '',
    'import pandas as pd',
    'from typing_extensions import NotRequired, Self',
    '',
    'class ArrowTable(Protocol):',
    '    """A table of pyarrow or polars, or whatever else gives its rows as an Arrow stream."""',
    '    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...',
    '',
    ...[...taken].flatMap(name => tableClass(name, names, plan.schemas[name]!)),
    ...[...made].flatMap(name => rowClass(name, names, plan.schemas[name]!)),
    ...components.flatMap(use => {
      if (seen.has(use.component)) return [];
      seen.add(use.component);
      const inputs = Object.entries(use.inputs).map(
        ([name, table]) => [name, names.table(tableSchema(table) ?? '')] as const,
      );
      const args = Object.entries(use.args).map(([name, value]) => [name, argumentType(value)] as const);
      const parameters = [...inputs, ...args]
        .filter(([name]) => isName(name))
        .map(([name, type]) => `, ${name}: ${type}`);
      return [
        `class ${names.component(use.component)}(Protocol):`,
        `    """\`component ${use.component}\`: what ${use.run.target.replace(/[\\"]/g, '')} has to be."""`,
        `    def __call__(self${parameters.join('')}) -> ${names.result(use.schema)}: ...`,
        '',
      ];
    }),
    'class Feature(TypedDict):',
    '    """What a trainer is told of each feature; a category has the vocabulary of the training rows."""',
    '    name: str',
    '    kind: Literal["number", "category"]',
    '    vocabulary: NotRequired[list[str]]',
  ];
  return { path: 'mlp_types.pyi', text: `${lines.join('\n')}\n` };
}

/** Numbers are what the function says: a plan does not tell int from float. */
const argumentType = (value: Value): string =>
  typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'bool' : 'Any';

/** A table that a function is given: pandas, whose columns have types where they are read as `table["column"]`. */
function tableClass(name: string, names: Names, schema: Schema): string[] {
  const columns = schema.columns.map(column => text(column.name));
  const overloads = [
    ...schema.columns.map(({ type }, i) => `key: Literal[${columns[i]!}]) -> ${columnType(type)}`),
    // Chosen rows are rows of the same table; other columns than these there are none.
    'key: pd.Series[bool] | slice) -> Self',
    `key: list[Literal[${columns.join(', ')}]]) -> pd.DataFrame`,
  ];
  return [
    `class ${names.table(name)}(pd.DataFrame):`,
    `    """A table of \`${name}\`: \`table["column"]\` has the type of the column."""`,
    ...overloads.flatMap((signature, i) => [
      i === 0 ? '    @overload  # type: ignore[override, unused-ignore]' : '    @overload',
      `    def __getitem__(self, ${signature}: ...`,
    ]),
    '',
  ];
}

/** A row that a function may give, and all that it may give instead. */
function rowClass(name: string, names: Names, schema: Schema): string[] {
  const row = names.row(name);
  const fields = schema.columns.map(({ name: column, type }) => `${text(column)}: ${valueType(type)}`);
  const one = `pd.DataFrame | ArrowTable | list[${row}]`;
  return [
    `${row} = TypedDict(${text(row)}, {${fields.join(', ')}})`,
    `${names.result(name)} = ${one} | Iterable[${one}]`,
    '',
  ];
}
