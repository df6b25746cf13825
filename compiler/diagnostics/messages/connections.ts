import { metWith } from './at-run-time.ts';

// These are met when a program runs, not when a spec is compiled: the example is a spec that runs.
const spec = `import std.sources { postgres, query }

schema Reading { station: string  celsius: float in -60..60 }

connection warehouse = postgres(url: secret("WAREHOUSE_URL"))

source readings: Reading = query(warehouse, """select * from weather.readings""")
`;

const define = metWith(spec);

const list = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');

/** Messages about databases and object stores, as sources and as sinks: codes MLP8101 to MLP8199. */
export const connectionMessages = {
  secretMissing: define<{ secret: string; connection: string }>({
    code: 'MLP8101',
    title: 'a secret that is not set',
    message: ({ secret, connection }) => `the secret ${secret} of the connection ${connection} is not set`,
    hint: ({ secret }) =>
      `set the environment variable ${secret}, or write its value into a file ${secret} in the folder that MLP_SECRETS_DIR names`,
    text: 'A spec names secrets and never holds them. The value of `secret("NAME")` is that of the environment variable NAME, else the content of the file NAME in the folder that the variable MLP_SECRETS_DIR names (a mounted secret).',
  }),
  badUrl: define<{ secret: string; connection: string }>({
    code: 'MLP8102',
    title: 'a secret that is no address of a database',
    message: ({ secret, connection }) =>
      `the secret ${secret} of the connection ${connection} is not an address of a PostgreSQL database`,
    hint: () =>
      'its form is postgres://user:password@host:5432/database; characters such as @ and / in a password are written as %40 and %2F',
    text: 'The value is not shown, since it holds a password.',
  }),
  unreachable: define<{ connection: string; reason: string; setting: string }>({
    code: 'MLP8103',
    title: 'a connection that cannot be made',
    message: ({ connection, reason }) => `the connection ${connection} cannot be made: ${reason}`,
    hint: ({ setting }) =>
      `see whether the server runs and can be reached from here, and whether ${setting} names it; \`retry\` in the source tries again`,
    text: 'Nothing answered at the address, or not in ten seconds. A source or deployment with `retry 3 times after 1min` tries again.',
  }),
  denied: define<{ connection: string; reason: string; setting: string }>({
    code: 'MLP8104',
    title: 'a connection that is refused',
    message: ({ connection, reason }) => `the connection ${connection} is refused: ${reason}`,
    hint: ({ setting }) => `correct ${setting}, or let the user have what it needs`,
    text: 'The server is there and does not accept the user, the password or key, or does not let the user read what is asked for.',
  }),
  queryFailed: define<{
    source: string;
    connection: string;
    reason: string;
    line: number | null;
    advice: string | null;
  }>({
    code: 'MLP8105',
    title: 'a query that the database refuses',
    message: ({ source, connection, reason, line }) =>
      `source ${source}: ${connection} refuses the query${line === null ? '' : `, line ${line}`}: ${reason}`,
    hint: ({ advice }) => advice ?? 'try the query in `psql`: it must be one SELECT, without parameters',
    text: 'The query of a source is one SELECT in the language of the database. It runs in a transaction that only reads.',
  }),
  timedOut: define<{ connection: string; what: string; seconds: number }>({
    code: 'MLP8106',
    title: 'a database that is too slow',
    message: ({ connection, what, seconds }) =>
      `${connection} did not answer ${what} in ${seconds} s, the \`timeout\` of the step; the statement was ended there too`,
    hint: () =>
      'raise `timeout`, ask for less (`--from`, `--to`, fewer columns), or add an index on the event time',
    text: 'The time-out of a step is also that of its statements in the database, so that nothing goes on there when nobody waits any more.',
  }),
  connectionLost: define<{ connection: string; reason: string }>({
    code: 'MLP8107',
    title: 'a connection that broke off',
    message: ({ connection, reason }) => `the connection ${connection} broke off: ${reason}`,
    hint: () => 'nothing of it was kept; run again, or let the step try again: `retry 3 times after 1min`',
    text: 'The server went away or ended the session while rows were read or written. Rows are taken over only when all of them are there.',
  }),
  untrusted: define<{ connection: string; reason: string; secret: string }>({
    code: 'MLP8108',
    title: 'a connection that is not safe',
    message: ({ connection, reason }) => `the connection ${connection} is not made: ${reason}`,
    hint: ({ secret }) =>
      `the address in ${secret} says how: \`?sslmode=verify-full\`, and \`&sslrootcert=/path/authority.pem\` where no public authority has signed the server's certificate`,
    text: 'With `sslmode` in its address a connection is by TLS, and the server must have a certificate for its host that a known authority has signed: else anybody on the way could read the password. `require` and `verify-ca` ask for the same as `verify-full`; `no-verify` asks for nothing.',
  }),
  stale: define<{ source: string; column: string; newest: string; age: string; within: string }>({
    code: 'MLP8110',
    title: 'a source that is not fresh',
    message: ({ source, column, newest, age, within }) =>
      `source ${source}: its newest ${column} is ${newest}, ${age} ago, and \`fresh within\` allows ${within}`,
    hint: () => 'see whether what writes the source still runs; for a run on old data name its end: `--to`',
    text: '`fresh within` says how old the newest row may be, by the watermark where it is a time, else by the event time. A run with `--to` asks how old it was at that moment.',
  }),
  noObjects: define<{ path: string; connection: string }>({
    code: 'MLP8120',
    title: 'no such object',
    message: ({ path, connection }) => `${path}: ${connection} has no object of that name`,
    hint: () =>
      'a pattern may have `*`, `?`, `[ ]`, `{a,b}` and `**`; see what there is with a client of the store',
    text: 'A path `s3://bucket/key` names one object, a pattern all that match. A source needs one at least.',
  }),
  objectChanged: define<{ path: string; how: 'vanished' | 'changed' }>({
    code: 'MLP8121',
    title: 'an object that changed while it was read',
    message: ({ path, how }) =>
      how === 'vanished'
        ? `${path} was there when the store was asked for its objects, and vanished before it was read`
        : `${path} was replaced while it was read`,
    hint: () =>
      'run again when what writes there is done, or let the step try again: `retry 3 times after 1min`',
    text: 'All objects of a source are read as they were listed, by their entity tags. Were one of them another, the rows would be of two states of the data.',
  }),
  objectTruncated: define<{ path: string; expected: number; got: number }>({
    code: 'MLP8122',
    title: 'an object that came only in part',
    message: ({ path, expected, got }) => `${path}: ${got} of ${expected} bytes came`,
    hint: () => 'nothing of it was kept; run again, or let the step try again: `retry 3 times after 1min`',
    text: 'The transfer ended before the object did.',
  }),
  storeRefused: define<{ connection: string; what: string; reason: string }>({
    code: 'MLP8123',
    title: 'an object store that refuses',
    message: ({ connection, what, reason }) => `${connection} refuses ${what}: ${reason}`,
    hint: () => 'see whether bucket, region and address are right, and what the key may do',
    text: 'The object store answered with an error. What it says is shown.',
  }),
  storePath: define<{ path: string; why: string }>({
    code: 'MLP8124',
    title: 'a path that names no object',
    message: ({ path, why }) => `${path}: ${why}`,
    hint: () => 'write `s3://bucket/key` or a pattern such as `s3://bucket/folder/*.parquet`',
    text: 'A path in an object store begins with its bucket, which holds no pattern.',
  }),
  noTable: define<{ sink: string; table: string; create: string }>({
    code: 'MLP8130',
    title: 'a table that does not exist',
    message: ({ sink, table }) => `sink ${sink}: there is no table ${table}`,
    hint: ({ create }) => `create it: ${create}`,
    text: 'A sink adds rows to a table and never makes one: who owns the database says how it is stored and who may read it.',
  }),
  tableDiffers: define<{ sink: string; table: string; lines: readonly string[] }>({
    code: 'MLP8131',
    title: 'a table of another form than the sink',
    message: ({ sink, table, lines }) =>
      `sink ${sink}: the table ${table} is not as its schema says: ${lines.join('; ')}`,
    hint: () => 'nothing was written; change the table or the schema of the sink',
    text: 'Every column of the sink’s schema must be in the table, of a type that takes it; a column that only the table has must have a default or take null. That is seen before a row is sent.',
  }),
  tableRefused: define<{ sink: string; table: string; reason: string }>({
    code: 'MLP8132',
    title: 'a table that refuses the rows',
    message: ({ sink, table, reason }) => `sink ${sink}: the table ${table} refuses the rows: ${reason}`,
    hint: () => 'nothing was written: all rows go into the table in one transaction, or none',
    text: 'A constraint, a trigger or the rights of the user stand against a row. The transaction is taken back as a whole.',
  }),
  noLedger: define<{ sink: string; schema: string; create: string }>({
    code: 'MLP8133',
    title: 'no place to note what was written',
    message: ({ sink, schema }) =>
      `sink ${sink}: the user may not create the table mlp_writes in ${schema}, in which each run notes what it has written`,
    hint: ({ create }) => `let somebody who may create it: ${create}`,
    text: 'So that a run which is repeated does not add its rows twice, the rows and a note of them go into the database in one transaction.',
  }),
  columns: define<{ source: string; names: readonly string[] }>({
    code: 'MLP8134',
    title: 'a query with two columns of one name',
    message: ({ source, names }) => `source ${source}: the query has more than one column ${list(names)}`,
    hint: () => 'give each its own name with `as`',
    text: 'Columns are found by their names, so a name must mean one column.',
  }),
  dbtManifest: define<{ path: string; what: string }>({
    code: 'MLP8140',
    title: 'no manifest of dbt',
    message: ({ path, what }) => `${path} ${what}`,
    hint: () =>
      'make it with `dbt parse`, or with `dbt docs generate`, which also writes the types of all columns to catalog.json',
    text: '`mlp infer target/manifest.json` reads what dbt writes about a project: its models, seeds, snapshots and sources, with their columns and tests.',
  }),
  dbtAdapter: define<{ path: string; adapter: string }>({
    code: 'MLP8141',
    title: 'a dbt project of another database',
    message: ({ path, adapter }) => `${path}: the project is for ${adapter}, for which mlp has no connection`,
    hint: () =>
      'projects for postgres and duckdb are read; of others, export the tables and infer from the files: `mlp infer orders.parquet`',
    text: 'A schema says nothing of a database, but a source must be read from one. Queries run on PostgreSQL; tables of a DuckDB file are read as Parquet files.',
  }),
} as const;
