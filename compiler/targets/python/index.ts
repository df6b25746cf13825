import type { Plan, Schema, Type, Value } from '../../plan/plan.ts';
import { header, type OutputFile, type Target } from '../target.ts';

/** Types for the team's Python: what a checker such as mypy reads, and nothing that runs. */
export const python: Target = {
  name: 'python',
  summary: 'typed stubs for the Python of components, trainers and metrics',
  capabilities: () => [],
  emit: async plan => [stubs(plan)],
};

/** The types of the language as Python values: in a row, and in a column of pandas. */
const scalars: Partial<Record<Type['kind'], readonly [value: string, column: string]>> = {
  bool: ['bool', 'bool'],
  int: ['int', 'int'],
  duration: ['int', 'int'],
  size: ['int', 'int'],
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

const columnType = (type: Type): string => `pd.Series[${scalars[type.kind]?.[1] ?? 'Any'}]`;

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
  const lines = [
    ...header(plan).map(line => `# ${line}`),
    'import datetime',
    'from collections.abc import Iterable',
    'from typing import Any, Literal, Protocol, TypedDict, overload',
    '',
    'import pandas as pd',
    'import pyarrow as pa',
    '',
    ...[...taken].flatMap(name => tableClass(name, plan.schemas[name]!)),
    ...[...made].flatMap(name => rowClass(name, plan.schemas[name]!)),
    ...components.flatMap(use => {
      if (seen.has(use.component)) return [];
      seen.add(use.component);
      const inputs = Object.entries(use.inputs).map(
        ([name, table]) => [name, className(tableSchema(table) ?? '')] as const,
      );
      const args = Object.entries(use.args).map(([name, value]) => [name, argumentType(value)] as const);
      const parameters = [...inputs, ...args]
        .filter(([name]) => isName(name))
        .map(([name, type]) => `, ${name}: ${type}`);
      return [
        `class ${className(use.component)}(Protocol):`,
        `    """\`component ${use.component}\`: what ${use.run.target.replace(/[\\"]/g, '')} has to be."""`,
        `    def __call__(self${parameters.join('')}) -> ${className(use.schema)}Result: ...`,
        '',
      ];
    }),
    'class Feature(TypedDict):',
    '    """What a trainer is told of each feature; a category has the vocabulary of the training rows."""',
    '    name: str',
    '    kind: Literal["number", "category"]',
    '    vocabulary: list[str]',
  ];
  return { path: 'mlp_types.pyi', text: `${lines.join('\n')}\n` };
}

/** Numbers are what the function says: a plan does not tell int from float. */
const argumentType = (value: Value): string =>
  typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'bool' : 'Any';

/** A table that a function is given: pandas, whose columns have types. */
function tableClass(name: string, schema: Schema): string[] {
  return [
    `class ${className(name)}(pd.DataFrame):`,
    `    """A table of \`${name}\`."""`,
    ...schema.columns.flatMap(column => [
      '    @overload  # type: ignore[override]',
      `    def __getitem__(self, key: Literal[${text(column.name)}]) -> ${columnType(column.type)}: ...`,
    ]),
    '    @overload',
    '    def __getitem__(self, key: Any) -> Any: ...',
    '',
  ];
}

/** A row that a function may give, and all that it may give instead. */
function rowClass(name: string, schema: Schema): string[] {
  const row = `${className(name)}Row`;
  const fields = schema.columns.map(({ name: column, type }) => `${text(column)}: ${valueType(type)}`);
  const one = `pd.DataFrame | pa.Table | list[${row}]`;
  return [
    `${row} = TypedDict(${text(row)}, {${fields.join(', ')}})`,
    `${className(name)}Result = ${one} | Iterable[${one}]`,
    '',
  ];
}
