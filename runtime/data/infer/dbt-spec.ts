import { durationText } from '../../../compiler/plan/build/text.ts';
import type { DbtColumn, DbtProject, DbtTable } from './dbt.ts';
import { seemsPersonal } from './personal.ts';
import { pascalCase, quoteName, quoteText } from './spec.ts';

/** Types of the language by those of the databases, without their lengths. */
const types: readonly (readonly [RegExp, string])[] = [
  [
    /^(tiny|small|big|huge|medium)?int(eger)?[0-9]*$|^(big|small)?serial$|^u(tiny|small|big)?int(eger)?$/,
    'int',
  ],
  [/^(float|double|real|decimal|numeric|number|dec)\w*$|^double precision$/, 'float'],
  [/^bool(ean)?$/, 'bool'],
  [/^date$/, 'date'],
  [/^timestamptz$|^timestamp with time zone$/, 'timestamp'],
  [/^timestamp$|^timestamp without time zone$|^datetime$|^timestamp_(s|ms|ns)$/, 'datetime'],
  [
    /^(text|string|uuid|name|citext|json|jsonb|enum|bpchar|(var)?char|character( varying)?|nvarchar)$/,
    'string',
  ],
  [/^(bytea|blob|binary|varbinary)$/, 'blob'],
];

/** The type of a column of a database; null for one that a schema cannot hold. */
export function typeOf(declared: string): string | null {
  const name = declared.trim().toLowerCase().replace(/\s+/g, ' ');
  if (name.endsWith('[]')) {
    const element = typeOf(name.slice(0, -2));
    // No catalog says that an array holds no null.
    return element === null ? null : `[${element}?]`;
  }
  const bare = name.replace(/\s*\([^)]*\)/, '').trim();
  return types.find(([pattern]) => pattern.test(bare))?.[1] ?? null;
}

/** The spec of a project, and how many columns it had to leave out. */
export function dbtSpec(project: DbtProject): { readonly spec: string; readonly untyped: number } {
  const named = nameTables(project.tables);
  const blocks = named.flatMap(table => [schemaText(table, project), sourceText(table, project)]);
  const untyped = project.tables.reduce(
    (sum, { columns }) => sum + columns.filter(({ type }) => type === null).length,
    0,
  );
  const connected = project.adapter === 'postgres';
  const head = [
    `// The dbt project ${oneLine(project.name)}, read from ${oneLine(project.path)}${project.catalog ? ' and the catalog beside it' : ''}.`,
    connected ? 'import std.sources { postgres, query }' : 'import std.sources { parquet }',
    '',
    ...(connected
      ? [
          '/// Where dbt builds; WAREHOUSE_URL is postgres://user:password@host:5432/database.',
          'connection warehouse = postgres(url: secret("WAREHOUSE_URL"))',
          '',
        ]
      : [
          "// A DuckDB file has one reader at a time: export its tables, as in `copy orders to 'data/orders.parquet'`.",
          '',
        ]),
  ];
  return { spec: `${[...head, blocks.join('\n\n')].join('\n')}\n`, untyped };
}

interface NamedTable extends DbtTable {
  readonly source: string;
  readonly schema: string;
}

/** Names that are unique in a project, also if one looks away from capitals. */
function nameTables(tables: readonly DbtTable[]): readonly NamedTable[] {
  const taken = new Set(['warehouse']);
  const free = (candidates: readonly string[]): string => {
    const last = candidates.at(-1)!;
    const numbered = Array.from({ length: 1_000 }, (_, n) => `${last}_${n + 2}`);
    const found = [...candidates, ...numbered].find(name => !taken.has(name.toLowerCase()))!;
    taken.add(found.toLowerCase());
    return found;
  };
  return tables.map(table => {
    const name = snake(table.name);
    const source = free([
      name,
      ...(table.group === null ? [`${name}_model`] : [snake(`${table.group}_${table.name}`)]),
    ]);
    const plural = pascalCase(source.replaceAll('_', ' '), 'Data');
    const singular = /[^s]s$/.test(plural) ? plural.slice(0, -1) : plural;
    return { ...table, source, schema: free([singular, `${singular}Row`]) };
  });
}

function snake(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(name) ? name : `data_${name}`;
}

function schemaText({ schema, description, columns, eventTime }: NamedTable, project: DbtProject): string {
  const key = columns.find(({ unique, required }) => unique && required);
  const lines = columns.flatMap(column =>
    columnLines(column, column === key, column.name === eventTime, project),
  );
  const doc = oneLine(description);
  return [...(doc ? [`/// ${doc}`] : []), `schema ${schema} {`, ...lines, '}'].join('\n');
}

function columnLines(column: DbtColumn, key: boolean, eventTime: boolean, project: DbtProject): string[] {
  const { name, description, accepted, required, type: declared } = column;
  const type = declared === null ? null : typeOf(declared);
  if (declared === null) {
    const how = project.catalog
      ? 'the catalog does not have it'
      : 'write `data_type` in its yml, or run `dbt docs generate`';
    return [`  // ${oneLine(name)} is left out: its type is not known; ${how}`];
  }
  if (type === null || name.includes('`'))
    return [`  // ${oneLine(name)} holds ${oneLine(declared)}, which a schema cannot: left out`];
  const doc = oneLine(description);
  const time = ['date', 'datetime', 'timestamp'].includes(type);
  const values =
    accepted !== null && type === 'string' && accepted.length > 0
      ? ` in {${accepted.map(quoteText).join(', ')}}`
      : '';
  const annotations = [
    ...(key ? ['@key'] : []),
    ...(eventTime && time ? ['@event_time'] : []),
    ...(column.personal || seemsPersonal(name, null) ? ['@pii'] : []),
  ].map(one => ` ${one}`);
  return [
    ...(doc ? [`  /// ${doc}`] : []),
    ...(time && !eventTime ? ['  // If this is when the row happened, add @event_time.'] : []),
    `  ${quoteName(name)}: ${type}${required ? '' : '?'}${values}${annotations.join('')}`,
  ];
}

function sourceText(table: NamedTable, { adapter }: DbtProject): string {
  const { source, schema, relation, columns, loadedAt, freshWithin } = table;
  const known = columns.find(
    ({ name, type }) =>
      name === loadedAt && type !== null && ['date', 'datetime', 'timestamp'].includes(typeOf(type) ?? ''),
  );
  const items = [
    ...(known === undefined ? [] : [`watermark ${quoteName(known.name)}`]),
    ...(freshWithin === null || known === undefined ? [] : [`fresh within ${durationText(freshWithin)}`]),
  ];
  const body = items.length === 0 ? '' : ` {\n${items.map(item => `  ${item}`).join('\n')}\n}`;
  const from =
    adapter === 'postgres'
      ? `query(warehouse, """\n  select * from ${relation.replaceAll('"""', '')}\n""")`
      : `parquet(${quoteText(`data/${table.name}.parquet`)})`;
  return `source ${quoteName(source)}: ${schema} = ${from}${body}`;
}

/** A comment ends with its line. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
