import { Document, Scalar, visit, YAMLMap } from 'yaml';

/** Plain data for YAML: what JSON can hold, in the order given. Undefined fields are left out. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | Commented
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/** A value followed by a comment on its line. */
export class Commented {
  readonly value: string | number | boolean;
  readonly comment: string;
  constructor(value: string | number | boolean, comment: string) {
    this.value = value;
    this.comment = comment;
  }
}
export const commented = (value: string | number | boolean, comment: string): Commented =>
  new Commented(value, comment);

/**
 * One YAML document with comment lines at its head. With `compatible`, texts that readers of YAML 1.1 would take for
 * something else (`on`, `no`, `1:30`) are quoted, as Kubernetes needs.
 */
export function printYaml(
  value: YamlValue,
  head: readonly string[] = [],
  { compatible = true }: { readonly compatible?: boolean } = {},
): string {
  const document = new Document(null, compatible ? { compat: 'yaml-1.1' } : {});
  document.contents = nodeOf(document, value) as typeof document.contents;
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
    },
  });
  if (head.length) document.commentBefore = head.map(line => ` ${oneLine(line)}`).join('\n');
  return document.toString({ lineWidth: 0, nullStr: compatible ? 'null' : '' });
}

/** A comment never ends early: line breaks in it become spaces. */
const oneLine = (text: string): string => text.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ');

function nodeOf(document: Document, value: YamlValue): unknown {
  if (value instanceof Commented) {
    const scalar = new Scalar(value.value);
    scalar.comment = ` ${oneLine(value.comment)}`;
    return scalar;
  }
  if (Array.isArray(value)) {
    const list = document.createNode([]);
    list.items = value.map(item => nodeOf(document, item as YamlValue)) as typeof list.items;
    return list;
  }
  if (value === null || typeof value !== 'object') return document.createNode(value);
  const map = new YAMLMap();
  for (const [key, field] of Object.entries(value))
    if (field !== undefined) map.items.push(document.createPair(key, nodeOf(document, field as YamlValue)));
  return map;
}
