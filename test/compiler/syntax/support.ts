import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { SourceFile } from '../../../compiler/source/text.ts';
import type { Node } from '../../../compiler/syntax/ast/index.ts';
import { type ParseResult, parse } from '../../../compiler/syntax/parse.ts';
import { endOf } from '../../../compiler/syntax/tokens.ts';
import { children } from '../../../compiler/syntax/visit.ts';

export const fixtures = fileURLToPath(new URL('../../fixtures/syntax', import.meta.url));

export const cases = (): string[] => readdirSync(fixtures).sort();

export const source = (name: string): string => readFileSync(join(fixtures, name, 'main.mlp'), 'utf8');

export function parsed(text: string, path = 'main.mlp'): ParseResult & { readonly file: SourceFile } {
  const file = new SourceFile(path, text);
  return { ...parse(file), file };
}

export const codes = (text: string): string[] => parsed(text).diagnostics.map(diagnostic => diagnostic.code);

/** Compares with a checked-in file, or rewrites it when UPDATE_BASELINES is set. */
export function baseline(name: string, file: string, actual: string): void {
  const path = join(fixtures, name, file);
  if (process.env['UPDATE_BASELINES']) {
    writeFileSync(path, actual);
    return;
  }
  assert.ok(existsSync(path), `${path} is missing; run with UPDATE_BASELINES=1`);
  assert.fixture(actual, readFileSync(path, 'utf8'));
}

/** A small generator with a seed, for tests that draw. */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** A whole number below the bound. */
  below(bound: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % bound;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** The seed of a run: given by SEED, else from the clock, and printed so that a failure can be repeated. */
export function drawnSeed(what: string): number {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  console.log(`${what}: SEED=${seed}`);
  return seed;
}

/** What holds of every parse, of right and wrong texts. */
export function checkInvariants({
  file,
  module,
  tokens,
  comments,
  strays,
  diagnostics,
}: ReturnType<typeof parsed>): void {
  const { text } = file;
  const pieces = [...tokens, ...comments, ...strays].sort((a, b) => a.startOffset - b.startOffset);
  let end = 0;
  for (const piece of pieces) {
    assert.ok(piece.startOffset >= end, `tokens overlap at ${piece.startOffset}`);
    const gap = text.slice(end, piece.startOffset);
    assert.match(gap, /^[\s\ufeff]*$/, `text is lost at ${end}`);
    assert.is(text.slice(piece.startOffset, endOf(piece)), piece.image);
    end = endOf(piece);
  }
  assert.match(text.slice(end), /^[\s\ufeff]*$/, 'text is lost at the end');
  nested(module, text.length);
  for (const diagnostic of diagnostics) {
    const { start, end: stop } = diagnostic.span;
    assert.ok(
      start >= 0 && start <= stop && stop <= text.length,
      `${diagnostic.code} points outside the file`,
    );
    assert.not.match(`${diagnostic.message}${diagnostic.hint ?? ''}`, /undefined|\[object|NaN/);
  }
}

function nested(node: Node, length: number): void {
  const { start, end } = node.span;
  assert.ok(
    start >= 0 && start <= end && end <= length,
    `${node.kind} ${start}..${end} lies outside the file`,
  );
  for (const [key, value] of Object.entries(node)) {
    const holes = value === undefined || (Array.isArray(value) && value.includes(undefined));
    assert.not.ok(holes, `${node.kind}.${key} is undefined`);
  }
  let last = start;
  for (const child of children(node)) {
    const { span } = child;
    assert.ok(
      span.start >= start && span.end <= end,
      `${child.kind} ${span.start}..${span.end} sticks out of ${node.kind} ${start}..${end}`,
    );
    assert.ok(span.start >= last, `${child.kind} overlaps its neighbour in ${node.kind}`);
    last = span.end;
    nested(child, length);
  }
}
