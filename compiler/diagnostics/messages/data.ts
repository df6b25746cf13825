import { defineMessage } from '../define.ts';

const schema = `import std.sources { csv }

schema Reading { station: string  celsius: float in -60..60 }

source readings: Reading = csv("data/readings.csv")
`;
const forgiving = `import std.sources { csv }

schema Reading { station: string  celsius: float? in -60..60 }

source readings: Reading = csv("data/readings.csv", missing: "NA") { quarantine up to 1% }
`;

const quoted = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');
const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

/** Messages about data files against their schemas: codes MLP8001 to MLP8999. They are met when a step runs. */
export const dataMessages = {
  fileNotFound: defineMessage<{ path: string; suggestion?: string | undefined }>({
    code: 'MLP8001',
    severity: 'error',
    title: 'data file not found',
    message: ({ path }) => `${path}: there is no such file`,
    hint: ({ suggestion }) =>
      suggestion === undefined
        ? 'a relative path starts at the project folder; `npm:package/path` is a file of an installed npm package'
        : `did you mean \`${suggestion}\`?`,
    explanation: {
      text: 'A source names a file that is not there. A path is relative to the project folder, absolute, a glob such as `data/*.parquet`, or `npm:package/path` for a file that an installed npm package ships.',
      wrong: schema,
      right: schema,
    },
  }),
  notAFile: defineMessage<{ path: string }>({
    code: 'MLP8002',
    severity: 'error',
    title: 'a folder where a data file is expected',
    message: ({ path }) => `${path}: this is a folder, not a data file`,
    hint: ({ path }) => `name a file in it, or all of them with a glob: \`${path.replace(/\/$/, '')}/*\``,
    explanation: {
      text: 'A source reads one file, or those which a glob matches. A folder is never read as a whole, because files that happen to lie in it would become data.',
      wrong: schema,
      right: schema.replace('readings.csv', '*.csv'),
    },
  }),
  emptyFile: defineMessage<{ path: string; expected: string; of?: string | undefined }>({
    code: 'MLP8003',
    severity: 'error',
    title: 'empty data file',
    message: ({ path, expected, of = 'the file' }) => `${path}: ${of} holds no rows; expected ${expected}`,
    hint: ({ of }) =>
      of === undefined
        ? 'look at what writes this file: an export that failed often leaves an empty one'
        : 'look at what fills the tables, and at the conditions of the query',
    explanation: {
      text: 'A source without a single row is refused at once: every later step would fail less clearly, or worse, pass.',
      wrong: schema,
      right: schema,
    },
  }),
  unreadable: defineMessage<{ path: string; format: string; reason: string }>({
    code: 'MLP8004',
    severity: 'error',
    title: 'unreadable data file',
    message: ({ path, format, reason }) => `${path}: this is not a whole ${format} file: ${reason}`,
    hint: () => 'the file is truncated, damaged or of another format; fetch or write it again',
    explanation: {
      text: 'The file ends too early or is of another format than the source says (`parquet`, `csv`, `json`). Nothing of it is used.',
      wrong: schema,
      right: schema,
    },
  }),
  malformedCsv: defineMessage<{ path: string; rows: string; more: boolean; expected: string }>({
    code: 'MLP8005',
    severity: 'error',
    title: 'malformed CSV',
    message: ({ path, rows, more, expected }) =>
      `${path}: ${rows}${more ? ', and more' : ''}; expected ${expected}`,
    hint: () => 'quote values that hold a comma, a quote or a line break, and double a quote inside quotes',
    explanation: {
      text: 'Every row of a CSV file must have as many values as the header has names (RFC 4180). Guessing where a ragged row belongs would shift values into other columns, so such a file is refused with the numbers of its rows.',
      wrong: schema,
      right: schema,
    },
  }),
  notUtf8: defineMessage<{ path: string; line: number; byte: number }>({
    code: 'MLP8006',
    severity: 'error',
    title: 'data file is not UTF-8',
    message: ({ path, line, byte }) => `${path}: line ${line} is not UTF-8 (byte ${byte} of the file)`,
    hint: () => 'convert it, for example with `iconv -f latin1 -t utf-8`',
    explanation: {
      text: 'Text files are UTF-8. A file in another encoding would silently turn names into other names, and categories with them.',
      wrong: schema,
      right: schema,
    },
  }),
  jsonShape: defineMessage<{ path: string; found: string; rows?: string | undefined }>({
    code: 'MLP8007',
    severity: 'error',
    title: 'JSON of another shape',
    message: ({ path, found, rows }) =>
      `${path}: expected an array of objects, or one object a line, but ${rows === undefined ? 'this is' : `${rows} ${rows.includes(',') ? 'are' : 'is'}`} ${found}`,
    hint: () => 'each element is a row: an object whose keys are the columns of the schema',
    explanation: {
      text: 'A JSON source is an array of objects or newline-delimited objects, each a row. Nested documents are flattened before they become a source.',
      wrong: schema.replaceAll('csv', 'json'),
      right: schema.replaceAll('csv', 'json'),
    },
  }),
  missingColumns: defineMessage<{
    path: string;
    missing: readonly { name: string; expected: string }[];
    schema: string;
    found: readonly string[];
    suggestion?: { column: string; instead: string } | undefined;
    /** What has the columns, where it is no file. */
    of?: string | undefined;
  }>({
    code: 'MLP8008',
    severity: 'error',
    title: 'columns missing from the data',
    message: ({ path, missing, schema: name, found, of = 'the file' }) =>
      `${path}: ${plural(missing.length, 'column')} ${missing.map(m => `\`${m.name}\` (${m.expected})`).join(', ')} of schema ${name} ${plural(missing.length, 'is', 'are')} missing; ${of} has ${found.length === 0 ? 'no columns' : quoted(found)}`,
    hint: ({ suggestion, of = 'the file' }) =>
      suggestion === undefined
        ? `correct the schema, or ${of === 'the file' ? 'what writes the file' : of}`
        : `did you mean that \`${suggestion.instead}\` is \`${suggestion.column}\`?`,
    explanation: {
      text: 'Every column of the schema must be in the file, also an optional one: a column that is gone is a change of the source, not missing values. Columns that the schema does not name are ignored, and the report says so. (In JSON, an optional key may be absent.)',
      wrong: schema,
      right: schema,
    },
  }),
  columnType: defineMessage<{
    path: string;
    column: string;
    found: string;
    expected: string;
    of?: string | undefined;
  }>({
    code: 'MLP8009',
    severity: 'error',
    title: 'column of another type',
    message: ({ path, column, found, expected, of = 'the file' }) =>
      `${path}, column ${column}: ${of} holds ${found}, the schema expects ${expected}`,
    explanation: {
      text: 'The file declares a type from which the schema’s cannot be read, value by value or at all.',
      wrong: schema,
      right: schema,
    },
  }),
  violations: defineMessage<{ lines: readonly string[]; rows: number }>({
    code: 'MLP8010',
    severity: 'error',
    title: 'rows violate the schema',
    message: ({ lines }) => lines.join('\n'),
    hint: () =>
      'correct the data or the schema, or set such rows aside: `{ quarantine up to 1% }` after the source, or `drop`',
    explanation: {
      text: 'Unless the source says `drop` or `quarantine`, one row outside its schema stops the run: what the model learns from would not be what the spec says.',
      wrong: schema,
      right: forgiving,
    },
  }),
  tooManyViolations: defineMessage<{
    share: string;
    limit: string;
    action: string;
    lines: readonly string[];
  }>({
    code: 'MLP8011',
    severity: 'error',
    title: 'too many rows violate the schema',
    message: ({ share, limit, action, lines }) =>
      `${share} of the rows violate the schema, more than the ${limit} that may be ${action === 'drop' ? 'dropped' : 'quarantined'}\n${lines.join('\n')}`,
    hint: () => 'a sudden rise is a change of the source: look at the first rows before you raise the limit',
    explanation: {
      text: '`drop up to` and `quarantine up to` give the share of rows that may be let aside. Beyond it the data have changed, and the run stops.',
      wrong: forgiving,
      right: forgiving,
    },
  }),
  sourceKind: defineMessage<{ source: string; kind: string }>({
    code: 'MLP8012',
    severity: 'error',
    title: 'source that cannot be read here yet',
    message: ({ source, kind }) => `source ${source}: \`${kind}\` cannot be read by the local runtime yet`,
    hint: () =>
      'read a local sample instead: `environment laptop { target local  source … = csv("sample.csv") }` and `--env laptop`',
    explanation: {
      text: 'A source is a file (`parquet`, `csv`, `json`), an object of a store (`s3://bucket/path`) or a query. Web addresses and other stores are not read.',
      wrong: schema.replace('data/readings.csv', 'https://acme.com/readings.csv'),
      right: schema,
    },
  }),
  noRowsInInterval: defineMessage<{
    path: string;
    column: string;
    from: string;
    to: string;
    /** Null where the rows outside were not read. */
    range: string | null;
  }>({
    code: 'MLP8013',
    severity: 'error',
    title: 'no rows in the data interval',
    message: ({ path, column, from, to, range }) =>
      `${path}: no row has its ${column} in [${from}, ${to})${range === null ? '' : `; the file reaches ${range}`}`,
    hint: ({ range }) =>
      range === null
        ? 'choose `--from` and `--to` where there are rows'
        : 'choose `--from` and `--to` inside that range',
    explanation: {
      text: '`--from` and `--to` take the rows whose event time lies in [from, to).',
      wrong: schema,
      right: schema,
    },
  }),
  validationRefused: defineMessage<{ validation: string; lines: readonly string[] }>({
    code: 'MLP8020',
    severity: 'error',
    title: 'validation refused the data',
    message: ({ validation, lines }) => `validation ${validation} refused the data: ${lines.join('; ')}`,
    explanation: {
      text: 'A `require` of a validation does not hold. Steps that read the source behind it do not run.',
      wrong: `${schema}\nvalidation sound on readings { require count() >= 1_000 }\n`,
      right: `${schema}\nvalidation sound on readings { require count() >= 100 }\n`,
    },
  }),
  damagedProfile: defineMessage<{ validation: string }>({
    code: 'MLP8021',
    severity: 'error',
    title: 'profile of the previous snapshot is damaged',
    message: ({ validation }) =>
      `validation ${validation}: the profile of the last accepted snapshot cannot be read`,
    hint: () => 'the store is damaged: restore it from a copy',
    explanation: {
      text: 'Measures against `previous` read the profile which the last accepted run kept. A damaged one is an error rather than “no previous”, because then nothing would be compared.',
      wrong: schema,
      right: schema,
    },
  }),
  emptyView: defineMessage<{ view: string; source: string; rows: number }>({
    code: 'MLP8030',
    severity: 'error',
    title: 'features without rows',
    message: ({ view, source, rows }) => `features ${view} has no rows, although ${source} has ${rows}`,
    explanation: {
      text: 'The view selects nothing: the grid of `each day` is empty, or every moment of prediction is null.',
      wrong: schema,
      right: schema,
    },
  }),
  emptyPart: defineMessage<{ model: string; part: string; reasons: readonly string[] }>({
    code: 'MLP8031',
    severity: 'error',
    title: 'empty part of a split',
    message: ({ model, part, reasons }) =>
      `model ${model}: the ${part} part has no rows: ${reasons.join('; ')}`,
    hint: () => 'choose larger shares, a longer data interval, or another way to split',
    explanation: {
      text: 'A model is trained on one part of the rows and judged on another; none may be empty. Rows leave a part when their label is missing, when `where` does not hold, or when their label became known only after the part’s end (purging).',
      wrong: schema,
      right: schema,
    },
  }),
  nullSplit: defineMessage<{ model: string; column: string; rows: number }>({
    code: 'MLP8032',
    severity: 'error',
    title: 'rows without the value they are split by',
    message: ({ model, column, rows }) =>
      `model ${model}: ${rows} ${plural(rows, 'row')} cannot be split: ${column} is null`,
    hint: () => 'exclude them with `where`, or split by another column',
    explanation: {
      text: 'A row belongs to a part by its time or its group. A row that has none would have to be put somewhere at random.',
      wrong: schema,
      right: schema,
    },
  }),
  duplicateKey: defineMessage<{ view: string; key: string; rows: number; example: string }>({
    code: 'MLP8033',
    severity: 'error',
    title: 'views cannot be joined',
    message: ({ view, key, rows, example }) =>
      `features ${view}: ${rows} ${plural(rows, 'row')} repeat ${key} at the same moment, such as ${example}; views of one model are joined by it`,
    explanation: {
      text: 'A model over several views joins their rows by key and moment, so both must tell rows apart.',
      wrong: schema,
      right: schema,
    },
  }),
  unknownClass: defineMessage<{ model: string; part: string; labels: readonly string[] }>({
    code: 'MLP8034',
    severity: 'error',
    title: 'label without training rows',
    message: ({ model, part, labels }) =>
      `model ${model}: the ${part} part has ${plural(labels.length, 'the label', 'labels')} ${labels
        .slice(0, 8)
        .map(label => JSON.stringify(label))
        .join(', ')}${labels.length > 8 ? ', …' : ''}, which no training row has`,
    hint: () =>
      'declare the label as an enum, leave such rows out with `where`, or split so that each label is trained on',
    explanation: {
      text: 'The classes of a text label are those of the training rows. A row of another class cannot be predicted, and the log loss of such a row is infinite.',
      wrong: schema,
      right: schema,
    },
  }),
  rowFault: defineMessage<{
    what: string;
    /** Null where the row could not be found. */
    place: { row: number; source: string } | null;
    reason: string;
  }>({
    code: 'MLP8040',
    severity: 'error',
    title: 'a value that cannot be computed',
    message: ({ what, place, reason }) =>
      place === null
        ? `${what} cannot be computed: ${reason}`
        : `${what} cannot be computed for row ${place.row} of those kept of ${place.source}: ${reason}`,
    hint: ({ reason }) =>
      reason.endsWith('beyond 64 bits')
        ? 'give the columns that it reads a range in the schema (`in 0..1_000_000`), so that such rows are violations; or compute with floats: `1.0 * a * b`'
        : undefined,
    explanation: {
      text: 'An integer left the range of 64 bits, a date was out of range. Such a row is an error on both engines, in batch and online, rather than a value that differs between them. Declare the range of what is read, and rows beyond it are violations of the schema, which the source can drop or set apart.',
      wrong: schema,
      right: schema,
    },
  }),
  engine: defineMessage<{ reason: string }>({
    code: 'MLP8041',
    severity: 'error',
    title: 'the data engine failed',
    message: ({ reason }) => `DuckDB: ${reason}`,
    explanation: {
      text: 'The engine under the runtime refused a query for a reason that no other code covers.',
      wrong: schema,
      right: schema,
    },
  }),
  outOfMemory: defineMessage<{ memory: string }>({
    code: 'MLP8042',
    severity: 'error',
    title: 'out of memory',
    message: ({ memory }) => `the step needs more than the ${memory} of memory it may use`,
    hint: () =>
      'raise `resources { memory: … }` of the declaration, or lower its `cpu`: each thread needs its share',
    explanation: {
      text: 'A step spills to disk as far as it can; some operations cannot, and fail cleanly at the limit instead of taking the machine down.',
      wrong: schema,
      right: schema,
    },
  }),
  outOfDisk: defineMessage<{ reason: string | null }>({
    code: 'MLP8043',
    severity: 'error',
    title: 'out of disk space',
    message: ({ reason }) =>
      reason === null ? 'the disk is full' : `the store cannot be written: ${reason}`,
    hint: () => 'make room where the store lies, such as by `mlp runs --gc`; what this step wrote is removed',
    explanation: {
      text: 'The step could not write its artifact or what it spilled.',
      wrong: schema,
      right: schema,
    },
  }),
  unknownFormat: defineMessage<{ path: string }>({
    code: 'MLP8050',
    severity: 'error',
    title: 'unknown data format',
    message: ({ path }) => `${path}: cannot tell the format from the name`,
    hint: () => 'files end in .csv, .tsv, .json, .jsonl, .ndjson (each also with .gz) or .parquet',
    explanation: {
      text: '`mlp infer` reads CSV, JSON and Parquet files and tells them apart by their names.',
      wrong: schema,
      right: schema,
    },
  }),
} as const;
