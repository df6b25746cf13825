/** Expressions as a spec writes them: what the property test draws, prints, compiles, and shrinks. */

/** A kind of the language, or the name of an enum. */
export type Kind =
  | 'bool'
  | 'int'
  | 'float'
  | 'string'
  | 'date'
  | 'datetime'
  | 'timestamp'
  | 'duration'
  | 'size'
  | 'rate'
  | 'Weekday'
  | 'Month'
  | 'Shade'
  | Several;
/** Kinds of several values in one, as the language writes them; `blob` is read by `is null` alone. */
export type Several = '[int]' | '[string?]' | '[timestamp]' | 'vector(3)' | 'blob';

export const enums = {
  Shade: ['dark', 'light', 'pale'],
  Weekday: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  Month: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
} as const;

export const scalarKinds: readonly Kind[] = [
  'bool',
  'int',
  'float',
  'string',
  'date',
  'datetime',
  'timestamp',
  'duration',
  'size',
  'rate',
  'Weekday',
  'Month',
  'Shade',
];
export const severalKinds: readonly Several[] = ['[int]', '[string?]', '[timestamp]', 'vector(3)', 'blob'];
export const kinds: readonly Kind[] = [...scalarKinds, ...severalKinds];
export const isSeveral = (kind: Kind): kind is Several => (severalKinds as readonly Kind[]).includes(kind);
/** The kind of a list's items; undefined of what is no list. */
export const itemKind = (kind: Kind): Kind | undefined =>
  /^\[(\w+)\??\]$/.exec(kind)?.[1] as Kind | undefined;
/** What `any` of the library stands for. */
export const anyKinds: readonly Kind[] = scalarKinds.filter(kind => !/^(duration|size|rate)$/.test(kind));
export const orderedKinds: readonly Kind[] = scalarKinds.filter(
  kind => !/^(bool|Weekday|Month|Shade)$/.test(kind),
);

export interface Node {
  readonly kind: Kind;
  readonly optional: boolean;
  /** An operator's sign or word, `call`, `column`, `literal`, `aggregate`. */
  readonly op: string;
  /** Name of the column or function; text of the literal; the pattern. */
  readonly text: string;
  readonly args: readonly Node[];
  /** Of an aggregate: whether the last argument is the condition of `where`. */
  readonly where?: boolean;
}

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly optional: boolean;
  /** Least and greatest value, of an int or a float. */
  readonly range?: readonly [number, number];
}

export const nameText = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);

/** The text of an expression; what is not one word or one call is in brackets where it stands in another. */
export function print(node: Node): string {
  const { op, text, args } = node;
  const inner = (i: number): string => operand(args[i]!);
  switch (op) {
    case 'column':
      return nameText(text);
    case 'literal':
      return text;
    case 'call':
      return `${text}(${args.map(print).join(', ')})`;
    case 'aggregate':
      return aggregateText(node);
    case 'if':
      return `if ${print(args[0]!)} then ${inner(1)} else ${inner(2)}`;
    case 'match':
      return `match ${inner(0)} { ${print(args[1]!)} => ${inner(2)}, _ => ${inner(3)} }`;
    case 'not':
      return `not ${inner(0)}`;
    case 'minus':
      return `-${inner(0)}`;
    case 'in range':
      return `${inner(0)} in ${inner(1)}..${inner(2)}`;
    case 'in set':
      return `${inner(0)} in {${args.slice(1).map(operand).join(', ')}}`;
    case 'matching':
      return `${inner(0)} matching r"${text}"`;
    case 'is null':
      return `${inner(0)} is null`;
    case 'list':
      return `[${args.map(print).join(', ')}]`;
    default:
      return `${inner(0)} ${op} ${inner(1)}`;
  }
}

function operand(node: Node): string {
  const plain = /^(column|literal|call|aggregate)$/.test(node.op) && !node.text.startsWith('-');
  return plain ? print(node) : `(${print(node)})`;
}

/** Over all rows before T with the same `g`. `text` is the aggregate's name and perhaps a last argument. */
function aggregateText({ text, args, where }: Node): string {
  const [name, q] = text.split(' ');
  const value = args.length > (where ? 1 : 0) ? print(args[0]!) : 'rows';
  const condition = where ? ` where ${operand(args.at(-1)!)}` : '';
  return `${name}(${value}${condition} over 36500d by g${q === undefined ? '' : `, ${q}`})`;
}

export const sizeOf = (node: Node): number => 1 + node.args.reduce((sum, arg) => sum + sizeOf(arg), 0);
export const columnsOf = (node: Node): string[] => [
  ...(node.op === 'column' ? [node.text] : []),
  ...node.args.flatMap(columnsOf),
];
export const callsOf = (node: Node): string[] => [
  ...(node.op === 'call' ? [node.text] : []),
  ...node.args.flatMap(callsOf),
];

function typeText({ kind, optional, range }: Column): string {
  const text = `${kind}${optional ? '?' : ''}`;
  if (range === undefined) return text;
  const [low, high] = range.map(end => (kind === 'float' ? end.toFixed(1) : String(end)));
  return `${text} in ${low}..${high}`;
}

/** A spec of one view with the features `f0`, `f1`…, one on each line. */
export function specText(columns: readonly Column[], features: readonly Node[]): string {
  const masks = [...new Set(features.flatMap(callsOf))].filter(name => /^(hash|bucket)$/.test(name)).sort();
  const used = new Set(columns.map(column => column.kind));
  const windows = features.some(node => node.op === 'aggregate');
  const lines = [
    'import std.sources { parquet }',
    ...(masks.length > 0 ? [`import std.privacy { ${masks.join(', ')} }`] : []),
    '',
    ...(used.has('Shade') ? [`enum Shade { ${enums.Shade.join(', ')} }`, ''] : []),
    'schema Row {',
    '  id: int @key',
    ...(windows ? ['  at: timestamp @event_time', '  g: int'] : []),
    ...columns.map(column => `  ${nameText(column.name)}: ${typeText(column)}`),
    '}',
    '',
    'source rows: Row = parquet("rows.parquet")',
    '',
    `features Drawn from rows${windows ? ' at at' : ''} {`,
    ...features.map((node, i) => `  f${i} = ${print(node)}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
