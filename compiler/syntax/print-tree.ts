import type { SourceFile } from '../source/text.ts';
import type { Node } from './ast/index.ts';
import { endOf, type Token } from './tokens.ts';
import { children } from './visit.ts';

/**
 * The tree as indented text, for `mlp debug tree`: one node a line with what it holds besides nodes, and its place
 * as `line:column-line:column`.
 */
export function printTree(file: SourceFile, root: Node): string {
  const lines: string[] = [];
  const walk = (node: Node, role: string, indent: string): void => {
    lines.push(`${indent}${role}${node.kind}${facts(node)} ${range(file, node.span.start, node.span.end)}`);
    const roles = rolesOf(node);
    for (const child of children(node)) walk(child, roles.get(child) ?? '', `${indent}  `);
  };
  walk(root, '', '');
  return `${lines.join('\n')}\n`;
}

const HIDDEN = new Set(['kind', 'span', 'pathSpan', 'bySpan', 'operatorSpan']);

/** What a node holds that is no node: `text="delay" quoted`. */
function facts(node: Node): string {
  let text = '';
  for (const [key, value] of Object.entries(node)) {
    if (HIDDEN.has(key) || value === false || value === undefined) continue;
    if (value === true) text += ` ${key}`;
    else if (typeof value === 'string') text += ` ${key}=${JSON.stringify(value)}`;
    else if (typeof value === 'number' || typeof value === 'bigint') text += ` ${key}=${value}`;
  }
  return text;
}

/** Under which property a child stands, said where the kind does not already. */
function rolesOf(node: Node): Map<unknown, string> {
  const roles = new Map<unknown, string>();
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || HIDDEN.has(key)) continue;
    if (Array.isArray(value)) for (const item of value) roles.set(item, `${key}: `);
    else if ('kind' in value) roles.set(value, `${key}: `);
    else for (const [inner, part] of Object.entries(value)) roles.set(part, `${key}.${inner}: `);
  }
  return roles;
}

/** Tokens and comments in the order of the text, for `mlp debug tokens`. */
export function printTokens(
  file: SourceFile,
  tokens: readonly Token[],
  comments: readonly Token[] = [],
): string {
  const all = [...tokens, ...comments].sort((a, b) => a.startOffset - b.startOffset);
  const lines = all.map(token => {
    const place = range(file, token.startOffset, endOf(token));
    return `${place.padEnd(12)} ${token.tokenType.name.padEnd(14)} ${JSON.stringify(token.image)}`;
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function range(file: SourceFile, start: number, end: number): string {
  const from = file.position(start);
  const to = file.position(end);
  const last = from.line === to.line ? `${to.column}` : `${to.line}:${to.column}`;
  return `${from.line}:${from.column}-${last}`;
}
