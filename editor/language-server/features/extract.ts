import { type CodeAction, CodeActionKind } from 'vscode-languageserver';
import { describe, required } from '../../../compiler/semantics/types.ts';
import type { SourceFile, Span } from '../../../compiler/source/text.ts';
import type * as ast from '../../../compiler/syntax/ast/index.ts';
import { children, nodesAt, visit } from '../../../compiler/syntax/visit.ts';
import { rangeOf } from '../places.ts';
import type { Understood } from '../workspace.ts';

interface Edit {
  readonly span: Span;
  readonly text: string;
}

/**
 * What is selected as a declaration of its own: an expression of a view as a function, conditions as a policy. Offered only
 * where the text has no problem afterwards that it did not have before.
 */
export function extractions(known: Understood, selected: Span): CodeAction[] {
  const span = trimmed(known.file.text, selected);
  if (span.start >= span.end) return [];
  return [
    offered(known, 'Extract function', extractedFunction(known, span)),
    offered(known, 'Extract policy', extractedPolicy(known, span)),
  ].filter(action => action !== undefined);
}

function offered(
  known: Understood,
  title: string,
  edits: readonly Edit[] | undefined,
): CodeAction | undefined {
  if (!edits || !known.project.staysSound(known.file.path, edited(known.file.text, edits))) return undefined;
  const changes = {
    [known.project.uriOf(known.file)]: edits.map(({ span, text }) => ({
      range: rangeOf(known.file, span),
      newText: text,
    })),
  };
  return { title, kind: CodeActionKind.RefactorExtract, edit: { changes } };
}

/** Edits in the order of the text. */
function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  for (const { span, text: put } of edits) {
    result += text.slice(from, span.start) + put;
    from = span.end;
  }
  return result + text.slice(from);
}

/** Without the white space around it, and without brackets around all of it. */
function trimmed(text: string, { start, end }: Span): Span {
  const inner = text.slice(start, end);
  const begin = start + (inner.length - inner.trimStart().length);
  const span = { start: begin, end: begin + inner.trim().length };
  const bracketed = text[span.start] === '(' && text[span.end - 1] === ')';
  return bracketed ? { start: span.start + 1, end: span.end - 1 } : span;
}

const sameSpan = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end;

function extractedFunction(known: Understood, span: Span): readonly Edit[] | undefined {
  const path = nodesAt(known.tree, span.start);
  const home = path.find((node): node is ast.FeaturesDeclaration => node.kind === 'Features');
  const expression = path.find(node => sameSpan(node.span, span)) as ast.Expression | undefined;
  if (!home || !expression || !path.some(node => node.kind === 'Feature')) return undefined;
  const { program } = known.result;
  const type = program.typeOf(expression);
  const parameters = parametersOf(known, expression);
  if (parameters === undefined || parameters.length === 0 || type.kind === 'unknown') return undefined;
  const { text } = known.file;
  const inside = parameters.flatMap(({ name, places }) => places.map(place => ({ span: place, text: name })));
  const body = edited(
    text.slice(0, span.end),
    inside.sort((a, b) => a.span.start - b.span.start),
  ).slice(span.start);
  const name = freeName(known, 'extracted');
  const list = parameters.map(one => `${one.name}: ${one.type}`).join(', ');
  const declared = `function ${name}(${list}) -> ${written(type)} = ${body}\n\n`;
  const call = `${name}(${parameters.map(one => one.written).join(', ')})`;
  return [
    { span: at(startOf(known.file, home)), text: declared },
    { span, text: call },
  ];
}

/** A type as a parameter or result has it: with its unit, without the range that one column happens to have. */
function written(type: ReturnType<Understood['result']['program']['typeOf']>): string {
  const mark = type.optional ? '?' : '';
  const unit = type.unit === undefined ? '' : ` @unit(${JSON.stringify(type.unit)})`;
  return `${describe(required(type))}${mark}${unit}`;
}

interface Extracted {
  readonly name: string;
  readonly type: string;
  readonly written: string;
  readonly places: Span[];
}

/** What an expression reads of the row, each once; undefined where it reads other rows or what only the view has. */
function parametersOf(known: Understood, expression: ast.Expression): Extracted[] | undefined {
  const { program } = known.result;
  const found = new Map<string, Extracted>();
  let sound = true;
  const take = (node: ast.NameExpression | ast.Member): void => {
    const text = known.file.text.slice(node.span.start, node.span.end);
    const wanted = node.kind === 'Member' ? node.member.text : node.name.text;
    const one = found.get(text);
    if (one) one.places.push(node.span);
    else {
      const taken = new Set([...found.values()].map(other => other.name));
      let name = wanted;
      for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
      found.set(text, { name, type: written(program.typeOf(node)), written: text, places: [node.span] });
    }
  };
  visit(expression, node => {
    if (node.kind === 'Aggregate' || node.kind === 'Fitted' || node.kind === 'EachFeature') sound = false;
    if (node.kind === 'Member') {
      const { object } = node as ast.Member;
      const of = object.kind === 'NameExpression' ? program.symbolOf(object.name) : undefined;
      if (of?.kind === 'join') take(node as ast.Member);
      return false;
    }
    if (node.kind === 'NameExpression') {
      const meaning = program.symbolOf((node as ast.NameExpression).name);
      if (meaning?.kind === 'column' || meaning?.kind === 'feature') take(node as ast.NameExpression);
    }
    return true;
  });
  return sound ? [...found.values()] : undefined;
}

function extractedPolicy(known: Understood, span: Span): readonly Edit[] | undefined {
  const path = nodesAt(known.tree, span.start);
  const declaration = path.find(
    ({ kind }) => kind === 'Model' || kind === 'Validation' || kind === 'Deployment',
  );
  const block = path.findLast(node => children(node).some(({ kind }) => kind === 'Condition'));
  if (!declaration || !block || block.kind === 'Policy') return undefined;
  const chosen = children(block).filter(
    ({ kind, span: own }) => kind === 'Condition' && own.start >= span.start && own.end <= span.end,
  );
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last || first.span.start !== span.start || last.span.end !== span.end) return undefined;
  const { text } = known.file;
  const rules = chosen.map(({ span: own }) => `  ${text.slice(own.start, own.end)}\n`).join('');
  const name = freeName(known, 'extracted');
  return [
    { span: at(startOf(known.file, declaration)), text: `policy ${name}() {\n${rules}}\n\n` },
    { span, text: `policy ${name}()` },
  ];
}

const at = (offset: number): Span => ({ start: offset, end: offset });

/** Where a declaration begins with the comments and annotations right above it. */
function startOf(file: SourceFile, { span }: { readonly span: Span }): number {
  let start = file.text.lastIndexOf('\n', span.start - 1) + 1;
  for (;;) {
    const above = file.text.lastIndexOf('\n', start - 2) + 1;
    if (above >= start || !/^\s*(\/\/|@)/.test(file.text.slice(above, start))) return start;
    start = above;
  }
}

function freeName({ result, file }: Understood, wanted: string): string {
  const { scope } = result.program.modules.get(file.path)!;
  let name = wanted;
  for (let n = 2; scope.has(name); n++) name = `${wanted}_${n}`;
  return name;
}
