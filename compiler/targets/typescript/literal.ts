import { grouped } from './durations.ts';

/** What can be written as a literal: what JSON can hold. Undefined fields are left out. */
export type LiteralValue =
  | string
  | number
  | boolean
  | null
  | Code
  | readonly LiteralValue[]
  | { readonly [key: string]: LiteralValue | undefined };

/** An expression that stands for itself: a name that the file imports. */
export class Code {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export const code = (text: string): Code => new Code(text);

/** No line is longer where it can be broken. */
export const WIDTH = 100;

/** A TypeScript literal, on one line where it fits, otherwise one item a line. */
export function literal(value: LiteralValue, indent = 0, used = 0): string {
  const flat = oneLine(value);
  if (!flat.includes('\n') && indent + used + flat.length <= WIDTH) return flat;
  const inner = ' '.repeat(indent + 2);
  const close = ' '.repeat(indent);
  if (Array.isArray(value)) {
    const items = value.map(item => `${inner}${literal(item as LiteralValue, indent + 2)},`);
    return items.length ? `[\n${items.join('\n')}\n${close}]` : '[]';
  }
  if (value === null || typeof value !== 'object' || value instanceof Code) return flat;
  const fields = fieldsOf(value).map(([key, field]) => {
    const name = propertyName(key);
    if (field instanceof Code && field.text === name) return `${inner}${name},`;
    return `${inner}${name}: ${literal(field, indent + 2, name.length + 2)},`;
  });
  return fields.length ? `{\n${fields.join('\n')}\n${close}}` : '{}';
}

type Fields = { readonly [key: string]: LiteralValue | undefined };
const fieldsOf = (value: object): [string, LiteralValue][] =>
  Object.entries(value as Fields).flatMap(([key, field]) => (field === undefined ? [] : [[key, field]]));

function oneLine(value: LiteralValue): string {
  if (value instanceof Code) return value.text;
  if (typeof value === 'string') return stringLiteral(value);
  if (typeof value === 'number') return numberLiteral(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(item => oneLine(item as LiteralValue)).join(', ')}]`;
  const fields = fieldsOf(value).map(([key, field]) => {
    const name = propertyName(key);
    return field instanceof Code && field.text === name ? name : `${name}: ${oneLine(field)}`;
  });
  return fields.length ? `{ ${fields.join(', ')} }` : '{}';
}

/** Single quotes; everything that could end the literal or the line is escaped. */
export function stringLiteral(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replace(/\\"/g, '"')
    .replace(/'/g, "\\'")
    .replace(
      /[\u2028\u2029\u007f-\u009f\ufeff]/g,
      c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `'${inner}'`;
}

function numberLiteral(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isNaN(value)) return 'Number.NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Number.POSITIVE_INFINITY' : 'Number.NEGATIVE_INFINITY';
  return grouped(value);
}

/** Text of several lines as a template literal, which keeps it readable. Carriage returns would be lost and are escaped. */
export const templateLiteral = (text: string): string =>
  `\`${text
    .replace(/\\/g, '\\\\')
    .replace(/`/g, '\\`')
    .replace(/\$\{/g, '\\${')
    .replace(/\r/g, '\\r')
    .replace(/[\u2028\u2029\ufeff\0]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\``;

const PLAIN_NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** A property's name as it stands in a literal or an interface. `__proto__` unbracketed would set the prototype. */
export function propertyName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return PLAIN_NAME.test(name) ? name : stringLiteral(name);
}

/** `row.delay`, `row['Body Mass (g)']`. */
export const property = (object: string, name: string): string =>
  PLAIN_NAME.test(name) ? `${object}.${name}` : `${object}[${stringLiteral(name)}]`;
