import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { IProduction } from 'chevrotain';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { syntaxMessages } from '../../../compiler/diagnostics/messages/syntax.ts';
import { messageByCode } from '../../../compiler/diagnostics/registry.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { contextualWords, reservedWords } from '../../../compiler/syntax/keywords.ts';
import { validatedLexer } from '../../../compiler/syntax/lexer.ts';
import { validatedParser } from '../../../compiler/syntax/parser/parser.ts';
import { Identifier, type Token } from '../../../compiler/syntax/tokens.ts';
import { draw, mentioned, type Part, Recogniser, readEbnf } from './ebnf.ts';
import { cases, drawnSeed, parsed, Random, source } from './support.ts';

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../grammar/${path}`, import.meta.url)), 'utf8');
const productions = readEbnf(read('mlp.ebnf'));
const LONG = process.env['FUZZ_LONG'] ? 20 : 1;

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  Name: ['alpha', 'beta_2', '_c', 'Delta', '`odd name`', '`in`'],
  Int: ['0', '7', '1_000'],
  Float: ['0.5', '1_0.25', '1e-3', '2.5e10'],
  Percent: ['5%', '99.9%'],
  Duration: ['20ms', '30s', '1.5h', '7d', '10min'],
  Size: ['512MiB', '4GiB', '8B'],
  Rate: ['200rps'],
  String: ['"a"', '"\\n\\u{1F600}"', '"""a\n"b" """'],
  RawString: ['r"[A-Z]+\\d"'],
  Time: ['2001-03-01', '2001-03-01T18:15', '2001-03-01T18:15:00.5Z', '2001-03-01T18:15+01:00'],
};
const isToken = (name: string): boolean => Object.hasOwn(SAMPLES, name);

/** Names of the chevrotain token types to the EBNF's. */
const TOKEN_NAMES: Readonly<Record<string, string>> = { Identifier: 'Name', QuotedName: 'Name' };

test('every production is mentioned, and every mention is a production', () => {
  const used = new Set([...productions.values()].flatMap(mentioned));
  for (const name of used) assert.ok(productions.has(name), `${name} is not defined`);
  const unused = [...productions.keys()].filter(name => !used.has(name));
  assert.equal(unused, ['Module', 'Reserved', 'Comment', 'DocComment']);
});

test('words of the grammar are those of the keyword list', () => {
  const texts = (part: Part): string[] => {
    if (part.is === 'text') return [part.text];
    if (part.is === 'repeat') return texts(part.part);
    return part.is === 'sequence' || part.is === 'choice' ? part.parts.flatMap(texts) : [];
  };
  const words = new Set([...productions.values()].flatMap(texts).filter(text => /^\w/.test(text)));
  assert.equal(
    [...words].sort(),
    [...new Set<string>([...reservedWords, ...contextualWords])].filter(word => word !== 'request').sort(),
  );
  assert.equal(texts(productions.get('Reserved')!), [...reservedWords]);
});

test('samples are what the token patterns say', () => {
  const patterns = (part: Part): RegExp[] =>
    part.is === 'pattern' ? [part.pattern] : part.is === 'choice' ? part.parts.flatMap(patterns) : [];
  for (const [name, samples] of Object.entries(SAMPLES)) {
    for (const sample of samples) {
      assert.ok(
        patterns(productions.get(name)!).some(pattern => pattern.test(sample)),
        `${name}: ${sample}`,
      );
    }
  }
});

test('chevrotain finds no fault in lexer and parser', () => {
  validatedLexer();
  validatedParser();
});

/** What the notation cannot say: some parts may stand once only, and lines must not mislead. */
const BEYOND: ReadonlySet<string> = new Set([
  syntaxMessages.repeated.definition.code,
  syntaxMessages.astrayAnnotation.definition.code,
]);
const complaints = (text: string): string =>
  renderText(parsed(text).diagnostics.filter(({ code }) => !BEYOND.has(code)));

test('sentences of the grammar parse', () => {
  const random = new Random(drawnSeed('sentences of the EBNF'));
  // Every kind of declaration in turn, and whole files.
  const starts = [
    'Module',
    ...mentioned(productions.get('Declaration')!).filter(name => name !== 'Annotation'),
  ];
  let drawn = 0;
  const seen = new Set<string>();
  const uses = new Map<Part, number>();
  const never = ['Module', 'Reserved', 'Comment', 'DocComment'];
  const unseen = (): string[] =>
    [...productions.keys()].filter(name => !seen.has(name) && !never.includes(name));
  // A few productions come up rarely: what has not been drawn by then is waited for.
  while (drawn < 4000 * LONG || (drawn < 40_000 * LONG && unseen().length > 0)) {
    const words = draw(
      productions,
      starts[drawn % starts.length]!,
      random,
      4 + random.below(24),
      name => {
        seen.add(name);
        return isToken(name) ? random.pick(SAMPLES[name]!) : undefined;
      },
      uses,
    );
    if (words.length > 250) continue;
    drawn++;
    const text = words.join(' ');
    assert.is(complaints(text), '', text);
    // White space means nothing.
    if (drawn % 4 === 0) assert.is(complaints(words.join('\n')), '', text);
  }
  assert.equal(unseen(), [], 'no sentence used these');
});

const recogniser = new Recogniser<Token>(productions, isToken, (leaf, token) => {
  if (leaf.is === 'text') return token.image === leaf.text;
  if (leaf.is !== 'name') return false;
  const type = token.tokenType;
  const isName = type === Identifier || type.CATEGORIES?.includes(Identifier);
  return leaf.name === 'Name' ? isName === true : leaf.name === (TOKEN_NAMES[type.name] ?? type.name);
});

const readBack = (text: string): void => {
  const { tokens } = parsed(text);
  const { ok, reached } = recogniser.accepts('Module', tokens);
  const near = tokens.slice(Math.max(0, reached - 8), reached + 2).map(token => token.image);
  assert.ok(ok, `the EBNF does not derive: … ${near.join(' ')} in\n${text}`);
};

test('what the parser takes without a fault, the grammar derives', () => {
  for (const name of cases()) {
    const text = source(name);
    if (parsed(text).diagnostics.length === 0) readBack(text);
  }
});

test('sentences of the parser are derivable from the grammar', () => {
  const random = new Random(drawnSeed('sentences of the parser'));
  const rules = (
    validatedParser() as unknown as { getGAstProductions(): Record<string, { definition: IProduction[] }> }
  ).getGAstProductions();
  const gast = new Map(Object.entries(rules).map(([name, rule]) => [name, partOf(rule.definition)]));
  for (let i = 0; i < 150 * LONG; i++) {
    const words = draw(gast, 'declaration', random, 4 + random.below(14), () => undefined);
    if (words.length > 120) continue;
    const text = words
      .map(word => (word.startsWith('type ') ? sample(word.slice(5), random) : word))
      .join(' ');
    // A gate keeps names from what is aggregated; the record of the rules does not show it.
    const gated = parsed(text).diagnostics.some(
      ({ code }) => code === syntaxMessages.namedValue.definition.code,
    );
    if (!gated) readBack(text);
  }
});

const sample = (type: string, random: Random): string => random.pick(SAMPLES[TOKEN_NAMES[type] ?? type]!);

/** Chevrotain's own record of a rule, in the terms of the EBNF. */
function partOf(definition: readonly IProduction[]): Part {
  const parts = definition.map((production): Part => {
    const p = production as unknown as {
      definition: IProduction[];
      terminalType?: { name: string; PATTERN?: unknown; LABEL?: string };
      nonTerminalName?: string;
    };
    switch (production.constructor.name) {
      case 'NonTerminal':
        return { is: 'name', name: p.nonTerminalName! };
      case 'Terminal': {
        const { name, LABEL } = p.terminalType!;
        const fixed = LABEL?.startsWith('`') === true;
        return { is: 'text', text: fixed ? LABEL.replaceAll('`', '') : `type ${name}` };
      }
      case 'Option':
        return { is: 'repeat', part: partOf(p.definition), least: 0, most: 1 };
      case 'Repetition':
        return { is: 'repeat', part: partOf(p.definition), least: 0, most: Infinity };
      case 'Alternation':
        return { is: 'choice', parts: p.definition.map(alternative => partOf([alternative])) };
      case 'Alternative':
        return partOf(p.definition);
      default:
        throw new Error(`no such production: ${production.constructor.name}`);
    }
  });
  return parts.length === 1 ? parts[0]! : { is: 'sequence', parts };
}

test('every snippet of the reference parses', () => {
  const snippets = [...read('language.md').matchAll(/^```mlp\n([\s\S]*?)^```/gm)].map(match => match[1]!);
  assert.ok(snippets.length > 15, 'the reference has examples');
  for (const snippet of snippets) assert.is(renderText(parsed(snippet).diagnostics), '', snippet);
});

test('codes that the reference names are in the registry', () => {
  const codes = read('language.md').match(/MLP\d{4}/g) ?? [];
  assert.ok(codes.length > 0);
  for (const code of codes) assert.ok(messageByCode(code) !== undefined, code);
});

test.run();
