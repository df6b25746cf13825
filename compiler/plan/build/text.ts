import type * as ast from '../../syntax/ast/index.ts';

/**
 * An expression in one fixed spelling: what reports show, and what does not change with white space and comments.
 */
export function textOf(e: ast.Expression | ast.MissingExpression): string {
  switch (e.kind) {
    case 'Int':
      return grouped(e.value.toString());
    case 'Float':
      return e.percent ? `${Number((Number(e.value) * 100).toPrecision(12))}%` : decimal(Number(e.value));
    case 'Duration':
      return durationText(e.milliseconds);
    case 'Size':
      return sizeText(e.bytes);
    case 'Rate':
      return `${e.perSecond}rps`;
    case 'String':
      return JSON.stringify(e.value);
    case 'Time':
      return e.value;
    case 'Bool':
      return String(e.value);
    case 'Null':
      return 'null';
    case 'NameExpression':
      return nameText(e.name);
    case 'Member':
      return `${inner(e.object, 8)}.${nameText(e.member)}`;
    case 'Unary':
      return e.operator === 'not' ? `not ${inner(e.operand, 3)}` : `-${inner(e.operand, 8)}`;
    case 'Binary':
      return binary(e);
    case 'InRange':
      return `${inner(e.operand, 5)}${e.negated ? ' not' : ''} in ${inner(e.range.low, 5)}..${inner(e.range.high, 5)}`;
    case 'InSet':
      return `${inner(e.operand, 5)}${e.negated ? ' not' : ''} in {${e.items.map(textOf).join(', ')}}`;
    case 'Matching':
      return `${inner(e.operand, 5)}${e.negated ? ' not' : ''} matching ${e.pattern.kind === 'String' ? `r${JSON.stringify(e.pattern.value)}` : '…'}`;
    case 'IsNull':
      return `${inner(e.operand, 5)} is ${e.negated ? 'not ' : ''}null`;
    case 'Call':
      return `${nameText(e.callee)}(${args(e.args)})`;
    case 'Aggregate':
      return aggregate(e);
    case 'Fitted':
      return `fitted ${textOf(e.call)}`;
    case 'If':
      return `if ${textOf(e.condition)} then ${textOf(e.then)} else ${textOf(e.otherwise)}`;
    case 'Match':
      return `match ${textOf(e.subject)} { ${e.arms.map(arm => `${arm.pattern ? textOf(arm.pattern) : '_'} => ${textOf(arm.value)}`).join(', ')} }`;
    case 'List':
      return `[${e.items.map(textOf).join(', ')}]`;
    case 'Record':
      return `{ ${e.fields.map(field => `${nameText(field.name)}: ${textOf(field.value)}`).join(', ')} }`;
    case 'EachFeature':
      return `each feature${e.except.length > 0 ? ` except ${e.except.map(nameText).join(', ')}` : ''}`;
    case 'Missing':
      return '…';
  }
}

const nameText = (name: ast.Name): string => (name.quoted ? `\`${name.text}\`` : name.text);
const grouped = (digits: string): string =>
  digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, '_');
const decimal = (value: number): string => {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

const durations = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;
const sizes = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['B', 1],
] as const;
function scaled(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, factor] =
    units.find(([, f]) => Math.abs(value) >= f && value % f === 0) ?? units[units.length - 1]!;
  return `${value / factor}${unit}`;
}
/** `7d`, `90min`: the largest unit that divides it. */
export const durationText = (milliseconds: number): string => scaled(milliseconds, durations);
/** `2GiB`, likewise. */
export const sizeText = (bytes: number): string => scaled(bytes, sizes);

/** For people: `90min`, but `59d 23h 55min` and not `86395min`. */
export function spanText(milliseconds: number): string {
  const short = durationText(milliseconds);
  if (Number.parseFloat(short) < 1_000) return short;
  let rest = milliseconds;
  const parts: string[] = [];
  for (const [unit, factor] of durations) {
    const count = Math.floor(rest / factor);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * factor;
  }
  return parts.join(' ');
}

const operatorLevel: Readonly<Record<ast.BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '??': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
};
function level(e: ast.Expression): number {
  switch (e.kind) {
    case 'Binary':
      return operatorLevel[e.operator];
    case 'Unary':
      return e.operator === 'not' ? 3 : 8;
    case 'InRange':
    case 'InSet':
    case 'Matching':
    case 'IsNull':
      return 4;
    case 'If':
      return 0;
    default:
      return 9;
  }
}
/** Parenthesised where it binds less tightly than its place asks for; `??` always, since its rank is easily forgotten. */
function inner(e: ast.Expression, least: number): string {
  const coalesce = e.kind === 'Binary' && e.operator === '??';
  return level(e) < least || coalesce ? `(${textOf(e)})` : textOf(e);
}
function binary(e: ast.Binary): string {
  const own = operatorLevel[e.operator];
  return `${inner(e.left, own === 4 ? 5 : own)} ${e.operator} ${inner(e.right, own === 1 || own === 2 ? own : own + 1)}`;
}

const args = (list: readonly ast.Arg[]): string =>
  list.map(arg => `${arg.name ? `${nameText(arg.name)}: ` : ''}${textOf(arg.value)}`).join(', ');

function aggregate(e: ast.Aggregate): string {
  const parts = [textOf(e.value)];
  if (e.of) parts.push(`of ${nameText(e.of)}`);
  if (e.where) parts.push(`where ${textOf(e.where)}`);
  if (e.window) parts.push(`over ${e.window.next ? 'next ' : ''}${textOf(e.window.length)}`);
  if (e.by.length > 0) {
    const names = e.by.map(nameText).join(', ');
    parts.push(`by ${e.by.length > 1 ? `(${names})` : names}`);
  }
  return `${nameText(e.callee)}(${[parts.join(' '), ...(e.args.length > 0 ? [args(e.args)] : [])].join(', ')})`;
}
